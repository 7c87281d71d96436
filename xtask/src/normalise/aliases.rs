use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};

use super::{Diagnostics, Shape, hints, parts};

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
    let aliases = ends(aliases);
    let mut expansion = Expansion {
        aliases: &aliases,
        diagnostics,
    };
    parts::visit_whole_schemas(root, &mut |place, schema| expansion.expand(place, schema, 0));
}

/// Gives each alias that is the name of another what that one is in the end.
fn ends(mut aliases: BTreeMap<String, Value>) -> BTreeMap<String, Value> {
    let mut ends = BTreeMap::new();
    while let Some((name, schema)) = aliases.pop_first() {
        let mut chain = vec![(name, schema)];
        // No chain is a circle: those are open by now.
        while let Some(next) = chain.last().and_then(|(_, schema)| parts::target(schema))
            && let Some(next) = aliases.remove_entry(next)
        {
            chain.push(next);
        }
        while let Some((name, schema)) = chain.pop() {
            let end = parts::target(&schema).and_then(|target| ends.get(target));
            let end = end.map_or_else(|| schema.clone(), |end| described(end, &schema));
            ends.insert(name, end);
        }
    }
    ends
}

/// What an alias is, with what is said where it is referred to.
fn described(alias: &Value, reference: &Value) -> Value {
    let mut alias = alias.clone();
    if let (Some(said), Some(alias)) = (reference.get("description"), alias.as_object_mut()) {
        alias.insert("description".to_owned(), said.clone());
    }
    alias
}

/// How many lists and maps may be in one another. Rust's compiler gives up on a type that is much deeper.
const NESTED: usize = 32;

/// Putting aliases where they are referred to.
struct Expansion<'a> {
    aliases: &'a BTreeMap<String, Value>,
    diagnostics: &'a mut Diagnostics,
}

impl Expansion<'_> {
    /// Puts what a schema refers to in its place, and so on in what that holds. `level` is how many lists and maps it is in.
    fn expand(&mut self, place: &str, schema: &mut Value, level: usize) {
        if let Some(alias) = parts::target(schema).and_then(|name| self.aliases.get(name)) {
            hints::kept(schema, |schema| *schema = described(alias, schema));
        }
        let Some(object) = schema.as_object_mut() else { return };
        for (property, inner) in object
            .get_mut("properties")
            .and_then(Value::as_object_mut)
            .into_iter()
            .flatten()
        {
            self.expand(&format!("{place} {property}"), inner, 0);
        }
        for (key, suffix) in [("items", "Item"), ("additionalProperties", "Value")] {
            let Some(inner) = object.get_mut(key).filter(|inner| inner.is_object()) else {
                continue;
            };
            if level < NESTED {
                self.expand(&format!("{place} {suffix}"), inner, level + 1);
            } else if inner.as_object().is_some_and(|inner| !inner.is_empty()) {
                let why = format!("it is in more than {NESTED} lists and maps: an opaque JSON value");
                self.diagnostics.changed(format!("{place} {suffix}"), why);
                *inner = json!({});
            }
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
    let circles = in_circles(&leads);
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

/// The names that lead back to themselves: those of a strongly connected component (Kosaraju's algorithm) that is a circle.
fn in_circles(leads: &BTreeMap<String, BTreeSet<String>>) -> BTreeSet<String> {
    let none = BTreeSet::new();
    let after = |name: &String| {
        leads
            .get(name)
            .unwrap_or(&none)
            .iter()
            .filter(|next| leads.contains_key(*next))
    };
    let mut back: BTreeMap<&String, Vec<&String>> = BTreeMap::new();
    let (mut seen, mut finished) = (BTreeSet::new(), Vec::new());
    for start in leads.keys().filter(|name| leads.contains_key(*name)) {
        if !seen.insert(start) {
            continue;
        }
        let mut way = vec![(start, after(start))];
        while let Some((name, nexts)) = way.last_mut() {
            let name = *name;
            match nexts.next() {
                Some(next) => {
                    back.entry(next).or_default().push(name);
                    if seen.insert(next) {
                        way.push((next, after(next)));
                    }
                }
                None => {
                    finished.push(name);
                    way.pop();
                }
            }
        }
    }
    let mut circles = BTreeSet::new();
    let mut placed = BTreeSet::new();
    while let Some(start) = finished.pop() {
        let (mut component, mut pending) = (Vec::new(), vec![start]);
        while let Some(name) = pending.pop() {
            if placed.insert(name) {
                component.push(name);
                pending.extend(back.get(name).into_iter().flatten());
            }
        }
        let is_circle = component.len() > 1 || component.iter().any(|name| after(name).any(|next| next == *name));
        circles.extend(component.into_iter().filter(|_| is_circle).cloned());
    }
    circles
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

    /// Between two circles is none.
    #[test]
    fn only_what_leads_back_is_in_a_circle() {
        let leads = ["ab", "bac", "cd", "de", "efx", "fe", "gg", "h"].map(|names| {
            let (name, next) = names.split_at(1);
            (name.to_owned(), next.chars().map(String::from).collect())
        });
        let circles: Vec<String> = super::in_circles(&leads.into()).into_iter().collect();
        assert_eq!(circles, ["a", "b", "e", "f", "g"]);
    }

    fn inlined(schemas: serde_json::Value) -> (serde_json::Value, usize) {
        let mut root = json!({ "paths": {}, "components": { "schemas": schemas } });
        let mut diagnostics = Diagnostics::default();
        super::inline(&mut root, &mut BTreeMap::new(), &mut diagnostics);
        (root["components"]["schemas"].take(), diagnostics.sorted().len())
    }

    #[test]
    fn the_nearest_description_of_a_chain_counts() {
        let said =
            |name: &str, text: &str| json!({ "$ref": format!("#/components/schemas/{name}"), "description": text });
        let (schemas, _) = inlined(json!({
            "Door": { "type": "object", "properties": { "a": reference("A"), "b": said("A", "here"), "c": reference("C") } },
            "A": reference("B"), "B": said("C", "there"), "C": { "type": "string", "description": "far" },
        }));
        let text = |text: &str| json!({ "type": "string", "description": text });
        assert_eq!(
            schemas["Door"]["properties"],
            json!({ "a": text("there"), "b": text("here"), "c": text("far") })
        );
    }

    #[test]
    fn lists_of_lists_end_at_a_bound() {
        let size = |count: usize| {
            let lists = (0..count).map(|number| {
                let next = if number + 1 == count {
                    json!({ "type": "string" })
                } else {
                    reference(&format!("S{}", number + 1))
                };
                let key = if number % 2 == 0 {
                    "items"
                } else {
                    "additionalProperties"
                };
                let kind = if number % 2 == 0 { "array" } else { "object" };
                (format!("S{number}"), json!({ "type": kind, key: next }))
            });
            let mut schemas: serde_json::Map<_, _> = lists.collect();
            schemas.insert(
                "Door".to_owned(),
                json!({ "type": "object", "properties": { "a": reference("S0") } }),
            );
            let (schemas, said) = inlined(schemas.into());
            (schemas.to_string().len(), said)
        };
        assert_eq!(size(super::NESTED).1, 0);
        let (bounded, said) = size(super::NESTED + 1);
        assert_eq!((size(3_000), said), ((bounded, 1), 1));
    }
}
