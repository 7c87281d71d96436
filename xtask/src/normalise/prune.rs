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
fn reached<'a>(root: &'a Value, mut pending: Vec<&'a Value>) -> BTreeSet<String> {
    let mut reached = BTreeSet::new();
    let schemas = root.pointer("/components/schemas");
    while let Some(value) = pending.pop() {
        match value {
            Value::Object(object) => {
                let named = parts::target(value).map(str::to_owned);
                for name in named.into_iter().chain(unions::mapped(value)) {
                    if let Some(schema) = schemas.and_then(|schemas| schemas.get(&name))
                        && reached.insert(name)
                    {
                        pending.push(schema);
                    }
                }
                pending.extend(object.values());
            }
            Value::Array(values) => pending.extend(values),
            _ => {}
        }
    }
    reached
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
