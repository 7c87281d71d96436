//! What a release no longer has, kept from the fragment before so that what names it compiles: operations, and the properties
//! that the wrapper needs.

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

/// Puts the properties that the wrapper needs and a schema of the fragment lacks into it as they are in the fragment before, and
/// lists them there as gone. Returns a warning for each.
pub(super) fn keep_properties(fragment: &mut Map<String, Value>, needs: &[String], before: &Value) -> Vec<Warning> {
    let mut warnings = Vec::new();
    for (name, property) in needs.iter().filter_map(|need| need.split_once('.')) {
        let place = component("schemas", name);
        let then = before.pointer(&place);
        let Some((inside, value)) = then.and_then(|then| find(then, property)) else {
            continue;
        };
        let schemas = section(fragment, "components").and_then(|components| section(components, "schemas"));
        let Some(now) = schemas.and_then(|schemas| schemas.get_mut(name)) else {
            continue;
        };
        if find(now, property).is_some() {
            continue;
        }
        let at = if now.pointer(&inside).is_some() {
            inside.as_str()
        } else {
            ""
        };
        let Some(at) = now.pointer_mut(at).and_then(Value::as_object_mut) else {
            continue;
        };
        if let Some(properties) = section(at, "properties") {
            properties.insert(property.to_owned(), value.clone());
        }
        if let Some(gone) = at.entry(GONE).or_insert_with(|| json!([])).as_array_mut() {
            gone.push(property.into());
        }
        let message = format!(
            "there is no {property:?} any more, which the wrapper needs: it is kept, and what is set there the server may ignore"
        );
        warnings.push(Warning::new(place, message));
    }
    if !warnings.is_empty() {
        components(fragment, &mut before.clone());
    }
    warnings
}

/// A property of a schema, or of one that the schema is made of, and where the schema is that has it.
fn find<'a>(schema: &'a Value, property: &str) -> Option<(String, &'a Value)> {
    let own = schema.get("properties").and_then(|properties| properties.get(property));
    if let Some(own) = own {
        return Some((String::new(), own));
    }
    let parts = schema.get("allOf")?.as_array()?;
    parts.iter().enumerate().find_map(|(index, part)| {
        let (inside, value) = find(part, property)?;
        Some((format!("/allOf/{index}{inside}"), value))
    })
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
