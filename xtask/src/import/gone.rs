//! What a release no longer has, kept from the fragment before so that what names it compiles: operations and properties.

use std::collections::BTreeSet;

use serde_json::{Map, Value, json};

use super::{Options, component, import};
use crate::Result;
use crate::api::Api;
use crate::document::{self, Document, Warning};
use crate::normalise::GONE;

/// Puts the operations with these ids into the fragment as they are in the one before, marked as gone, with what they reach
/// that the fragment has not. Returns the ids of those that are not in the one before either.
pub(super) fn keep<'a>(
    fragment: &mut Map<String, Value>,
    ids: &BTreeSet<&'a str>,
    api: &Api,
    before: Option<&Document>,
) -> Result<BTreeSet<&'a str>> {
    let mut missing = ids.clone();
    let Some(before) = before else { return Ok(missing) };
    let located = document::operations(&before.root);
    let there = |id: &str| located.iter().any(|located| located.id == Some(id));
    missing.retain(|id| !there(id));
    let mut rules = api.clone();
    rules.operations.retain(|id, _| ids.contains(id.as_str()) && there(id));
    if rules.operations.is_empty() {
        return Ok(missing);
    }
    let mut old = import(before, &rules, &Options::new().lenient(true))?.fragment;
    let Some(paths) = section(fragment, "paths") else {
        return Ok(missing);
    };
    for (path, item) in old
        .get_mut("paths")
        .and_then(Value::as_object_mut)
        .into_iter()
        .flatten()
    {
        for (key, mut part) in item.as_object_mut().map(std::mem::take).into_iter().flatten() {
            if part.get("operationId").is_some() {
                part[GONE] = json!(true);
                part["deprecated"] = json!(true);
            }
            let item = paths.entry(path.clone()).or_insert_with(|| json!({}));
            if let Some(item) = item.as_object_mut() {
                item.entry(key).or_insert(part);
            }
        }
    }
    components(fragment, &mut old);
    Ok(missing)
}

/// Puts the properties that a schema of the fragment lacks into it as they are in the fragment before, and lists them there as
/// gone. Returns a warning for each.
pub(super) fn keep_properties(fragment: &mut Map<String, Value>, before: &Value) -> Vec<Warning> {
    let mut warnings = Vec::new();
    let old = before.pointer("/components/schemas").and_then(Value::as_object);
    let new = section(fragment, "components").and_then(|components| section(components, "schemas"));
    let Some(new) = new else { return warnings };
    for (name, old) in old.into_iter().flatten() {
        let Some(new) = new.get_mut(name) else { continue };
        let there: BTreeSet<String> = properties(new).into_iter().map(|(_, name, _)| name.clone()).collect();
        for (inside, property, value) in properties(old) {
            if there.contains(property) {
                continue;
            }
            let at = if new.pointer(&inside).is_some() {
                inside.as_str()
            } else {
                ""
            };
            let Some(at) = new.pointer_mut(at).and_then(Value::as_object_mut) else {
                continue;
            };
            if let Some(properties) = section(at, "properties") {
                properties.insert(property.clone(), value.clone());
            }
            if let Some(gone) = at.entry(GONE).or_insert_with(|| json!([])).as_array_mut() {
                gone.push(property.clone().into());
            }
            let message = format!(
                "there is no {property:?} any more: its field stays, and the server may ignore what is set there; --forget drops it"
            );
            warnings.push(Warning::new(component("schemas", name), message));
        }
    }
    if !warnings.is_empty() {
        components(fragment, &mut before.clone());
    }
    warnings
}

/// The properties of a schema, and of those that it is made of: where that schema is, the property's name, and what it is.
fn properties(schema: &Value) -> Vec<(String, &String, &Value)> {
    let own = schema.get("properties").and_then(Value::as_object);
    let own = own
        .into_iter()
        .flatten()
        .map(|(name, value)| (String::new(), name, value));
    let mut all: Vec<_> = own.collect();
    let parts = schema.get("allOf").and_then(Value::as_array);
    for (index, part) in parts.into_iter().flatten().enumerate() {
        let inner = properties(part).into_iter();
        all.extend(inner.map(|(inside, name, value)| (format!("/allOf/{index}{inside}"), name, value)));
    }
    all
}

/// Adds the components of the fragment before that the fragment has not.
fn components(fragment: &mut Map<String, Value>, before: &mut Value) {
    let named = before.get_mut("components").and_then(Value::as_object_mut);
    for (name, named) in named.into_iter().flatten() {
        let kept = section(fragment, "components").and_then(|components| section(components, name));
        let Some(kept) = kept else { continue };
        for (name, component) in named.as_object_mut().map(std::mem::take).into_iter().flatten() {
            kept.entry(name).or_insert(component);
        }
    }
}

/// The object under a key, made where there is nothing.
fn section<'a>(of: &'a mut Map<String, Value>, key: &str) -> Option<&'a mut Map<String, Value>> {
    of.entry(key).or_insert_with(|| json!({})).as_object_mut()
}
