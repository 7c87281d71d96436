use std::time::Duration;

use rhombus_kisi::providers::OAuth;
use rhombus_kisi::{Client, ClientBuilder, RetryPolicy};

use crate::{API_KEY, Authority, KISI_KEY, Nobody, RHOMBUS_TOKEN, Server, fault::Serve, table::ALL};

/// The time limits of the table's client.
///
/// A limit that must not end a call is so long that no busy machine reaches it; one that has to end it is short, and no
/// outcome depends on how much can be done within it but for a request that goes out over loopback.
#[derive(Clone, Copy, Debug)]
pub struct Limits;

impl Limits {
    /// A limit that has to end the call: long enough to connect and send on a busy machine.
    pub const SHORT: Duration = Duration::from_secs(2);
    /// A limit on an attempt that is never reached.
    pub const ATTEMPT: Duration = Duration::from_secs(120);
    /// A limit on a call that is never reached.
    pub const OVERALL: Duration = Duration::from_secs(600);
    /// How long a call may take before it counts as hanging.
    pub const HANG: Duration = Duration::from_secs(300);
}

/// A client's builder for this endpoint, with the table's key and limits.
pub fn builder(endpoint: &str, authority: &Authority) -> ClientBuilder {
    Client::builder()
        .api_key(API_KEY)
        .endpoint(endpoint)
        .add_root_certificate(authority.root_pem())
        .connect_timeout(Limits::ATTEMPT)
        .attempt_timeout(Limits::ATTEMPT)
        .timeout(Limits::OVERALL)
        .retry(
            RetryPolicy::default()
                .max_attempts(ALL)
                .base_backoff(Duration::from_millis(10))
                .max_backoff(Duration::from_millis(20)),
        )
}

impl Serve {
    /// Starts the server, or holds a port without one.
    pub async fn start(&self, authority: &Authority) -> Served {
        match self {
            Self::Nobody => Served::Nobody(Nobody::bind()),
            Self::Plain(scripts) => Served::Http(Server::plain(scripts.clone()).await),
            Self::RawTls(scripts) => Served::Https(Server::plain(scripts.clone()).await),
            Self::Tls(tls, scripts) => Served::Https(Server::tls(scripts.clone(), tls, authority).await),
            Self::Refresh(refresh) => Served::Refresh {
                endpoint: Box::new(Box::pin(refresh.endpoint.start(authority)).await),
                timeout: refresh.timeout,
                api: Server::plain(vec![refresh.api.clone()]).await,
            },
        }
    }
}

/// What is at the other end of a fault's connections.
#[derive(Debug)]
pub enum Served {
    /// Nobody: connections are refused.
    Nobody(Nobody),
    /// A server over plain TCP.
    Http(Server),
    /// A server that the client speaks TLS with.
    Https(Server),
    /// A server over plain TCP, and where its access tokens are refreshed.
    Refresh {
        /// The token endpoint.
        endpoint: Box<Served>,
        /// How long a refresh may take.
        timeout: Duration,
        /// The server.
        api: Server,
    },
}

impl Served {
    /// The server, if there is one.
    pub fn server(&self) -> Option<&Server> {
        match self {
            Self::Nobody(_) => None,
            Self::Http(server) | Self::Https(server) | Self::Refresh { api: server, .. } => Some(server),
        }
    }

    /// The endpoint that a client is given.
    pub fn endpoint(&self) -> String {
        match self {
            Self::Nobody(nobody) => format!("http://{}", nobody.address()),
            Self::Http(server) | Self::Refresh { api: server, .. } => format!("http://{}", server.address()),
            Self::Https(server) => format!("https://{}", server.address()),
        }
    }
    /// The builder with the credentials that the server wants.
    pub fn credentials(&self, builder: ClientBuilder) -> ClientBuilder {
        match self {
            Self::Refresh { endpoint, timeout, .. } => {
                let provider = OAuth::builder("client", KISI_KEY)
                    .client_secret(RHOMBUS_TOKEN)
                    .token_url(format!("{}/oauth/token", endpoint.endpoint()))
                    .timeout(*timeout);
                builder.credentials_provider(provider.build().unwrap())
            }
            _ => builder,
        }
    }
}
