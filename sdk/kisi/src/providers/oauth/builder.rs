use std::error::Error as StdError;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use rhombus_kisi_runtime::{Error, Secret};

use super::OAuth;
use super::endpoint::TokenEndpoint;
use crate::endpoint::Endpoint;
use crate::proxy::Proxy;
use crate::transport::{Adjust, HttpClients, HttpSettings};
use crate::{Credentials, Expiring, Region};

/// How long opening a connection may take.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);
/// The default of [`OAuthBuilder::timeout`].
const TIMEOUT: Duration = Duration::from_secs(20);

/// What stores a refresh token.
pub(super) type Store = Arc<dyn Fn(Secret) -> Storing + Send + Sync>;
type Storing = std::pin::Pin<Box<dyn Future<Output = Result<(), Box<dyn StdError + Send + Sync>>> + Send>>;

/// Builds an [`OAuth`].
///
/// `Debug` shows the client's id, never a token.
#[derive(Clone)]
#[must_use]
pub struct OAuthBuilder {
    client_id: String,
    client_secret: Option<Secret>,
    refresh_token: Secret,
    first: Option<Expiring<Credentials>>,
    partner: bool,
    token_url: String,
    timeout: Duration,
    store: Option<Store>,
    proxy: Proxy,
    roots: Vec<Vec<u8>>,
    adjust: Option<Adjust>,
}

impl OAuthBuilder {
    pub(super) fn new(client_id: String, refresh_token: Secret) -> Self {
        Self {
            client_id,
            client_secret: None,
            refresh_token,
            first: None,
            partner: false,
            token_url: token_url(Region::default()).to_owned(),
            timeout: TIMEOUT,
            store: None,
            proxy: Proxy::default(),
            roots: Vec::new(),
            adjust: None,
        }
    }

    /// Sets the secret by which the client authenticates itself: by HTTP Basic, or, where that is rejected as `invalid_client`, in the
    /// body. Without one it is a public client.
    pub fn client_secret(mut self, secret: impl Into<Secret>) -> Self {
        self.client_secret = Some(secret.into());
        self
    }

    /// Takes the access tokens as those of a partner's user.
    pub fn of_partner(mut self) -> Self {
        self.partner = true;
        self
    }

    /// Sets an access token to begin with, and how long it still holds. Without one the first call refreshes.
    pub fn access_token(mut self, token: impl Into<Secret>, lifetime: Duration) -> Self {
        self.first = Some(Expiring::after(Credentials::access_token(token), lifetime));
        self
    }

    /// Sets the region; the US by default.
    pub fn region(self, region: Region) -> Self {
        self.token_url(token_url(region))
    }

    /// Sets the URL of another token endpoint. It has to begin with `https://`, or with `http://` where the host is `localhost` or a
    /// loopback address.
    pub fn token_url(mut self, url: impl Into<String>) -> Self {
        self.token_url = url.into();
        self
    }

    /// Sets how long a refresh may take; 20 s by default. A provider has 30 s in all, storing the refresh token included.
    pub fn timeout(mut self, limit: Duration) -> Self {
        self.timeout = limit;
        self
    }

    /// Sets what stores a new refresh token, for the next start of the program. It is called before the token is used; while it fails,
    /// there are no new access tokens, and it is called again. Its errors must not hold the token.
    ///
    /// Without it a new refresh token is kept in memory alone.
    ///
    /// ```
    /// use rhombus_kisi::providers::OAuth;
    ///
    /// let oauth = OAuth::builder("client-id", "refresh-token")
    ///     .store_refresh_token(|token| async move { std::fs::write("/var/lib/doors/token", token.expose()) })
    ///     .build()?;
    /// # let _ = oauth;
    /// # Ok::<(), rhombus_kisi::Error>(())
    /// ```
    pub fn store_refresh_token<F, R, E>(mut self, store: F) -> Self
    where
        F: Fn(Secret) -> R + Send + Sync + 'static,
        R: Future<Output = Result<(), E>> + Send + 'static,
        E: Into<Box<dyn StdError + Send + Sync>>,
    {
        self.store = Some(Arc::new(move |token| {
            let stored = store(token);
            Box::pin(async move { stored.await.map_err(Into::into) })
        }));
        self
    }

    /// Trusts one or more root certificates (PEM) besides the platform's own.
    pub fn add_root_certificate(mut self, pem: impl Into<Vec<u8>>) -> Self {
        self.roots.push(pem.into());
        self
    }

    /// Reaches the endpoint through this proxy: see [`ClientBuilder::proxy`](crate::ClientBuilder::proxy).
    pub fn proxy(mut self, url: impl Into<Secret>) -> Self {
        self.proxy = Proxy::Url(url.into());
        self
    }

    /// Uses no proxy, even if the environment names one.
    pub fn no_proxy(mut self) -> Self {
        self.proxy = Proxy::None;
        self
    }

    /// Adjusts the HTTP library: see [`ClientBuilder::http`](crate::ClientBuilder::http).
    pub fn http(
        mut self,
        adjust: impl Fn(reqwest::ClientBuilder) -> reqwest::ClientBuilder + Send + Sync + 'static,
    ) -> Self {
        self.adjust = Some(Arc::new(adjust));
        self
    }

    /// Creates the provider. Nothing is sent.
    ///
    /// # Errors
    /// Errors with [`Error::Config`] if the client's id, the refresh token or the time limit is empty, if a token must not be sent to the endpoint, or if
    /// a certificate or a proxy cannot be used.
    pub fn build(self) -> Result<OAuth, Error> {
        for (what, is_empty) in [
            ("client id", self.client_id.is_empty()),
            ("refresh token", self.refresh_token.is_empty()),
        ] {
            if is_empty {
                return Err(Error::config(format!("the {what} is empty")));
            }
        }
        if self.timeout.is_zero() {
            return Err(Error::config("`timeout` is zero, so that every refresh would fail"));
        }
        let endpoint = Endpoint::parse_as("the token endpoint", &self.token_url)?;
        let http = HttpClients::new(HttpSettings {
            https: endpoint.is_https(),
            localhost: !endpoint.is_https() && endpoint.host() == "localhost",
            connect_timeout: CONNECT_TIMEOUT,
            user_agent: None,
            route: self.proxy.route(&endpoint, |name| std::env::var(name).ok())?,
            roots: self.roots,
            certificate: None,
            adjust: self.adjust,
        })?;
        let endpoint = TokenEndpoint::new(http, endpoint, self.timeout, self.client_id, self.client_secret);
        let first = self.first.map(|first| first.of_partner(self.partner));
        Ok(OAuth::new(
            endpoint,
            self.refresh_token,
            first,
            self.partner,
            self.store,
        ))
    }
}

impl fmt::Debug for OAuthBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("OAuthBuilder")
            .field("client_id", &self.client_id)
            .field("partner", &self.partner)
            .finish_non_exhaustive()
    }
}

fn token_url(region: Region) -> &'static str {
    match region {
        Region::Us => "https://auth-web.rhombussystems.com/oauth/token",
        Region::Eu => "https://auth-web.eu.rhombussystems.com/oauth/token",
    }
}
