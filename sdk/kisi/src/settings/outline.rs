use std::collections::BTreeMap;

use rhombus_kisi_runtime::{Field, Map, Object};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde::ser::SerializeMap;
use serde_json::Error;

use crate::compare::{Differences, Json, Merge};

/// An object of the settings that can be compared and merged without turning all of it into JSON first.
///
/// The large maps are walked in their typed form, and only entries that differ become JSON. Everything else is
/// found through [`Object`], so that a field that is added to the type takes part without a line here.
pub(crate) trait Compare: Object + Clone + DeserializeOwned + PartialEq {
    /// The wire names of the maps that [`compare_maps`](Self::compare_maps) walks.
    const MAPS: &'static [&'static str];

    /// Walks the maps named in [`MAPS`](Self::MAPS).
    fn compare_maps(before: &Self, after: &Self, into: &mut Differences);

    /// Merges the maps named in [`MAPS`](Self::MAPS), out of `theirs` into `merged`.
    fn merge_maps(base: &Self, ours: &Self, theirs: &mut Self, merged: &mut Self, merge: &mut Merge);
}

/// Finds the differences of two objects.
pub(crate) fn compare<T: Compare>(before: &T, after: &T, into: &mut Differences) {
    into.compare_objects(outline(before, T::MAPS), outline(after, T::MAPS));
    T::compare_maps(before, after, into);
}

/// Puts the changes from `base` to `ours` into `theirs`.
pub(crate) fn merge<T: Compare>(base: &T, ours: &T, mut theirs: T, merge: &mut Merge) -> T {
    let outlines = [base, ours, &theirs].map(|object| outline(object, T::MAPS));
    let [before, after, now] = outlines;
    let outline = Json::Object(merge.objects(before, after, now));
    let mut merged = merge.typed(outline.decode());
    T::merge_maps(base, ours, &mut theirs, &mut merged, merge);
    merged
}

type Entries<T> = Field<Map<T>>;
type Properties = BTreeMap<Box<str>, Json>;

/// Walks two maps whose entries become JSON where they differ.
pub(crate) fn compare_map<T: PartialEq + Serialize>(
    name: &str,
    before: &Entries<T>,
    after: &Entries<T>,
    into: &mut Differences,
) {
    walk(name, before, after, into, |before, after, into| {
        into.compare(before.map(Json::of), after.map(Json::of));
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
        (before, after) => into.compare(before.map(Json::of), after.map(Json::of)),
    });
}

fn walk<T: PartialEq + Serialize>(
    name: &str,
    before: &Entries<T>,
    after: &Entries<T>,
    into: &mut Differences,
    mut differ: impl FnMut(Option<&Option<T>>, Option<&Option<T>>, &mut Differences),
) {
    into.within(name, |into| {
        let nothing = Map::new();
        let (before, after) = match (before, after) {
            (Field::Value(before), Field::Value(after)) => (before, after),
            // Entry by entry here too, so that doors and places go by their names.
            (Field::Absent | Field::Null, Field::Value(after)) if !after.is_empty() => (&nothing, after),
            (before, after) => return into.compare(field_to_json(before), field_to_json(after)),
        };
        for_each_difference(before, after, |key, before, after| {
            into.within(key, |into| differ(before, after, into));
        });
    });
}

/// Steps through two sorted maps side by side, to the entries that differ.
fn for_each_difference<T: PartialEq>(
    before: &Map<T>,
    after: &Map<T>,
    mut differ: impl FnMut(&str, Option<&Option<T>>, Option<&Option<T>>),
) {
    let (mut befores, mut afters) = (before.as_map().iter().peekable(), after.as_map().iter().peekable());
    loop {
        let order = match (befores.peek(), afters.peek()) {
            (Some((a, _)), Some((b, _))) => a.cmp(b),
            (Some(_), None) => std::cmp::Ordering::Less,
            (None, Some(_)) => std::cmp::Ordering::Greater,
            (None, None) => return,
        };
        let before = if order.is_le() { befores.next() } else { None };
        let after = if order.is_ge() { afters.next() } else { None };
        let Some((key, _)) = before.or(after) else { return };
        let (before, after) = (before.map(|(_, entry)| entry), after.map(|(_, entry)| entry));
        if before != after {
            differ(key, before, after);
        }
    }
}

