use std::fmt;

/// What kind of failure an error is: see [`Error::kind`](crate::Error::kind).
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[non_exhaustive]
pub enum ErrorKind {
    /// A value that the caller gave cannot be sent.
    Invalid,
    /// The client cannot be built.
    Config,
    /// The provider of the client's credentials returned none that can be used.
    Credentials,
    /// No connection was opened.
    Connect,
    /// A time limit passed.
    Timeout,
    /// The connection broke.
    BrokenOff,
    /// The body of the request, a stream, could not be read.
    Upload,
    /// The response is larger than the client accepts.
    TooLarge,
    /// 401.
    Unauthorized,
    /// 403.
    Forbidden,
    /// 429, or a call that an earlier one held back.
    RateLimited,
    /// A redirect.
    Redirect,
    /// Any other status except 2xx.
    Status,
    /// The response does not match the contract.
    Decode,
    /// The server returned 200 and rejected the request.
    Refused,
    /// The integrated system rejected its credential.
    IntegrationAuth,
    /// The organisation's integration is of another type.
    UnexpectedIntegration,
    /// What a plan changes has changed since it was read.
    Conflict,
    /// The settings read back differ from those written.
    NotApplied,
}

impl ErrorKind {
    /// Every kind of this release.
    pub const ALL: [Self; 19] = [
        Self::Invalid,
        Self::Config,
        Self::Credentials,
        Self::Connect,
        Self::Timeout,
        Self::BrokenOff,
        Self::Upload,
        Self::TooLarge,
        Self::Unauthorized,
        Self::Forbidden,
        Self::RateLimited,
        Self::Redirect,
        Self::Status,
        Self::Decode,
        Self::Refused,
        Self::IntegrationAuth,
        Self::UnexpectedIntegration,
        Self::Conflict,
        Self::NotApplied,
    ];

    /// Returns a name in snake case, which no release changes: a label for metrics.
    ///
    /// ```
    /// use rhombus_kisi_runtime::{Error, ErrorKind};
    ///
    /// let error = Error::invalid("door 1", "it has two names");
    /// assert_eq!(error.kind(), ErrorKind::Invalid);
    /// assert_eq!(error.kind().as_str(), "invalid");
    /// ```
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Invalid => "invalid",
            Self::Config => "config",
            Self::Credentials => "credentials",
            Self::Connect => "connect",
            Self::Timeout => "timeout",
            Self::BrokenOff => "broken_off",
            Self::Upload => "upload",
            Self::TooLarge => "too_large",
            Self::Unauthorized => "unauthorized",
            Self::Forbidden => "forbidden",
            Self::RateLimited => "rate_limited",
            Self::Redirect => "redirect",
            Self::Status => "status",
            Self::Decode => "decode",
            Self::Refused => "refused",
            Self::IntegrationAuth => "integration_auth",
            Self::UnexpectedIntegration => "unexpected_integration",
            Self::Conflict => "conflict",
            Self::NotApplied => "not_applied",
        }
    }
}

/// Writes [`as_str`](ErrorKind::as_str).
impl fmt::Display for ErrorKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}
