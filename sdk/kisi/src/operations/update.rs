// The document prefers the second version of the API for some of these; the wrapper has both.
#![allow(deprecated)]

use rhombus_kisi_runtime::Error;

use super::bad_secret;
use crate::compare::{Json, redact};
use crate::edit::{Edit, Problem, Scope};
use crate::settings::Settings;
use crate::types::{KisiIntegrationInput, KisiSettings};
use crate::{Client, UpdateOutcome};

/// An update of the Kisi integration's settings, sent by [`send`](Edit::send): an [`Edit`] of the settings of the first version
/// of the API.
///
/// It sends what its setters were given and nothing else. The vendor does not document whether the server keeps or removes
/// what an update leaves out. If settings exist already, [read, edit and apply](crate::Snapshot) instead.
pub type UpdateKisiIntegration = Edit<KisiSettings, Client>;

/// An update of the Kisi integration's settings through the second version of the API, sent by [`send`](Edit::send).
///
/// It sends what its setters were given, with the type of the integration (`"integration": "KISI"`), and nothing else.
/// The vendor does not document whether the server keeps or removes what an update leaves out. If settings exist already,
/// [read, edit and apply](crate::Snapshot) instead.
pub type UpdateKisiIntegrationV2 = Edit<KisiIntegrationInput, Client>;

impl Client {
    /// Starts an update of the organisation's Kisi settings (first version of the API).
    ///
    /// The vendor's later documents mark this version as deprecated in favour of
    /// [`update_kisi_integration_v2`](Self::update_kisi_integration_v2), which keeps every door under its place.
    ///
    /// ```no_run
    /// use std::time::Duration;
    ///
    /// # async fn example(client: rhombus_kisi::Client, kisi_key: String) -> Result<(), rhombus_kisi::Error> {
    /// let outcome = client
    ///     .update_kisi_integration()
    ///     .enabled(true)
    ///     .kisi_api_key(kisi_key)
    ///     .identify_faces_from_badge(true)
    ///     .save_clips(true)
    ///     .door(42, |door| {
    ///         door.name("Lobby")
    ///             .camera("AAAAAAAAAAAAAAAAAAAAAQ")
    ///             .clip_duration(Duration::from_secs(20))
    ///             .remote_unlock(false)
    ///     })
    ///     .place(7, |place| place.name("HQ").door(43, |door| door.camera("AAAAAAAAAAAAAAAAAAAAAg")))
    ///     .send()
    ///     .await?;
    /// if !outcome.is_clean() {
    ///     eprintln!("{outcome}");
    /// }
    /// # Ok(())
    /// # }
    /// ```
    pub fn update_kisi_integration(&self) -> UpdateKisiIntegration {
        self.update()
    }

    /// Starts an update of the organisation's Kisi settings (second version of the API).
    ///
    /// ```no_run
    /// # async fn example(client: rhombus_kisi::Client, kisi_key: String) -> Result<(), rhombus_kisi::Error> {
    /// let outcome = client
    ///     .update_kisi_integration_v2()
    ///     .enabled(true)
    ///     .kisi_api_key(kisi_key)
    ///     .place(7, |place| place.name("HQ").door(43, |door| door.name("Lobby")))
    ///     .send()
    ///     .await?;
    /// assert!(outcome.is_clean());
    /// # Ok(())
    /// # }
    /// ```
    pub fn update_kisi_integration_v2(&self) -> UpdateKisiIntegrationV2 {
        self.update()
    }

    fn update<S: Settings>(&self) -> Edit<S, Self> {
        Edit {
            value: S::blank(),
            context: self.clone(),
            scope: Scope::Part,
            problem: None,
        }
    }
}

/// An update, which can be sent.
impl<S: Settings> Edit<S, Client> {
    /// Replaces everything set so far by whole settings.
    pub fn settings(mut self, mut settings: S) -> Self {
        settings.complete();
        self.value = settings;
        self
    }

    /// Returns the request as it would be sent. Its secrets are masked in `Debug`, but not by serde.
    ///
    /// # Errors
    /// Errors with [`Error::Invalid`] for the first value given to a setter that cannot be sent.
    pub fn request(self) -> Result<S::Request, Error> {
        self.checked().map(|(settings, _)| settings.into_request())
    }

    /// Returns the body as it would be sent, for display: what is or may be a secret is masked.
    pub fn preview(&self) -> serde_json::Value {
        let shown = redact(S::kind(), &Json::of(&self.value)).to_value();
        serde_json::json!({ "kisiSettings": shown })
    }

    /// Sends the update.
    ///
    /// The update is idempotent, so it is retried after a transient failure, as the client's retry policy allows.
    ///
    /// # Errors
    /// Errors with [`Error::Invalid`] for the first value given to a setter that cannot be sent: nothing is sent then. Errors
    /// with [`Error::Refused`] if the server rejects the update, and with [`Error::IntegrationAuth`] if Kisi rejects its key.
    /// Those of the call.
    pub async fn send(self) -> Result<UpdateOutcome, Error> {
        let (settings, client) = self.checked()?;
        settings.store(&client).await.1
    }

    /// Returns the first validation error of the values given so far: [`send`](Self::send) would return it.
    pub fn refusal(&self) -> Option<String> {
        let problem = self.problem.clone().or_else(|| bad_secret(&self.value));
        problem.as_ref().map(Problem::to_string)
    }

    fn checked(self) -> Result<(S, Client), Error> {
        match self.problem.or_else(|| bad_secret(&self.value)) {
            Some(problem) => Err(problem.to_error()),
            None => Ok((self.value, self.context)),
        }
    }
}
