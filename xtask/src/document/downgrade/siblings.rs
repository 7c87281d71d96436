//! Beside `$ref` nothing counts in 3.0, all does since 3.1: there the `$ref` goes into an `allOf`.
//!
//! A sibling that only explains (`description`, …) is dropped: as a schema of its own it would be another type.

use serde_json::{Map, Value, json};

use super::is_fact;
use crate::document::Version;

pub(super) fn lower(version: Version, schema: &mut Map<String, Value>) {
    if version == Version::V3_0 || !schema.get("$ref").is_some_and(Value::is_string) {
        return;
    }
    let Some(reference) = schema.remove("$ref") else { return };
    // Definitions are moved to `components`; they do not depend on where they are.
    schema.retain(|key, _| is_fact(key) && key != "$defs" && key != "definitions");
    if schema.is_empty() {
        schema.insert("$ref".into(), reference);
        return;
    }
    let reference = json!({ "$ref": reference });
    match schema.get_mut("allOf") {
        Some(Value::Array(all)) => all.insert(0, reference),
        _ => {
            schema.insert("allOf".into(), Value::Array(vec![reference]));
        }
    }
}
