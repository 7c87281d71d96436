use std::fmt;

use rhombus_kisi_runtime::RhombusUuid;
use serde::ser::{Serialize, SerializeStruct, Serializer};

use crate::compare::JsonPath;

/// A likely mistake in the settings.
///
/// A warning does not stop a plan. It serialises as an object of `path` and `message`.
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub struct Warning {
    /// The path.
    pub path: JsonPath,
    /// The kind, with details.
    pub kind: WarningKind,
}

/// What a [`Warning`] is about.
///
/// Ids are as the server sent them; `Display` and `Debug` show them on one line and cut them off.
#[derive(Clone, Eq, PartialEq)]
#[non_exhaustive]
pub enum WarningKind {
    /// One door is under two places; the server would report it as misconfigured.
    DoorInTwoPlaces {
        /// The door's id.
        door: String,
        /// The place where it was seen first.
        first: String,
        /// The other place.
        second: String,
    },
    /// One door is under two Rhombus locations; the server would report it as misconfigured.
    DoorInTwoLocations {
        /// The door's id.
        door: String,
        /// The location that was seen first.
        first: RhombusUuid,
        /// The other location.
        second: RhombusUuid,
    },
    /// A camera's id is not in the documented form: a typing error, or one of a few deployed ones.
    OddCamera {
        /// The id.
        camera: RhombusUuid,
    },
    /// A length of time is below zero.
    NegativeDuration {
        /// The property, such as `clipDuration`.
        property: &'static str,
        /// The seconds.
        seconds: i32,
    },
    /// A length of time is above an hour: milliseconds, perhaps, where seconds are meant.
    LongDuration {
        /// The property, such as `clipDuration`.
        property: &'static str,
        /// The seconds.
        seconds: i32,
    },
    /// The value of a secret looks like a mask that the server shows instead. Written back, it could replace
    /// the secret. [`Client::apply`](crate::Client::apply) refuses to write one back in a property that this release knows,
    /// unless it is [allowed](crate::Apply::allow_masked_secrets).
    MaskedSecret,
    /// The id of a door or a place is not a whole number of 32 bits, as Kisi's are.
    OddId {
        /// The id.
        id: String,
    },
}

impl fmt::Display for Warning {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.path, self.kind)
    }
}

impl fmt::Display for WarningKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::DoorInTwoPlaces { door, first, second } => {
                let [door, first, second] = [door, first, second].map(|id| id_shown(id));
                write!(f, "door {door} is under place {first} and under place {second}")
            }
            Self::DoorInTwoLocations { door, first, second } => {
                write!(
                    f,
                    "door {} is under location {first} and under location {second}",
                    id_shown(door)
                )
            }
            Self::OddCamera { camera } => write!(f, "{:?} is no Rhombus id in the documented form", camera.to_string()),
            Self::NegativeDuration { property, seconds } => write!(f, "{property} is below zero: {seconds} s"),
            Self::LongDuration { property, seconds } => write!(f, "{property} is above an hour: {seconds} s"),
            Self::MaskedSecret => {
                f.write_str("this looks like a mask and not like a secret; written back, it could replace the secret")
            }
            Self::OddId { id } => write!(f, "{} is no Kisi id, which is a whole number of 32 bits", quoted(id)),
        }
    }
}

impl fmt::Debug for WarningKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// A number as it is, and anything else in quotes.
fn id_shown(id: &str) -> String {
    match id.parse::<i32>() {
        Ok(number) => number.to_string(),
        Err(_) => quoted(id),
    }
}

impl Serialize for Warning {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut warning = serializer.serialize_struct("Warning", 2)?;
        warning.serialize_field("path", &self.path)?;
        warning.serialize_field("message", &self.kind.to_string())?;
        warning.end()
    }
}

/// How many characters of a name or an id are shown.
const LENGTH: usize = 100;

/// Text that somebody else chose, in quotes, on one line and not at length.
pub(crate) fn quoted(text: &str) -> String {
    match text.char_indices().nth(LENGTH) {
        Some((end, _)) => format!("{:?}…", text.get(..end).unwrap_or_default()),
        None => format!("{text:?}"),
    }
}
