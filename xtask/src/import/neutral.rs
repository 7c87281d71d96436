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

/// The description of the response that stands under this key: the status's name in HTTP.
pub(super) fn response(key: &str) -> String {
    let status = http::StatusCode::from_bytes(key.as_bytes()).ok();
    match status.and_then(|status| status.canonical_reason()) {
        Some(reason) => reason.to_owned(),
        None if key.is_empty() => "Response".to_owned(),
        None => key.to_owned(),
    }
}

/// The scopes of an OAuth flow, whose descriptions are the vendor's.
pub(super) fn scopes(scopes: &Map<String, Value>) -> Value {
    let names = scopes.keys().filter(|name| !name.starts_with("x-"));
    Value::Object(names.map(|name| (name.clone(), "".into())).collect())
}
