use std::fmt;
use std::path::PathBuf;

/// Something in the environment that works, and is worth mending.
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
    /// A file was left out because it cannot be read; what it says was not needed.
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
                    "{path} holds a secret and can be read by others (mode {mode:03o}): run `chmod 600 {path}`"
                )
            }
            Self::LeftOut { path, reason } => write!(f, "{} was left out: {reason}", path.display()),
        }
    }
}
