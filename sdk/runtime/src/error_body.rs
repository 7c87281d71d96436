use std::fmt;

use serde::de::DeserializeOwned;

use crate::budget;
use crate::integers::Whole;

/// The body of a response that is an error, as far as it is kept: see [`Error::decode`](crate::Error::decode).
///
/// A transport keeps bodies that can be decoded, with the secrets of the call masked. `Debug` shows the length only.
#[derive(Clone, Default, Eq, PartialEq)]
pub struct ErrorBody(Option<Box<str>>);

impl ErrorBody {
    /// Returns a body by its text, in which no secret may be.
    pub fn new(masked: impl Into<Box<str>>) -> Self {
        Self(Some(masked.into()).filter(|text| !text.is_empty()))
    }

    /// Returns what it says, if it is kept and of this type.
    pub(crate) fn decode<T: DeserializeOwned>(&self) -> Option<T> {
        let text = self.0.as_deref()?;
        let read = budget::within(text.len(), || serde_json::from_str::<Whole<T>>(text));
        read.ok().map(|Whole(value)| value)
    }
}

impl fmt::Debug for ErrorBody {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} bytes", self.0.as_deref().map_or(0, str::len))
    }
}
