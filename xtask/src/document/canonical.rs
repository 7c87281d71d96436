use serde_json::{Map, Value};

/// The document as text that depends on nothing but its content: keys sorted, two blanks a level, LF, a newline at
/// the end.
pub fn to_text(document: &Value) -> String {
    format!("{:#}\n", sorted(document))
}

/// Whether `serde_json` keeps the order of keys depends on what other crates ask of it, so they are sorted here.
fn sorted(value: &Value) -> Value {
    match value {
        Value::Object(object) => {
            let mut entries: Vec<_> = object.iter().collect();
            entries.sort_by_key(|(key, _)| *key);
            let sorted: Map<_, _> = entries
                .into_iter()
                .map(|(key, value)| (key.clone(), sorted(value)))
                .collect();
            Value::Object(sorted)
        }
        Value::Array(values) => values.iter().map(sorted).collect(),
        plain => plain.clone(),
    }
}
