use std::path::{Path, PathBuf};
use std::{env, fs, io};

use zeroize::Zeroizing;

/// What the settings are read from; a table in tests.
#[cfg_attr(not(feature = "profile"), allow(dead_code, reason = "only profiles are files"))]
pub(crate) trait Surroundings {
    /// An environment variable; an empty one counts as none.
    fn variable(&self, name: &str) -> Option<String>;

    /// The user's home directory.
    fn home(&self) -> Option<PathBuf>;

    /// A whole file.
    fn file(&self, path: &Path) -> io::Result<File>;
}

/// A file's bytes, which may be a secret.
#[cfg_attr(not(feature = "profile"), allow(dead_code, reason = "only profiles are files"))]
pub(crate) struct File {
    pub(crate) bytes: Zeroizing<Vec<u8>>,
    /// The permission bits, where the system has them.
    pub(crate) mode: Option<u32>,
}

/// The process's own surroundings.
pub(crate) struct System;

impl Surroundings for System {
    fn variable(&self, name: &str) -> Option<String> {
        // What is not Unicode is refused later, as a key or a URL that has characters of another kind.
        let value = env::var_os(name)?.to_string_lossy().into_owned();
        (!value.is_empty()).then_some(value)
    }

    fn home(&self) -> Option<PathBuf> {
        env::home_dir().filter(|home| !home.as_os_str().is_empty())
    }

    fn file(&self, path: &Path) -> io::Result<File> {
        Ok(File {
            bytes: Zeroizing::new(fs::read(path)?),
            mode: mode(&fs::metadata(path)?),
        })
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

    use super::{Surroundings, System};

    #[test]
    fn a_file_comes_with_its_permissions() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("credentials");
        let missing = System.file(&path).err().map(|error| error.kind());
        assert_eq!(missing, Some(ErrorKind::NotFound));
        fs::write(&path, "text").unwrap();
        for mode in [0o600, 0o644] {
            fs::set_permissions(&path, Permissions::from_mode(mode)).unwrap();
            let file = System.file(&path).unwrap();
            assert_eq!((&file.bytes[..], file.mode), (&b"text"[..], Some(mode)));
        }
    }
}
