use std::collections::BTreeSet;

use serde_json::Value;

use super::{parts, unions};

/// Removes the component schemas that no operation reaches.
pub(super) fn unreachable(root: &mut Value) {
    let mut reached = BTreeSet::new();
    let mut pending: Vec<&Value> = root.get("paths").into_iter().collect();
    while let Some(value) = pending.pop() {
        match value {
            Value::Object(object) => {
                let named = parts::target(value).map(str::to_owned);
                for name in named.into_iter().chain(unions::mapped(value)) {
                    let schemas = root.pointer("/components/schemas");
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
    if let Some(schemas) = parts::schemas_mut(root) {
        schemas.retain(|name, _| reached.contains(name));
    }
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
