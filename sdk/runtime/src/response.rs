use std::fmt;

use bytes::Bytes;
use http::{HeaderMap, StatusCode};

/// A response of the API with the whole body in hand; the transport has bounded its size.
///
/// `Debug` shows the body's length only: it may hold secrets.
#[derive(Clone, Default)]
#[non_exhaustive]
pub struct Response {
    /// The status; a transport returns an error for anything but 2xx.
    pub status: StatusCode,
    /// The headers.
    pub headers: HeaderMap,
    /// The body, after decompression.
    pub body: Bytes,
    /// How many times the request was sent, this time included.
    pub attempts: u32,
}

impl Response {
    /// A response of the first attempt.
    pub fn new(status: StatusCode, headers: HeaderMap, body: impl Into<Bytes>) -> Self {
        Self {
            status,
            headers,
            body: body.into(),
            attempts: 1,
        }
    }

    /// The content type as text; empty where there is none.
    pub fn content_type(&self) -> &str {
        self.headers
            .get(http::header::CONTENT_TYPE)
            .and_then(|value| value.to_str().ok())
            .unwrap_or_default()
    }
}

impl fmt::Debug for Response {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Response")
            .field("status", &self.status)
            .field("body_length", &self.body.len())
            .field("attempts", &self.attempts)
            .finish_non_exhaustive()
    }
}
