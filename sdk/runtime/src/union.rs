//! Objects that are one of several types, told apart by a property.
//!
//! The property's value picks the type. A value that this release does not know, or none, is kept whole as an
//! untyped object, so that a type that the vendor adds costs nobody the answer.

use std::fmt;
use std::marker::PhantomData;

use serde::Deserialize;
use serde::de::{DeserializeOwned, Deserializer, Error as _, Visitor};
use serde::ser::{Error as _, Serialize, Serializer};
use serde_json::{Map, Value};

use crate::decode;

/// Reads the whole object, from which [`variant`] then makes the type that its tag names.
pub fn read<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Map<String, Value>, D::Error> {
    Map::deserialize(deserializer)
}

/// The value of the property that tells the types apart; empty where there is none, or no string.
pub fn tag(property: Option<&Value>) -> &str {
    property.and_then(Value::as_str).unwrap_or_default()
}

/// The object as the type that its tag named.
pub fn variant<T: DeserializeOwned, E: serde::de::Error>(object: Map<String, Value>) -> Result<T, E> {
    let value = Value::Object(object);
    match T::deserialize(&value) {
        Ok(typed) => Ok(typed),
        // Only now is it worth a second pass to learn where it went wrong: text has places, values have none.
        Err(_) => {
            let text = serde_json::to_vec(&value).unwrap_or_default();
            Err(serde_json::from_slice::<T>(&text).err().map_or_else(
                || E::custom("unreadable"),
                |error| E::custom(decode::describe_nested(&text, &error)),
            ))
        }
    }
}

/// Writes a variant, with the tag put in where the object does not carry it itself.
pub fn write<T: Serialize, S: Serializer>(
    serializer: S,
    property: &str,
    tag: &str,
    object: &T,
) -> Result<S::Ok, S::Error> {
    let Value::Object(mut map) = serde_json::to_value(object).map_err(S::Error::custom)? else {
        return Err(S::Error::custom("a variant of a union has to be an object"));
    };
    if map.get(property).is_none_or(Value::is_null) {
        map.insert(property.to_owned(), tag.into());
    }
    map.serialize(serializer)
}

/// Reads a string without keeping it. [`open_enum!`](crate::open_enum!) calls it.
pub fn text<'de, T, D: Deserializer<'de>>(deserializer: D, from: impl FnOnce(&str) -> T) -> Result<T, D::Error> {
    struct TextVisitor<T, F>(F, PhantomData<T>);

    impl<T, F: FnOnce(&str) -> T> Visitor<'_> for TextVisitor<T, F> {
        type Value = T;

        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("a string")
        }

        fn visit_str<E>(self, text: &str) -> Result<T, E> {
            Ok((self.0)(text))
        }
    }

    deserializer
        .deserialize_str(TextVisitor(from, PhantomData))
        .map_err(D::Error::custom)
}

