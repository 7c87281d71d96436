use std::collections::{BTreeMap, btree_map};
use std::fmt;
use std::marker::PhantomData;

use serde::de::{Deserialize, Deserializer, MapAccess, Visitor};
use serde::ser::{Serialize, Serializer};

use crate::integers::Whole;
use crate::list::OrNull;
use crate::{Field, budget};

/// A map of the API, by name, whose values may be `null`.
///
/// Iterating and [`get`](Self::get) return the values that are not `null`. The `null`s are kept, and are sent back. The entries
/// are sorted by their names. Of several entries of one name in JSON, the last counts.
///
/// ```
/// use rhombus_kisi_runtime::Map;
///
/// let mut doors: Map<String> = serde_json::from_str(r#"{"7":"Yard","42":"Lobby","9":null}"#)?;
/// assert_eq!(doors.get("42").map(String::as_str), Some("Lobby"));
/// assert_eq!(doors.iter().map(|(id, _)| id).collect::<Vec<_>>(), ["42", "7"]);
/// assert!(doors.is_null("9") && doors.len() == 3);
/// doors.entry_or_default("9").push_str("Roof");
/// assert_eq!(serde_json::to_string(&doors)?, r#"{"42":"Lobby","7":"Yard","9":"Roof"}"#);
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Clone, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub struct Map<T>(BTreeMap<String, Option<T>>);

impl<T> Map<T> {
    /// Returns an empty map.
    pub const fn new() -> Self {
        Self(BTreeMap::new())
    }

    /// Returns how many entries there are, `null`s among them.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Returns whether there is no entry, not even a `null`.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Returns the value of this name, if there is one and it is not `null`.
    pub fn get(&self, key: &str) -> Option<&T> {
        self.0.get(key)?.as_ref()
    }

    /// Returns the value of this name, to change it, if there is one and it is not `null`.
    pub fn get_mut(&mut self, key: &str) -> Option<&mut T> {
        self.0.get_mut(key)?.as_mut()
    }

    /// Returns the value of this name, to change it. Where there is none, or a `null`, it is the type's default.
    pub fn entry_or_default(&mut self, key: impl Into<String>) -> &mut T
    where
        T: Default,
    {
        self.0.entry(key.into()).or_default().get_or_insert_default()
    }

    /// Sets a value; returns the value that it replaces.
    pub fn insert(&mut self, key: impl Into<String>, value: T) -> Option<T> {
        self.0.insert(key.into(), Some(value)).flatten()
    }

    /// Sets an entry to `null`; returns the value that it replaces.
    pub fn insert_null(&mut self, key: impl Into<String>) -> Option<T> {
        self.0.insert(key.into(), None).flatten()
    }

    /// Removes an entry, also a `null`; returns its value.
    pub fn remove(&mut self, key: &str) -> Option<T> {
        self.0.remove(key).flatten()
    }

    /// Returns whether there is an entry of this name, also a `null`.
    pub fn contains_key(&self, key: &str) -> bool {
        self.0.contains_key(key)
    }

    /// Returns whether there is an entry of this name that is `null`.
    pub fn is_null(&self, key: &str) -> bool {
        matches!(self.0.get(key), Some(None))
    }

    /// Iterates over the names of all entries, also of `null`s.
    pub fn keys(&self) -> impl DoubleEndedIterator<Item = &str> + ExactSizeIterator + Clone {
        self.0.keys().map(String::as_str)
    }

    /// Iterates over the values that are not `null`.
    pub fn values(&self) -> impl DoubleEndedIterator<Item = &T> + Clone {
        self.0.values().flatten()
    }

    /// Iterates over the values that are not `null`, to change them.
    pub fn values_mut(&mut self) -> impl DoubleEndedIterator<Item = &mut T> {
        self.0.values_mut().flatten()
    }

