use serde_json::{Value, json};

use super::parts;
use crate::api::Ids;

/// The format of an id from this pass on, whatever the vendor calls it.
pub const ID_FORMAT: &str = "x-id";

/// Gives every id the one format: by the vendor's format, or by a property's name where a release leaves it out.
pub(super) fn mark(root: &mut Value, ids: &Ids) {
    parts::visit_schemas(root, &mut |_, schema| {
        let format = schema.get("format").and_then(Value::as_str);
        if format.is_some() && format == ids.format.as_deref() {
            schema["format"] = json!(ID_FORMAT);
        } else if format == Some(ID_FORMAT) {
            // Not ours: another vendor's format of this name.
            schema["format"] = Value::Null;
        }
        let properties = schema.get_mut("properties").and_then(Value::as_object_mut);
        for (name, property) in properties.into_iter().flatten() {
            if ids.named(name) {
                strings(property);
            }
        }
    });
}

/// Marks a string, or those in a list or a map, that has no format of its own.
fn strings(schema: &mut Value) {
    match schema.get("type").and_then(Value::as_str) {
        Some("string") => {
            let format = schema.get("format").and_then(Value::as_str);
            if matches!(format, None | Some("uuid")) && schema.get("enum").is_none() {
                schema["format"] = json!(ID_FORMAT);
            }
        }
        Some("array") => schema.get_mut("items").into_iter().for_each(strings),
        Some("object") => (schema.get_mut("additionalProperties"))
            .filter(|values| values.is_object())
            .into_iter()
            .for_each(strings),
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::ID_FORMAT;
    use crate::api::Ids;

    fn marked(ids: &Ids, mut property: Value) -> Value {
        property["properties"] = json!({});
        let mut root = json!({ "paths": {}, "components": { "schemas": { "S": { "properties": {
            "orgUuid": property, "name": { "type": "string" }, "same": { "type": "string", "format": "RUUID" },
        } } } } });
        super::mark(&mut root, ids);
        root["components"]["schemas"]["S"]["properties"].take()
    }

    #[test]
    fn a_name_says_so_where_the_format_does_not() {
        let ids = Ids {
            format: Some("RUUID".to_owned()),
            names: vec!["*Uuid".to_owned()],
        };
        let marks = |property: Value| marked(&ids, property)["orgUuid"].to_string().contains(ID_FORMAT);
        assert!(marks(json!({ "type": "string" })));
        assert!(marks(json!({ "type": "string", "format": "uuid" })));
        assert!(marks(json!({ "type": "array", "items": { "type": "string" } })));
        let map =
            json!({ "type": "object", "additionalProperties": { "type": "array", "items": { "type": "string" } } });
        assert!(marks(map));
        assert!(!marks(json!({ "type": "string", "format": "date-time" })));
        assert!(!marks(json!({ "type": "string", "enum": ["A"] })));
        assert!(!marks(json!({ "type": "integer" })));
        let of_format = marked(&ids, json!({}));
        assert_eq!(of_format["same"]["format"], ID_FORMAT);
        assert_eq!(of_format["name"].get("format"), None);
    }

    #[test]
    fn without_a_rule_there_are_no_ids() {
        let marked = marked(&Ids::default(), json!({ "type": "string", "format": ID_FORMAT }));
        assert!(!marked.to_string().contains(ID_FORMAT));
    }
}
