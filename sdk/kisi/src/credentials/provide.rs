use std::pin::Pin;

use super::{Credentials, CredentialsError, Expiring};
use crate::warning::EnvWarning;

/// What [`ProvideCredentials::credentials`] returns.
pub type CredentialsFuture<'a> =
    Pin<Box<dyn Future<Output = Result<Expiring<Credentials>, CredentialsError>> + Send + 'a>>;

/// Returns a client's credentials, again and again: see
/// [`ClientBuilder::credentials_provider`](crate::ClientBuilder::credentials_provider).
///
/// A function that returns a future of them is a provider, too. [`providers`](crate::providers) has those for files and OAuth.
///
/// ```
/// use std::time::Duration;
///
/// use rhombus_kisi::{Client, Credentials, CredentialsError, Expiring};
///
/// async fn from_vault() -> Result<Expiring<Credentials>, CredentialsError> {
///     let key = "read from a vault";
///     # let key = "key";
///     Ok(Expiring::after(Credentials::api_key(key), Duration::from_secs(900)))
/// }
///
/// let client = Client::builder().credentials_provider(from_vault).build()?;
/// # Ok::<(), rhombus_kisi::Error>(())
/// ```
pub trait ProvideCredentials: Send + Sync {
    /// Returns the credentials as they are now, and how long they hold.
    ///
    /// It runs in a task of its own on the runtime of the call that needs them, one at a time for each client, for at most 30 s.
    /// Dropping that call does not stop it. All credentials are of the same organisation or partner.
    ///
    /// # Errors
    /// Errors if there are none. No error may hold a secret.
    fn credentials(&self) -> CredentialsFuture<'_>;

    /// Returns what should be changed where the credentials come from, such as a file that others can read.
    /// [`ClientBuilder::build`](crate::ClientBuilder::build) asks for it, for [`Client::warnings`](crate::Client::warnings).
    fn warnings(&self) -> Vec<EnvWarning> {
        Vec::new()
    }
}

impl<F, R> ProvideCredentials for F
where
    F: Fn() -> R + Send + Sync,
    R: Future<Output = Result<Expiring<Credentials>, CredentialsError>> + Send + 'static,
{
    fn credentials(&self) -> CredentialsFuture<'_> {
        Box::pin(self())
    }
}
