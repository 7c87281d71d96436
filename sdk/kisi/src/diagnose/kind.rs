use std::fmt;

use rhombus_kisi_runtime::RhombusUuid;

use super::location::Id;
use super::severity::Severity;
use crate::compare::JsonPath;
use crate::plan::WarningKind;
use crate::settings::quoted;

/// What a [`Finding`](super::Finding) says.
///
/// Texts of the server are as it sent them; `Display` and `Debug` show them on one line and cut them off.
#[derive(Clone, Eq, PartialEq)]
#[non_exhaustive]
pub enum FindingKind {
    /// Rhombus rejects the client's key.
    KeyRejected,
    /// The organisation has no Kisi integration.
    NoIntegration,
    /// The organisation has an integration of another type.
    OtherIntegration {
        /// The type, as the API writes it; `None` if it has none.
        found: Option<String>,
    },
    /// The integration is switched off.
    Disabled,
    /// The settings have no API key of Kisi.
    NoKisiKey,
    /// Kisi rejects its API key.
    KisiKeyRejected,
    /// The server returned a mask instead of a secret.
    MaskedSecret,
    /// The settings have no webhook by which badge events reach Rhombus.
    NoWebhook,
    /// The settings have no token that Rhombus issued.
    NoToken,
    /// The settings have doors outside of places, which only the deprecated first version of the API knows.
    DeprecatedVersion,
    /// The settings have a door that Kisi does not know.
    UnknownDoor,
    /// Kisi has the door at another place.
    DoorAtOtherPlace {
        /// Kisi's place.
        place: i32,
    },
    /// No camera watches a door of Kisi.
    DoorWithoutCamera,
    /// The door is under two places.
    DoorInTwoPlaces {
        /// The place where it was seen first.
        first: String,
        /// The other place.
        second: String,
    },
    /// The door is under two Rhombus locations.
    DoorInTwoLocations {
        /// The location that was seen first.
        first: RhombusUuid,
        /// The other location.
        second: RhombusUuid,
    },
    /// Rhombus itself reports the place's door as one that is at more than one location.
    Misconfigured {
        /// The door's id.
        door: i32,
    },
    /// Two maps say different things of a door.
    MapsContradict {
        /// The location in one map.
        first: JsonPath,
        /// The location in the other.
        second: JsonPath,
    },
    /// Rhombus lists no such camera.
    CameraGone,
    /// The camera is not connected as it should be.
    CameraOffline {
        /// The status, as the API writes it.
        status: String,
    },
    /// The settings have properties that this release does not know.
    UnknownProperty {
        /// How many, of this name and at this level.
        count: usize,
    },
    /// An enumeration has values that this release does not know.
    UnknownValue {
        /// The first of them.
        value: String,
        /// How many there are at this level.
        count: usize,
    },
    /// A likely mistake in a value.
    Suspicious(WarningKind),
    /// A check could not be made.
    NotChecked {
        /// What was to be checked.
        what: &'static str,
        /// Why it was not.
        reason: String,
    },
}

/// What is said of a kind of finding.
struct Row {
    code: &'static str,
    severity: Severity,
    message: String,
    advice: &'static str,
}

