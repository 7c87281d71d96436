//! What this release does not know: the SDK is older than the server.

use std::collections::BTreeMap;

use rhombus_kisi_runtime::Kind;
use rhombus_kisi_runtime::walk::Walk;

use crate::compare::{Json, JsonPath};
use crate::diagnose::facts::Facts;
use crate::diagnose::finding::Finding;
use crate::diagnose::kind::FindingKind;
use crate::diagnose::location::Location;
use crate::types::{KisiIntegrationInput, KisiSettings};

/// The unknown in settings, one entry for each level: the keys of maps do not count.
#[derive(Default)]
struct Unknown {
    path: JsonPath,
    /// The path without keys, which is the level.
    level: JsonPath,
    found: BTreeMap<JsonPath, Seen>,
}

struct Seen {
    first: JsonPath,
    count: usize,
    /// Of an enumeration; `None` of a property.
    value: Option<String>,
}

pub(super) fn inspect(facts: &Facts, findings: &mut Vec<Finding>) {
    let mut first = Unknown::default();
    if let Some(v1) = &facts.v1 {
        first.look(KisiSettings::kind(), &Json::of(v1));
    }
    let mut second = Unknown::default();
    if let Some(v2) = &facts.v2 {
        second.look(KisiIntegrationInput::kind(), &Json::of(v2));
    }
    // Both versions show what neither knows.
    let mut found = second.found;
    for (level, seen) in first.found {
        found.entry(level).or_insert(seen);
    }
    findings.extend(found.into_values().map(|seen| {
        let Seen { first, count, value } = seen;
        let kind = match value {
            Some(value) => FindingKind::UnknownValue { value, count },
            None => FindingKind::UnknownProperty { count },
        };
        Finding::new(Location::Setting { path: first }, kind)
    }));
}

impl Unknown {
    fn look(&mut self, kind: Kind, value: &Json) {
        match (kind, value) {
            (Kind::Object(_), Json::Object(properties)) => {
                for (name, value) in properties {
                    self.path.push(name);
                    self.level.push(name);
                    match kind.property(name) {
                        Some(property) => self.look((property.kind)(), value),
                        None => self.note(None),
                    }
                    self.level.pop();
                    self.path.pop();
                }
            }
            (Kind::Map(of), Json::Object(entries)) => {
                for (key, value) in entries {
                    self.path.push(key);
                    self.look(of(), value);
                    self.path.pop();
                }
            }
            (Kind::List(of), Json::Array(values)) => values.iter().for_each(|value| self.look(of(), value)),
            (Kind::Enumeration(known), Json::String(text)) if !known.contains(&&**text) => self.note(Some(text)),
            _ => {}
        }
    }

    fn note(&mut self, value: Option<&str>) {
        let new = || Seen {
            first: self.path.clone(),
            count: 0,
            value: value.map(str::to_owned),
        };
        self.found.entry(self.level.clone()).or_insert_with(new).count += 1;
    }
}
