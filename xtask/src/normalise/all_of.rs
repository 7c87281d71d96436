use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value, json};

use super::{Diagnostics, Union, parts, prune};

/// What makes a part of an `allOf` more than a remark on the others.
const STRUCTURE: [&str; 9] = [
    "$ref",
    "additionalProperties",
    "allOf",
    "anyOf",
    "enum",
    "items",
    "oneOf",
    "properties",
    "type",
];

/// Merges the parts of each `allOf` into one object with all their properties, those beside it included.
///
/// A schema that is nothing but a part of others goes: each of a long chain would hold the properties of all behind it.
pub(super) fn flatten(root: &mut Value, unions: &BTreeMap<String, Union>, diagnostics: &mut Diagnostics) {
    let source = root.clone();
    let mut merge = |place: &str, schema: &mut Value| {
        if schema.get("allOf").is_some() {
            *schema = merged(&source, place, schema, diagnostics);
        }
    };
    parts::visit_inline_schemas(root, &mut merge);
    let mut pending: Vec<String> = root.get("paths").into_iter().flat_map(prune::references).collect();
    for (name, union) in unions {
        pending.push(name.clone());
        pending.extend(union.variants.iter().map(|variant| variant.schema.clone()));
    }
    let Some(schemas) = parts::schemas_mut(root) else {
        return;
    };
    let mut needed = BTreeSet::new();
    while let Some(name) = pending.pop() {
        if let Some(schema) = schemas.get_mut(&name).filter(|_| !needed.contains(&name)) {
            parts::visit_schema(&name, schema, &mut merge);
            pending.extend(prune::references(schema));
            needed.insert(name);
        }
    }
    schemas.retain(|name, _| needed.contains(name));
}

/// The one part that says what the type is, where there is but one and nothing beside it: the usual way to say
/// something of a reference.
pub(super) fn only_part(schema: &Value) -> Option<&Value> {
    if parts::has_properties(schema) || ["oneOf", "anyOf"].iter().any(|key| schema.get(key).is_some()) {
        return None;
    }
    let listed = schema.get("allOf")?.as_array()?;
    let mut telling = listed
        .iter()
        .filter(|part| STRUCTURE.iter().any(|key| part.get(key).is_some()));
    match (telling.next(), telling.next()) {
        (Some(only), None) => Some(only),
        _ => None,
    }
}

fn merged(source: &Value, place: &str, schema: &Value, diagnostics: &mut Diagnostics) -> Value {
    if let Some(only) = only_part(schema) {
        let mut only = only.clone();
        if let (Some(description), Some(object)) = (schema.get("description"), only.as_object_mut())
            && !object.contains_key("$ref")
        {
            object.insert("description".to_owned(), description.clone());
        }
        if let (Some(read_only), Some(object)) = (schema.get("readOnly"), only.as_object_mut()) {
            object.insert("readOnly".to_owned(), read_only.clone());
        }
        return only;
    }
    let mut merge = Merge {
        source,
        place,
        diagnostics,
        seen: BTreeSet::new(),
        properties: Map::new(),
        others: Vec::new(),
    };
    merge.add(schema);
    let Merge { properties, others, .. } = merge;
    if let (true, Some(first)) = (properties.is_empty(), others.first()) {
        // A string, a list or a map that several parts speak of: they have to speak of the same.
        return if others.iter().all(|other| other.get("type") == first.get("type")) {
            first.clone()
        } else {
            diagnostics.changed(
                place,
                "the parts of its `allOf` have no type in common: an opaque JSON value",
            );
            json!({})
        };
    }
    if !others.is_empty() {
        diagnostics.changed(place, "a part of its `allOf` is no object: it is left out");
    }
    let listed = schema.get("allOf").and_then(Value::as_array).into_iter().flatten();
    let mut object = Map::from_iter([("type".to_owned(), json!("object"))]);
    for key in ["description", "additionalProperties", "deprecated"] {
        let found = schema
            .get(key)
            .or_else(|| listed.clone().find_map(|part| part.get(key)));
        object.extend(found.map(|value| (key.to_owned(), value.clone())));
    }
    if !properties.is_empty() {
        object.insert("properties".to_owned(), properties.into());
    }
    object.into()
}

struct Merge<'a> {
    source: &'a Value,
    place: &'a str,
    diagnostics: &'a mut Diagnostics,
    /// The components that are in it; each is merged once, so that a circle ends and a fan does not explode.
    seen: BTreeSet<&'a str>,
    properties: Map<String, Value>,
    /// The parts that are no objects.
    others: Vec<Value>,
}

