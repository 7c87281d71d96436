use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fmt;
use std::hash::{BuildHasher, RandomState};

use serde::de::{Deserialize, Deserializer, MapAccess, Visitor};
use serde::ser::{Serialize, SerializeMap, Serializer};
use serde_json::value::RawValue;
use serde_json::{Map, Value};

use crate::gate::{Bounded, OneLine};
use crate::growth::{make_room, push};
use crate::raw::{Append, DEPTH};
use crate::text::{Members, push_canonical, push_quoted, unquote};
use crate::{budget, novelty, secrets};

/// Properties that this release has no field for.
///
/// They are kept as the text that they came as and written back after the known ones, so that a read, an edit and a
/// write lose nothing: a number keeps all its digits, however long it is. Of several properties of one name the last
/// counts. Two are equal if they hold the same values, in any order and spelling; numbers are compared by their digits.
/// `Debug` shows their names only: it is unknown whether a new property is a secret.
///
/// Decoding them costs little, and no more memory than their text. Looking one up visits all of them.
///
/// ```
/// use rhombus_kisi_runtime::Extra;
///
/// let extra: Extra = serde_json::from_str(r#"{"badgeColour":1e400,"floors":[1, 2]}"#)?;
/// assert_eq!(format!("{extra:?}"), r#"{badgeColour: .., floors: ..}"#);
/// assert_eq!(extra.get("badgeColour").map(|value| value.get()), Some("1e400"));
/// assert_eq!(extra.value("floors"), Some(serde_json::json!([1, 2])));
/// assert_eq!(serde_json::to_string(&extra)?, r#"{"badgeColour":1e400,"floors":[1, 2]}"#);
/// # Ok::<(), serde_json::Error>(())
/// ```
// Every object of a response has one, and most are empty: then it is one word. A map's first node would take 632 bytes.
#[derive(Clone, Default)]
pub struct Extra(Option<Box<Properties>>);

/// The members of a JSON object without its braces, each with a comma behind it. No name is there twice, once all
/// is read; each is written as [`push_quoted`] writes it.
#[derive(Clone, Default)]
struct Properties {
    text: String,
    count: usize,
}

/// Up to how many properties each is compared with each, to find those that are there twice.
const FEW: usize = 8;
/// How much of the names `Debug` shows, and of one of them.
const NAMES_SHOWN: usize = 4000;
const NAME_SHOWN: usize = 200;

impl Extra {
    /// Returns how many properties there are.
    pub fn len(&self) -> usize {
        self.0.as_deref().map_or(0, |properties| properties.count)
    }

    /// Returns whether there is none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// What the properties take besides their text, in bytes.
    pub(crate) fn overhead(&self) -> usize {
        match &self.0 {
            Some(_) => size_of::<Properties>() + 2 * budget::ALLOCATION,
            None => 0,
        }
    }

