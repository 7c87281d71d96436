use std::fmt;
use std::ops::{Deref, DerefMut};

use serde::de::{Deserialize, Deserializer};
use serde::ser::{Serialize, Serializer};

use crate::RhombusUuid;
use crate::gate::Bounded;
use crate::integers::Whole;

/// A property of a Rhombus object: absent, `null`, or a value.
///
/// JSON distinguishes absent from `null`, and so does the vendor's API: to leave a property out of an update is not the same
/// as to send `null`. `Option` would merge the two and lose a setting; `Field` keeps them apart in both directions.
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
///
/// let name: Field<String> = "Lobby".into();
/// assert_eq!(name, "Lobby");
/// assert_eq!(name.as_deref(), Some("Lobby"));
/// assert_eq!(Field::Value(20).unwrap_or(5), 20);
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
    /// Returns the value, if there is one; `None` for both absent and `null`.
    pub const fn get(&self) -> Option<&T> {
        match self {
            Self::Value(value) => Some(value),
            Self::Absent | Self::Null => None,
        }
    }

    /// Returns the value to change in place, if there is one.
    pub const fn get_mut(&mut self) -> Option<&mut T> {
        match self {
            Self::Value(value) => Some(value),
            Self::Absent | Self::Null => None,
        }
    }

    /// Returns what the value dereferences to, if there is a value: the `&str` of a text.
    pub fn as_deref(&self) -> Option<&T::Target>
    where
        T: Deref,
    {
        self.get().map(T::deref)
    }

    /// Returns what the value dereferences to, to change it, if there is a value.
    pub fn as_deref_mut(&mut self) -> Option<&mut T::Target>
    where
        T: DerefMut,
    {
        self.get_mut().map(T::deref_mut)
    }

    /// Returns a copy of the value, if there is one.
    pub const fn copied(&self) -> Option<T>
    where
        T: Copy,
    {
        self.get().copied()
    }

    /// Returns a clone of the value, if there is one.
    pub fn cloned(&self) -> Option<T>
    where
        T: Clone,
    {
        self.get().cloned()
    }

    /// Returns the value by value; `None` for both absent and `null`.
    pub fn into_option(self) -> Option<T> {
        match self {
            Self::Value(value) => Some(value),
            Self::Absent | Self::Null => None,
        }
    }

    /// Returns the value, or `default` where it is absent or `null`.
    pub fn unwrap_or(self, default: T) -> T {
        self.into_option().unwrap_or(default)
    }

    /// Returns the value, or what `default` returns where it is absent or `null`.
    pub fn unwrap_or_else(self, default: impl FnOnce() -> T) -> T {
        self.into_option().unwrap_or_else(default)
    }

    /// Returns the value, or the type's default where it is absent or `null`.
    pub fn unwrap_or_default(self) -> T
    where
        T: Default,
    {
        self.into_option().unwrap_or_default()
    }

    /// Returns the value, or `error` where it is absent or `null`.
    ///
    /// # Errors
    /// If there is no value.
    pub fn ok_or<E>(self, error: E) -> Result<T, E> {
        self.into_option().ok_or(error)
    }

    /// Iterates over the value: once, or not at all.
    pub fn iter(&self) -> std::option::IntoIter<&T> {
        self.get().into_iter()
    }

    /// Iterates over the value, to change it: once, or not at all.
    pub fn iter_mut(&mut self) -> std::option::IntoIter<&mut T> {
        self.get_mut().into_iter()
    }

    /// Returns the field and leaves an absent one.
    pub const fn take(&mut self) -> Self {
        std::mem::replace(self, Self::Absent)
    }

    /// Sets the value; returns the field as it was.
    pub const fn replace(&mut self, value: T) -> Self {
        std::mem::replace(self, Self::Value(value))
    }

    /// Returns the value to change in place, after setting it to what `value` returns where it was absent or `null`.
    pub fn get_or_insert_with(&mut self, value: impl FnOnce() -> T) -> &mut T {
        if !self.is_value() {
            *self = Self::Value(value());
        }
        match self {
            Self::Value(value) => value,
            Self::Absent | Self::Null => unreachable!("set to a value above"),
        }
    }

    /// Returns the value to change in place, after setting it to the type's default where it was absent or `null`.
    pub fn get_or_default(&mut self) -> &mut T
    where
        T: Default,
    {
        self.get_or_insert_with(T::default)
    }

    /// Returns whether the property is absent.
    pub const fn is_absent(&self) -> bool {
        matches!(self, Self::Absent)
    }

    /// Returns whether the property is `null`.
    pub const fn is_null(&self) -> bool {
        matches!(self, Self::Null)
    }

    /// Returns whether the property has a value.
    pub const fn is_value(&self) -> bool {
        matches!(self, Self::Value(_))
    }

    /// Returns whether the property has a value for which `holds` returns `true`.
    pub fn is_some_and(self, holds: impl FnOnce(T) -> bool) -> bool {
        self.into_option().is_some_and(holds)
    }

    /// Returns the same field with its value borrowed.
    pub const fn as_ref(&self) -> Field<&T> {
        match self {
            Self::Value(value) => Field::Value(value),
            Self::Null => Field::Null,
            Self::Absent => Field::Absent,
        }
    }

    /// Returns the same field with its value borrowed, to change it.
    pub const fn as_mut(&mut self) -> Field<&mut T> {
        match self {
            Self::Value(value) => Field::Value(value),
            Self::Null => Field::Null,
            Self::Absent => Field::Absent,
        }
    }

    /// Returns the field with its value mapped; absent and `null` stay as they are.
    pub fn map<U>(self, map: impl FnOnce(T) -> U) -> Field<U> {
        self.and_then(|value| Field::Value(map(value)))
    }

    /// Returns the result of `then` for the value; absent and `null` stay as they are.
    pub fn and_then<U>(self, then: impl FnOnce(T) -> Field<U>) -> Field<U> {
        match self {
            Self::Value(value) => then(value),
            Self::Null => Field::Null,
            Self::Absent => Field::Absent,
        }
    }

    /// Returns the field if its value fulfils `keep`, else absent; `null` stays as it is.
    pub fn filter(self, keep: impl FnOnce(&T) -> bool) -> Self {
        self.and_then(|value| if keep(&value) { Self::Value(value) } else { Self::Absent })
    }

    /// Returns the field if it has a value, else `other`.
    pub fn or(self, other: Self) -> Self {
        if self.is_value() { self } else { other }
    }

    /// Returns the field if it has a value, else what `other` returns.
    pub fn or_else(self, other: impl FnOnce() -> Self) -> Self {
        if self.is_value() { self } else { other() }
    }
}