impl<'a> Merge<'a> {
    fn add(&mut self, schema: &'a Value) {
        let mut schema = schema;
        while let Some(name) = parts::target(schema) {
            let target = self
                .source
                .pointer("/components/schemas")
                .and_then(|schemas| schemas.get(name));
            match target {
                Some(target) if self.seen.insert(name) => schema = target,
                _ => return,
            }
        }
        let is_object = schema
            .get("type")
            .and_then(Value::as_str)
            .is_none_or(|name| name == "object");
        if !is_object || (schema.get("enum").is_some() && !parts::has_properties(schema)) {
            self.others.push(schema.clone());
            return;
        }
        for key in ["oneOf", "anyOf"] {
            // The union that this is merged into a variant of says it of itself.
            if schema.get(key).is_some() && schema.get("discriminator").is_none() {
                let why = format!("a part of its `allOf` has a `{key}`: what that adds is kept untyped");
                self.diagnostics.changed(self.place, why);
            }
        }
        for part in schema.get("allOf").and_then(Value::as_array).into_iter().flatten() {
            self.add(part);
        }
        for (name, property) in schema
            .get("properties")
            .and_then(Value::as_object)
            .into_iter()
            .flatten()
        {
            self.properties.insert(name.clone(), property.clone());
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use serde_json::{Map, Value, json};

    use crate::normalise::{Diagnostics, parts::reference};

    /// A document in which these schemas are, and one operation that refers to the schema `S`.
    fn document(schemas: Value) -> Value {
        let body = json!({ "content": { "application/json": { "schema": reference("S") } } });
        json!({ "paths": { "/a": { "post": { "requestBody": body } } }, "components": { "schemas": schemas } })
    }

    /// Each schema of a chain has a property and those of the next: what is left is as long as the chain.
    #[test]
    fn a_chain_costs_its_length() {
        let size = |count: usize| {
            let mut schemas = Map::new();
            for number in 0..count {
                let name = if number == 0 {
                    "S".to_owned()
                } else {
                    format!("S{number}")
                };
                let own = json!({ "properties": { format!("p{number}"): {} } });
                schemas.insert(name, json!({ "allOf": [reference(&format!("S{}", number + 1)), own] }));
            }
            schemas.insert(format!("S{count}"), json!({ "properties": { "last": {} } }));
            let mut root = document(schemas.into());
            super::flatten(&mut root, &BTreeMap::new(), &mut Diagnostics::default());
            let properties = root.pointer("/components/schemas/S/properties").unwrap();
            assert_eq!(properties.as_object().unwrap().len(), count + 1);
            root.to_string().len()
        };
        assert!(size(1_000) < 11 * size(100), "{} {}", size(100), size(1_000));
    }

    fn flattened(schema: Value) -> (Value, usize) {
        let mut root = document(json!({
            "S": schema,
            "Base": { "type": "object", "allOf": [reference("Root")], "properties": { "b": { "type": "boolean" } } },
            "Root": { "type": "object", "properties": { "r": { "type": "string" } } },
            "Ring": { "allOf": [reference("Ring"), reference("Root")] },
            "Fan": { "allOf": [reference("Fan"), reference("Fan"), reference("Fan"), reference("Fan"), reference("Base")] },
            "Text": { "type": "string" },
            "Kind": { "enum": ["a"] },
        }));
        let mut diagnostics = Diagnostics::default();
        super::flatten(&mut root, &BTreeMap::new(), &mut diagnostics);
        (
            root.pointer("/components/schemas/S").cloned().unwrap(),
            diagnostics.sorted().len(),
        )
    }

    #[test]
    fn properties_are_merged() {
        let (schema, diagnostics) = flattened(json!({ "allOf": [reference("Base")], "properties": { "s": {} } }));
        assert_eq!(
            schema["properties"].as_object().unwrap().keys().collect::<Vec<_>>(),
            ["b", "r", "s"]
        );
        assert_eq!(diagnostics, 0);
    }

    #[test]
    fn one_part_alone_is_that_part() {
        assert_eq!(
            flattened(json!({ "allOf": [reference("Base"), { "description": "x" }], "nullable": true })).0,
            reference("Base")
        );
        assert_eq!(
            flattened(json!({ "allOf": [], "type": "object" })).0,
            json!({ "type": "object" })
        );
    }

    #[test]
    fn what_is_no_object_stays_what_it_is() {
        let both = json!({ "allOf": [reference("Text"), { "type": "string", "maxLength": 3 }] });
        assert_eq!(flattened(both), (json!({ "type": "string" }), 0));
        let kind = json!({ "allOf": [reference("Kind"), { "enum": ["a", "b"] }] });
        assert_eq!(flattened(kind), (json!({ "enum": ["a"] }), 0));
        let neither = json!({ "allOf": [reference("Text"), { "type": "integer" }] });
        assert_eq!(flattened(neither), (json!({}), 1));
        let mixed = json!({ "allOf": [reference("Root"), reference("Text")] });
        assert_eq!(flattened(mixed).1, 1);
    }

    #[test]
    fn a_circle_ends_and_a_fan_does_not_explode() {
        for name in ["Ring", "Fan"] {
            let (schema, _) = flattened(json!({ "allOf": [reference(name), reference(name), reference("Base")] }));
            assert!(schema["properties"].get("r").is_some());
        }
    }
}
