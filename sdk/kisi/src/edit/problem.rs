use std::fmt;

use rhombus_kisi_runtime::Error;

/// The first value that a chain of setters was given and that cannot be sent.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) struct Problem {
    what: String,
    reason: String,
}

impl Problem {
    pub(crate) fn new(what: impl Into<String>, reason: impl Into<String>) -> Self {
        Self {
            what: what.into(),
            reason: reason.into(),
        }
    }

    /// The same problem, seen from one level up.
    pub(crate) fn inside(self, what: fmt::Arguments<'_>) -> Self {
        Self {
            what: format!("{what}: {}", self.what),
            reason: self.reason,
        }
    }

    pub(crate) fn to_error(&self) -> Error {
        Error::invalid(self.what.clone(), self.reason.clone())
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.what, self.reason)
    }
}
