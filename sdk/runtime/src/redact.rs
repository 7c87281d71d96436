use serde_json::Value;

use crate::Masker;

/// What stands for a secret in a text that people see.
pub const MASK: &str = "***";

/// A text of the server without the secrets of the request that it answers.
///
/// A server may quote what it was sent. So the secrets of the body (every string under a name that speaks of a
/// key, a token, a secret or a password) are masked in what it says, before that becomes part of an error.
///
/// ```
/// use rhombus_kisi_runtime::redact;
///
/// let body = br#"{"kisiSettings":{"apiSecretKey":"abc123"}}"#;
/// assert_eq!(redact(body, "bad key abc123".to_owned()), "bad key ***");
/// ```
pub fn redact(body: &[u8], text: String) -> String {
    masker_of(body, &[]).mask(text)
}

/// A masker of the secrets of a request's body, and of others.
pub fn masker_of(body: &[u8], others: &[&str]) -> Masker {
    let body = serde_json::from_slice::<Value>(body).unwrap_or_default();
    let mut secrets = Vec::new();
    collect(&body, false, &mut secrets);
    Masker::new(secrets.into_iter().chain(others.iter().copied()))
}

fn collect<'a>(value: &'a Value, secret: bool, into: &mut Vec<&'a str>) {
    match value {
        Value::String(text) if secret && !text.is_empty() => into.push(text),
        Value::Array(values) => values.iter().for_each(|value| collect(value, secret, into)),
        Value::Object(map) => map
            .iter()
            .for_each(|(name, value)| collect(value, secret || speaks_of_a_secret(name), into)),
        _ => {}
    }
}

/// Whether a property of this name holds a secret: it speaks of a key, a token, a secret or a password.
///
/// ```
/// use rhombus_kisi_runtime::speaks_of_a_secret;
///
/// assert!(speaks_of_a_secret("apiSecretKey") && speaks_of_a_secret("rhombusToken"));
/// assert!(!speaks_of_a_secret("doorName"));
/// ```
pub fn speaks_of_a_secret(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    ["key", "token", "secret", "password"]
        .iter()
        .any(|word| name.contains(word))
}

#[cfg(test)]
mod tests {
    use super::redact;

    #[test]
    fn nested_and_overlapping_secrets_go() {
        let body = br#"{"a":{"rhombusToken":"tok","list":[{"apiSecretKey":"tok-longer"}]},"name":"Lobby"}"#;
        assert_eq!(redact(body, "tok-longer tok Lobby".to_owned()), "*** *** Lobby");
    }

    #[test]
    fn a_body_that_is_not_json_changes_nothing() {
        assert_eq!(redact(b"--x", "text".to_owned()), "text");
        assert_eq!(redact(br#"{"key":""}"#, "text".to_owned()), "text");
    }
}
