use serde_json::Value;

use super::parts;
use crate::api::Auth;

/// Removes the header parameters that the transport sends, from operations whose references have been followed.
pub(super) fn remove(root: &mut Value, auth: &Auth) {
    parts::operations_mut(root, |_, _, operation| {
        if let Some(parameters) = operation.get_mut("parameters").and_then(Value::as_array_mut) {
            parameters.retain(|parameter| {
                let text = |key: &str| parameter.get(key).and_then(Value::as_str).unwrap_or_default();
                text("in") != "header" || !auth.sends(text("name"))
            });
        }
    });
}
