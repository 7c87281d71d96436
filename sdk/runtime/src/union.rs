//! Objects that are one of several types, told apart by a property.
//!
//! The property's value picks the type. A value that this release does not know, or none, is kept whole as an
//! untyped object, so that a type that the vendor adds does not lose the response.

use std::borrow::Cow;
use std::fmt;
use std::marker::PhantomData;

use serde::de::{DeserializeOwned, Deserializer, Error as _, Visitor};
use serde::ser::{Error as _, Serialize, SerializeMap, Serializer};
use serde_json::value::RawValue;

use crate::text::{Members, unquote};
use crate::walk::{Novelty, Path, Visit, Walk};
use crate::{Extra, Kind, budget, decode, raw};

/// Reads the whole object as text, from which [`variant`] then makes the type that its tag names.
///
/// # Errors
/// Where it is no object.
pub fn read<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Cow<'de, str>, D::Error> {
    raw::object(deserializer)
}

/// The value of the property that tells the types apart; empty where there is none, or no string.
pub fn tag<'a>(object: &'a str, property: &str) -> Cow<'a, str> {
    let tag = Members::of(object).filter(|(name, _)| unquote(name) == property).last();
    string(tag.map(|(_, value)| value))
}

/// The same of an object of an unknown type.
pub fn tag_of<'a>(object: &'a Extra, property: &str) -> Cow<'a, str> {
    string(object.get(property).map(|value| value.get()))
}

/// Shows an object of a type that a union does not have. Of those that its property's enumeration has, the document
/// knows, although they have no type here. [`tagged_union!`](crate::tagged_union!) calls it.
#[cold]
pub fn visit_unrecognized<'a>(
    object: &'a Extra,
    property: &'static str,
    variants: &[fn() -> Kind],
    path: Path<'_>,
    visitor: &mut dyn Visit<'a>,
) {
    if object.is_empty() {
        return;
    }
    visitor.unknown(path, object);
    let tag = object.get(property).map_or("null", |tag| tag.get());
    if tag != "null" && !tag.starts_with('"') {
        return visitor.novel(path.then(property), Novelty::JsonType);
    }
    let tag = tag_of(object, property);
    let is_documented = variants.iter().any(|kind| {
        matches!(kind().property(property).map(|property| (property.kind)()),
            Some(Kind::Enumeration(values)) if values.contains(&&*tag))
    });
    if !is_documented {
        visitor.novel(path, Novelty::Variant);
    }
}

fn string(value: Option<&str>) -> Cow<'_, str> {
    value
        .filter(|value| value.starts_with('"'))
        .map(unquote)
        .unwrap_or_default()
}

/// The object as the type that its tag named.
///
/// # Errors
/// Where the type does not fit, with the path inside the object.
pub fn variant<T: DeserializeOwned + Walk, E: serde::de::Error>(object: &str) -> Result<T, E> {
    serde_json::from_slice(object.as_bytes())
        .map_err(|error| E::custom(decode::describe_nested(object, &error, T::kind)))
}

/// The same in a box of its own.
///
/// # Errors
/// As [`variant`]; where the response takes too much memory.
pub fn boxed<T: DeserializeOwned + Walk, E: serde::de::Error>(object: &str) -> Result<Box<T>, E> {
    budget::charge(size_of::<T>() + budget::ALLOCATION)?;
    variant(object).map(Box::new)
}

/// Writes a variant, with the tag put in where the object does not carry it itself.
///
/// # Errors
/// Those of the serializer.
pub fn write<T: Variant, S: Serializer>(
    serializer: S,
    property: &'static str,
    tag: &str,
    object: &T,
) -> Result<S::Ok, S::Error> {
    let mut tagged = Tagged {
        map: serializer.serialize_map(None)?,
        property,
        carries: false,
    };
    object.write_members(&mut tagged)?;
    if !tagged.carries {
        tagged.map.serialize_entry(property, tag)?;
    }
    tagged.map.end()
}

