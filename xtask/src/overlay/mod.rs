//! OpenAPI Overlays (1.0): what the vendor's document leaves out.
//!
//! An overlay is a list of actions. Each names places of a document by a JSONPath (RFC 9535), and either merges
//! something into them or removes them. An action that no longer fits, because its target matches nothing or
//! something of another type, never stops a release: it is left out and returned, and `cargo xtask overlay --check`
//! makes an error of it.

mod action;
mod apply;
mod describe;
mod merge;
mod place;
mod read;

#[cfg(test)]
mod tests;

use std::fmt;
use std::path::{Path, PathBuf};

use serde_json::Value;

pub use action::{Action, Change};
pub use describe::describe;

use crate::Result;
use crate::document::parse_value;

/// An overlay, ready to be applied.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Overlay {
    /// The file, as errors name it.
    pub file: PathBuf,
    /// What it is for.
    pub title: String,
    /// Its own version.
    pub version: String,
    /// The document that it was written for, if it says so. Nothing is loaded from there.
    pub extends: Option<String>,
    /// What it does, in order: later actions see what earlier ones did.
    pub actions: Vec<Action>,
}

impl Overlay {
    /// Reads the text of the file `file`: JSON if its name ends in `.json`, YAML otherwise.
    ///
    /// # Errors
    /// [`Error::Document`](crate::Error::Document) with line and column for what is neither, and with a JSON pointer
    /// for a key that is unknown, missing or of the wrong type; [`Error::Overlay`](crate::Error::Overlay) with action
    /// and target for the same in an action, for an invalid JSONPath, and for an action that does nothing or two
    /// things.
    pub fn parse(file: &Path, text: &str) -> Result<Self> {
        read::overlay(file, parse_value(file, text)?)
    }

    /// Applies every action, in order, wherever it fits, and returns where one does not.
    pub fn apply(&self, document: &mut Value) -> Vec<Misfit> {
        let numbered = self.actions.iter().zip(1..);
        let misfits = numbered.flat_map(|(action, number)| {
            apply::apply(action, document).into_iter().map(move |message| Misfit {
                action: number,
                target: action.target.clone(),
                message,
            })
        });
        misfits.collect()
    }
}

/// Where an action does not fit its document.
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub struct Misfit {
    /// Which action, counted from 1.
    pub action: usize,
    /// The action's target, a JSONPath.
    pub target: String,
    /// What does not fit.
    pub message: String,
}

/// `action 3 ($.a): the target matches nothing`.
impl fmt::Display for Misfit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "action {} ({}): {}", self.action, self.target, self.message)
    }
}
