use std::fmt;

use bytes::Bytes;
use http::header::{HeaderMap, HeaderValue};
use http::{Method, request};
use rhombus_kisi_runtime::{MASK, RhombusUuid, Secret, speaks_of_a_secret};
use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::Operation;

/// A request that arrived, and what became of it.
///
/// No credential can be read from it, and `Debug` shows no secret of the body either.
#[derive(Clone)]
pub struct Request {
    pub(crate) method: Method,
    pub(crate) path: String,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
    pub(crate) credential: Option<Secret>,
    pub(crate) operation: Option<Operation>,
    pub(crate) organization: Option<RhombusUuid>,
    pub(crate) was_carried_out: bool,
    pub(crate) status: Option<u16>,
}

impl Request {
    pub(crate) fn new(head: &request::Parts, body: Bytes, credential: Option<Secret>) -> Self {
        let path = head.uri.path().to_owned();
        Self {
            method: head.method.clone(),
            headers: without_secrets(&head.headers),
            operation: Operation::of_path(&path),
            path,
            body,
            credential,
            organization: None,
            was_carried_out: false,
            status: None,
        }
    }

    /// Returns the HTTP method.
    pub fn method(&self) -> &Method {
        &self.method
    }

    /// Returns the path below the server's URL.
    pub fn path(&self) -> &str {
        &self.path
    }

    /// Returns the operation; `None` if the fake serves none at this path.
    pub fn operation(&self) -> Option<Operation> {
        self.operation
    }

    /// Returns the organisation that the call was for; `None` if its credential was not accepted.
    pub fn organization(&self) -> Option<&RhombusUuid> {
        self.organization.as_ref()
    }

    /// Returns the headers. The value of one that holds a secret is `***`.
    pub fn headers(&self) -> &HeaderMap {
        &self.headers
    }

    /// Returns whether the request came with this key or access token.
    pub fn is_from(&self, credential: &str) -> bool {
        self.credential.as_ref().is_some_and(|own| own.expose() == credential)
    }

    /// Returns the body, as one of the client's request types.
    ///
    /// # Errors
    /// Errors if the body is not of this type.
    pub fn body<T: DeserializeOwned>(&self) -> Result<T, serde_json::Error> {
        serde_json::from_slice(&self.body)
    }

    /// Returns the body as JSON, with `***` for each secret; `null` if it is no JSON. [`body`](Self::body) has the secrets, by type.
    pub fn body_json(&self) -> Value {
        let mut body = serde_json::from_slice(&self.body).unwrap_or_default();
        mask(&mut body);
        body
    }

    /// Returns whether the fake did what it was asked, whatever the response said.
    pub fn was_carried_out(&self) -> bool {
        self.was_carried_out
    }

    /// Returns the status of the response; `None` if there was no response, or there is none yet.
    pub fn status(&self) -> Option<u16> {
        self.status
    }
}

impl fmt::Debug for Request {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Request")
            .field("method", &self.method)
            .field("path", &self.path)
            .field("headers", &self.headers)
            .field("body", &format_args!("{}", self.body_json()))
            .field("organization", &self.organization)
            .field("was_carried_out", &self.was_carried_out)
            .field("status", &self.status)
            .finish_non_exhaustive()
    }
}

fn without_secrets(headers: &HeaderMap) -> HeaderMap {
    let mut shown = headers.clone();
    for (name, value) in &mut shown {
        if speaks_of_a_secret(name.as_str()) {
            *value = HeaderValue::from_static(MASK);
        }
    }
    shown
}

/// Replaces what is below a name that speaks of a secret.
fn mask(value: &mut Value) {
    match value {
        Value::Object(properties) => {
            for (name, value) in properties {
                if speaks_of_a_secret(name) && !value.is_null() {
                    *value = MASK.into();
                } else {
                    mask(value);
                }
            }
        }
        Value::Array(values) => values.iter_mut().for_each(mask),
        _ => {}
    }
}
