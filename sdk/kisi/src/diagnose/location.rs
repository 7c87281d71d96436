use std::fmt;

use rhombus_kisi_runtime::{RhombusUuid, one_line};
use serde::Serialize;

use crate::compare::JsonPath;
use crate::settings::quoted;

/// What a [`Finding`](super::Finding) is about.
///
/// Ids and names are as the server sent them; `Display` and `Debug` show them on one line and cut them off.
#[derive(Clone, Eq, PartialEq, Serialize)]
#[serde(rename_all = "camelCase", tag = "type")]
#[non_exhaustive]
pub enum Location {
    /// The client: its key, its scheme, its organisation.
    Client,
    /// The integration as a whole.
    Integration,
    /// A property of the settings.
    Setting {
        /// Its path.
        path: JsonPath,
    },
    /// A Kisi place.
    Place {
        /// Its id.
        id: String,
        /// Its name, if the settings have it.
        #[serde(skip_serializing_if = "Option::is_none")]
        name: Option<String>,
    },
    /// A Kisi door.
    Door {
        /// The place that it is under in the settings, or at by Kisi; `None` for a door at the root of the settings.
        #[serde(skip_serializing_if = "Option::is_none")]
        place: Option<String>,
        /// Its id.
        id: String,
        /// Its name, if it has one.
        #[serde(skip_serializing_if = "Option::is_none")]
        name: Option<String>,
    },
    /// A camera that the settings name.
    Camera {
        /// Its id.
        id: RhombusUuid,
        /// Its name, if Rhombus lists it.
        #[serde(skip_serializing_if = "Option::is_none")]
        name: Option<String>,
        /// The first door that it watches.
        door: String,
    },
}

impl fmt::Display for Location {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Client => f.write_str("the client"),
            Self::Integration => f.write_str("the integration"),
            Self::Setting { path } => write!(f, "{path}"),
            Self::Place { id, name } => write!(f, "place {}{}", Id(id), Name(name)),
            Self::Door { place, id, name } => {
                write!(f, "door {}{}", Id(id), Name(name))?;
                match place {
                    Some(place) => write!(f, " at place {}", Id(place)),
                    None => Ok(()),
                }
            }
            Self::Camera { id, name, door } => {
                let id = one_line(id.as_str(), ID_LENGTH);
                write!(f, "camera {id}{} of door {}", Name(name), Id(door))
            }
        }
    }
}

/// Shows what `Display` does: names may be anything.
impl fmt::Debug for Location {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// How many characters of a camera's id are shown.
const ID_LENGTH: usize = 100;

/// A number as it is, and anything else in quotes.
pub(super) struct Id<'a>(pub(super) &'a str);

impl fmt::Display for Id<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0.parse::<i64>() {
            Ok(number) => write!(f, "{number}"),
            Err(_) => f.write_str(&quoted(self.0)),
        }
    }
}

struct Name<'a>(&'a Option<String>);

impl fmt::Display for Name<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            Some(name) => write!(f, " {}", quoted(name)),
            None => Ok(()),
        }
    }
}
