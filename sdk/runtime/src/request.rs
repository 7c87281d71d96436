use std::borrow::Cow;
use std::fmt;

use bytes::Bytes;
use http::{HeaderMap, HeaderName, HeaderValue};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use serde::Serialize;
use serde_json::Value;

use crate::secrets::{Secrets, collect};
use crate::wiped::Wiped;
use crate::{Error, Multipart, Operation, speaks_of_a_secret};

/// What RFC 3986 calls unreserved stays as it is; everything else is escaped.
const RESERVED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// A request of one operation, before the transport adds a server and credentials.
///
/// `Debug` shows the operation and the body's length, never the body: it may hold secrets.
#[derive(Clone)]
#[non_exhaustive]
pub struct Request {
    /// The operation.
    pub operation: &'static Operation,
    /// The path below the server's URL, with its parameters filled in.
    pub path: Cow<'static, str>,
    /// The query, encoded, without the question mark; empty for most operations.
    pub query: String,
    /// Header parameters of the operation; neither credentials nor the content type.
    pub headers: HeaderMap,
    /// The body's content type, where there is a body.
    pub content_type: Option<HeaderValue>,
    /// The body; empty where there is none. One that was written from types is overwritten when it is dropped.
    pub body: Bytes,
    /// What in the body and the parameters is secret: a server may quote it.
    pub secrets: Secrets,
}

impl Request {
    /// A request without parameters or a body.
    pub fn new(operation: &'static Operation) -> Self {
        Self {
            operation,
            path: Cow::Borrowed(operation.path),
            query: String::new(),
            headers: HeaderMap::new(),
            content_type: None,
            body: Bytes::new(),
            secrets: Secrets::default(),
        }
    }

    /// Sets the JSON body, and notes its secrets: each [`Secret`](crate::Secret) and, in [`Extra`](crate::Extra), each
    /// string. In a body without types of [`object!`](crate::object!), a string is a secret if a name above it
    /// [speaks of one](crate::speaks_of_a_secret).
    ///
    /// # Errors
    /// [`Error::Invalid`] if the body cannot be written as JSON, such as a map whose keys are not strings.
    pub fn json<T: Serialize + ?Sized>(mut self, body: &T) -> Result<Self, Error> {
        let mut written = Wiped::body();
        let (result, secrets, typed) = collect(|| serde_json::to_writer(&mut written, body));
        result.map_err(|error| invalid("the request body", &error))?;
        self.body = Bytes::from_owner(written);
        self.content_type = Some(JSON);
        self.secrets = self.secrets.and(secrets);
        if !typed {
            self.note_body();
        }
        Ok(self)
    }

    /// Sets the empty JSON object as the body: what the API wants where an operation takes nothing.
    pub fn empty_json(self) -> Self {
        self.body(JSON, Bytes::from_static(b"{}"))
    }

    /// Sets a body of form fields and files.
    ///
    /// # Errors
    /// [`Error::Invalid`] if the form's content type cannot be a header, which a form of this crate's never gives.
    pub fn multipart(self, form: Multipart) -> Result<Self, Error> {
        let secrets = form.secrets();
        let (content_type, body) = form.encode();
        let content_type = HeaderValue::try_from(content_type).map_err(|error| invalid("the form", &error))?;
        let mut request = self.body(content_type, body);
        request.secrets = request.secrets.and(secrets);
        Ok(request)
    }

    /// Sets a body of another type. In JSON and in forms, what is under a name that
    /// [speaks of a secret](crate::speaks_of_a_secret) is noted as one.
    pub fn body(mut self, content_type: HeaderValue, body: impl Into<Bytes>) -> Self {
        self.content_type = Some(content_type);
        self.body = body.into();
        if self.body.len() > 2 {
            self.note_body();
        }
        self
    }

    /// Notes the secrets of a body that was not written from types, by their names.
    #[cold]
    fn note_body(&mut self) {
        let content_type = self.content_type.as_ref().and_then(|value| value.to_str().ok());
        let found = Secrets::of_text(content_type.unwrap_or_default(), &self.body);
        self.secrets = std::mem::take(&mut self.secrets).and(found);
    }

    /// Fills in a path parameter.
    ///
    /// # Errors
    /// [`Error::Invalid`] if the value is empty, `.`, `..`, a list or an object.
    pub fn path_param<T: Serialize + ?Sized>(mut self, name: &'static str, value: &T) -> Result<Self, Error> {
        let text = self.texts(name, value)?.concat();
        if text.is_empty() {
            return Err(Error::invalid(name, "a path parameter must not be empty"));
        }
        // URLs take these for steps up the path, escaped or not, which would reach another operation.
        if matches!(text.as_str(), "." | "..") {
            return Err(Error::invalid(name, "a path parameter must not be `.` or `..`"));
        }
        let escaped = utf8_percent_encode(&text, RESERVED).to_string();
        self.path = self.path.replace(&format!("{{{name}}}"), &escaped).into();
        Ok(self)
    }

