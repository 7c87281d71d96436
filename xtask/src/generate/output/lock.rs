//! One run at a time.

use std::fs::{self, File, TryLockError};
use std::path::Path;

use crate::{Error, Result};

/// Where the lock is, below the folder that is written to: where builds put what nobody keeps.
const FOLDER: &str = "target";

/// The lock's file. It stays: what holds it is the process, not that it is there.
const FILE: &str = "xtask-generate.lock";

/// Takes the lock of a folder until the file is dropped, or the process ends.
///
/// # Errors
/// [`Error::Output`] where another run has it; [`Error::Io`] where it cannot be taken.
pub(super) fn take(root: &Path) -> Result<File> {
    let folder = root.join(FOLDER);
    let place = folder.join(FILE);
    let failed = |source| Error::Io {
        file: place.clone(),
        action: "lock it",
        source,
    };
    fs::create_dir_all(&folder).map_err(failed)?;
    if fs::symlink_metadata(&place).is_ok_and(|metadata| !metadata.is_file()) {
        return Err(Error::Output {
            file: place,
            message: "a file is to go here, and there is something else: remove it, and run this again".to_owned(),
        });
    }
    let file = File::options()
        .create(true)
        .truncate(false)
        .write(true)
        .open(&place)
        .map_err(failed)?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(TryLockError::WouldBlock) => Err(Error::Output {
            file: root.to_owned(),
            message: "another `cargo xtask generate` writes here: wait for its end, and run this again".to_owned(),
        }),
        Err(TryLockError::Error(source)) => Err(failed(source)),
    }
}
