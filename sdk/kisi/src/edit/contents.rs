//! Lists, maps and objects in a field.

use std::any::Any;
use std::fmt::Display;

use rhombus_kisi_runtime::{Field, List, Map, Object, RhombusUuid};

use super::nothing::says_nothing;
use super::{Edit, Problem, Scope};

/// The list of the values, or what is wrong with the first that cannot be sent.
pub(super) fn list<V>(values: impl Iterator<Item = Result<V, String>>) -> Result<List<V>, String> {
    values.collect()
}

/// Whether two items are one. A camera's id may have its facet or not.
fn same<V: PartialEq + Any>(a: &V, b: &V) -> bool {
    let [id, other] = [a, b].map(|item| (item as &dyn Any).downcast_ref::<RhombusUuid>());
    match id.zip(other) {
        Some((id, other)) => id.without_facet() == other.without_facet(),
        None => a == b,
    }
}

/// Adds an item, unless it is there.
pub(super) fn add<V: PartialEq + Any>(list: &mut Field<List<V>>, item: V) {
    let list = list.get_or_default();
    if !list.iter().any(|there| same(there, &item)) {
        list.push(item);
    }
}

/// Takes an item out. A list that is not there stays so.
pub(super) fn remove<V: PartialEq + Any>(list: &mut Field<List<V>>, item: &V) {
    if let Some(list) = list.get_mut() {
        list.retain(|there| !same(there, item));
    }
}

/// Sets an entry.
pub(super) fn insert<V>(map: &mut Field<Map<V>>, key: impl Display, value: V) {
    map.get_or_default().insert(key.to_string(), value);
}

/// Makes an entry `null`.
pub(super) fn clear_entry<V>(map: &mut Field<Map<V>>, key: impl Display) {
    map.get_or_default().insert_null(key.to_string());
}

/// Takes an entry out. A map that is not there stays so.
pub(super) fn remove_entry<V>(map: &mut Field<Map<V>>, key: impl Display) {
    if let Some(map) = map.get_mut() {
        map.remove(&key.to_string());
    }
}

/// Edits an entry of a map; returns what went wrong. One that is missing is added, unless the edit gives it nothing.
pub(super) fn edit_entry<V: Object + PartialEq>(
    field: &mut Field<Map<V>>,
    scope: Scope,
    what: &str,
    key: impl Display,
    edit: impl FnOnce(Edit<V>) -> Edit<V>,
) -> Option<Problem> {
    let name = key.to_string();
    // A `null` stays one where the edit gives the entry nothing.
    let map = field.get_mut().filter(|map| !map.is_null(&name));
    let before = map.and_then(|map| map.remove(&name));
    let (after, problem) = edited(before, scope, format_args!("{what} {key}"), edit);
    if let Some(after) = after {
        field.get_or_default().insert(name, after);
    }
    problem
}

/// Edits an object; returns what went wrong. One that is missing is created, unless the edit gives it nothing.
pub(super) fn edit_object<V: Object + PartialEq, B: Held<V>>(
    field: &mut Field<B>,
    scope: Scope,
    what: &str,
    edit: impl FnOnce(Edit<V>) -> Edit<V>,
) -> Option<Problem> {
    let before = match field {
        Field::Value(_) => field.take().into_option().map(Held::release),
        Field::Null | Field::Absent => None,
    };
    let (after, problem) = edited(before, scope, format_args!("{what}"), edit);
    if let Some(after) = after {
        *field = Field::Value(B::from(after));
    }
    problem
}

/// The value after the edit; `None` where there was none and the edit gives it nothing.
fn edited<V: Object + PartialEq>(
    before: Option<V>,
    scope: Scope,
    what: std::fmt::Arguments<'_>,
    edit: impl FnOnce(Edit<V>) -> Edit<V>,
) -> (Option<V>, Option<Problem>) {
    let is_there = before.is_some();
    let (value, problem) = edit(Edit::start(before.unwrap_or_default(), scope)).finish();
    let kept = is_there || !says_nothing(&value, scope);
    (kept.then_some(value), problem.map(|problem| problem.inside(what)))
}

/// A value as a field holds it: an object that may hold itself is in a box.
pub(super) trait Held<V>: From<V> {
    /// The value.
    fn release(self) -> V;
}

impl<V> Held<V> for V {
    fn release(self) -> V {
        self
    }
}

impl<V> Held<V> for Box<V> {
    fn release(self) -> V {
        *self
    }
}
