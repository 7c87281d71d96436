//! Schemas that go by another name in a release.
//!
//! A schema's name never travels: it is a fact of the document, not of the API. So where a release gives a schema another name,
//! the fragment keeps the one it has, and no type of the SDK changes its own.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value};

use super::component;
use crate::document::{self, Document, Warning, pointer};

/// Gives the schemas of the fragment the names that they have in the one before. Returns a warning for each.
pub(super) fn back(fragment: &mut Value, before: Option<&Document>) -> Vec<Warning> {
    let Some(before) = before else { return Vec::new() };
    let back = Search::new(&before.root, fragment).run();
    rename(fragment, &back);
    let warnings = back.iter().map(|(new, old)| {
        let message = format!("this was {old:?} before; the fragment keeps that name, so that no type gets another");
        Warning::new(component("schemas", new), message)
    });
    warnings.collect()
}

/// The search for schemas in the same position under another name: both fragments are walked side by side.
struct Search<'a> {
    old: &'a Value,
    new: &'a Value,
    seen: BTreeSet<(String, String)>,
    /// From the new name to the old one.
    back: BTreeMap<String, String>,
}

impl<'a> Search<'a> {
    fn new(old: &'a Value, new: &'a Value) -> Self {
        Self {
            old,
            new,
            seen: BTreeSet::new(),
            back: BTreeMap::new(),
        }
    }

    fn run(mut self) -> BTreeMap<String, String> {
        let old_operations = document::operations(self.old);
        let mut pending: Vec<(&'a Value, &'a Value)> = Vec::new();
        for now in document::operations(self.new) {
            let then = old_operations.iter().find(|then| then.id == now.id);
            let both = then.and_then(|then| Some((self.old.pointer(&then.pointer)?, self.new.pointer(&now.pointer)?)));
            pending.extend(both);
        }
        // From the nearest to the farthest, so that a schema is known by its first position.
        let mut next = 0;
        while let Some((old, new)) = pending.get(next).copied() {
            next += 1;
            match (name(old), name(new)) {
                (Some(old), Some(new)) => pending.extend(self.schemas(&old, &new)),
                _ => pending.extend(parts(old, new)),
            }
        }
        self.back
    }

    /// Two schemas that something refers to in the same position; returns what they are, once.
    fn schemas(&mut self, old: &str, new: &str) -> Option<(&'a Value, &'a Value)> {
        if !self.seen.insert((old.to_owned(), new.to_owned())) {
            return None;
        }
        let (then, now) = (schema(self.old, old)?, schema(self.new, new)?);
        let renamed = old != new && schema(self.new, old).is_none() && schema(self.old, new).is_none();
        let free = !self.back.contains_key(new) && !self.back.values().any(|taken| taken == old);
        if renamed && free && alike(then, now) {
            self.back.insert(new.to_owned(), old.to_owned());
        }
        Some((then, now))
    }
}

fn schema<'a>(root: &'a Value, name: &str) -> Option<&'a Value> {
    root.pointer(&component("schemas", name))
}

/// The name of the schema that a reference is to.
fn name(value: &Value) -> Option<String> {
    name_in(value.get("$ref")?.as_str()?)
}

fn name_in(reference: &str) -> Option<String> {
    let place = pointer::of_reference(reference)?;
    let mut tokens = pointer::tokens(&place);
    let section = (tokens.next()?, tokens.next()?);
    let name = tokens.next()?.into_owned();
    (section == ("components".into(), "schemas".into()) && tokens.next().is_none()).then_some(name)
}

/// What is under the same key, or at the same index, of both.
fn parts<'a>(old: &'a Value, new: &'a Value) -> Vec<(&'a Value, &'a Value)> {
    match (old, new) {
        (Value::Object(old), Value::Object(new)) => {
            old.iter().filter_map(|(key, old)| Some((old, new.get(key)?))).collect()
        }
        (Value::Array(old), Value::Array(new)) => old.iter().zip(new).collect(),
        _ => Vec::new(),
    }
}

/// Whether two schemas can be the same one: they have a property or a value in common, or neither has any.
fn alike(old: &Value, new: &Value) -> bool {
    let (old, new) = (features(old), features(new));
    old.is_empty() && new.is_empty() || !old.is_disjoint(&new)
}

fn features(schema: &Value) -> BTreeSet<String> {
    let mut features = BTreeSet::new();
    let properties = schema.get("properties").and_then(Value::as_object);
    features.extend(properties.into_iter().flat_map(Map::keys).cloned());
    let values = schema.get("enum").and_then(Value::as_array);
    features.extend(values.into_iter().flatten().map(Value::to_string));
    let all = schema.get("allOf").and_then(Value::as_array);
    features.extend(all.into_iter().flatten().flat_map(self::features));
    features
}

/// Renames schemas, and what refers to them: by reference, and by the mapping of a discriminator.
fn rename(fragment: &mut Value, names: &BTreeMap<String, String>) {
    if names.is_empty() {
        return;
    }
    if let Some(schemas) = fragment
        .pointer_mut("/components/schemas")
        .and_then(Value::as_object_mut)
    {
        for (new, old) in names {
            if let Some(schema) = schemas.remove(new) {
                schemas.insert(old.clone(), schema);
            }
        }
    }
    let renamed = |value: &Value| {
        let text = value.as_str()?;
        let named = names.get(text).cloned();
        named.or_else(|| Some(reference(names.get(&name_in(text)?)?)))
    };
    let mut pending = vec![fragment];
    while let Some(value) = pending.pop() {
        match value {
            Value::Object(object) => {
                for (key, value) in object {
                    match (key.as_str(), value) {
                        ("$ref", value) if value.is_string() => {
                            if let Some(text) = renamed(value) {
                                *value = text.into();
                            }
                        }
                        // A mapping gives a reference or a bare name.
                        ("mapping", Value::Object(mapping)) if mapping.values().all(Value::is_string) => {
                            for value in mapping.values_mut() {
                                if let Some(text) = renamed(value) {
                                    *value = text.into();
                                }
                            }
                        }
                        (_, value) => pending.push(value),
                    }
                }
            }
            Value::Array(values) => pending.extend(values),
            _ => {}
        }
    }
}

fn reference(name: &str) -> String {
    format!("#{}", pointer::join(["components", "schemas", name]))
}
