use std::fmt;
use std::sync::Arc;

use serde::ser::{Serialize, SerializeStruct, Serializer};

use super::change::Change;
use super::subject::subject;
use crate::compare::{Sameness, differences, kind_at};
use crate::edit::{Problem, secret};
use crate::settings::{Settings, Warning, secrets, warnings};
use crate::transport::Identity;

/// The changes from the settings that were read to the desired ones.
///
/// A plan is a value: look at its [`changes`](Self::changes) and [`warnings`](Self::warnings), print it
/// (`Display`, plain text), serialise it for machines, or give it to [`Client::apply`](crate::Client::apply). Secrets
/// are never shown, only that they are set, changed or cleared.
///
/// ```
/// use rhombus_kisi::{Snapshot, types::KisiSettings};
///
/// let settings: KisiSettings = serde_json::from_str(r#"{"apiSecretKey":"old","enabled":true}"#)?;
/// let current = Snapshot::from(settings);
/// let desired = current.edit(|settings| settings.kisi_api_key("new").enabled(false));
/// let plan = current.plan(&desired);
/// assert_eq!(plan.to_string(), "2 changes\n  ~ apiSecretKey: changed (not shown)\n  ~ enabled: true -> false");
/// assert!(current.plan(&current.edit(|settings| settings)).is_empty());
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Clone)]
#[must_use = "a plan does nothing until it is applied"]
pub struct Plan<S: Settings = crate::types::KisiSettings> {
    before: Arc<S>,
    after: Arc<S>,
    changes: Vec<Change>,
    warnings: Vec<Warning>,
    problem: Option<Problem>,
    /// Whose settings they were; `None` where they were not read by a client.
    owner: Option<Identity>,
    /// Whether there were settings to begin with.
    exists: bool,
}

/// The two sides of a plan, and what is known of them.
pub(crate) struct Sides<'a, S> {
    pub(crate) before: &'a Arc<S>,
    pub(crate) after: &'a Arc<S>,
    pub(crate) problem: Option<Problem>,
    pub(crate) owner: Option<Identity>,
    pub(crate) exists: bool,
}

impl<S: Settings> Plan<S> {
    pub(crate) fn new(sides: Sides<'_, S>) -> Self {
        let Sides { before, after, .. } = sides;
        let changes = if Arc::ptr_eq(before, after) {
            Vec::new()
        } else {
            differences(&**before, &**after, Sameness::Exact)
                .into_iter()
                .map(|difference| {
                    let kind = kind_at(S::kind(), difference.path.names());
                    let subject = subject(&difference.path, &**before, &**after);
                    Change::new(difference, kind, subject)
                })
                .collect()
        };
        let problem = sides.problem.or_else(|| {
            if changes.is_empty() {
                None
            } else {
                bad_secret(&**before, &**after)
            }
        });
        Self {
            before: Arc::clone(before),
            after: Arc::clone(after),
            changes,
            warnings: warnings(&**after),
            problem,
            owner: sides.owner,
            exists: sides.exists,
        }
    }

    /// Returns whether nothing would change.
    pub fn is_empty(&self) -> bool {
        self.changes.is_empty()
    }

    /// Returns what would change: single properties first, then doors and places by their ids.
    pub fn changes(&self) -> &[Change] {
        &self.changes
    }

    /// Returns likely mistakes in the desired settings, changed or not: a door under two places or
    /// locations, a camera's id of another form than the documented one, a length of time below zero or above an hour.
    pub fn warnings(&self) -> &[Warning] {
        &self.warnings
    }

    /// Returns the first validation error, because of which the plan cannot be applied.
    pub fn refusal(&self) -> Option<String> {
        self.problem.as_ref().map(ToString::to_string)
    }

    /// Returns the settings that the plan leads to.
    pub fn settings(&self) -> &S {
        &self.after
    }

    pub(crate) fn before(&self) -> &S {
        &self.before
    }