    /// Iterates over the values that are not `null`, with their names.
    pub fn iter(&self) -> Iter<'_, T> {
        Iter(self.0.iter())
    }

    /// Iterates over the values that are not `null`, to change them, with their names.
    pub fn iter_mut(&mut self) -> IterMut<'_, T> {
        IterMut(self.0.iter_mut())
    }

    /// Iterates over all entries; `None` is a `null`.
    pub fn entries(&self) -> impl DoubleEndedIterator<Item = (&str, Option<&T>)> + ExactSizeIterator + Clone {
        self.0.iter().map(|(key, value)| (key.as_str(), value.as_ref()))
    }

    /// Keeps the values that `keep` returns `true` for, and the `null`s.
    pub fn retain(&mut self, mut keep: impl FnMut(&str, &mut T) -> bool) {
        self.0
            .retain(|key, value| value.as_mut().is_none_or(|value| keep(key, value)));
    }

    /// Removes all entries, also `null`s.
    pub fn clear(&mut self) {
        self.0.clear();
    }

    /// Returns all entries; `None` is a `null`.
    pub const fn as_map(&self) -> &BTreeMap<String, Option<T>> {
        &self.0
    }

    /// Returns all entries by value; `None` is a `null`.
    pub fn into_inner(self) -> BTreeMap<String, Option<T>> {
        self.0
    }
}

/// Iterates over the values of a [`Map`] that are not `null`, with their names.
#[derive(Debug)]
pub struct Iter<'a, T>(btree_map::Iter<'a, String, Option<T>>);

impl<T> Clone for Iter<'_, T> {
    fn clone(&self) -> Self {
        Self(self.0.clone())
    }
}

impl<'a, T> Iterator for Iter<'a, T> {
    type Item = (&'a str, &'a T);

    fn next(&mut self) -> Option<Self::Item> {
        self.0.find_map(|(key, value)| Some((key.as_str(), value.as_ref()?)))
    }
}

impl<T> DoubleEndedIterator for Iter<'_, T> {
    fn next_back(&mut self) -> Option<Self::Item> {
        let mut entries = self.0.by_ref().rev();
        entries.find_map(|(key, value)| Some((key.as_str(), value.as_ref()?)))
    }
}

/// Iterates over the values of a [`Map`] that are not `null`, to change them, with their names.
#[derive(Debug)]
pub struct IterMut<'a, T>(btree_map::IterMut<'a, String, Option<T>>);

impl<'a, T> Iterator for IterMut<'a, T> {
    type Item = (&'a str, &'a mut T);

    fn next(&mut self) -> Option<Self::Item> {
        self.0.find_map(|(key, value)| Some((key.as_str(), value.as_mut()?)))
    }
}

/// Iterates over the values of a [`Map`] that are not `null`, by value, with their names.
#[derive(Debug)]
pub struct IntoIter<T>(btree_map::IntoIter<String, Option<T>>);

impl<T> Iterator for IntoIter<T> {
    type Item = (String, T);

    fn next(&mut self) -> Option<Self::Item> {
        self.0.find_map(|(key, value)| Some((key, value?)))
    }
}

impl<T> Default for Map<T> {
    fn default() -> Self {
        Self::new()
    }
}

/// The values as their own `Debug` shows them, or `null`.
impl<T: fmt::Debug> fmt::Debug for Map<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let entries = self.0.iter().map(|(key, value)| (key, OrNull(value)));
        f.debug_map().entries(entries).finish()
    }
}

impl<T> From<BTreeMap<String, T>> for Map<T> {
    fn from(entries: BTreeMap<String, T>) -> Self {
        entries.into_iter().collect()
    }
}

/// `None` is a `null`.
impl<T> From<BTreeMap<String, Option<T>>> for Map<T> {
    fn from(entries: BTreeMap<String, Option<T>>) -> Self {
        Self(entries)
    }
}

impl<K: Into<String>, T, const N: usize> From<[(K, T); N]> for Map<T> {
    fn from(entries: [(K, T); N]) -> Self {
        entries.into_iter().collect()
    }
}

/// `None` is a `null`.
impl<K: Into<String>, T, const N: usize> From<[(K, Option<T>); N]> for Map<T> {
    fn from(entries: [(K, Option<T>); N]) -> Self {
        entries.into_iter().collect()
    }
}

impl<K: Into<String>, T, const N: usize> From<[(K, T); N]> for Field<Map<T>> {
    fn from(entries: [(K, T); N]) -> Self {
        Self::Value(entries.into())
    }
}