/// Merges two maps whose entries become JSON where both sides differ.
pub(crate) fn merge_map<T: Clone + DeserializeOwned + PartialEq + Serialize>(
    name: &str,
    [base, ours]: [&Entries<T>; 2],
    theirs: Entries<T>,
    merge: &mut Merge,
) -> Entries<T> {
    merge_entries(name, [base, ours], theirs, merge, merge_as_json)
}

/// Merges two maps whose entries are large themselves.
pub(crate) fn merge_map_of_objects<T: Compare + Serialize>(
    name: &str,
    [base, ours]: [&Entries<T>; 2],
    theirs: Entries<T>,
    into: &mut Merge,
) -> Entries<T> {
    merge_entries(name, [base, ours], theirs, into, |base, ours, theirs, into| {
        match (base, ours, theirs) {
            (Some(Some(base)), Some(Some(ours)), Some(Some(theirs))) => Some(Some(merge(base, ours, theirs, into))),
            (base, ours, theirs) => merge_as_json(base, ours, theirs, into),
        }
    })
}

fn merge_entries<T: Clone + DeserializeOwned + PartialEq + Serialize>(
    name: &str,
    [base, ours]: [&Entries<T>; 2],
    theirs: Entries<T>,
    merge: &mut Merge,
    mut entry: impl FnMut(Option<&Option<T>>, Option<&Option<T>>, Option<Option<T>>, &mut Merge) -> Option<Option<T>>,
) -> Entries<T> {
    if ours == base {
        return theirs;
    }
    if theirs == *base {
        return ours.clone();
    }
    merge.within(name, |merge| {
        let Field::Value(ours) = ours else {
            let [base, ours, theirs] = [base, ours, &theirs].map(field_to_json);
            return json_to_field(merge.values(base, ours, theirs), merge);
        };
        let nothing = Map::new();
        let base = base.get().unwrap_or(&nothing);
        let (mut merged, empty) = match theirs {
            Field::Value(theirs) => (theirs.into_inner(), None),
            none => (BTreeMap::new(), Some(none)),
        };
        for_each_difference(base, ours, |key, base, ours| {
            let theirs = merged.remove(key);
            let entry = merge.within(key, |merge| entry(base, ours, theirs, merge));
            if let Some(entry) = entry {
                merged.insert(key.to_owned(), entry);
            }
        });
        // Where they took the map away and we have nothing to add, it stays away.
        empty
            .filter(|_| merged.is_empty())
            .unwrap_or_else(|| Field::Value(merged.into()))
    })
}

fn merge_as_json<T: Clone + DeserializeOwned + PartialEq + Serialize>(
    base: Option<&Option<T>>,
    ours: Option<&Option<T>>,
    theirs: Option<Option<T>>,
    merge: &mut Merge,
) -> Option<Option<T>> {
    if theirs.as_ref() == base {
        return ours.cloned();
    }
    let merged = merge.values(base.map(Json::of), ours.map(Json::of), theirs.as_ref().map(Json::of))?;
    Some(merge.typed(merged.decode()))
}

fn field_to_json<T: Serialize>(field: &Field<T>) -> Option<Json> {
    match field {
        Field::Absent => None,
        Field::Null => Some(Json::Null),
        Field::Value(value) => Some(Json::of(value)),
    }
}

fn json_to_field<T: Default + DeserializeOwned>(json: Option<Json>, merge: &mut Merge) -> Field<T> {
    match json {
        None => Field::Absent,
        Some(Json::Null) => Field::Null,
        Some(json) => Field::Value(merge.typed(json.decode())),
    }
}

/// An object's properties but those in `skip`.
fn outline<T: Object>(object: &T, skip: &'static [&'static str]) -> Properties {
    let mut outline = Outline {
        properties: BTreeMap::new(),
        skip,
    };
    // Writing to memory cannot fail for what the settings are made of.
    let _ = object.write(&mut outline);
    let mut properties = outline.properties;
    for (name, value) in object.extra().into_iter().flat_map(|extra| extra.iter()) {
        if T::known(&name).is_none() {
            properties.insert(name.into(), Json::parse(value.get()).unwrap_or(Json::Null));
        }
    }
    properties
}

struct Outline {
    properties: Properties,
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
        if let Json::String(name) = Json::of(key)
            && !self.skip.contains(&&*name)
        {
            self.properties.insert(name, Json::of(value));
        }
        Ok(())
    }

    fn end(self) -> Result<(), Error> {
        Ok(())
    }
}
