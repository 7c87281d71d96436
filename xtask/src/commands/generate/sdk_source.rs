//! `--sdk`: where cargo gets the SDK's crates from.

use std::path::{Component, Path, PathBuf};
use std::str::FromStr;

use crate::generate::Source;
use crate::{Error, Result};

/// Where cargo gets the SDK's crates from, as `--sdk` says.
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum SdkSource {
    /// A checkout of the SDK's workspace; this one where none is named.
    Path(Option<PathBuf>),
    /// A git repository, and the revision where it is not the newest.
    Git {
        /// Its URL.
        url: String,
        /// The revision.
        rev: Option<String>,
    },
    /// A registry, and the version; this one where none is named.
    Version(Option<String>),
}

impl Default for SdkSource {
    /// This checkout.
    fn default() -> Self {
        Self::Path(None)
    }
}

impl FromStr for SdkSource {
    type Err = String;

    fn from_str(text: &str) -> std::result::Result<Self, String> {
        let (kind, value) = match text.split_once('=') {
            Some((kind, value)) => (kind, Some(value)),
            None => (text, None),
        };
        if value.is_some_and(|value| value.trim().is_empty() || value.contains(char::is_control)) {
            return Err(format!("`{kind}=` wants a text of one line behind it"));
        }
        match (kind, value) {
            ("path", folder) => Ok(Self::Path(folder.map(PathBuf::from))),
            ("version", version) => Ok(Self::Version(version.map(str::to_owned))),
            ("git", Some(address)) => match address.split_once('#') {
                Some((url, rev)) if !url.is_empty() && !rev.is_empty() => Ok(Self::Git {
                    url: url.to_owned(),
                    rev: Some(rev.to_owned()),
                }),
                Some(_) => Err("`git=URL#REV` wants both a URL and a revision".to_owned()),
                None => Ok(Self::Git {
                    url: address.to_owned(),
                    rev: None,
                }),
            },
            _ => Err("it is `path`, `path=DIR`, `git=URL`, `git=URL#REV`, `version` or `version=X`".to_owned()),
        }
    }
}

impl SdkSource {
    /// Returns the source as the manifest of a crate in the folder `out` names it. `workspace` is this checkout.
    ///
    /// # Errors
    /// [`Error::Io`] where a folder cannot be found; [`Error::Output`] where it is no checkout of the SDK.
    pub(super) fn source(&self, out: &Path, workspace: &Path) -> Result<Source> {
        Ok(match self {
            Self::Path(checkout) => {
                let sdk = real(checkout.as_deref().unwrap_or(workspace))?.join("sdk");
                if !sdk.join("runtime/Cargo.toml").is_file() {
                    return Err(Error::Output {
                        file: sdk,
                        message: "the SDK's crates are not here: give --sdk path=DIR the folder of its workspace"
                            .to_owned(),
                    });
                }
                Source::Path(relative(&real(out)?, &sdk).to_string_lossy().into_owned())
            }
            Self::Git { url, rev } => Source::Git {
                url: url.clone(),
                rev: rev.clone(),
            },
            Self::Version(Some(version)) => Source::Version(version.clone()),
            Self::Version(None) => Source::default(),
        })
    }
}

/// Where a path leads past all links; what is not there yet is taken as it is written.
fn real(path: &Path) -> Result<PathBuf> {
    let failed = |source| Error::Io {
        file: path.to_owned(),
        action: "find it",
        source,
    };
    let path = std::path::absolute(path).map_err(failed)?;
    let mut place = path.as_path();
    let mut missing = Vec::new();
    loop {
        if let Ok(found) = place.canonicalize() {
            let mut real = found;
            for part in missing.iter().rev() {
                match part {
                    Component::ParentDir => drop(real.pop()),
                    part => real.push(part),
                }
            }
            return Ok(real);
        }
        missing.extend(place.components().next_back());
        let Some(parent) = place.parent() else { return Ok(path) };
        place = parent;
    }
}

/// The way from one folder to another; the whole path where they have no folder in common.
fn relative(from: &Path, to: &Path) -> PathBuf {
    let common = from
        .components()
        .zip(to.components())
        .take_while(|(a, b)| a == b)
        .count();
    if common == 0 {
        return to.to_owned();
    }
    let up = from.components().skip(common).map(|_| Component::ParentDir);
    up.chain(to.components().skip(common)).collect()
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::{SdkSource, real, relative};
    use crate::generate::Source;

    #[test]
    fn a_source_is_read_or_an_error() {
        let git = |url: &str, rev: Option<&str>| SdkSource::Git {
            url: url.to_owned(),
            rev: rev.map(str::to_owned),
        };
        for (text, source) in [
            ("path", SdkSource::Path(None)),
            ("path=../a=b", SdkSource::Path(Some("../a=b".into()))),
            ("version", SdkSource::Version(None)),
            ("version=0.2", SdkSource::Version(Some("0.2".to_owned()))),
            ("git=https://a.example/x.git", git("https://a.example/x.git", None)),
            (
                "git=ssh://git@a.example/x#8f2c",
                git("ssh://git@a.example/x", Some("8f2c")),
            ),
        ] {
            assert_eq!(text.parse(), Ok(source), "{text}");
        }
        for text in [
            "",
            "git",
            "git=",
            "git=#a",
            "git=a#",
            "path=",
            "version= ",
            "crates.io",
            "../sdk",
            "path=a\nb",
        ] {
            assert!(text.parse::<SdkSource>().is_err(), "{text}");
        }
    }

    #[test]
    fn a_path_leads_from_the_crate_to_the_sdk() {
        for (from, to, way) in [
            ("/a/b/c", "/a/sdk", "../../sdk"),
            ("/a", "/a/sdk", "sdk"),
            ("/a/b", "/c/sdk", "../../c/sdk"),
            ("/a", "b", "b"),
        ] {
            assert_eq!(relative(Path::new(from), Path::new(to)), Path::new(way), "{from} {to}");
        }
    }

    #[cfg(unix)]
    #[test]
    fn a_path_is_that_behind_links() {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path().canonicalize().unwrap();
        std::fs::create_dir_all(root.join("deep/er")).unwrap();
        std::os::unix::fs::symlink(root.join("deep/er"), root.join("link")).unwrap();
        assert_eq!(
            real(&root.join("link/new/../crate")).unwrap(),
            root.join("deep/er/crate")
        );
    }

    #[test]
    fn what_is_no_checkout_is_an_error() {
        let folder = tempfile::tempdir().unwrap();
        let source = SdkSource::Path(Some(folder.path().to_owned()));
        let error = source.source(folder.path(), folder.path()).unwrap_err().to_string();
        assert!(error.contains("--sdk path=DIR"), "{error}");
        let version = SdkSource::Version(Some("9".to_owned())).source(folder.path(), folder.path());
        assert_eq!(version.unwrap(), Source::Version("9".to_owned()));
    }
}
