use serde_json::{Map, Value, json};

use super::read_only::READ_ONLY;
use super::unions::VARIANTS;
use super::{Diagnostics, ID_FORMAT, parts};

/// The keywords that a type is made of. What else a schema says (required, nullable, bounds, patterns, defaults) is
/// left out on purpose: the API may leave out any field and return `null` for any, and a client that rejects a value
/// because of a bound that has moved is of no use.
const KEPT: [&str; 8] = [
    "$ref",
    "additionalProperties",
    "deprecated",
    "description",
    "format",
    "items",
    "properties",
    "type",
];

/// Keywords that say more than bounds do, and that no type here can say.
const UNTYPED: [&str; 6] = [
    "contains",
    "dependentSchemas",
    "if",
    "not",
    "patternProperties",
    "prefixItems",
];

/// The formats that change a type.
const FORMATS: [(&str, &str); 7] = [
    ("string", ID_FORMAT),
    ("string", "password"),
    ("string", "x-date"),
    ("string", "x-date-time"),
    ("integer", "int32"),
    ("integer", "int64"),
    ("integer", "uint64"),
];

/// Reduces every schema to what its type is made of.
pub(super) fn schemas(root: &mut Value, diagnostics: &mut Diagnostics) {
    parts::visit_schemas(root, &mut |place, schema| {
        let Some(object) = schema.as_object_mut() else { return };
        for key in UNTYPED {
            if object.contains_key(key) {
                diagnostics.changed(place, format!("its `{key}` makes no type: it is left out"));
            }
        }
        if is_larger(object) {
            object.insert("format".to_owned(), json!("uint64"));
        }
        object.retain(|key, _| KEPT.contains(&key.as_str()) || key == VARIANTS || key == READ_ONLY);
        of_their_types(object);
        if object.contains_key("$ref") {
            object.retain(|key, _| matches!(key.as_str(), "$ref" | "description" | "deprecated"));
            return;
        }
        if object.contains_key("properties") {
            object.insert("type".to_owned(), json!("object"));
        } else if !object.contains_key("type") {
            infer_type(object);
        }
        match object
            .get("type")
            .map(|name| name.as_str().unwrap_or_default().to_owned())
        {
            None => object.retain(|key, _| key == "description" || key == "deprecated"),
            Some(name) => keep_to_type(place, &name, object, diagnostics),
        }
    });
}

/// Takes out what is not of the type that OpenAPI gives it.
fn of_their_types(object: &mut Map<String, Value>) {
    object.retain(|key, value| match key.as_str() {
        "description" => value.is_string(),
        "deprecated" => value.is_boolean(),
        "properties" => value.is_object(),
        _ => true,
    });
}

/// Whether an integer without a format may be larger than 64 bits with a sign hold, by its bounds.
fn is_larger(object: &Map<String, Value>) -> bool {
    let is_integer = object.get("type").and_then(Value::as_str) == Some("integer");
    let bound = |key: &str| object.get(key).filter(|bound| bound.is_number());
    let positive = bound("minimum")
        .and_then(Value::as_f64)
        .is_some_and(|minimum| minimum >= 0.0);
    let maximum = bound("maximum").and_then(Value::as_f64);
    is_integer && positive && !object.contains_key("format") && maximum.is_some_and(|maximum| maximum > 9.3e18)
}

fn infer_type(object: &mut Map<String, Value>) {
    let name = if object.contains_key("items") {
        "array"
    } else if object.contains_key("additionalProperties") {
        "object"
    } else {
        return;
    };
    object.insert("type".to_owned(), json!(name));
}

fn keep_to_type(place: &str, name: &str, object: &mut Map<String, Value>, diagnostics: &mut Diagnostics) {
    let format = object
        .remove("format")
        .and_then(|format| format.as_str().map(str::to_owned));
    if let Some(format) = format.filter(|format| FORMATS.contains(&(name, format))) {
        object.insert("format".to_owned(), format.into());
    } else if name == "integer" {
        object.insert("format".to_owned(), "int64".into());
    }
    match name {
        "object" => {
            object.remove("items");
            // `false` says that there is nothing else; the next release of the API will have it.
            if !object.get("additionalProperties").is_none_or(Value::is_object) {
                object.remove("additionalProperties");
            }
            if object.contains_key("properties")
                && object
                    .get("additionalProperties")
                    .and_then(Value::as_object)
                    .is_some_and(|schema| !schema.is_empty())
            {
                diagnostics.changed(
                    place,
                    "it has named properties and typed others: the others are kept untyped",
                );
                object.insert("additionalProperties".to_owned(), json!({}));
            }
        }
        "array" => {
            object.retain(|key, _| !matches!(key.as_str(), "properties" | "additionalProperties"));
            if !object.get("items").is_some_and(Value::is_object) {
                object.insert("items".to_owned(), json!({}));
            }
        }
        "boolean" | "integer" | "number" | "string" => {
            object.retain(|key, _| !matches!(key.as_str(), "properties" | "additionalProperties" | "items"));
        }
        other => {
            diagnostics.changed(
                place,
                format!("its type `{other}` is none of OpenAPI's: an opaque JSON value"),
            );
            object.retain(|key, _| key == "description" || key == "deprecated");
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use crate::normalise::Diagnostics;

    fn simple(schema: Value) -> Value {
        let mut root = json!({ "paths": {}, "components": { "schemas": { "S": schema } } });
        super::schemas(&mut root, &mut Diagnostics::default());
        root.pointer("/components/schemas/S").cloned().unwrap()
    }

    #[test]
    fn only_the_type_is_left() {
        let cases = [
            (
                json!({ "type": "object", "format": "SubLocationsHierarchyKey" }),
                json!({ "type": "object" }),
            ),
            (
                json!({ "type": "string", "format": "date-time", "maxLength": 3 }),
                json!({ "type": "string" }),
            ),
            (
                json!({ "type": "string", "format": "x-id", "nullable": true }),
                json!({ "type": "string", "format": "x-id" }),
            ),
            (
                json!({ "type": "integer", "minimum": 1 }),
                json!({ "type": "integer", "format": "int64" }),
            ),
            (
                json!({ "type": "integer", "format": "uint64", "minimum": 0 }),
                json!({ "type": "integer", "format": "uint64" }),
            ),
            (
                json!({ "type": "integer", "minimum": 0, "maximum": u64::MAX }),
                json!({ "type": "integer", "format": "uint64" }),
            ),
            (
                json!({ "type": "integer", "format": "uint32" }),
                json!({ "type": "integer", "format": "int64" }),
            ),
            (
                json!({ "type": "number", "format": "float" }),
                json!({ "type": "number" }),
            ),
            (
                json!({ "type": "array", "uniqueItems": true }),
                json!({ "type": "array", "items": {} }),
            ),
            (
                json!({ "properties": {}, "required": ["a"] }),
                json!({ "type": "object", "properties": {} }),
            ),
            (
                json!({ "additionalProperties": false, "type": "object" }),
                json!({ "type": "object" }),
            ),
            (json!({ "type": "file" }), json!({})),
            (json!({ "type": ["string", "null"] }), json!({})),
            (json!({ "title": "x" }), json!({})),
        ];
        for (schema, expected) in cases {
            assert_eq!(simple(schema.clone()), expected, "{schema}");
        }
    }
}
