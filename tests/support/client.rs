use std::time::Duration;

use rhombus_kisi::{Client, ClientBuilder, RetryPolicy};

use crate::{API_KEY, fault::Serve, server::nobody, table::ALL};
use crate::{Authority, Server};

/// The time limits of the table's client: short, so that the table is.
#[derive(Clone, Copy, Debug)]
pub struct Limits;

impl Limits {
    /// For the connection and its TLS handshake.
    pub const CONNECT: Duration = Duration::from_millis(700);
    /// For one attempt.
    pub const ATTEMPT: Duration = Duration::from_millis(900);
    /// For a call with its attempts and waits.
    pub const OVERALL: Duration = Duration::from_millis(3500);
}

/// A client's builder for this endpoint, with the table's key and limits.
pub fn builder(endpoint: &str, authority: &Authority) -> ClientBuilder {
    Client::builder()
        .api_key(API_KEY)
        .endpoint(endpoint)
        .add_root_certificate(authority.root_pem())
        .connect_timeout(Limits::CONNECT)
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