impl FindingKind {
    /// One row for each kind.
    fn row(&self) -> Row {
        use Severity::{Error, Info, Warning};
        let row = |code, severity, message: &str, advice| Row {
            code,
            severity,
            message: message.to_owned(),
            advice,
        };
        match self {
            Self::KeyRejected => row(
                "key-rejected",
                Error,
                "Rhombus rejects the key",
                "check the key, its region, that it is an organisation's or a partner's as configured, and the organisation that a partner acts for",
            ),
            Self::NoIntegration => row(
                "no-integration",
                Error,
                "the organisation has no Kisi integration",
                "set it up, in Rhombus or by applying settings",
            ),
            Self::OtherIntegration { found } => row(
                "other-integration",
                Error,
                &match found {
                    Some(found) => format!("the organisation's integration is {}, not Kisi", quoted(found)),
                    None => "the organisation's integration does not name its type".to_owned(),
                },
                "check that this is the right organisation",
            ),
            Self::Disabled => row(
                "disabled",
                Error,
                "the integration is switched off",
                "switch it on with `enabled(true)`",
            ),
            Self::NoKisiKey => row(
                "no-kisi-key",
                Error,
                "there is no API key of Kisi",
                "set it with `kisi_api_key`",
            ),
            Self::KisiKeyRejected => row(
                "kisi-key-rejected",
                Error,
                "Kisi rejects the API key",
                "create a key in Kisi, and set it with `kisi_api_key`",
            ),
            Self::MaskedSecret => row(
                "masked-secret",
                Info,
                "the server returned a mask instead of the secret",
                "give the secret wherever settings are written, for the mask is not written back; give Kisi's key to the diagnosis to have it checked",
            ),
            Self::NoWebhook => row(
                "no-webhook",
                Warning,
                "there is no webhook, by which badge events reach Rhombus",
                "save the integration again in Rhombus, which registers the webhook",
            ),
            Self::NoToken => row(
                "no-token",
                Warning,
                "there is no token of Rhombus",
                "save the integration again in Rhombus, which issues the token",
            ),
            Self::DeprecatedVersion => row(
                "deprecated-version",
                Warning,
                "there are doors outside of places, which only the first version of the API knows; the vendor has deprecated it",
                "plan the way to the second version with `migrate_kisi_to_v2`",
            ),
            Self::UnknownDoor => row(
                "unknown-door",
                Error,
                "Kisi does not know the door",
                "correct its id, or remove it from the settings; if it exists, give Kisi's key access to it",
            ),
            Self::DoorAtOtherPlace { place } => row(
                "door-at-other-place",
                Error,
                &format!("Kisi has the door at place {place}"),
                "move the door to that place in the settings",
            ),
            Self::DoorWithoutCamera => row(
                "door-without-camera",
                Warning,
                "no camera watches the door",
                "assign a camera with `camera`",
            ),
            Self::DoorInTwoPlaces { first, second } => row(
                "door-in-two-places",
                Error,
                &format!("the door is under place {} and under place {}", Id(first), Id(second)),
                "remove it from one of them",
            ),
            Self::DoorInTwoLocations { first, second } => row(
                "door-in-two-locations",
                Error,
                &format!(
                    "the door is under location {} and under location {}",
                    quoted(first.as_str()),
                    quoted(second.as_str())
                ),
                "set the same `location` wherever the door is",
            ),
            Self::Misconfigured { door } => row(
                "misconfigured",
                Warning,
                &format!("Rhombus reports door {door} as one that is at more than one location"),
                "check the location of the door and of its cameras",
            ),
            Self::MapsContradict { first, second } => row(
                "maps-contradict",
                Warning,
                &format!("{first} and {second} say different things of the door"),
                "give both the same value, or keep the door in one map only",
            ),
            Self::CameraGone => row(
                "camera-gone",
                Error,
                "Rhombus lists no such camera",
                "remove it from the door, or correct its id",
            ),
            Self::CameraOffline { status } => row(
                "camera-offline",
                Warning,
                &format!("the camera's connection is {}", quoted(status)),
                "check the camera's power and network",
            ),
            Self::UnknownProperty { count } => row(
                "unknown-property",
                Info,
                &format!("this release does not know the property ({})", times(*count)),
                "it is written back as it came; update this SDK to set it",
            ),
            Self::UnknownValue { value, count } => row(
                "unknown-value",
                Info,
                &format!(
                    "this release does not know the value {} ({})",
                    quoted(value),
                    times(*count)
                ),
                "it is written back as it came; update this SDK to tell it apart",
            ),
            Self::Suspicious(warning) => row("suspicious-value", Warning, &warning.to_string(), "check the value"),
            Self::NotChecked { what, reason } => row(
                "not-checked",
                Warning,
                &format!("{what} could not be checked: {reason}"),
                "run the diagnosis again once that is repaired",
            ),
        }
    }

    /// Returns a short name for programs, such as `unknown-door`. It does not change from release to release.
    pub fn code(&self) -> &'static str {
        self.row().code
    }

    /// Returns how much it matters.
    pub fn severity(&self) -> Severity {
        self.row().severity
    }

    /// Returns what to do.
    pub fn advice(&self) -> &'static str {
        self.row().advice
    }
}

/// Shows what `Display` does, after the code.
impl fmt::Debug for FindingKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let row = self.row();
        write!(f, "{}: {}", row.code, row.message)
    }
}

fn times(count: usize) -> String {
    match count {
        1 => "once".to_owned(),
        count => format!("{count} times"),
    }
}

/// What is wrong, without what to do.
impl fmt::Display for FindingKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.row().message)
    }
}
