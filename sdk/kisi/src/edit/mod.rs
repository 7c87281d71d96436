//! Edits of the settings and of all that is in them.

#[macro_use]
mod setters;

// A release may have no property of a kind, and then nothing calls what is for it.
#[allow(dead_code)]
mod contents;
#[rustfmt::skip]
mod generated;
mod nothing;
mod problem;
pub(crate) mod secret;
#[allow(dead_code)]
mod take;

use std::fmt::Display;

use crate::types::{
    BadgeIntegrationDefaultOptions, BadgeIntegrationDoorInfo, BadgeIntegrationSettings, KisiIntegrationInput,
    KisiSettings,
};

pub(crate) use problem::Problem;

/// What an edit starts from.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub(crate) enum Scope {
    /// A part of the settings: what is not in it may be there all the same, and clearing it means something.
    #[default]
    Part,
    /// All there is: what is not in it is not there, and there is nothing to clear.
    Whole,
}

/// An edit of settings or of an object in them: a setter for each property, in a chain.
///
/// [`Snapshot::edit`](crate::Snapshot::edit) creates one, and an [update](crate::Client::update_kisi_integration) is one
/// that can be sent. For a property `x` there are
///
/// * `x(value)`, which sets it; for an object, `x(|x| …)`, which edits it, or creates it unless the edit is empty;
/// * `maybe_x(option)`, which sets it to the value of a `Some` and keeps it as it is for `None`;
/// * `clear_x()`, which sends `null`.
///
/// A map has setters for an entry by its key, too: for `doorInfoMap` these are `door(42, |door| …)`, `remove_door(42)`,
/// which leaves the entry out, and `clear_door(42)`, which sends `null` for it. A list has setters for an item: `camera(id)`
/// adds one, `remove_camera(id)` takes it out. [`with`](Self::with) reaches everything else.
///
/// A value that cannot be sent, such as text that is not an id, does not end the chain: it is a validation error before
/// anything is sent.
///
/// ```
/// use std::time::Duration;
///
/// use rhombus_kisi::{Snapshot, types::KisiSettings};
///
/// let current = Snapshot::from(KisiSettings::default());
/// let desired = current.edit(|settings| {
///     settings.door(42, |door| {
///         door.name("Lobby")
///             .camera("AAAAAAAAAAAAAAAAAAAAAQ")
///             .clip_duration(Duration::from_secs(20))
///             .remote_unlock(false)
///     })
/// });
/// assert!(current.plan(&desired).refusal().is_none());
/// ```
#[derive(Clone, Debug, Default)]
#[must_use = "a setter returns the edit, and nothing is sent until `send` is called"]
pub struct Edit<T, C = ()> {
    pub(crate) value: T,
    pub(crate) context: C,
    pub(crate) scope: Scope,
    pub(crate) problem: Option<Problem>,
}

/// An edit of the settings of the first version of the API.
///
/// It has three maps: `door` edits an entry of `doorInfoMap` (a door with its name, cameras, clips), `door_cameras` sets one of
/// `doorToCameraMap` (a door's cameras alone), `place` edits one of `placeToSettingsMap` (a Kisi place with its own options
/// and doors).
pub type SettingsEditor = Edit<KisiSettings>;

/// An edit of the settings of the second version of the API, in which every door belongs to a place.
pub type SettingsEditorV2 = Edit<KisiIntegrationInput>;

/// An edit of one Kisi place: its name, its own options, and its doors.
pub type PlaceEditor = Edit<BadgeIntegrationSettings>;

/// An edit of one door: its name, its cameras, its clips, whether it may be unlocked.
pub type DoorEditor = Edit<BadgeIntegrationDoorInfo>;

/// An edit of the options of places that have none of their own.
pub type DefaultOptionsEditor = Edit<BadgeIntegrationDefaultOptions>;

impl<T> Edit<T> {
    pub(crate) fn start(value: T, scope: Scope) -> Self {
        Self {
            value,
            context: (),
            scope,
            problem: None,
        }
    }

    pub(crate) fn finish(self) -> (T, Option<Problem>) {
        (self.value, self.problem)
    }
}

impl<T, C> Edit<T, C> {
    /// Changes the value itself, for whatever has no setter, such as a property that this release does not know.
    pub fn with(mut self, change: impl FnOnce(&mut T)) -> Self {
        change(&mut self.value);
        self
    }

    /// Puts a value where it belongs, or notes why it cannot be sent.
    ///
    /// A chain of setters cannot stop half way without a `?` at every link, so the first problem is kept until its end.
    fn put<V>(mut self, what: impl Display, value: Result<V, String>, place: impl FnOnce(&mut T, V)) -> Self {
        match value {
            Ok(value) => place(&mut self.value, value),
            Err(reason) => self = self.note(Some(Problem::new(what.to_string(), reason))),
        }
        self
    }

    /// Keeps the first problem.
    fn note(mut self, problem: Option<Problem>) -> Self {
        self.problem = self.problem.or(problem);
        self
    }
}
