//! Reading a value as the JSON text that it came as.
//!
//! `serde_json` hands that text out to whoever asks for a newtype of a name of its own; every other format, and a
//! release of `serde_json` that no longer knew the name, reads the value as usual, and it is written as JSON here.

use std::borrow::Cow;
use std::fmt::{self, Write};

use serde::Deserialize;
use serde::de::{self, DeserializeSeed, Deserializer, MapAccess, SeqAccess, Unexpected, Visitor};
use serde_json::value::RawValue;

use crate::text::{is_deeper_than, push_quoted};
use crate::{byte_note, growth};

/// How many lists and objects of unknown JSON may be nested. With the known objects around them that is
/// less than the 128 that `serde_json` reads.
pub(crate) const DEPTH: usize = 120;

/// The name by which `serde_json` hands out text, asked of its own type.
fn token() -> &'static str {
    match <&RawValue>::deserialize(Probe) {
        Err(Asked(name)) => name,
        Ok(_) => "",
    }
}

/// Says which newtype it was asked for.
struct Probe;

#[derive(Debug)]
struct Asked(&'static str);

impl fmt::Display for Asked {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0)
    }
}

impl std::error::Error for Asked {}

impl de::Error for Asked {
    fn custom<T: fmt::Display>(_: T) -> Self {
        Self("")
    }
}

impl<'de> Deserializer<'de> for Probe {
    type Error = Asked;

    fn deserialize_any<V: Visitor<'de>>(self, _: V) -> Result<V::Value, Asked> {
        Err(Asked(""))
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(self, name: &'static str, _: V) -> Result<V::Value, Asked> {
        Err(Asked(name))
    }

    serde::forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf option unit unit_struct
        seq tuple tuple_struct map struct enum identifier ignored_any
    }
}

/// Appends the JSON text of a value.
pub(crate) struct Append<'a>(pub(crate) &'a mut String);

impl<'de> DeserializeSeed<'de> for Append<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_newtype_struct(token(), TextVisitor { into: self.0, depth: 0 })
    }
}

/// Reads the JSON text of an object, borrowed where the format allows it.
pub(crate) fn object<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Cow<'de, str>, D::Error> {
    let text = deserializer.deserialize_newtype_struct(token(), WholeVisitor)?;
    if text.starts_with('{') {
        Ok(text)
    } else {
        let error = de::Error::invalid_type(Unexpected::Other("another value"), &"a JSON object");
        Err(at_value(error, &text, text.len().saturating_sub(1)))
    }
}

/// The same error with a note of the value that it is about: the place is not known here.
fn at_value<E: de::Error>(error: E, value: &str, byte: usize) -> E {
    E::custom(byte_note::note(&error.to_string(), byte, value.len()))
}

/// Whether the text that `serde_json` gave is one that is kept.
fn check<E: de::Error>(text: &str) -> Result<(), E> {
    if is_deeper_than(DEPTH, text.as_bytes()) {
        return Err(at_value(too_deep(), text, text.len().saturating_sub(1)));
    }
    Ok(())
}

#[cold]
fn too_deep<E: de::Error>() -> E {
    E::custom(format_args!("{AT_MOST}{DEPTH} lists and objects inside each other"))
}

/// How the message of an error about too deep a value begins.
const AT_MOST: &str = "expected at most ";

/// Whether this message is of a value that was too deep.
pub(crate) fn is_too_deep(message: &str) -> bool {
    message.starts_with(AT_MOST)
}

/// A member's name that is compared with the token, and not kept where it is that.
struct Name;

enum Named {
    Token,
    Other(String),
}

impl<'de> DeserializeSeed<'de> for Name {
    type Value = Named;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Named, D::Error> {
        deserializer.deserialize_str(self)
    }
}

impl Visitor<'_> for Name {
    type Value = Named;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a property name")
    }

    fn visit_str<E>(self, name: &str) -> Result<Named, E> {
        if name == token() {
            Ok(Named::Token)
        } else {
            Ok(Named::Other(name.to_owned()))
        }
    }
}

/// The text inside of what `serde_json` hands out.
struct Inner<'a>(&'a mut String);

impl<'de> DeserializeSeed<'de> for Inner<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_str(self)
    }
}

impl Visitor<'_> for Inner<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JSON text")
    }

    fn visit_str<E: de::Error>(self, text: &str) -> Result<(), E> {
        check(text)?;
        growth::push(self.0, text);
        Ok(())
    }
}

/// The same, not copied where it need not be.
struct Whole;

impl<'de> DeserializeSeed<'de> for Whole {
    type Value = Cow<'de, str>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        deserializer.deserialize_str(self)
    }
}

