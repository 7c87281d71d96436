use std::fmt;
use std::pin::Pin;

use rhombus_kisi_runtime::{Error, Secret};

use super::gather::gather;
use super::inspect::inspect;
use super::report::Report;
use crate::Client;

/// Diagnoses an organisation's integration, once it is awaited. [`Client::diagnose`] makes one.
#[must_use = "nothing is read until it is awaited"]
pub struct Diagnose {
    client: Client,
    kisi_api_key: Option<Secret>,
}

impl Client {
    /// Looks for the reasons why the organisation's Kisi integration does not work, or not all of it.
    ///
    /// It reads the settings by both versions of the API, Kisi's doors, and Rhombus's cameras. It writes nothing, and
    /// unlocks no door.
    ///
    /// ```no_run
    /// # async fn example(client: rhombus_kisi::Client) -> Result<(), rhombus_kisi::Error> {
    /// let report = client.diagnose().await?;
    /// println!("{report}");
    /// for finding in report.findings() {
    ///     println!("{}: {}", finding.kind.code(), finding.kind.advice());
    /// }
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// Errors if the settings cannot be read and the reason says nothing of the organisation: no connection, a time limit. A key
    /// that is rejected is a finding, and so is a check that fails later.
    pub fn diagnose(&self) -> Diagnose {
        Diagnose {
            client: self.clone(),
            kisi_api_key: None,
        }
    }
}

impl Diagnose {
    /// Sets the API key of Kisi that is checked and that Kisi's doors are listed with, for the case that the server returns a mask
    /// instead. By default it is the one in the settings.
    pub fn kisi_api_key(mut self, key: impl Into<Secret>) -> Self {
        self.kisi_api_key = Some(key.into());
        self
    }

    async fn run(self) -> Result<Report, Error> {
        let (facts, mut findings) = gather(&self.client, self.kisi_api_key).await?;
        // Where nothing could be read there is nothing to inspect.
        if findings.is_empty() || facts.v1.is_some() || facts.v2.is_some() {
            findings.extend(inspect(&facts));
        }
        Ok(Report::new(findings))
    }
}

impl IntoFuture for Diagnose {
    type Output = Result<Report, Error>;
    type IntoFuture = Pin<Box<dyn Future<Output = Self::Output> + Send>>;

    fn into_future(self) -> Self::IntoFuture {
        Box::pin(self.run())
    }
}

impl fmt::Debug for Diagnose {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Diagnose")
            .field("kisi_api_key", &self.kisi_api_key)
            .finish_non_exhaustive()
    }
}
