use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::words::words;
use super::{hints, parts, resolve};

/// The last words of a name that speaks of a credential.
const ENDINGS: [&[&str]; 13] = [
    &["credential"],
    &["passcode"],
    &["passphrase"],
    &["password"],
    &["secret"],
    &["token"],
    &["access", "key"],
    &["api", "key"],
    &["encryption", "key"],
    &["pin", "code"],
    &["private", "key"],
    &["secret", "key"],
    &["signing", "key"],
];

/// Last words that say how many there are, not what they are.
const HOLDERS: [&str; 4] = ["list", "map", "set", "value"];

/// Where an overlay says that a property is a secret, or none, whatever its name.
const MARK: &str = "x-secret";

/// Makes the strings whose names speak of a credential secrets, and those in lists and maps of such a name.
pub(super) fn mark(root: &mut Value) {
    let source = root.clone();
    parts::visit_schemas(root, &mut |_, schema| {
        let properties = schema.get_mut("properties").and_then(Value::as_object_mut);
        for (name, property) in properties.into_iter().flatten() {
            let is_secret = match property.as_object_mut().and_then(|object| object.remove(MARK)) {
                Some(Value::Bool(said)) => said,
                _ => speaks_of_a_credential(name),
            };
            if is_secret {
                hints::kept(property, |property| hide(&source, property));
            }
        }
    });
}

/// Takes the formats from the strings whose names speak of a credential: a secret has none of its own.
pub(super) fn drop_formats(root: &mut Value) {
    parts::visit_schemas(root, &mut |_, schema| {
        let properties = schema.get_mut("properties").and_then(Value::as_object_mut);
        let secrets = properties
            .into_iter()
            .flatten()
            .filter(|(name, _)| speaks_of_a_credential(name));
        for property in secrets.filter_map(|(_, property)| property.as_object_mut()) {
            if property.get("type").is_some_and(|name| name == "string") {
                property.remove("format");
            }
        }
    });
}

/// Makes a string a secret, and the strings in a list or a map. What else there is keeps its type.
fn hide(source: &Value, schema: &mut Value) {
    let Some(resolved) = resolved(source, schema).cloned() else {
        return;
    };
    match resolved.get("type").and_then(Value::as_str) {
        Some("string") if resolved.get("enum").is_none() => {
            let described = schema
                .get("description")
                .or_else(|| resolved.get("description"))
                .cloned();
            *schema = json!({ "type": "string", "format": "password" });
            if let Some(description) = described {
                schema["description"] = description;
            }
        }
        Some("array") => inner(source, schema, &resolved, "items"),
        Some("object") => inner(source, schema, &resolved, "additionalProperties"),
        _ => {}
    }
}

fn inner(source: &Value, schema: &mut Value, resolved: &Value, key: &str) {
    let Some(mut values) = resolved.get(key).filter(|values| values.is_object()).cloned() else {
        return;
    };
    let before = values.clone();
    hide(source, &mut values);
    if values != before {
        let mut holder = resolved.clone();
        holder[key] = values;
        if let Some(description) = schema.get("description") {
            holder["description"] = description.clone();
        }
        *schema = holder;
    }
}

/// What a schema is: past references, and an `allOf` of one part.
fn resolved<'a>(source: &'a Value, schema: &'a Value) -> Option<&'a Value> {
    let mut seen = BTreeSet::new();
    let mut schema = schema;
    loop {
        schema = resolve::only_part(schema).unwrap_or(schema);
        match parts::target(schema) {
            None => return Some(schema),
            Some(name) if seen.insert(name) => schema = source.pointer("/components/schemas")?.get(name)?,
            Some(_) => return None,
        }
    }
}

fn speaks_of_a_credential(name: &str) -> bool {
    let mut words: Vec<String> = words(name).iter().map(|word| word.to_ascii_lowercase()).collect();
    if words.len() > 1 && words.last().is_some_and(|last| HOLDERS.contains(&last.as_str())) {
        words.pop();
    }
    if let Some(last) = words.last_mut()
        && let Some(one) = last.strip_suffix('s')
        && !one.ends_with('s')
    {
        *last = one.to_owned();
    }
    ENDINGS
        .iter()
        .any(|ending| words.len() >= ending.len() && words[words.len() - ending.len()..].iter().eq(*ending))
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::speaks_of_a_credential;
    use crate::normalise::parts::reference;

    #[test]
    fn names_speak() {
        for name in [
            "password",
            "apiSecretKey",
            "rhombusToken",
            "apiKey",
            "clientSecret",
            "API_KEY",
            "locationTokenMap",
            "refreshTokens",
            "pinCode",
            "credentials",
        ] {
            assert!(speaks_of_a_credential(name), "{name}");
        }
        for name in [
            "key",
            "tokenCount",
            "doorName",
            "secretary",
            "keyName",
            "tokenValid",
            "map",
        ] {
            assert!(!speaks_of_a_credential(name), "{name}");
        }
    }

    fn format(property: Value) -> Value {
        let mut root = json!({ "paths": {}, "components": { "schemas": {
            "Text": { "type": "string" }, "Ring": reference("Ring"), "Kind": { "enum": ["A"], "type": "string" },
            "S": { "properties": { "apiToken": property } },
        } } });
        super::mark(&mut root);
        root.pointer_mut("/components/schemas/S/properties/apiToken")
            .unwrap()
            .take()
    }

    #[test]
    fn strings_are_hidden_wherever_they_are() {
        let hidden = json!({ "type": "string", "format": "password" });
        for text in [
            json!({ "type": "string" }),
            json!({ "type": "string", "format": "RUUID", "nullable": true }),
            reference("Text"),
            json!({ "allOf": [reference("Text")], "nullable": true }),
        ] {
            assert_eq!(format(text), hidden);
        }
        assert_eq!(
            format(json!({ "type": "array", "items": reference("Text") }))["items"],
            hidden
        );
        let map = json!({ "type": "object", "additionalProperties": { "type": "string" } });
        assert_eq!(format(map)["additionalProperties"], hidden);
        for other in [json!({ "type": "boolean" }), reference("Kind"), reference("Ring")] {
            assert_eq!(format(other.clone()), other);
        }
    }

    #[test]
    fn the_overlay_has_the_last_word() {
        assert_eq!(
            format(json!({ "type": "string", "x-secret": false })),
            json!({ "type": "string" })
        );
        let described = json!({ "type": "string", "x-secret": true, "description": "A." });
        assert_eq!(format(described)["format"], "password");
    }
}
