use std::collections::BTreeMap;

use rhombus_kisi_runtime::{Field, Object};
use serde::Serialize;
use serde::ser::SerializeMap;
use serde_json::{Error, Map, Value};

use crate::plan::difference::Differences;

/// An object of the settings that can be compared without turning all of it into JSON values first.
///
/// The large maps are walked in their typed form, and only entries that differ become JSON. Everything else is
/// found through [`Object`], so that a field that is added to the type takes part without a line here.
pub(crate) trait Compare: Object + PartialEq {
    /// The wire names of the maps that [`compare_maps`](Self::compare_maps) walks.
    const MAPS: &'static [&'static str];

    /// Walks the maps named in [`MAPS`](Self::MAPS).
    fn compare_maps(before: &Self, after: &Self, into: &mut Differences);
}

/// Finds the differences of two objects.
pub(crate) fn compare<T: Compare>(before: &T, after: &T, into: &mut Differences) {
    into.compare_objects(outline(before, T::MAPS), outline(after, T::MAPS));
    T::compare_maps(before, after, into);
}

type Entries<T> = Field<BTreeMap<String, Option<T>>>;

/// Walks two maps whose entries become JSON where they differ.
pub(crate) fn compare_map<T: PartialEq + Serialize>(
    name: &str,
    before: &Entries<T>,
    after: &Entries<T>,
    into: &mut Differences,
) {
    walk(name, before, after, into, |before, after, into| {
        into.compare(to_json(before), to_json(after));
    });
}

/// Walks two maps whose entries are large themselves.
pub(crate) fn compare_map_of_objects<T: Compare + Serialize>(
    name: &str,
    before: &Entries<T>,
    after: &Entries<T>,
    into: &mut Differences,
) {
    walk(name, before, after, into, |before, after, into| match (before, after) {
        (Some(Some(before)), Some(Some(after))) => compare(before, after, into),
        (before, after) => into.compare(to_json(before), to_json(after)),
    });
}

/// Steps through two sorted maps side by side.
fn walk<T: PartialEq + Serialize>(
    name: &str,
    before: &Entries<T>,
    after: &Entries<T>,
    into: &mut Differences,
    mut differ: impl FnMut(Option<&Option<T>>, Option<&Option<T>>, &mut Differences),
) {
    into.within(name, |into| {
        let nothing = BTreeMap::new();
        let (before, after) = match (before, after) {
            (Field::Value(before), Field::Value(after)) => (before, after),
            // Entry by entry here too, so that doors and places go by their names.
            (Field::Absent | Field::Null, Field::Value(after)) if !after.is_empty() => (&nothing, after),
            (before, after) => return into.compare(field_to_json(before), field_to_json(after)),
        };
        let (mut befores, mut afters) = (before.iter().peekable(), after.iter().peekable());
        loop {
            let order = match (befores.peek(), afters.peek()) {
                (Some((a, _)), Some((b, _))) => a.cmp(b),
                (Some(_), None) => std::cmp::Ordering::Less,
                (None, Some(_)) => std::cmp::Ordering::Greater,
                (None, None) => break,
            };
            let before = if order.is_le() { befores.next() } else { None };
            let after = if order.is_ge() { afters.next() } else { None };
            let Some((key, _)) = before.or(after) else { break };
            let (before, after) = (before.map(|(_, entry)| entry), after.map(|(_, entry)| entry));
            if before != after {
                into.within(key, |into| differ(before, after, into));
            }
        }
    });
}

fn to_json<T: Serialize>(value: Option<&T>) -> Option<Value> {
    value.map(json)
}

fn field_to_json<T: Serialize>(field: &Field<T>) -> Option<Value> {
    match field {
        Field::Absent => None,
        Field::Null => Some(Value::Null),
        Field::Value(value) => Some(json(value)),
    }
}

/// A value of the settings as JSON. All of them are objects with string keys, which JSON can always hold.
pub(crate) fn json<T: Serialize>(value: &T) -> Value {
    serde_json::to_value(value).unwrap_or_default()
}

/// An object's properties but those in `skip`.
fn outline<T: Object>(object: &T, skip: &'static [&'static str]) -> Map<String, Value> {
    let mut outline = Outline {
        properties: Map::new(),
        skip,
    };
    // As in `json`: writing to a value cannot fail for what the settings are made of.
    let _ = object.write(&mut outline);
    let mut properties = outline.properties;
    for (name, value) in object.extra().into_iter().flat_map(|extra| extra.iter()) {
        if T::known(&name).is_none() {
            properties.insert(name.into_owned(), serde_json::from_str(value.get()).unwrap_or_default());
        }
    }
    properties
}

struct Outline {
    properties: Map<String, Value>,
    skip: &'static [&'static str],
}

impl SerializeMap for Outline {
    type Ok = ();
    type Error = Error;

    fn serialize_key<T: Serialize + ?Sized>(&mut self, _: &T) -> Result<(), Error> {
        Err(serde::ser::Error::custom("an object is written entry by entry"))
    }

    fn serialize_value<T: Serialize + ?Sized>(&mut self, _: &T) -> Result<(), Error> {
        Err(serde::ser::Error::custom("an object is written entry by entry"))
    }

    fn serialize_entry<K: Serialize + ?Sized, V: Serialize + ?Sized>(
        &mut self,
        key: &K,
        value: &V,
    ) -> Result<(), Error> {
        if let Value::String(name) = serde_json::to_value(key)?
            && !self.skip.contains(&name.as_str())
        {
            self.properties.insert(name, serde_json::to_value(value)?);
        }
        Ok(())
    }

    fn end(self) -> Result<(), Error> {
        Ok(())
    }
}
