use std::path::Path;

use super::FileError;

/// The format of a settings file.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[non_exhaustive]
pub enum Format {
    /// `.toml`
    Toml,
    /// `.json`
    Json,
    /// `.yaml` or `.yml`: YAML 1.2
    Yaml,
}

impl Format {
    /// Returns the format of a file's extension.
    ///
    /// # Errors
    /// Errors with [`FileError`] for any other extension.
    pub fn of(path: &Path) -> Result<Self, FileError> {
        let extension = path.extension().and_then(|extension| extension.to_str());
        match extension.map(str::to_ascii_lowercase).as_deref() {
            Some("toml") => Ok(Self::Toml),
            Some("json") => Ok(Self::Json),
            Some("yaml" | "yml") => Ok(Self::Yaml),
            _ => Err(FileError::whole(
                path,
                "the name has no known format: use .toml, .json, .yaml or .yml",
            )),
        }
    }
}
