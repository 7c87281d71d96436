use std::fmt;

use crate::types::UpdateOrgIntegrationsResponse;

/// What the server said to an update that it carried out.
///
/// Success has degrees: look at [`is_clean`](Self::is_clean), or print the outcome. (A refusal is no outcome but an
/// [`Error`](crate::Error).)
#[derive(Clone, Debug, Default, PartialEq)]
#[must_use = "an update can succeed in part: look at `is_clean`"]
pub struct UpdateOutcome {
    response: UpdateOrgIntegrationsResponse,
}

impl UpdateOutcome {
    /// Whether there is nothing to add: no warning, nothing that was not updated, no misconfigured door.
    pub fn is_clean(&self) -> bool {
        self.warning().is_none() && self.failed_ids().next().is_none() && self.misconfigured_doors().next().is_none()
    }

    /// The vendor's caveat, if it gave one.
    pub fn warning(&self) -> Option<&str> {
        self.response
            .warning_msg
            .get()
            .map(String::as_str)
            .filter(|warning| !warning.is_empty())
    }

    /// The ids of what was not updated.
    pub fn failed_ids(&self) -> impl Iterator<Item = &str> {
        texts(self.response.failed_guids.get())
    }

    /// The names of the doors that stand under more than one Rhombus location.
    pub fn misconfigured_doors(&self) -> impl Iterator<Item = &str> {
        texts(self.response.misconfigured_doors.get())
    }

    /// The response as it came.
    pub fn response(&self) -> &UpdateOrgIntegrationsResponse {
        &self.response
    }
}

fn texts(list: Option<&Vec<Option<String>>>) -> impl Iterator<Item = &str> {
    list.into_iter().flatten().flatten().map(String::as_str)
}

impl From<UpdateOrgIntegrationsResponse> for UpdateOutcome {
    fn from(response: UpdateOrgIntegrationsResponse) -> Self {
        Self { response }
    }
}

/// For people: `updated`, and a line for each thing that is not clean.
impl fmt::Display for UpdateOutcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("updated")?;
        if let Some(warning) = self.warning() {
            write!(f, "\n  warning: {warning}")?;
        }
        for id in self.failed_ids() {
            write!(f, "\n  not updated: {id}")?;
        }
        for door in self.misconfigured_doors() {
            write!(f, "\n  under more than one location: door {door:?}")?;
        }
        Ok(())
    }
}

/// What the server said to a call that answers nothing else.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Acknowledgement {
    warning: Option<String>,
}

impl Acknowledgement {
    pub(crate) fn new(warning: Option<String>) -> Self {
        Self {
            warning: warning.filter(|warning| !warning.is_empty()),
        }
    }

    /// The vendor's caveat, if it gave one.
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
