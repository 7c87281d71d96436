//! Operations that a release no longer has, kept from the fragment so that what names them compiles.

use std::collections::BTreeSet;

use serde_json::{Map, Value, json};

use super::{Options, import};
use crate::Result;
use crate::api::Api;
use crate::document::{self, Document};
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
    let components = old.get_mut("components").and_then(Value::as_object_mut);
    for (name, named) in components.into_iter().flatten() {
        let kept = section(fragment, "components").and_then(|components| section(components, name));
        let Some(kept) = kept else { continue };
        for (name, component) in named.as_object_mut().map(std::mem::take).into_iter().flatten() {
            kept.entry(name).or_insert(component);
        }
    }
    Ok(missing)
}

/// The object under a key, made where there is nothing.
fn section<'a>(of: &'a mut Map<String, Value>, key: &str) -> Option<&'a mut Map<String, Value>> {
    of.entry(key).or_insert_with(|| json!({})).as_object_mut()
}
