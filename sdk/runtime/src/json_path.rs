//! Where in a JSON document a byte is.
//!
//! A decoding error of `serde_json` has a line and a column. The path is found from there, by walking
//! the text once. Decoding with a tracker instead would compile every type a second time.

use std::ops::Range;

use crate::text::{end_of_string, unquote};

/// A step of a path.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) enum Step {
    Name(String),
    Index(usize),
}

/// How many steps a path has at most. A server may nest as deep as the response is long.
const DEPTH: usize = 200;

/// What the walk is inside of.
enum Inside {
    Object {
        /// The name's place in the text, with its quotes.
        name: Option<Range<usize>>,
        /// Whether the colon after the name was passed.
        at_value: bool,
    },
    Array {
        index: usize,
    },
}

/// The path to the value that the error is about; `None` where the document was whole before.
#[cfg(test)]
pub(crate) fn path_of(error: &serde_json::Error, text: &[u8]) -> Option<Vec<Step>> {
    path_to(text, last_byte(error, text))
}

/// The last byte of what the error is about.
pub(crate) fn last_byte(error: &serde_json::Error, text: &[u8]) -> usize {
    let read = offset(text, error.line(), error.column());
    // An object or a list that was not expected is not read any more, all else is read to its last byte.
    let unread = error.is_data() && matches!(text.get(read), Some(b'{' | b'['));
    if unread { read } else { read.saturating_sub(1) }
}

/// The line and the column of a byte, both from 1.
pub(crate) fn line_and_column(text: &[u8], byte: usize) -> (usize, usize) {
    let before = text.get(..byte).unwrap_or(text);
    let line = before.iter().filter(|byte| **byte == b'\n').count() + 1;
    let column = before.iter().rev().take_while(|byte| **byte != b'\n').count() + 1;
    (line, column)
}

/// The path to the innermost value that this byte belongs to; `None` where the document is whole before.
pub(crate) fn path_to(text: &[u8], last: usize) -> Option<Vec<Step>> {
    let mut stack: Vec<Inside> = Vec::new();
    // How many more there are, where a path has as many steps as anybody reads.
    let mut deeper = 0_usize;
    let mut at = 0;
    let mut whole = false;
    while let Some(&byte) = text.get(at) {
        let end = match byte {
            b'"' => end_of_string(text, at),
            _ => at + 1,
        };
        let reached = last < end;
        if whole && !byte.is_ascii_whitespace() {
            return None;
        }
        match byte {
            b'{' | b'[' if reached => break,
            b'{' | b'[' if stack.len() == DEPTH => deeper += 1,
            b'}' | b']' if deeper > 0 => deeper -= 1,
            b',' if reached => break,
            _ if deeper > 0 => {}
            b'{' => stack.push(Inside::Object {
                name: None,
                at_value: false,
            }),
            b'[' => stack.push(Inside::Array { index: 0 }),
            b'}' | b']' => {
                stack.pop();
                whole = stack.is_empty();
            }
            b',' => match stack.last_mut() {
                Some(Inside::Array { index }) => *index += 1,
                Some(Inside::Object { name, at_value }) => (*name, *at_value) = (None, false),
                None => {}
            },
            b':' => {
                if let Some(Inside::Object { at_value, .. }) = stack.last_mut() {
                    *at_value = true;
                }
            }
            b'"' => {
                if let Some(Inside::Object { name, at_value: false }) = stack.last_mut() {
                    *name = Some(at..end);
                }
            }
            _ => {}
        }
        if reached {
            break;
        }
        at = end;
    }
    let steps = stack.iter().filter_map(|inside| match inside {
        Inside::Object {
            name: Some(name),
            at_value: true,
        } => Some(Step::Name(
            unquote(&String::from_utf8_lossy(&text[name.clone()])).into_owned(),
        )),
        Inside::Object { .. } => None,
        Inside::Array { index } => Some(Step::Index(*index)),
    });
    Some(steps.collect())
}

