use std::fmt;

use serde::de::{Deserialize, Deserializer};
use serde::ser::{Serialize, Serializer};

use crate::gate::Bounded;

/// A property of a Rhombus object: left out, `null`, or a value.
///
/// JSON tells "not there" from `null`, and the vendor's API does too: what an update leaves out is a different
/// request from what it sends as `null`. `Option` would fold the two into one and lose a setting on the way
/// through; `Field` keeps them apart in both directions.
///
/// ```
/// use rhombus_kisi_runtime::Field;
///
/// let mut enabled = Field::Absent;
/// assert_eq!(enabled.get(), None);
/// enabled = true.into();
/// assert_eq!(enabled.get(), Some(&true));
/// enabled = Field::Null; // sent as `null`: clears the setting
/// assert!(enabled.is_null());
/// ```
#[derive(Clone, Copy, Default, Eq, Hash, PartialEq)]
pub enum Field<T> {
    /// The property is not in the object; it is not sent.
    #[default]
    Absent,
    /// The property is there and is `null`; it is sent as `null`.
    Null,
    /// The property has this value.
    Value(T),
}

impl<T> Field<T> {
    /// The value, if there is one; `None` for both absent and `null`.
    pub fn get(&self) -> Option<&T> {
        match self {
            Self::Value(value) => Some(value),
            Self::Absent | Self::Null => None,
        }
    }

    /// The value to change in place, if there is one.
    pub fn get_mut(&mut self) -> Option<&mut T> {
        match self {
            Self::Value(value) => Some(value),
            Self::Absent | Self::Null => None,
        }
    }

    /// The value, by value; `None` for both absent and `null`.
    pub fn into_option(self) -> Option<T> {
        match self {
            Self::Value(value) => Some(value),
            Self::Absent | Self::Null => None,
        }
    }

    /// Takes the field out and leaves it absent.
    pub fn take(&mut self) -> Self {
        std::mem::take(self)
    }

    /// The value, after setting it to the type's default where it was absent or `null`.
    pub fn get_or_default(&mut self) -> &mut T
    where
        T: Default,
    {
        if !matches!(self, Self::Value(_)) {
            *self = Self::Value(T::default());
        }
        match self {
            Self::Value(value) => value,
            Self::Absent | Self::Null => unreachable!("set to a value above"),
        }
    }

    /// Whether the property is left out.
    pub fn is_absent(&self) -> bool {
        matches!(self, Self::Absent)
    }

    /// Whether the property is there as `null`.
    pub fn is_null(&self) -> bool {
        matches!(self, Self::Null)
    }

    /// The same field with its value borrowed.
    pub fn as_ref(&self) -> Field<&T> {
        match self {
            Self::Value(value) => Field::Value(value),
            Self::Null => Field::Null,
            Self::Absent => Field::Absent,
        }
    }

    /// The field with its value mapped; absent and `null` stay what they are.
    pub fn map<U>(self, map: impl FnOnce(T) -> U) -> Field<U> {
        match self {
            Self::Value(value) => Field::Value(map(value)),
            Self::Null => Field::Null,
            Self::Absent => Field::Absent,
        }
    }
}

/// How many bytes of a value `Debug` shows.
const SHOWN: usize = 4000;

/// As if derived; of a value that is very long only the beginning is shown.
impl<T: fmt::Debug> fmt::Debug for Field<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Absent => f.write_str("Absent"),
            Self::Null => f.write_str("Null"),
            Self::Value(value) => {
                // As a derived `Debug` would, so that `{:#?}` indents it.
                struct Shown<'a>(&'a dyn fmt::Debug);
                impl fmt::Debug for Shown<'_> {
                    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                        f.debug_tuple("Value").field(&self.0).finish()
                    }
                }
                Bounded::debug(f, SHOWN, &Shown(value))
            }
        }
    }
}

impl<T> From<T> for Field<T> {
    fn from(value: T) -> Self {
        Self::Value(value)
    }
}

/// `None` becomes `null`: a caller that has an `Option` in hand means "this or nothing", not "leave it as it is".
impl<T> From<Option<T>> for Field<T> {
    fn from(value: Option<T>) -> Self {
        value.map_or(Self::Null, Self::Value)
    }
}

impl From<&str> for Field<String> {
    fn from(value: &str) -> Self {
        Self::Value(value.to_owned())
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Field<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Option::deserialize(deserializer).map(Self::from)
    }
}

/// An absent field has no JSON of its own: the object that holds it leaves it out. On its own it is `null`.
impl<T: Serialize> Serialize for Field<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Value(value) => serializer.serialize_some(value),
            Self::Absent | Self::Null => serializer.serialize_none(),
        }
    }
}

#[cfg(feature = "schemars")]
impl<T: schemars::JsonSchema> schemars::JsonSchema for Field<T> {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        Option::<T>::schema_name()
    }

    fn schema_id() -> std::borrow::Cow<'static, str> {
        Option::<T>::schema_id()
    }

    fn inline_schema() -> bool {
        Option::<T>::inline_schema()
    }

    fn json_schema(generator: &mut schemars::SchemaGenerator) -> schemars::Schema {
        Option::<T>::json_schema(generator)
    }
}

#[cfg(test)]
mod tests {
    use super::Field;

    #[test]
    fn null_and_absent_stay_apart() {
        assert_eq!(serde_json::from_str::<Field<i32>>("null").unwrap(), Field::Null);
        assert_eq!(serde_json::from_str::<Field<i32>>("3").unwrap(), Field::Value(3));
        assert_eq!(Field::<i32>::default(), Field::Absent);
    }

    #[test]
    fn none_means_null() {
        assert_eq!(Field::<i32>::from(None), Field::Null);
        assert_eq!(Field::<i32>::from(Some(1)), Field::Value(1));
    }

    #[test]
    fn get_or_default_fills_only_what_is_empty() {
        let mut field = Field::Null;
        *field.get_or_default() += 2;
        *field.get_or_default() += 1;
        assert_eq!(field, Field::Value(3));
    }
}
