use std::fmt;

/// How far the applying of a plan came before it failed.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[non_exhaustive]
pub enum ApplyPhase {
    /// Certainly nothing was written.
    NothingWritten,
    /// A write was sent, and whether the server carried it out is not known: read the settings to find out.
    PerhapsWritten,
    /// The settings were written; what failed came after that.
    Written,
}

impl fmt::Display for ApplyPhase {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::NothingWritten => "nothing was written",
            Self::PerhapsWritten => "the settings may have been written",
            Self::Written => "the settings were written",
        })
    }
}
