//! A file whose text is a key.

use std::path::Path;

use rhombus_kisi_runtime::Secret;

use super::env::{Env, System};
use super::permissions;
use crate::unreadable;
use crate::warning::EnvWarning;

/// More than any key has.
const LONGEST: usize = 64 * 1024;

/// A file's text without the white space around it, and what others can do with the file. Errors with what is wrong with it;
/// nothing of the file is quoted.
pub(crate) fn read(path: &Path) -> Result<(Secret, Vec<EnvWarning>), String> {
    read_of(&System, path)
}

fn read_of(env: &impl Env, path: &Path) -> Result<(Secret, Vec<EnvWarning>), String> {
    let file = env
        .file(path, LONGEST)
        .map_err(|error| format!("cannot be read: {}", unreadable::reason(&error)))?;
    if file.bytes.len() > LONGEST {
        return Err(format!("is longer than {LONGEST} bytes, which no key is"));
    }
    let text = std::str::from_utf8(&file.bytes).map_err(|error| {
        format!(
            "cannot be read: {}",
            unreadable::not_utf8(&file.bytes, error.valid_up_to())
        )
    })?;
    // Some editors write it at the beginning.
    let text = text.trim_start_matches('\u{feff}').trim();
    if text.is_empty() {
        return Err("is empty: its text has to be the key".to_owned());
    }
    let mut warnings = Vec::new();
    permissions::check(env, path, file.mode, true, &mut warnings);
    Ok((Secret::from(text), warnings))
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::{LONGEST, read};

    #[test]
    fn the_whole_text_is_the_key() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("key");
        assert!(read(&path).unwrap_err().contains("does not exist"));
        assert!(read(folder.path()).unwrap_err().contains("directory"));
        for (text, expected) in [
            (&b"topsecret"[..], Ok("topsecret")),
            (b"\n topsecret\r\n", Ok("topsecret")),
            (b"\xef\xbb\xbftopsecret\n", Ok("topsecret")),
            (b"", Err("is empty")),
            (b" \n", Err("is empty")),
            (b"\xfftopsecret", Err("not UTF-8")),
            (&vec![b'x'; LONGEST + 1], Err("longer")),
        ] {
            fs::write(&path, text).unwrap();
            match (read(&path), expected) {
                (Ok((key, _)), Ok(expected)) => assert_eq!(key.expose(), expected),
                (Err(reason), Err(expected)) => {
                    assert!(reason.contains(expected) && !reason.contains("topsecret"), "{reason}");
                }
                (found, _) => panic!("{found:?}, expected {expected:?}"),
            }
        }
    }

    #[cfg(unix)]
    #[test]
    fn what_others_can_read_is_told() {
        use std::os::unix::fs::PermissionsExt;

        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("key");
        fs::write(&path, "topsecret").unwrap();
        for (mode, expected) in [(0o600, 0), (0o640, 1), (0o666, 2)] {
            fs::set_permissions(&path, fs::Permissions::from_mode(mode)).unwrap();
            assert_eq!(read(&path).unwrap().1.len(), expected, "{mode:o}");
        }
    }
}
