//! Whole numbers that are written as fractions: `1.0` and `1e3` are integers to JSON, though not to serde.

use std::fmt;

use serde::de::{Deserialize, Deserializer, Error, Visitor};

/// A value whose integer, if it is one, may be written as a fraction.
pub(crate) struct Whole<T>(pub(crate) T);

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Whole<T> {
    #[inline]
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        T::deserialize(Integers(deserializer)).map(Whole)
    }
}

/// Hands all on as it is, but for what is asked for as an integer.
struct Integers<D>(D);

macro_rules! forward {
    ($($method:ident)*) => {
        $(#[inline]
        fn $method<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, D::Error> {
            self.0.$method(visitor)
        })*
    };
}

macro_rules! whole {
    ($($method:ident)*) => {
        $(#[inline]
        fn $method<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, D::Error> {
            self.0.$method(Integer(visitor))
        })*
    };
}

impl<'de, D: Deserializer<'de>> Deserializer<'de> for Integers<D> {
    type Error = D::Error;

    whole! { deserialize_i8 deserialize_i16 deserialize_i32 deserialize_i64 deserialize_u8 deserialize_u16 deserialize_u32 deserialize_u64 }

    forward! {
        deserialize_any deserialize_bool deserialize_i128 deserialize_u128 deserialize_f32 deserialize_f64 deserialize_char
        deserialize_str deserialize_string deserialize_bytes deserialize_byte_buf deserialize_option deserialize_unit
        deserialize_seq deserialize_map deserialize_identifier deserialize_ignored_any
    }

    #[inline]
    fn deserialize_unit_struct<V: Visitor<'de>>(self, name: &'static str, visitor: V) -> Result<V::Value, D::Error> {
        self.0.deserialize_unit_struct(name, visitor)
    }

    #[inline]
    fn deserialize_newtype_struct<V: Visitor<'de>>(self, name: &'static str, visitor: V) -> Result<V::Value, D::Error> {
        self.0.deserialize_newtype_struct(name, visitor)
    }

    #[inline]
    fn deserialize_tuple<V: Visitor<'de>>(self, length: usize, visitor: V) -> Result<V::Value, D::Error> {
        self.0.deserialize_tuple(length, visitor)
    }

    #[inline]
    fn deserialize_tuple_struct<V: Visitor<'de>>(
        self,
        name: &'static str,
        length: usize,
        visitor: V,
    ) -> Result<V::Value, D::Error> {
        self.0.deserialize_tuple_struct(name, length, visitor)
    }

    #[inline]
    fn deserialize_struct<V: Visitor<'de>>(
        self,
        name: &'static str,
        fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, D::Error> {
        self.0.deserialize_struct(name, fields, visitor)
    }

    #[inline]
    fn deserialize_enum<V: Visitor<'de>>(
        self,
        name: &'static str,
        variants: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, D::Error> {
        self.0.deserialize_enum(name, variants, visitor)
    }

    #[inline]
    fn is_human_readable(&self) -> bool {
        self.0.is_human_readable()
    }
}

struct Integer<V>(V);

/// Up to here each whole number is a fraction of its own.
const EXACT: f64 = 9_007_199_254_740_992.0;

impl<'de, V: Visitor<'de>> Visitor<'de> for Integer<V> {
    type Value = V::Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.expecting(f)
    }

    #[inline]
    fn visit_i64<E: Error>(self, value: i64) -> Result<V::Value, E> {
        self.0.visit_i64(value)
    }

    #[inline]
    fn visit_u64<E: Error>(self, value: u64) -> Result<V::Value, E> {
        self.0.visit_u64(value)
    }

    #[cold]
    fn visit_f64<E: Error>(self, value: f64) -> Result<V::Value, E> {
        if value.fract() != 0.0 || value.abs() > EXACT {
            return self.0.visit_f64(value);
        }
        // Whole, and in range.
        #[allow(clippy::cast_possible_truncation)]
        self.0.visit_i64(value as i64)
    }

    // Other formats give what they have; the type says what it takes of it.
    fn visit_str<E: Error>(self, value: &str) -> Result<V::Value, E> {
        self.0.visit_str(value)
    }
}

#[cfg(test)]
mod tests {
    use crate::{Extra, Field, List, Map};

    #[derive(Clone, Debug, Default, PartialEq)]
    struct Numbers {
        small: Field<i32>,
        large: Field<u64>,
        list: Field<List<i64>>,
        map: Field<Map<List<u64>>>,
        price: Field<f64>,
        extra: Extra,
    }
    crate::object!(Numbers { small = "small", large = "large", list = "list", map = "map", price = "price" } extra);

    fn read(json: &str) -> Result<Numbers, serde_json::Error> {
        serde_json::from_str(json)
    }

    #[test]
    fn a_whole_number_is_one_however_it_is_written() {
        let json = r#"{"small":-1.0,"large":18446744073709551615,"list":[1e3,2.0,null,-9007199254740992.0],"map":{"a":[1E1],"b":null},"price":2,"more":1.0}"#;
        let numbers = read(json).unwrap();
        assert_eq!(numbers.small, Field::Value(-1));
        assert_eq!(numbers.large, Field::Value(u64::MAX));
        let list: Vec<_> = numbers
            .list
            .get()
            .unwrap()
            .elements()
            .map(|element| element.copied())
            .collect();
        assert_eq!(list, [Some(1000), Some(2), None, Some(-9_007_199_254_740_992)]);
        let map = numbers.map.get().unwrap();
        assert_eq!(map.get("a").unwrap().as_slice(), [Some(10)]);
        assert_eq!(numbers.price, Field::Value(2.0));
        // What is not known is kept as it came.
        assert!(serde_json::to_string(&numbers).unwrap().contains("\"more\":1.0"));
    }

    #[test]
    fn what_is_not_whole_is_not_one() {
        for json in [
            r#"{"small":1.5}"#,
            r#"{"small":3e9}"#,
            r#"{"large":-1.0}"#,
            r#"{"list":[1e300]}"#,
            r#"{"list":[9007199254740994.0]}"#,
            r#"{"small":"1"}"#,
        ] {
            assert!(read(json).is_err(), "{json}");
        }
    }
}
