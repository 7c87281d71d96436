//! One run at a time.

use std::fs::{self, File, TryLockError};
use std::path::{Path, PathBuf};

use crate::{Error, Result};

/// Takes the lock of a folder until the file is dropped, or the process ends.
///
/// # Errors
/// [`Error::Output`] where another run has it; [`Error::Io`] where it cannot be taken.
pub(super) fn take(root: &Path) -> Result<File> {
    let failed = |file: &Path, source| Error::Io {
        file: file.to_owned(),
        action: "lock it",
        source,
    };
    fs::create_dir_all(root).map_err(|error| failed(root, error))?;
    let place = place(root);
    let file = open(&place).map_err(|error| failed(&place, error))?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(TryLockError::WouldBlock) => Err(Error::Output {
            file: root.to_owned(),
            message: "another `cargo xtask generate` writes here: wait for its end, and run this again".to_owned(),
        }),
        Err(TryLockError::Error(source)) => Err(failed(&place, source)),
    }
}

/// The folder itself, so that nothing is left in it.
#[cfg(unix)]
fn place(root: &Path) -> PathBuf {
    root.to_owned()
}

#[cfg(unix)]
fn open(place: &Path) -> std::io::Result<File> {
    File::open(place)
}

/// A file where builds put what nobody keeps: a folder cannot be locked. It stays; what holds it is the process, not that it is
/// there.
#[cfg(not(unix))]
fn place(root: &Path) -> PathBuf {
    root.join("target/xtask-generate.lock")
}

#[cfg(not(unix))]
fn open(place: &Path) -> std::io::Result<File> {
    if let Some(folder) = place.parent() {
        fs::create_dir_all(folder)?;
    }
    File::options().create(true).truncate(false).write(true).open(place)
}
