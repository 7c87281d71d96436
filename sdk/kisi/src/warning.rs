use std::fmt;
use std::path::PathBuf;

/// Something in the environment that works, and should be changed.
///
/// A library does not print: [`Client::warnings`](crate::Client::warnings) has them, and with the feature `tracing` they
/// are events of level `WARN`.
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum EnvWarning {
    /// A file with a secret can be read by other users of the machine.
    ReadableByOthers {
        /// The file.
        path: PathBuf,
        /// Its permission bits.
        mode: u32,
    },
    /// A file with credentials or an endpoint, or the folder of such a file, can be written by other users of
    /// the machine.
    WritableByOthers {
        /// The file or the folder.
        path: PathBuf,
        /// Its permission bits.
        mode: u32,
    },
    /// A file, or a part of a profile, was left out because it cannot be used; it was not needed.
    LeftOut {
        /// The file.
        path: PathBuf,
        /// Why.
        reason: String,
    },
}

impl fmt::Display for EnvWarning {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::ReadableByOthers { path, mode } => {
                let path = path.display();
                write!(
                    f,
                    "{path} holds a secret and can be read by others (mode {mode:03o}): run `chmod go= {path}`"
                )
            }
            Self::WritableByOthers { path, mode } => {
                let path = path.display();
                write!(
                    f,
                    "{path} can be changed by others, who can have requests sent as somebody else or to another server (mode {mode:03o}): \
                     run `chmod go-w {path}`"
                )
            }
            Self::LeftOut { path, reason } => write!(f, "{} was left out: {reason}", path.display()),
        }
    }
}
