//! `const` is an `enum` of one value in 3.0.

use serde_json::{Map, Value};

pub(super) fn lower(schema: &mut Map<String, Value>) {
    if let Some(value) = schema.remove("const") {
        schema.insert("enum".into(), Value::Array(vec![value]));
    }
}