impl<'de> Visitor<'de> for Whole {
    type Value = Cow<'de, str>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JSON text")
    }

    fn visit_borrowed_str<E>(self, text: &'de str) -> Result<Self::Value, E> {
        Ok(Cow::Borrowed(text))
    }

    fn visit_str<E>(self, text: &str) -> Result<Self::Value, E> {
        Ok(Cow::Owned(text.to_owned()))
    }

    fn visit_string<E>(self, text: String) -> Result<Self::Value, E> {
        Ok(Cow::Owned(text))
    }
}

struct WholeVisitor;

impl<'de> Visitor<'de> for WholeVisitor {
    type Value = Cow<'de, str>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON object")
    }

    fn visit_newtype_struct<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        deserializer.deserialize_map(self)
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let mut text = String::new();
        match map.next_key_seed(Name)? {
            Some(Named::Token) => return map.next_value_seed(Whole),
            Some(Named::Other(name)) => write_map(&mut text, Some(name), map, 0)?,
            None => write_map(&mut text, None, map, 0)?,
        }
        Ok(Cow::Owned(text))
    }
}

/// Writes whatever a format reads as JSON.
struct TextVisitor<'a> {
    into: &'a mut String,
    depth: usize,
}

impl<'de> DeserializeSeed<'de> for TextVisitor<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl TextVisitor<'_> {
    fn write<E: de::Error>(self, value: impl fmt::Display) -> Result<(), E> {
        write!(self.into, "{value}").map_err(E::custom)
    }
}

impl<'de> Visitor<'de> for TextVisitor<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a value that JSON has")
    }

    fn visit_bool<E: de::Error>(self, value: bool) -> Result<(), E> {
        self.write(value)
    }

    fn visit_i64<E: de::Error>(self, value: i64) -> Result<(), E> {
        self.write(value)
    }

    fn visit_i128<E: de::Error>(self, value: i128) -> Result<(), E> {
        self.write(value)
    }

    fn visit_u64<E: de::Error>(self, value: u64) -> Result<(), E> {
        self.write(value)
    }

    fn visit_u128<E: de::Error>(self, value: u128) -> Result<(), E> {
        self.write(value)
    }

    fn visit_f64<E: de::Error>(self, value: f64) -> Result<(), E> {
        if !value.is_finite() {
            return Err(E::custom("infinity and NaN have no JSON, expected a finite number"));
        }
        let text = serde_json::to_string(&value).map_err(E::custom)?;
        self.write(text)
    }

    fn visit_str<E: de::Error>(self, value: &str) -> Result<(), E> {
        push_quoted(self.into, value);
        Ok(())
    }

    fn visit_unit<E: de::Error>(self) -> Result<(), E> {
        self.write("null")
    }

    fn visit_none<E: de::Error>(self) -> Result<(), E> {
        self.write("null")
    }

    fn visit_some<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_any(self)
    }

    fn visit_newtype_struct<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_any(self)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<(), A::Error> {
        if self.depth == DEPTH {
            return Err(too_deep());
        }
        self.into.push('[');
        let mut comma = false;
        loop {
            let before = self.into.len();
            if comma {
                self.into.push(',');
            }
            let element = TextVisitor {
                into: self.into,
                depth: self.depth + 1,
            };
            if list.next_element_seed(element)?.is_none() {
                self.into.truncate(before);
                break;
            }
            comma = true;
        }
        self.into.push(']');
        Ok(())
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        match map.next_key_seed(Name)? {
            Some(Named::Token) => map.next_value_seed(Inner(self.into)),
            Some(Named::Other(name)) => write_map(self.into, Some(name), map, self.depth),
            None => write_map(self.into, None, map, self.depth),
        }
    }
}

fn write_map<'de, A: MapAccess<'de>>(
    into: &mut String,
    mut name: Option<String>,
    mut map: A,
    depth: usize,
) -> Result<(), A::Error> {
    if depth == DEPTH {
        return Err(too_deep());
    }
    into.push('{');
    let mut comma = false;
    while let Some(member) = name {
        if comma {
            into.push(',');
        }
        push_quoted(into, &member);
        into.push(':');
        map.next_value_seed(TextVisitor {
            into: &mut *into,
            depth: depth + 1,
        })?;
        name = map.next_key()?;
        comma = true;
    }
    into.push('}');
    Ok(())
}

#[cfg(test)]
mod tests {
    use serde::de::value::{BytesDeserializer, Error, MapDeserializer, SeqDeserializer, UnitDeserializer};
    use serde::de::{DeserializeSeed, Deserializer, IntoDeserializer, Visitor};

    use super::{Append, DEPTH, object, token};

