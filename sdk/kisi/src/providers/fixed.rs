use std::future::ready;

use crate::{Credentials, CredentialsFuture, Expiring, ProvideCredentials};

/// Always the same credentials: for a program that takes a provider where they do not change.
///
/// ```
/// use rhombus_kisi::{Client, Credentials, providers::Fixed};
///
/// let client = Client::builder().credentials_provider(Fixed::new(Credentials::api_key("key"))).build()?;
/// # Ok::<(), rhombus_kisi::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct Fixed(Credentials);

impl Fixed {
    /// Returns a provider of these credentials.
    pub fn new(credentials: Credentials) -> Self {
        Self(credentials)
    }
}

impl ProvideCredentials for Fixed {
    fn credentials(&self) -> CredentialsFuture<'_> {
        Box::pin(ready(Ok(Expiring::never(self.0.clone()))))
    }
}
