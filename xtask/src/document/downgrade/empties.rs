//! Lists that may not be empty in 3.0. An empty `allOf` or `required` has no effect; the others allow nothing at all,
//! which nobody means.

use serde_json::{Map, Value};

use crate::document::{Warning, pointer};

pub(super) fn lower(schema: &mut Map<String, Value>, place: &str, warnings: &mut Vec<Warning>) {
    for key in ["allOf", "anyOf", "enum", "oneOf", "required"] {
        if !schema.get(key).and_then(Value::as_array).is_some_and(Vec::is_empty) {
            continue;
        }
        schema.remove(key);
        if !matches!(key, "allOf" | "required") {
            let message = format!("left out: an empty `{key}` allows nothing");
            warnings.push(Warning::new(pointer::child(place, key), message));
        }
    }
}
