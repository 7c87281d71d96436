//! A schema's `examples` is a list since 3.1; 3.0 has the one `example`.

use serde_json::{Map, Value};

pub(super) fn lower(schema: &mut Map<String, Value>) {
    if let Some(Value::Array(examples)) = schema.remove("examples")
        && let Some(first) = examples.into_iter().next()
    {
        schema.entry("example").or_insert(first);
    }
}
