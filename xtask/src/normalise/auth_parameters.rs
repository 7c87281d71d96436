use serde_json::Value;

use super::parts;

/// The headers that the transport adds; a generated method takes no argument for them.
const HEADERS: [&str; 3] = ["x-auth-apikey", "x-auth-org", "x-auth-scheme"];

/// Removes the parameters that the transport answers for.
pub(super) fn remove(root: &mut Value) {
    parts::operations_mut(root, |_, _, operation| {
        if let Some(parameters) = operation.get_mut("parameters").and_then(Value::as_array_mut) {
            parameters.retain(|parameter| {
                let text = |key: &str| parameter.get(key).and_then(Value::as_str).unwrap_or_default();
                text("in") != "header" || !HEADERS.contains(&text("name").to_ascii_lowercase().as_str())
            });
        }
    });
}
