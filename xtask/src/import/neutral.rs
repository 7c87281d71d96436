//! What OpenAPI requires to be said, in words that are not the vendor's.

use serde_json::{Map, Value, json};

use crate::document::Document;

/// Title and version: the API's name and number.
pub(super) fn info(source: &Document) -> Value {
    let text = |key: &str, otherwise: &str| match source.root.pointer("/info").and_then(|info| info.get(key)) {
        Some(Value::String(text)) => text.clone(),
        // YAML reads an unquoted `1.0` as a number.
        Some(Value::Number(number)) => number.to_string(),
        _ => otherwise.to_owned(),
    };
    json!({"title": text("title", "API"), "version": text("version", "0")})
}

/// The description of the response at a place: the name that HTTP gives its status.
pub(super) fn response(place: &str) -> String {
    let status = if place.starts_with("/paths/") {
        place.rsplit('/').next()
    } else {
        None
    };
    let known = status.and_then(|status| http::StatusCode::from_bytes(status.as_bytes()).ok()?.canonical_reason());
    known.or(status).unwrap_or("Response").to_owned()
}

/// The scopes of an OAuth flow, whose descriptions are the vendor's.
pub(super) fn scopes(scopes: &Map<String, Value>) -> Value {
    let names = scopes.keys().filter(|name| !name.starts_with("x-"));
    Value::Object(names.map(|name| (name.clone(), "".into())).collect())
}
