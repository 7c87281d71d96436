//! One form for facts that OpenAPI 3.0 can say in several: what is said by saying nothing is left out, sets are sorted, a
//! wrapper around one schema goes. Nothing moves to another place.

use serde_json::{Map, Value, json};

use super::grammar::{Kind, Use};
use super::visit::visit_mut;

/// Keys of a schema that say nothing where they are false.
const OFF: [&str; 7] = [
    "deprecated",
    "exclusiveMaximum",
    "exclusiveMinimum",
    "nullable",
    "readOnly",
    "uniqueItems",
    "writeOnly",
];

/// Brings a document of OpenAPI 3.0 into that form.
pub fn to_plain(root: &mut Value) {
    visit_mut(Kind::Document, root, &mut String::new(), &mut |kind, value, _| {
        let Some(object) = value.as_object_mut() else { return };
        match kind {
            Kind::Schema => schema(object),
            Kind::Parameter => parameter(object),
            Kind::Header => {
                written(object, "simple");
                without(
                    object,
                    &["required", "deprecated", "allowEmptyValue", "allowReserved"],
                    &json!(false),
                );
            }
            Kind::RequestBody => without(object, &["required"], &json!(false)),
            Kind::Operation => {
                without(object, &["deprecated"], &json!(false));
                without(object, &["parameters"], &json!([]));
                without(object, &["callbacks"], &json!({}));
            }
            Kind::PathItem => without(object, &["parameters"], &json!([])),
            Kind::Response => without(object, &["content", "headers"], &json!({})),
            Kind::MediaType => without(object, &["encoding", "schema"], &json!({})),
            _ => {}
        }
    });
}

/// Takes out the keys that have this value, which is what leaving them out means.
fn without(object: &mut Map<String, Value>, keys: &[&str], means_nothing: &Value) {
    for key in keys {
        if object.get(*key) == Some(means_nothing) {
            object.remove(*key);
        }
    }
}

fn parameter(object: &mut Map<String, Value>) {
    let place = object.get("in").and_then(Value::as_str).unwrap_or_default();
    let (style, required) = match place {
        "query" | "cookie" => ("form", false),
        "path" => ("simple", true),
        _ => ("simple", false),
    };
    if required && !object.contains_key("$ref") {
        object.insert("required".to_owned(), json!(true));
    } else {
        without(object, &["required"], &json!(false));
    }
    written(object, style);
    without(
        object,
        &["deprecated", "allowEmptyValue", "allowReserved"],
        &json!(false),
    );
}

/// The way in which a parameter is written, where it is the usual one.
fn written(object: &mut Map<String, Value>, usual: &str) {
    let form = object.get("style").and_then(Value::as_str).unwrap_or(usual) == "form";
    without(object, &["explode"], &json!(form));
    without(object, &["style"], &json!(usual));
}

fn schema(object: &mut Map<String, Value>) {
    without(object, &OFF, &json!(false));
    unwrap(object);
    if object.contains_key("$ref") {
        return;
    }
    without(object, &OFF, &json!(false));
    without(object, &["required", "allOf"], &json!([]));
    without(object, &["properties"], &json!({}));
    // That there may be more is so where nothing is said.
    without(object, &["additionalProperties"], &json!(true));
    without(object, &["additionalProperties"], &json!({}));
    if object.contains_key("properties") && !object.contains_key("type") {
        object.insert("type".to_owned(), json!("object"));
    }
    if let Some(Value::Array(names)) = object.get_mut("required") {
        names.sort_by_cached_key(Value::to_string);
        names.dedup();
    }
    if let Some(Value::Array(values)) = object.get_mut("enum") {
        let before = values.len();
        if values.iter().any(|value| !value.is_null()) {
            values.retain(|value| !value.is_null());
        }
        let nullable = values.len() < before;
        values.sort_by_cached_key(Value::to_string);
        values.dedup();
        if nullable {
            object.insert("nullable".to_owned(), json!(true));
        }
    }
}

