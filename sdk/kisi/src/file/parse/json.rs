use std::fmt;

use serde::de::{Deserialize, Deserializer, MapAccess, Visitor};
use serde_json::value::RawValue;

use super::super::fault::{Faults, Lines};
use super::super::tree::{DEPTH, Form, Key, Tree};
use super::{TOO_DEEP, number};

pub(super) fn parse(text: &str) -> Result<Tree, Faults> {
    let raw: &RawValue = serde_json::from_str(text).map_err(|error| syntax(&error, text))?;
    Source(text).tree(raw, 0)
}

/// serde_json's own words, which quote nothing of the text.
fn syntax(error: &serde_json::Error, text: &str) -> Faults {
    let message = error.to_string();
    let message = message
        .rsplit_once(" at line ")
        .map_or(&*message, |(message, _)| message);
    let message = match message {
        "expected value" | "trailing characters" | "key must be a string"
            if text.contains("//") || text.contains("/*") =>
        {
            format!("{message} (comments are not JSON)")
        }
        _ => message.to_owned(),
    };
    let at = Lines::of(text).byte(error.line(), error.column());
    Faults::one(at, format!("this is not JSON: {message}"))
}

/// The text that all parts are slices of.
struct Source<'a>(&'a str);

impl Source<'_> {
    /// Where a part of the text begins.
    fn at(&self, part: &RawValue) -> usize {
        (part.get().as_ptr() as usize).saturating_sub(self.0.as_ptr() as usize)
    }

    fn tree(&self, raw: &RawValue, depth: usize) -> Result<Tree, Faults> {
        let at = self.at(raw);
        if depth > DEPTH {
            return Err(Faults::one(at, TOO_DEEP));
        }
        let form = match raw.get().as_bytes().first() {
            Some(b'{') => {
                let entries: Entries<'_> = self.read(raw)?;
                let entries = entries.0.into_iter().map(|(key, value)| {
                    let name = self.read(key)?;
                    Ok((Key { at: self.at(key), name }, self.tree(value, depth + 1)?))
                });
                Form::Table(entries.collect::<Result<_, Faults>>()?)
            }
            Some(b'[') => {
                let items: Vec<&RawValue> = self.read(raw)?;
                let items = items.into_iter().map(|item| self.tree(item, depth + 1));
                Form::List(items.collect::<Result<_, _>>()?)
            }
            Some(b'"') => Form::Text(self.read(raw)?),
            Some(b't') => Form::Bool(true),
            Some(b'f') => Form::Bool(false),
            Some(b'n') => Form::Null,
            _ => number::decimal(raw.get()),
        };
        Ok(Tree { at, form })
    }

    fn read<'a, T: Deserialize<'a>>(&self, raw: &'a RawValue) -> Result<T, Faults> {
        serde_json::from_str(raw.get()).map_err(|_| Faults::one(self.at(raw), "this is not JSON: invalid text"))
    }
}

/// An object's properties as they are written, twice the same key included.
struct Entries<'a>(Vec<(&'a RawValue, &'a RawValue)>);

impl<'de> Deserialize<'de> for Entries<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Collect;

        impl<'de> Visitor<'de> for Collect {
            type Value = Entries<'de>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
                let mut entries = Vec::new();
                while let Some(entry) = map.next_entry()? {
                    entries.push(entry);
                }
                Ok(Entries(entries))
            }
        }

        deserializer.deserialize_map(Collect)
    }
}
