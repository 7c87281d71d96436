use std::fmt;
use std::iter::Flatten;
use std::marker::PhantomData;

use serde::de::{Deserialize, Deserializer, SeqAccess, Visitor};
use serde::ser::{Serialize, Serializer};

use crate::integers::Whole;
use crate::{Field, budget};

/// A list of the API, whose elements may be `null`.
///
/// Iterating returns the elements that are not `null`. The `null`s are kept, and are sent back where they were.
///
/// ```
/// use rhombus_kisi_runtime::List;
///
/// let mut names: List<String> = serde_json::from_str(r#"["Lobby",null,"Yard"]"#)?;
/// assert_eq!(names.iter().collect::<Vec<_>>(), ["Lobby", "Yard"]);
/// assert_eq!(names.len(), 3);
/// names.push("Roof".to_owned());
/// assert_eq!(serde_json::to_string(&names)?, r#"["Lobby",null,"Yard","Roof"]"#);
/// assert_eq!(List::from(["Lobby", "Yard"]), ["Lobby", "Yard"]);
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Clone, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub struct List<T>(Vec<Option<T>>);

impl<T> List<T> {
    /// Returns an empty list.
    pub const fn new() -> Self {
        Self(Vec::new())
    }

    /// Returns how many elements there are, `null`s among them.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Returns whether there is no element, not even a `null`.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Iterates over the elements that are not `null`.
    pub fn iter(&self) -> Flatten<std::slice::Iter<'_, Option<T>>> {
        self.0.iter().flatten()
    }

    /// Iterates over the elements that are not `null`, to change them.
    pub fn iter_mut(&mut self) -> Flatten<std::slice::IterMut<'_, Option<T>>> {
        self.0.iter_mut().flatten()
    }

    /// Iterates over all elements; `None` is a `null`.
    pub fn elements(&self) -> impl DoubleEndedIterator<Item = Option<&T>> + ExactSizeIterator + Clone {
        self.0.iter().map(Option::as_ref)
    }

    /// Adds an element at the end.
    pub fn push(&mut self, element: T) {
        self.0.push(Some(element));
    }

    /// Adds a `null` at the end.
    pub fn push_null(&mut self) {
        self.0.push(None);
    }

    /// Returns whether the list contains an element.
    pub fn contains(&self, element: &T) -> bool
    where
        T: PartialEq,
    {
        self.iter().any(|there| there == element)
    }

    /// Keeps the elements that `keep` returns `true` for, and the `null`s.
    pub fn retain(&mut self, mut keep: impl FnMut(&T) -> bool) {
        self.0.retain(|element| element.as_ref().is_none_or(&mut keep));
    }

    /// Removes all elements, also `null`s.
    pub fn clear(&mut self) {
        self.0.clear();
    }

    /// Returns all elements; `None` is a `null`.
    pub fn as_slice(&self) -> &[Option<T>] {
        &self.0
    }

    /// Returns all elements by value; `None` is a `null`.
    pub fn into_inner(self) -> Vec<Option<T>> {
        self.0
    }
}

impl<T> Default for List<T> {
    fn default() -> Self {
        Self::new()
    }
}

/// The elements as their own `Debug` shows them, or `null`.
impl<T: fmt::Debug> fmt::Debug for List<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.0.iter().map(OrNull)).finish()
    }
}

/// Shows an element, or `null`.
pub(crate) struct OrNull<'a, T>(pub(crate) &'a Option<T>);

impl<T: fmt::Debug> fmt::Debug for OrNull<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            Some(value) => value.fmt(f),
            None => f.write_str("null"),
        }
    }
}

impl<T> From<Vec<T>> for List<T> {
    fn from(elements: Vec<T>) -> Self {
        elements.into_iter().collect()
    }
}

/// `None` is a `null`.
impl<T> From<Vec<Option<T>>> for List<T> {
    fn from(elements: Vec<Option<T>>) -> Self {
        Self(elements)
    }
}

impl<T, const N: usize> From<[T; N]> for List<T> {
    fn from(elements: [T; N]) -> Self {
        elements.into_iter().collect()
    }
}

/// `None` is a `null`.
impl<T, const N: usize> From<[Option<T>; N]> for List<T> {
    fn from(elements: [Option<T>; N]) -> Self {
        elements.into_iter().collect()
    }
}

impl<T> From<Vec<T>> for Field<List<T>> {
    fn from(elements: Vec<T>) -> Self {
        Self::Value(elements.into())
    }
}

/// `None` is a `null`.
impl<T> From<Vec<Option<T>>> for Field<List<T>> {
    fn from(elements: Vec<Option<T>>) -> Self {
        Self::Value(elements.into())
    }
}

impl<T, const N: usize> From<[T; N]> for Field<List<T>> {
    fn from(elements: [T; N]) -> Self {
        Self::Value(elements.into())
    }
}

impl<T> FromIterator<T> for List<T> {
    fn from_iter<I: IntoIterator<Item = T>>(elements: I) -> Self {
        Self(elements.into_iter().map(Some).collect())
    }
}

/// `None` is a `null`.
impl<T> FromIterator<Option<T>> for List<T> {
    fn from_iter<I: IntoIterator<Item = Option<T>>>(elements: I) -> Self {
        Self(elements.into_iter().collect())
    }
}

impl<T> Extend<T> for List<T> {
    fn extend<I: IntoIterator<Item = T>>(&mut self, elements: I) {
        self.0.extend(elements.into_iter().map(Some));
    }
}

