//! OpenAPI Overlays (1.0): what the vendor's document leaves out.
//!
//! An overlay is a list of actions. Each names places of a document by a JSONPath (RFC 9535), and either merges
//! something into them or removes them. Where the specification shrugs (a target that matches nothing, an action
//! that does nothing) this one refuses, so that an overlay that no longer fits its document is noticed.

mod action;
mod apply;
mod merge;
mod place;
mod read;

#[cfg(test)]
mod tests;

use std::path::{Path, PathBuf};

use serde_json::Value;

pub use action::{Action, Change};

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

    /// Applies every action, in order. A document that an error comes back for is as it was before.
    ///
    /// # Errors
    /// [`Error::Overlay`](crate::Error::Overlay) for a target that matches nothing, and for a place that is not of
    /// the type that the action needs.
    pub fn apply(&self, document: &mut Value) -> Result<()> {
        let mut amended = document.clone();
        for (index, action) in self.actions.iter().enumerate() {
            apply::apply(action, &mut amended).map_err(|message| action.error(&self.file, index + 1, message))?;
        }
        *document = amended;
        Ok(())
    }
}
