//! Putting files in their places: all of them, or the crate says that it is not whole.
//!
//! Everything is first written beside its place. Then the guard is replaced by one that stops every build, then the
//! files, and at the end the guard by its new text. A failure puts the old files back, and the old guard last; where
//! the process is killed, the guard that stops a build is there.

use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use super::{Changes, STAGED, inspect, lock};
use crate::{Error, Result};

/// Writes the changes, all or none.
///
/// # Errors
/// [`Error::Output`] where another run writes, or a file is another one than was compared; [`Error::Io`] for what
/// cannot be written. The old files are there then.
pub fn write(root: &Path, changes: &Changes) -> Result<()> {
    write_on(&Disk { before: &|| Ok(()) }, root, changes)
}

/// The disk; tests have it fail.
pub(super) struct Disk<'a> {
    /// Called before each operation that changes something.
    pub(super) before: &'a dyn Fn() -> io::Result<()>,
}

impl Disk<'_> {
    /// Writes a text beside its place.
    fn stage(&self, folder: &Path, text: &str) -> io::Result<PathBuf> {
        (self.before)()?;
        let mut file = tempfile::Builder::new().prefix(STAGED).tempfile_in(folder)?;
        file.write_all(text.as_bytes())?;
        file.as_file().sync_all()?;
        permit(file.path())?;
        Ok(file.into_temp_path().keep()?)
    }

    fn create_folder(&self, folder: &Path) -> io::Result<()> {
        (self.before)()?;
        fs::create_dir_all(folder)
    }

    fn rename(&self, from: &Path, to: &Path) -> io::Result<()> {
        (self.before)()?;
        fs::rename(from, to)
    }

    fn remove(&self, file: &Path) -> io::Result<()> {
        (self.before)()?;
        fs::remove_file(file)
    }
}

/// A text on its way to its place.
struct Staged<'a> {
    beside: PathBuf,
    target: PathBuf,
    /// What is there.
    old: Option<&'a str>,
}

pub(super) fn write_on(disk: &Disk<'_>, root: &Path, changes: &Changes) -> Result<()> {
    if changes.is_empty() {
        return Ok(());
    }
    let _lock = lock::take(root)?;
    unchanged(root, changes)?;
    for leftover in &changes.leftovers {
        // Another run may have been there before.
        let _ = disk.remove(&root.join(leftover));
    }
    let mut staged = Vec::new();
    let placed = stage(disk, root, changes, &mut staged).and_then(|guard| put(disk, root, changes, &staged, guard));
    for left in &staged {
        // Gone, where it is in its place.
        let _ = disk.remove(&left.beside);
    }
    placed
}

/// Makes sure that what is there is what was compared.
fn unchanged(root: &Path, changes: &Changes) -> Result<()> {
    let written = changes.write.iter().map(|(path, _, old)| (path, old.as_deref()));
    let removed = changes.remove.iter().map(|(path, old)| (path, Some(old.as_str())));
    let guard = changes.guard.iter().map(|guard| (&guard.path, guard.old.as_deref()));
    for (path, old) in written.chain(removed).chain(guard) {
        if inspect::current(root, path)?.as_deref() != old {
            return Err(Error::Output {
                file: root.join(path),
                message: "it has changed since it was compared: run this again".to_owned(),
            });
        }
    }
    Ok(())
}

/// Writes everything beside its place. Returns how many there are before the guard's two texts, the one that stops
/// a build and the new one.
fn stage<'a>(disk: &Disk<'_>, root: &Path, changes: &'a Changes, staged: &mut Vec<Staged<'a>>) -> Result<usize> {
    let guard = changes.guard.as_ref();
    let others = changes
        .write
        .iter()
        .map(|(path, new, old)| (path, new.as_str(), old.as_deref()));
    let others = others.filter(|(path, ..)| guard.is_none_or(|guard| &guard.path != *path));
    let guards = guard.into_iter().flat_map(|guard| {
        let old = guard.old.as_deref();
        [
            (&guard.path, guard.broken, old),
            (&guard.path, guard.new.as_str(), Some(guard.broken)),
        ]
    });
    let mut before = 0;
    for (path, text, old) in others.chain(guards) {
        let target = root.join(path);
        let folder = target.parent().unwrap_or(root);
        disk.create_folder(folder).map_err(|error| failed(folder, error))?;
        let beside = disk.stage(folder, text).map_err(|error| failed(&target, error))?;
        before += usize::from(guard.is_none_or(|guard| &guard.path != path));
        staged.push(Staged { beside, target, old });
    }
    Ok(before)
}

fn put(disk: &Disk<'_>, root: &Path, changes: &Changes, staged: &[Staged<'_>], before: usize) -> Result<()> {
    let (others, guards) = staged.split_at(before.min(staged.len()));
    let (stop, go) = guards.split_at(guards.len().min(1));
    let mut done: Vec<(PathBuf, Option<&str>)> = Vec::new();
    let mut step = |staged: &Staged<'_>, old| {
        disk.rename(&staged.beside, &staged.target)
            .map_err(|error| failed(&staged.target, error))?;
        done.push((staged.target.clone(), old));
        Ok(())
    };
    let written = stop
        .iter()
        .chain(others)
        .try_for_each(|staged| step(staged, staged.old));
    let outcome = written.and_then(|()| {
        changes.remove.iter().try_for_each(|(path, old)| {
            let target = root.join(path);
            disk.remove(&target).map_err(|error| failed(&target, error))?;
            done.push((target, Some(old)));
            Ok(())
        })
    });
    let outcome = outcome.and_then(|()| {
        go.iter().try_for_each(|staged| {
            disk.rename(&staged.beside, &staged.target)
                .map_err(|error| failed(&staged.target, error))
        })
    });
    outcome.map_err(|error| undo(disk, root, &done, error))
}

/// Puts back what was there, the guard, which went first, at the end.
fn undo(disk: &Disk<'_>, root: &Path, done: &[(PathBuf, Option<&str>)], error: Error) -> Error {
    let restored = done.iter().rev().try_for_each(|(target, old)| match old {
        Some(old) => {
            let beside = disk.stage(target.parent().unwrap_or(root), old)?;
            disk.rename(&beside, target)
        }
        None => disk.remove(target),
    });
    match restored {
        Ok(()) => error,
        Err(source) => Error::Output {
            file: root.to_owned(),
            message: format!("{error}; and the old files could not be put back ({source}): run this again"),
        },
    }
}

fn failed(file: &Path, source: io::Error) -> Error {
    Error::Io {
        file: file.to_owned(),
        action: "write it",
        source,
    }
}

/// A temporary file is its owner's alone; a source file is everybody's to read.
fn permit(file: &Path) -> io::Result<()> {
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        fs::set_permissions(file, fs::Permissions::from_mode(0o644))?;
    }
    let _ = file;
    Ok(())
}
