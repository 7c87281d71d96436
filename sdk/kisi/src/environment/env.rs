use std::io::Read;
use std::path::{Path, PathBuf};
use std::{env, fs, io};

use zeroize::Zeroizing;

/// What the settings are read from; a table in tests.
#[cfg_attr(not(feature = "profile"), allow(dead_code, reason = "only profiles have a home"))]
pub(crate) trait Env {
    /// An environment variable; an empty one counts as none.
    fn variable(&self, name: &str) -> Option<String>;

    /// The user's home directory.
    fn home(&self) -> Option<PathBuf>;

    /// A file; of one with more than `limit` bytes at least one byte more than that.
    fn file(&self, path: &Path, limit: usize) -> io::Result<File>;

    /// The permission bits of a folder, where there is one and the system has them.
    fn folder_mode(&self, path: &Path) -> Option<u32>;
}

/// A file's bytes, which may be a secret.
pub(crate) struct File {
    pub(crate) bytes: Zeroizing<Vec<u8>>,
    /// The permission bits, where the system has them.
    pub(crate) mode: Option<u32>,
}

/// The environment of this process.
pub(crate) struct System;

/// This machine's files without the environment's variables.
#[cfg(feature = "profile")]
pub(crate) struct Files {
    /// In place of the user's home directory.
    pub(crate) home: Option<PathBuf>,
}

#[cfg(feature = "profile")]
impl Env for Files {
    fn variable(&self, _: &str) -> Option<String> {
        None
    }

    fn home(&self) -> Option<PathBuf> {
        self.home.clone().or_else(|| System.home())
    }

    fn file(&self, path: &Path, limit: usize) -> io::Result<File> {
        System.file(path, limit)
    }

    fn folder_mode(&self, path: &Path) -> Option<u32> {
        System.folder_mode(path)
    }
}

impl Env for System {
    fn variable(&self, name: &str) -> Option<String> {
        // What is not Unicode is an error later, as a key or a URL that has characters of another kind.
        let value = env::var_os(name)?.to_string_lossy().into_owned();
        (!value.is_empty()).then_some(value)
    }

    fn home(&self) -> Option<PathBuf> {
        env::home_dir().filter(|home| !home.as_os_str().is_empty())
    }

    fn file(&self, path: &Path, limit: usize) -> io::Result<File> {
        let file = fs::File::open(path)?;
        let metadata = file.metadata()?;
        let limit = limit.saturating_add(1);
        // Its size from the start: a buffer that grows would leave a copy of a secret behind.
        let size = usize::try_from(metadata.len()).unwrap_or_default().saturating_add(1);
        let mut bytes = Zeroizing::new(Vec::new());
        bytes.try_reserve_exact(size.min(limit))?;
        file.take(u64::try_from(limit).unwrap_or(u64::MAX))
            .read_to_end(&mut bytes)?;
        Ok(File {
            bytes,
            mode: mode(&metadata),
        })
    }

    fn folder_mode(&self, path: &Path) -> Option<u32> {
        fs::metadata(path)
            .ok()
            .filter(fs::Metadata::is_dir)
            .as_ref()
            .and_then(mode)
    }
}

#[cfg(unix)]
fn mode(metadata: &fs::Metadata) -> Option<u32> {
    use std::os::unix::fs::PermissionsExt;

    Some(metadata.permissions().mode() & 0o777)
}

#[cfg(not(unix))]
fn mode(_: &fs::Metadata) -> Option<u32> {
    None
}

#[cfg(all(test, unix))]
mod tests {
    use std::fs::{self, Permissions};
    use std::io::ErrorKind;
    use std::os::unix::fs::PermissionsExt;

    use super::{Env, System};

    #[test]
    fn a_file_comes_with_its_permissions() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("credentials");
        let missing = System.file(&path, usize::MAX).err().map(|error| error.kind());
        assert_eq!(missing, Some(ErrorKind::NotFound));
        fs::write(&path, "text").unwrap();
        for mode in [0o600, 0o644] {
            fs::set_permissions(&path, Permissions::from_mode(mode)).unwrap();
            let file = System.file(&path, usize::MAX).unwrap();
            assert_eq!((&file.bytes[..], file.mode), (&b"text"[..], Some(mode)));
        }
        fs::set_permissions(directory.path(), Permissions::from_mode(0o750)).unwrap();
        assert_eq!(System.folder_mode(directory.path()), Some(0o750));
        assert_eq!(System.folder_mode(&path), None);
        let folder = System
            .file(directory.path(), usize::MAX)
            .err()
            .map(|error| error.kind());
        assert_eq!(folder, Some(ErrorKind::IsADirectory));
    }
}
