use std::borrow::Cow;
use std::fmt;

use bytes::Bytes;
use http::{HeaderMap, HeaderName, HeaderValue};
use percent_encoding::percent_decode_str;
use serde::Serialize;

use crate::gate::one_line;
use crate::multipart::FORM_DATA;
use crate::secrets::{Secrets, collect};
use crate::style::{self, Unwritable};
use crate::text::{Members, unquote};
use crate::wiped::Wiped;
use crate::{Error, Multipart, Operation, RequestBody, Style, speaks_of_a_secret};

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
    pub body: RequestBody,
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
            body: RequestBody::EMPTY,
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
        self.body = RequestBody::Bytes(Bytes::from_owner(written));
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

    /// Gives the body another content type than the one that it was set with, such as `application/merge-patch+json`.
    pub fn content_type(mut self, content_type: HeaderValue) -> Self {
        self.content_type = Some(content_type);
        self
    }

    /// Sets a body of form fields (`application/x-www-form-urlencoded`), the properties of `body`: each in its style, where
    /// `styles` has one, or else as [`Style::FIELD`]. Its secrets are noted as those of a [JSON body](Request::json).
    ///
    /// # Errors
    /// [`Error::Invalid`] if the body is no object, or if a style has no form for a field, such as a `null`.
    pub fn form<T: Serialize + ?Sized>(mut self, body: &T, styles: &[(&str, Style)]) -> Result<Self, Error> {
        const FORM: &str = "the form";
        let json = self.written(FORM, body)?;
        let json = text(&json);
        if !json.starts_with('{') {
            return Err(Error::invalid(FORM, "the body of a form is an object"));
        }
        let mut written = Wiped::body();
        for (name, value) in Members::of(json) {
            let name = unquote(name);
            if value == "null" {
                let why = format!(
                    "`{}` is null, which a form cannot say: leave it out",
                    one_line(&name, 100)
                );
                return Err(Error::invalid(FORM, why));
            }
            let style = styles.iter().find(|(styled, _)| *styled == name);
            let style = style.map_or(Style::FIELD, |(_, style)| *style);
            let any = !written.as_ref().is_empty();
            style::pairs(&name, value, style, any, &mut written).map_err(|why| unwritable(FORM, why))?;
        }
        self.content_type = Some(URL_ENCODED);
        self.body = RequestBody::Bytes(Bytes::from_owner(written));
        Ok(self)
    }

    /// Sets a body of form fields and files.
    ///
    /// # Errors
    /// [`Error::Invalid`] if the form's content type cannot be a header, which a form of this crate's never gives.
    pub fn multipart(self, form: Multipart) -> Result<Self, Error> {
        self.multipart_as(FORM_DATA, form)
    }

    /// Sets a body of parts of another `multipart` type, such as `multipart/related`; the boundary is added to it.
    ///
    /// # Errors
    /// [`Error::Invalid`] if the content type cannot be a header.
    pub fn multipart_as(self, media_type: &str, form: Multipart) -> Result<Self, Error> {
        let secrets = form.secrets();
        let (content_type, body) = form.encode_as(media_type);
        let content_type = HeaderValue::try_from(content_type).map_err(|error| invalid("the form", &error))?;
        let mut request = self.body(content_type, body);
        request.secrets = request.secrets.and(secrets);
        Ok(request)
    }

    /// Sets a body of another type. In JSON and in forms, what is under a name that
    /// [speaks of a secret](crate::speaks_of_a_secret) is noted as one. A stream is not looked into.
    pub fn body(mut self, content_type: HeaderValue, body: impl Into<RequestBody>) -> Self {
        self.content_type = Some(content_type);
        self.body = body.into();
        if self.body.as_bytes().is_some_and(|bytes| bytes.len() > 2) {
            self.note_body();
        }
        self
    }

    /// Notes the secrets of a body that was not written from types, by their names.
    #[cold]
    fn note_body(&mut self) {
        let content_type = self.content_type.as_ref().and_then(|value| value.to_str().ok());
        let bytes = self.body.as_bytes().map(AsRef::as_ref).unwrap_or_default();
        let found = Secrets::of_text(content_type.unwrap_or_default(), bytes);
        self.secrets = std::mem::take(&mut self.secrets).and(found);
    }

    /// Fills in a path parameter, a list as `a,b`.
    ///
    /// # Errors
    /// As [`Request::path_param_as`].
    pub fn path_param<T: Serialize + ?Sized>(self, name: &'static str, value: &T) -> Result<Self, Error> {
        self.path_param_as(name, value, Style::SIMPLE)
    }

    /// Fills in a path parameter of this style.
    ///
    /// # Errors
    /// [`Error::Invalid`] if what is written is empty, `.` or `..`, or if the style has no form for the value.
    pub fn path_param_as<T: Serialize + ?Sized>(
        mut self,
        name: &'static str,
        value: &T,
        style: Style,
    ) -> Result<Self, Error> {
        let json = self.written(name, value)?;
        let mut escaped = String::new();
        style::one(name, text(&json), style, true, &mut escaped).map_err(|why| unwritable(name, why))?;
        if escaped.is_empty() {
            return Err(Error::invalid(name, "a path parameter must not be empty"));
        }
        // URLs take these for steps up the path, escaped or not, which would reach another operation.
        if matches!(escaped.as_str(), "." | "..") {
            return Err(Error::invalid(name, "a path parameter must not be `.` or `..`"));
        }
        self.path = self.path.replace(&format!("{{{name}}}"), &escaped).into();
        Ok(self)
    }

    /// Adds a query parameter: a list once for each element, an object once for each property, `None` not at all.
    ///
    /// # Errors
    /// As [`Request::query_as`].
    pub fn query<T: Serialize + ?Sized>(self, name: &'static str, value: &T) -> Result<Self, Error> {
        self.query_as(name, value, Style::FORM)
    }

    /// Adds a query parameter of this style; `None` adds nothing.
    ///
    /// # Errors
    /// [`Error::Invalid`] if the style has no form for the value.
    pub fn query_as<T: Serialize + ?Sized>(
        mut self,
        name: &'static str,
        value: &T,
        style: Style,
    ) -> Result<Self, Error> {
        let json = self.written(name, value)?;
        let any = !self.query.is_empty();
        style::pairs(name, text(&json), style, any, &mut self.query).map_err(|why| unwritable(name, why))?;
        Ok(self)
    }

    /// Adds a query that is part of the operation's path, as it is.
    pub fn query_text(mut self, text: &'static str) -> Self {
        if !self.query.is_empty() {
            self.query.push('&');
        }
        self.query.push_str(text);
        self
    }

    /// Returns the names and values of the query, decoded, in their order.
    ///
    /// ```
    /// use rhombus_kisi_runtime::http::Method;
    /// use rhombus_kisi_runtime::{Operation, Repeat, Request};
    ///
    /// static FIND: Operation = Operation::new("find", Method::GET, "/doors", Repeat::Safe);
    ///
    /// let request = Request::new(&FIND).query("tag", &["a b", "c"])?;
    /// assert_eq!(request.query_pairs(), [("tag".into(), "a b".into()), ("tag".into(), "c".to_owned())]);
    /// # Ok::<(), rhombus_kisi_runtime::Error>(())
    /// ```
    pub fn query_pairs(&self) -> Vec<(String, String)> {
        let decoded = |text: &str| percent_decode_str(text).decode_utf8_lossy().into_owned();
        let pairs = self.query.split('&').filter(|pair| !pair.is_empty());
        let pairs = pairs.map(|pair| pair.split_once('=').unwrap_or((pair, "")));
        pairs.map(|(name, value)| (decoded(name), decoded(value))).collect()
    }

    /// Adds a header parameter, a list as `a,b`; `None` adds nothing.
    ///
    /// # Errors
    /// As [`Request::header_as`].
    pub fn header<T: Serialize + ?Sized>(self, name: &'static str, value: &T) -> Result<Self, Error> {
        self.header_as(name, value, Style::SIMPLE)
    }

    /// Adds a header parameter of this style; `None` adds nothing.
    ///
    /// # Errors
    /// [`Error::Invalid`] if the value has characters that a header cannot carry, or if the style has no form for it.
    pub fn header_as<T: Serialize + ?Sized>(
        mut self,
        name: &'static str,
        value: &T,
        style: Style,
    ) -> Result<Self, Error> {
        let header = HeaderName::try_from(name).map_err(|error| invalid(name, &error))?;
        let json = self.written(name, value)?;
        if text(&json) != "null" {
            let mut written = String::new();
            style::one(name, text(&json), style, false, &mut written).map_err(|why| unwritable(name, why))?;
            let value = HeaderValue::try_from(written).map_err(|error| invalid(name, &error))?;
            self.headers.append(header, value);
        }
        Ok(self)
    }

    /// A parameter as JSON; its secrets are noted.
    fn written<T: Serialize + ?Sized>(&mut self, name: &'static str, value: &T) -> Result<Wiped, Error> {
        let mut json = Wiped::body();
        let (result, secrets, typed) = collect(|| serde_json::to_writer(&mut json, value));
        result.map_err(|error| invalid(name, &error))?;
        let mut noted = std::mem::take(&mut self.secrets).and(secrets);
        if speaks_of_a_secret(name) {
            style::scalars(text(&json), &mut |text| {
                noted = std::mem::take(&mut noted).and(Secrets::of(text))
            });
        } else if !typed {
            noted = noted.and(Secrets::of_text("json", json.as_ref()));
        }
        self.secrets = noted;
        Ok(json)
    }
}

