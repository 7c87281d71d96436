use std::fmt;

use serde::ser::{Serialize, SerializeStruct, Serializer};

use super::kind::FindingKind;
use super::location::Location;
use super::severity::Severity;

/// One thing that a diagnosis found.
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub struct Finding {
    /// What it is about.
    pub location: Location,
    /// What it is.
    pub kind: FindingKind,
}

impl Finding {
    pub(super) fn new(location: Location, kind: FindingKind) -> Self {
        Self { location, kind }
    }

    /// Returns how much it matters.
    pub fn severity(&self) -> Severity {
        self.kind.severity()
    }
}

/// One line: how much it matters, where, what, and what to do.
impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (severity, advice) = (self.severity(), self.kind.advice());
        write!(f, "{severity}: {}: {}; {advice}", self.location, self.kind)
    }
}

/// An object of `severity`, `code`, `location`, `message` and `advice`.
impl Serialize for Finding {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut finding = serializer.serialize_struct("Finding", 5)?;
        finding.serialize_field("severity", &self.severity())?;
        finding.serialize_field("code", self.kind.code())?;
        finding.serialize_field("location", &self.location)?;
        finding.serialize_field("message", &self.kind.to_string())?;
        finding.serialize_field("advice", self.kind.advice())?;
        finding.end()
    }
}