/// Makes an enum of boxed types a union that a property tells apart.
///
/// The last variant carries an [`Extra`](crate::Extra): an object of a type that this release does not know.
///
/// ```
/// use rhombus_kisi_runtime::{Extra, Field};
///
/// #[derive(Clone, Debug, Default, PartialEq)]
/// struct Kisi {
///     enabled: Field<bool>,
///     extra: Extra,
/// }
/// rhombus_kisi_runtime::object!(Kisi { enabled = "enabled" } extra);
///
/// #[derive(Clone, Debug, PartialEq)]
/// enum Integration {
///     Kisi(Box<Kisi>),
///     Unrecognized(Extra),
/// }
/// rhombus_kisi_runtime::tagged_union!(Integration, "integration" { Kisi = "KISI" } Unrecognized);
///
/// let kisi: Integration = serde_json::from_str(r#"{"enabled":true,"integration":"KISI"}"#)?;
/// assert!(matches!(kisi, Integration::Kisi(_)));
/// let newer: Integration = serde_json::from_str(r#"{"integration":"FUTURE","a":1}"#)?;
/// assert_eq!(serde_json::to_value(&newer)?, serde_json::json!({"integration": "FUTURE", "a": 1}));
/// # Ok::<(), serde_json::Error>(())
/// ```
#[macro_export]
macro_rules! tagged_union {
    ($type:ident, $property:literal { $($variant:ident = $tag:literal),* $(,)? } $other:ident) => {
        #[allow(unreachable_pub)]
        impl $type {
            /// The value of the property that tells the types apart; empty where the object has none.
            pub fn tag(&self) -> &str {
                match self {
                    $(Self::$variant(_) => $tag,)*
                    Self::$other(object) => $crate::union::tag(object.get($property)),
                }
            }
        }

        /// An empty object of no known type.
        impl ::std::default::Default for $type {
            fn default() -> Self {
                Self::$other(::std::default::Default::default())
            }
        }

        impl $crate::serde::Serialize for $type {
            fn serialize<S: $crate::serde::Serializer>(&self, serializer: S) -> ::std::result::Result<S::Ok, S::Error> {
                match self {
                    $(Self::$variant(object) => $crate::union::write(serializer, $property, $tag, object),)*
                    Self::$other(object) => $crate::serde::Serialize::serialize(object, serializer),
                }
            }
        }

        impl<'de> $crate::serde::Deserialize<'de> for $type {
            fn deserialize<D: $crate::serde::Deserializer<'de>>(deserializer: D) -> ::std::result::Result<Self, D::Error> {
                let object = $crate::union::read(deserializer)?;
                match $crate::union::tag(object.get($property)) {
                    $($tag => $crate::union::variant(object).map(Self::$variant),)*
                    _ => ::std::result::Result::Ok(Self::$other(object.into())),
                }
            }
        }

        $crate::tagged_union_schema!($type, $property);
    };
}

/// The JSON Schema of a union: an object with the property that tells its types apart.
#[cfg(feature = "schemars")]
#[doc(hidden)]
#[macro_export]
macro_rules! tagged_union_schema {
    ($type:ident, $property:literal) => {
        impl $crate::schemars::JsonSchema for $type {
            fn schema_name() -> ::std::borrow::Cow<'static, str> {
                stringify!($type).into()
            }

            fn json_schema(_: &mut $crate::schemars::SchemaGenerator) -> $crate::schemars::Schema {
                $crate::schemars::json_schema!({
                    "type": "object",
                    "properties": { $property: { "type": "string" } },
                    "required": [$property],
                })
            }
        }
    };
}

#[cfg(not(feature = "schemars"))]
#[doc(hidden)]
#[macro_export]
macro_rules! tagged_union_schema {
    ($type:ident, $property:literal) => {};
}

#[cfg(test)]
mod tests {
    use crate::{Extra, Field};

    #[derive(Clone, Debug, Default, PartialEq)]
    struct Door {
        id: Field<i32>,
        extra: Extra,
    }
    crate::object!(Door { id = "id" } extra);

    #[derive(Clone, Debug, PartialEq)]
    enum Thing {
        Door(Box<Door>),
        Unrecognized(Extra),
    }
    crate::tagged_union!(Thing, "type" { Door = "DOOR" } Unrecognized);

    #[test]
    fn the_tag_is_put_in_where_it_is_missing() {
        let door = Thing::Door(Box::new(Door {
            id: 1.into(),
            ..Door::default()
        }));
        assert_eq!(
            serde_json::to_value(&door).unwrap(),
            serde_json::json!({"id": 1, "type": "DOOR"})
        );
    }

    #[test]
    fn what_has_no_tag_is_kept_whole() {
        for json in ["{}", r#"{"type":null}"#, r#"{"type":3,"id":"x"}"#] {
            let thing: Thing = serde_json::from_str(json).unwrap();
            assert_eq!(serde_json::to_string(&thing).unwrap().len(), json.len());
            assert_eq!(thing.tag(), "");
        }
    }

    #[test]
    fn an_error_inside_says_where() {
        let error = serde_json::from_str::<Thing>(r#"{"type":"DOOR","id":"secret-text"}"#)
            .unwrap_err()
            .to_string();
        assert!(error.contains("id: expected i32"), "{error}");
        assert!(!error.contains("secret-text"), "{error}");
    }
}
