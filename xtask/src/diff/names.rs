//! Names that a sibling takes: what the document calls the same is called otherwise in Rust, or a name means something else.

use std::collections::{BTreeMap, BTreeSet};

use crate::api::Api;
use crate::document::{Document, operations, pointer};
use crate::generate::contained;
use crate::normalise::{self, Normalised, Options, Shape};

use super::rules::Rule;
use super::{Change, Selection};

/// A thing of the document: its kind and what the document calls it, and the JSON pointer for it.
type Thing = (String, String);

/// The names of methods, types, fields and variants that are others in the new document.
///
/// The documents are OpenAPI 3.0 already. A document that the passes do not take has no names.
pub(super) fn changed(old: &Document, new: &Document, selection: &Selection, api: &Api) -> Vec<Change> {
    let both = contained::run(|| [old, new].map(|document| names(document, selection, api)));
    let Ok([Some(before), Some(after)]) = both else {
        return Vec::new();
    };
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
fn names(document: &Document, selection: &Selection, api: &Api) -> Option<BTreeMap<Thing, String>> {
    let selection = match selection {
        Selection::All => normalise::Selection::All,
        Selection::Only(ids) => {
            let there: BTreeSet<String> = operations(&document.root)
                .iter()
                .filter_map(|located| located.id.filter(|id| ids.contains(*id)).map(str::to_owned))
                .collect();
            normalise::Selection::operations(there)
        }
    };
    let options = Options {
        selection,
        api: api.clone(),
    };
    let normalised = normalise::normalise(document, &options).ok()?;
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
    fields(&normalised, &mut names);
    variants(&normalised, &mut names);
    Some(names)
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
