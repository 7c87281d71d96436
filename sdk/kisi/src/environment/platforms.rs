//! The vendor's files on each system: where they are, and what can be said of who else reads them.

use std::collections::BTreeMap;
use std::io;
use std::path::{Path, PathBuf};

use super::env::{Env, File};
use super::{Settings, resolve};
use crate::warning::EnvWarning;

/// A machine with one user.
struct Machine {
    home: &'static str,
    /// Whether the system has permission bits.
    has_modes: bool,
    files: BTreeMap<PathBuf, &'static str>,
}

impl Machine {
    fn new(home: &'static str, has_modes: bool) -> Self {
        let folder = Path::new(home).join(".rhombus");
        let files = [
            ("credentials", "[default]\napi_key = file-key\n"),
            ("config", "[default]\nendpoint_url = https://api.example.com\n"),
        ];
        Self {
            home,
            has_modes,
            files: files.map(|(name, text)| (folder.join(name), text)).into(),
        }
    }
}

impl Env for Machine {
    fn variable(&self, _: &str) -> Option<String> {
        None
    }

    fn home(&self) -> Option<PathBuf> {
        Some(self.home.into())
    }

    fn file(&self, path: &Path, _: usize) -> io::Result<File> {
        let text = self.files.get(path).ok_or(io::ErrorKind::NotFound)?;
        Ok(File {
            bytes: text.as_bytes().to_vec().into(),
            mode: self.has_modes.then_some(0o644),
        })
    }

    fn folder_mode(&self, _: &Path) -> Option<u32> {
        self.has_modes.then_some(0o755)
    }
}

fn read(machine: &Machine) -> Settings {
    resolve(machine).unwrap()
}

#[test]
fn the_files_are_found_in_the_home_of_each_system() {
    // Linux, macOS, Windows.
    for (home, has_modes) in [("/home/u", true), ("/Users/u", true), (r"C:\Users\u", false)] {
        let settings = read(&Machine::new(home, has_modes));
        let headers = settings.credentials.into_headers().unwrap();
        assert_eq!(headers.expose_secret(), "file-key", "{home}");
        assert_eq!(settings.endpoint.as_deref(), Some("https://api.example.com"), "{home}");
        let readable: Vec<_> = settings
            .warnings
            .iter()
            .filter_map(|warning| match warning {
                EnvWarning::ReadableByOthers { path, .. } => Some(path.clone()),
                _ => None,
            })
            .collect();
        // A system without permission bits is not suspected of anything.
        let expected = has_modes.then(|| Path::new(home).join(".rhombus").join("credentials"));
        assert_eq!(readable, Vec::from_iter(expected), "{home}");
        assert_eq!(
            settings.warnings.len(),
            readable.len(),
            "{home}: {:?}",
            settings.warnings
        );
    }
}

/// What this system itself says: that a home is an absolute path, and whether there are permission bits.
#[test]
fn this_system_has_what_is_expected_of_it() {
    use super::env::System;

    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("key");
    std::fs::write(&path, "text").unwrap();
    assert_eq!(System.file(&path, 10).unwrap().mode.is_some(), cfg!(unix));
    assert_eq!(System.folder_mode(folder.path()).is_some(), cfg!(unix));
    assert!(System.home().is_none_or(|home| home.is_absolute()));
}