/// `None` is a `null`.
impl<T> Extend<Option<T>> for List<T> {
    fn extend<I: IntoIterator<Item = Option<T>>>(&mut self, elements: I) {
        self.0.extend(elements);
    }
}

/// The elements that are not `null`.
impl<T> IntoIterator for List<T> {
    type Item = T;
    type IntoIter = Flatten<std::vec::IntoIter<Option<T>>>;

    fn into_iter(self) -> Self::IntoIter {
        self.0.into_iter().flatten()
    }
}

/// The elements that are not `null`.
impl<'a, T> IntoIterator for &'a List<T> {
    type Item = &'a T;
    type IntoIter = Flatten<std::slice::Iter<'a, Option<T>>>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

/// The elements that are not `null`, to change them.
impl<'a, T> IntoIterator for &'a mut List<T> {
    type Item = &'a mut T;
    type IntoIter = Flatten<std::slice::IterMut<'a, Option<T>>>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter_mut()
    }
}

/// Equal if no element is `null` and all are these.
impl<T: PartialEq> PartialEq<[T]> for List<T> {
    fn eq(&self, other: &[T]) -> bool {
        self.0.len() == other.len() && self.elements().eq(other.iter().map(Some))
    }
}

/// Equal if no element is `null` and all are these.
impl<T: PartialEq, const N: usize> PartialEq<[T; N]> for List<T> {
    fn eq(&self, other: &[T; N]) -> bool {
        *self == *other.as_slice()
    }
}

/// Equal if no element is `null` and all are these.
impl<T: PartialEq> PartialEq<Vec<T>> for List<T> {
    fn eq(&self, other: &Vec<T>) -> bool {
        *self == *other.as_slice()
    }
}

impl<T: Serialize> Serialize for List<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.0.serialize(serializer)
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for List<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct ListVisitor<T>(PhantomData<T>);

        impl<'de, T: Deserialize<'de>> Visitor<'de> for ListVisitor<T> {
            type Value = List<T>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a sequence")
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut elements: A) -> Result<List<T>, A::Error> {
                let mut list = Vec::new();
                while let Some(element) = elements.next_element::<Option<Whole<T>>>()? {
                    budget::push(&mut list, element.map(|Whole(element)| element))?;
                }
                Ok(List(list))
            }
        }

        deserializer.deserialize_seq(ListVisitor(PhantomData))
    }
}

#[cfg(feature = "schemars")]
impl<T: schemars::JsonSchema> schemars::JsonSchema for List<T> {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        Vec::<Option<T>>::schema_name()
    }

    fn schema_id() -> std::borrow::Cow<'static, str> {
        Vec::<Option<T>>::schema_id()
    }

    fn inline_schema() -> bool {
        Vec::<Option<T>>::inline_schema()
    }

    fn json_schema(generator: &mut schemars::SchemaGenerator) -> schemars::Schema {
        Vec::<Option<T>>::json_schema(generator)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::List;

    proptest! {
        #![proptest_config(crate::cases(128))]

        #[test]
        fn it_behaves_like_a_vector(elements in proptest::collection::vec(proptest::option::of(0..5_u8), 0..20), more in proptest::option::of(0..5_u8)) {
            let mut list: List<u8> = elements.iter().copied().collect();
            let mut plain = elements;
            prop_assert_eq!(&list, &List::from(plain.clone()));
            let json = serde_json::to_string(&plain).unwrap();
            prop_assert_eq!(&serde_json::to_string(&list).unwrap(), &json);
            prop_assert_eq!(&serde_json::from_str::<List<u8>>(&json).unwrap(), &list);

            match more {
                Some(more) => list.push(more),
                None => list.push_null(),
            }
            plain.push(more);
            list.extend([more, None]);
            plain.extend([more, None]);
            list.extend([1]);
            plain.push(Some(1));
            for element in &mut list {
                *element += 1;
            }
            plain.iter_mut().flatten().for_each(|element| *element += 1);
            list.retain(|element| element % 2 == 0);
            plain.retain(|element| element.is_none_or(|element| element % 2 == 0));

            prop_assert_eq!(list.as_slice(), plain.as_slice());
            prop_assert_eq!(list.elements().collect::<Vec<_>>(), plain.iter().map(Option::as_ref).collect::<Vec<_>>());
            prop_assert_eq!((list.len(), list.is_empty()), (plain.len(), plain.is_empty()));
            let there: Vec<u8> = plain.iter().flatten().copied().collect();
            prop_assert!(list.iter().eq(&there) && (&list).into_iter().eq(&there));
            for element in 0..6 {
                prop_assert_eq!(list.contains(&element), there.contains(&element));
            }
            prop_assert_eq!(list == there, !plain.contains(&None));
            prop_assert_eq!(list.clone().into_iter().collect::<Vec<_>>(), there);
            prop_assert_eq!(list.clone().into_inner(), plain);
            list.clear();
            prop_assert_eq!(list, List::default());
        }
    }

    #[test]
    fn debug_shows_values_and_nulls() {
        assert_eq!(format!("{:?}", List::<&str>::from([Some("a"), None])), r#"["a", null]"#);
        assert_eq!(List::from([1, 2]), [1, 2]);
        assert_ne!(List::<u8>::from([Some(1), None]), [1]);
    }

    #[test]
    fn what_is_no_list_is_refused() {
        for json in [r#""a""#, "{}", "3", "null", r#"["a"]"#] {
            assert!(serde_json::from_str::<List<u8>>(json).is_err(), "{json}");
        }
    }
}
