//! What a copy of the workspace need not build again: the dependencies that are built already.

use std::collections::BTreeSet;
use std::fs::{self, File};
use std::io;
use std::path::Path;

/// Where cargo puts what it has built, and where what it has to know of it.
const DEPENDENCIES: &str = "deps";
const FOLDERS: [&str; 2] = [".fingerprint", "build"];

/// Copies the dependencies that are built in `from`, a target folder, to `target`, another's, unless that has its own.
///
/// The workspace's own packages are those of the lock file without a source. They are left out: cargo tells them apart
/// by their path, and builds the copy's anew. Whatever else does not fit, cargo builds anew as well.
pub(super) fn seed(lock_file: &Path, from: &Path, target: &Path) -> io::Result<()> {
    let (from, target) = (from.join("debug"), target.join("debug"));
    if target.exists() || !from.join(DEPENDENCIES).is_dir() {
        return Ok(());
    }
    let own = own_packages(&fs::read_to_string(lock_file)?);
    for folder in FOLDERS {
        each(&from.join(folder), |name, path| match crate_of(name) {
            Some(package) if !own.contains(&package) => copy_folder(path, &target.join(folder).join(name)),
            _ => Ok(()),
        })?;
    }
    fs::create_dir_all(target.join(DEPENDENCIES))?;
    each(&from.join(DEPENDENCIES), |name, path| {
        let is_library = matches!(
            name.rsplit_once('.'),
            Some((_, "rlib" | "rmeta" | "so" | "dylib" | "dll" | "d"))
        );
        match crate_of(name.strip_prefix("lib").unwrap_or(name)) {
            Some(package) if is_library && !own.contains(&package) => {
                copy_file(path, &target.join(DEPENDENCIES).join(name))
            }
            _ => Ok(()),
        }
    })
}

/// The packages of a lock file that have no source, by their crates' names.
fn own_packages(lock_file: &str) -> BTreeSet<String> {
    let lock_file: toml::Table = lock_file.parse().unwrap_or_default();
    let packages = lock_file.get("package").and_then(toml::Value::as_array);
    packages
        .into_iter()
        .flatten()
        .filter(|package| package.get("source").is_none())
        .filter_map(|package| package.get("name")?.as_str())
        .map(|name| name.replace('-', "_"))
        .collect()
}

/// The crate that a file or folder is of: `serde_core-0123456789abcdef.d` is of `serde_core`.
fn crate_of(name: &str) -> Option<String> {
    let (name, _) = name.rsplit_once('-')?;
    Some(name.replace('-', "_"))
}

/// Does something with each entry of a folder that has a name in UTF-8; a folder that is not there has none.
fn each(folder: &Path, mut act: impl FnMut(&str, &Path) -> io::Result<()>) -> io::Result<()> {
    let entries = match fs::read_dir(folder) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
        entries => entries?,
    };
    for entry in entries {
        let entry = entry?;
        if let Some(name) = entry.file_name().to_str() {
            act(name, &entry.path())?;
        }
    }
    Ok(())
}

fn copy_folder(from: &Path, to: &Path) -> io::Result<()> {
    fs::create_dir_all(to)?;
    each(from, |name, path| {
        if path.is_dir() {
            copy_folder(path, &to.join(name))
        } else {
            copy_file(path, &to.join(name))
        }
    })
}

/// Copies a file with the time of its last change, by which cargo tells whether it is fresh.
fn copy_file(from: &Path, to: &Path) -> io::Result<()> {
    fs::copy(from, to)?;
    File::options()
        .write(true)
        .open(to)?
        .set_modified(fs::metadata(from)?.modified()?)
}

#[cfg(test)]
mod tests {
    use std::fs::{self, File};
    use std::time::{Duration, SystemTime};

    use super::seed;

    const LOCK: &str = "[[package]]\nname = \"our-own\"\nversion = \"1.0.0\"\n\n[[package]]\nname = \"serde-core\"\nversion = \
         \"1.0.0\"\nsource = \"registry\"\n";

    #[test]
    fn dependencies_are_copied_with_their_times_and_the_workspaces_own_crates_are_not() {
        let scratch = tempfile::tempdir().unwrap();
        let (from, to) = (scratch.path().join("from"), scratch.path().join("to"));
        let lock = scratch.path().join("Cargo.lock");
        fs::write(&lock, LOCK).unwrap();
        for file in [
            "deps/libserde_core-0a.rlib",
            "deps/serde_core-0a.d",
            "deps/serde_core-0a",
            "deps/libour_own-0b.rlib",
            ".fingerprint/serde-core-0a/lib",
            ".fingerprint/our-own-0b/lib",
            "build/serde-core-0c/out/x",
            "incremental/serde_core-0a/x",
        ] {
            let file = from.join("debug").join(file);
            fs::create_dir_all(file.parent().unwrap()).unwrap();
            fs::write(&file, "text").unwrap();
        }
        let old = SystemTime::now() - Duration::from_secs(10_000);
        let library = "debug/deps/libserde_core-0a.rlib";
        File::options()
            .write(true)
            .open(from.join(library))
            .unwrap()
            .set_modified(old)
            .unwrap();

        seed(&lock, &from, &to).unwrap();
        let there = |file: &str| to.join("debug").join(file).exists();
        assert!(
            there("deps/serde_core-0a.d")
                && there(".fingerprint/serde-core-0a/lib")
                && there("build/serde-core-0c/out/x")
        );
        for other in [
            "deps/serde_core-0a",
            "deps/libour_own-0b.rlib",
            ".fingerprint/our-own-0b",
            "incremental",
        ] {
            assert!(!there(other), "{other}");
        }
        let when = fs::metadata(to.join(library)).unwrap().modified().unwrap();
        assert!(old.duration_since(when).unwrap_or_else(|error| error.duration()) < Duration::from_secs(2));

        // One that has been used is left alone, and nothing to copy is no error.
        fs::remove_file(to.join(library)).unwrap();
        seed(&lock, &from, &to).unwrap();
        assert!(!to.join(library).exists());
        seed(&lock, &scratch.path().join("none"), &scratch.path().join("other")).unwrap();
        assert!(!scratch.path().join("other").exists());
    }
}
