//! The JSON Schema of a settings file with names in the place of ids.

use serde_json::{Map, Value, json};

use crate::api::ByName;

/// The schema of a file with names, from that of the settings: what the rules call otherwise is by name, and what they leave out is
/// not there.
pub(in crate::generate) fn file(name: &str, settings: &str, names: &ByName, title: &str) -> Option<String> {
    let mut root: Value = serde_json::from_str(settings).ok()?;
    root["$id"] = super::urn(name).into();
    root["title"] = title.into();
    rename(&mut root, names);
    for definition in root.get_mut("$defs")?.as_object_mut()?.values_mut() {
        rename(definition, names);
    }
    let mut own = root.get("properties")?.as_object()?.clone();
    own.remove("$schema");
    own.insert(
        "organization".to_owned(),
        json!({ "type": "string", "minLength": 1, "description": "The organisation, by its name or its id." }),
    );
    root["properties"]["organizations"] = json!({
        "type": "array",
        "minItems": 1,
        "description": "The client organisations, each with what holds for it alone.",
        "items": { "type": "object", "properties": own, "required": ["organization"], "additionalProperties": false },
    });
    super::text(&root)
}

/// Gives the properties of an object the names that they have in such a file.
fn rename(schema: &mut Value, names: &ByName) {
    let Some(properties) = schema.get_mut("properties").and_then(Value::as_object_mut) else {
        return;
    };
    let renamed =
        std::mem::take(properties)
            .into_iter()
            .filter_map(|(property, schema)| match names.called.get(&property) {
                Some(name) => Some((name.clone(), by_name(schema))),
                None if names.without.contains(&property) => None,
                None => Some((property, schema)),
            });
    *properties = renamed.collect::<Map<_, _>>();
}

/// The same with names in the place of ids: of a map's keys, of a list's items, of the value itself.
fn by_name(mut schema: Value) -> Value {
    let Some(object) = schema.as_object_mut() else {
        return schema;
    };
    let values = object.remove("patternProperties");
    if let Some(values) = values.as_ref().and_then(Value::as_object) {
        let values = values.values().next().cloned().unwrap_or(Value::Bool(true));
        object.insert("additionalProperties".to_owned(), values);
    } else if object.contains_key("items") {
        object.insert("items".to_owned(), json!({ "type": ["string", "null"] }));
    }
    object.remove("pattern");
    schema
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::file;
    use crate::api::ByName;

    #[test]
    fn what_goes_by_ids_goes_by_names() {
        let id = json!({ "type": ["string", "null"], "pattern": "^[A-Z]$" });
        let settings = json!({
            "title": "By ids",
            "properties": {
                "$schema": {},
                "enabled": { "type": "boolean" },
                "flat": {},
                "doorMap": { "patternProperties": { "^1$": { "$ref": "#/$defs/Door" } }, "additionalProperties": false },
            },
            "additionalProperties": false,
            "$defs": { "Door": { "properties": { "cameraList": { "items": id }, "site": id, "user": id } } },
        });
        let names = ByName {
            called: [("doorMap", "doors"), ("cameraList", "cameras"), ("site", "location")]
                .map(|(property, name)| (property.to_owned(), name.to_owned()))
                .into(),
            without: vec!["flat".to_owned()],
        };
        let made = file("names", &settings.to_string(), &names, "By names").unwrap_or_default();
        let made: Value = serde_json::from_str(&made).unwrap_or_default();
        let doors = json!({ "additionalProperties": { "$ref": "#/$defs/Door" } });
        assert_eq!(
            (&made["$id"], &made["title"]),
            (&json!("urn:rhombus-kisi:names"), &json!("By names"))
        );
        assert_eq!(made["properties"]["doors"], doors);
        assert_eq!(
            made["$defs"]["Door"]["properties"],
            json!({ "cameras": { "items": { "type": ["string", "null"] } }, "location": { "type": ["string", "null"] }, "user": id })
        );
        let own = &made["properties"]["organizations"]["items"];
        let keys: Vec<_> = own["properties"]
            .as_object()
            .into_iter()
            .flat_map(|map| map.keys())
            .collect();
        assert_eq!(keys, ["doors", "enabled", "organization"]);
        assert_eq!(own["required"], json!(["organization"]));
    }
}
