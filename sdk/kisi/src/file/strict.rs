//! Reads a document of any format, and refuses what the user cannot have meant. The format's parser adds the place.

use std::fmt;

use rhombus_kisi_runtime::RhombusUuid;
use serde::de::{DeserializeSeed, Deserializer, Error, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Value};

use super::node::{Node, ObjectNode, check_setting_path};

/// Reads one value that stands in a place of this kind.
#[derive(Clone, Copy)]
pub(super) struct Strict(pub(super) Node);

/// Reads one value under a key of an object, and has the object's type check it.
struct Checked<'a> {
    object: &'static ObjectNode,
    name: &'a str,
}

/// Reads a key.
struct Key;

impl<'de> DeserializeSeed<'de> for Strict {
    type Value = Value;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Value, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl Strict {
    /// Takes a plain value, where one may stand. Here and not after the visit, for here the parser knows the place.
    fn plain<E: Error>(self, value: Value) -> Result<Value, E> {
        match (self.0, &value) {
            // YAML and JSON can say that something is cleared.
            (_, Value::Null) | (Node::Value, _) | (Node::Text, Value::String(_)) => Ok(value),
            (Node::RhombusId, Value::String(text)) => match text.parse::<RhombusUuid>() {
                Ok(_) => Ok(value),
                Err(error) => Err(E::custom(error)),
            },
            (Node::SettingPath, Value::String(path)) => match check_setting_path(path) {
                Ok(()) => Ok(value),
                Err(message) => Err(E::custom(message)),
            },
            (node, _) => Err(E::custom(format!("expected {node}"))),
        }
    }
}

impl<'de> DeserializeSeed<'de> for Checked<'_> {
    type Value = Value;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Value, D::Error> {
        let node = self.object.of(self.name);
        let value = Strict(node).deserialize(deserializer)?;
        if matches!(node, Node::Value) {
            (self.object.check)(self.name, &value)
                .map_err(|message| D::Error::custom(format!("`{}`: {message}", self.name)))?;
        }
        Ok(value)
    }
}

impl<'de> DeserializeSeed<'de> for Key {
    type Value = String;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<String, D::Error> {
        deserializer.deserialize_str(self)
    }
}

impl Visitor<'_> for Key {
    type Value = String;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a key")
    }

    fn visit_str<E>(self, key: &str) -> Result<String, E> {
        Ok(key.to_owned())
    }
}

impl<'de> Visitor<'de> for Strict {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.0, f)
    }

    fn visit_bool<E: Error>(self, value: bool) -> Result<Value, E> {
        self.plain(value.into())
    }

    fn visit_i64<E: Error>(self, value: i64) -> Result<Value, E> {
        self.plain(value.into())
    }

    fn visit_u64<E: Error>(self, value: u64) -> Result<Value, E> {
        self.plain(value.into())
    }

    fn visit_f64<E: Error>(self, value: f64) -> Result<Value, E> {
        self.plain(value.into())
    }

    fn visit_str<E: Error>(self, value: &str) -> Result<Value, E> {
        self.plain(value.into())
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

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Value, A::Error> {
        let entry = match self.0 {
            Node::List(entry) => *entry,
            Node::Value => Node::Value,
            node => return Err(A::Error::custom(format!("expected {node}"))),
        };
        let mut values = Vec::new();
        while let Some(value) = list.next_element_seed(Strict(entry))? {
            values.push(value);
        }
        Ok(values.into())
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Value, A::Error> {
        let mut properties = Map::new();
        while let Some(key) = map.next_key_seed(KeyOf(self.0))? {
            if properties.contains_key(&key) {
                return Err(A::Error::custom(format!("`{key}` stands here twice")));
            }
            let value = match self.0 {
                Node::Object(object) => map.next_value_seed(Checked { object, name: &key })?,
                Node::Map(entry) => map.next_value_seed(Strict(*entry))?,
                node => return Err(A::Error::custom(format!("expected {node}"))),
            };
            properties.insert(key, value);
        }
        Ok(Value::Object(properties))
    }
}

/// Reads a key that may stand in a place of this kind. Refusing it here is what gives the error the key's place.
struct KeyOf(Node);

impl<'de> DeserializeSeed<'de> for KeyOf {
    type Value = String;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<String, D::Error> {
        let key = Key.deserialize(deserializer)?;
        match self.0 {
            Node::Object(object) if !object.knows(&key) => Err(D::Error::custom(unknown(object, &key))),
            Node::Map(_) if key.parse::<i32>().is_err() => Err(D::Error::custom(format!(
                "`{key}` is no id of a door or a place, which is a whole number"
            ))),
            _ => Ok(key),
        }
    }
}

/// Says that a key is not known, and which one is nearest.
pub(super) fn unknown(object: &ObjectNode, key: &str) -> String {
    let nearest = object
        .names()
        .map(|name| (strsim::osa_distance(&fold(name), &fold(key)), name))
        .min()
        // Further away it would be a guess.
        .filter(|(distance, name)| *distance <= 1 + name.len() / 3);
    match nearest {
        Some((_, name)) => format!("unknown key `{key}`; did you mean `{name}`?"),
        None => {
            let known: Vec<_> = object.names().filter(|name| !name.starts_with('$')).collect();
            format!("unknown key `{key}`; known here are {}", known.join(", "))
        }
    }
}

/// A key as it is compared: `door_name` is as near to `doorName` as `doorname` is.
fn fold(key: &str) -> String {
    key.chars()
        .filter(|character| !matches!(character, '_' | '-'))
        .map(|character| character.to_ascii_lowercase())
        .collect()
}

impl fmt::Display for Node {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Object(_) => "a table of settings",
            Self::Map(_) => "a table by the ids of doors or places",
            Self::List(Self::RhombusId) => "a list of Rhombus ids",
            Self::List(_) => "a list",
            Self::RhombusId => "a Rhombus id: text of 22 characters",
            Self::Text => "text",
            Self::SettingPath => "the dotted path of a setting",
            Self::Value => "a plain value",
        })
    }
}