    fn members(&self) -> Members<'_> {
        Members::of(self.0.as_deref().map_or("", |properties| &properties.text))
    }

    /// Returns the JSON text of a property's value.
    pub fn get(&self, name: &str) -> Option<&RawValue> {
        let quoted = quoted(name);
        let (_, value) = self.members().find(|(there, _)| *there == quoted)?;
        raw(value)
    }

    /// Returns the value of a property. A number that Rust's types cannot hold loses digits here, or is `None`:
    /// [`get`](Self::get) returns all digits.
    pub fn value(&self, name: &str) -> Option<Value> {
        serde_json::from_str(self.get(name)?.get()).ok()
    }

    /// Returns whether there is a property of this name.
    pub fn contains_key(&self, name: &str) -> bool {
        let quoted = quoted(name);
        self.members().any(|(there, _)| there == quoted)
    }

    /// Sets a property to a value's JSON text; returns what it was before.
    pub fn insert(&mut self, name: impl AsRef<str>, value: impl Into<Box<RawValue>>) -> Option<Box<RawValue>> {
        let before = self.remove(name.as_ref());
        self.append(name.as_ref(), value.into().get());
        before
    }

    /// Sets a property to a value; returns the JSON text of what it was before.
    ///
    /// ```
    /// use rhombus_kisi_runtime::Extra;
    ///
    /// let mut extra = Extra::default();
    /// extra.insert_value("floor", 3.into());
    /// assert_eq!(serde_json::to_string(&extra)?, r#"{"floor":3}"#);
    /// # Ok::<(), serde_json::Error>(())
    /// ```
    pub fn insert_value(&mut self, name: impl AsRef<str>, value: Value) -> Option<Box<RawValue>> {
        let before = self.remove(name.as_ref());
        self.append(name.as_ref(), &value.to_string());
        before
    }

    /// Removes a property; returns the JSON text of its value.
    pub fn remove(&mut self, name: &str) -> Option<Box<RawValue>> {
        let properties = self.0.as_deref_mut()?;
        let quoted = quoted(name);
        let mut members = Members::of(&properties.text);
        let mut from = 0;
        while let Some((there, value)) = members.next() {
            let to = members.position() + 1;
            if there == quoted {
                let value = raw(value).map(ToOwned::to_owned);
                properties.text.replace_range(from..to, "");
                properties.count -= 1;
                return value;
            }
            from = to;
        }
        None
    }

    /// Iterates over the properties by name and JSON text, in the order of the response.
    pub fn iter(&self) -> impl Iterator<Item = (Cow<'_, str>, &RawValue)> {
        self.members()
            .filter_map(|(name, value)| Some((unquote(name), raw(value)?)))
    }

    /// Iterates over the properties' names, in the order of the response.
    pub fn keys(&self) -> impl Iterator<Item = Cow<'_, str>> {
        self.members().map(|(name, _)| unquote(name))
    }

    /// Returns the properties, by value. Numbers that Rust's types cannot hold lose digits here.
    pub fn into_inner(self) -> Map<String, Value> {
        self.keys()
            .filter_map(|name| Some((name.to_string(), self.value(&name)?)))
            .collect()
    }

    /// Adds a property that is not there.
    fn append(&mut self, name: &str, value: &str) {
        self.begin(name);
        let text = self.value_text();
        push(text, value);
        text.push(',');
    }

    /// Begins a property that the document of the API does not have. [`end`](Self::end) has to follow as for [`begin`](Self::begin).
    // PERF: one call, so that reading a name stays as small as it is without the note.
    #[inline(never)]
    pub(crate) fn begin_unknown(&mut self, name: &str) {
        novelty::note();
        self.begin(name);
    }

    /// Begins a property, whose value then goes behind what is there. [`end`](Self::end) has to follow once all is read.
    #[inline(never)]
    pub(crate) fn begin(&mut self, name: &str) {
        let properties = self.0.get_or_insert_default();
        if properties.text.is_empty() {
            // For a value as short as most are.
            properties.text.reserve_exact(name.len() + 12);
        }
        make_room(&mut properties.text, name.len() + 4);
        push_quoted(&mut properties.text, name);
        properties.text.push(':');
        properties.count += 1;
    }

    fn value_text(&mut self) -> &mut String {
        &mut self.0.get_or_insert_default().text
    }

    /// Reads the value of the property that was begun.
    pub(crate) fn read_value<'de, A: MapAccess<'de>>(&mut self, map: &mut A) -> Result<(), A::Error> {
        let text = self.value_text();
        map.next_value_seed(Append(text))?;
        text.push(',');
        Ok(())
    }

    /// Drops all but the last of the properties that have the same name.
    pub(crate) fn end(&mut self) {
        if let Some(properties) = self.0.as_deref_mut()
            && properties.count > 1
        {
            properties.end();
        }
    }

    /// Writes the properties but those that `skip` names.
    #[inline]
    pub(crate) fn write<M: SerializeMap>(&self, map: &mut M, skip: &dyn Fn(&str) -> bool) -> Result<(), M::Error> {
        if self.0.is_none() {
            return Ok(());
        }
        self.write_members(map, skip)
    }

    fn write_members<M: SerializeMap>(&self, map: &mut M, skip: &dyn Fn(&str) -> bool) -> Result<(), M::Error> {
        for (name, value) in self.members() {
            let name = unquote(name);
            if skip(&name) {
                continue;
            }
            secrets::note_unknown(value);
            if let Some(value) = raw(value) {
                map.serialize_entry(&*name, value)?;
            }
        }
        Ok(())
    }
}

impl Properties {
    #[inline(never)]
    fn end(&mut self) {
        let twice = if self.count <= FEW {
            let names: Vec<&str> = Members::of(&self.text).map(|(name, _)| name).collect();
            names.iter().enumerate().any(|(at, name)| names[..at].contains(name))
        } else {
            // What is left over is room for as much again.
            self.text.shrink_to_fit();
            Table::of(&self.text, self.count).twice
        };
        if twice {
            self.keep_last();
        }
    }

