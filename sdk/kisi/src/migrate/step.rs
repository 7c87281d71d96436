use std::fmt;

use serde::ser::{Serialize, SerializeStruct, Serializer};

use crate::compare::JsonPath;

/// What becomes of one setting of the first version, or of all that is below its path.
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub struct Step {
    /// The path in the settings of the first version.
    pub from: JsonPath,
    /// What becomes of it.
    pub fate: Fate,
}

/// What becomes of a setting; see [`Step`].
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum Fate {
    /// It has the same path in the second version.
    Carried,
    /// It has another path in the second version.
    Moved {
        /// The path there.
        to: JsonPath,
    },
    /// It is not in the settings of the second version.
    Lost(Loss),
}

/// Why a setting is not in the settings of the second version; see [`Fate::Lost`].
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum Loss {
    /// The second version has no property for it.
    NoForm,
    /// This release does not know the property, and the second version has none of its name.
    Unknown,
    /// The door's place is not known, and the second version keeps doors under their places.
    NoPlace,
    /// The second version keeps it under a place, and the settings do not say of which place they are (`placeId`).
    OfNoPlace,
    /// There is another value in its location, which is kept.
    OtherValue {
        /// The location in the second version.
        at: JsonPath,
    },
    /// The server returned a mask instead of the secret.
    Masked,
}

impl Step {
    /// What arrives at a path of the second version.
    pub(super) fn kept(from: &JsonPath, to: &JsonPath) -> Self {
        let fate = match from == to {
            true => Fate::Carried,
            false => Fate::Moved { to: to.clone() },
        };
        Self {
            from: from.clone(),
            fate,
        }
    }

    pub(super) fn lost(from: &JsonPath, loss: Loss) -> Self {
        Self {
            from: from.clone(),
            fate: Fate::Lost(loss),
        }
    }

    /// Returns why it is lost; `None` if it is not.
    pub fn loss(&self) -> Option<&Loss> {
        match &self.fate {
            Fate::Lost(loss) => Some(loss),
            Fate::Carried | Fate::Moved { .. } => None,
        }
    }
}

/// One line, such as `$.saveClips -> $.defaultOptions.saveClips`.
impl fmt::Display for Step {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let from = &self.from;
        match &self.fate {
            Fate::Carried => write!(f, "{from}: carried over"),
            Fate::Moved { to } => write!(f, "{from} -> {to}"),
            Fate::Lost(loss) => write!(f, "{from}: lost: {loss}"),
        }
    }
}

impl fmt::Display for Loss {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoForm => f.write_str("the second version has no property for it"),
            Self::Unknown => {
                f.write_str("this release does not know the property, and the second version has none of its name")
            }
            Self::NoPlace => {
                f.write_str("the door's place is not known; name it, or give a key with which Kisi can be asked")
            }
            Self::OfNoPlace => {
                f.write_str("the second version keeps it under a place, and the settings do not name theirs")
            }
            Self::OtherValue { at } => write!(f, "there is another value at {at}, which is kept"),
            Self::Masked => {
                f.write_str("the server returned a mask instead of the secret; set the secret in the second version")
            }
        }
    }
}

/// An object of `from`, `fate` (`carried`, `moved`, `lost`), and `to` or `reason` where there is one.
impl Serialize for Step {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut step = serializer.serialize_struct("Step", 3)?;
        step.serialize_field("from", &self.from)?;
        match &self.fate {
            Fate::Carried => step.serialize_field("fate", "carried")?,
            Fate::Moved { to } => {
                step.serialize_field("fate", "moved")?;
                step.serialize_field("to", to)?;
            }
            Fate::Lost(loss) => {
                step.serialize_field("fate", "lost")?;
                step.serialize_field("reason", &loss.to_string())?;
            }
        }
        step.end()
    }
}