/// Makes a [`Field`] of an `Option`; the caller chooses what `None` means.
///
/// ```
/// use rhombus_kisi_runtime::{Field, OptionExt};
///
/// assert_eq!(Some(20).or_null(), Field::Value(20));
/// assert_eq!(None::<i32>.or_null(), Field::Null); // an update clears the setting
/// assert_eq!(None::<i32>.or_absent(), Field::Absent); // an update leaves it as it is
/// ```
pub trait OptionExt<T> {
    /// Returns the value, or `null`, which clears a setting.
    fn or_null(self) -> Field<T>;

    /// Returns the value, or an absent field, which leaves a setting as it is.
    fn or_absent(self) -> Field<T>;
}

impl<T> OptionExt<T> for Option<T> {
    fn or_null(self) -> Field<T> {
        self.map_or(Field::Null, Field::Value)
    }

    fn or_absent(self) -> Field<T> {
        self.map_or(Field::Absent, Field::Value)
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

impl From<&str> for Field<String> {
    fn from(value: &str) -> Self {
        Self::Value(value.to_owned())
    }
}

/// Equal if there is a value and it is this one.
impl<T: PartialEq> PartialEq<T> for Field<T> {
    fn eq(&self, other: &T) -> bool {
        self.get() == Some(other)
    }
}

/// Equal if there is a text and it is this one.
impl PartialEq<str> for Field<String> {
    fn eq(&self, other: &str) -> bool {
        self.as_deref() == Some(other)
    }
}

/// Equal if there is a text and it is this one.
impl PartialEq<&str> for Field<String> {
    fn eq(&self, other: &&str) -> bool {
        *self == **other
    }
}

/// Equal if there is an id and it is this one, in its one text form.
impl PartialEq<str> for Field<RhombusUuid> {
    fn eq(&self, other: &str) -> bool {
        self.get().is_some_and(|id| id.as_str() == other)
    }
}

/// Equal if there is an id and it is this one, in its one text form.
impl PartialEq<&str> for Field<RhombusUuid> {
    fn eq(&self, other: &&str) -> bool {
        *self == **other
    }
}

/// The value: once, or not at all.
impl<T> IntoIterator for Field<T> {
    type Item = T;
    type IntoIter = std::option::IntoIter<T>;

    fn into_iter(self) -> Self::IntoIter {
        self.into_option().into_iter()
    }
}

/// The value: once, or not at all.
impl<'a, T> IntoIterator for &'a Field<T> {
    type Item = &'a T;
    type IntoIter = std::option::IntoIter<&'a T>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

/// The value, to change it: once, or not at all.
impl<'a, T> IntoIterator for &'a mut Field<T> {
    type Item = &'a mut T;
    type IntoIter = std::option::IntoIter<&'a mut T>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter_mut()
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Field<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let value = Option::<Whole<T>>::deserialize(deserializer)?;
        Ok(value.map(|Whole(value)| value).or_null())
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
    use proptest::prelude::*;

    use super::{Field, OptionExt};
    use crate::RhombusUuid;

    #[test]
    fn null_and_absent_stay_apart() {
        assert_eq!(serde_json::from_str::<Field<i32>>("null").unwrap(), Field::Null);
        assert_eq!(serde_json::from_str::<Field<i32>>("3").unwrap(), Field::Value(3));
        assert_eq!(Field::<i32>::default(), Field::Absent);
    }

    #[test]
    fn what_none_means_is_said() {
        assert_eq!(None::<i32>.or_null(), Field::Null);
        assert_eq!(None::<i32>.or_absent(), Field::Absent);
        assert_eq!(
            (Some(1).or_null(), Some(1).or_absent()),
            (Field::Value(1), Field::Value(1))
        );
    }

    #[test]
    fn it_compares_with_what_it_holds() {
        assert_eq!(Field::Value(1), 1);
        assert_ne!(Field::Null, 1);
        let text: Field<String> = "a".into();
        assert!(text == "a" && text == *"a" && text != "b");
        assert_eq!(text, "a".to_owned());
        assert!(Field::<String>::Absent != "");
        let id: RhombusUuid = "AAAAAAAAAAAAAAAAAAAAAQ".parse().unwrap();
        assert!(Field::Value(id.clone()) == id && Field::Value(id.clone()) == id.as_str());
    }

    proptest! {
        #[test]
        fn a_value_behaves_as_in_an_option(value in 0..3_u8, other in 0..3_u8, there: bool) {
            let option = there.then_some(value);
            let otherwise = Some(other).or_absent();
            for field in [option.or_null(), option.or_absent()] {
                let empty = |_: &()| if field.is_null() { Field::Null } else { Field::Absent };
                let expected = |option: Option<u8>| option.map_or(empty(&()), Field::Value);
                prop_assert_eq!((field.get(), field.copied(), field.cloned()), (option.as_ref(), option, option));
                prop_assert_eq!((field.into_option(), field.is_value()), (option, there));
                prop_assert_eq!((field.unwrap_or(other), field.unwrap_or_default()), (option.unwrap_or(other), option.unwrap_or_default()));
                prop_assert_eq!(field.unwrap_or_else(|| other), option.unwrap_or(other));
                prop_assert_eq!(field.ok_or(other), option.ok_or(other));
                prop_assert_eq!(field.is_some_and(|value| value > other), option.is_some_and(|value| value > other));
                prop_assert_eq!(field.map(|value| value + 1), expected(option.map(|value| value + 1)));
                prop_assert_eq!(field.and_then(|_| otherwise), if there { otherwise } else { empty(&()) });
                prop_assert_eq!(field.or(otherwise).copied(), option.or(Some(other)));
                prop_assert_eq!(field.or_else(|| otherwise).copied(), option.or(Some(other)));
                prop_assert_eq!(field.filter(|value| *value > other).copied(), option.filter(|value| *value > other));
                prop_assert_eq!(field.as_ref().map(|value| *value), field);
                prop_assert!(field.iter().eq(&option) && (&field).into_iter().eq(&option) && field.into_iter().eq(option));
                let mut changed = field;
                prop_assert_eq!(changed.replace(other), field);
                for value in &mut changed {
                    *value += 1;
                }
                if let Field::Value(value) = changed.as_mut() {
                    *value += 1;
                }
                prop_assert_eq!(changed, other + 2);
                prop_assert_eq!(changed.take(), other + 2);
                prop_assert!(changed.is_absent());
            }
        }
    }

    #[test]
    fn get_or_default_fills_only_what_is_empty() {
        let mut field = Field::<i32>::Null;
        *field.get_or_default() += 2;
        *field.get_or_default() += 1;
        assert_eq!(field, Field::Value(3));
    }
}