const JSON: HeaderValue = HeaderValue::from_static("application/json");
const URL_ENCODED: HeaderValue = HeaderValue::from_static("application/x-www-form-urlencoded");

fn invalid(what: &'static str, error: &dyn std::error::Error) -> Error {
    Error::invalid(what, error.to_string())
}

fn unwritable(what: &'static str, why: Unwritable) -> Error {
    Error::invalid(what, why)
}

/// JSON is text.
fn text(json: &Wiped) -> &str {
    std::str::from_utf8(json.as_ref()).unwrap_or("null")
}

impl fmt::Debug for Request {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Request")
            .field("operation", &self.operation.id)
            .field("path", &self.operation.path)
            .field("body", &self.body)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use http::Method;

    use super::Request;
    use crate::{Operation, Repeat, Style};

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
        let request = Request::new(&FIND)
            .query_text("beta=true")
            .query("q", &serde_json::json!({ "a": 1 }))
            .and_then(|request| request.path_param_as("id", &[1, 2], Style::MATRIX))
            .and_then(|request| request.header("x-tags", &["a", "b"]))
            .and_then(|request| request.header_as("x-json", &["a"], Style::JSON))
            .unwrap();
        assert_eq!(request.path, "/doors/;id=1,2");
        assert_eq!(request.query, "beta=true&a=1");
        assert_eq!(request.headers["x-tags"], "a,b");
        assert_eq!(request.headers["x-json"], "[\"a\"]");
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
    fn a_form_is_written_field_by_field() {
        let body = serde_json::json!({
            "user": "a&b c", "client_secret": "secret-5", "scopes": ["x", "y"], "meta": { "k": [1] }, "flat": ["x", "y"],
            "deep": { "a": { "b": true } }, "none": [],
        });
        let styles = [("deep", Style::DEEP_OBJECT), ("flat", Style::FORM.exploded(false))];
        let request = Request::new(&FIND).form(&body, &styles).unwrap();
        assert_eq!(request.content_type.unwrap(), "application/x-www-form-urlencoded");
        assert_eq!(
            request.body.as_bytes().unwrap(),
            "client_secret=secret-5&deep%5Ba%5D%5Bb%5D=true&flat=x,y&meta=%7B%22k%22%3A%5B1%5D%7D&scopes=x&scopes=y&user=a%26b%20c"
        );
        assert_eq!(request.secrets.iter().collect::<Vec<_>>(), ["secret-5"]);
        for body in [
            serde_json::json!([1]),
            serde_json::json!({ "a": null }),
            serde_json::json!({ "a": [null] }),
        ] {
            assert!(Request::new(&FIND).form(&body, &[]).is_err(), "{body}");
        }
        let empty = Request::new(&FIND).form(&serde_json::json!({}), &[]).unwrap();
        assert!(empty.body.is_empty());
    }

    #[test]
    fn what_cannot_be_sent_is_refused() {
        for id in ["", ".", ".."] {
            assert!(Request::new(&FIND).path_param("id", id).is_err());
        }
        for id in ["", "."] {
            assert!(Request::new(&FIND).path_param_as("id", id, Style::LABEL).is_err());
        }
        assert!(Request::new(&FIND).query("q", &serde_json::json!([{}])).is_err());
        assert!(Request::new(&FIND).header("x", "a\nb").is_err());
    }
}
