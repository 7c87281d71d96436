//! The few properties of a response that the rules want typed fields for.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use crate::api::Api;
use crate::document::{self, Warning, pointer};

/// How many references, lists and maps may lead to one another.
const HOPS: usize = 64;

/// Cuts the schemas that the rules name by operation and property to the properties that the rules keep. Returns a warning for
/// each property, and each way to a schema, that the document lacks.
///
/// A schema is found from the operation, not by its name, so that a release may rename it. What a schema refers to in an `allOf`
/// is not cut: others may extend it too.
pub(crate) fn properties(root: &mut Value, api: &Api) -> Vec<Warning> {
    let mut warnings = Vec::new();
    let mut wanted: BTreeMap<String, BTreeSet<&str>> = BTreeMap::new();
    for located in document::operations(root) {
        let rules = located.id.and_then(|id| api.operations.get(id));
        for (way, names) in rules.into_iter().flat_map(|rules| &rules.keep) {
            let Some(place) = schema(root, &located.pointer, way) else {
                let message = format!("its response has no objects in {way:?}: nothing of them is left out");
                warnings.push(Warning::new(&located.pointer, message));
                continue;
            };
            let there = root.pointer(&place).map(names_of).unwrap_or_default();
            for name in names.iter().filter(|name| !there.contains(name.as_str())) {
                let message = format!("there is no property {name:?}, of which the SDK makes use");
                warnings.push(Warning::new(&place, message));
            }
            wanted
                .entry(place)
                .or_default()
                .extend(names.iter().map(String::as_str));
        }
    }
    for (place, names) in wanted {
        if let Some(schema) = root.pointer_mut(&place) {
            cut(schema, &names);
        }
    }
    warnings
}

/// The place of the schema of the objects under these properties, `a/b`, of an operation's response.
fn schema(root: &Value, operation: &str, way: &str) -> Option<String> {
    let responses = resolved(root, pointer::child(operation, "responses"))?;
    let is_success = |status: &&String| status.starts_with('2');
    let statuses = root.pointer(&responses)?.as_object()?;
    let status = statuses.keys().find(is_success).map_or("default", String::as_str);
    let content = pointer::child(&resolved(root, pointer::child(&responses, status))?, "content");
    let media = root.pointer(&content)?.as_object()?.keys().next()?;
    let mut place = objects(root, format!("{}/schema", pointer::child(&content, media)))?;
    for step in way.split('/') {
        let mut parts = vec![place.clone()];
        let all = root.pointer(&format!("{place}/allOf")).and_then(Value::as_array);
        for index in 0..all.map_or(0, Vec::len) {
            parts.extend(resolved(root, format!("{place}/allOf/{index}")));
        }
        let properties = parts.iter().map(|part| format!("{part}/properties"));
        let mut found = properties.map(|properties| pointer::child(&properties, step));
        let next = found.find(|property| root.pointer(property).is_some())?;
        place = objects(root, next)?;
    }
    Some(place)
}

/// The place that a place's references lead to.
fn resolved(root: &Value, mut place: String) -> Option<String> {
    for _ in 0..HOPS {
        match root.pointer(&place)?.get("$ref").and_then(Value::as_str) {
            Some(reference) => place = pointer::of_reference(reference)?.into_owned(),
            None => return Some(place),
        }
    }
    None
}

/// The same, through lists, maps and a reference that stands alone in an `allOf`, to the schema of an object.
fn objects(root: &Value, mut place: String) -> Option<String> {
    for _ in 0..HOPS {
        place = resolved(root, place)?;
        let schema = root.pointer(&place)?;
        let all = schema.get("allOf").and_then(Value::as_array);
        if schema.get("items").is_some_and(Value::is_object) {
            place.push_str("/items");
        } else if schema.get("properties").is_none() && all.is_some_and(|all| all.len() == 1) {
            place.push_str("/allOf/0");
        } else if schema.get("properties").is_none() && schema.get("additionalProperties").is_some_and(Value::is_object)
        {
            place.push_str("/additionalProperties");
        } else {
            return (schema.get("properties").is_some() || all.is_some()).then_some(place);
        }
    }
    None
}

/// A schema and the parts of its `allOf` that stand in it.
fn parts(schema: &Value) -> impl Iterator<Item = &Value> {
    let all = schema.get("allOf").and_then(Value::as_array);
    std::iter::once(schema).chain(all.into_iter().flatten())
}

fn names_of(schema: &Value) -> BTreeSet<&str> {
    let properties = parts(schema).filter_map(|part| part.get("properties")?.as_object());
    properties
        .flat_map(|properties| properties.keys().map(String::as_str))
        .collect()
}

