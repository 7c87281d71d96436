//! JSON to types, with errors that say where, and never quote what was there.

use http::StatusCode;

use crate::json_path::{Step, path_of};
use crate::{CallInfo, DecodeError, Error, Respond, Response};

/// How many characters of a path an error shows; a server may answer names as long as the whole answer.
const PATH_LENGTH: usize = 500;
/// How many characters of a content type an error shows.
const CONTENT_TYPE_LENGTH: usize = 80;

/// Decodes a JSON response. What the server chose and the error shows (names in a path, a content type) goes
/// through `mask`: it may have quoted a secret.
pub(crate) fn json<T: Respond>(
    operation: &'static str,
    response: &Response,
    mask: impl Fn(String) -> String,
) -> Result<T, Error> {
    // An answer that may be without content is `null` then, for a type that takes it.
    if response.status == StatusCode::NO_CONTENT
        && response.body.is_empty()
        && let Ok(nothing) = serde_json::from_slice(b"null")
    {
        return Ok(nothing);
    }
    serde_json::from_slice(&response.body)
        .map_err(|error| Error::Decode(Box::new(locate(operation, response, &error, &mask))))
}

/// The error with the path to its place, which the good case does not pay for.
#[cold]
fn locate(
    operation: &'static str,
    response: &Response,
    error: &serde_json::Error,
    mask: &dyn Fn(String) -> String,
) -> DecodeError {
    let path = path_of(error, &response.body);
    let path = path.map(|steps| pointer(&steps, mask)).unwrap_or_default();
    // Masked before it is cut: a half of a secret would not be found any more.
    let content_type = mask(response.content_type().to_owned());
    DecodeError {
        call: CallInfo::new(operation, response.attempts),
        path: path.chars().take(PATH_LENGTH).collect(),
        line: error.line(),
        column: error.column(),
        expected: mask(expectation(error)).chars().take(PATH_LENGTH).collect(),
        content_type: content_type.chars().take(CONTENT_TYPE_LENGTH).collect(),
        length: response.body.len(),
    }
}

/// The path in the form `$.kisiSettings.doorInfoMap["42"]`.
fn pointer(path: &[Step], mask: &dyn Fn(String) -> String) -> String {
    let mut text = "$".to_owned();
    for step in path {
        match step {
            Step::Index(index) => text.push_str(&format!("[{index}]")),
            // Masked before it is escaped: what the server had escaped would be so twice, and not be found.
            Step::Name(name) => match mask(name.clone()) {
                name if is_identifier(&name) => text.push_str(&format!(".{name}")),
                name => text.push_str(&format!("[{name:?}]")),
            },
        }
    }
    text
}

fn is_identifier(key: &str) -> bool {
    key.chars()
        .all(|character| character.is_ascii_alphanumeric() || character == '_')
        && key.chars().next().is_some_and(|first| !first.is_ascii_digit())
}

/// What was expected. serde's own message also quotes what was found, and that may be a secret.
fn expectation(error: &serde_json::Error) -> String {
    let message = error.to_string();
    let message = message
        .rsplit_once(" at line ")
        .map_or(message.as_str(), |(message, _)| message);
    if !error.is_data() {
        return message.to_owned();
    }
    match message.rsplit_once(", expected ") {
        Some((_, expected)) => format!("expected {expected}"),
        None if message.contains("expected") => message.to_owned(),
        None => "a value of another form".to_owned(),
    }
}

/// One line on an error inside a union's variant, whose JSON is `text`.
pub(crate) fn describe_nested(text: &[u8], error: &serde_json::Error) -> String {
    let path = path_of(error, text).unwrap_or_default();
    let path = pointer(&path, &|name| name);
    format!("{}: {}", path.trim_start_matches(['$', '.']), expectation(error))
}

#[cfg(test)]
mod tests {
    use http::{HeaderMap, StatusCode};

    use super::json;
    use crate::{DecodeError, Error, Extra, Field, Response};

    #[derive(Clone, Debug, Default, PartialEq)]
    struct Door {
        id: Field<i32>,
        name: Field<String>,
        extra: Extra,
    }
    crate::object!(Door { id = "id", name = "name" } extra);

    #[derive(Clone, Debug, Default, PartialEq)]
    struct Doors {
        doors: Field<std::collections::BTreeMap<String, Option<Vec<Option<Door>>>>>,
        extra: Extra,
    }
    crate::object!(Doors { doors = "doors" } extra);
    crate::respond!(Doors);

    fn fails(body: &'static str) -> DecodeError {
        let response = Response::new(StatusCode::OK, HeaderMap::new(), body);
        match json::<Doors>("getDoors", &response, |text| text.replace("hunter2", "***")) {
            Err(Error::Decode(error)) => *error,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn the_path_and_the_line_are_given_and_the_value_is_not() {
        let error = fails("{\"doors\":\n{\"7\": [null, {\"id\": \"secret\"}]}}");
        assert_eq!(error.path, "$.doors[\"7\"][1].id");
        assert_eq!(error.line, 2);
        assert_eq!(error.expected, "expected i32");
        assert!(!format!("{error} {error:?}").contains("secret"));
    }

    #[test]
    fn a_path_is_masked_and_bounded() {
        let error = fails(r#"{"doors":{"the key hunter2":3}}"#);
        assert_eq!(error.path, r#"$.doors["the key ***"]"#);
        let body = format!(r#"{{"doors":{{"{}":3}}}}"#, "x".repeat(10_000));
        assert_eq!(fails(body.leak()).path.len(), super::PATH_LENGTH);
    }

    #[test]
    fn what_is_not_json_is_told_as_such() {
        assert_eq!(fails("<html>").expected, "expected value");
        assert_eq!(fails("").length, 0);
        assert!(fails("{} {}").expected.contains("trailing characters"));
    }

    #[test]
    fn no_content_is_null_where_that_is_a_value() {
        let response = Response::new(StatusCode::NO_CONTENT, HeaderMap::new(), "");
        let value = json::<serde_json::Value>("getDoors", &response, |text| text);
        assert!(matches!(value, Ok(serde_json::Value::Null)));
        assert!(json::<Doors>("getDoors", &response, |text| text).is_err());
    }

    #[test]
    fn depth_is_bounded() {
        let deep = "[".repeat(100_000);
        let body = format!("{{\"unknown\":{deep}");
        let response = Response::new(StatusCode::OK, HeaderMap::new(), body);
        assert!(json::<Doors>("getDoors", &response, |text| text).is_err());
    }
}
