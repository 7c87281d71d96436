use std::collections::BTreeSet;

use serde_json::{Map, Value, json};

use super::{parts, unions};

/// Removes the component schemas that no operation reaches.
pub(super) fn unreachable(root: &mut Value) {
    let reached = reached(root, root.get("paths").into_iter().collect());
    if let Some(schemas) = parts::schemas_mut(root) {
        schemas.retain(|name, _| reached.contains(name));
    }
}

/// A document of these operations, by their labels, and the schemas that they reach. Nothing else of it is copied.
pub(super) fn restricted(root: &Value, operations: &BTreeSet<&String>) -> Value {
    let mut paths = Map::new();
    for (path, item) in root.get("paths").and_then(Value::as_object).into_iter().flatten() {
        let kept = item.as_object().into_iter().flatten().filter(|(method, operation)| {
            parts::METHODS.contains(&method.as_str()) && operations.contains(&parts::label(path, method, operation))
        });
        let kept: Map<_, _> = kept
            .map(|(method, operation)| (method.clone(), operation.clone()))
            .collect();
        if !kept.is_empty() {
            paths.insert(path.clone(), kept.into());
        }
    }
    let paths = Value::Object(paths);
    let reached = reached(root, vec![&paths]);
    let schemas = root.pointer("/components/schemas");
    let schemas: Map<_, _> = (reached.into_iter())
        .filter_map(|name| schemas?.get(&name).cloned().map(|schema| (name, schema)))
        .collect();
    json!({ "paths": paths, "components": { "schemas": schemas } })
}

/// The names of the schemas that these parts of a document reach.
fn reached<'a>(root: &'a Value, parts: Vec<&'a Value>) -> BTreeSet<String> {
    let mut reached = BTreeSet::new();
    let schemas = root.pointer("/components/schemas");
    let mut pending: Vec<String> = parts.into_iter().flat_map(references).collect();
    while let Some(name) = pending.pop() {
        if let Some(schema) = schemas.and_then(|schemas| schemas.get(&name))
            && reached.insert(name)
        {
            pending.extend(references(schema));
        }
    }
    reached
}

/// The names of the schemas that a part of a document refers to.
pub(super) fn references(part: &Value) -> Vec<String> {
    let mut names = Vec::new();
    let mut pending = vec![part];
    while let Some(value) = pending.pop() {
        match value {
            Value::Object(object) => {
                names.extend(parts::target(value).map(str::to_owned));
                names.extend(unions::mapped(value));
                pending.extend(object.values());
            }
            Value::Array(values) => pending.extend(values),
            _ => {}
        }
    }
    names
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    #[test]
    fn what_is_reached_stays() {
        let reference = super::parts::reference;
        let mut root = json!({
            "paths": { "/a": { "post": { "requestBody": { "content": { "application/json": { "schema": reference("A") } } } } } },
            "components": { "schemas": { "A": { "properties": { "b": reference("B") } }, "B": { "items": reference("B"), "discriminator": { "propertyName": "t", "mapping": { "d": "D" } } }, "C": {}, "D": {} } },
        });
        super::unreachable(&mut root);
        assert_eq!(
            super::parts::schema_names(&root).into_iter().collect::<Vec<_>>(),
            ["A", "B", "D"]
        );
    }
}
