use std::sync::Arc;

use serde::de::{Deserialize, Deserializer};
use serde::ser::{Serialize, Serializer};

use crate::edit::{Edit, Problem, Scope};
use crate::settings::Settings;
use crate::transport::Identity;

/// The desired settings: the whole state, not a part of it.
///
/// [`Snapshot::edit`](crate::Snapshot::edit) and [`Snapshot::merge`](crate::Snapshot::merge) make one from what was read. One
/// that is made from settings alone (`Desired::from`, or serde) is complete: what it leaves out is removed.
#[derive(Clone, Debug)]
pub struct Desired<S: Settings = crate::types::KisiSettings> {
    settings: Arc<S>,
    problem: Option<Problem>,
    owner: Option<Identity>,
}

impl<S: Settings> Desired<S> {
    pub(crate) fn new(settings: Arc<S>, owner: Option<Identity>) -> Self {
        Self {
            settings,
            problem: None,
            owner,
        }
    }

    pub(crate) fn refused(self, what: &str, reason: &str) -> Self {
        Self {
            problem: Some(Problem::new(what, reason)),
            ..self
        }
    }

    pub(crate) fn shared(&self) -> &Arc<S> {
        &self.settings
    }

    pub(crate) fn problem(&self) -> Option<&Problem> {
        self.problem.as_ref()
    }

    /// Whose settings it was made from.
    pub(crate) fn owner(&self) -> Option<&Identity> {
        self.owner.as_ref()
    }

    /// Returns the settings.
    pub fn settings(&self) -> &S {
        &self.settings
    }

    /// Returns the state with more edits made.
    pub fn edit(self, edit: impl FnOnce(Edit<S>) -> Edit<S>) -> Self {
        let editor = Edit::start(Arc::unwrap_or_clone(self.settings), Scope::Whole);
        let (settings, problem) = edit(editor).finish();
        Self {
            settings: Arc::new(settings),
            problem: self.problem.or(problem),
            owner: self.owner,
        }
    }
}

impl<S: Settings> From<S> for Desired<S> {
    fn from(settings: S) -> Self {
        Self::new(Arc::new(settings), None)
    }
}

/// As the settings themselves.
impl<S: Settings> Serialize for Desired<S> {
    fn serialize<Z: Serializer>(&self, serializer: Z) -> Result<Z::Ok, Z::Error> {
        self.settings.serialize(serializer)
    }
}

/// As the settings themselves.
impl<'de, S: Settings> Deserialize<'de> for Desired<S> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        S::deserialize(deserializer).map(Self::from)
    }
}
