//! What responses have and the document of the API has not: the vendor changes its API without a version.
//!
//! A [`Finding`] holds names and never values: properties by their names, a map's keys as `*`, a list's indices not at all.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::{Mutex, PoisonError};

use crate::pattern::{push_path, push_property};
use crate::walk::{Novelty, Path, Step, Visit};
use crate::{Extra, Operation, RhombusUuid, Secret};

/// How many different findings of one response are told.
const MOST: usize = 256;
/// How many characters of a name that the server chose are shown.
pub(crate) const NAME_LENGTH: usize = 64;

/// How a response differs from the document of the API.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
#[non_exhaustive]
pub enum FindingKind {
    /// An object has a property that this release does not know.
    UnknownProperty,
    /// An enumeration has a value that this release does not know.
    UnknownValue,
    /// An object that is one of several types, such as an integration, is of a type that this release does not know.
    UnknownVariant,
    /// A value is of another JSON type than documented, or out of the documented range.
    OtherType,
}

impl FindingKind {
    /// All of them.
    pub const ALL: [Self; 4] = [
        Self::UnknownProperty,
        Self::UnknownValue,
        Self::UnknownVariant,
        Self::OtherType,
    ];

    /// Returns the name of the kind, which does not change from release to release.
    ///
    /// ```
    /// use rhombus_kisi_runtime::drift::FindingKind;
    ///
    /// assert_eq!(FindingKind::UnknownProperty.as_str(), "unknown_property");
    /// ```
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::UnknownProperty => "unknown_property",
            Self::UnknownValue => "unknown_value",
            Self::UnknownVariant => "unknown_variant",
            Self::OtherType => "other_type",
        }
    }
}

impl fmt::Display for FindingKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

/// One difference between a response and the document of the API.
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub struct Finding {
    /// What kind of difference it is.
    pub kind: FindingKind,
    /// Where it is in the response: `$.kisiSettings.doorInfoMap.*.badgeColour`. A name that the server chose is masked, on one
    /// line and of at most 64 characters; where it looks like an id or a number it is `*`.
    pub path: String,
    /// How many times it is in the response.
    pub count: u64,
}

/// The paths of findings whose names were shown as they are.
///
/// PERF: a property that the vendor adds is in each response from then on, and to look for secrets in its name takes as long
/// as a quarter of a small call.
#[derive(Debug, Default)]
pub struct Paths(Mutex<BTreeMap<String, String>>);

impl Paths {
    /// How many are kept.
    const MOST: usize = 500;

    /// Returns the path of a place, whose name `gate` shows.
    fn show(&self, place: String, gate: &dyn Fn(&str) -> String) -> String {
        let paths = || self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(path) = paths().get(&place) {
            return path.clone();
        }
        let (path, as_it_is) = path_of(&place, gate);
        let mut paths = paths();
        if as_it_is && paths.len() < Self::MOST {
            paths.insert(place, path.clone());
        }
        path
    }
}

/// The path of a place, and whether the name that the server chose is in it as it is.
fn path_of(place: &str, gate: &dyn Fn(&str) -> String) -> (String, bool) {
    let Some((place, name)) = place.split_once(NAME) else {
        return (format!("${place}"), true);
    };
    let mut path = format!("${place}");
    if is_key(name) {
        path.push_str(".*");
        return (path, false);
    }
    let shown = gate(name);
    push_property(&mut path, &shown);
    (path, shown == name)
}

/// What one response has and the document of the API has not. It is looked for when [`findings`](Self::findings) is called.
pub struct Sighting<'a> {
    operation: &'static Operation,
    look: &'a dyn Fn(&mut Collect),
    /// A name as a message may show it.
    shown: &'a dyn Fn(&str) -> String,
}

impl<'a> Sighting<'a> {
    pub(crate) fn new(
        operation: &'static Operation,
        look: &'a dyn Fn(&mut Collect),
        shown: &'a dyn Fn(&str) -> String,
    ) -> Self {
        Self { operation, look, shown }
    }

    /// Returns the operation whose response it is.
    pub fn operation(&self) -> &'static Operation {
        self.operation
    }

    /// Returns the findings, at most 256 different ones, and how many more times something was found that is none of them.
    /// `paths` are those that were shown before.
    pub fn findings(&self, paths: &Paths) -> (Vec<Finding>, u64) {
        let mut collect = Collect::new(self.operation.partial_objects());
        (self.look)(&mut collect);
        collect.findings(&|place| paths.show(place, self.shown))
    }
}

impl fmt::Debug for Sighting<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Sighting")
            .field("operation", &self.operation.id)
            .finish_non_exhaustive()
    }
}

