//! JSON and YAML into a JSON value, with nothing dropped: a duplicate key is an error.
//!
//! Every error names line and column and, since the parser's place in the tree is known all the while, a JSON
//! pointer too. Neither nesting nor YAML's aliases can make the parser overflow its stack or fill the memory.

use std::cell::RefCell;
use std::fmt;
use std::path::Path;

use serde::de::{self, Deserialize, DeserializeSeed, Deserializer, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Number, Value};

use super::pointer;
use crate::{Error, Result};

/// How deep arrays and objects may be nested.
pub const MAX_DEPTH: usize = 120;

/// How many values a YAML document may hold, and how many its aliases may bring in: some twenty times the vendor's.
const MAX_NODES: usize = 4_000_000;

/// In bytes; enough for [`MAX_DEPTH`] levels four times over.
const YAML_STACK: usize = 16 << 20;

/// What to do with a key that is there twice in one object.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub enum DuplicateKeys {
    /// Stop.
    #[default]
    Refuse,
    /// Stop, and say that `--lenient` takes the last one: for commands that have the option.
    RefuseUnlessLenient,
    /// Take the last one, as most parsers do, and say so.
    LastWins,
}

impl DuplicateKeys {
    /// What a command does that has the option `--lenient`, given or not.
    pub fn by(lenient: bool) -> Self {
        if lenient {
            Self::LastWins
        } else {
            Self::RefuseUnlessLenient
        }
    }

    /// What else can be done, for the end of a message.
    fn advice(self) -> &'static str {
        match self {
            Self::Refuse | Self::LastWins => "",
            Self::RefuseUnlessLenient => ", or take the last one with --lenient",
        }
    }
}

/// The value, and the pointers of the keys that stood there more than once.
pub(super) fn parse(file: &Path, text: &str, duplicates: DuplicateKeys) -> Result<(Value, Vec<String>)> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let read = |parser: fn(&str, &State) -> Result<Value, String>| {
        let state = State {
            path: RefCell::default(),
            repeated: RefCell::default(),
            duplicates,
        };
        match parser(text, &state) {
            Ok(value) => Ok((value, state.repeated.into_inner())),
            Err(message) => Err(Error::document(file, pointer::join(state.path.into_inner()), message)),
        }
    };
    if is_json(file, text) {
        return read(json);
    }
    // An unoptimised build of the YAML parser takes some 30 KiB of stack a level.
    std::thread::scope(|scope| {
        let thread = std::thread::Builder::new().stack_size(YAML_STACK);
        match thread.spawn_scoped(scope, || read(yaml)).map(|running| running.join()) {
            Ok(Ok(result)) => result,
            Ok(Err(_)) => Err(Error::document(
                file,
                "",
                "the YAML parser gave up on it: convert it to JSON",
            )),
            Err(error) => Err(Error::document(file, "", format!("no thread to parse it in: {error}"))),
        }
    })
}

/// By the file's extension; where it has none, by the first character, since YAML's flow style is rare.
fn is_json(file: &Path, text: &str) -> bool {
    match file.extension().and_then(|extension| extension.to_str()) {
        Some(extension) if extension.eq_ignore_ascii_case("json") => true,
        Some(extension) if extension.eq_ignore_ascii_case("yaml") || extension.eq_ignore_ascii_case("yml") => false,
        _ => text.trim_start().starts_with(['{', '[']),
    }
}

fn json(text: &str, state: &State) -> Result<Value, String> {
    let mut deserializer = serde_json::Deserializer::from_str(text);
    let value = Seed { state, depth: 0 }
        .deserialize(&mut deserializer)
        .map_err(|error| json_message(&error))?;
    deserializer.end().map_err(|error| json_message(&error))?;
    Ok(value)
}

/// With the place in front, as the YAML messages have it.
fn json_message(error: &serde_json::Error) -> String {
    let (line, column) = (error.line(), error.column());
    let text = error.to_string();
    let message = text
        .strip_suffix(&format!(" at line {line} column {column}"))
        .unwrap_or(&text);
    format!("line {line}, column {column}: {message}")
}

