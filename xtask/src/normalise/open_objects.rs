use serde_json::{Value, json};

use super::parts;

/// Lets every object keep properties that it does not name.
pub(super) fn open(root: &mut Value) {
    parts::visit_schemas(root, &mut |_, schema| {
        if parts::has_properties(schema) {
            schema["additionalProperties"] = json!({});
        }
    });
}
