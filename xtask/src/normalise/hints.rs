//! What an overlay says of a property's setters, kept through passes that put another schema in its place.

use serde_json::{Map, Value};

/// What an overlay may say: the setter's name, that of the setter for an item or an entry, the unit, the type of a map's keys.
pub(crate) const HINTS: [&str; 4] = ["x-setter", "x-item", "x-unit", "x-key"];

/// Changes a schema, which keeps its hints.
pub(super) fn kept(schema: &mut Value, change: impl FnOnce(&mut Value)) {
    let hints = taken(schema);
    change(schema);
    if let Some(object) = schema.as_object_mut() {
        object.extend(hints);
    }
}

/// Takes the hints out of a document's schemas.
pub(crate) fn without_hints(root: &mut Value) {
    // A visitor would give them back.
    let schemas = root.pointer_mut("/components/schemas").and_then(Value::as_object_mut);
    for (_, schema) in schemas.into_iter().flatten() {
        for (_, property) in schema
            .get_mut("properties")
            .and_then(Value::as_object_mut)
            .into_iter()
            .flatten()
        {
            taken(property);
        }
        taken(schema);
    }
}

fn taken(schema: &mut Value) -> Map<String, Value> {
    let mut hints = Map::new();
    if let Some(object) = schema.as_object_mut() {
        for key in HINTS {
            hints.extend(object.remove(key).map(|value| (key.to_owned(), value)));
        }
    }
    hints
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use crate::document::Document;
    use crate::normalise::{Options, normalise};

    /// Each property comes to its type by another pass.
    #[test]
    fn hints_come_through_every_pass() {
        let properties = json!({
            "plain": { "type": "boolean" },
            "apiToken": { "type": "string" },
            "tokens": { "type": "array", "items": { "type": "string" } },
            "kind": { "enum": ["A"] },
            "inner": { "properties": { "a": { "type": "string" } } },
            "alias": { "$ref": "#/components/schemas/Text" },
            "only": { "allOf": [{ "$ref": "#/components/schemas/Door" }], "nullable": true },
            "one": { "oneOf": [{ "type": "string" }] },
            "untyped": { "type": "file" },
        });
        let mut document = json!({
            "openapi": "3.0.3", "info": { "title": "t", "version": "1" },
            "paths": { "/a": { "post": { "operationId": "a", "responses": { "200": { "description": "", "content": {
                "application/json": { "schema": { "$ref": "#/components/schemas/Root" } },
            } } } } } },
            "components": { "schemas": {
                "Root": { "allOf": [{ "$ref": "#/components/schemas/Base" }, { "properties": {} }] },
                "Base": { "properties": properties },
                "Text": { "type": "string" },
                "Door": { "properties": { "name": { "type": "string" } } },
            } },
        });
        let pointer = "/components/schemas/Base/properties";
        for (_, property) in document.pointer_mut(pointer).and_then(Value::as_object_mut).unwrap() {
            property["x-setter"] = json!("named");
        }
        let document = Document::parse("a.json", &document.to_string()).unwrap();
        let mut normalised = normalise(&document, &Options::default()).unwrap();
        let root = &normalised.document["components"]["schemas"]["Root"]["properties"];
        let properties = root.as_object().unwrap();
        assert_eq!(properties.len(), 9);
        for (name, property) in properties {
            assert_eq!(property["x-setter"], "named", "{name}: {property}");
        }
        super::without_hints(&mut normalised.document);
        assert!(!normalised.document.to_string().contains("x-setter"));
    }
}
