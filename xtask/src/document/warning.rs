use std::fmt;

use serde::Serialize;

/// What a task did with a place in a document that the person who runs it has to know of.
#[derive(Clone, Debug, Eq, Ord, PartialEq, PartialOrd, Serialize)]
#[non_exhaustive]
pub struct Warning {
    /// The JSON pointer (RFC 6901) of the place.
    pub pointer: String,
    /// What was found there and what was done.
    pub message: String,
}

impl Warning {
    /// A warning of a place.
    pub fn new(pointer: impl Into<String>, message: impl Into<String>) -> Self {
        Self {
            pointer: pointer.into(),
            message: message.into(),
        }
    }
}

impl fmt::Display for Warning {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "#{}: {}", self.pointer, self.message)
    }
}
