//! OAuth 2.0 access tokens, refreshed by a refresh token: RFC 6749, section 6.

mod builder;
mod endpoint;
mod error;

use std::fmt;

use rhombus_kisi_runtime::Secret;
use tokio::sync::Mutex;

pub use builder::OAuthBuilder;
use builder::Store;
use endpoint::{ClientAuth, TokenEndpoint, Tokens};
pub use error::OAuthError;

use crate::{Credentials, CredentialsError, CredentialsFuture, Expiring, ProvideCredentials};

/// OAuth access tokens, refreshed by a refresh token.
///
/// A refresh is one request within a time limit, and is never repeated by itself: the first attempt may have spent the refresh
/// token. Where the endpoint returns a new refresh token, that one is used from then on.
///
/// `Debug` never shows a token.
///
/// ```
/// use rhombus_kisi::{Client, Region, providers::OAuth};
///
/// let oauth = OAuth::builder("client-id", "refresh-token")
///     .client_secret("client-secret")
///     .region(Region::Eu)
///     .store_refresh_token(|token| async move { std::fs::write("/var/lib/doors/token", token.expose()) })
///     .build()?;
/// let client = Client::builder().region(Region::Eu).credentials_provider(oauth).build()?;
/// # Ok::<(), rhombus_kisi::Error>(())
/// ```
pub struct OAuth {
    endpoint: TokenEndpoint,
    partner: bool,
    store: Option<Store>,
    /// Locked while a refresh runs: a refresh token is used once.
    held: Mutex<Held>,
}

/// The tokens that there are.
struct Held {
    refresh: Secret,
    /// Whether the refresh token is yet to be stored.
    is_new: bool,
    /// An access token that nobody has got yet.
    access: Option<Expiring<Credentials>>,
    auth: ClientAuth,
}

impl OAuth {
    /// Returns a builder of a provider for this client, which begins with this refresh token.
    pub fn builder(client_id: impl Into<String>, refresh_token: impl Into<Secret>) -> OAuthBuilder {
        OAuthBuilder::new(client_id.into(), refresh_token.into())
    }

    fn new(
        endpoint: TokenEndpoint,
        refresh: Secret,
        access: Option<Expiring<Credentials>>,
        partner: bool,
        store: Option<Store>,
    ) -> Self {
        let auth = endpoint.first_auth();
        Self {
            endpoint,
            partner,
            store,
            held: Mutex::new(Held {
                refresh,
                is_new: false,
                access,
                auth,
            }),
        }
    }

    async fn next(&self) -> Result<Expiring<Credentials>, OAuthError> {
        let mut held = self.held.lock().await;
        // What was left over by an earlier time that failed.
        self.store(&mut held).await?;
        if let Some(access) = held.access.take().filter(|access| !access.is_over()) {
            return Ok(access);
        }
        let tokens = self.refresh(&mut held).await?;
        let access = Credentials::access_token(tokens.access).of_partner(self.partner);
        let access = match tokens.lifetime {
            Some(lifetime) => Expiring::after(access, lifetime),
            None => Expiring::never(access),
        };
        if let Some(refresh) = tokens.refresh {
            held.refresh = refresh;
            held.is_new = true;
            // Kept while it is stored, which may fail or be cancelled.
            held.access = Some(access.clone());
            self.store(&mut held).await?;
            held.access = None;
        }
        Ok(access)
    }

    async fn refresh(&self, held: &mut Held) -> Result<Tokens, OAuthError> {
        let result = self.endpoint.refresh(&held.refresh, held.auth).await;
        match result {
            Err(error) if error.is_of_client() && held.auth == ClientAuth::Basic => {
                let tokens = self.endpoint.refresh(&held.refresh, ClientAuth::Body).await?;
                held.auth = ClientAuth::Body;
                Ok(tokens)
            }
            result => result,
        }
    }

    /// Stores the refresh token if it is new.
    async fn store(&self, held: &mut Held) -> Result<(), OAuthError> {
        if let (true, Some(store)) = (held.is_new, &self.store) {
            store(held.refresh.clone()).await.map_err(OAuthError::Store)?;
        }
        held.is_new = false;
        Ok(())
    }
}

impl ProvideCredentials for OAuth {
    fn credentials(&self) -> CredentialsFuture<'_> {
        Box::pin(async { self.next().await.map_err(CredentialsError::from) })
    }
}

impl fmt::Debug for OAuth {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("OAuth")
            .field("partner", &self.partner)
            .finish_non_exhaustive()
    }
}
