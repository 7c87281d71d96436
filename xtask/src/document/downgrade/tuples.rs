//! An array with a schema for each position has one for all of them in 3.0.

use serde_json::{Map, Value, json};

use crate::document::{Warning, pointer};

/// Beyond this many, their schemas are no help to anybody.
const MAX_POSITIONS: usize = 64;

pub(super) fn lower(schema: &mut Map<String, Value>, place: &str, warnings: &mut Vec<Warning>) {
    let key = if schema.contains_key("prefixItems") {
        "prefixItems"
    } else {
        "items"
    };
    let Some(Value::Array(_)) = schema.get(key) else {
        return;
    };
    let Some(Value::Array(positions)) = schema.remove(key) else {
        return;
    };
    let length = positions.len();
    let mut kinds: Vec<Value> = Vec::new();
    let many = length > MAX_POSITIONS;
    for position in if many { vec![json!({})] } else { positions } {
        if !kinds.contains(&position) {
            kinds.push(position);
        }
    }
    match schema.remove("items") {
        Some(Value::Bool(false)) => {
            schema.entry("maxItems").or_insert_with(|| length.into());
        }
        Some(rest @ Value::Object(_)) => {
            if !kinds.contains(&rest) {
                kinds.push(rest);
            }
        }
        // Beyond the positions anything goes.
        _ => kinds = vec![json!({})],
    }
    if many {
        kinds = vec![json!({})];
    }
    let items = match <[Value; 1]>::try_from(kinds) {
        Ok([only]) => only,
        Err(kinds) if kinds.is_empty() => json!({}),
        Err(kinds) => json!({ "anyOf": kinds }),
    };
    schema.insert("items".into(), items);
    let message = "a schema for each position: OpenAPI 3.0 has one for all of them, so the order is lost";
    warnings.push(Warning::new(pointer::child(place, key), message));
}
