//! Names that a sibling takes: what the document calls the same is called otherwise in Rust, or a name means something else.

use std::collections::BTreeMap;

use crate::document::pointer;
use crate::normalise::{Normalised, Shape};

use super::Change;
use super::rules::Rule;

/// A thing of the document: its kind and what the document calls it, and the JSON pointer for it.
type Thing = (String, String);

/// The names of methods, types, fields and variants that are others in the new document.
pub(super) fn changed(before: &Normalised, after: &Normalised) -> Vec<Change> {
    let (before, after) = (names(before), names(after));
    let changed = before.iter().filter_map(|(thing, then)| {
        let now = after.get(thing).filter(|now| *now != then)?;
        let (what, pointer) = thing;
        let message = format!("{what} was named `{then}` and is named `{now}`: another has its name, or had it");
        let change = Change::new(Rule::NameChanged, None, pointer, message);
        Some(change.with(Some(then.as_str().into()), Some(now.as_str().into())))
    });
    changed.collect()
}

/// The Rust name of everything that has one.
fn names(normalised: &Normalised) -> BTreeMap<Thing, String> {
    let mut names = BTreeMap::new();
    for (name, operation) in &normalised.operations {
        let pointer = pointer::join(["paths", &operation.path, &operation.method.to_ascii_lowercase()]);
        let what = format!(
            "the operation `{}` ({} {})",
            operation.id, operation.method, operation.path
        );
        names.insert((what, pointer), name.clone());
    }
    for (name, original) in &normalised.originals {
        let pointer = pointer::join(["components", "schemas", original]);
        names.insert((format!("the schema `{original}`"), pointer), name.clone());
    }
    fields(normalised, &mut names);
    variants(normalised, &mut names);
    names
}

/// A schema's own name, or for one without a name that of its type.
fn schema<'a>(normalised: &'a Normalised, name: &'a str) -> &'a str {
    normalised.originals.get(name).map_or(name, String::as_str)
}

fn fields(normalised: &Normalised, names: &mut BTreeMap<Thing, String>) {
    let schemas = normalised
        .document
        .pointer("/components/schemas")
        .and_then(|schemas| schemas.as_object());
    for (name, object) in schemas.into_iter().flatten() {
        let original = schema(normalised, name);
        let properties = object.get("properties").and_then(|properties| properties.as_object());
        for (field, _) in properties.into_iter().flatten() {
            let wire = normalised
                .wire_names
                .get(&(name.clone(), field.clone()))
                .unwrap_or(field);
            let pointer = pointer::join(["components", "schemas", original, "properties", wire]);
            names.insert(
                (format!("the property `{wire}` of `{original}`"), pointer),
                field.clone(),
            );
        }
    }
}

fn variants(normalised: &Normalised, names: &mut BTreeMap<Thing, String>) {
    for (name, shape) in &normalised.shapes {
        let original = schema(normalised, name);
        let pointer = pointer::join(["components", "schemas", original]);
        let variants: Vec<(&String, &String)> = match shape {
            Shape::Enum(values) => values.iter().collect(),
            Shape::Union(union) => union
                .variants
                .iter()
                .map(|variant| (&variant.name, &variant.tag))
                .collect(),
            Shape::Empty => Vec::new(),
        };
        for (variant, value) in variants {
            names.insert(
                (format!("the value `{value}` of `{original}`"), pointer.clone()),
                variant.clone(),
            );
        }
    }
}
