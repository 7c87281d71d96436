use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};

use super::{Diagnostics, Shape, parts};

/// Puts components that are no objects of their own (a string, a list, a map) where they are referred to, so that
/// they do not become wrapper types, and diagnostics the objects without properties.
pub(super) fn inline(root: &mut Value, shapes: &mut BTreeMap<String, Shape>, diagnostics: &mut Diagnostics) {
    let mut aliases: BTreeMap<String, Value> = BTreeMap::new();
    for (name, schema) in parts::schemas(root) {
        let kind = schema.get("type").and_then(Value::as_str);
        let map = schema
            .get("additionalProperties")
            .and_then(Value::as_object)
            .is_some_and(|values| !values.is_empty());
        match kind {
            _ if shapes.contains_key(name) || parts::has_properties(schema) => {}
            Some("object") if !map => {
                shapes.insert(name.clone(), Shape::Empty);
            }
            _ => {
                aliases.insert(name.clone(), schema.clone());
            }
        }
    }
    if let Some(schemas) = parts::schemas_mut(root) {
        for (name, shape) in shapes.iter() {
            if let (Shape::Empty, Some(schema)) = (shape, schemas.get_mut(name)) {
                let description = schema.get("description").cloned();
                *schema = json!({ "type": "object" });
                if let Some(description) = description {
                    schema["description"] = description;
                }
            }
        }
        schemas.retain(|name, _| !aliases.contains_key(name));
    }
    open_circles(&mut aliases, diagnostics);
    shorten(&mut aliases);
    let mut again = true;
    while again {
        again = false;
        parts::visit_schemas(root, &mut |_, schema| {
            if let Some(alias) = parts::target(schema).and_then(|name| aliases.get(name)) {
                let mut alias = alias.clone();
                if let (Some(said), Some(alias)) = (schema.get("description"), alias.as_object_mut()) {
                    alias.insert("description".to_owned(), said.clone());
                }
                *schema = alias;
                again = true;
            }
        });
    }
}

/// Has each alias of an alias be what that one is in the end, so that a chain is not followed link by link.
fn shorten(aliases: &mut BTreeMap<String, Value>) {
    let next: BTreeMap<String, String> = aliases
        .iter()
        .filter_map(|(name, schema)| Some((name.clone(), parts::target(schema)?.to_owned())))
        .filter(|(_, target)| aliases.contains_key(target))
        .collect();
    let mut ends: BTreeMap<String, String> = BTreeMap::new();
    for name in next.keys() {
        let mut chain = Vec::new();
        let mut at = name;
        while let (None, Some(target)) = (ends.get(at), next.get(at)) {
            chain.push(at.clone());
            at = target;
        }
        let end = ends.get(at).unwrap_or(at).clone();
        ends.extend(chain.into_iter().map(|link| (link, end.clone())));
    }
    for (name, end) in ends {
        if let Some(schema) = aliases.get(&end).cloned() {
            aliases.insert(name, schema);
        }
    }
}

/// Makes what holds itself, and is no object, an opaque value where it does: Rust has no name for its type.
fn open_circles(aliases: &mut BTreeMap<String, Value>, diagnostics: &mut Diagnostics) {
    let mut leads: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for (name, schema) in aliases.iter_mut() {
        let targets = leads.entry(name.clone()).or_default();
        parts::visit_schema(name, schema, &mut |_, schema| {
            targets.extend(parts::target(schema).map(str::to_owned))
        });
    }
    let in_circle = |name: &String| {
        let mut pending: Vec<&String> = leads[name].iter().collect();
        let mut seen = BTreeSet::new();
        while let Some(next) = pending.pop() {
            if next == name {
                return true;
            }
            if seen.insert(next) {
                pending.extend(leads.get(next).into_iter().flatten());
            }
        }
        false
    };
    let circles: BTreeSet<String> = leads.keys().filter(|name| in_circle(name)).cloned().collect();
    for name in &circles {
        diagnostics.changed(name, "it holds itself, and is no object: an opaque JSON value inside");
        if let Some(schema) = aliases.get_mut(name) {
            parts::visit_schema(name, schema, &mut |_, schema| {
                if parts::target(schema).is_some_and(|target| circles.contains(target)) {
                    *schema = json!({});
                }
            });
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use serde_json::json;

    use crate::normalise::{Diagnostics, Shape, parts::reference};

    #[test]
    fn aliases_go_and_a_circle_ends() {
        let mut root = json!({ "paths": {}, "components": { "schemas": {
            "Door": { "type": "object", "properties": { "id": reference("Id"), "tree": reference("Tree") } },
            "Id": reference("Text"),
            "Text": { "type": "string" },
            "Tree": { "type": "array", "items": reference("Tree") },
            "Nothing": { "type": "object" },
        } } });
        let mut shapes = BTreeMap::new();
        let mut diagnostics = Diagnostics::default();
        super::inline(&mut root, &mut shapes, &mut diagnostics);
        assert_eq!(diagnostics.sorted().len(), 1);
        assert_eq!(
            root.pointer("/components/schemas/Door/properties/id").unwrap(),
            &json!({ "type": "string" })
        );
        assert_eq!(shapes, BTreeMap::from([("Nothing".to_owned(), Shape::Empty)]));
        assert!(!root.to_string().contains("schemas/Tree"));
    }
}