/// An `allOf` around one schema is that schema, if nothing but words, or that it may be null, is beside it.
fn unwrap(object: &mut Map<String, Value>) {
    loop {
        let is_fact = |key: &str| !matches!(Kind::Schema.key(key), Some((Use::Prose, _)));
        if let Some(Value::Array(parts)) = object.get_mut("allOf") {
            let says = |part: &Value| {
                part.as_object()
                    .is_none_or(|part| part.is_empty() || part.keys().any(|key| is_fact(key)))
            };
            // A remark is no part, but a part that allows anything is none either.
            parts.retain(|part| says(part) && !part.as_object().is_some_and(Map::is_empty));
        }
        let beside = |key: &&String| is_fact(key) && !matches!(key.as_str(), "allOf" | "nullable");
        let bare = !object.keys().any(|key| beside(&key));
        // The type of an object that has but one part is that part's to say.
        let typed = object.get("type") == Some(&json!("object")) && object.keys().filter(beside).count() == 1;
        let (Some([only]), true) = (
            object.get("allOf").and_then(Value::as_array).map(Vec::as_slice),
            bare || typed,
        ) else {
            return;
        };
        let only = only.clone();
        let nullable = object.get("nullable") == Some(&json!(true));
        match only {
            Value::Object(only) if only.contains_key("$ref") => {
                if nullable {
                    object.remove("type");
                } else {
                    object.retain(|key, _| !is_fact(key));
                    object.extend(only);
                }
                return;
            }
            Value::Object(only) if bare => {
                object.remove("allOf");
                for (key, value) in only {
                    object.entry(key).or_insert(value);
                }
            }
            _ => return,
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::to_plain;

    fn plain(schema: Value) -> Value {
        let mut root = json!({ "paths": {}, "components": { "schemas": { "S": schema } } });
        to_plain(&mut root);
        root["components"]["schemas"]["S"].take()
    }

    #[test]
    fn what_says_nothing_goes() {
        let door = json!({ "$ref": "#/components/schemas/Door" });
        let nullable_door = json!({ "nullable": true, "allOf": [door] });
        let cases = [
            (
                json!({ "type": "string", "nullable": false, "deprecated": false }),
                json!({ "type": "string" }),
            ),
            (
                json!({ "type": "object", "additionalProperties": true, "required": [] }),
                json!({ "type": "object" }),
            ),
            (
                json!({ "type": "object", "additionalProperties": {} }),
                json!({ "type": "object" }),
            ),
            (
                json!({ "type": "object", "additionalProperties": false }),
                json!({ "type": "object", "additionalProperties": false }),
            ),
            (
                json!({ "properties": { "a": {} } }),
                json!({ "type": "object", "properties": { "a": {} } }),
            ),
            (
                json!({ "enum": ["b", null, "a"] }),
                json!({ "enum": ["a", "b"], "nullable": true }),
            ),
            (json!({ "enum": [null] }), json!({ "enum": [null] })),
            (json!({ "allOf": [door] }), door.clone()),
            (json!({ "allOf": [door, { "description": "A door." }] }), door.clone()),
            (json!({ "allOf": [{ "allOf": [door] }] }), door.clone()),
            (json!({ "type": "object", "allOf": [door] }), door.clone()),
            (json!({ "allOf": [door], "nullable": true }), nullable_door.clone()),
            (
                json!({ "type": "object", "allOf": [door], "nullable": true }),
                nullable_door,
            ),
            (
                json!({ "allOf": [{ "type": "string" }], "nullable": true }),
                json!({ "type": "string", "nullable": true }),
            ),
            (json!({ "type": "object", "allOf": [] }), json!({ "type": "object" })),
        ];
        for (schema, expected) in cases {
            assert_eq!(plain(schema.clone()), expected, "{schema}");
        }
        // A fact stays.
        let more = json!({ "allOf": [door], "type": "object", "properties": { "a": { "type": "string" } } });
        assert_eq!(plain(more.clone()), more);
    }

    #[test]
    fn the_usual_way_of_a_parameter_goes() {
        let plain = |parameter: Value| {
            let mut root = json!({ "paths": { "/a": { "get": { "parameters": [parameter] } } } });
            to_plain(&mut root);
            root["paths"]["/a"]["get"]["parameters"][0].take()
        };
        let query = json!({ "name": "a", "in": "query" });
        let usual = json!({ "name": "a", "in": "query", "style": "form", "explode": true, "required": false });
        assert_eq!(plain(usual), query);
        let spaces = json!({ "name": "a", "in": "query", "style": "spaceDelimited", "explode": true });
        assert_eq!(plain(spaces.clone()), spaces);
        let header =
            json!({ "name": "a", "in": "header", "style": "simple", "explode": false, "allowReserved": false });
        assert_eq!(plain(header), json!({ "name": "a", "in": "header" }));
        assert_eq!(plain(json!({ "name": "a", "in": "path" }))["required"], true);
    }
}
