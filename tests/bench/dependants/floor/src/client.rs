//! The floor: the client that a good engineer writes by hand in an afternoon.
//!
//! One pooled `reqwest::Client` with both auth headers as sensitive default headers, a user agent, a connect and a total
//! time limit, and no redirects, which would carry the key elsewhere. A status other than 2xx is an error, and so is a
//! 200 whose body says `error` or `authError`. It has what the SDK has on top of that not: no retries, no limit on the
//! size of a response, no masking of secrets, no wiping of them, no check of ids, and unknown properties are lost.

use std::fmt;
use std::time::Duration;

use reqwest::header::{HeaderMap, HeaderValue};
use reqwest::redirect;
use serde::Serialize;

use super::types::{Response, KisiSettings, ReadRequest, UpdateRequest};

#[derive(Debug)]
pub enum Error {
    Key,
    Http(reqwest::Error),
    Refused(String),
    KisiKeyRefused,
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Key => f.write_str("the key has characters that a header cannot carry"),
            Self::Http(error) => error.fmt(f),
            Self::Refused(message) => write!(f, "refused: {message}"),
            Self::KisiKeyRefused => f.write_str("Kisi refuses its key"),
        }
    }
}

impl std::error::Error for Error {}

impl From<reqwest::Error> for Error {
    fn from(error: reqwest::Error) -> Self {
        Self::Http(error)
    }
}

#[derive(Clone, Debug)]
pub struct Client {
    http: reqwest::Client,
    server: String,
}

impl Client {
    pub fn new(server: &str, key: &str) -> Result<Self, Error> {
        let mut key = HeaderValue::from_str(key).map_err(|_| Error::Key)?;
        key.set_sensitive(true);
        let mut scheme = HeaderValue::from_static("api-token");
        scheme.set_sensitive(true);
        let mut headers = HeaderMap::new();
        headers.insert("x-auth-apikey", key);
        headers.insert("x-auth-scheme", scheme);
        let mut builder = reqwest::Client::builder()
            .default_headers(headers)
            .user_agent("floor/0.1.0")
            .connect_timeout(Duration::from_secs(10))
            .timeout(Duration::from_secs(30))
            .redirect(redirect::Policy::none());
        if server.starts_with("http://") {
            // What is on this machine needs no proxy. (The SDK does the same.)
            builder = builder.no_proxy();
        }
        Ok(Self {
            http: builder.build()?,
            server: server.trim_end_matches('/').to_owned(),
        })
    }

    pub async fn update(&self, settings: &KisiSettings) -> Result<Response, Error> {
        self.post(
            "updateKisiIntegration",
            &UpdateRequest {
                kisi_settings: settings,
            },
        )
        .await
    }

    pub async fn read(&self) -> Result<Option<KisiSettings>, Error> {
        Ok(self.post("getKisiIntegration", &ReadRequest {}).await?.kisi_settings)
    }

    async fn post<B: Serialize>(&self, operation: &str, body: &B) -> Result<Response, Error> {
        let url = format!("{}/api/integrations/accessControl/{operation}", self.server);
        let response = self.http.post(url).json(body).send().await?.error_for_status()?;
        let response: Response = response.json().await?;
        if response.auth_error == Some(true) {
            return Err(Error::KisiKeyRefused);
        }
        if response.error == Some(true) {
            return Err(Error::Refused(response.error_msg.unwrap_or_default()));
        }
        Ok(response)
    }
}