    pub(crate) fn sides(&self) -> [Arc<S>; 2] {
        [&self.before, &self.after].map(Arc::clone)
    }

    /// Takes the desired settings out, to send them.
    pub(crate) fn take_settings(&mut self) -> S {
        Arc::unwrap_or_clone(std::mem::take(&mut self.after))
    }

    pub(crate) fn give_back(&mut self, settings: S) {
        self.after = Arc::new(settings);
    }

    pub(crate) fn owner(&self) -> Option<&Identity> {
        self.owner.as_ref()
    }

    pub(crate) fn exists(&self) -> bool {
        self.exists
    }

    pub(crate) fn problem(&self) -> Option<&Problem> {
        self.problem.as_ref()
    }
}

impl<S: Settings> fmt::Debug for Plan<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Plan")
            .field("changes", &self.changes)
            .field("warnings", &self.warnings)
            .field("refusal", &self.refusal())
            .finish_non_exhaustive()
    }
}

/// The first secret that is not as it was and that cannot be one.
fn bad_secret<S: Settings>(before: &S, after: &S) -> Option<Problem> {
    let (before, after) = (secrets(before), secrets(after));
    let changed = after.known.iter().filter(|secret| !before.known.contains(secret));
    changed
        .filter_map(|(path, secret)| Some(Problem::new(path.to_string(), secret::check(secret.expose()).err()?)))
        .next()
}

/// For machines: an object with `changes`, `warnings`, and `refusal` where the plan cannot be applied.
impl<S: Settings> Serialize for Plan<S> {
    fn serialize<Z: Serializer>(&self, serializer: Z) -> Result<Z::Ok, Z::Error> {
        let mut plan = serializer.serialize_struct("Plan", 3)?;
        plan.serialize_field("changes", &self.changes)?;
        plan.serialize_field("warnings", &self.warnings)?;
        match self.refusal() {
            Some(refusal) => plan.serialize_field("refusal", &refusal)?,
            None => plan.skip_field("refusal")?,
        }
        plan.end()
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use crate::Snapshot;
    use crate::types::KisiSettings;

    #[test]
    fn machines_get_the_changes_without_the_secrets() {
        let read = r#"{"apiSecretKey":"old","enablingUser":"Ann","doorInfoMap":{"42":{"doorName":"Lobby"}}}"#;
        let current = Snapshot::from(serde_json::from_str::<KisiSettings>(read).unwrap());
        let desired = current.edit(|settings| {
            settings
                .kisi_api_key("new")
                .clear_enabling_user()
                .remove_door(42)
                .place(7, |place| place.rhombus_token("token").name("HQ"))
        });
        let plan = current.plan(&desired);
        assert_eq!(
            serde_json::to_value(&plan).unwrap(),
            json!({
                "changes": [
                    {"path": "$.apiSecretKey", "subject": "apiSecretKey", "kind": "changed", "secret": true},
                    {"path": "$.enablingUser", "subject": "enablingUser", "kind": "cleared", "secret": false,
                     "before": "Ann", "after": null},
                    {"path": "$.doorInfoMap[\"42\"]", "subject": "door 42 \"Lobby\"", "kind": "removed", "secret": false,
                     "before": {"doorName": "Lobby"}},
                    {"path": "$.placeToSettingsMap[\"7\"]", "subject": "place 7 \"HQ\"", "kind": "set", "secret": false,
                     "after": {"placeName": "HQ", "rhombusToken": "***"}},
                ],
                "warnings": [],
            })
        );
        assert_eq!(
            plan.to_string(),
            "4 changes\n  ~ apiSecretKey: changed (not shown)\n  - enablingUser: \"Ann\" -> null\n  \
             - door 42 \"Lobby\": {\"doorName\":\"Lobby\"} -> removed\n  \
             + place 7 \"HQ\": {\"placeName\":\"HQ\",\"rhombusToken\":\"***\"}"
        );
    }
}
