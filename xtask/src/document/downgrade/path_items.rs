//! Path items that are references are copied to where they are used; methods that 3.0 does not know are left out.

use serde_json::{Map, Value};

use super::Lowered;
use crate::document::{Warning, operations, pointer};

/// How many path items may refer to one another.
const MAX_CHAIN: usize = 50;

pub(super) fn lower(lowered: &mut Lowered) {
    let original = lowered
        .root
        .get("paths")
        .and_then(Value::as_object)
        .cloned()
        .unwrap_or_default();
    for (path, item) in &original {
        let place = pointer::join(["paths", path]);
        let Some(mut item) = resolved(&lowered.root, item) else {
            continue;
        };
        let changed = left_out(&mut item, path, &place, lowered);
        if (changed || original.get(path).and_then(|item| item.get("$ref")).is_some())
            && let Some(slot) = lowered.root.pointer_mut(&place)
        {
            *slot = Value::Object(item);
        }
    }
}

/// The path item, its own keys before those of the one that it refers to; `None` if that is not to be found, which is
/// an error once the path is needed.
fn resolved(root: &Value, item: &Value) -> Option<Map<String, Value>> {
    let mut whole = item.as_object()?.clone();
    let mut seen = Vec::new();
    while let Some(Value::String(reference)) = whole.get("$ref").cloned() {
        let target = root.pointer(&pointer::of_reference(&reference)?)?.as_object()?;
        if seen.contains(&reference) || seen.len() > MAX_CHAIN {
            return None;
        }
        whole.remove("$ref");
        for (key, value) in target {
            whole.entry(key.clone()).or_insert_with(|| value.clone());
        }
        seen.push(reference);
    }
    Some(whole)
}

/// Takes out the operations that 3.0 cannot express, and says whether there were any.
fn left_out(item: &mut Map<String, Value>, path: &str, place: &str, lowered: &mut Lowered) -> bool {
    let mut found = Vec::new();
    if let Some(query) = item.remove("query") {
        found.push(("query".to_owned(), pointer::child(place, "query"), query));
    }
    if let Some(Value::Object(others)) = item.remove("additionalOperations") {
        let place = pointer::child(place, "additionalOperations");
        found.extend(others.into_iter().map(|(method, operation)| {
            let place = pointer::child(&place, &method);
            (method, place, operation)
        }));
    }
    let any = !found.is_empty();
    for (method, place, operation) in found {
        let route = operations::route(&method, path);
        let warning = Warning::new(place, format!("{route} left out: OpenAPI 3.0 has no such method"));
        if let Some(id) = operation.get("operationId").and_then(Value::as_str) {
            lowered.left_out.insert(id.to_owned(), warning.clone());
        }
        lowered.warnings.push(warning);
    }
    any
}