/// What can be one of a union's types. [`object!`](crate::object!) and [`tagged_union!`](crate::tagged_union!) implement it.
pub trait Variant {
    /// Writes the members of the JSON object.
    ///
    /// # Errors
    /// Those of the serializer.
    fn write_members<M: SerializeMap>(&self, map: &mut M) -> Result<(), M::Error>;
}

/// Writes the members of a union that is itself a variant of another. By way of text: unions may refer to each other.
///
/// # Errors
/// Those of the serializer.
pub fn write_members<T: Serialize, M: SerializeMap>(union: &T, map: &mut M) -> Result<(), M::Error> {
    let text = serde_json::to_string(union).map_err(M::Error::custom)?;
    for (name, value) in Members::of(&text) {
        let value: &RawValue = serde_json::from_str(value).map_err(M::Error::custom)?;
        map.serialize_entry(&*unquote(name), value)?;
    }
    Ok(())
}

/// Passes on what is written, and sees whether the tag is among it. A tag that is `null` is left out.
struct Tagged<M> {
    map: M,
    property: &'static str,
    carries: bool,
}

impl<M: SerializeMap> SerializeMap for Tagged<M> {
    type Ok = M::Ok;
    type Error = M::Error;

    fn serialize_key<T: Serialize + ?Sized>(&mut self, _: &T) -> Result<(), M::Error> {
        Err(M::Error::custom("an object is written entry by entry"))
    }

    fn serialize_value<T: Serialize + ?Sized>(&mut self, _: &T) -> Result<(), M::Error> {
        Err(M::Error::custom("an object is written entry by entry"))
    }

    fn serialize_entry<K: Serialize + ?Sized, V: Serialize + ?Sized>(
        &mut self,
        key: &K,
        value: &V,
    ) -> Result<(), M::Error> {
        if !self.carries && is(key, self.property) {
            if serde_json::to_string(value).is_ok_and(|value| value == "null") {
                return Ok(());
            }
            self.carries = true;
        }
        self.map.serialize_entry(key, value)
    }

    fn end(self) -> Result<M::Ok, M::Error> {
        self.map.end()
    }
}

