/// What replaces a secret in a text that is shown.
pub const MASK: &str = "***";

/// Words that speak of a secret wherever they appear in a name, its case aside.
const PARTS: [&str; 11] = [
    "apikey",
    "bearer",
    "credential",
    "passcode",
    "passphrase",
    "passwd",
    "password",
    "privatekey",
    "secret",
    "signature",
    "token",
];
/// Words that do where they are a word of their own: they are parts of others (`monkey`, `shipping`).
const WORDS: [&str; 18] = [
    "authorization",
    "cookie",
    "csrf",
    "hmac",
    "jwt",
    "key",
    "keys",
    "nonce",
    "otp",
    "pass",
    "pin",
    "pins",
    "private",
    "psk",
    "pwd",
    "salt",
    "session",
    "totp",
];
/// What is before `key` in a word that is written as one.
const KINDS_OF_KEY: [&str; 14] = [
    "access",
    "account",
    "app",
    "auth",
    "client",
    "encryption",
    "host",
    "license",
    "master",
    "shared",
    "signing",
    "ssh",
    "user",
    "webhook",
];

/// Whether a property of this name probably holds a secret.
///
/// ```
/// use rhombus_kisi_runtime::speaks_of_a_secret;
///
/// assert!(speaks_of_a_secret("apiSecretKey") && speaks_of_a_secret("rhombusToken") && speaks_of_a_secret("door_pin"));
/// assert!(!speaks_of_a_secret("doorName") && !speaks_of_a_secret("shippingMode"));
/// ```
pub fn speaks_of_a_secret(name: &str) -> bool {
    let plain: String = name
        .chars()
        .filter(char::is_ascii_alphanumeric)
        .map(|character| character.to_ascii_lowercase())
        .collect();
    PARTS.iter().any(|part| plain.contains(part)) || words(name).any(|word| is_secret_word(&word.to_ascii_lowercase()))
}

fn is_secret_word(word: &str) -> bool {
    let kind = word.strip_suffix("keys").or_else(|| word.strip_suffix("key"));
    WORDS.contains(&word) || kind.is_some_and(|kind| KINDS_OF_KEY.contains(&kind))
}

/// The words of `camelCase`, `snake_case`, `kebab-case` and `HTTPHeader` names.
fn words(name: &str) -> impl Iterator<Item = &str> {
    let bytes = name.as_bytes();
    let mut from = 0;
    let starts = move |at: usize| {
        let (before, here) = (bytes.get(at.wrapping_sub(1)), bytes.get(at));
        let (Some(before), Some(here)) = (before, here) else {
            return true;
        };
        let next_is_lower = bytes.get(at + 1).is_some_and(u8::is_ascii_lowercase);
        before.is_ascii_alphanumeric() != here.is_ascii_alphanumeric()
            || before.is_ascii_digit() != here.is_ascii_digit()
            || (before.is_ascii_lowercase() && here.is_ascii_uppercase())
            || (before.is_ascii_uppercase() && here.is_ascii_uppercase() && next_is_lower)
    };
    std::iter::from_fn(move || {
        if from >= bytes.len() {
            return None;
        }
        let to = (from + 1..).find(|&at| starts(at)).unwrap_or(bytes.len());
        let word = name.get(from..to).unwrap_or_default();
        from = to;
        Some(word)
    })
}

#[cfg(test)]
mod tests {
    use super::{speaks_of_a_secret, words};

    #[test]
    fn names_are_split_into_words() {
        let split = |name| words(name).collect::<Vec<_>>();
        assert_eq!(split("xAuthOTPCode2"), ["x", "Auth", "OTP", "Code", "2"]);
        assert_eq!(split("door_pin-x"), ["door", "_", "pin", "-", "x"]);
        assert!(split("").is_empty());
        assert!(!split("größeÄ").is_empty());
    }

    #[test]
    fn names_speak_of_secrets() {
        for name in [
            "key",
            "apikey",
            "API_KEY",
            "apiSecretKey",
            "accesskey",
            "keyName",
            "rhombusToken",
            "refreshtokens",
            "password",
            "userPasswd",
            "pwd",
            "passphrase",
            "door_pin",
            "PIN",
            "pinCode",
            "otp",
            "totpSeed",
            "jwt",
            "sessionId",
            "cookie",
            "clientCredentials",
            "bearer",
            "hmacSha256",
            "signature",
            "x-auth-apikey",
            "Authorization",
            "private_key",
            "pass_word",
        ] {
            assert!(speaks_of_a_secret(name), "{name}");
        }
        for name in [
            "doorName",
            "alertUnauthorizedFaces",
            "badgeAuthDisablesAlarmMonitoring",
            "authError",
            "monkey",
            "keyboard",
            "shippingMode",
            "spinning",
            "author",
            "passenger",
            "placeId",
            "clipDuration",
            "enabled",
            "obsession",
            "",
        ] {
            assert!(!speaks_of_a_secret(name), "{name}");
        }
    }
}
