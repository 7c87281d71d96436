use std::fmt::Write as _;
use std::path::PathBuf;

use serde::Serialize;
use serde_json::{Value, json};

use super::change::Change;
use super::rules::Class;
use crate::document::{Document, Warning};

/// Which part of its version the SDK has to raise.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd, Serialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Bump {
    /// None: there is nothing to release.
    None,
    /// The minor version (before 1.0 the patch version).
    Minor,
    /// The major version (before 1.0 the minor version).
    Major,
}

/// What changed between two documents.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Report {
    /// The old document's file.
    pub old: PathBuf,
    /// The new document's file.
    pub new: PathBuf,
    /// The changes: breaking ones first, then by place.
    pub changes: Vec<Change>,
    /// What could not be compared.
    pub warnings: Vec<Warning>,
    /// How many places of the two documents OpenAPI 3.0 cannot express, so that they were not compared.
    pub inexpressible: usize,
}

impl Report {
    pub(super) fn new(
        old: &Document,
        new: &Document,
        mut changes: Vec<Change>,
        warnings: Vec<Warning>,
        inexpressible: usize,
    ) -> Self {
        changes.sort_by(|a, b| {
            let key = |change: &Change| {
                (
                    std::cmp::Reverse(change.class),
                    change.pointer.clone(),
                    change.rule,
                    change.direction,
                )
            };
            key(a).cmp(&key(b)).then_with(|| a.message.cmp(&b.message))
        });
        // One operation's place is another's too where both refer to it.
        changes.dedup();
        Self {
            old: old.file.clone(),
            new: new.file.clone(),
            changes,
            warnings,
            inexpressible,
        }
    }

    /// The gravest class of all changes.
    pub fn class(&self) -> Option<Class> {
        self.changes.iter().map(|change| change.class).max()
    }

    /// Which part of its version the SDK has to raise.
    pub fn bump(&self) -> Bump {
        match self.class() {
            Some(Class::Breaking) => Bump::Major,
            Some(Class::Additive) => Bump::Minor,
            Some(Class::Documentation) | None => Bump::None,
        }
    }

    /// How many changes are of a class.
    pub fn count(&self, class: Class) -> usize {
        self.changes.iter().filter(|change| change.class == class).count()
    }

    /// To read: a paragraph for each change, then the sum and what follows.
    pub fn to_text(&self) -> String {
        let mut text = String::new();
        for change in &self.changes {
            let _ = writeln!(text, "{change}");
        }
        for warning in &self.warnings {
            let _ = writeln!(text, "warning: {warning}");
        }
        if self.inexpressible > 0 {
            let _ = writeln!(
                text,
                "warning: {} places that OpenAPI 3.0 cannot express were not compared; `cargo xtask import` names them",
                self.inexpressible
            );
        }
        if self.changes.is_empty() {
            text += "nothing changed\n";
            return text;
        }
        let (breaking, additive, words) = (
            self.count(Class::Breaking),
            self.count(Class::Additive),
            self.count(Class::Documentation),
        );
        let _ = writeln!(
            text,
            "{breaking} breaking, {additive} additive, {words} documentation only"
        );
        text += match self.bump() {
            Bump::Major => "the SDK needs a new major version (before 1.0: a new minor version)\n",
            Bump::Minor => "the SDK needs a new minor version (before 1.0: a new patch version)\n",
            Bump::None => "the SDK needs no new version\n",
        };
        text
    }

    /// For programs.
    pub fn to_json(&self) -> Value {
        json!({
            "old": self.old,
            "new": self.new,
            "bump": self.bump(),
            "class": self.class(),
            "counts": {
                "breaking": self.count(Class::Breaking),
                "additive": self.count(Class::Additive),
                "documentation": self.count(Class::Documentation),
            },
            "changes": self.changes,
            "warnings": self.warnings,
            "inexpressible": self.inexpressible,
        })
    }
}
