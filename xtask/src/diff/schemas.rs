//! Comparing two schemas, one level: what lies below is handed back to be compared in turn.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::change::{Change, Direction};
use super::rules::Rule;
use super::view::{CONSTRAINTS, Further, Place, View};
use crate::document::pointer;

/// A schema before and after.
pub(super) type Pair<'a> = (Place<'a>, Place<'a>);

/// The changes of this level, and the pairs below it.
pub(super) fn compare<'a>(old: &View<'a>, new: &View<'a>, direction: Direction) -> (Vec<Change>, Vec<Pair<'a>>) {
    let mut level = Level {
        old,
        new,
        direction,
        changes: Vec::new(),
        below: Vec::new(),
    };
    if level.types() {
        level.enums();
        level.properties();
        level.elements();
        level.variants();
        level.constraints();
    }
    level.annotations();
    (level.changes, level.below)
}

struct Level<'v, 'a> {
    old: &'v View<'a>,
    new: &'v View<'a>,
    direction: Direction,
    changes: Vec<Change>,
    below: Vec<Pair<'a>>,
}

impl Level<'_, '_> {
    fn note(&mut self, rule: Rule, pointer: &str, message: String, before: Option<Value>, after: Option<Value>) {
        let change = Change::new(rule, Some(self.direction), pointer, message);
        self.changes.push(change.with(before, after));
    }

    /// A change of a keyword of the schema itself.
    fn keyword(&mut self, rule: Rule, key: &str, before: Option<Value>, after: Option<Value>) {
        let message = format!("{key} was {}, is {}", shown(before.as_ref()), shown(after.as_ref()));
        let pointer = match (&before, &after) {
            (_, Some(_)) => pointer::child(&self.new.pointer, key),
            _ => self.new.pointer.clone(),
        };
        self.note(rule, &pointer, message, before, after);
    }

    /// Type, name and format; false where the types are so different that there is nothing more to compare.
    fn types(&mut self) -> bool {
        let (old, new) = (self.old, self.new);
        if old.kind() != new.kind() {
            self.keyword(
                Rule::TypeChanged,
                "type",
                Some(old.kind().into()),
                Some(new.kind().into()),
            );
            return false;
        }
        if old.format != new.format {
            self.keyword(
                Rule::FormatChanged,
                "format",
                old.format.map(Into::into),
                new.format.map(Into::into),
            );
        }
        if old.name != new.name && old.is_named_type() && new.is_named_type() {
            let name = |name: &Option<String>| name.clone().unwrap_or_else(|| "an inline schema".into());
            let message = format!("the schema was {}, is {}", name(&old.name), name(&new.name));
            let (before, after) = (old.name.clone().map(Value::from), new.name.clone().map(Value::from));
            self.note(Rule::TypeRenamed, &new.pointer, message, before, after);
        }
        true
    }

    fn enums(&mut self) {
        match (&self.old.values, &self.new.values) {
            (None, Some(values)) => self.keyword(Rule::EnumAdded, "enum", None, Some(json!(values))),
            (Some(values), None) => self.keyword(Rule::EnumRemoved, "enum", Some(json!(values)), None),
            (Some(old), Some(new)) => {
                let text = |values: &[&Value]| values.iter().map(|value| value.to_string()).collect::<BTreeSet<_>>();
                let (before, after) = (text(old), text(new));
                let (old_place, new_place) = (self.old.pointer.clone(), self.new.pointer.clone());
                for value in after.difference(&before) {
                    let place = pointer::child(&new_place, "enum");
                    let found = new
                        .iter()
                        .find(|found| found.to_string() == *value)
                        .map(|found| (*found).clone());
                    self.note(Rule::EnumValueAdded, &place, format!("{value} added"), None, found);
                }
                for value in before.difference(&after) {
                    let place = pointer::child(&old_place, "enum");
                    let found = old
                        .iter()
                        .find(|found| found.to_string() == *value)
                        .map(|found| (*found).clone());
                    self.note(Rule::EnumValueRemoved, &place, format!("{value} removed"), found, None);
                }
            }
            (None, None) => {}
        }
    }

    fn properties(&mut self) {
        let (old, new) = (self.old, self.new);
        for (name, before) in &old.properties {
            match new.properties.get(name) {
                Some(after) => self.below.push((before.clone(), after.clone())),
                None => self.note(
                    Rule::PropertyRemoved,
                    &before.pointer,
                    format!("{name} removed"),
                    None,
                    None,
                ),
            }
        }
        for (name, after) in &new.properties {
            let is_required = new.required.contains(name);
            if !old.properties.contains_key(name) {
                let rule = if is_required {
                    Rule::RequiredPropertyAdded
                } else {
                    Rule::PropertyAdded
                };
                self.note(rule, &after.pointer, format!("{name} added"), None, None);
                continue;
            }
            let rule = match (old.required.contains(name), is_required) {
                (false, true) => Rule::BecameRequired,
                (true, false) => Rule::BecameOptional,
                _ => continue,
            };
            let message = format!(
                "{name} {}",
                if is_required {
                    "is now required"
                } else {
                    "is no longer required"
                }
            );
            self.note(rule, &after.pointer, message, None, None);
        }
    }

