use std::path::PathBuf;

/// What every build task returns.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// Why a build task stopped: the file, the place in it, what is wrong and what to do.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// A file could not be read or written.
    #[error("{}: cannot {action}: {source}", file.display())]
    Io {
        /// The file.
        file: PathBuf,
        /// What was tried: `read it`, `write it`, …
        action: &'static str,
        /// The error underneath.
        source: std::io::Error,
    },

    /// A file is not JSON, YAML or TOML, or not of the form that it should have.
    #[error("{}: {message}", file.display())]
    Syntax {
        /// The file.
        file: PathBuf,
        /// What is wrong, with line and column where they are known.
        message: String,
    },

    /// A place in a document is not as it has to be.
    #[error("{}#{pointer}: {message}", file.display())]
    Document {
        /// The file.
        file: PathBuf,
        /// The JSON pointer (RFC 6901); empty for the whole document.
        pointer: String,
        /// What is wrong, and what to do.
        message: String,
    },

    /// An action of an overlay does not apply.
    #[error("{}: action {action} ({target}): {message}", file.display())]
    Overlay {
        /// The overlay's file.
        file: PathBuf,
        /// Which action, counted from 1.
        action: usize,
        /// The action's target, a JSONPath.
        target: String,
        /// What is wrong, and what to do.
        message: String,
    },

    /// A file or folder is not to be written to.
    #[error("{}: {message}", file.display())]
    Output {
        /// The file or folder.
        file: PathBuf,
        /// Why, and what to do.
        message: String,
    },

    /// The generator failed, or panicked.
    #[error("{}#{pointer}: operation {operation}: {message}", file.display())]
    Generator {
        /// The document.
        file: PathBuf,
        /// The JSON pointer of the operation, or of all where it is none alone.
        pointer: String,
        /// The operation that it could not take.
        operation: String,
        /// What it said.
        message: String,
    },
}

impl Error {
    /// A place in a document that is not as it has to be.
    pub fn document(file: impl Into<PathBuf>, pointer: impl Into<String>, message: impl Into<String>) -> Self {
        Self::Document {
            file: file.into(),
            pointer: pointer.into(),
            message: message.into(),
        }
    }
}