impl<K: Into<String>, T> FromIterator<(K, T)> for Map<T> {
    fn from_iter<I: IntoIterator<Item = (K, T)>>(entries: I) -> Self {
        Self(
            entries
                .into_iter()
                .map(|(key, value)| (key.into(), Some(value)))
                .collect(),
        )
    }
}

/// `None` is a `null`.
impl<K: Into<String>, T> FromIterator<(K, Option<T>)> for Map<T> {
    fn from_iter<I: IntoIterator<Item = (K, Option<T>)>>(entries: I) -> Self {
        Self(entries.into_iter().map(|(key, value)| (key.into(), value)).collect())
    }
}

impl<K: Into<String>, T> Extend<(K, T)> for Map<T> {
    fn extend<I: IntoIterator<Item = (K, T)>>(&mut self, entries: I) {
        let entries = entries.into_iter();
        self.0.extend(entries.map(|(key, value)| (key.into(), Some(value))));
    }
}

/// `None` is a `null`.
impl<K: Into<String>, T> Extend<(K, Option<T>)> for Map<T> {
    fn extend<I: IntoIterator<Item = (K, Option<T>)>>(&mut self, entries: I) {
        self.0
            .extend(entries.into_iter().map(|(key, value)| (key.into(), value)));
    }
}

/// The values that are not `null`, with their names.
impl<T> IntoIterator for Map<T> {
    type Item = (String, T);
    type IntoIter = IntoIter<T>;

    fn into_iter(self) -> IntoIter<T> {
        IntoIter(self.0.into_iter())
    }
}

/// The values that are not `null`, with their names.
impl<'a, T> IntoIterator for &'a Map<T> {
    type Item = (&'a str, &'a T);
    type IntoIter = Iter<'a, T>;

    fn into_iter(self) -> Iter<'a, T> {
        self.iter()
    }
}

/// The values that are not `null`, to change them, with their names.
impl<'a, T> IntoIterator for &'a mut Map<T> {
    type Item = (&'a str, &'a mut T);
    type IntoIter = IterMut<'a, T>;

    fn into_iter(self) -> IterMut<'a, T> {
        self.iter_mut()
    }
}

impl<T: Serialize> Serialize for Map<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.0.serialize(serializer)
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Map<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct EntriesVisitor<T>(PhantomData<T>);

        impl<'de, T: Deserialize<'de>> Visitor<'de> for EntriesVisitor<T> {
            type Value = Map<T>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a map")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<Map<T>, A::Error> {
                let mut map = BTreeMap::new();
                while let Some((key, value)) = entries.next_entry::<String, Option<Whole<T>>>()? {
                    budget::charge(key.len() + budget::ALLOCATION)?;
                    let before = map.len();
                    map.insert(key, value.map(|Whole(value)| value));
                    if map.len() > before {
                        budget::charge(budget::entry_cost::<String, Option<T>>(map.len()))?;
                    }
                }
                Ok(Map(map))
            }
        }

        deserializer.deserialize_map(EntriesVisitor(PhantomData))
    }
}

