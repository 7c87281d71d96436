use std::collections::BTreeMap;
use std::collections::btree_map;
use std::fmt;
use std::slice;

use serde::de::{Deserialize, Deserializer, MapAccess, Visitor};
use serde::ser::{Serialize, Serializer};
use serde_json::{Map, Value};

/// Properties that the server sent and this release has no field for.
///
/// They are kept as they came and written back after the known ones, so that a read, an edit and a write lose
/// nothing. `Debug` shows their names only: nobody knows yet whether a new property is a secret.
///
/// ```
/// use rhombus_kisi_runtime::Extra;
///
/// let mut extra = Extra::default();
/// extra.insert("badgeAuthDisablesAlarmMonitoring".to_owned(), true.into());
/// assert_eq!(format!("{extra:?}"), r#"{"badgeAuthDisablesAlarmMonitoring": ..}"#);
/// assert_eq!(extra.get("badgeAuthDisablesAlarmMonitoring"), Some(&true.into()));
/// ```
// Every object of an answer has one, and most are empty: then it is one word. A map's first node would take 632 bytes.
#[derive(Clone, Default)]
pub struct Extra(Option<Box<Properties>>);

/// Sorted by name, in either form.
#[derive(Clone)]
enum Properties {
    Few(Vec<(String, Value)>),
    /// So that an answer of very many properties, in whatever order, is not read in quadratic time.
    Many(BTreeMap<String, Value>),
}

/// How many a list holds.
const FEW: usize = 8;

impl Extra {
    /// How many properties there are.
    pub fn len(&self) -> usize {
        match self.0.as_deref() {
            None => 0,
            Some(Properties::Few(list)) => list.len(),
            Some(Properties::Many(map)) => map.len(),
        }
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The value of a property.
    pub fn get(&self, name: &str) -> Option<&Value> {
        match self.0.as_deref()? {
            Properties::Few(list) => Some(&list[find(list, name).ok()?].1),
            Properties::Many(map) => map.get(name),
        }
    }

    /// The value of a property, to change in place.
    pub fn get_mut(&mut self, name: &str) -> Option<&mut Value> {
        match self.0.as_deref_mut()? {
            Properties::Few(list) => {
                let at = find(list, name).ok()?;
                Some(&mut list[at].1)
            }
            Properties::Many(map) => map.get_mut(name),
        }
    }

    /// Whether there is a property of this name.
    pub fn contains_key(&self, name: &str) -> bool {
        self.get(name).is_some()
    }

    /// Sets a property; answers the value that it had.
    pub fn insert(&mut self, name: String, value: Value) -> Option<Value> {
        let Some(properties) = self.0.as_deref_mut() else {
            self.0 = Some(Box::new(Properties::Few(vec![(name, value)])));
            return None;
        };
        match properties {
            Properties::Few(list) => match find(list, &name) {
                Ok(at) => return Some(std::mem::replace(&mut list[at].1, value)),
                Err(at) if list.len() < FEW => list.insert(at, (name, value)),
                Err(_) => {
                    // `collect` would sort first, and bring the code for it along.
                    let mut map = BTreeMap::new();
                    list.drain(..).chain([(name, value)]).for_each(|(name, value)| {
                        map.insert(name, value);
                    });
                    *properties = Properties::Many(map);
                }
            },
            Properties::Many(map) => return map.insert(name, value),
        }
        None
    }

    /// Takes a property out; answers its value.
    pub fn remove(&mut self, name: &str) -> Option<Value> {
        match self.0.as_deref_mut()? {
            Properties::Few(list) => find(list, name).ok().map(|at| list.remove(at).1),
            Properties::Many(map) => map.remove(name),
        }
    }

    /// The properties by name and value, sorted by name.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &Value)> {
        match self.0.as_deref() {
            None => Iter::Few([].iter()),
            Some(Properties::Few(list)) => Iter::Few(list.iter()),
            Some(Properties::Many(map)) => Iter::Many(map.iter()),
        }
    }

