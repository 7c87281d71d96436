//! From an operation's response to the schemas at a path.

use std::collections::BTreeSet;

use serde_json::Value;

use super::report::Step;
use crate::document::{self, pointer};

/// How many schemas are looked at for one step.
const MOST: usize = 1000;

/// Returns the schemas of what is at a path in the responses of an operation: of several that may apply each. None if the
/// document does not have the place.
pub(super) fn at<'a>(root: &'a Value, operation: &str, steps: &[Step]) -> Vec<&'a Value> {
    let mut schemas = responses(root, operation);
    for step in steps {
        let whole = flattened(root, schemas);
        schemas = whole
            .into_iter()
            .filter_map(|schema| match step {
                Step::Property(name) => schema.get("properties")?.get(name),
                Step::Values => schema.get("additionalProperties"),
                Step::Elements => schema.get("items"),
            })
            .collect();
    }
    flattened(root, schemas)
}

/// The schemas of the successful responses of an operation.
fn responses<'a>(root: &'a Value, operation: &str) -> Vec<&'a Value> {
    let operations = document::operations(root);
    let located = operations.iter().filter(|located| located.id == Some(operation));
    let responses = located.filter_map(|located| located.operation.get("responses")?.as_object());
    let successful = responses
        .flatten()
        .filter(|(status, _)| status.starts_with('2') || *status == "default");
    let contents = successful.filter_map(|(_, response)| resolved(root, response)?.get("content")?.as_object());
    contents
        .flatten()
        .filter_map(|(_, media)| media.get("schema"))
        .collect()
}

/// The schemas and all that they are made of: what they refer to, and their `allOf`, `oneOf` and `anyOf`.
fn flattened<'a>(root: &'a Value, schemas: Vec<&'a Value>) -> Vec<&'a Value> {
    let (mut left, mut seen, mut found) = (schemas, BTreeSet::new(), Vec::new());
    while let Some(schema) = left.pop() {
        if found.len() == MOST || !seen.insert(std::ptr::from_ref(schema)) {
            continue;
        }
        found.push(schema);
        left.extend(referred(root, schema));
        let parts = ["allOf", "oneOf", "anyOf"]
            .iter()
            .filter_map(|key| schema.get(key)?.as_array());
        left.extend(parts.flatten());
    }
    found
}

fn referred<'a>(root: &'a Value, value: &Value) -> Option<&'a Value> {
    root.pointer(&pointer::of_reference(value.get("$ref")?.as_str()?)?)
}

fn resolved<'a>(root: &'a Value, mut value: &'a Value) -> Option<&'a Value> {
    for _ in 0..64 {
        match value.get("$ref") {
            Some(_) => value = referred(root, value)?,
            None => return Some(value),
        }
    }
    None
}

/// Returns the values of the enumerations of schemas.
pub(super) fn values<'a>(schemas: &[&'a Value]) -> BTreeSet<&'a str> {
    let lists = schemas.iter().filter_map(|schema| schema.get("enum")?.as_array());
    lists.flatten().filter_map(Value::as_str).collect()
}

/// Returns the names by which unions tell their types apart: of the discriminator's mapping, and of its property's enumeration.
pub(super) fn tags<'a>(root: &'a Value, schemas: &[&'a Value]) -> BTreeSet<&'a str> {
    let mut tags = BTreeSet::new();
    for discriminator in schemas.iter().filter_map(|schema| schema.get("discriminator")) {
        let mapping = discriminator.get("mapping").and_then(Value::as_object);
        tags.extend(mapping.into_iter().flatten().map(|(tag, _)| tag.as_str()));
        let Some(name) = discriminator.get("propertyName").and_then(Value::as_str) else {
            continue;
        };
        let properties = schemas.iter().filter_map(|schema| schema.get("properties")?.get(name));
        tags.extend(values(&flattened(root, properties.collect())));
    }
    tags
}

/// Returns the JSON types of schemas, with their formats and bounds: `integer int32`.
pub(super) fn types(schemas: &[&Value]) -> BTreeSet<String> {
    let typed = schemas.iter().filter(|schema| schema.get("type").is_some());
    let parts = typed.map(|schema| {
        let parts = ["type", "format", "minimum", "maximum"]
            .iter()
            .filter_map(|key| schema.get(key));
        let texts = parts.map(|part| part.as_str().map_or_else(|| part.to_string(), str::to_owned));
        texts.collect::<Vec<_>>().join(" ")
    });
    parts.collect()
}