    /// The JSON of what another format reads.
    fn json<'de>(value: impl Deserializer<'de, Error = Error>) -> Result<String, String> {
        let mut text = String::new();
        match Append(&mut text).deserialize(value) {
            Ok(()) => Ok(text),
            Err(error) => Err(error.to_string()),
        }
    }

    fn of<'de>(value: impl IntoDeserializer<'de, Error>) -> String {
        json(value.into_deserializer()).unwrap()
    }

    /// What no value of the standard library is read as.
    #[derive(Clone, Copy)]
    enum Odd {
        None,
        Some,
        Newtype,
        /// Lists, and objects, inside each other.
        Lists(usize),
        Objects(usize),
    }

    impl<'de> Deserializer<'de> for Odd {
        type Error = Error;

        fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
            match self {
                Self::None => visitor.visit_none(),
                Self::Some => visitor.visit_some(Self::Lists(1)),
                Self::Newtype => visitor.visit_newtype_struct(Self::Objects(2)),
                Self::Lists(0) | Self::Objects(0) => visitor.visit_u8(0),
                Self::Lists(depth) => visitor.visit_seq(SeqDeserializer::new([Self::Lists(depth - 1)].into_iter())),
                Self::Objects(depth) => {
                    visitor.visit_map(MapDeserializer::new([("a", Self::Objects(depth - 1))].into_iter()))
                }
            }
        }

        serde::forward_to_deserialize_any! {
            bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf option unit unit_struct
            newtype_struct seq tuple tuple_struct map struct enum identifier ignored_any
        }
    }

    impl IntoDeserializer<'_, Error> for Odd {
        type Deserializer = Self;

        fn into_deserializer(self) -> Self {
            self
        }
    }

    #[test]
    fn the_library_still_hands_out_text() {
        assert!(token().contains("RawValue"), "{}", token());
    }

    #[test]
    fn a_value_of_another_format_is_written_as_json() {
        assert_eq!([of(true), of(false)], ["true", "false"]);
        assert_eq!([of(-7_i64), of(7_u64)], ["-7", "7"]);
        assert_eq!(
            [of(i128::MIN), of(u128::MAX)],
            [i128::MIN.to_string(), u128::MAX.to_string()]
        );
        assert_eq!([of(1.0), of("a\"b")], ["1.0", r#""a\"b""#]);
        assert_eq!(json(UnitDeserializer::new()).unwrap(), "null");
        assert_eq!(
            [of(Odd::None), of(Odd::Some), of(Odd::Newtype)],
            ["null", "[0]", r#"{"a":{"a":0}}"#]
        );
        assert_eq!(
            [of(Vec::<u8>::new()), of(vec![1_u8]), of(vec![1_u8, 2, 3])],
            ["[]", "[1]", "[1,2,3]"]
        );
        let map = |members: &'static [(&str, u8)]| MapDeserializer::new(members.iter().copied());
        for (members, text) in [
            (&[] as &[_], "{}"),
            (&[("a", 1)], r#"{"a":1}"#),
            (&[("a", 1), ("b\n", 2), ("c", 3)], r#"{"a":1,"b\n":2,"c":3}"#),
        ] {
            assert_eq!(json(map(members)).unwrap(), text);
            assert_eq!(object(map(members)).unwrap(), text);
        }
        assert_eq!(object(Odd::Newtype).unwrap(), r#"{"a":{"a":0}}"#);
    }

    #[test]
    fn depth_is_bounded_in_another_format_too() {
        for odd in [Odd::Lists, Odd::Objects] {
            assert!(json(odd(DEPTH)).is_ok());
            for depth in [DEPTH + 1, DEPTH + 2, 4 * DEPTH] {
                let error = json(odd(depth)).unwrap_err();
                assert!(error.contains("inside each other"), "{error}");
            }
        }
        assert!(object(Odd::Objects(DEPTH)).is_ok());
        assert!(object(Odd::Objects(DEPTH + 1)).is_err());
    }

    #[test]
    fn text_that_is_handed_out_is_taken_as_it_is() {
        let whole = || MapDeserializer::<_, Error>::new([(token(), "{\"a\" : 1}")].into_iter());
        assert_eq!(json(whole()).unwrap(), "{\"a\" : 1}");
        assert_eq!(object(whole()).unwrap(), "{\"a\" : 1}");
        let owned = MapDeserializer::<_, Error>::new([(token(), "{}".to_owned())].into_iter());
        assert_eq!(object(owned).unwrap(), "{}");
    }

    #[test]
    fn errors_say_what_was_expected() {
        let says = |error: String, what: &str| assert!(error.ends_with(what), "{error}");
        says(
            json(BytesDeserializer::new(b"x")).unwrap_err(),
            "expected a value that JSON has",
        );
        says(
            json(MapDeserializer::new([(1, 2)].into_iter())).unwrap_err(),
            "expected a property name",
        );
        says(
            json(MapDeserializer::new([(token(), 2)].into_iter())).unwrap_err(),
            "expected JSON text",
        );
        let not_text = object(MapDeserializer::<_, Error>::new([(token(), 2)].into_iter()));
        says(not_text.unwrap_err().to_string(), "expected JSON text");
        let number = object::<serde::de::value::U8Deserializer<Error>>(2_u8.into_deserializer());
        says(number.unwrap_err().to_string(), "expected a JSON object");
    }
}
