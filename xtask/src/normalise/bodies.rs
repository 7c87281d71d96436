use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::{Notes, Operation, parts};

/// What an operation sends.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum Body {
    /// Nothing.
    #[default]
    None,
    /// An empty JSON object, where the document says nothing of a body: the API wants one with every `POST`.
    EmptyJson,
    /// JSON of the argument's type.
    Json,
    /// Form fields and files.
    Multipart,
    /// Bytes of this content type.
    Bytes(String),
}

/// Settles on one form of request for each operation. What is not JSON becomes JSON for the generator's eyes; the
/// pass over the syntax tree puts the right argument in its place.
pub(super) fn settle(root: &mut Value, operations: &mut BTreeMap<String, Operation>, notes: &mut Notes) {
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
            described.body = if method == "post" { Body::EmptyJson } else { Body::None };
            if let Some(operation) = operation.as_object_mut() {
                operation.remove("requestBody");
            }
            return;
        };
        for other in types.iter().filter(|name| **name != &chosen) {
            notes.changed(
                &described.id,
                format!("its request may also be `{other}`; only `{chosen}` is offered"),
            );
        }
        let schema = operation
            .pointer("/requestBody/content")
            .and_then(|content| content.get(&chosen)?.get("schema"));
        let schema = schema.cloned().unwrap_or_else(|| json!({}));
        let (body, schema) = match () {
            () if is_json(&chosen) => (Body::Json, schema),
            () if is_form(&chosen) => (Body::Multipart, json!({})),
            () => (Body::Bytes(chosen.clone()), json!({})),
        };
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

fn is_form(content_type: &str) -> bool {
    content_type
        .trim()
        .to_ascii_lowercase()
        .starts_with("multipart/form-data")
}
