use super::reading::{because, reading};
use crate::environment;
use crate::warning::EnvWarning;
use crate::{CredentialsFuture, ProvideCredentials};

/// The credentials of the environment, as [`Client::from_env`](crate::Client::from_env) reads them: variables, and the files of
/// the vendor's command-line client.
///
/// [`ClientBuilder::from_env`](crate::ClientBuilder::from_env) first also takes the endpoint and a client certificate.
///
/// ```no_run
/// use rhombus_kisi::{ClientBuilder, providers::Environment};
///
/// let client = ClientBuilder::from_env()?.credentials_provider(Environment::new()).build()?;
/// # Ok::<(), rhombus_kisi::Error>(())
/// ```
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub struct Environment {}

impl Environment {
    /// Returns a provider of the environment's credentials.
    pub fn new() -> Self {
        Self::default()
    }
}

impl ProvideCredentials for Environment {
    fn credentials(&self) -> CredentialsFuture<'_> {
        reading(|| {
            let settings = environment::read_again().map_err(because)?;
            Ok(settings.credentials)
        })
    }

    fn warnings(&self) -> Vec<EnvWarning> {
        environment::read_again()
            .map(|settings| settings.warnings)
            .unwrap_or_default()
    }
}
