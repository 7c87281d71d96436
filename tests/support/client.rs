use std::time::Duration;

use rhombus_kisi::{Client, ClientBuilder, RetryPolicy};

use crate::{API_KEY, fault::Serve, server::nobody, table::ALL};
use crate::{Authority, Server};

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
    /// Starts the server, if there is one, and tells the endpoint.
    pub async fn start(&self, authority: &Authority) -> (Option<Server>, String) {
        let (server, scheme) = match self {
            Self::Nobody => return (None, format!("http://{}", nobody())),
            Self::Plain(scripts) => (Server::plain(scripts.clone()).await, "http"),
            Self::RawTls(scripts) => (Server::plain(scripts.clone()).await, "https"),
            Self::Tls(tls, scripts) => (Server::tls(scripts.clone(), tls, authority).await, "https"),
        };
        let endpoint = format!("{scheme}://{}", server.address());
        (Some(server), endpoint)
    }
}
