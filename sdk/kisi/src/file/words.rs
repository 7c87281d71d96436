//! Messages for those who write settings files.

use super::node::{ObjectNode, SCHEMA};

pub(super) const TEXT: &str = "text; what looks like a number, a date or `true` is text in quotes";

/// What was expected, from the words of serde. What was there instead is not said: it may be a secret.
pub(super) fn expected(message: &str) -> &'static str {
    let expected = message.rsplit_once("expected ").map_or("", |(_, expected)| expected);
    let expected = expected.split(" at line ").next().unwrap_or_default();
    match expected {
        "i32" => "expected a whole number from -2147483648 to 2147483647",
        "i64" => "expected a whole number from -9223372036854775808 to 9223372036854775807",
        "a boolean" => "expected `true` or `false`",
        "a string" | "a secret string" | "a Rhombus id (a string)" => {
            "expected text; what looks like a number, a date or `true` is text in quotes"
        }
        "f64" | "f32" => "expected a number",
        "a sequence" => "expected a list",
        "a map" | "a JSON object" => "expected a table",
        _ => "expected a value of another kind",
    }
}

/// Says that a key is not known, and which one is nearest.
///
/// Only a key that is near to a known one is quoted: any other may be a secret in the wrong line.
pub(super) fn unknown(object: &ObjectNode, key: &str) -> String {
    if key == "<<" {
        return "YAML's merge keys (`<<`) are not read: write the settings here".to_owned();
    }
    let nearest = object
        .names()
        .map(|name| (strsim::osa_distance(&fold(name), &fold(key)), name))
        .min()
        // Further away it would be a guess.
        .filter(|(distance, name)| *distance <= 1 + name.len() / 3);
    match nearest {
        Some((_, name)) => format!("unknown key `{}`; did you mean `{name}`?", key.escape_debug()),
        None => {
            let known: Vec<_> = object.names().filter(|name| *name != SCHEMA).collect();
            format!("unknown key; known here are {}", known.join(", "))
        }
    }
}

/// A key as it is compared: `door_name` is as near to `doorName` as `doorname` is.
fn fold(key: &str) -> String {
    key.chars()
        .filter(|character| !matches!(character, '_' | '-'))
        .map(|character| character.to_ascii_lowercase())
        .collect()
}
