use std::fmt;
use std::io;
use std::path::{Path, PathBuf};

/// Why a settings file was not taken.
///
/// `Display` gives the place first, as compilers do: `kisi.toml:12:5: unknown key ...`. No value of the file is quoted.
#[derive(Debug)]
#[non_exhaustive]
pub struct FileError {
    /// The file.
    pub path: PathBuf,
    /// The line, from 1; `None` where the trouble is the file as a whole.
    pub line: Option<usize>,
    /// The column in that line, from 1.
    pub column: Option<usize>,
    /// What is wrong, and what to do.
    pub message: String,
    source: Option<io::Error>,
}

impl FileError {
    pub(super) fn whole(path: &Path, message: impl Into<String>) -> Self {
        Self {
            path: path.to_owned(),
            line: None,
            column: None,
            message: message.into(),
            source: None,
        }
    }

    pub(super) fn unreadable(path: &Path, error: io::Error) -> Self {
        Self {
            source: Some(error),
            ..Self::whole(path, "the file cannot be read")
        }
    }

    pub(super) fn at(path: &Path, line: usize, column: usize, message: impl Into<String>) -> Self {
        Self {
            line: Some(line),
            column: Some(column),
            ..Self::whole(path, message)
        }
    }
}

impl fmt::Display for FileError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.path.display())?;
        if let Some(line) = self.line {
            write!(f, ":{line}")?;
        }
        if let Some(column) = self.column {
            write!(f, ":{column}")?;
        }
        write!(f, ": {}", self.message)
    }
}

impl std::error::Error for FileError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        self.source.as_ref().map(|error| error as _)
    }
}