fn yaml(text: &str, state: &State) -> Result<Value, String> {
    let budget = serde_saphyr::budget! {
        max_depth: MAX_DEPTH,
        flow_nesting_limit: MAX_DEPTH,
        max_nodes: MAX_NODES,
        max_events: 2 * MAX_NODES,
    };
    let options = serde_saphyr::options! {
        budget: budget,
        // Seen here: the library compares keys as the numbers that they may be.
        duplicate_keys: serde_saphyr::options::DuplicateKeyPolicy::PassThrough,
        null_as_string: true,
        alias_limits: serde_saphyr::alias_limits! { max_total_replayed_events: MAX_NODES },
        strict_booleans: true,
        with_snippet: false,
    };
    serde_saphyr::with_deserializer_from_str_with_options(text, options, |deserializer| {
        Seed { state, depth: 0 }.deserialize(deserializer)
    })
    .map_err(|error| {
        let message = error.to_string();
        match error.location() {
            Some(place) => {
                let (line, column) = (place.line(), place.column());
                let suffix = format!(" at line {line}, column {column}");
                format!(
                    "line {line}, column {column}: {}",
                    message.strip_suffix(&suffix).unwrap_or(&message)
                )
            }
            None => message,
        }
    })
}

struct State {
    /// Where the parser is; after an error, where it was.
    path: RefCell<Vec<String>>,
    /// The pointers of the keys that stood more than once.
    repeated: RefCell<Vec<String>>,
    duplicates: DuplicateKeys,
}

#[derive(Clone, Copy)]
struct Seed<'s> {
    state: &'s State,
    depth: usize,
}

impl Seed<'_> {
    fn deeper<E: de::Error>(self) -> Result<Self, E> {
        let depth = self.depth + 1;
        if depth > MAX_DEPTH {
            return Err(E::custom(format_args!("nested deeper than {MAX_DEPTH} levels")));
        }
        Ok(Self { depth, ..self })
    }

    fn enter(self, token: String) {
        self.state.path.borrow_mut().push(token);
    }

    fn leave(self) {
        self.state.path.borrow_mut().pop();
    }
}

impl<'de> DeserializeSeed<'de> for Seed<'_> {
    type Value = Value;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Value, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Seed<'_> {
    type Value = Value;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a JSON value")
    }

    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_none<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_some<D: Deserializer<'de>>(self, deserializer: D) -> Result<Value, D::Error> {
        self.deserialize(deserializer)
    }

    fn visit_bool<E>(self, value: bool) -> Result<Value, E> {
        Ok(Value::Bool(value))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_u64<E>(self, value: u64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_f64<E: de::Error>(self, value: f64) -> Result<Value, E> {
        Number::from_f64(value)
            .map(Value::Number)
            .ok_or_else(|| E::custom("a number that JSON cannot write"))
    }

    fn visit_str<E>(self, value: &str) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_string<E>(self, value: String) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut access: A) -> Result<Value, A::Error> {
        let inner = self.deeper()?;
        let mut values = Vec::new();
        loop {
            self.enter(values.len().to_string());
            let next = access.next_element_seed(inner)?;
            self.leave();
            match next {
                Some(value) => values.push(value),
                None => return Ok(Value::Array(values)),
            }
        }
    }

    fn visit_map<A: MapAccess<'de>>(self, mut access: A) -> Result<Value, A::Error> {
        let inner = self.deeper()?;
        let mut object = Map::new();
        while let Some(Key(key)) = access.next_key()? {
            self.enter(key.clone());
            if object.contains_key(&key) {
                if self.state.duplicates != DuplicateKeys::LastWins {
                    return Err(de::Error::custom(format_args!(
                        "the key {key:?} is there twice in one object: remove one of the two{}",
                        self.state.duplicates.advice()
                    )));
                }
                let repeated = pointer::join(self.state.path.borrow().iter());
                self.state.repeated.borrow_mut().push(repeated);
            }
            let value = access.next_value_seed(inner)?;
            self.leave();
            object.insert(key, value);
        }
        Ok(Value::Object(object))
    }
}

/// An object's key: the text as it is written. YAML would read `200`, `1.10`, `null` and `true` as other things, and OpenAPI
/// means the text.
struct Key(String);

impl<'de> Deserialize<'de> for Key {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_str(KeyVisitor)
    }
}

struct KeyVisitor;

impl Visitor<'_> for KeyVisitor {
    type Value = Key;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a key of one text")
    }

    fn visit_str<E>(self, value: &str) -> Result<Key, E> {
        Ok(Key(value.to_owned()))
    }

    fn visit_string<E>(self, value: String) -> Result<Key, E> {
        Ok(Key(value))
    }
}
