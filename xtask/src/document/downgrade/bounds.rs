//! `exclusiveMinimum` and `exclusiveMaximum` are numbers since 3.1, and beside `minimum` and `maximum` flags in 3.0.

use serde_json::{Map, Value};

pub(super) fn lower(schema: &mut Map<String, Value>) {
    lower_one(schema, "exclusiveMinimum", "minimum", |exclusive, inclusive| {
        exclusive >= inclusive
    });
    lower_one(schema, "exclusiveMaximum", "maximum", |exclusive, inclusive| {
        exclusive <= inclusive
    });
}

/// Of two bounds the stricter one counts.
fn lower_one(schema: &mut Map<String, Value>, exclusive: &str, inclusive: &str, stricter: fn(f64, f64) -> bool) {
    let Some(bound) = schema.get(exclusive).and_then(Value::as_f64) else {
        return;
    };
    let other = schema.get(inclusive).and_then(Value::as_f64);
    let Some(number) = schema.remove(exclusive) else { return };
    if other.is_none_or(|other| stricter(bound, other)) {
        schema.insert(inclusive.to_owned(), number);
        schema.insert(exclusive.to_owned(), Value::Bool(true));
    }
}
