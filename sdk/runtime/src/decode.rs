//! JSON to types, with errors that say where, and never quote what was there.

use http::StatusCode;

use serde_json::value::RawValue;

use crate::byte_note::{note, noted};
use crate::gate::one_line;
use crate::integers::Whole;
use crate::json_path::{Step, last_byte, line_and_column, path_to};
use crate::pattern::place_of;
use crate::{CallInfo, DecodeError, Error, Kind, Respond, Response, budget, novelty, raw};

/// How many characters of a path an error shows; a server may return names as long as the whole response.
const PATH_LENGTH: usize = 500;
/// How many characters of a content type an error shows.
const CONTENT_TYPE_LENGTH: usize = 80;

/// Decodes a JSON response. What the server chose and the error shows (names in a path, a content type) goes
/// through `mask`: it may have quoted a secret. `noted` is set to what is in it that the document of the API has not.
pub(crate) fn json<T: Respond>(
    operation: &'static str,
    response: &Response,
    mask: impl Fn(String) -> String,
    noted: &mut Noted,
) -> Result<T, Error> {
    // A response that may be without content is `null` then, for a type that takes it.
    if response.status == StatusCode::NO_CONTENT
        && response.body.is_empty()
        && let Ok(nothing) = serde_json::from_slice(b"null")
    {
        return Ok(nothing);
    }
    novelty::forget();
    budget::within(response.body.len(), || {
        serde_json::from_slice::<Whole<T>>(&response.body)
    })
    .map(|Whole(value)| {
        match novelty::count() {
            0 => {}
            count => *noted = Noted::Novel(count),
        }
        value
    })
    .map_err(|error| {
        let (error, other_type) = locate(operation, response, &error, T::kind, &mask);
        *noted = other_type.map_or(Noted::Nothing, Noted::OtherType);
        Error::Decode(Box::new(error))
    })
}

/// What was noted while a response was decoded.
#[derive(Debug, Default)]
pub(crate) enum Noted {
    /// Nothing: all of it is in the document.
    #[default]
    Nothing,
    /// The value has so many things that the document has not; a walk finds them.
    Novel(usize),
    /// A value is of another type than documented, at this place.
    OtherType(String),
}

/// The error with the path to its place, which the good case does not pay for.
#[cold]
fn locate(
    operation: &'static str,
    response: &Response,
    error: &serde_json::Error,
    kind: fn() -> Kind,
    mask: &dyn Fn(String) -> String,
) -> (DecodeError, Option<String>) {
    let message = error.to_string();
    let (last, line, column) = place(error, &message, &response.body);
    let path = path_to(&response.body, last);
    let steps = path.as_deref().unwrap_or_default();
    let inner = novelty::take_place();
    let other_type = is_of_another_type(error, &message).then(|| place_of(kind(), steps, inner.as_deref()));
    let path = path.map(|steps| pointer(&steps, mask)).unwrap_or_default();
    let error = DecodeError {
        call: CallInfo::new(operation, response.attempts),
        path: one_line(&path, PATH_LENGTH),
        line,
        column,
        // Masked before it is cut: a half of a secret would not be found any more.
        expected: one_line(&mask(expectation(error, &message)), PATH_LENGTH),
        content_type: one_line(&mask(response.content_type().to_owned()), CONTENT_TYPE_LENGTH),
        length: response.body.len(),
    };
    (error, other_type)
}

/// Whether a value is of another type than expected; it may also be that there is too much of it, or that it is no JSON.
fn is_of_another_type(error: &serde_json::Error, message: &str) -> bool {
    let message = noted(message).map_or(message, |(message, ..)| message);
    error.is_data() && !budget::is_spent(message) && !raw::is_too_deep(message)
}

/// The last byte of what the error is about, and its line and column.
fn place(error: &serde_json::Error, message: &str, text: &[u8]) -> (usize, usize, usize) {
    let last = last_byte(error, text);
    let noted = noted(message).and_then(|(_, byte, length)| Some((start_of(text, last + 1, length)? + byte, length)));
    match noted {
        None => (last, error.line(), error.column()),
        Some((last, _)) => {
            let (line, column) = line_and_column(text, last);
            (last, line, column)
        }
    }
}

/// Where the value of so many bytes begins that was read last, or last but for a bracket.
fn start_of(text: &[u8], read: usize, length: usize) -> Option<usize> {
    let trimmed = |text: &[u8]| text.trim_ascii_end().len();
    let end = trimmed(text.get(..read.min(text.len()))?);
    let ends = [Some(end), text.get(..end.checked_sub(1)?).map(trimmed)];
    ends.into_iter().flatten().find_map(|end| {
        let start = end.checked_sub(length)?;
        serde_json::from_slice::<&RawValue>(text.get(start..end)?)
            .is_ok_and(|value| value.get().len() == length)
            .then_some(start)
    })
}

