use serde_json::Value;

use super::parts;
use super::words::words;

/// The last words of a name that speaks of a credential.
const ENDINGS: [&[&str]; 8] = [
    &["password"],
    &["passphrase"],
    &["secret"],
    &["token"],
    &["secret", "key"],
    &["api", "key"],
    &["private", "key"],
    &["access", "key"],
];

/// Marks the strings whose names speak of a credential, in a document that no overlay has marked them in.
pub(super) fn mark(root: &mut Value) {
    parts::visit_schemas(root, &mut |_, schema| {
        let Some(properties) = schema.get_mut("properties").and_then(Value::as_object_mut) else {
            return;
        };
        for (name, property) in properties {
            if property.get("type").and_then(Value::as_str) == Some("string")
                && property.get("enum").is_none()
                && speaks_of_a_credential(name)
            {
                property["format"] = "password".into();
            }
        }
    });
}

fn speaks_of_a_credential(name: &str) -> bool {
    let words: Vec<String> = words(name).iter().map(|word| word.to_ascii_lowercase()).collect();
    ENDINGS
        .iter()
        .any(|ending| words.len() >= ending.len() && words[words.len() - ending.len()..].iter().eq(*ending))
}

#[cfg(test)]
mod tests {
    use super::speaks_of_a_credential;

    #[test]
    fn names_speak() {
        for name in [
            "password",
            "apiSecretKey",
            "rhombusToken",
            "apiKey",
            "clientSecret",
            "API_KEY",
        ] {
            assert!(speaks_of_a_credential(name), "{name}");
        }
        for name in ["key", "tokenCount", "doorName", "secretary", "keyName"] {
            assert!(!speaks_of_a_credential(name), "{name}");
        }
    }
}
