use std::fmt;

use rhombus_kisi_runtime::{Respond, one_line};

use crate::types::UpdateOrgIntegrationsResponse;

/// How many characters of an id or a name are shown.
const LENGTH: usize = 200;
/// How many of a list are shown.
const SHOWN: usize = 20;

/// The result of an update that the server carried out.
///
/// An update can succeed in part: check [`is_clean`](Self::is_clean), or print the outcome. (A rejected update is an
/// [`Error`](crate::Error).)
///
/// The texts of the server are sanitised, so that they can be logged: secrets of the request and
/// the client's key are masked, and a text with control characters or of more than 200 characters is put on one line
/// and cut. Of lists longer than 1 MiB the rest is left out. (A response that was made by hand is not sanitised;
/// `Display` and `Debug` still show each text on one line.)
#[derive(Clone, Default, PartialEq)]
#[must_use = "an update can succeed in part: look at `is_clean`"]
pub struct UpdateOutcome {
    response: UpdateOrgIntegrationsResponse,
}

impl UpdateOutcome {
    /// Returns whether all of it succeeded: no warning, nothing that was not updated, no misconfigured door.
    pub fn is_clean(&self) -> bool {
        self.warning().is_none() && self.failed_ids().next().is_none() && self.misconfigured_doors().next().is_none()
    }

    /// Returns the server's warning, if it gave one.
    pub fn warning(&self) -> Option<&str> {
        self.response.warning().filter(|warning| !warning.is_empty())
    }

    /// Returns the ids of what was not updated.
    pub fn failed_ids(&self) -> impl Iterator<Item = &str> {
        self.response.failed_ids()
    }

    /// Returns the names of the doors that are under more than one Rhombus location.
    pub fn misconfigured_doors(&self) -> impl Iterator<Item = &str> {
        self.response.misconfigured()
    }

    /// Returns the response, with its texts sanitised.
    pub fn response(&self) -> &UpdateOrgIntegrationsResponse {
        &self.response
    }
}

impl From<UpdateOrgIntegrationsResponse> for UpdateOutcome {
    fn from(response: UpdateOrgIntegrationsResponse) -> Self {
        Self { response }
    }
}

/// `updated`, and a line for each thing that is not clean; of long lists the first 20.
impl fmt::Display for UpdateOutcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("updated")?;
        if let Some(warning) = self.warning() {
            write!(f, "\n  warning: {}", one_line(warning, 1000))?;
        }
        for id in self.failed_ids().take(SHOWN) {
            write!(f, "\n  not updated: {}", one_line(id, LENGTH))?;
        }
        more(f, "not updated", self.failed_ids().count())?;
        for door in self.misconfigured_doors().take(SHOWN) {
            write!(f, "\n  under more than one location: door {:?}", one_line(door, LENGTH))?;
        }
        more(f, "under more than one location", self.misconfigured_doors().count())
    }
}

fn more(f: &mut fmt::Formatter<'_>, what: &str, count: usize) -> fmt::Result {
    match count.checked_sub(SHOWN) {
        None | Some(0) => Ok(()),
        Some(more) => write!(f, "\n  {what}: {more} more"),
    }
}

impl fmt::Debug for UpdateOutcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let some = |texts: &mut dyn Iterator<Item = &str>| -> Vec<String> {
            texts.take(SHOWN).map(|text| one_line(text, LENGTH)).collect()
        };
        f.debug_struct("UpdateOutcome")
            .field("warning", &self.warning().map(|warning| one_line(warning, 1000)))
            .field("failed_ids", &some(&mut self.failed_ids()))
            .field("failed_count", &self.failed_ids().count())
            .field("misconfigured_doors", &some(&mut self.misconfigured_doors()))
            .field("misconfigured_count", &self.misconfigured_doors().count())
            .finish()
    }
}

/// The result of a call that returns nothing else.
///
/// The warning is on one line, bounded, and without the secrets of the request and the client's key.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Acknowledgement {
    warning: Option<String>,
}

impl Acknowledgement {
    pub(crate) fn of<T: Respond>(response: &T) -> Self {
        let warning = response.warning().filter(|warning| !warning.is_empty());
        Self {
            warning: warning.map(str::to_owned),
        }
    }

    /// Returns the server's warning, if it gave one.
    pub fn warning(&self) -> Option<&str> {
        self.warning.as_deref()
    }
}

#[cfg(test)]
mod tests {
    use super::UpdateOutcome;

    fn outcome(json: &str) -> UpdateOutcome {
        UpdateOutcome::from(serde_json::from_str::<crate::types::UpdateOrgIntegrationsResponse>(json).unwrap())
    }

    #[test]
    fn nulls_anywhere_are_nothing_to_add() {
        for json in [
            "{}",
            r#"{"warningMsg":null,"failedGuids":null,"misconfiguredDoors":[null]}"#,
            r#"{"warningMsg":""}"#,
        ] {
            assert!(outcome(json).is_clean(), "{json}");
        }
    }

    #[test]
    fn each_thing_has_a_line() {
        let outcome = outcome(r#"{"warningMsg":"slow","failedGuids":["x",null],"misconfiguredDoors":["Lobby"]}"#);
        assert!(!outcome.is_clean());
        assert_eq!(
            outcome.to_string(),
            "updated\n  warning: slow\n  not updated: x\n  under more than one location: door \"Lobby\""
        );
    }
}