/// The path in the form `$.kisiSettings.doorInfoMap["42"]`.
fn pointer(path: &[Step], mask: &dyn Fn(String) -> String) -> String {
    let mut text = "$".to_owned();
    for step in path {
        if text.len() > 4 * PATH_LENGTH {
            break;
        }
        match step {
            Step::Index(index) => text.push_str(&format!("[{index}]")),
            // Masked before it is escaped: what the server had escaped would be so twice, and not be found.
            Step::Name(name) => match one_line(&mask(name.clone()), PATH_LENGTH) {
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
fn expectation(error: &serde_json::Error, message: &str) -> String {
    let message = message.rsplit_once(" at line ").map_or(message, |(message, _)| message);
    let message = noted(message).map_or(message, |(message, ..)| message);
    // A path inside the value: the whole one is told.
    let message = message.split_once(WITHIN).map_or(message, |(message, _)| message);
    if !error.is_data() || budget::is_spent(message) {
        return message.to_owned();
    }
    match message.rsplit_once(", expected ") {
        Some((_, expected)) => format!("expected {expected}"),
        None if message.contains("expected") => message.to_owned(),
        None => "a value of another form".to_owned(),
    }
}

/// What separates what was expected and a path.
const WITHIN: &str = " at $";

/// One line on an error inside a union's variant, whose JSON is `text`.
#[cold]
pub(crate) fn describe_nested(text: &str, error: &serde_json::Error, kind: fn() -> Kind) -> String {
    let message = error.to_string();
    let (last, ..) = place(error, &message, text.as_bytes());
    let path = path_to(text.as_bytes(), last).unwrap_or_default();
    let inner = novelty::take_place();
    novelty::keep_place(place_of(kind(), &path, inner.as_deref()));
    let path = one_line(&pointer(&path, &|name| name), PATH_LENGTH);
    let path = path.strip_prefix('$').unwrap_or(&path);
    note(
        &format!("{}{WITHIN}{path}", expectation(error, &message)),
        last,
        text.len(),
    )
}

#[cfg(test)]
mod tests {
    use http::{HeaderMap, StatusCode};

    use super::{Noted, json};
    use crate::{DecodeError, Error, Extra, Field, List, Map, Response};

    #[derive(Clone, Debug, Default, PartialEq)]
    struct Door {
        id: Field<i32>,
        name: Field<String>,
        extra: Extra,
    }
    crate::object!(Door { id = "id", name = "name" } extra);

    #[derive(Clone, Debug, Default, PartialEq)]
    struct Doors {
        doors: Field<Map<List<Door>>>,
        extra: Extra,
    }
    crate::object!(Doors { doors = "doors" } extra);
    crate::respond!(Doors);

    fn fails(body: &'static str) -> DecodeError {
        let response = Response::new(StatusCode::OK, HeaderMap::new(), body);
        match json::<Doors>(
            "getDoors",
            &response,
            |text| text.replace("hunter2", "***"),
            &mut Noted::Nothing,
        ) {
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

    #[derive(Clone, Debug, PartialEq)]
    enum Thing {
        Doors(Box<Doors>),
        Pair(Box<Pair>),
        Unrecognized(Extra),
    }
    crate::tagged_union!(Thing, "type" { Doors = "DOORS", Pair = "PAIR" } Unrecognized);

    #[derive(Clone, Debug, Default, PartialEq)]
    struct Pair {
        list: Field<List<Thing>>,
        one: Field<Thing>,
        extra: Extra,
    }
    crate::object!(Pair { list = "list", one = "one" } extra);
    crate::respond!(Pair);

    fn place_of(body: &str) -> (String, usize, usize, String) {
        let response = Response::new(StatusCode::OK, HeaderMap::new(), body.to_owned());
        match json::<Pair>(
            "getPair",
            &response,
            |text| text.replace("hunter2", "***"),
            &mut Noted::Nothing,
        ) {
            Err(Error::Decode(error)) => (error.path, error.line, error.column, error.expected),
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn an_error_inside_a_union_has_its_place_in_the_whole() {
        let inner = r#"{"type":"DOORS","doors":{"hunter2":[null,{"id":"x"}]}}"#;
        let id = |text: &str| text.find(r#""x""#).unwrap() + 3;
        for (body, path) in [
            (format!(r#"{{"one":{inner}}}"#), r#"$.one.doors["***"][1].id"#),
            (format!(r#"{{"one":{inner},"z":{{}}}}"#), r#"$.one.doors["***"][1].id"#),
            (
                format!(r#"{{"list":[null,{inner}]}}"#),
                r#"$.list[1].doors["***"][1].id"#,
            ),
            (
                format!(r#"{{"list":[{inner} , 3]}}"#),
                r#"$.list[0].doors["***"][1].id"#,
            ),
            (
                format!(r#"{{"one":{{"list":[{{}},{inner}],"type":"PAIR"}}}}"#),
                r#"$.one.list[1].doors["***"][1].id"#,
            ),
        ] {
            let (found, line, column, expected) = place_of(&body);
            assert_eq!((found.as_str(), line, column), (path, 1, id(&body)), "{body}");
            assert_eq!(expected, "expected i32");
            let lines = body.replace(',', ",\n");
            let (found, line, ..) = place_of(&lines);
            assert_eq!(
                (found.as_str(), line),
                (path, lines[..id(&lines)].matches('\n').count() + 1)
            );
        }
    }

    #[test]
    fn a_union_that_is_no_object_and_unknown_json_that_is_too_deep_have_a_place() {
        for (value, at) in [("3", 1), ("\"hunter2\"", 9), ("[1, 2]", 6), ("true ", 4)] {
            let (path, _, column, expected) = place_of(&format!(r#"{{"one":{value}}}"#));
            assert_eq!((path.as_str(), column), ("$.one", 7 + at), "{value}");
            assert_eq!(expected, "expected a JSON object");
        }
        let deep = "[".repeat(1000) + &"]".repeat(1000);
        for (body, path) in [
            (format!(r#"{{"future":{deep}}}"#), "$.future"),
            (format!(r#"{{"future":{deep},"one":{{}}}}"#), "$.future"),
            (format!(r#"{{"one":{{"new":{deep}}}}}"#), "$.one.new"),
            (
                format!(r#"{{"one":{{"a":1,"new":{deep},"b":1,"type":"DOORS"}}}}"#),
                "$.one.new",
            ),
        ] {
            let (found, _, _, expected) = place_of(&body);
            assert_eq!(found, path);
            assert!(expected.contains("at most 120"), "{expected}");
        }
    }

    #[test]
    fn a_path_is_masked_and_bounded() {
        let error = fails(r#"{"doors":{"the key hunter2":3}}"#);
        assert_eq!(error.path, r#"$.doors["the key ***"]"#);
        let body = format!(r#"{{"doors":{{"{}":3}}}}"#, "x".repeat(10_000));
        assert_eq!(fails(body.leak()).path.chars().count(), super::PATH_LENGTH + 1);
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
        let value = json::<serde_json::Value>("getDoors", &response, |text| text, &mut Noted::Nothing);
        assert!(matches!(value, Ok(serde_json::Value::Null)));
        assert!(json::<Doors>("getDoors", &response, |text| text, &mut Noted::Nothing).is_err());
    }

    #[test]
    fn depth_is_bounded() {
        let deep = "[".repeat(100_000);
        let body = format!("{{\"unknown\":{deep}");
        let response = Response::new(StatusCode::OK, HeaderMap::new(), body);
        assert!(json::<Doors>("getDoors", &response, |text| text, &mut Noted::Nothing).is_err());
    }

    #[test]
    fn a_message_of_the_types_own_does_not_come_out() {
        use serde::de::Error;
        let expectation = |text: &str| super::expectation(&serde_json::Error::custom(text), text);
        assert_eq!(expectation("the value hunter2 is odd"), "a value of another form");
        assert_eq!(expectation("expected a short text"), "expected a short text");
        assert_eq!(
            expectation("invalid value: \"hunter2\", expected a uuid"),
            "expected a uuid"
        );
    }

    #[test]
    fn a_path_of_long_characters_is_as_long_as_another() {
        let name = |letter: char| letter.to_string().repeat(super::PATH_LENGTH / 2);
        let path: Vec<_> = ['\u{1f6aa}', '\u{1f511}', '\u{1f512}', '\u{1f3e2}']
            .map(|letter| super::Step::Name(name(letter)))
            .into();
        let text = super::pointer(&path, &|name| name);
        assert!(text.chars().count() > super::PATH_LENGTH, "{}", text.chars().count());
        let many = vec![super::Step::Name("x".repeat(super::PATH_LENGTH)); 1000];
        assert!(super::pointer(&many, &|name| name).len() < 6 * super::PATH_LENGTH);
    }
}
