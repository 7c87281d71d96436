//! The way in for `cargo fuzz`.

use std::io;
use std::path::{Path, PathBuf};

use zeroize::Zeroizing;

use super::env::{Env, File};
use super::{API_KEY, PROFILE, resolve};

/// An environment with these files and variables, and no others.
struct Given<'a> {
    config: &'a [u8],
    credentials: &'a [u8],
    profile: Option<&'a str>,
    key: Option<&'a str>,
}

impl Env for Given<'_> {
    fn variable(&self, name: &str) -> Option<String> {
        let value = match name {
            API_KEY => self.key,
            PROFILE => self.profile,
            _ => None,
        };
        value.filter(|value| !value.is_empty()).map(str::to_owned)
    }

    fn home(&self) -> Option<PathBuf> {
        Some("/home/fuzz".into())
    }

    fn file(&self, path: &Path, _: usize) -> io::Result<File> {
        let bytes = match path.file_name().and_then(|name| name.to_str()) {
            Some("config") => self.config,
            Some("credentials") => self.credentials,
            _ => return Err(io::ErrorKind::NotFound.into()),
        };
        Ok(File {
            bytes: Zeroizing::new(bytes.to_vec()),
            mode: Some(0o644),
        })
    }

    fn folder_mode(&self, _: &Path) -> Option<u32> {
        Some(0o700)
    }
}

/// Reads the files of the vendor's client, and returns all that can be printed of what came of it.
pub fn profile(config: &[u8], credentials: &[u8], profile: Option<&str>, key: Option<&str>) -> String {
    let given = Given {
        config,
        credentials,
        profile,
        key,
    };
    match resolve(&given) {
        Ok(settings) => {
            let warnings = settings.warnings.iter().map(|warning| format!("{warning} {warning:?}"));
            format!("{settings:?} {}", warnings.collect::<String>())
        }
        Err(error) => format!("{error} {error:#} {error:?}"),
    }
}
