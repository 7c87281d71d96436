//! `type` may be a list since 3.1: `null` in it is `nullable` in 3.0, several others are an `anyOf`.

use serde_json::{Map, Value, json};

use crate::document::{Warning, pointer};

/// The keywords that say something of one type alone.
const OF_TYPE: [(&str, &[&str]); 4] = [
    ("string", &["format", "maxLength", "minLength", "pattern"]),
    ("array", &["items", "maxItems", "minItems", "uniqueItems"]),
    (
        "object",
        &[
            "additionalProperties",
            "discriminator",
            "maxProperties",
            "minProperties",
            "properties",
            "required",
        ],
    ),
    (
        "number",
        &[
            "exclusiveMaximum",
            "exclusiveMinimum",
            "format",
            "maximum",
            "minimum",
            "multipleOf",
        ],
    ),
];

pub(super) fn lower(schema: &mut Map<String, Value>, place: &str, warnings: &mut Vec<Warning>) {
    match schema.get("type") {
        Some(Value::Array(_)) => list(schema, place, warnings),
        Some(Value::String(kind)) if kind == "null" => null(schema),
        _ => {}
    }
    if schema.get("type").is_some_and(|kind| kind == "array") {
        schema.entry("items").or_insert_with(|| json!({}));
    }
}

fn list(schema: &mut Map<String, Value>, place: &str, warnings: &mut Vec<Warning>) {
    let Some(Value::Array(mut kinds)) = schema.remove("type") else {
        return;
    };
    if !kinds.iter().all(Value::is_string) {
        kinds.retain(Value::is_string);
        let message = "the types that are not text are left out";
        warnings.push(Warning::new(pointer::child(place, "type"), message));
    }
    let before = kinds.len();
    kinds.retain(|kind| kind != "null");
    let nullable = kinds.len() < before;
    kinds.sort_by_cached_key(Value::to_string);
    kinds.dedup();
    match kinds.as_slice() {
        [] if nullable => return null(schema),
        [] => warnings.push(Warning::new(
            pointer::child(place, "type"),
            "left out: an empty list of types allows nothing, which OpenAPI 3.0 cannot express",
        )),
        [only] => {
            schema.insert("type".into(), only.clone());
        }
        several => {
            let branches = several.iter().map(|kind| branch(schema, kind)).collect::<Vec<_>>();
            for (_, keywords) in OF_TYPE {
                schema.retain(|key, _| !keywords.contains(&key.as_str()));
            }
            let branches = Value::Array(branches);
            if schema.contains_key("anyOf") {
                let all = schema.entry("allOf").or_insert_with(|| json!([]));
                if let Value::Array(all) = all {
                    all.push(json!({ "anyOf": branches }));
                }
            } else {
                schema.insert("anyOf".into(), branches);
            }
        }
    }
    if nullable {
        schema.insert("nullable".into(), Value::Bool(true));
    }
}

/// One type of several, with the keywords that are about it.
fn branch(schema: &Map<String, Value>, kind: &Value) -> Value {
    let mut branch = Map::new();
    branch.insert("type".into(), kind.clone());
    let name = if kind == "integer" {
        "number"
    } else {
        kind.as_str().unwrap_or_default()
    };
    for (_, keywords) in OF_TYPE.iter().filter(|(of, _)| *of == name) {
        for keyword in *keywords {
            if let Some(value) = schema.get(*keyword) {
                branch.insert((*keyword).to_owned(), value.clone());
            }
        }
    }
    Value::Object(branch)
}

/// Only null.
fn null(schema: &mut Map<String, Value>) {
    schema.remove("type");
    schema.insert("enum".into(), json!([null]));
    schema.insert("nullable".into(), Value::Bool(true));
}
