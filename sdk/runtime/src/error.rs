use std::borrow::Cow;
use std::fmt;
use std::time::Duration;

use http::StatusCode;

type Source = Box<dyn std::error::Error + Send + Sync>;

/// Why a call did not do what was asked.
///
/// No message holds a secret: what the server says is shortened and goes through [one gate](crate::said),
/// what was being decoded is never quoted.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// A value that the caller gave; nothing was sent.
    #[error("{what}: {reason}; nothing was sent")]
    Invalid {
        /// Which value.
        what: Cow<'static, str>,
        /// What is wrong with it.
        reason: Cow<'static, str>,
    },

    /// The client cannot be built: a credential, an endpoint or a file is missing or wrong.
    #[error("the Rhombus client cannot be built: {message}")]
    Config {
        /// What is missing or wrong, and what to do.
        message: Cow<'static, str>,
        /// The error underneath, if there is one.
        source: Option<Source>,
    },

    /// No connection was opened, so nothing was sent: DNS, TCP or TLS.
    #[error("{call}: no connection to {server}; nothing was sent")]
    Connect {
        /// Which call.
        call: CallInfo,
        /// The server's host.
        server: String,
        /// The error underneath.
        source: Source,
    },

    /// A time limit passed. Unless the phase is [`Connect`](TimeoutPhase::Connect), the request may have been carried out.
    #[error("{call}: {phase} limit of {limit:?} passed")]
    Timeout {
        /// Which call.
        call: CallInfo,
        /// Which limit.
        phase: TimeoutPhase,
        /// How long it is.
        limit: Duration,
    },

    /// The connection broke after the request began to leave; it may have been carried out.
    #[error("{call}: the connection broke before the whole answer came; the request may have been carried out")]
    BrokenOff {
        /// Which call.
        call: CallInfo,
        /// The error underneath.
        source: Source,
    },

    /// The answer is larger than the client accepts.
    #[error(
        "{call}: the answer is larger than the limit of {limit} bytes; the limit can be raised when the client is built"
    )]
    TooLarge {
        /// Which call.
        call: CallInfo,
        /// The limit in bytes.
        limit: u64,
    },

    /// 401: no credential reached the server, or one that fits no scheme.
    #[error(
        "{call}: 401, the server saw no usable credential; check the key and that it is an organisation's or a partner's as configured"
    )]
    Unauthorized {
        /// Which call.
        call: CallInfo,
        /// The beginning of the body.
        excerpt: String,
    },

    /// 403: the credential is wrong, expired, of another region, or not permitted.
    #[error("{call}: 403, the credential is wrong, expired, of another region, or may not do this")]
    Forbidden {
        /// Which call.
        call: CallInfo,
        /// The beginning of the body.
        excerpt: String,
    },

    /// 429: the organisation's quota is used up; the request was not carried out.
    #[error("{call}: 429, the organisation's quota is used up{}", wait(.retry_after))]
    RateLimited {
        /// Which call.
        call: CallInfo,
        /// How long the server asks to wait, if it said so.
        retry_after: Option<Duration>,
    },

    /// A redirect, which is not followed: the key would go to another host.
    ///
    /// Where the status is not a 3xx, an HTTP client that the caller brought has followed a redirect all the same.
    #[error("{call}: {status}, {}", redirect(*.status, .host.as_deref()))]
    Redirect {
        /// Which call.
        call: CallInfo,
        /// The status.
        status: StatusCode,
        /// The host that it points to; the rest of the address may hold secrets.
        host: Option<String>,
    },

    /// Any other status but 200.
    #[error("{call}: the server answered {status}: {excerpt}")]
    Status {
        /// Which call.
        call: CallInfo,
        /// The status.
        status: StatusCode,
        /// The beginning of the body.
        excerpt: String,
    },

    /// The answer is not what the contract says.
    #[error(transparent)]
    Decode(Box<DecodeError>),

    /// The server answered 200 and refused all the same.
    #[error("{call}: refused: {message}")]
    Refused {
        /// Which call.
        call: CallInfo,
        /// The vendor's message.
        message: String,
    },

    /// The server answered 200 and says that the integrated system refused its credential: for Kisi, the Kisi API key.
    #[error("{call}: the integrated system refused its API key{}", because(.message))]
    IntegrationAuth {
        /// Which call.
        call: CallInfo,
        /// The vendor's message; empty where it gave none.
        message: String,
    },

    /// The organisation's integration is of another type than the one asked for.
    #[error("{call}: the organisation has no Kisi integration but {}", found.as_deref().unwrap_or("none at all"))]
    UnexpectedIntegration {
        /// Which call.
        call: CallInfo,
        /// The type that came, as the API writes it; `None` where there is none.
        found: Option<String>,
    },

    /// The settings have changed since they were read; nothing was written.
    #[error("the settings have changed since they were read, at {}; nothing was written: read them again, or apply with overwrite", .paths.join(", "))]
    Conflict {
        /// The JSON paths that differ.
        paths: Vec<String>,
    },

    /// What was read back after a write is not what was written.
    #[error("the settings read back differ from those written, at {}", .paths.join(", "))]
    NotApplied {
        /// The JSON paths that differ.
        paths: Vec<String>,
    },
}