    fn elements(&mut self) {
        let (old, new) = (self.old, self.new);
        if let (Some(before), Some(after)) = (&old.items, &new.items) {
            self.below.push((before.clone(), after.clone()));
        }
        match (&old.further, &new.further) {
            (Further::Of(before), Further::Of(after)) => self.below.push((before.clone(), after.clone())),
            (Further::Open, Further::Open) | (Further::Closed, Further::Closed) => {}
            (Further::Open, Further::Closed) => {
                self.keyword(
                    Rule::ConstraintTightened,
                    "additionalProperties",
                    None,
                    Some(json!(false)),
                );
            }
            (Further::Closed, Further::Open) => {
                self.keyword(
                    Rule::ConstraintLoosened,
                    "additionalProperties",
                    Some(json!(false)),
                    None,
                );
            }
            (before, after) => {
                let value = |further: &Further<'_>| match further {
                    Further::Open => None,
                    Further::Closed => Some(json!(false)),
                    Further::Of(place) => Some(place.value.clone()),
                };
                let (before, after) = (value(before), value(after));
                self.keyword(Rule::FurtherPropertiesChanged, "additionalProperties", before, after);
            }
        }
    }

    fn variants(&mut self) {
        let (old, new) = (self.old, self.new);
        for (name, before) in &old.variants {
            match new.variants.get(name) {
                Some(after) => self.below.push((before.clone(), after.clone())),
                None => self.note(
                    Rule::VariantRemoved,
                    &before.pointer,
                    format!("variant {name} removed"),
                    None,
                    None,
                ),
            }
        }
        for (name, after) in new
            .variants
            .iter()
            .filter(|(name, _)| !old.variants.contains_key(*name))
        {
            self.note(
                Rule::VariantAdded,
                &after.pointer,
                format!("variant {name} added"),
                None,
                None,
            );
        }
        self.discriminator();
    }

    /// Another mapping for a variant that came or went is part of that.
    fn discriminator(&mut self) {
        let (old, new) = (self.old.discriminator, self.new.discriminator);
        let property = |value: Option<&Value>| value.and_then(|value| value.get("propertyName")).cloned();
        let mapped =
            |value: Option<&Value>, name: &str| value.and_then(|value| value.get("mapping")?.get(name)).cloned();
        let names: BTreeSet<&String> = [old, new]
            .into_iter()
            .flatten()
            .filter_map(|value| value.get("mapping")?.as_object())
            .flat_map(|mapping| mapping.keys())
            .collect();
        let remapped = names.iter().any(|name| match (mapped(old, name), mapped(new, name)) {
            (Some(before), Some(after)) => before != after,
            (None, Some(target)) | (Some(target), None) => {
                let target = target
                    .as_str()
                    .and_then(|target| target.rsplit('/').next().map(str::to_owned));
                target
                    .is_some_and(|name| self.old.variants.contains_key(&name) && self.new.variants.contains_key(&name))
            }
            (None, None) => false,
        });
        if property(old) != property(new) || remapped {
            self.keyword(Rule::DiscriminatorChanged, "discriminator", old.cloned(), new.cloned());
        }
    }

    fn constraints(&mut self) {
        for key in CONSTRAINTS {
            let (before, after) = (
                self.old.constraints.get(key).copied(),
                self.new.constraints.get(key).copied(),
            );
            if before == after || (is_off(before) && is_off(after)) {
                continue;
            }
            let rule = if is_tighter(key, before, after) {
                Rule::ConstraintTightened
            } else {
                Rule::ConstraintLoosened
            };
            self.keyword(rule, key, before.cloned(), after.cloned());
        }
    }

    fn annotations(&mut self) {
        let (old, new) = (self.old, self.new);
        match (old.nullable, new.nullable) {
            (false, true) => self.note(Rule::BecameNullable, &new.pointer, "may now be null".into(), None, None),
            (true, false) => {
                self.note(
                    Rule::BecameNonNullable,
                    &new.pointer,
                    "may no longer be null".into(),
                    None,
                    None,
                );
            }
            _ => {}
        }
        if old.default != new.default {
            self.keyword(
                Rule::DefaultChanged,
                "default",
                old.default.cloned(),
                new.default.cloned(),
            );
        }
        if old.access != new.access {
            let (before, after) = (json!(old.access), json!(new.access));
            let message = format!("was {before}, is {after}");
            self.note(Rule::AccessChanged, &new.pointer, message, Some(before), Some(after));
        }
        if old.deprecated != new.deprecated {
            let message = if new.deprecated {
                "is now deprecated"
            } else {
                "is no longer deprecated"
            };
            self.note(Rule::PropertyDeprecated, &new.pointer, message.into(), None, None);
        }
        let keys: BTreeSet<_> = old.prose.keys().chain(new.prose.keys()).copied().collect();
        for key in keys.into_iter().filter(|key| old.prose.get(key) != new.prose.get(key)) {
            let pointer = pointer::child(&new.pointer, key);
            self.note(Rule::ProseChanged, &pointer, format!("{key} changed"), None, None);
        }
    }
}

/// Whether a constraint has no effect: not there, or a flag that is false.
fn is_off(value: Option<&Value>) -> bool {
    matches!(value, None | Some(Value::Bool(false)))
}

/// Whether less is allowed; where that cannot be told (a pattern), it may be.
fn is_tighter(key: &str, before: Option<&Value>, after: Option<&Value>) -> bool {
    if is_off(before) || is_off(after) {
        return is_off(before);
    }
    match (before.and_then(Value::as_f64), after.and_then(Value::as_f64)) {
        (Some(before), Some(after)) if key.starts_with("max") => after < before,
        (Some(before), Some(after)) if key.starts_with("min") => after > before,
        _ => true,
    }
}

fn shown(value: Option<&Value>) -> String {
    const LONG: usize = 60;
    let Some(value) = value else {
        return "nothing".to_owned();
    };
    let text = value.to_string();
    match text.char_indices().nth(LONG) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text,
    }
}
