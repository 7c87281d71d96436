//! What a schema comes to, past references and remarks.

use serde_json::Value;

use super::parts;

/// How many references may lead to a type, and how deep it is looked into.
pub(super) const DEPTH: usize = 16;

/// What makes a part of an `allOf` more than a remark on the others.
const STRUCTURE: [&str; 9] = [
    "$ref",
    "additionalProperties",
    "allOf",
    "anyOf",
    "enum",
    "items",
    "oneOf",
    "properties",
    "type",
];

/// Whether a schema says what its type is.
pub(super) fn tells(schema: &Value) -> bool {
    STRUCTURE.iter().any(|key| schema.get(key).is_some())
}

/// The one part that says what the type is, where there is but one and nothing beside it: the usual way to say
/// something of a reference.
pub(super) fn only_part(schema: &Value) -> Option<&Value> {
    if parts::has_properties(schema) || ["oneOf", "anyOf"].iter().any(|key| schema.get(key).is_some()) {
        return None;
    }
    let listed = schema.get("allOf")?.as_array()?;
    let mut telling = listed.iter().filter(|part| tells(part));
    match (telling.next(), telling.next()) {
        (Some(only), None) => Some(only),
        _ => None,
    }
}

/// A schema past references, and an `allOf` of one part.
pub(super) fn resolved<'a>(root: &'a Value, schema: &'a Value) -> &'a Value {
    let mut schema = schema;
    for _ in 0..DEPTH {
        schema = only_part(schema).unwrap_or(schema);
        let target = parts::target(schema).and_then(|name| root.pointer("/components/schemas")?.get(name));
        let Some(target) = target else { break };
        schema = target;
    }
    schema
}

/// Whether a schema is an object, or one of several, rather than a scalar or a list.
pub(super) fn is_object(root: &Value, schema: &Value) -> bool {
    let schema = resolved(root, schema);
    match schema.get("type").and_then(Value::as_str) {
        Some(kind) => kind == "object",
        None => ["additionalProperties", "allOf", "anyOf", "oneOf", "properties"]
            .iter()
            .any(|key| schema.get(key).is_some()),
    }
}
