//! Words for what no overlay describes, so that a property that is new in a release stops nothing.

use serde_json::{Map, Value};

use crate::document::grammar::METHODS;
use crate::document::pointer;
use crate::normalise::GONE;

/// What the description of a property says that an import kept.
const NO_LONGER: &str = " The API no longer has it: the server may ignore what is set here.";

/// Gives every operation, component schema and property without a description a plain one, and returns their
/// JSON pointers.
pub fn describe(document: &mut Value) -> Vec<String> {
    let mut undescribed = Vec::new();
    let paths = document.get_mut("paths").and_then(Value::as_object_mut);
    for (path, item) in paths.into_iter().flatten() {
        for (method, operation) in item.as_object_mut().into_iter().flatten() {
            if METHODS.contains(&method.as_str())
                && let Some(operation) = operation.as_object_mut()
                && !says(operation, "summary")
                && !says(operation, "description")
            {
                let id = operation.get("operationId").and_then(Value::as_str).unwrap_or(path);
                let words = format!("Calls the API's `{}`.", plain(id));
                operation.insert("summary".to_owned(), words.into());
                undescribed.push(pointer::join(["paths", path, method]));
            }
        }
    }
    let schemas = document
        .pointer_mut("/components/schemas")
        .and_then(Value::as_object_mut);
    for (name, schema) in schemas.into_iter().flatten() {
        let place = pointer::join(["components", "schemas", name]);
        if let Some(schema) = schema.as_object_mut()
            && !says(schema, "description")
        {
            let words = format!("The API's `{}`.", plain(name));
            schema.insert("description".to_owned(), words.into());
            undescribed.push(place.clone());
        }
        properties(name, schema, &place, &mut undescribed);
    }
    undescribed
}

/// The properties of a schema that is, or is in, the component `name`.
fn properties(name: &str, schema: &mut Value, place: &str, undescribed: &mut Vec<String>) {
    let Some(schema) = schema.as_object_mut() else { return };
    let gone = schema.get(GONE).cloned().unwrap_or_default();
    let gone = |property: &str| {
        gone.as_array()
            .is_some_and(|gone| gone.iter().any(|gone| gone == property))
    };
    let listed = schema.get_mut("properties").and_then(Value::as_object_mut);
    for (property, inner) in listed.into_iter().flatten() {
        let place = pointer::child(&pointer::child(place, "properties"), property);
        if let Some(inner) = inner.as_object_mut()
            && !says(inner, "description")
        {
            let words = format!("The `{}` of the API's `{}`.", plain(property), plain(name));
            inner.insert("description".to_owned(), words.into());
            undescribed.push(place.clone());
        }
        if gone(property)
            && let Some(Value::String(words)) = inner.get_mut("description")
        {
            words.truncate(words.trim_end_matches(NO_LONGER).len());
            words.push_str(NO_LONGER);
        }
        properties(name, inner, &place, undescribed);
    }
    for key in ["items", "additionalProperties"] {
        if let Some(inner) = schema.get_mut(key) {
            properties(name, inner, &pointer::child(place, key), undescribed);
        }
    }
    for key in ["allOf", "oneOf", "anyOf"] {
        let listed = schema.get_mut(key).and_then(Value::as_array_mut);
        for (index, inner) in listed.into_iter().flatten().enumerate() {
            let place = pointer::child(&pointer::child(place, key), &index.to_string());
            properties(name, inner, &place, undescribed);
        }
    }
}

fn says(object: &Map<String, Value>, key: &str) -> bool {
    object
        .get(key)
        .and_then(Value::as_str)
        .is_some_and(|text| !text.trim().is_empty())
}

/// A name as code in a description: what would end it there is left out.
fn plain(name: &str) -> String {
    name.chars()
        .filter(|character| *character != '`' && !character.is_control())
        .collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::describe;

    #[test]
    fn what_is_silent_gets_words_and_is_listed() {
        let mut document = json!({
            "paths": { "/a": { "post": { "operationId": "getA" }, "get": { "summary": "Gets A." } } },
            "components": { "schemas": { "Door": {
                "description": "A door.",
                "x-gone": ["old"],
                "properties": { "old": { "description": "Old." }, "lastSyncMs": {}, "name": { "description": "Its name." } },
                "allOf": [{ "properties": { "`odd`": { "$ref": "#/x" } } }],
            } } },
        });
        let listed = describe(&mut document);
        assert_eq!(
            listed,
            [
                "/paths/~1a/post",
                "/components/schemas/Door/properties/lastSyncMs",
                "/components/schemas/Door/allOf/0/properties/`odd`",
            ]
        );
        let said = |place: &str| document.pointer(place).unwrap().clone();
        assert_eq!(said("/paths/~1a/post/summary"), "Calls the API's `getA`.");
        let words = "The `lastSyncMs` of the API's `Door`.";
        assert_eq!(
            said("/components/schemas/Door/properties/lastSyncMs/description"),
            words
        );
        let words = "The `odd` of the API's `Door`.";
        assert_eq!(
            said("/components/schemas/Door/allOf/0/properties/`odd`/description"),
            words
        );
        assert_eq!(
            said("/components/schemas/Door/properties/name/description"),
            "Its name."
        );
        assert!(describe(&mut document).is_empty());
        assert_eq!(
            document["components"]["schemas"]["Door"]["properties"]["old"]["description"],
            "Old. The API no longer has it: the server may ignore what is set here."
        );
    }
}
