//! Filling one JSON value with what another has and it lacks.

use std::collections::BTreeMap;

use rhombus_kisi_runtime::Kind;

use super::step::{Loss, Step};
use crate::compare::{Json, JsonPath, elements, is_among, is_set, looks_like_a_mask};

/// A location in settings, and what is there by its type.
#[derive(Clone, Debug)]
pub(super) struct Side {
    pub(super) path: JsonPath,
    pub(super) kind: Kind,
}

impl Side {
    pub(super) fn root(kind: Kind) -> Self {
        Self {
            path: JsonPath::default(),
            kind,
        }
    }

    pub(super) fn then(&self, name: &str) -> Self {
        let mut path = self.path.clone();
        path.push(name);
        Self {
            path,
            kind: self.kind.of(name),
        }
    }
}

/// Fills `target` with what `source` has and it lacks, and notes what becomes of each part.
///
/// Objects and maps are filled entry by entry, sets of ids get what they lack; any other value that is there already is kept.
pub(super) fn fill(target: &mut Json, source: &Json, [from, to]: [&Side; 2], steps: &mut Vec<Step>) {
    match (target, source) {
        (_, Json::Null) => {}
        (target, source) if target == source => steps.push(Step::kept(&from.path, &to.path)),
        (_, Json::String(text)) if matches!(from.kind, Kind::Secret) && looks_like_a_mask(text) => {
            steps.push(Step::lost(&from.path, Loss::Masked));
        }
        (Json::Object(target), Json::Object(source)) => properties(target, source, [from, to], steps),
        (target, Json::Object(source)) if target.is_null() => {
            let mut filled = BTreeMap::new();
            let before = steps.len();
            properties(&mut filled, source, [from, to], steps);
            // One step stands for all of them where nothing is lost.
            if steps.iter().skip(before).all(|step| step.loss().is_none()) {
                steps.truncate(before);
                steps.push(Step::kept(&from.path, &to.path));
            }
            *target = Json::Object(filled);
        }
        (Json::Array(target), Json::Array(source)) if is_set(to.kind, target.iter().chain(source)) => {
            for element in source {
                if !is_among(target, element) {
                    target.push(element.clone());
                }
            }
            steps.push(Step::kept(&from.path, &to.path));
        }
        (target, source) => {
            let step = if target.is_null() {
                *target = source.clone();
                Step::kept(&from.path, &to.path)
            } else {
                Step::lost(&from.path, Loss::OtherValue { at: to.path.clone() })
            };
            steps.push(step);
        }
    }
}

type Properties = BTreeMap<Box<str>, Json>;

fn properties(target: &mut Properties, source: &Properties, [from, to]: [&Side; 2], steps: &mut Vec<Step>) {
    for (name, value) in source.iter().filter(|(_, value)| !value.is_null()) {
        match obstacle(target, name, [from.kind, to.kind]) {
            Some(loss) => steps.push(Step::lost(&from.then(name).path, loss)),
            None => property(target, name, value, [&from.then(name), &to.then(name)], steps),
        }
    }
}

/// Fills a property, which is not added where nothing arrives.
pub(super) fn property(target: &mut Properties, name: &str, value: &Json, sides: [&Side; 2], steps: &mut Vec<Step>) {
    match target.get_mut(name) {
        Some(there) => fill(there, value, sides, steps),
        None => {
            let mut new = Json::Null;
            fill(&mut new, value, sides, steps);
            if !new.is_null() {
                target.insert(name.into(), new);
            }
        }
    }
}

/// Why a property of an object cannot have the same name in the other object.
pub(super) fn obstacle(target: &Properties, name: &str, [from, to]: [Kind; 2]) -> Option<Loss> {
    let [ours, theirs] = [from, to].map(|kind| kind.property(name).map(|property| (property.kind)()));
    match (from, ours, theirs) {
        (Kind::Object(_), Some(ours), Some(theirs)) => (!is_of_one_form(ours, theirs)).then_some(Loss::NoForm),
        (Kind::Object(_), Some(_), None) => Some(Loss::NoForm),
        // What is unknown in an object goes along with the object, and stays where the other has it too.
        (Kind::Object(_), None, _) => {
            (!has_the_same_properties(from, to) && !target.contains_key(name)).then_some(Loss::Unknown)
        }
        _ => None,
    }
}

/// Whether what is of one kind can be of the other. What is in them is looked at by its own kinds.
pub(super) fn is_of_one_form(one: Kind, other: Kind) -> bool {
    match (one, other) {
        (Kind::List(one), Kind::List(other)) => is_of_one_form(one(), other()),
        (one, other) => std::mem::discriminant(&one) == std::mem::discriminant(&other),
    }
}

fn has_the_same_properties(one: Kind, other: Kind) -> bool {
    let names = |kind| match kind {
        Kind::Object(properties) => properties.iter().map(|property| property.name).collect(),
        _ => Vec::new(),
    };
    names(one) == names(other)
}

/// The ids of a map of doors or places, and what is at each.
pub(super) fn entries(map: Option<&Json>) -> impl Iterator<Item = (&str, &Json)> {
    let entries = match map {
        Some(Json::Object(entries)) => Some(entries),
        _ => None,
    };
    entries.into_iter().flatten().map(|(id, value)| (&**id, value))
}

/// Whether a list has an element that is not `null`.
pub(super) fn has_elements(list: &Json) -> bool {
    elements(Some(list)).iter().any(|element| !element.is_null())
}
