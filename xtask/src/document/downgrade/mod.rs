//! OpenAPI 3.1 and 3.2 brought down to 3.0.3, one rule a module.
//!
//! The rules apply to documents that call themselves 3.0 too, since many of those use what came later. What 3.0
//! cannot express is left out, and a warning names it.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use super::grammar::{Kind, Use};
use super::visit::visit_mut;
use super::{Document, MAX_DEPTH, TARGET, Version, Warning, pointer};
use crate::Result;

mod bounds;
mod constants;
mod contents;
mod empties;
mod examples;
mod later;
mod null_branches;
mod path_items;
mod references;
mod siblings;
mod tuples;
mod types;

/// A document brought down to OpenAPI 3.0.3.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Lowered {
    /// The document.
    pub root: Value,
    /// What 3.0 could not express, and what was done about it.
    pub warnings: Vec<Warning>,
    /// The operations that 3.0 could not express, by operation id.
    pub left_out: BTreeMap<String, Warning>,
}

/// Brings a document down to OpenAPI 3.0.3; one that is 3.0 already is changed only where it uses what came later.
///
/// # Errors
/// [`Error::Document`](crate::Error::Document) for a document that states no version that can be read, and where it
/// would be nested deeper than [`MAX_DEPTH`] levels.
pub fn to_3_0(document: &Document) -> Result<Lowered> {
    let version = document.version()?;
    let mut lowered = Lowered {
        root: document.root.clone(),
        warnings: Vec::new(),
        left_out: BTreeMap::new(),
    };
    path_items::lower(&mut lowered);
    references::lower(&mut lowered.root, &mut lowered.warnings);

    let warnings = &mut lowered.warnings;
    visit_mut(
        Kind::Document,
        &mut lowered.root,
        &mut String::new(),
        &mut |kind, value, place| {
            if kind == Kind::Schema {
                boolean(value, place);
            }
            let Some(object) = value.as_object_mut() else { return };
            if kind == Kind::Schema {
                schema(version, object, place, warnings);
            }
            later::lower(kind, object, place, warnings);
        },
    );
    if let Some(root) = lowered.root.as_object_mut() {
        root.insert("openapi".into(), TARGET.into());
        root.entry("paths").or_insert_with(|| Value::Object(Map::new()));
    }
    if let Some(place) = too_deep(&lowered.root, 0, &mut String::new()) {
        let message = format!("nested deeper than {MAX_DEPTH} levels once written as OpenAPI {TARGET}");
        return Err(document.error(place, message));
    }
    Ok(lowered)
}

/// `true` and `false` are schemas since 3.1; in 3.0 only as `additionalProperties`.
fn boolean(value: &mut Value, place: &str) {
    if let (Value::Bool(any), false) = (&*value, place.ends_with("/additionalProperties")) {
        *value = if *any {
            serde_json::json!({})
        } else {
            serde_json::json!({"not": {}})
        };
    }
}

fn schema(version: Version, schema: &mut Map<String, Value>, place: &str, warnings: &mut Vec<Warning>) {
    siblings::lower(version, schema);
    constants::lower(schema);
    null_branches::lower(schema);
    tuples::lower(schema, place, warnings);
    contents::lower(schema, place, warnings);
    bounds::lower(schema);
    examples::lower(schema);
    empties::lower(schema, place, warnings);
    types::lower(schema, place, warnings);
}

/// Whether a key of a schema says how the API works, and is not documentation.
fn is_fact(key: &str) -> bool {
    !matches!(Kind::Schema.key(key), Some((Use::Prose, _)))
}

/// Where the document is nested too deeply, if anywhere.
fn too_deep(value: &Value, depth: usize, place: &mut String) -> Option<String> {
    if depth > MAX_DEPTH {
        return Some(place.clone());
    }
    let mut below = |token: &str, value: &Value| {
        let length = place.len();
        pointer::push(place, token);
        let found = too_deep(value, depth + 1, place);
        place.truncate(length);
        found
    };
    match value {
        Value::Array(values) => values
            .iter()
            .enumerate()
            .find_map(|(index, value)| below(&index.to_string(), value)),
        Value::Object(object) => object.iter().find_map(|(key, value)| below(key, value)),
        _ => None,
    }
}

#[cfg(test)]
mod tests;
