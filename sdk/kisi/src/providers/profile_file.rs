use std::path::PathBuf;

use super::reading::{because, reading};
use crate::environment;
use crate::warning::EnvWarning;
use crate::{CredentialsFuture, ProvideCredentials};

/// The credentials of a profile in `~/.rhombus/credentials`, a file of the vendor's command-line client. The environment's variables are not
/// read.
///
/// ```
/// use rhombus_kisi::{Client, Region, providers::ProfileFile};
///
/// let client = Client::builder().region(Region::Eu).credentials_provider(ProfileFile::new("eu")).build()?;
/// # Ok::<(), rhombus_kisi::Error>(())
/// ```
#[derive(Clone, Debug)]
#[must_use]
pub struct ProfileFile {
    name: String,
    home: Option<PathBuf>,
}

impl ProfileFile {
    /// Returns a provider of a profile's credentials, such as `default`.
    pub fn new(name: impl Into<String>) -> Self {
        Self {
            name: name.into(),
            home: None,
        }
    }

    /// Sets the folder that has the folder `.rhombus`; the user's home directory by default.
    ///
    /// ```
    /// use rhombus_kisi::providers::ProfileFile;
    ///
    /// let provider = ProfileFile::new("default").home("/var/lib/doors");
    /// # let _ = provider;
    /// ```
    pub fn home(mut self, folder: impl Into<PathBuf>) -> Self {
        self.home = Some(folder.into());
        self
    }
}

impl ProvideCredentials for ProfileFile {
    fn credentials(&self) -> CredentialsFuture<'_> {
        let Self { name, home } = self.clone();
        reading(move || {
            let settings = environment::read_profile(home.as_deref(), Some(&name)).map_err(because)?;
            Ok(settings.credentials)
        })
    }

    fn warnings(&self) -> Vec<EnvWarning> {
        environment::read_profile(self.home.as_deref(), Some(&self.name))
            .map(|settings| settings.warnings)
            .unwrap_or_default()
    }
}
