//! What others can do with a file.

use std::path::Path;

use super::env::Env;
use crate::warning::EnvWarning;

/// Warns of a secret that others can read, and of a file that others can change, itself or by its folder.
pub(super) fn check(env: &impl Env, path: &Path, mode: Option<u32>, secret: bool, warnings: &mut Vec<EnvWarning>) {
    let mut warn = |warning| {
        if !warnings.contains(&warning) {
            warnings.push(warning);
        }
    };
    if let Some(mode) = mode.filter(|mode| secret && mode & 0o044 != 0) {
        let path = path.to_owned();
        warn(EnvWarning::ReadableByOthers { path, mode });
    }
    if let Some(mode) = mode.filter(|mode| mode & 0o022 != 0) {
        let path = path.to_owned();
        warn(EnvWarning::WritableByOthers { path, mode });
    }
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
    if let Some(folder) = folder
        && let Some(mode) = env.folder_mode(folder).filter(|mode| mode & 0o022 != 0)
    {
        let path = folder.to_owned();
        warn(EnvWarning::WritableByOthers { path, mode });
    }
}
