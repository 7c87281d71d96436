//! The least that the generated client needs below it.

use std::fmt;
use std::time::Duration;

use reqwest::header::{CONTENT_TYPE, HeaderMap, HeaderValue};
use reqwest::redirect;
use rhombus_kisi_runtime::{CallInfo, Error, Request, Response, Transport, TransportFuture};

/// What the floor does, on the seam: the same client, time limits and headers.
pub struct Plain {
    http: reqwest::Client,
    server: String,
}

impl Plain {
    pub fn new(server: &str, key: &str) -> Result<Self, Error> {
        let mut key = HeaderValue::from_str(key).map_err(|error| Error::config_because("the key", error))?;
        key.set_sensitive(true);
        let mut scheme = HeaderValue::from_static("api-token");
        scheme.set_sensitive(true);
        let mut headers = HeaderMap::new();
        headers.insert("x-auth-apikey", key);
        headers.insert("x-auth-scheme", scheme);
        let mut builder = reqwest::Client::builder()
            .default_headers(headers)
            .user_agent("generated/0.1.0")
            .connect_timeout(Duration::from_secs(10))
            .timeout(Duration::from_secs(30))
            .redirect(redirect::Policy::none());
        if server.starts_with("http://") {
            builder = builder.no_proxy();
        }
        Ok(Self {
            http: builder
                .build()
                .map_err(|error| Error::config_because("the HTTP client", error))?,
            server: server.trim_end_matches('/').to_owned(),
        })
    }

    async fn attempt(&self, request: Request) -> Result<Response, Error> {
        let operation = request.operation;
        let broken = |error: reqwest::Error| Error::BrokenOff {
            call: CallInfo::new(operation.id, 1),
            source: error.without_url().into(),
        };
        let mut outgoing = self
            .http
            .request(operation.method.clone(), format!("{}{}", self.server, request.path))
            .body(request.body.into_bytes()?);
        if let Some(content_type) = request.content_type {
            outgoing = outgoing.header(CONTENT_TYPE, content_type);
        }
        let mut response = outgoing
            .send()
            .await
            .and_then(reqwest::Response::error_for_status)
            .map_err(broken)?;
        let headers = std::mem::take(response.headers_mut());
        let status = response.status();
        let body = response.bytes().await.map_err(broken)?;
        Ok(Response::new(status, headers, body))
    }
}

impl Transport for Plain {
    fn send(&self, request: Request) -> TransportFuture<'_> {
        Box::pin(self.attempt(request))
    }
}

impl fmt::Debug for Plain {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Plain")
    }
}