fn cut(schema: &mut Value, names: &BTreeSet<&str>) {
    if let Some(properties) = schema.get_mut("properties").and_then(Value::as_object_mut) {
        properties.retain(|name, _| names.contains(name.as_str()));
    }
    if let Some(required) = schema.get_mut("required").and_then(Value::as_array_mut) {
        required.retain(|name| name.as_str().is_some_and(|name| names.contains(name)));
        if required.is_empty()
            && let Some(schema) = schema.as_object_mut()
        {
            schema.remove("required");
        }
    }
    let all = schema.get_mut("allOf").and_then(Value::as_array_mut);
    all.into_iter().flatten().for_each(|part| cut(part, names));
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::properties;
    use crate::api::Api;

    fn api(keep: &str) -> Api {
        let text = format!("[operations]\nlist = {{ read = true, keep = {keep} }}");
        Api::parse("api.toml".as_ref(), &text).unwrap_or_default()
    }

    fn document(schemas: &Value) -> Value {
        let reference = |name: &str| json!({ "$ref": format!("#/components/{name}") });
        json!({
            "paths": { "/list": { "post": { "operationId": "list", "responses": { "200": reference("responses/Listed") } } } },
            "components": {
                "responses": { "Listed": { "content": { "application/json": { "schema": reference("schemas/Listed") } } } },
                "schemas": schemas,
            },
        })
    }

    fn left(root: &Value, place: &str) -> Vec<String> {
        let properties = root.pointer(place).and_then(Value::as_object);
        properties.into_iter().flat_map(|map| map.keys().cloned()).collect()
    }

    #[test]
    fn a_list_of_a_response_is_cut_whatever_its_schema_is_called() {
        for name in ["Camera", "CameraV9"] {
            let reference = json!({ "$ref": format!("#/components/schemas/{name}") });
            let mut root = document(&json!({
                "Listed": { "properties": { "error": {}, "cameras": { "type": "array", "items": { "allOf": [reference] } } } },
                name: { "properties": { "uuid": {}, "name": {}, "ssid": {} }, "required": ["ssid", "name"] },
            }));
            assert_eq!(properties(&mut root, &api("{ cameras = [\"uuid\", \"name\"] }")), []);
            let schema = format!("/components/schemas/{name}");
            assert_eq!(left(&root, &format!("{schema}/properties")), ["name", "uuid"]);
            assert_eq!(root.pointer(&format!("{schema}/required")), Some(&json!(["name"])));
            assert_eq!(
                left(&root, "/components/schemas/Listed/properties"),
                ["cameras", "error"]
            );
        }
    }

    #[test]
    fn ways_lead_through_maps_and_parts_and_what_is_shared_is_kept() {
        let mut root = document(&json!({
            "Listed": { "allOf": [{ "$ref": "#/components/schemas/Base" }, { "properties": { "by": {
                "type": "object",
                "additionalProperties": { "properties": { "door": { "allOf": [
                    { "$ref": "#/components/schemas/Base" },
                    { "properties": { "id": {}, "colour": {} }, "required": ["colour"] },
                ] } } },
            } } }] },
            "Base": { "properties": { "kind": {} } },
        }));
        assert_eq!(properties(&mut root, &api("{ \"by/door\" = [\"id\"] }")), []);
        let door = "/components/schemas/Listed/allOf/1/properties/by/additionalProperties/properties/door/allOf";
        assert_eq!(left(&root, &format!("{door}/1/properties")), ["id"]);
        assert_eq!(root.pointer(&format!("{door}/1/required")), None);
        assert_eq!(left(&root, "/components/schemas/Base/properties"), ["kind"]);
    }

    #[test]
    fn what_a_release_lacks_is_said_and_stops_nothing() {
        let whole = document(&json!({
            "Listed": { "properties": { "cameras": { "items": { "properties": { "uuid": {}, "ssid": {} } } } } },
        }));
        for (keep, said, is_cut) in [
            (
                "{ cameras = [\"uuid\", \"name\"] }",
                "#/components/schemas/Listed/properties/cameras/items: there is no property \"name\", of which the SDK makes use",
                true,
            ),
            (
                "{ cameraStates = [\"uuid\"] }",
                "#/paths/~1list/post: its response has no objects in \"cameraStates\": nothing of them is left out",
                false,
            ),
        ] {
            let mut root = whole.clone();
            let warnings = properties(&mut root, &api(keep));
            assert_eq!(warnings.iter().map(ToString::to_string).collect::<Vec<_>>(), [said]);
            assert_eq!(root != whole, is_cut);
        }
    }

    #[test]
    fn circles_of_references_end() {
        let mut root = document(&json!({ "Listed": { "$ref": "#/components/schemas/Listed" } }));
        assert_eq!(properties(&mut root, &api("{ a = [\"b\"] }")).len(), 1);
    }
}
