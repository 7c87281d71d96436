//! A copy of the workspace, in which cargo can be run without a trace in the workspace itself.

use std::collections::BTreeSet;
use std::ffi::{OsStr, OsString};
use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};
use std::process::Command;

use super::seed::seed;

/// Folders that are not copied, and not taken away from the copy.
const NOT_COPIED: [&str; 2] = ["target", ".git"];

/// A copy of a workspace, kept from one time to the next so that cargo builds only what has changed.
///
/// It has a target folder of its own, which begins with the dependencies that the workspace has built. In one that both share, cargo takes the copy's crates for the workspace's: it tells them
/// apart by their path below the root, and by what is newer.
#[derive(Debug)]
pub struct Copy {
    folder: PathBuf,
    /// Held as long as the copy is in use.
    _lock: File,
}

impl Copy {
    /// Brings the copy at `folder` to the state of the workspace `root`; waits where another process uses it.
    ///
    /// # Errors
    /// Those of the file system.
    pub fn of(root: &Path, folder: &Path) -> io::Result<Self> {
        fs::create_dir_all(folder)?;
        let lock = File::create(folder.with_extension("lock"))?;
        lock.lock()?;
        mirror(root, folder)?;
        let built = std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| root.join("target"), PathBuf::from);
        // What cannot be copied is built.
        let _ = seed(&root.join("Cargo.lock"), &built, &folder.join("target"));
        Ok(Self {
            folder: folder.to_owned(),
            _lock: lock,
        })
    }

    /// The copy's folder.
    pub fn root(&self) -> &Path {
        &self.folder
    }

    /// A cargo that works in the copy.
    pub fn cargo(&self) -> Command {
        let mut cargo = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
        cargo.current_dir(&self.folder).env_remove("CARGO_TARGET_DIR");
        // What cargo has told this process of its own package is not true of the copy.
        for (name, _) in std::env::vars_os().filter(|(name, _)| is_of_a_package(name)) {
            cargo.env_remove(name);
        }
        cargo
    }
}

fn is_of_a_package(variable: &OsStr) -> bool {
    let variable = variable.to_string_lossy();
    variable.starts_with("CARGO_PKG_") || variable.starts_with("CARGO_MANIFEST_")
}

/// Makes the files below `copy` those below `from`. A file that is the same is left alone, with the time of its last change.
fn mirror(from: &Path, copy: &Path) -> io::Result<()> {
    let mut there: BTreeSet<OsString> = BTreeSet::new();
    for entry in fs::read_dir(from)? {
        let entry = entry?;
        let name = entry.file_name();
        if NOT_COPIED.iter().any(|other| name == *other) {
            continue;
        }
        let (source, target) = (entry.path(), copy.join(&name));
        let kind = entry.file_type()?;
        if kind.is_dir() {
            if target.is_file() {
                fs::remove_file(&target)?;
            }
            fs::create_dir_all(&target)?;
            mirror(&source, &target)?;
        } else if kind.is_file() {
            if target.is_dir() {
                fs::remove_dir_all(&target)?;
            }
            let text = fs::read(&source)?;
            if fs::read(&target).ok().as_ref() != Some(&text) {
                fs::write(&target, text)?;
            }
        } else {
            continue;
        }
        there.insert(name);
    }
    for entry in fs::read_dir(copy)? {
        let entry = entry?;
        let name = entry.file_name();
        if there.contains(&name) || NOT_COPIED.iter().any(|other| name == *other) {
            continue;
        }
        if entry.file_type()?.is_dir() {
            fs::remove_dir_all(entry.path())?;
        } else {
            fs::remove_file(entry.path())?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::Copy;

    #[test]
    fn a_copy_is_as_the_workspace_is_and_keeps_what_is_the_same() {
        let scratch = tempfile::tempdir().unwrap();
        let (root, folder) = (scratch.path().join("root"), scratch.path().join("copy"));
        for (file, text) in [
            ("a/b.rs", "1"),
            ("a/c.rs", "2"),
            ("target/x", ""),
            ("a/target/x", ""),
            ("d", "3"),
        ] {
            let file = root.join(file);
            fs::create_dir_all(file.parent().unwrap()).unwrap();
            fs::write(file, text).unwrap();
        }
        let copy = Copy::of(&root, &folder).unwrap();
        let read = |file: &str| fs::read_to_string(folder.join(file)).ok();
        assert_eq!(read("a/b.rs").as_deref(), Some("1"));
        assert!(!folder.join("target").exists() && !folder.join("a/target").exists());
        drop(copy);

        // What a run leaves there, and what the workspace has no longer.
        fs::create_dir(folder.join("target")).unwrap();
        fs::write(folder.join("a/b.rs"), "changed").unwrap();
        fs::write(folder.join("e"), "new").unwrap();
        fs::remove_file(root.join("d")).unwrap();
        fs::create_dir(root.join("d")).unwrap();
        let when = |file: &str| fs::metadata(folder.join(file)).unwrap().modified().unwrap();
        let before = when("a/c.rs");
        let _copy = Copy::of(&root, &folder).unwrap();
        assert_eq!(read("a/b.rs").as_deref(), Some("1"));
        assert_eq!(read("e"), None);
        assert!(folder.join("d").is_dir() && folder.join("target").exists());
        assert_eq!(when("a/c.rs"), before);
    }
}