fn wait(retry_after: &Option<Duration>) -> String {
    retry_after
        .map(|wait| format!("; it asks to wait {} s", wait.as_secs()))
        .unwrap_or_default()
}

fn redirect(status: StatusCode, host: Option<&str>) -> String {
    let host = host.unwrap_or("nowhere");
    if status.is_redirection() {
        format!("a redirect to {host}, which is not followed; check the endpoint")
    } else {
        format!("after the HTTP client followed a redirect to {host}: build it with `redirect::Policy::none()`")
    }
}

fn because(message: &str) -> String {
    if message.is_empty() {
        String::new()
    } else {
        format!(": {message}")
    }
}

impl Error {
    /// A caller's value that is refused before anything is sent.
    pub fn invalid(what: impl Into<Cow<'static, str>>, reason: impl Into<Cow<'static, str>>) -> Self {
        Self::Invalid {
            what: what.into(),
            reason: reason.into(),
        }
    }

    /// A client that cannot be built.
    pub fn config(message: impl Into<Cow<'static, str>>) -> Self {
        Self::Config {
            message: message.into(),
            source: None,
        }
    }

    /// A client that cannot be built because of another error.
    pub fn config_because(message: impl Into<Cow<'static, str>>, source: impl Into<Source>) -> Self {
        Self::Config {
            message: message.into(),
            source: Some(source.into()),
        }
    }

    pub(crate) fn refused(operation: &'static str, attempts: u32, message: String, auth: bool) -> Self {
        let call = CallInfo::new(operation, attempts);
        match (auth, message.is_empty()) {
            (true, _) => Self::IntegrationAuth { call, message },
            (false, true) => Self::Refused {
                call,
                message: "the server gave no reason".to_owned(),
            },
            (false, false) => Self::Refused { call, message },
        }
    }

    /// The call that failed; `None` where none was made.
    pub fn call(&self) -> Option<&CallInfo> {
        match self {
            Self::Connect { call, .. }
            | Self::Timeout { call, .. }
            | Self::BrokenOff { call, .. }
            | Self::TooLarge { call, .. }
            | Self::Unauthorized { call, .. }
            | Self::Forbidden { call, .. }
            | Self::RateLimited { call, .. }
            | Self::Redirect { call, .. }
            | Self::Status { call, .. }
            | Self::Refused { call, .. }
            | Self::IntegrationAuth { call, .. }
            | Self::UnexpectedIntegration { call, .. } => Some(call),
            Self::Decode(error) => Some(&error.call),
            Self::Invalid { .. } | Self::Config { .. } | Self::Conflict { .. } | Self::NotApplied { .. } => None,
        }
    }

    /// The HTTP status that the server answered, where it did.
    pub fn status(&self) -> Option<StatusCode> {
        match self {
            Self::Unauthorized { .. } => Some(StatusCode::UNAUTHORIZED),
            Self::Forbidden { .. } => Some(StatusCode::FORBIDDEN),
            Self::RateLimited { .. } => Some(StatusCode::TOO_MANY_REQUESTS),
            Self::Redirect { status, .. } | Self::Status { status, .. } => Some(*status),
            Self::Decode(_)
            | Self::Refused { .. }
            | Self::IntegrationAuth { .. }
            | Self::UnexpectedIntegration { .. } => Some(StatusCode::OK),
            _ => None,
        }
    }

    /// Whether the Rhombus credential is at fault: 401 or 403.
    pub fn is_auth(&self) -> bool {
        matches!(self, Self::Unauthorized { .. } | Self::Forbidden { .. })
    }

    /// Whether a time limit passed.
    pub fn is_timeout(&self) -> bool {
        matches!(self, Self::Timeout { .. })
    }

