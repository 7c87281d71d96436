//! The HTTP clients under a transport.

use std::sync::OnceLock;
use std::time::Duration;

use reqwest::redirect;
use rhombus_kisi_runtime::{Error, Repeat, Secret};

use crate::credentials::CertificatePem;

/// Load balancers commonly close idle connections after 60 s; being first avoids requests that break off.
const IDLE: Duration = Duration::from_secs(50);

/// How connections are made.
#[derive(Clone)]
pub(crate) struct HttpSettings {
    pub(crate) https: bool,
    pub(crate) connect_timeout: Duration,
    pub(crate) user_agent: String,
    pub(crate) proxy: Proxy,
    pub(crate) roots: Vec<Vec<u8>>,
    pub(crate) certificate: Option<CertificatePem>,
}

/// Through which proxy, if any.
#[derive(Clone, Default)]
pub(crate) enum Proxy {
    /// The environment's `HTTPS_PROXY` and so on.
    #[default]
    System,
    None,
    /// A URL, which may hold a password.
    Url(Secret),
}

impl HttpSettings {
    fn build(&self, pooled: bool) -> Result<reqwest::Client, Error> {
        if self.https && !cfg!(any(feature = "rustls", feature = "native-tls")) {
            return Err(Error::config(
                "this build cannot speak TLS: turn on the feature `rustls` or `native-tls`, or give a `reqwest::Client` that can",
            ));
        }
        let mut builder = reqwest::Client::builder()
            .https_only(self.https)
            .user_agent(&self.user_agent)
            .connect_timeout(self.connect_timeout)
            .pool_idle_timeout(IDLE)
            .redirect(redirect::Policy::none())
            .referer(false)
            // Repeating is decided in one place, ours; this also spares a copy of every request.
            .retry(reqwest::retry::never().max_retries_per_request(0));
        if !pooled {
            builder = builder.pool_max_idle_per_host(0);
        }
        builder = match &self.proxy {
            // Without TLS a proxy would see the key; and what is on this machine needs none.
            Proxy::System if !self.https => builder.no_proxy(),
            Proxy::System => builder,
            Proxy::None => builder.no_proxy(),
            Proxy::Url(url) => builder.proxy(proxy(url)?),
        };
        self.tls(builder)?
            .build()
            .map_err(|error| Error::config_because("the HTTP client cannot be made", error.without_url()))
    }

    #[cfg(any(feature = "rustls", feature = "native-tls"))]
    fn tls(&self, mut builder: reqwest::ClientBuilder) -> Result<reqwest::ClientBuilder, Error> {
        builder = builder.tls_version_min(reqwest::tls::Version::TLS_1_2);
        let mut roots = Vec::new();
        for pem in &self.roots {
            roots.append(&mut crate::tls::roots(pem)?);
        }
        builder = if self.https || matches!(self.proxy, Proxy::Url(_)) {
            builder.tls_certs_merge(roots)
        } else {
            // Nothing here speaks TLS, so the platform's roots need not be read, nor exist.
            builder.tls_certs_only(roots)
        };
        if let Some(pem) = &self.certificate {
            builder = builder.identity(crate::tls::identity(pem)?);
        }
        Ok(builder)
    }

    #[cfg(not(any(feature = "rustls", feature = "native-tls")))]
    fn tls(&self, builder: reqwest::ClientBuilder) -> Result<reqwest::ClientBuilder, Error> {
        if self.certificate.is_some() || !self.roots.is_empty() {
            return Err(Error::config("certificates need the feature `rustls` or `native-tls`"));
        }
        Ok(builder)
    }
}

fn proxy(url: &Secret) -> Result<reqwest::Proxy, Error> {
    // reqwest's error would quote the URL.
    reqwest::Proxy::all(url.expose()).map_err(|_| Error::config("the proxy's URL cannot be used"))
}

/// The clients that send requests.
pub(crate) enum HttpClients {
    /// The caller's own, for everything.
    Given(reqwest::Client),
    Own {
        pooled: reqwest::Client,
        /// A connection for each request, made when it is first needed.
        ///
        /// On a connection that was used before, a request can meet the server's closing of it, and then nobody
        /// knows whether it was carried out. What must not happen twice does not take that chance.
        single: OnceLock<reqwest::Client>,
        settings: Box<HttpSettings>,
    },
}

impl HttpClients {
    pub(crate) fn new(settings: HttpSettings) -> Result<Self, Error> {
        Ok(Self::Own {
            pooled: settings.build(true)?,
            single: OnceLock::new(),
            settings: Box::new(settings),
        })
    }

    /// The client for an operation.
    pub(crate) fn get(&self, repeat: Repeat) -> Result<&reqwest::Client, Error> {
        match self {
            Self::Given(client) => Ok(client),
            Self::Own { pooled, .. } if repeat != Repeat::Never => Ok(pooled),
            Self::Own { single, settings, .. } => match single.get() {
                Some(client) => Ok(client),
                None => {
                    let client = settings.build(false)?;
                    Ok(single.get_or_init(|| client))
                }
            },
        }
    }

    /// How long opening a connection may take.
    pub(crate) fn connect_timeout(&self) -> Option<Duration> {
        match self {
            Self::Given(_) => None,
            Self::Own { settings, .. } => Some(settings.connect_timeout),
        }
    }
}
