use std::path::PathBuf;

use super::reading::reading;
use crate::environment::key_file;
use crate::warning::EnvWarning;
use crate::{Credentials, CredentialsError, CredentialsFuture, ProvideCredentials};

/// A file whose whole text is an API key, such as one that a secrets agent rewrites. White space around the key is left out.
///
/// An agent should write the next key to another file and rename it: one that is read while it is written may hold a part of a
/// key. That is rejected by the server, and the file is read again.
///
/// ```
/// use rhombus_kisi::{Client, providers::KeyFile};
///
/// let own = Client::builder().credentials_provider(KeyFile::new("/run/secrets/rhombus")).build()?;
/// let partner = Client::builder().credentials_provider(KeyFile::new("/run/secrets/partner").of_partner()).build()?;
/// # Ok::<(), rhombus_kisi::Error>(())
/// ```
#[derive(Clone, Debug)]
#[must_use]
pub struct KeyFile {
    path: PathBuf,
    partner: bool,
}

impl KeyFile {
    /// Returns a provider of an organisation's key in this file.
    pub fn new(path: impl Into<PathBuf>) -> Self {
        Self {
            path: path.into(),
            partner: false,
        }
    }

    /// Takes the key as a partner's.
    pub fn of_partner(mut self) -> Self {
        self.partner = true;
        self
    }
}

impl ProvideCredentials for KeyFile {
    fn credentials(&self) -> CredentialsFuture<'_> {
        let Self { path, partner } = self.clone();
        reading(move || match key_file::read(&path) {
            Ok((key, _)) => Ok(Credentials::api_key(key).of_partner(partner)),
            Err(reason) => Err(CredentialsError::File { path, reason }),
        })
    }

    fn warnings(&self) -> Vec<EnvWarning> {
        key_file::read(&self.path)
            .map(|(_, warnings)| warnings)
            .unwrap_or_default()
    }
}
