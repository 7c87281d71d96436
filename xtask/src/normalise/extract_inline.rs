use std::collections::BTreeSet;

use serde_json::Value;

use super::parts;
use super::words::{pascal, unique};

/// Makes every object with properties a component of its own, so that its name is ours and is free.
pub(super) fn objects(root: &mut Value, taken: &mut BTreeSet<String>) {
    let components = parts::schema_names(root);
    let mut found: Vec<(String, Value)> = Vec::new();
    parts::visit_schemas(root, &mut |place, schema| {
        // A component's own schema is visited under its own name, which no inner one has.
        if parts::has_properties(schema) && !components.contains(place) {
            let name = unique(pascal(place), taken);
            let inner = std::mem::replace(schema, parts::reference(&name));
            // The field has it too: the generator reads what is beside a reference.
            if let Some(words) = inner.get("description") {
                schema["description"] = words.clone();
            }
            found.push((name, inner));
        }
    });
    if let Some(schemas) = parts::schemas_mut(root) {
        schemas.extend(found);
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use crate::normalise::parts;

    #[test]
    fn inner_objects_become_components() {
        let mut root = json!({
            "paths": { "/a": { "post": { "operationId": "find", "responses": { "200": { "content": { "application/json": { "schema": {
                "properties": { "a": {} },
            } } } } } } } },
            "components": { "schemas": {
                "Door": { "properties": { "state": { "description": "Its state.", "properties": { "open": { "properties": { "x": {} } } } } } },
                "DoorState": { "type": "string" },
            } },
        });
        let mut taken = parts::schema_names(&root);
        super::objects(&mut root, &mut taken);
        assert_eq!(
            parts::schema_names(&root).into_iter().collect::<Vec<_>>(),
            ["Door", "DoorState", "DoorState2", "DoorStateOpen", "FindResponse"]
        );
        let mut described = parts::reference("DoorState2");
        described["description"] = json!("Its state.");
        assert_eq!(
            root.pointer("/components/schemas/Door/properties/state").unwrap(),
            &described
        );
    }
}
