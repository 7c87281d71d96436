//! Documents: loaded from JSON or YAML, kept as JSON values together with the name of their file.

use std::path::{Path, PathBuf};

use serde_json::Value;

mod canonical;
pub mod downgrade;
pub mod grammar;
mod operations;
mod parse;
pub mod plain;
pub mod pointer;
pub(crate) mod suggest;
mod version;
pub mod visit;
mod warning;

pub use canonical::to_text;
pub use operations::{Located, operations, route};
pub use parse::{DuplicateKeys, MAX_DEPTH};
pub use suggest::suggest;
pub(crate) use version::kind;
pub use version::{TARGET, Version};
pub use warning::Warning;

use crate::{Error, Result};

/// A document and the file that it came from, which every error names.
#[derive(Clone, Debug)]
pub struct Document {
    /// The file, as errors name it.
    pub file: PathBuf,
    /// The document.
    pub root: Value,
}

impl Document {
    /// Reads an OpenAPI document, JSON or YAML, of OpenAPI 3.0, 3.1 or 3.2.
    ///
    /// # Errors
    /// [`Error::Io`] where the file cannot be read, else as [`Document::parse`].
    pub fn load(path: impl AsRef<Path>) -> Result<Self> {
        let path = path.as_ref();
        Self::parse(path, &read(path)?)
    }

    /// Reads the text of the file `file`.
    ///
    /// # Errors
    /// [`Error::Document`] with line, column and JSON pointer for what is neither JSON nor YAML, for a key that
    /// is there twice in one object, for nesting deeper than [`MAX_DEPTH`], and with the pointer for what is not
    /// OpenAPI 3.0, 3.1 or 3.2.
    pub fn parse(file: impl AsRef<Path>, text: &str) -> Result<Self> {
        Ok(Self::parse_with(file, text, DuplicateKeys::Refuse)?.0)
    }

    /// As [`Document::load`], but says what to do with a duplicate key, and warns of each.
    ///
    /// # Errors
    /// As [`Document::load`].
    pub fn load_with(path: impl AsRef<Path>, duplicates: DuplicateKeys) -> Result<(Self, Vec<Warning>)> {
        let path = path.as_ref();
        Self::parse_with(path, &read(path)?, duplicates)
    }

    /// As [`Document::parse`], but says what to do with a duplicate key, and warns of each.
    ///
    /// # Errors
    /// As [`Document::parse`].
    pub fn parse_with(file: impl AsRef<Path>, text: &str, duplicates: DuplicateKeys) -> Result<(Self, Vec<Warning>)> {
        let file = file.as_ref();
        let (root, repeated) = parse::parse(file, text, duplicates)?;
        Version::of(file, &root)?;
        let warnings = repeated
            .into_iter()
            .map(|pointer| Warning::new(pointer, "the key is there more than once: the last one was taken"))
            .collect();
        let document = Self {
            file: file.to_owned(),
            root,
        };
        Ok((document, warnings))
    }

    /// The version of OpenAPI that it states.
    ///
    /// # Errors
    /// [`Error::Document`] where it states none, or one that is not read.
    pub fn version(&self) -> Result<Version> {
        Version::of(&self.file, &self.root)
    }

    /// An error at a place in this document.
    pub fn error(&self, pointer: impl Into<String>, message: impl Into<String>) -> Error {
        Error::document(&self.file, pointer, message)
    }
}

/// Reads text as JSON or YAML, whatever it describes. A duplicate key is an error.
///
/// # Errors
/// [`Error::Document`] with line, column and JSON pointer.
pub(crate) fn parse_value(file: &Path, text: &str) -> Result<Value> {
    let (value, repeated) = parse::parse(file, text, DuplicateKeys::LastWins)?;
    match repeated.into_iter().next() {
        None => Ok(value),
        Some(pointer) => Err(Error::document(
            file,
            pointer,
            "the key is there twice in one object: remove one of the two",
        )),
    }
}

fn read(path: &Path) -> Result<String> {
    std::fs::read_to_string(path).map_err(|source| Error::Io {
        file: path.to_owned(),
        action: "read it",
        source,
    })
}

#[cfg(test)]
mod tests;
