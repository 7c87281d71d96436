use std::collections::BTreeMap;

use http::HeaderValue;
use serde_json::{Value, json};

use super::{Diagnostics, Operation, parts};
use crate::api::Empty;

/// What an operation sends.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum Body {
    /// Nothing.
    #[default]
    None,
    /// An empty JSON object, where the document describes no body and the API wants one all the same.
    EmptyJson,
    /// JSON of the argument's type.
    Json,
    /// Form fields and files.
    Multipart,
    /// Bytes of this content type.
    Bytes(String),
}

/// Chooses one form of request for each operation. What is not JSON becomes JSON for the generator's eyes; the
/// pass over the syntax tree puts the right argument in its place.
pub(super) fn choose(
    root: &mut Value,
    operations: &mut BTreeMap<String, Operation>,
    empty: Empty,
    diagnostics: &mut Diagnostics,
) {
    parts::operations_mut(root, |_, method, operation| {
        let Some(described) = operations.get_mut(parts::label("", method, operation).as_str()) else {
            return;
        };
        let content = operation.pointer("/requestBody/content").and_then(Value::as_object);
        let types: Vec<&String> = content.into_iter().flat_map(|content| content.keys()).collect();
        let json = types.iter().find(|name| is_json(name)).copied();
        let chosen = json
            .or_else(|| types.iter().find(|name| is_form(name)).copied())
            .or(types.first().copied());
        let Some(chosen) = chosen.cloned() else {
            described.body = match empty {
                Empty::Json if method == "post" => Body::EmptyJson,
                Empty::Json | Empty::None => Body::None,
            };
            if let Some(operation) = operation.as_object_mut() {
                operation.remove("requestBody");
            }
            return;
        };
        for other in types.iter().filter(|name| **name != &chosen) {
            diagnostics.changed(
                &described.id,
                format!("its request may also be `{other}`; only `{chosen}` is offered"),
            );
        }
        let schema = operation
            .pointer("/requestBody/content")
            .and_then(|content| content.get(&chosen)?.get("schema"));
        let schema = schema.cloned().unwrap_or_else(|| json!({}));
        let (body, schema) = if is_form(&chosen) {
            diagnostics.changed(
                &described.id,
                "the fields of its form are not typed: `Multipart` takes any",
            );
            (Body::Multipart, json!({}))
        } else if is_json(&chosen) && !is_binary(&schema) {
            (Body::Json, schema)
        } else {
            let sent = if HeaderValue::from_str(&chosen).is_ok() && !chosen.contains('*') {
                chosen.clone()
            } else {
                "application/octet-stream".to_owned()
            };
            diagnostics.changed(
                &described.id,
                format!("its request is `{sent}`: the caller gives the bytes"),
            );
            (Body::Bytes(sent), json!({}))
        };
        let required = operation.pointer("/requestBody/required").and_then(Value::as_bool);
        described.body_optional = empty == Empty::None && !required.unwrap_or(false);
        described.body = body;
        operation["requestBody"] = json!({ "required": true, "content": { "application/json": { "schema": schema } } });
    });
}

/// Whether a content type is JSON.
pub(super) fn is_json(content_type: &str) -> bool {
    let essence = content_type
        .split(';')
        .next()
        .unwrap_or_default()
        .trim()
        .to_ascii_lowercase();
    essence == "application/json" || essence.ends_with("+json") || essence == "*/*"
}

/// Whether a schema says that the content is bytes, whatever its content type says.
pub(super) fn is_binary(schema: &Value) -> bool {
    schema.get("type").and_then(Value::as_str) == Some("string")
        && schema.get("format").and_then(Value::as_str) == Some("binary")
}

fn is_form(content_type: &str) -> bool {
    content_type
        .trim()
        .to_ascii_lowercase()
        .starts_with("multipart/form-data")
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::Body;
    use crate::api::Empty;
    use crate::normalise::{Diagnostics, operation_ids};

    fn chosen(method: &str, body: Value) -> (Body, usize) {
        let (body, _, diagnostics) = chosen_with(method, body, Empty::Json);
        (body, diagnostics)
    }

    fn chosen_with(method: &str, body: Value, empty: Empty) -> (Body, bool, usize) {
        let mut root = json!({ "paths": { "/a": { method: { "operationId": "a", "requestBody": body } } } });
        let mut diagnostics = Diagnostics::default();
        let mut operations = operation_ids::assign(&mut root, &mut diagnostics);
        super::choose(&mut root, &mut operations, empty, &mut diagnostics);
        let operation = &operations["a"];
        (
            operation.body.clone(),
            operation.body_optional,
            diagnostics.sorted().len(),
        )
    }

    #[test]
    fn what_the_document_does_not_require_can_be_left_out() {
        let body = |required: Value| json!({ "required": required, "content": { "application/json": {} } });
        let optional = |required: Value, empty| chosen_with("post", body(required), empty).1;
        assert!(optional(json!(false), Empty::None) && optional(json!(null), Empty::None));
        assert!(!optional(json!(true), Empty::None));
        assert!(!optional(json!(false), Empty::Json));
        assert_eq!(chosen_with("post", json!(null), Empty::None), (Body::None, false, 0));
    }

    #[test]
    fn one_form_of_request_is_left() {
        let of = |types: &[&str]| {
            let content: serde_json::Map<_, _> = types.iter().map(|name| ((*name).to_owned(), json!({}))).collect();
            json!({ "content": content })
        };
        assert_eq!(chosen("post", json!(null)), (Body::EmptyJson, 0));
        assert_eq!(chosen("get", json!(null)), (Body::None, 0));
        assert_eq!(
            chosen("post", of(&["Application/JSON; charset=utf-8"])),
            (Body::Json, 0)
        );
        assert_eq!(chosen("post", of(&["text/csv", "application/json"])), (Body::Json, 1));
        assert_eq!(chosen("post", of(&["multipart/form-data"])), (Body::Multipart, 1));
        assert_eq!(
            chosen("put", of(&["text/csv"])),
            (Body::Bytes("text/csv".to_owned()), 1)
        );
        let octets = Body::Bytes("application/octet-stream".to_owned());
        assert_eq!(chosen("put", of(&["image/*"])), (octets.clone(), 1));
        assert_eq!(chosen("put", of(&["text/\n"])), (octets.clone(), 1));
        let binary = json!({ "content": { "*/*": { "schema": { "type": "string", "format": "binary" } } } });
        assert_eq!(chosen("post", binary), (octets, 1));
    }
}
