//! What is there, and whether it may be replaced.

use std::collections::BTreeSet;
use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use super::{Changes, GUARDS, Guard, MARK, ONCE, UNMARKED, is_staged};
use crate::generate::Files;
use crate::{Error, Result};

/// How many lines at the front of a file may hold the mark.
const FRONT: usize = 3;

/// Compares `files` with what is below `root`. In each folder of `owned` every file that carries the mark and is
/// not among `files` has to go. A few files are replaced although they bear no mark (`UNMARKED`), and a manifest of a
/// crate of its own is never replaced ([`kept`]).
///
/// # Errors
/// [`Error::Io`] for what is there and cannot be read; [`Error::Output`] for a file without the mark where another one
/// is to go, and for a link in the place of a file or folder.
pub fn compare(root: &Path, files: &Files, owned: &[&str]) -> Result<Changes> {
    let mut changes = Changes::default();
    for (path, new) in files {
        let old = current(root, path)?;
        if let Some((_, broken)) = GUARDS.iter().find(|(guard, _)| path == Path::new(guard)) {
            changes.guard = Some(Guard {
                path: path.clone(),
                old: old.clone(),
                new: new.clone(),
                broken,
            });
        }
        // A checkout may have turned the line endings; only `\n` is ever written.
        match old {
            Some(old) if &old == new => {}
            Some(_) if is_written_once(path) => {}
            Some(old) if !is_marked(&old) && !UNMARKED.iter().any(|file| path == Path::new(file)) => {
                return Err(refused(
                    root.join(path),
                    "it was not generated here, and is not overwritten: move it away or delete it, and run this again",
                ));
            }
            old => changes.write.push((path.clone(), new.clone(), old)),
        }
    }
    for folder in owned {
        gone(root, Path::new(folder), files, &mut changes)?;
    }
    changes.remove.sort();
    let folders: BTreeSet<&Path> = files.keys().filter_map(|path| path.parent()).collect();
    for folder in folders {
        for entry in fs::read_dir(root.join(folder)).into_iter().flatten().flatten() {
            if is_staged(&entry.file_name()) {
                changes.leftovers.push(folder.join(entry.file_name()));
            }
        }
    }
    Ok(changes)
}

/// Returns the manifests below `root` that are there and stay as they are: the path of each, and what it holds.
///
/// # Errors
/// As [`compare`] for what cannot be read, and for a link.
pub fn kept(root: &Path, files: &Files) -> Result<Vec<(PathBuf, String)>> {
    let mut kept = Vec::new();
    for path in files.keys().filter(|path| is_written_once(path)) {
        kept.extend(current(root, path)?.map(|text| (path.clone(), text)));
    }
    Ok(kept)
}

fn is_written_once(path: &Path) -> bool {
    ONCE.iter().any(|once| path == Path::new(once))
}

/// Finds the files below a folder that were generated once and no longer are.
fn gone(root: &Path, folder: &Path, files: &Files, changes: &mut Changes) -> Result<()> {
    if !is_folder(&root.join(folder))? {
        return Ok(());
    }
    let mut pending = vec![folder.to_owned()];
    while let Some(folder) = pending.pop() {
        for entry in fs::read_dir(root.join(&folder)).into_iter().flatten().flatten() {
            let path = folder.join(entry.file_name());
            // Of the entry itself: where a link leads is no business of ours.
            let Ok(kind) = entry.file_type() else { continue };
            if kind.is_dir() {
                if entry.file_name() != "target" {
                    pending.push(path);
                }
            } else if kind.is_file()
                && !files.contains_key(&path)
                && !is_staged(&entry.file_name())
                && let Ok(text) = fs::read_to_string(root.join(&path))
                && is_marked(&text)
            {
                changes.remove.push((path, text));
            }
        }
    }
    Ok(())
}

fn is_marked(text: &str) -> bool {
    text.lines().take(FRONT).any(|line| line.contains(MARK))
}

/// Whether there is a folder; a link to one is an error.
fn is_folder(path: &Path) -> Result<bool> {
    match fs::symlink_metadata(path) {
        Ok(metadata) if metadata.is_symlink() => Err(refused(path.to_owned(), LINK)),
        Ok(metadata) => Ok(metadata.is_dir()),
        Err(error) if is_absent(&error) => Ok(false),
        Err(source) => Err(unread(path, source)),
    }
}

/// What the file at `path` below `root` holds, if there is one.
///
/// # Errors
/// Where a link leads elsewhere, where it is no file, or has no text.
pub(super) fn current(root: &Path, path: &Path) -> Result<Option<String>> {
    let mut place = root.to_owned();
    let mut parts = path.components().peekable();
    while let Some(part) = parts.next() {
        place.push(part);
        let metadata = match fs::symlink_metadata(&place) {
            Ok(metadata) => metadata,
            Err(error) if is_absent(&error) => return Ok(None),
            Err(source) => return Err(unread(&place, source)),
        };
        let is_last = parts.peek().is_none();
        if metadata.is_symlink() {
            return Err(refused(place, LINK));
        } else if is_last && !metadata.is_file() {
            return Err(refused(
                place,
                "a file is to go here, and there is something else: move it away, and run this again",
            ));
        } else if !is_last && !metadata.is_dir() {
            return Err(refused(
                place,
                "a folder is to go here, and there is something else: move it away, and run this again",
            ));
        }
    }
    match fs::read(&place) {
        // What is no text has no mark.
        Ok(bytes) => Ok(Some(String::from_utf8_lossy(&bytes).into_owned())),
        Err(source) => Err(unread(&place, source)),
    }
}

const LINK: &str =
    "it is a link, and nothing is written through links: put a file or a folder in its place, and run this again";

fn is_absent(error: &std::io::Error) -> bool {
    error.kind() == ErrorKind::NotFound
}

fn refused(file: PathBuf, message: &str) -> Error {
    Error::Output {
        file,
        message: message.to_owned(),
    }
}

fn unread(file: &Path, source: std::io::Error) -> Error {
    Error::Io {
        file: file.to_owned(),
        action: "read it",
        source,
    }
}