/// How many bytes were read.
fn offset(text: &[u8], line: usize, column: usize) -> usize {
    let before: usize = text
        .split_inclusive(|byte| *byte == b'\n')
        .take(line.saturating_sub(1))
        .map(<[u8]>::len)
        .sum();
    before + column
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::Value;
    use serde_path_to_error::Segment;

    use super::{Step, path_of, path_to};
    use crate::{Extra, Field, List, Map};

    #[derive(Clone, Debug, Default, PartialEq)]
    struct Node {
        number: Field<i32>,
        text: Field<String>,
        list: Field<List<Node>>,
        map: Field<Map<Node>>,
        extra: Extra,
    }
    crate::object!(Node { number = "number", text = "text", list = "list", map = "map" } extra);

    /// JSON that may or may not be a node.
    fn document() -> impl Strategy<Value = Value> {
        let leaf = prop_oneof![
            Just(Value::Null),
            any::<bool>().prop_map(Value::from),
            any::<i64>().prop_map(Value::from),
            any::<i32>().prop_map(Value::from),
            ".{0,6}".prop_map(Value::from),
        ];
        leaf.prop_recursive(5, 40, 4, |inner| {
            let name = prop_oneof![
                Just("number".to_owned()),
                Just("text".to_owned()),
                Just("list".to_owned()),
                Just("map".to_owned()),
                ".{0,4}",
            ];
            prop_oneof![
                proptest::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
                proptest::collection::btree_map(name, inner, 0..4)
                    .prop_map(|map| Value::Object(map.into_iter().collect())),
            ]
        })
    }

    /// What a tracker says.
    fn tracked(text: &str) -> Option<Vec<Step>> {
        let mut deserializer = serde_json::Deserializer::from_str(text);
        let error = serde_path_to_error::deserialize::<_, Node>(&mut deserializer).err()?;
        let steps = error.path().iter().map(|segment| match segment {
            Segment::Seq { index } => Step::Index(*index),
            Segment::Map { key } => Step::Name(key.clone()),
            other => panic!("{other}"),
        });
        Some(steps.collect())
    }

    proptest! {
        #![proptest_config(crate::cases(500))]

        #[test]
        fn it_is_where_a_tracker_is(document in document(), pretty: bool) {
            let text = if pretty { serde_json::to_string_pretty(&document) } else { serde_json::to_string(&document) };
            let text = text.unwrap();
            if let Err(error) = serde_json::from_str::<Node>(&text) {
                prop_assert_eq!(path_of(&error, text.as_bytes()), tracked(&text), "{} in {}", error, text);
            }
        }

        #[test]
        fn no_text_and_no_place_is_too_odd(text: Vec<u8>, last in 0..200_usize) {
            let _ = path_to(&text, last);
        }

        #[test]
        fn a_document_that_breaks_off_has_a_path(document in document(), share in 0.0..1.0_f64) {
            let text = document.to_string();
            let cut = (text.len() as f64 * share) as usize;
            if let Err(error) = serde_json::from_slice::<Node>(&text.as_bytes()[..cut]) {
                prop_assert!(path_of(&error, &text.as_bytes()[..cut]).is_some());
            }
        }
    }

    #[test]
    fn a_path_has_not_more_steps_than_are_read() {
        let text = format!("{{\"a\":{}1,2{},\"b\":[0,3", "[".repeat(100_000), "]".repeat(100_000));
        let at = |needle: &str| text.find(needle).unwrap();
        assert_eq!(path_to(text.as_bytes(), at("1,2")).unwrap().len(), super::DEPTH);
        assert_eq!(
            path_to(text.as_bytes(), at("3")),
            Some(vec![Step::Name("b".to_owned()), Step::Index(1)])
        );
    }

    #[test]
    fn what_comes_after_the_document_has_no_path() {
        assert_eq!(path_to(b"{} {}", 3), None);
        assert_eq!(path_to(b"{\"a\":[1,\n2]}\n]", 13), None);
        assert_eq!(path_to(b"", 0), Some(Vec::new()));
    }

    #[test]
    fn space_after_the_document_belongs_to_it_and_nothing_else_does() {
        assert_eq!(path_to(b"{} \n", 3), Some(Vec::new()));
        assert_eq!(path_to(b"{}{}", 2), None);
        assert_eq!(path_to(b"{}{}", 3), None);
        assert_eq!(path_to(b"{}x", 2), None);
    }

    #[test]
    fn brackets_beyond_the_bound_are_counted() {
        let open = "[".repeat(super::DEPTH);
        // One too many is opened and closed twice, and then the element after them is the third.
        let text = format!("{open}[0,0],{{\"x\":1}},3");
        let path = path_to(text.as_bytes(), text.len() - 1).unwrap();
        assert_eq!(path.len(), super::DEPTH);
        assert_eq!(path.last(), Some(&Step::Index(2)));
        assert_eq!(path.first(), Some(&Step::Index(0)));
    }

    #[test]
    fn a_comma_belongs_to_what_is_before_it() {
        assert_eq!(path_to(b"[1,2]", 2), Some(vec![Step::Index(0)]));
        assert_eq!(path_to(b"[1,2]", 3), Some(vec![Step::Index(1)]));
        assert_eq!(path_to(br#"{"a":1,"b":2}"#, 6), Some(vec![Step::Name("a".to_owned())]));
        let deep = "[".repeat(super::DEPTH) + "[0,0],1";
        let inside = path_to(deep.as_bytes(), super::DEPTH + 2).unwrap();
        assert_eq!(inside.last(), Some(&Step::Index(0)));
    }
}