#[cfg(feature = "schemars")]
impl<T: schemars::JsonSchema> schemars::JsonSchema for Map<T> {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        BTreeMap::<String, Option<T>>::schema_name()
    }

    fn schema_id() -> std::borrow::Cow<'static, str> {
        BTreeMap::<String, Option<T>>::schema_id()
    }

    fn inline_schema() -> bool {
        BTreeMap::<String, Option<T>>::inline_schema()
    }

    fn json_schema(generator: &mut schemars::SchemaGenerator) -> schemars::Schema {
        BTreeMap::<String, Option<T>>::json_schema(generator)
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use proptest::prelude::*;

    use super::Map;

    /// One change to a map.
    #[derive(Clone, Debug)]
    enum Step {
        Insert(String, Option<u8>),
        Remove(String),
        Default(String),
        Retain(u8),
        Extend(Vec<(String, Option<u8>)>),
    }

    fn steps() -> impl Strategy<Value = Vec<Step>> {
        let name = || "[ab\"é]{0,2}";
        let value = || proptest::option::of(0..6_u8);
        let step = prop_oneof![
            (name(), value()).prop_map(|(name, value)| Step::Insert(name, value)),
            name().prop_map(Step::Remove),
            name().prop_map(Step::Default),
            (0..6_u8).prop_map(Step::Retain),
            proptest::collection::vec((name(), value()), 0..4).prop_map(Step::Extend),
        ];
        proptest::collection::vec(step, 0..30)
    }

    proptest! {
        #![proptest_config(crate::cases(128))]

        #[test]
        fn it_behaves_like_a_map(steps in steps()) {
            let (mut map, mut plain) = (Map::new(), BTreeMap::<String, Option<u8>>::new());
            for step in steps {
                match step {
                    Step::Insert(name, Some(value)) => {
                        prop_assert_eq!(map.insert(&*name, value), plain.insert(name, Some(value)).flatten());
                    }
                    Step::Insert(name, None) => {
                        prop_assert_eq!(map.insert_null(&*name), plain.insert(name, None).flatten());
                    }
                    Step::Remove(name) => prop_assert_eq!(map.remove(&name), plain.remove(&name).flatten()),
                    Step::Default(name) => {
                        *map.entry_or_default(&*name) += 1;
                        let value = plain.entry(name).or_default();
                        *value = Some(value.unwrap_or_default() + 1);
                    }
                    Step::Retain(than) => {
                        map.retain(|_, value| *value < than);
                        plain.retain(|_, value| value.is_none_or(|value| value < than));
                    }
                    Step::Extend(entries) => {
                        map.extend(entries.clone());
                        plain.extend(entries);
                    }
                }
                prop_assert_eq!((map.len(), map.is_empty()), (plain.len(), plain.is_empty()));
            }
            prop_assert!(map.keys().eq(plain.keys()));
            prop_assert!(map.entries().eq(plain.iter().map(|(name, value)| (name.as_str(), value.as_ref()))));
            let there: Vec<_> = plain.iter().filter_map(|(name, value)| Some((name.as_str(), value.as_ref()?))).collect();
            prop_assert_eq!(&map.iter().collect::<Vec<_>>(), &there);
            prop_assert!(map.iter().rev().eq(there.iter().rev().copied()));
            prop_assert!(map.values().eq(there.iter().map(|(_, value)| *value)));
            for (name, value) in &plain {
                prop_assert!(map.contains_key(name));
                prop_assert_eq!((map.get(name), map.is_null(name)), (value.as_ref(), value.is_none()));
            }
            prop_assert!(!map.contains_key("c") && !map.is_null("c") && map.get("c").is_none());

            let json = serde_json::to_string(&plain).unwrap();
            prop_assert_eq!(&serde_json::to_string(&map).unwrap(), &json);
            prop_assert_eq!(&serde_json::from_str::<Map<u8>>(&json).unwrap(), &map);
            prop_assert_eq!(&Map::from(plain.clone()), &map);
            prop_assert_eq!(&plain.clone().into_iter().collect::<Map<u8>>(), &map);
            let owned: Vec<_> = map.clone().into_iter().collect();
            prop_assert!(owned.iter().map(|(name, value)| (name.as_str(), value)).eq(there));
            prop_assert_eq!(map.as_map(), &plain);
            prop_assert_eq!(map.clone().into_inner(), plain);
            for (_, value) in &mut map {
                *value = 9;
            }
            prop_assert!(map.values().all(|value| *value == 9));
            map.clear();
            prop_assert_eq!(map, Map::default());
        }
    }

    #[test]
    fn of_several_entries_of_one_name_the_last_counts() {
        let map: Map<u8> = serde_json::from_str(r#"{"a":1,"b":2,"a":null,"b":3}"#).unwrap();
        assert_eq!(map, Map::from([("a", None), ("b", Some(3))]));
        assert_eq!(format!("{map:?}"), r#"{"a": null, "b": 3}"#);
    }

    #[test]
    fn what_is_no_map_is_refused() {
        for json in [r#""a""#, "[]", "3", "null", r#"{"a":"b"}"#] {
            assert!(serde_json::from_str::<Map<u8>>(json).is_err(), "{json}");
        }
    }
}
