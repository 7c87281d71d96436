use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value, json};

use super::resolve::{only_part, resolved, tells};
use super::{Diagnostics, Union, parts, prune};

/// Merges the parts of each `allOf` into one object with all their properties, those beside it included.
///
/// A schema that is nothing but a part of others goes: each of a long chain would hold the properties of all behind it.
pub(super) fn flatten(root: &mut Value, unions: &BTreeMap<String, Union>, diagnostics: &mut Diagnostics) {
    let source = root.clone();
    let mut left = AGAIN;
    let mut merge = |place: &str, schema: &mut Value| {
        flatten_one(&source, place, schema, &[], &mut left, diagnostics);
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

/// How many of the properties that come from other components are merged themselves.
const AGAIN: usize = 10_000;

/// `within` are the components that are being merged around it.
fn flatten_one(
    source: &Value,
    place: &str,
    schema: &mut Value,
    within: &[String],
    left: &mut usize,
    diagnostics: &mut Diagnostics,
) {
    let Some(listed) = schema.get("allOf").and_then(Value::as_array) else {
        return;
    };
    let names: Vec<String> = listed.iter().filter_map(parts::target).map(str::to_owned).collect();
    if only_part(schema).is_none()
        && let Some(again) = names.iter().find(|name| within.contains(name))
    {
        diagnostics.changed(place, "its `allOf` holds itself: what is beside that is kept untyped");
        *schema = parts::reference(again);
        return;
    }
    *schema = merged(source, place, schema, diagnostics);
    let within = [within, &names].concat();
    // What comes from another component was not visited.
    let properties = schema.get_mut("properties").and_then(Value::as_object_mut);
    for (name, property) in properties.into_iter().flatten() {
        parts::visit_schema(&format!("{place} {name}"), property, &mut |place, schema| {
            if schema.get("allOf").is_none() {
                return;
            }
            *left = left.saturating_sub(1);
            if *left == 0 {
                diagnostics.changed(place, "too much is merged already: an opaque JSON value");
                *schema = json!({});
            } else {
                flatten_one(source, place, schema, &within, left, diagnostics);
            }
        });
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
        values: None,
    };
    merge.add(schema);
    let Merge {
        properties,
        others,
        values,
        ..
    } = merge;
    if let (true, Some(first)) = (properties.is_empty(), others.first()) {
        // A string or a list that several parts speak of: they have to speak of the same. The one with more to say is taken.
        return if others.iter().all(|other| kind(other) == kind(first)) {
            let says = |other: &&Value| ["enum", "items", "format"].iter().any(|key| other.get(key).is_some());
            others.iter().find(says).unwrap_or(first).clone()
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
    if let Some(values) = values {
        object.insert("additionalProperties".to_owned(), values);
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
    /// What the values of a map are, where a part is one.
    values: Option<Value>,
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
        let is_list = schema.get("items").is_some() && schema.get("type").is_none();
        if !is_object || is_list || (schema.get("enum").is_some() && !parts::has_properties(schema)) {
            self.others.push(schema.clone());
            return;
        }
        let values = schema
            .get("additionalProperties")
            .filter(|values| values.as_object().is_some_and(|values| !values.is_empty()));
        if let Some(values) = values {
            self.values.get_or_insert_with(|| values.clone());
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
            let both = match self.properties.remove(name) {
                None => property.clone(),
                Some(before) => self.both(name, before, property),
            };
            self.properties.insert(name.clone(), both);
        }
    }

    /// A property that two parts speak of: what one says of the other's type is a remark on it, or makes it narrower.
    fn both(&mut self, name: &str, before: Value, after: &Value) -> Value {
        let (is_before, is_after) = (tells(&before), tells(after));
        if !is_after || !is_before {
            let (telling, remark) = if is_before { (&before, after) } else { (after, &before) };
            // Said of the property here, and not of what it is a copy of.
            return with_remarks(telling, remark, is_before);
        }
        if before == *after {
            return before;
        }
        let [first, second] = [&before, after].map(|schema| resolved(self.source, schema));
        let kinds = [first, second].map(kind);
        match kinds {
            [Some("object"), Some("object")] if [first, second].into_iter().all(mergeable) => {
                json!({ "allOf": [before, after] })
            }
            [Some("array"), Some("array")] => match (first.get("items"), second.get("items")) {
                (_, None) => with_remarks(&before, after, true),
                (None, Some(_)) => after.clone(),
                (Some(items), Some(others)) if tells(items) && tells(others) && items != others => {
                    json!({ "type": "array", "items": self.both(name, items.clone(), others) })
                }
                (Some(items), Some(_)) if tells(items) => with_remarks(&before, after, true),
                (Some(_), Some(_)) => after.clone(),
            },
            [Some(one), Some(other)] if one == other => {
                if first.get("enum").is_some() && (second.get("enum").is_none() || before.get("$ref").is_some()) {
                    with_remarks(&before, after, true)
                } else if second.get("enum").is_some()
                    || second.get("format").is_some()
                    || first.get("format").is_none()
                {
                    after.clone()
                } else {
                    with_remarks(&before, after, true)
                }
            }
            // A number that is narrowed to an integer.
            [Some("number"), Some("integer")] => after.clone(),
            [Some("integer"), Some("number")] => before,
            _ => {
                let why = format!("two parts of its `allOf` give `{name}` different types: the last is taken");
                self.diagnostics.changed(self.place, why);
                after.clone()
            }
        }
    }
}

/// Whether a schema's type comes from its properties alone.
fn mergeable(schema: &Value) -> bool {
    ["oneOf", "anyOf"].iter().all(|key| schema.get(key).is_none())
}

/// The type, as far as a schema says it.
fn kind(schema: &Value) -> Option<&str> {
    let said = schema.get("type").and_then(Value::as_str);
    said.or_else(|| {
        let object = ["properties", "additionalProperties", "allOf"];
        if object.iter().any(|key| schema.get(key).is_some()) {
            Some("object")
        } else if schema.get("items").is_some() {
            Some("array")
        } else {
            schema.get("enum").map(|_| "string")
        }
    })
}

/// A schema with the description of another. That of the later one comes before its own.
fn with_remarks(schema: &Value, remark: &Value, is_later: bool) -> Value {
    let mut schema = schema.clone();
    for key in ["description", "readOnly", "deprecated"] {
        if let (Some(said), Some(object)) = (remark.get(key), schema.as_object_mut())
            && (is_later || !object.contains_key(key))
        {
            object.insert(key.to_owned(), said.clone());
        }
    }
    schema
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
            "IntMap": { "type": "object", "additionalProperties": { "type": "integer" } },
            "Holder": { "type": "object", "properties": {
                "held": { "allOf": [reference("Root")], "nullable": true },
                "wide": { "allOf": [reference("Root"), { "properties": { "w": {} } }] },
            } },
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
    fn a_remark_on_a_property_keeps_its_type() {
        let before = json!({ "type": "object", "properties": {
            "n": { "type": "integer", "format": "int32", "description": "Before." }, "e": reference("Kind"), "o": reference("Root"),
            "l": { "type": "array", "items": reference("Root") }, "s": { "type": "string" }, "x": { "type": "string" },
            "f": { "type": "number" }, "late": { "description": "Of what comes." },
        } });
        let after = json!({ "properties": {
            "n": { "minimum": 4, "description": "After." }, "e": { "nullable": true, "example": "a" }, "o": { "properties": { "more": {} } },
            "l": { "type": "array", "minItems": 1 }, "s": { "type": "string", "enum": ["a"] }, "x": { "type": "integer" },
            "f": { "type": "integer" }, "late": { "type": "boolean" },
        } });
        let (schema, diagnostics) = flattened(json!({ "allOf": [before, after] }));
        let properties = &schema["properties"];
        assert_eq!(
            properties["n"],
            json!({ "type": "integer", "format": "int32", "description": "After." })
        );
        assert_eq!(properties["e"], reference("Kind"));
        let names: Vec<_> = properties["o"]["properties"].as_object().unwrap().keys().collect();
        assert_eq!(names, ["more", "r"]);
        assert_eq!(properties["l"]["items"], reference("Root"));
        assert_eq!(properties["s"]["enum"], json!(["a"]));
        assert_eq!(properties["x"]["type"], "integer");
        assert_eq!(properties["f"]["type"], "integer");
        assert_eq!(
            properties["late"],
            json!({ "type": "boolean", "description": "Of what comes." })
        );
        // Only the text that is a number too.
        assert_eq!(diagnostics, 1);
    }

    #[test]
    fn what_is_inherited_is_merged_too() {
        let (schema, diagnostics) = flattened(json!({ "allOf": [reference("Holder"), { "properties": { "z": {} } }] }));
        assert_eq!(schema["properties"]["held"], reference("Root"));
        let names = schema["properties"]["wide"]["properties"].as_object().unwrap();
        assert_eq!(names.keys().collect::<Vec<_>>(), ["r", "w"]);
        assert_eq!(diagnostics, 0);
        // One that holds itself ends.
        let me = json!({ "allOf": [reference("S"), { "properties": { "y": {} } }] });
        let (schema, diagnostics) = flattened(json!({ "allOf": [reference("Root"), { "properties": { "me": me } }] }));
        assert_eq!(schema["properties"]["me"]["properties"]["me"], reference("S"));
        assert!(diagnostics > 0);
    }

    #[test]
    fn a_map_and_a_list_keep_what_is_in_them() {
        let map = json!({ "allOf": [{ "type": "object", "additionalProperties": { "type": "integer" } }, { "type": "object", "maxProperties": 3 }] });
        assert_eq!(flattened(map).0["additionalProperties"], json!({ "type": "integer" }));
        let by_reference = json!({ "allOf": [reference("IntMap"), { "type": "object", "maxProperties": 3 }] });
        assert_eq!(
            flattened(by_reference).0["additionalProperties"],
            json!({ "type": "integer" })
        );
        let list =
            json!({ "allOf": [{ "type": "array", "minItems": 1 }, { "type": "array", "items": reference("Root") }] });
        assert_eq!(flattened(list).0["items"], reference("Root"));
    }

    #[test]
    fn a_circle_ends_and_a_fan_does_not_explode() {
        for name in ["Ring", "Fan"] {
            let (schema, _) = flattened(json!({ "allOf": [reference(name), reference(name), reference("Base")] }));
            assert!(schema["properties"].get("r").is_some());
        }
    }
}