    /// Whether the cause may be gone in a while: no connection, a time limit, a broken connection, 429, 502, 503, 504.
    ///
    /// This says nothing of safety: see [`may_have_been_carried_out`](Self::may_have_been_carried_out) before
    /// sending something again that must not happen twice.
    pub fn is_retryable(&self) -> bool {
        match self {
            Self::Connect { .. } | Self::Timeout { .. } | Self::BrokenOff { .. } | Self::RateLimited { .. } => true,
            Self::Status { status, .. } => matches!(status.as_u16(), 502..=504),
            _ => false,
        }
    }

    /// Whether the server may have done what was asked although the call failed.
    ///
    /// `false` is certain: nothing was sent, or the server said no.
    pub fn may_have_been_carried_out(&self) -> bool {
        if self.call().is_some_and(|call| call.earlier_attempt_unsure) {
            return true;
        }
        match self {
            Self::Timeout { phase, .. } => *phase != TimeoutPhase::Connect,
            Self::BrokenOff { .. } | Self::TooLarge { .. } | Self::Decode(_) | Self::NotApplied { .. } => true,
            Self::Status { status, .. } => !status.is_client_error(),
            Self::Redirect { status, .. } => !status.is_redirection(),
            _ => false,
        }
    }

    /// How long the server asks to wait (429), if it said so.
    pub fn retry_after(&self) -> Option<Duration> {
        match self {
            Self::RateLimited { retry_after, .. } => *retry_after,
            _ => None,
        }
    }
}

/// Which call an error is about.
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub struct CallInfo {
    /// The operation id, such as `updateKisiIntegration`.
    pub operation: &'static str,
    /// How many times the request was tried, the last included; 0 where it was held back.
    pub attempts: u32,
    /// Whether an attempt before the last may have been carried out.
    pub earlier_attempt_unsure: bool,
}

impl CallInfo {
    /// A call by its parts.
    pub const fn new(operation: &'static str, attempts: u32) -> Self {
        Self {
            operation,
            attempts,
            earlier_attempt_unsure: false,
        }
    }
}

impl fmt::Display for CallInfo {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.attempts, self.earlier_attempt_unsure) {
            (0 | 1, _) => f.write_str(self.operation),
            (attempts, false) => write!(f, "{} (attempt {attempts})", self.operation),
            (attempts, true) => write!(
                f,
                "{} (attempt {attempts}; an earlier one may have been carried out)",
                self.operation
            ),
        }
    }
}

/// Which time limit passed.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[non_exhaustive]
pub enum TimeoutPhase {
    /// Opening the connection; nothing was sent.
    Connect,
    /// One attempt, from its connection to the end of its answer.
    Attempt,
    /// The whole call, its attempts and the waits between them.
    Overall,
}

impl fmt::Display for TimeoutPhase {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Connect => "no connection was opened; the connect",
            Self::Attempt => "the request may have been carried out; the attempt's",
            Self::Overall => "the request may have been carried out; the overall",
        })
    }
}

/// An answer that is not what the contract says, and where.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
#[error(
    "{call}: the answer ({length} bytes of {}) is not what the contract says: {expected} at {} (line {line}, column {column})",
    if content_type.is_empty() { "no content type" } else { content_type },
    if path.is_empty() { "$" } else { path },
)]
#[non_exhaustive]
pub struct DecodeError {
    /// Which call.
    pub call: CallInfo,
    /// The JSON path of what could not be read, such as `$.kisiSettings.doorInfoMap["42"].clipDuration`.
    pub path: String,
    /// The line in the body, from 1.
    pub line: usize,
    /// The column in that line, from 1.
    pub column: usize,
    /// What was expected there. What was there instead is not told: it may be a secret.
    pub expected: String,
    /// The answer's content type; empty where it had none.
    pub content_type: String,
    /// The body's length in bytes.
    pub length: usize,
}

#[cfg(test)]
mod tests {
    use super::{CallInfo, Error};

    #[test]
    fn an_earlier_attempt_counts() {
        let mut call = CallInfo::new("update", 2);
        let error = |call: &CallInfo| Error::Connect {
            call: call.clone(),
            server: "host".to_owned(),
            source: "refused".into(),
        };
        assert!(!error(&call).may_have_been_carried_out());
        call.earlier_attempt_unsure = true;
        assert!(error(&call).may_have_been_carried_out());
        assert!(
            error(&call)
                .to_string()
                .contains("an earlier one may have been carried out")
        );
    }

    #[test]
    fn errors_cross_threads_and_stay_small() {
        fn crosses<T: Send + Sync + 'static>() {}
        crosses::<Error>();
        assert!(size_of::<Error>() <= 96, "{}", size_of::<Error>());
    }
}