/// Whether a key is this text.
fn is<K: Serialize + ?Sized>(key: &K, text: &str) -> bool {
    struct Shown<'a, K: ?Sized>(&'a K);

    impl<K: Serialize + ?Sized> fmt::Display for Shown<'_, K> {
        fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            self.0.serialize(f)
        }
    }

    /// What of the text has not been written yet.
    struct Rest<'a>(&'a str);

    impl fmt::Write for Rest<'_> {
        fn write_str(&mut self, text: &str) -> fmt::Result {
            self.0 = self.0.strip_prefix(text).ok_or(fmt::Error)?;
            Ok(())
        }
    }

    let mut rest = Rest(text);
    fmt::Write::write_fmt(&mut rest, format_args!("{}", Shown(key))).is_ok() && rest.0.is_empty()
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
        #[allow(dead_code, unreachable_pub)]
        impl $type {
            /// The value of the property that tells the types apart; empty where the object has none.
            pub fn tag(&self) -> ::std::borrow::Cow<'_, str> {
                match self {
                    $(Self::$variant(_) => ::std::borrow::Cow::Borrowed($tag),)*
                    Self::$other(object) => $crate::union::tag_of(object, $property),
                }
            }
        }

        /// An empty object of no known type.
        impl ::std::default::Default for $type {
            fn default() -> Self {
                Self::$other(::std::default::Default::default())
            }
        }

        impl $crate::walk::Walk for $type {
            /// What is in it, its tag says.
            fn kind() -> $crate::Kind {
                $crate::Kind::Unknown
            }

            fn visit<'a>(&'a self, path: $crate::walk::Path<'_>, visitor: &mut dyn $crate::walk::Visit<'a>) {
                match self {
                    $(Self::$variant(object) => $crate::walk::Walk::visit(&**object, path, visitor),)*
                    Self::$other(object) => {
                        let variants = [$($crate::walk::kind_of_variant(Self::$variant)),*];
                        $crate::union::visit_unrecognized(object, $property, &variants, path, visitor);
                    }
                }
            }
        }

        impl $crate::serde::Serialize for $type {
            fn serialize<S: $crate::serde::Serializer>(&self, serializer: S) -> ::std::result::Result<S::Ok, S::Error> {
                match self {
                    $(Self::$variant(object) => $crate::union::write(serializer, $property, $tag, &**object),)*
                    Self::$other(object) => $crate::serde::Serialize::serialize(object, serializer),
                }
            }
        }

        impl $crate::union::Variant for $type {
            fn write_members<M: $crate::serde::ser::SerializeMap>(&self, map: &mut M) -> ::std::result::Result<(), M::Error> {
                $crate::union::write_members(self, map)
            }
        }

        impl<'de> $crate::serde::Deserialize<'de> for $type {
            fn deserialize<D: $crate::serde::Deserializer<'de>>(deserializer: D) -> ::std::result::Result<Self, D::Error> {
                let object = $crate::union::read(deserializer)?;
                match &*$crate::union::tag(&object, $property) {
                    $($tag => $crate::union::boxed(&object).map(Self::$variant),)*
                    _ => {
                        $crate::novelty::note();
                        $crate::union::variant(&object).map(Self::$other)
                    }
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
        assert!(error.contains("expected i32 at $.id"), "{error}");
        assert!(!error.contains("secret-text"), "{error}");
    }

    #[test]
    fn the_tag_of_a_variant_is_written_once_whatever_its_own_field_says() {
        #[derive(Clone, Debug, Default, PartialEq)]
        struct Lock {
            r#type: Field<String>,
            extra: Extra,
        }
        crate::object!(Lock { r#type = "type" } extra);
        #[derive(Clone, Debug, PartialEq)]
        enum Any {
            Lock(Box<Lock>),
            Unrecognized(Extra),
        }
        crate::tagged_union!(Any, "type" { Lock = "LOCK" } Unrecognized);

        #[derive(Clone, Debug, PartialEq)]
        enum Outer {
            Any(Box<Any>),
            Unrecognized(Extra),
        }
        crate::tagged_union!(Outer, "kind" { Any = "ANY" } Unrecognized);

        for (lock, json) in [
            (Field::Absent, r#"{"x":1e400,"type":"LOCK"}"#),
            (Field::Null, r#"{"x":1e400,"type":"LOCK"}"#),
            (Field::from("LOCK"), r#"{"type":"LOCK","x":1e400}"#),
        ] {
            let extra = serde_json::from_str(r#"{"x":1e400}"#).unwrap();
            let any = Any::Lock(Box::new(Lock { r#type: lock, extra }));
            assert_eq!(serde_json::to_string(&any).unwrap(), json);
            assert_eq!(any.tag(), "LOCK");
            // A union in a union.
            let outer = Outer::Any(Box::new(any));
            let json = format!(r#"{},"kind":"ANY"}}"#, json.trim_end_matches('}'));
            assert_eq!(serde_json::to_string(&outer).unwrap(), json);
            let again: Outer = serde_json::from_str(&json).unwrap();
            assert_eq!(again.tag(), "ANY");
            assert_eq!(serde_json::to_string(&again).unwrap().len(), json.len());
        }
        // The last of several counts, and of no object nothing is made.
        let any: Any = serde_json::from_str(r#"{"type":"x","\u0074ype":"LOCK","x":-0.0}"#).unwrap();
        assert!(matches!(any, Any::Lock(_)));
        for json in ["3", "[]", r#""LOCK""#, "null"] {
            let error = serde_json::from_str::<Any>(json).unwrap_err().to_string();
            assert!(error.contains("expected a JSON object"), "{error}");
        }
        let from_value: Any = serde_json::from_value(serde_json::json!({"type": "LOCK", "x": [1]})).unwrap();
        assert!(matches!(from_value, Any::Lock(_)));
    }
}
