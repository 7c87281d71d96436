use serde_json::{Value, json};

use super::parts;

/// Lists the properties of an object that the server sets by itself: their own schemas may be replaced by a reference.
pub(crate) const READ_ONLY: &str = "x-read-only";

/// Takes note of what is `readOnly`.
pub(super) fn mark(root: &mut Value) {
    parts::visit_schemas(root, &mut |_, schema| {
        let properties = schema.get("properties").and_then(Value::as_object);
        let read_only = properties
            .into_iter()
            .flatten()
            .filter(|(_, property)| property.get("readOnly") == Some(&json!(true)));
        let names: Vec<_> = read_only.map(|(name, _)| name.clone()).collect();
        if !names.is_empty() {
            schema[READ_ONLY] = json!(names);
        }
    });
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use serde_json::json;

    use super::READ_ONLY;
    use crate::normalise::{Diagnostics, all_of};

    #[test]
    fn what_the_server_sets_is_listed_at_the_object() {
        let place = json!({ "schema": { "$ref": "#/components/schemas/Place" } });
        let body = json!({ "requestBody": { "content": { "application/json": place } } });
        let mut root = json!({ "paths": { "/a": { "post": body } }, "components": { "schemas": {
            "Place": { "type": "object", "properties": {
                "name": { "type": "string", "readOnly": false },
                "stamp": { "type": "integer", "readOnly": true },
                "colour": { "allOf": [{ "$ref": "#/components/schemas/Colour" }], "readOnly": true },
            } },
            "Colour": { "type": "string", "enum": ["RED"] },
        } } });
        all_of::flatten(&mut root, &BTreeMap::new(), &mut Diagnostics::default());
        super::mark(&mut root);
        let place = root.pointer("/components/schemas/Place").unwrap();
        assert_eq!(place[READ_ONLY], json!(["colour", "stamp"]));
    }
}
