//! Documents: loaded from JSON or YAML, kept as JSON values together with the name of their file.

use std::path::PathBuf;

use serde_json::Value;

/// A document and the file that it came from, which every error names.
#[derive(Clone, Debug)]
pub struct Document {
    /// The file, as errors name it.
    pub file: PathBuf,
    /// The document.
    pub root: Value,
}