    #[cold]
    fn keep_last(&mut self) {
        let mut table = Table::of(&self.text, self.count);
        let (mut kept, mut count) = (String::new(), 0);
        let mut members = Members::of(&self.text);
        let mut from = 0;
        while let Some((name, _)) = members.next() {
            let to = members.position() + 1;
            if table.last(&self.text, name) == Some(from) {
                let member = self.text.get(from..to).unwrap_or_default();
                make_room(&mut kept, member.len());
                kept.push_str(member);
                count += 1;
            }
            from = to;
        }
        (self.text, self.count) = (kept, count);
    }
}

/// Where each name is last. A table of offsets: a map of the standard library would take several times the text.
struct Table {
    hasher: RandomState,
    /// One more than the offset of a name, 0 for none.
    slots: Vec<u32>,
    twice: bool,
}

impl Table {
    fn of(text: &str, count: usize) -> Self {
        let mut table = Self {
            hasher: RandomState::new(),
            slots: vec![0; (count + count / 2).next_power_of_two()],
            twice: false,
        };
        let mut members = Members::of(text);
        let mut from = 0;
        while let Some((name, _)) = members.next() {
            let slot = table.slot(text, name);
            if let Some(slot) = table.slots.get_mut(slot) {
                table.twice |= *slot != 0;
                // More than 4 GiB of unknown properties in one object are an error long before.
                *slot = u32::try_from(from + 1).unwrap_or(u32::MAX);
            }
            from = members.position() + 1;
        }
        table
    }

    /// The slot of a name, or the empty one where it would be. Some are always empty.
    fn slot(&self, text: &str, name: &str) -> usize {
        let mask = self.slots.len() - 1;
        let mut slot = self.hasher.hash_one(name) as usize & mask;
        loop {
            match self.slots.get(slot) {
                Some(0) | None => return slot,
                Some(&there) if text.get(there as usize - 1..).is_some_and(|text| is_member(text, name)) => {
                    return slot;
                }
                Some(_) => slot = (slot + 1) & mask,
            }
        }
    }

    fn last(&mut self, text: &str, name: &str) -> Option<usize> {
        let there = self.slots.get(self.slot(text, name))?;
        (*there as usize).checked_sub(1)
    }
}

fn is_member(text: &str, name: &str) -> bool {
    text.strip_prefix(name).is_some_and(|rest| rest.starts_with(':'))
}

fn quoted(name: &str) -> String {
    let mut quoted = String::with_capacity(name.len() + 2);
    push_quoted(&mut quoted, name);
    quoted
}

/// A value that is known to be JSON.
fn raw(value: &str) -> Option<&RawValue> {
    serde_json::from_str(value).ok()
}

impl PartialEq for Extra {
    fn eq(&self, other: &Self) -> bool {
        match (self.0.as_deref(), other.0.as_deref()) {
            (Some(a), Some(b)) if a.count == b.count => a.text == b.text || canonical(&a.text) == canonical(&b.text),
            _ => self.len() == other.len(),
        }
    }
}

impl Eq for Extra {}

/// The properties by name, each value in the one form of all its spellings.
#[cold]
fn canonical(text: &str) -> BTreeMap<&str, String> {
    Members::of(text)
        .map(|(name, value)| {
            let mut form = String::new();
            push_canonical(&mut form, value, DEPTH + 8);
            (name, form)
        })
        .collect()
}

impl FromIterator<(String, Value)> for Extra {
    fn from_iter<I: IntoIterator<Item = (String, Value)>>(properties: I) -> Self {
        let mut extra = Self::default();
        extra.extend(properties);
        extra
    }
}

impl Extend<(String, Value)> for Extra {
    fn extend<I: IntoIterator<Item = (String, Value)>>(&mut self, properties: I) {
        for (name, value) in properties {
            self.append(&name, &value.to_string());
        }
        self.end();
    }
}

impl From<Map<String, Value>> for Extra {
    fn from(map: Map<String, Value>) -> Self {
        map.into_iter().collect()
    }
}

impl fmt::Debug for Extra {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        Bounded::debug(f, NAMES_SHOWN, &Names(self))
    }
}

struct Names<'a>(&'a Extra);

impl fmt::Debug for Names<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut map = f.debug_map();
        for name in self.0.keys() {
            // Stops at the bound.
            map.entry(&format_args!("{}", OneLine(&name, NAME_SHOWN)), &format_args!(".."));
        }
        map.finish()
    }
}

impl Serialize for Extra {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        self.write(&mut map, &|_| false)?;
        map.end()
    }
}

impl<'de> Deserialize<'de> for Extra {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct ExtraVisitor;

