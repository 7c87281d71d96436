//! `spec/operations.toml`: which operations the SDK covers, and which of them may be repeated.

use std::collections::BTreeMap;
use std::path::Path;

use serde::Deserialize;

use crate::{Error, Result};

/// The operations of the SDK, by operation id, in the order of their names.
#[derive(Clone, Debug, Default, Deserialize, PartialEq)]
#[serde(deny_unknown_fields)]
pub struct Operations {
    /// One table an operation.
    pub operations: BTreeMap<String, Operation>,
}

/// What the SDK has to know of an operation beyond the vendor's document.
#[derive(Clone, Debug, Default, Deserialize, PartialEq)]
#[serde(deny_unknown_fields)]
pub struct Operation {
    /// Whether the request may be sent again.
    #[serde(default)]
    repeat: Repeat,
    /// Whether it only reads; then it may always be sent again.
    #[serde(default)]
    pub read: bool,
}

impl Operation {
    /// Whether the request may be sent again.
    pub fn repeat(&self) -> Repeat {
        if self.read { Repeat::Safe } else { self.repeat }
    }
}

/// Whether a request may be sent again; `rhombus_kisi_runtime::Repeat` says what each means.
#[derive(Clone, Copy, Debug, Default, Deserialize, Eq, PartialEq)]
#[serde(rename_all = "kebab-case")]
pub enum Repeat {
    /// Sending it twice is as good as once.
    Safe,
    /// Only if it certainly was not carried out.
    #[default]
    IfNotCarriedOut,
    /// Never: it is tried once, now.
    Never,
}

impl Operations {
    /// Reads the text of the file `file`.
    ///
    /// # Errors
    /// [`Error::Syntax`] with line and column for what is not TOML, an unknown key or an unknown value.
    pub fn parse(file: &Path, text: &str) -> Result<Self> {
        toml::from_str(text).map_err(|error| Error::Syntax {
            file: file.to_owned(),
            message: error.to_string().trim_end().to_owned(),
        })
    }
}
