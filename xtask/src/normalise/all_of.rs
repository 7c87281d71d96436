use serde_json::{Map, Value, json};

use super::{Notes, parts};

/// How deep `allOf` may lead from schema to schema.
const DEPTH: usize = 16;

/// Merges the parts of each `allOf` into one object with all their properties, those beside it included.
pub(super) fn flatten(root: &mut Value, notes: &mut Notes) {
    let source = root.clone();
    parts::visit_schemas(root, &mut |place, schema| {
        if schema.get("allOf").is_some() {
            *schema = merged(&source, place, schema, notes);
        }
    });
}

fn merged(source: &Value, place: &str, schema: &Value, notes: &mut Notes) -> Value {
    let parts = schema
        .get("allOf")
        .and_then(Value::as_array)
        .cloned()
        .unwrap_or_default();
    // A single part with nothing beside it is that part: the usual way to say something of a reference.
    if let [only] = parts.as_slice()
        && !parts::has_properties(schema)
    {
        let mut only = only.clone();
        if let (Some(description), Some(object)) = (schema.get("description"), only.as_object_mut())
            && !object.contains_key("$ref")
        {
            object.insert("description".to_owned(), description.clone());
        }
        return only;
    }
    let mut properties = Map::new();
    collect(source, place, schema, &mut properties, notes, 0);
    let mut object = Map::from_iter([("type".to_owned(), json!("object"))]);
    for key in ["description", "additionalProperties", "deprecated"] {
        let found = schema.get(key).or_else(|| parts.iter().find_map(|part| part.get(key)));
        object.extend(found.map(|value| (key.to_owned(), value.clone())));
    }
    if !properties.is_empty() {
        object.insert("properties".to_owned(), properties.into());
    }
    object.into()
}

fn collect(
    source: &Value,
    place: &str,
    schema: &Value,
    into: &mut Map<String, Value>,
    notes: &mut Notes,
    depth: usize,
) {
    if depth > DEPTH {
        notes.changed(place, "its `allOf` leads around in a circle: the rest is left out");
        return;
    }
    let mut schema = schema;
    if let Some(name) = parts::target(schema) {
        match source
            .pointer("/components/schemas")
            .and_then(|schemas| schemas.get(name))
        {
            Some(target) => schema = target,
            None => return,
        }
    }
    if schema
        .get("type")
        .and_then(Value::as_str)
        .is_some_and(|name| name != "object")
    {
        notes.changed(place, "a part of its `allOf` is no object: it is left out");
    }
    for part in schema.get("allOf").and_then(Value::as_array).into_iter().flatten() {
        collect(source, place, part, into, notes, depth + 1);
    }
    for (name, property) in schema
        .get("properties")
        .and_then(Value::as_object)
        .into_iter()
        .flatten()
    {
        into.insert(name.clone(), property.clone());
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use crate::normalise::{Notes, parts::reference};

    fn flattened(schema: Value) -> (Value, usize) {
        let mut root = json!({ "paths": {}, "components": { "schemas": {
            "S": schema,
            "Base": { "type": "object", "allOf": [reference("Root")], "properties": { "b": { "type": "boolean" } } },
            "Root": { "type": "object", "properties": { "r": { "type": "string" } } },
            "Ring": { "allOf": [reference("Ring"), reference("Root")] },
        } } });
        let mut notes = Notes::default();
        super::flatten(&mut root, &mut notes);
        (
            root.pointer("/components/schemas/S").cloned().unwrap(),
            notes.sorted().len(),
        )
    }

    #[test]
    fn properties_are_merged() {
        let (schema, notes) = flattened(json!({ "allOf": [reference("Base")], "properties": { "s": {} } }));
        assert_eq!(
            schema["properties"].as_object().unwrap().keys().collect::<Vec<_>>(),
            ["b", "r", "s"]
        );
        assert_eq!(notes, 0);
    }

    #[test]
    fn one_part_alone_is_that_part() {
        assert_eq!(
            flattened(json!({ "allOf": [reference("Base")], "nullable": true })).0,
            reference("Base")
        );
        assert_eq!(
            flattened(json!({ "allOf": [], "type": "object" })).0,
            json!({ "type": "object" })
        );
    }

    #[test]
    fn a_circle_ends() {
        let (schema, notes) = flattened(json!({ "allOf": [reference("Ring"), reference("Base")] }));
        assert!(schema["properties"].get("r").is_some());
        assert!(notes > 0);
    }
}
