use std::collections::BTreeMap;
use std::fmt;

use rhombus_kisi_runtime::RawValue;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// How many levels are taken apart; each is looked through once more. What is nested deeper is one value.
const DEPTH: usize = 32;

/// JSON that loses nothing: a number is its text, digit for digit.
///
/// `serde_json::Value` makes a float of `123456789012345678901234567890`.
#[derive(Clone, Eq, Ord, PartialEq, PartialOrd)]
pub(crate) enum Json {
    Null,
    Bool(bool),
    /// A number, what is nested too deep to be taken apart, or what holds half a surrogate pair, as it was written.
    Verbatim(Box<str>),
    String(Box<str>),
    Array(Vec<Json>),
    Object(BTreeMap<Box<str>, Json>),
}

impl Json {
    /// A value as JSON. What the settings are made of can always be written; anything else is `null`.
    pub(crate) fn of<T: Serialize + ?Sized>(value: &T) -> Self {
        serde_json::to_string(value).map_or(Self::Null, |text| Self::of_text(&text))
    }

    /// Reads what was written as JSON.
    pub(crate) fn of_text(text: &str) -> Self {
        Self::parse(text).unwrap_or(Self::Null)
    }

    /// Reads text that is valid JSON; `None` where it is not.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        read(text).map(|value| take_apart(value, 0))
    }

    /// An object without properties.
    #[cfg(feature = "file")]
    pub(crate) fn empty() -> Self {
        Self::Object(BTreeMap::new())
    }

    /// The typed value that this is, if it is one.
    pub(crate) fn decode<T: DeserializeOwned>(&self) -> Option<T> {
        serde_json::from_slice(&self.to_text()).ok()
    }

    /// The value for those who can do without the last digit of a long number.
    pub(crate) fn to_value(&self) -> Value {
        self.decode().unwrap_or_default()
    }

    fn to_text(&self) -> Vec<u8> {
        let mut text = Vec::new();
        self.write(&mut text);
        text
    }

    fn write(&self, into: &mut Vec<u8>) {
        match self {
            Self::Null => into.extend_from_slice(b"null"),
            Self::Bool(true) => into.extend_from_slice(b"true"),
            Self::Bool(false) => into.extend_from_slice(b"false"),
            Self::Verbatim(text) => into.extend_from_slice(text.as_bytes()),
            Self::String(text) => write_string(text, into),
            Self::Array(values) => write_all(b"[]", values, into, Self::write),
            Self::Object(properties) => write_all(b"{}", properties, into, |(name, value), into| {
                write_string(name, into);
                into.push(b':');
                value.write(into);
            }),
        }
    }

    pub(crate) fn is_null(&self) -> bool {
        matches!(self, Self::Null)
    }

    /// A property of an object.
    pub(crate) fn get(&self, name: &str) -> Option<&Self> {
        match self {
            Self::Object(properties) => properties.get(name),
            _ => None,
        }
    }
}

fn write_all<T>(
    [open, close]: &[u8; 2],
    items: impl IntoIterator<Item = T>,
    into: &mut Vec<u8>,
    write: impl Fn(T, &mut Vec<u8>),
) {
    into.push(*open);
    for (index, item) in items.into_iter().enumerate() {
        if index > 0 {
            into.push(b',');
        }
        write(item, into);
    }
    into.push(*close);
}

fn write_string(text: &str, into: &mut Vec<u8>) {
    // Writing text to memory does not fail.
    let _ = serde_json::to_writer(into, text);
}

/// Shows what kind of value it is and nothing of it: it may be a secret.
impl fmt::Debug for Json {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Null => "null",
            Self::Bool(_) => "a boolean",
            Self::Verbatim(_) => "a number",
            Self::String(_) => "a string",
            Self::Array(_) => "a list",
            Self::Object(_) => "an object",
        })
    }
}

