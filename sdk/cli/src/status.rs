use std::process::ExitCode;

/// How a command ended. The greatest is the one that counts.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub(crate) enum Status {
    /// There was nothing to do, or it was done.
    Done,
    /// Changes are pending.
    Pending,
    /// There are warnings.
    Warnings,
    /// Something failed.
    Failed,
}

impl Status {
    pub(crate) fn code(self) -> u8 {
        match self {
            Self::Done => 0,
            Self::Failed => 1,
            Self::Pending => 2,
            Self::Warnings => 3,
        }
    }

    pub(crate) fn worst(all: impl IntoIterator<Item = Self>) -> Self {
        all.into_iter().max().unwrap_or(Self::Done)
    }
}

impl From<Status> for ExitCode {
    fn from(status: Status) -> Self {
        Self::from(status.code())
    }
}
