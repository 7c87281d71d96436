//! The responses of the contract, as data.

use bytes::Bytes;
use http::StatusCode;
use serde_json::{Value, json};

use crate::auth::Denied;

/// A response before it is written.
#[derive(Clone, Debug)]
pub(crate) struct Reply {
    pub(crate) status: StatusCode,
    pub(crate) content_type: &'static str,
    /// In s.
    pub(crate) retry_after: Option<u64>,
    pub(crate) body: Bytes,
}

const JSON: &str = "application/json";

impl Reply {
    fn new(status: StatusCode, content_type: &'static str, body: impl Into<Bytes>) -> Self {
        Self {
            status,
            content_type,
            retry_after: None,
            body: body.into(),
        }
    }

    /// Status 200 with this text as JSON.
    pub(crate) fn ok(body: impl Into<Bytes>) -> Self {
        Self::new(StatusCode::OK, JSON, body)
    }

    /// Who is turned away.
    pub(crate) fn denied(denied: Denied) -> Self {
        match denied {
            Denied::Unauthorized => Self::json(StatusCode::UNAUTHORIZED, &json!({ "authenticationFailed": true })),
            Denied::Forbidden => Self::json(
                StatusCode::FORBIDDEN,
                &json!({ "status": 403, "error": "Forbidden", "timestamp": 1_764_547_200_000_u64, "msg": "Access Denied" }),
            ),
        }
    }

    /// Status 429, which is no JSON.
    pub(crate) fn rate_limited(seconds: u64) -> Self {
        let mut reply = Self::new(StatusCode::TOO_MANY_REQUESTS, "text/plain", "Too many requests");
        reply.retry_after = Some(seconds);
        reply
    }

    /// Another status, with JSON.
    pub(crate) fn failed(status: StatusCode, message: &str) -> Self {
        let error = status.canonical_reason().unwrap_or("Error");
        Self::json(status, &json!({ "error": error, "msg": message }))
    }

    /// A proxy's page.
    pub(crate) fn page(status: StatusCode) -> Self {
        let reason = status.canonical_reason().unwrap_or("Error");
        let title = format!("{} {reason}", status.as_u16());
        let page = format!("<html><head><title>{title}</title></head><body><h1>{title}</h1></body></html>\n");
        Self::new(status, "text/html", page)
    }

    fn json(status: StatusCode, body: &Value) -> Self {
        Self::new(status, JSON, body.to_string())
    }
}