    /// Adds a query parameter: a list once for each element, `None` not at all.
    ///
    /// # Errors
    /// [`Error::Invalid`] if the value is an object.
    pub fn query<T: Serialize + ?Sized>(mut self, name: &'static str, value: &T) -> Result<Self, Error> {
        for text in self.texts(name, value)? {
            if !self.query.is_empty() {
                self.query.push('&');
            }
            self.query.extend(utf8_percent_encode(name, RESERVED));
            self.query.push('=');
            self.query.extend(utf8_percent_encode(&text, RESERVED));
        }
        Ok(self)
    }

    /// Adds a header parameter; `None` adds nothing.
    ///
    /// # Errors
    /// [`Error::Invalid`] if the value has characters that a header cannot carry.
    pub fn header<T: Serialize + ?Sized>(mut self, name: &'static str, value: &T) -> Result<Self, Error> {
        let header = HeaderName::try_from(name).map_err(|error| invalid(name, &error))?;
        for text in self.texts(name, value)? {
            let value = HeaderValue::try_from(text).map_err(|error| invalid(name, &error))?;
            self.headers.append(header.clone(), value);
        }
        Ok(self)
    }

    /// The texts that a parameter is written as; its secrets are noted.
    fn texts<T: Serialize + ?Sized>(&mut self, name: &'static str, value: &T) -> Result<Vec<String>, Error> {
        let (texts, secrets, _) = collect(|| texts(name, value));
        let texts = texts?;
        self.secrets = std::mem::take(&mut self.secrets).and(secrets);
        if speaks_of_a_secret(name) {
            for text in &texts {
                self.secrets = std::mem::take(&mut self.secrets).and(Secrets::of(text));
            }
        }
        Ok(texts)
    }
}

const JSON: HeaderValue = HeaderValue::from_static("application/json");

fn invalid(what: &'static str, error: &dyn std::error::Error) -> Error {
    Error::invalid(what, error.to_string())
}

/// The texts that a parameter is written as.
fn texts<T: Serialize + ?Sized>(name: &'static str, value: &T) -> Result<Vec<String>, Error> {
    let text = |value: Value| match value {
        Value::String(text) => Ok(text),
        Value::Bool(_) | Value::Number(_) => Ok(value.to_string()),
        Value::Null | Value::Array(_) | Value::Object(_) => {
            Err(Error::invalid(name, "a parameter is a scalar or a list of scalars"))
        }
    };
    match serde_json::to_value(value).map_err(|error| invalid(name, &error))? {
        Value::Null => Ok(Vec::new()),
        Value::Array(values) => values.into_iter().map(text).collect(),
        value => text(value).map(|text| vec![text]),
    }
}

impl fmt::Debug for Request {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Request")
            .field("operation", &self.operation.id)
            .field("path", &self.operation.path)
            .field("body_length", &self.body.len())
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use http::Method;

    use super::Request;
    use crate::{Operation, Repeat};

    static FIND: Operation = Operation::new("find", Method::GET, "/doors/{id}", Repeat::Safe);

    #[test]
    fn parameters_are_escaped() {
        let request = Request::new(&FIND)
            .path_param("id", "a/b?")
            .and_then(|request| request.query("q", &["x y", "&"]))
            .and_then(|request| request.query("none", &None::<i32>))
            .and_then(|request| request.header("x-tag", &7))
            .unwrap();
        assert_eq!(request.path, "/doors/a%2Fb%3F");
        assert_eq!(request.query, "q=x%20y&q=%26");
        assert_eq!(request.headers["x-tag"], "7");
    }

    #[test]
    fn secrets_are_noted_wherever_they_are() {
        let secret = crate::Secret::from("secret-1");
        let request = Request::new(&FIND)
            .query("q", &secret)
            .and_then(|request| request.header("x-access-token", "secret-2"))
            .and_then(|request| request.json(&serde_json::json!({"a": {"password": "secret-3"}, "b": "no secret"})))
            .unwrap();
        assert_eq!(
            request.secrets.iter().collect::<Vec<_>>(),
            ["secret-1", "secret-2", "secret-3"]
        );
        let form = crate::Multipart::new()
            .text("password", "secret-4")
            .text("name", "no secret");
        let request = Request::new(&FIND).multipart(form).unwrap();
        assert_eq!(request.secrets.iter().collect::<Vec<_>>(), ["secret-4"]);
    }

    #[test]
    fn what_cannot_be_sent_is_refused() {
        for id in ["", ".", ".."] {
            assert!(Request::new(&FIND).path_param("id", id).is_err());
        }
        assert!(Request::new(&FIND).query("q", &serde_json::json!({})).is_err());
        assert!(Request::new(&FIND).header("x", "a\nb").is_err());
    }
}
