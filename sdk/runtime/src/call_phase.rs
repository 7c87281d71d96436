use std::fmt;

/// How far a call came before it failed: see [`Error::phase`](crate::Error::phase).
#[derive(Clone, Copy, Debug, Default, Eq, Hash, PartialEq)]
#[non_exhaustive]
pub enum CallPhase {
    /// Before anything was sent: a validation error, or a call that was held back.
    NotSent,
    /// While a connection was opened; nothing of the request was sent.
    Connecting,
    /// While the body of the request was sent as a stream.
    Sending,
    /// After the request began to be sent and before the head of a response arrived.
    #[default]
    Waiting,
    /// While the body of the response was read.
    Reading,
    /// After the response had arrived: the server, or the check of what it returned, rejected the call.
    Received,
}

impl CallPhase {
    /// Returns a name in snake case, which no release changes: a label for metrics.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::NotSent => "not_sent",
            Self::Connecting => "connecting",
            Self::Sending => "sending",
            Self::Waiting => "waiting",
            Self::Reading => "reading",
            Self::Received => "received",
        }
    }
}

/// Writes [`as_str`](CallPhase::as_str).
impl fmt::Display for CallPhase {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}