/// Collects the novelties that a walk shows.
pub(crate) struct Collect {
    partial: &'static [&'static str],
    /// How many times each was found, sorted by kind, place and the name that the server chose.
    /// PERF: they are few, and a map allocates for many.
    found: Vec<((FindingKind, String), u64)>,
    /// What was found last. PERF: most of what is found was found before, and then nothing is allocated.
    last: (FindingKind, String),
    others: u64,
    /// How many novelties the walk has not come to.
    left: usize,
}

/// What separates a place and the name that the server chose. No place has it: names of the document are escaped.
const NAME: char = '\0';

impl Collect {
    fn new(partial: &'static [&'static str]) -> Self {
        Self {
            partial,
            found: Vec::new(),
            last: (FindingKind::OtherType, String::new()),
            others: 0,
            left: usize::MAX,
        }
    }

    /// Sets after how many novelties the walk may end.
    pub(crate) fn expect(&mut self, count: usize) {
        self.left = count;
    }

    /// Counts what `write` writes of a place.
    pub(crate) fn found(&mut self, kind: FindingKind, write: impl FnOnce(&mut String)) {
        self.last.0 = kind;
        self.last.1.clear();
        // Longer than most are.
        self.last.1.reserve(96);
        write(&mut self.last.1);
        match self.found.binary_search_by(|(found, _)| found.cmp(&self.last)) {
            Ok(at) => {
                if let Some((_, count)) = self.found.get_mut(at) {
                    *count += 1;
                }
            }
            Err(at) if self.found.len() < MOST => {
                let found = std::mem::replace(&mut self.last, (kind, String::new()));
                self.found.insert(at, (found, 1));
            }
            Err(_) => self.others += 1,
        }
    }

    /// Whether only some of the documented properties of the object there have a field.
    fn is_partial(&self, path: Path<'_>) -> bool {
        self.partial.iter().any(|way| is_way(way, path))
    }

    fn findings(self, show: &dyn Fn(String) -> String) -> (Vec<Finding>, u64) {
        let found = self.found.into_iter();
        let findings = found.map(|((kind, place), count)| Finding {
            kind,
            path: show(place),
            count,
        });
        let mut findings: Vec<_> = findings.collect();
        // Several names may look alike once they have passed the gate.
        findings.sort_by(|one, other| (one.kind, &one.path).cmp(&(other.kind, &other.path)));
        findings.dedup_by(|next, kept| {
            let is_same = (next.kind, &next.path) == (kept.kind, &kept.path);
            kept.count += if is_same { next.count } else { 0 };
            is_same
        });
        (findings, self.others)
    }
}

/// Whether the names of the properties on a path are these, `a/b`.
fn is_way(way: &str, path: Path<'_>) -> bool {
    let (mut names, mut at) = (way.rsplit('/'), path);
    while let Some((above, step)) = at.split_last() {
        if let Step::Property(name) = step
            && names.next() != Some(name)
        {
            return false;
        }
        at = *above;
    }
    names.next().is_none()
}

/// Whether a name is that of no property: a number or an id, as the keys of a map are.
fn is_key(name: &str) -> bool {
    let is_number = !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_digit());
    // As long as an id are some words, too; but they seldom have digits.
    let is_id = || name.parse::<RhombusUuid>().is_ok() && !name.bytes().all(|byte| byte.is_ascii_alphabetic());
    is_number || is_id()
}

impl<'a> Visit<'a> for Collect {
    fn secret(&mut self, _: Path<'_>, _: &'a Secret) {}

    fn unknown(&mut self, _: Path<'_>, _: &'a Extra) {}

    fn is_done(&self) -> bool {
        self.left == 0
    }

    fn novel(&mut self, path: Path<'_>, novelty: Novelty<'a>) {
        let count = match novelty {
            Novelty::Properties(properties) => properties.len(),
            _ => 1,
        };
        self.left = self.left.saturating_sub(count);
        match novelty {
            Novelty::Properties(_) if self.is_partial(path) => {}
            Novelty::Properties(properties) => {
                for name in properties.keys() {
                    self.found(FindingKind::UnknownProperty, |place| {
                        push_path(place, path);
                        place.push(NAME);
                        place.push_str(&name);
                    });
                }
            }
            Novelty::Value => self.found(FindingKind::UnknownValue, |place| push_path(place, path)),
            Novelty::Variant => self.found(FindingKind::UnknownVariant, |place| push_path(place, path)),
            Novelty::JsonType => self.found(FindingKind::OtherType, |place| push_path(place, path)),
        }
    }
}
