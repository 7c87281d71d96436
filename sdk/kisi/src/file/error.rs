use std::fmt;
use std::io;
use std::path::{Path, PathBuf};

use super::fault::{Faults, Lines};

/// How many faults one error holds.
const MOST: usize = 50;

/// Why a settings file was rejected.
///
/// `Display` gives the location first, as compilers do: `kisi.toml:12:5: unknown key ...`. Where the file has more than one fault,
/// each has a line. No value of the file is quoted, and only those keys that are close to a known one.
#[derive(Debug)]
#[non_exhaustive]
pub struct FileError {
    /// The file.
    pub path: PathBuf,
    /// The line of the first fault, from 1; `None` where the fault is the file as a whole.
    pub line: Option<usize>,
    /// The column in that line, in characters from 1.
    pub column: Option<usize>,
    /// What is wrong, and what to do.
    pub message: String,
    /// The file's other faults, in the order of the file; at most 50.
    pub more: Vec<FileFault>,
    source: Option<io::Error>,
}

/// One more fault of a settings file; see [`FileError`].
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub struct FileFault {
    /// The line, from 1.
    pub line: usize,
    /// The column in that line, in characters from 1.
    pub column: usize,
    /// What is wrong, and what to do.
    pub message: String,
}

impl FileError {
    pub(super) fn whole(path: &Path, message: impl Into<String>) -> Self {
        Self {
            path: path.to_owned(),
            line: None,
            column: None,
            message: message.into(),
            more: Vec::new(),
            source: None,
        }
    }

    pub(super) fn unreadable(path: &Path, error: io::Error) -> Self {
        Self {
            message: format!("the file cannot be read: {}", crate::unreadable::reason(&error)),
            source: Some(error),
            ..Self::whole(path, "")
        }
    }

    /// All faults of a text, in its order.
    pub(super) fn of_text(path: &Path, text: &str, faults: Faults) -> Self {
        let lines = Lines::of(text);
        let mut faults = faults.into_sorted().into_iter().map(|fault| {
            let (line, column) = lines.locate(fault.at);
            FileFault {
                line,
                column,
                message: fault.message,
            }
        });
        match faults.next() {
            None => Self::whole(path, "the file is not a settings file"),
            Some(first) => Self {
                line: Some(first.line),
                column: Some(first.column),
                more: faults.take(MOST).collect(),
                ..Self::whole(path, first.message)
            },
        }
    }
}

impl fmt::Display for FileError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let path = self.path.display();
        write!(f, "{path}")?;
        if let Some(line) = self.line {
            write!(f, ":{line}")?;
        }
        if let Some(column) = self.column {
            write!(f, ":{column}")?;
        }
        write!(f, ": {}", self.message)?;
        for fault in &self.more {
            write!(f, "\n{path}:{}:{}: {}", fault.line, fault.column, fault.message)?;
        }
        Ok(())
    }
}

impl std::error::Error for FileError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        self.source.as_ref().map(|error| error as _)
    }
}
