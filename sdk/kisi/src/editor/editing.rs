use std::fmt::Display;
use std::time::Duration;

use rhombus_kisi_runtime::{Field, List, Map, Object, RhombusUuid, Secret};

use super::nothing::says_nothing;
use super::{DefaultOptionsEditor, DoorEditor, Editor, PlaceEditor, Problem, Scope, secret};
use crate::types::{BadgeIntegrationDefaultOptions, BadgeIntegrationDoorInfo, BadgeIntegrationSettings};

/// What is being edited, and the first value that cannot be sent.
///
/// A chain of setters cannot stop half way without a `?` at every link, so the trouble is remembered and told at its end.
#[derive(Clone, Debug, Default)]
pub(crate) struct Editing<T> {
    pub(crate) value: T,
    pub(crate) scope: Scope,
    problem: Option<Problem>,
}

impl<T> Editing<T> {
    pub(crate) fn new(value: T, scope: Scope) -> Self {
        Self {
            value,
            scope,
            problem: None,
        }
    }

    pub(crate) fn finish(self) -> (T, Option<Problem>) {
        (self.value, self.problem)
    }

    pub(crate) fn problem(&self) -> Option<&Problem> {
        self.problem.as_ref()
    }

    pub(crate) fn note(&mut self, problem: Option<Problem>) {
        if self.problem.is_none() {
            self.problem = problem;
        }
    }

    /// The id, unless it is text that cannot be one.
    pub(crate) fn id<I>(&mut self, what: &str, id: I) -> Option<RhombusUuid>
    where
        I: TryInto<RhombusUuid, Error: Display>,
    {
        self.keep(what, id.try_into())
    }

    /// The ids, unless one of them cannot be one.
    pub(crate) fn ids<I>(&mut self, what: &str, ids: impl IntoIterator<Item = I>) -> Option<List<RhombusUuid>>
    where
        I: TryInto<RhombusUuid, Error: Display>,
    {
        let ids: Result<List<RhombusUuid>, _> = ids.into_iter().map(TryInto::try_into).collect();
        self.keep(what, ids)
    }

    /// The secret, unless it is text that cannot be one.
    pub(crate) fn secret(&mut self, what: &str, secret: Secret) -> Option<Secret> {
        let checked = secret::check(secret.expose());
        self.keep(what, checked).map(|()| secret)
    }

    /// The duration in the API's unit.
    pub(crate) fn seconds(&mut self, what: &str, duration: Duration) -> Option<i32> {
        self.keep(what, whole_seconds(duration))
    }

    fn keep<V>(&mut self, what: &str, value: Result<V, impl Display>) -> Option<V> {
        value
            .map_err(|error| self.note(Some(Problem::new(what, error.to_string()))))
            .ok()
    }
}

fn whole_seconds(duration: Duration) -> Result<i32, &'static str> {
    if duration.subsec_nanos() != 0 {
        return Err("the API takes whole seconds");
    }
    i32::try_from(duration.as_secs()).map_err(|_| "the API takes at most 2147483647 seconds")
}

type Entries<T> = Field<Map<T>>;

/// Edits the entry of a map; returns what went wrong. An entry that is missing is made, unless the edit gives it nothing.
fn edit_entry<E: Editor<Settings: Object + PartialEq>>(
    entries: &mut Entries<E::Settings>,
    scope: Scope,
    what: &str,
    id: i32,
    edit: impl FnOnce(E) -> E,
) -> Option<Problem> {
    let key = id.to_string();
    // A `null` stays one where the edit gives the entry nothing.
    let map = entries.get_mut().filter(|map| !map.is_null(&key));
    let before = map.and_then(|map| map.remove(&key));
    let is_there = before.is_some();
    let (value, problem) = edit(E::start(before.unwrap_or_default(), scope)).finish();
    if is_there || !says_nothing(&value, scope) {
        entries.get_or_default().insert(key, value);
    }
    problem.map(|problem| problem.inside(format_args!("{what} {id}")))
}

pub(crate) fn edit_door(
    doors: &mut Entries<BadgeIntegrationDoorInfo>,
    scope: Scope,
    id: i32,
    edit: impl FnOnce(DoorEditor) -> DoorEditor,
) -> Option<Problem> {
    edit_entry(doors, scope, "door", id, edit)
}

pub(crate) fn edit_place(
    places: &mut Entries<BadgeIntegrationSettings>,
    scope: Scope,
    id: i32,
    edit: impl FnOnce(PlaceEditor) -> PlaceEditor,
) -> Option<Problem> {
    edit_entry(places, scope, "place", id, edit)
}

/// Edits `defaultOptions`, which are made where they are missing, unless the edit gives them nothing.
pub(crate) fn edit_default_options(
    options: &mut Field<BadgeIntegrationDefaultOptions>,
    scope: Scope,
    edit: impl FnOnce(DefaultOptionsEditor) -> DefaultOptionsEditor,
) -> Option<Problem> {
    let before = options.take();
    let empty = if before.is_null() { Field::Null } else { Field::Absent };
    let before = before.into_option();
    let is_there = before.is_some();
    let (value, problem) = edit(DefaultOptionsEditor::start(before.unwrap_or_default(), scope)).finish();
    *options = if is_there || !says_nothing(&value, scope) {
        value.into()
    } else {
        empty
    };
    problem
}

/// Takes an entry out of a map. A map that is not there stays so.
pub(crate) fn remove_entry<T>(entries: &mut Entries<T>, id: i32) {
    if let Some(entries) = entries.get_mut() {
        entries.remove(&id.to_string());
    }
}

/// Makes an entry of a map `null`.
pub(crate) fn clear_entry<T>(entries: &mut Entries<T>, id: i32) {
    entries.get_or_default().insert_null(id.to_string());
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::whole_seconds;

    #[test]
    fn only_what_the_wire_can_say_is_taken() {
        assert_eq!(whole_seconds(Duration::from_secs(20)), Ok(20));
        assert_eq!(whole_seconds(Duration::ZERO), Ok(0));
        assert!(whole_seconds(Duration::from_millis(1500)).is_err());
        assert!(whole_seconds(Duration::from_secs(1 << 31)).is_err());
    }
}