    /// The properties' names, sorted.
    pub fn keys(&self) -> impl Iterator<Item = &str> {
        self.iter().map(|(name, _)| name)
    }

    /// The properties, by value.
    pub fn into_inner(self) -> Map<String, Value> {
        let mut properties = Map::new();
        match self.0.map(|properties| *properties) {
            None => {}
            Some(Properties::Few(list)) => list.into_iter().for_each(|(name, value)| {
                properties.insert(name, value);
            }),
            Some(Properties::Many(map)) => map.into_iter().for_each(|(name, value)| {
                properties.insert(name, value);
            }),
        }
        properties
    }
}

fn find(list: &[(String, Value)], name: &str) -> Result<usize, usize> {
    list.binary_search_by(|(there, _)| there.as_str().cmp(name))
}

enum Iter<'a> {
    Few(slice::Iter<'a, (String, Value)>),
    Many(btree_map::Iter<'a, String, Value>),
}

impl<'a> Iterator for Iter<'a> {
    type Item = (&'a str, &'a Value);

    fn next(&mut self) -> Option<Self::Item> {
        match self {
            Self::Few(list) => list.next().map(|(name, value)| (name.as_str(), value)),
            Self::Many(map) => map.next().map(|(name, value)| (name.as_str(), value)),
        }
    }
}

impl PartialEq for Extra {
    fn eq(&self, other: &Self) -> bool {
        self.len() == other.len() && self.iter().eq(other.iter())
    }
}

impl Eq for Extra {}

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
            self.insert(name, value);
        }
    }
}

impl From<Map<String, Value>> for Extra {
    fn from(map: Map<String, Value>) -> Self {
        map.into_iter().collect()
    }
}

impl fmt::Debug for Extra {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_map()
            .entries(self.keys().map(|name| (name, format_args!(".."))))
            .finish()
    }
}

impl Serialize for Extra {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.iter())
    }
}

impl<'de> Deserialize<'de> for Extra {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct ExtraVisitor;

        impl<'de> Visitor<'de> for ExtraVisitor {
            type Value = Extra;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a JSON object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Extra, A::Error> {
                let mut extra = Extra::default();
                while let Some((name, value)) = map.next_entry()? {
                    extra.insert(name, value);
                }
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
    use serde_json::Value;

    use super::Extra;

    #[test]
    fn it_is_one_word() {
        assert_eq!(size_of::<Extra>(), size_of::<usize>());
    }

    proptest! {
        /// Each step sets a property (`Some`) or takes it out.
        #[test]
        fn it_behaves_like_a_map(steps in proptest::collection::vec((0..20_u8, proptest::option::of(any::<i32>())), 0..60)) {
            let (mut extra, mut map) = (Extra::default(), BTreeMap::new());
            for (name, value) in steps {
                let name = format!("p{name}");
                match value {
                    Some(value) => prop_assert_eq!(
                        extra.insert(name.clone(), value.into()),
                        map.insert(name, Value::from(value))
                    ),
                    None => prop_assert_eq!(extra.remove(&name), map.remove(&name)),
                }
                prop_assert_eq!(extra.len(), map.len());
                prop_assert_eq!(extra.is_empty(), map.is_empty());
            }
            let pairs = map.iter().map(|(name, value)| (name.as_str(), value));
            prop_assert!(extra.iter().eq(pairs));
            for name in map.keys() {
                prop_assert_eq!(extra.get(name), map.get(name));
                prop_assert_eq!(extra.get_mut(name).cloned(), map.get(name).cloned());
            }
            prop_assert!(!extra.contains_key("q"));

            // Whatever it went through, it equals one that is made of the same properties, and reads back the same.
            let fresh: Extra = map.clone().into_iter().collect();
            prop_assert_eq!(&fresh, &extra);
            let json = serde_json::to_string(&extra).unwrap();
            prop_assert_eq!(&json, &serde_json::to_string(&map).unwrap());
            prop_assert_eq!(&serde_json::from_str::<Extra>(&json).unwrap(), &extra);
            prop_assert_eq!(Extra::from(extra.clone().into_inner()), extra);
        }
    }
}