/// Takes a value apart that is nested that deep.
fn take_apart(value: &RawValue, depth: usize) -> Json {
    let text = value.get();
    let apart = match text.as_bytes().first() {
        Some(b'n') => Some(Json::Null),
        Some(b't') => Some(Json::Bool(true)),
        Some(b'f') => Some(Json::Bool(false)),
        Some(b'"') => read(text).map(Json::String),
        Some(b'[') if depth < DEPTH => {
            let values = read::<Vec<&RawValue>>(text).map(Vec::into_iter);
            values.map(|values| Json::Array(values.map(|value| take_apart(value, depth + 1)).collect()))
        }
        Some(b'{') if depth < DEPTH => {
            let properties = read::<BTreeMap<Box<str>, &RawValue>>(text).map(BTreeMap::into_iter);
            let inside = |(name, value)| (name, take_apart(value, depth + 1));
            properties.map(|properties| Json::Object(properties.map(inside).collect()))
        }
        _ => None,
    };
    apart.unwrap_or_else(|| Json::Verbatim(text.into()))
}

fn read<'a, T: Deserialize<'a>>(text: &'a str) -> Option<T> {
    serde_json::from_str(text).ok()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::Value;

    use super::{DEPTH, Json};

    fn round(text: &str) -> String {
        String::from_utf8(Json::parse(text).unwrap_or_else(|| panic!("{text}")).to_text()).unwrap()
    }

    #[test]
    fn numbers_keep_their_digits() {
        for number in ["123456789012345678901234567890", "1.0", "1e400", "-0", "0.1000", "1E+2"] {
            assert_eq!(round(number), number);
            assert_eq!(round(&format!("{{\"a\":[{number}]}}")), format!("{{\"a\":[{number}]}}"));
        }
    }

    #[test]
    fn what_is_nested_too_deep_is_one_value() {
        for depth in [DEPTH - 1, DEPTH, DEPTH + 1, 100_000] {
            let text = format!("{}\"]\\\"[\"{}", "[".repeat(depth), "]".repeat(depth));
            assert_eq!(round(&text), text, "{depth}");
        }
    }

    #[test]
    fn what_is_no_text_is_kept_as_it_is_written() {
        for json in [
            r#""\ud800""#,
            r#"{"a":["\udc00",{"\ud800":[1]}],"b":"A"}"#,
            r#"[{"\ud800":"\"{"}]"#,
        ] {
            assert_eq!(round(json), json);
        }
    }

    #[test]
    fn white_space_and_escapes_are_read() {
        assert_eq!(
            round(" { \"a\\u0041\\n\" : [ 1 , \"\\\\\" , { } , [ ] ] , \"b\" : null } "),
            r#"{"aA\n":[1,"\\",{},[]],"b":null}"#
        );
    }

    #[test]
    fn debug_shows_no_value() {
        assert_eq!(format!("{:?}", Json::parse("\"secret\"").unwrap()), "a string");
    }

    fn values() -> impl Strategy<Value = Value> {
        let leaf = prop_oneof![
            Just(Value::Null),
            any::<bool>().prop_map(Value::from),
            any::<i64>().prop_map(Value::from),
            any::<f64>().prop_map(Value::from),
            any::<String>().prop_map(Value::from),
        ];
        leaf.prop_recursive(4, 32, 4, |inner| {
            prop_oneof![
                proptest::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
                proptest::collection::btree_map(any::<String>(), inner, 0..4)
                    .prop_map(|map| map.into_iter().collect::<serde_json::Map<_, _>>().into()),
            ]
        })
    }

    proptest! {
        #[test]
        fn it_reads_what_serde_json_writes(value in values()) {
            let json = Json::of(&value);
            prop_assert_eq!(json.to_value(), value.clone());
            let pretty = Json::parse(&serde_json::to_string_pretty(&value).unwrap()).unwrap();
            prop_assert!(pretty == json);
        }

        #[test]
        fn any_text_is_read_without_panic(text in prop_oneof![any::<String>(), "[\\[\\]{}\",:\\\\a1 ]{0,40}"]) {
            let _ = Json::parse(&text);
        }
    }

    #[test]
    fn the_deepest_level_that_is_taken_apart_is_the_last() {
        for (open, close) in [("[", "]"), ("{\"a\":", "}")] {
            let text = format!("{}1{}", open.repeat(DEPTH + 1), close.repeat(DEPTH + 1));
            let parsed = Json::parse(&text).unwrap();
            let mut at = &parsed;
            for _ in 0..DEPTH {
                at = match at {
                    Json::Array(values) => &values[0],
                    object => object.get("a").unwrap(),
                };
            }
            assert!(
                matches!(at, Json::Verbatim(text) if **text == *format!("{open}1{close}")),
                "{at:?}"
            );
        }
    }
}