        /// Begins a property by its name.
        struct Begin<'a>(&'a mut Extra);

        impl<'de> serde::de::DeserializeSeed<'de> for Begin<'_> {
            type Value = ();

            fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
                deserializer.deserialize_str(self)
            }
        }

        impl Visitor<'_> for Begin<'_> {
            type Value = ();

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a property name")
            }

            fn visit_str<E>(self, name: &str) -> Result<(), E> {
                self.0.begin(name);
                Ok(())
            }
        }

        impl<'de> Visitor<'de> for ExtraVisitor {
            type Value = Extra;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a JSON object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Extra, A::Error> {
                let mut extra = Extra::default();
                while map.next_key_seed(Begin(&mut extra))?.is_some() {
                    extra.read_value(&mut map)?;
                }
                extra.end();
                Ok(extra)
            }
        }

        deserializer.deserialize_map(ExtraVisitor)
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use proptest::prelude::*;
    use serde_json::{Value, json};

    use super::Extra;

    fn read(json: &str) -> Extra {
        serde_json::from_str(json).unwrap()
    }

    fn written(extra: &Extra) -> String {
        serde_json::to_string(extra).unwrap()
    }

    #[test]
    fn it_is_one_word() {
        assert_eq!(size_of::<Extra>(), size_of::<usize>());
    }

    #[test]
    fn what_came_goes_back_to_the_letter() {
        for json in [
            r#"{"a":123456789012345678901234567890}"#,
            r#"{"a":1e400,"b":-0.0,"c":1.0,"d":[1.50, 0.1e-7 , {"x" : 1E+2}]}"#,
            r#"{"b":"\ud800","a":"\u0041\/"}"#,
            "{}",
        ] {
            assert_eq!(written(&read(json)), json);
            let borrowed: Value = serde_json::from_str("{}").unwrap();
            assert_eq!(borrowed, json!({}));
            let from_reader: Extra = serde_json::from_reader(json.as_bytes()).unwrap();
            assert_eq!(written(&from_reader), json);
        }
    }

    #[test]
    fn the_last_of_several_counts_however_many_there_are() {
        let mut json = String::from("{");
        for number in 0..1000 {
            json += &format!(r#""n{}":{number},"\u0061":{number},"#, number % 500);
        }
        json += r#""z":0}"#;
        let extra = read(&json);
        assert_eq!(extra.len(), 502);
        assert_eq!(extra.get("a").unwrap().get(), "999");
        assert_eq!(extra.get("n7").unwrap().get(), "507");
        assert_eq!(extra.keys().count(), 502);
        assert_eq!(written(&read(r#"{"a":1,"b":2,"a":3}"#)), r#"{"b":2,"a":3}"#);
    }

    #[test]
    fn spelling_and_order_do_not_matter_and_digits_do() {
        let one = read(r#"{"a":{"x":1,"y":[true, "é"]},"b":1.0}"#);
        assert_eq!(one, read("{\"b\":1.0,\n \"a\": {\"y\":[true,\"\\u00e9\"],\"x\":1}}"));
        for other in [
            r#"{"a":{"x":1,"y":[true,"é"]},"b":1}"#,
            r#"{"a":{"x":1,"y":["é",true]},"b":1.0}"#,
            r#"{"a":{"x":1},"b":1.0}"#,
            r#"{"b":1.0}"#,
            "{}",
        ] {
            assert_ne!(one, read(other), "{other}");
        }
        assert_eq!(Extra::default(), read("{}"));
    }

    #[test]
    fn depth_is_bounded() {
        let nested = |depth: usize| format!(r#"{{"a":{}{}}}"#, "[".repeat(depth), "]".repeat(depth));
        let deep = nested(super::DEPTH);
        assert_eq!(written(&read(&deep)), deep);
        for depth in [super::DEPTH + 1, 1_000_000] {
            let error = serde_json::from_str::<Extra>(&nested(depth)).unwrap_err().to_string();
            assert!(error.contains("inside each other"), "{error}");
        }
        let mut value = json!(1);
        for _ in 0..super::DEPTH + 2 {
            value = json!({ "a": value });
        }
        assert!(serde_json::from_value::<Extra>(value).is_err());
    }

    #[test]
    fn other_formats_are_read_too() {
        let value = json!({"a": [1, null, "x\"", {"b": -2.5, "c": true}], "d": 18446744073709551615_u64});
        let read: Extra = serde_json::from_value(value.clone()).unwrap();
        assert_eq!(serde_json::to_value(&read).unwrap(), value);
        // No JSON text is behind this one.
        let values = |value: f64| {
            serde::de::value::MapDeserializer::<_, serde::de::value::Error>::new([("a", value)].into_iter())
        };
        let read = <Extra as serde::Deserialize>::deserialize(values(0.5)).unwrap();
        assert_eq!(written(&read), r#"{"a":0.5}"#);
        assert!(<Extra as serde::Deserialize>::deserialize(values(f64::INFINITY)).is_err());
    }

    #[test]
    fn debug_is_bounded_and_on_one_line() {
        let hostile = "\u{1b}[31m\n\u{202e}".repeat(100_000);
        let mut extra = Extra::default();
        extra.insert_value(&hostile, 1.into());
        extra.extend((0..10_000).map(|number| (format!("name{number}"), Value::Null)));
        let shown = format!("{extra:?}");
        assert!(shown.len() < 5_000, "{}", shown.len());
        assert!(!shown.contains(['\u{1b}', '\n', '\u{202e}']));
    }

    proptest! {
        #![proptest_config(crate::cases(128))]

        /// Each step sets a property (`Some`) or takes it out.
        #[test]
        fn it_behaves_like_a_map(steps in proptest::collection::vec(("[p\"\\\\]{0,2}[0-3]", proptest::option::of(any::<i32>())), 0..60)) {
            let (mut extra, mut map) = (Extra::default(), BTreeMap::new());
            for (name, value) in steps {
                let text = |value: Option<Value>| value.map(|value| value.to_string());
                match value {
                    Some(value) => prop_assert_eq!(
                        extra.insert_value(&name, value.into()).map(|value| value.to_string()),
                        text(map.insert(name, Value::from(value)))
                    ),
                    None => prop_assert_eq!(extra.remove(&name).map(|value| value.to_string()), text(map.remove(&name))),
                }
                prop_assert_eq!(extra.len(), map.len());
                prop_assert_eq!(extra.is_empty(), map.is_empty());
            }
            let pairs: BTreeMap<_, _> = extra.iter().map(|(name, value)| (name.to_string(), value.get().to_owned())).collect();
            prop_assert_eq!(pairs.len(), extra.len());
            for name in map.keys() {
                prop_assert_eq!(extra.value(name), map.get(name).cloned());
                prop_assert!(extra.contains_key(name));
            }
            prop_assert!(!extra.contains_key("q"));

            // Whatever it went through, it equals one that is made of the same properties, and reads back the same.
            let fresh: Extra = map.clone().into_iter().collect();
            prop_assert_eq!(&fresh, &extra);
            let json = serde_json::to_string(&extra).unwrap();
            prop_assert_eq!(serde_json::from_str::<Value>(&json).unwrap(), serde_json::to_value(&map).unwrap());
            prop_assert_eq!(&serde_json::from_str::<Extra>(&json).unwrap(), &extra);
            prop_assert_eq!(Extra::from(extra.clone().into_inner()), extra);
        }
    }

    #[test]
    fn what_was_there_is_returned_and_leaves_nothing_behind() {
        let raw = |json: &str| serde_json::value::RawValue::from_string(json.to_owned()).unwrap();
        let mut extra = read(r#"{"a":1,"b":2}"#);
        assert_eq!(extra.insert("b", raw("[3]")).unwrap().get(), "2");
        assert!(extra.insert("c", raw("4")).is_none());
        assert_eq!(extra.remove("a").unwrap().get(), "1");
        assert_eq!(extra.0.as_deref().unwrap().text, r#""b":[3],"c":4,"#);
        extra.remove("c");
        extra.remove("b");
        assert_eq!(extra.0.as_deref().unwrap().text, "");
    }

    #[test]
    fn debug_has_the_names_and_no_values() {
        let extra = read(r#"{"colour":"hunter2","two words":null}"#);
        assert_eq!(format!("{extra:?}"), "{colour: .., two words: ..}");
    }

    #[test]
    fn spelling_does_not_matter_at_any_depth_that_is_read() {
        let nested = |open: &str, close: &str| {
            let depth = super::DEPTH;
            format!(r#"{{"a":{}1{}}}"#, open.repeat(depth), close.repeat(depth))
        };
        assert_eq!(read(&nested("[", "]")), read(&nested("[ ", " ]")));
    }

    #[test]
    fn what_is_no_object_or_name_is_said_to_be_none() {
        use serde::Deserialize;
        use serde::de::value::{Error, MapDeserializer};
        let error = serde_json::from_str::<Extra>("3").unwrap_err().to_string();
        assert!(error.contains("expected a JSON object"), "{error}");
        let numbers = MapDeserializer::<_, Error>::new([(1, 2)].into_iter());
        let error = Extra::deserialize(numbers).unwrap_err().to_string();
        assert!(error.contains("expected a property name"), "{error}");
    }
}
