use std::borrow::Cow;
use std::fmt;
use std::time::Duration;

use http::StatusCode;
use serde::de::DeserializeOwned;

use crate::report::report;
use crate::{ApplyPhase, CallPhase, ErrorBody, ErrorKind, Operation, RhombusUuid};

type Source = Box<dyn std::error::Error + Send + Sync>;

/// Why a call failed.
///
/// No message holds a secret: texts of the server are [masked and shortened](crate::said), and a value that was being decoded is
/// never quoted.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// A validation error: a value that the caller gave cannot be sent; nothing was sent.
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

    /// The provider of the client's credentials returned none that can be used. This attempt was not sent.
    #[error("{call}: no credentials to send it with: {reason}{}", if call.attempts == 0 { "; nothing was sent" } else { "" })]
    Credentials {
        /// Which call.
        call: CallInfo,
        /// Why, in a line.
        reason: String,
        /// Whether the failure may be transient, such as a token endpoint that is down.
        transient: bool,
        /// The error underneath.
        source: Source,
    },

    /// No connection was opened, so nothing was sent: DNS, TCP, TLS or a proxy.
    #[error("{call}: no connection to {server}: {reason}; nothing was sent")]
    Connect {
        /// Which call.
        call: CallInfo,
        /// The server's host.
        server: Box<str>,
        /// Why, in a line: that the name is unknown, the connection was refused, the certificate has expired.
        reason: Cow<'static, str>,
        /// The error underneath.
        source: Source,
    },

    /// A time limit passed. Unless the phase is [`Connect`](TimeoutPhase::Connect) or the operation only reads, the
    /// request may have been carried out.
    #[error("{call}: {}", timeout(.call, *.phase, *.limit))]
    Timeout {
        /// Which call.
        call: CallInfo,
        /// Which limit.
        phase: TimeoutPhase,
        /// How long it is.
        limit: Duration,
    },

    /// The connection broke after the request began to be sent. Unless the operation only reads, it may have been carried out.
    #[error("{call}: the connection broke before the whole response was read{}", unsure(.call))]
    BrokenOff {
        /// Which call.
        call: CallInfo,
        /// The error underneath.
        source: Source,
    },

    /// The body of the request, a stream, could not be read, or has another length than was said. The server may have
    /// received a part of it.
    #[error("{call}: the body of the request could not be read, after {sent} bytes{}", unsure(.call))]
    Upload {
        /// Which call.
        call: CallInfo,
        /// How many bytes of it were sent, or were about to be.
        sent: u64,
        /// Why it could not be read.
        source: Source,
    },

    /// The body of a response that is read as it arrives broke off, or did not go on in time.
    #[error("{error}; {received} bytes of the response arrived")]
    Interrupted {
        /// How many bytes of it arrived.
        received: u64,
        /// What happened.
        error: Box<Error>,
    },

    /// The response is larger than the client accepts.
    #[error(
        "{call}: the response is larger than {limit} bytes{}; `max_response_size`, or the limit given to a stream, can be raised",
        unsure(.call)
    )]
    TooLarge {
        /// Which call.
        call: CallInfo,
        /// The limit in bytes.
        limit: u64,
    },

    /// 401: the server received no credential, or one of no known scheme.
    #[error(
        "{call}: 401, the server received no usable credential; check the key, and that it is an organisation's or a partner's as configured"
    )]
    Unauthorized {
        /// Which call.
        call: CallInfo,
        /// The beginning of the body.
        excerpt: String,
        /// The body, to [decode](Error::decode).
        body: ErrorBody,
    },

    /// 403: the credential is wrong, expired, of another region, or not permitted.
    #[error(
        "{call}: 403, the credential is wrong, expired, of another region, or may not do this; check the key, the region and the key's permissions"
    )]
    Forbidden {
        /// Which call.
        call: CallInfo,
        /// The beginning of the body.
        excerpt: String,
        /// The body, to [decode](Error::decode).
        body: ErrorBody,
    },

    /// 429: the organisation is throttled; the request was not carried out.
    ///
    /// With no attempt in its [`CallInfo`] the call was not sent, because an earlier response asked to wait.
    #[error("{call}: {}", quota(.call, *.retry_after))]
    RateLimited {
        /// Which call.
        call: CallInfo,
        /// How long the server asks to wait, if it does.
        retry_after: Option<Duration>,
        /// The body, to [decode](Error::decode).
        body: ErrorBody,
    },

    /// A redirect, which is not followed: the key would go to another host. Unless the operation only reads, it may have
    /// been carried out: a 303 can be what follows a success.
    #[error(
        "{call}: {status}, a redirect to {}, which is not followed{}; check the endpoint",
        host.as_deref().unwrap_or("nowhere"),
        unsure(.call)
    )]
    Redirect {
        /// Which call.
        call: CallInfo,
        /// The status.
        status: StatusCode,
        /// The host that it points to; the rest of the address may hold secrets.
        host: Option<String>,
    },

    /// Any other status except 2xx.
    #[error("{call}: the server returned {status}{}: {excerpt}", if self.may_have_been_carried_out() { UNSURE } else { "" })]
    Status {
        /// Which call.
        call: CallInfo,
        /// The status.
        status: StatusCode,
        /// The beginning of the body.
        excerpt: String,
        /// The body, to [decode](Error::decode).
        body: ErrorBody,
    },

    /// The response does not match the contract.
    #[error(transparent)]
    Decode(Box<DecodeError>),

    /// The server returned 200 and rejected the request.
    #[error("{call}: rejected: {message}")]
    Refused {
        /// Which call.
        call: CallInfo,
        /// The vendor's message.
        message: String,
    },

    /// The server returned 200, and the integrated system rejected its credential: for Kisi, the Kisi API key.
    #[error("{call}: the integrated system rejected its API key{}", because(.message))]
    IntegrationAuth {
        /// Which call.
        call: CallInfo,
        /// The vendor's message; empty if it gave none.
        message: String,
    },

    /// The organisation's integration is of another type than the one asked for.
    #[error("{call}: the organisation has no Kisi integration but {}", found.as_deref().unwrap_or("one that does not name its type"))]
    UnexpectedIntegration {
        /// Which call.
        call: CallInfo,
        /// The type that came, as the API writes it; `None` if it has none.
        found: Option<String>,
    },

    /// What a plan changes was changed or removed by somebody else since the settings were read.
    #[error("the settings have changed since they were read, at {}: read them again and make a new plan", listed(.paths))]
    Conflict {
        /// The JSON paths that differ.
        paths: Vec<String>,
    },

    /// The settings read back after a write differ from those written.
    #[error("the settings read back differ from those written, at {}", listed(.paths))]
    NotApplied {
        /// The JSON paths that differ.
        paths: Vec<String>,
    },

    /// A plan was not applied, or only in part.
    #[error("{phase}: {error}")]
    Apply {
        /// Whether anything was written.
        phase: ApplyPhase,
        /// The error of the call that failed.
        error: Box<Error>,
    },
}

/// What is added to a message where [`Error::may_have_been_carried_out`].
const UNSURE: &str = "; the request may have been carried out";

fn unsure(call: &CallInfo) -> &'static str {
    if call.read_only { "" } else { UNSURE }
}

fn timeout(call: &CallInfo, phase: TimeoutPhase, limit: Duration) -> String {
    match phase {
        TimeoutPhase::Connect => format!("no connection was opened within {limit:?}; nothing was sent"),
        TimeoutPhase::Attempt => format!(
            "no whole response within {limit:?}, the limit of an attempt{}",
            unsure(call)
        ),
        TimeoutPhase::Idle => format!(
            "nothing left or arrived for {limit:?}, the limit between two chunks of a stream{}",
            unsure(call)
        ),
        TimeoutPhase::Overall => format!(
            "no whole response within {limit:?}, the limit of the whole call{}",
            unsure(call)
        ),
    }
}

fn quota(call: &CallInfo, retry_after: Option<Duration>) -> String {
    let wait = retry_after
        .map(|wait| format!("; it asks to wait {} s", wait.as_secs().max(1)))
        .unwrap_or_default();
    if call.attempts == 0 {
        let wait = retry_after.map_or(0, |wait| wait.as_millis().div_ceil(1000));
        return format!("the organisation's quota is used up for {wait} s more; nothing was sent");
    }
    format!("429, the organisation's quota is used up, and the request was not carried out{wait}")
}

/// How many paths a message shows.
const PATHS_SHOWN: usize = 20;

fn listed(paths: &[String]) -> String {
    let mut text = paths
        .iter()
        .take(PATHS_SHOWN)
        .map(String::as_str)
        .collect::<Vec<_>>()
        .join(", ");
    if let Some(more) = paths.len().checked_sub(PATHS_SHOWN).filter(|more| *more > 0) {
        text.push_str(&format!(" and {more} more"));
    }
    text
}

fn because(message: &str) -> String {
    if message.is_empty() {
        String::new()
    } else {
        format!(": {message}")
    }
}

/// Returns whether a status means for certain that the request was not carried out: the server rejected it.
///
/// Not 408, with which a server gives up on a connection, nor statuses that are not registered, such as nginx's 499.
fn is_certainly_rejected(status: StatusCode) -> bool {
    matches!(status.as_u16(), 400..=407 | 409..=417 | 421..=426 | 428 | 429 | 431 | 451)
}

/// The call that an error is of, by this method of the errors underneath.
macro_rules! call_of {
    ($error:expr, $method:ident $(, $mut:tt)?) => {
        match $error {
            Self::Credentials { call, .. }
            | Self::Connect { call, .. }
            | Self::Timeout { call, .. }
            | Self::BrokenOff { call, .. }
            | Self::Upload { call, .. }
            | Self::TooLarge { call, .. }
            | Self::Unauthorized { call, .. }
            | Self::Forbidden { call, .. }
            | Self::RateLimited { call, .. }
            | Self::Redirect { call, .. }
            | Self::Status { call, .. }
            | Self::Refused { call, .. }
            | Self::IntegrationAuth { call, .. }
            | Self::UnexpectedIntegration { call, .. } => Some(call),
            Self::Decode(error) => Some(&$($mut)? error.call),
            Self::Apply { error, .. } | Self::Interrupted { error, .. } => error.$method(),
            Self::Invalid { .. } | Self::Config { .. } | Self::Conflict { .. } | Self::NotApplied { .. } => None,
        }
    };
}

impl Error {
    /// Returns a validation error, for a value that is rejected before anything is sent.
    pub fn invalid(what: impl Into<Cow<'static, str>>, reason: impl Into<Cow<'static, str>>) -> Self {
        Self::Invalid {
            what: what.into(),
            reason: reason.into(),
        }
    }

    /// Returns an [`Error::Config`]: a client that cannot be built.
    pub fn config(message: impl Into<Cow<'static, str>>) -> Self {
        Self::Config {
            message: message.into(),
            source: None,
        }
    }

    /// Returns an [`Error::Config`] because of another error.
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

    /// Returns the same error of a call of `operation`, made for this organisation.
    #[cold]
    #[must_use]
    pub(crate) fn of(mut self, operation: &Operation, organization: Option<&str>) -> Self {
        if let Some(call) = self.call_mut() {
            call.read_only = operation.read_only;
        }
        self.acting_for(organization)
    }

    /// Returns the same error of a call that a partner made for this client organisation, unless the error has one already.
    ///
    /// For transports and for those that make an error of a response; the generated methods do it by themselves.
    #[cold]
    #[must_use]
    pub fn acting_for(mut self, organization: Option<&str>) -> Self {
        if let (Some(id), Some(call)) = (organization, self.call_mut())
            && call.organization.is_none()
        {
            call.organization = Some(Box::new(RhombusUuid::from_server(id)));
        }
        self
    }

    /// Returns the same error of an attempt of this call, for a transport that sends through another one. How far the attempt
    /// came stays, and so does that it was not sent.
    #[cold]
    #[must_use]
    pub fn attempted(mut self, call: CallInfo) -> Self {
        if let Some(own) = self.call_mut() {
            let attempts = if own.attempts == 0 { 0 } else { call.attempts };
            *own = CallInfo {
                attempts,
                phase: own.phase,
                earlier_attempt_unsure: call.earlier_attempt_unsure | own.earlier_attempt_unsure,
                organization: own.organization.take().or(call.organization),
                ..call
            };
        }
        self
    }

    fn call_mut(&mut self) -> Option<&mut CallInfo> {
        call_of!(self, call_mut, mut)
    }

    /// Returns the call that failed; `None` if none was made.
    pub fn call(&self) -> Option<&CallInfo> {
        call_of!(self, call)
    }

    /// Returns the HTTP status that the server returned, if it did.
    pub fn status(&self) -> Option<StatusCode> {
        match self {
            Self::Unauthorized { .. } => Some(StatusCode::UNAUTHORIZED),
            Self::Forbidden { .. } => Some(StatusCode::FORBIDDEN),
            Self::RateLimited { .. } => Some(StatusCode::TOO_MANY_REQUESTS),
            Self::Redirect { status, .. } | Self::Status { status, .. } => Some(*status),
            Self::Decode(_)
            | Self::Refused { .. }
            | Self::IntegrationAuth { .. }
            | Self::UnexpectedIntegration { .. }
            | Self::Interrupted { .. } => Some(StatusCode::OK),
            Self::Apply { error, .. } => error.status(),
            _ => None,
        }
    }

    /// Returns what the body of a response with another status than 2xx says, if it is JSON of this type.
    ///
    /// The enumerations of a generated crate's module `errors` call it by the status. `None` where there was no response, where
    /// its body is of another form, or where it is longer than 16 KiB. Secrets of the request are masked in it.
    ///
    /// ```
    /// use rhombus_kisi_runtime::http::StatusCode;
    /// use rhombus_kisi_runtime::{CallInfo, Error, ErrorBody, serde_json::Value};
    ///
    /// let error = Error::Status {
    ///     call: CallInfo::new("getDoor", 1),
    ///     status: StatusCode::NOT_FOUND,
    ///     excerpt: "no such door".to_owned(),
    ///     body: ErrorBody::new(r#"{"message":"no such door","code":7}"#),
    /// };
    /// assert_eq!(error.decode::<Value>().unwrap()["code"], 7);
    /// assert!(error.decode::<Vec<String>>().is_none());
    /// ```
    pub fn decode<T: DeserializeOwned>(&self) -> Option<T> {
        match self {
            Self::Unauthorized { body, .. }
            | Self::Forbidden { body, .. }
            | Self::RateLimited { body, .. }
            | Self::Status { body, .. } => body.decode(),
            Self::Apply { error, .. } => error.decode(),
            _ => None,
        }
    }

    /// Returns whether the Rhombus credential was rejected: 401 or 403.
    pub fn is_auth(&self) -> bool {
        match self {
            Self::Apply { error, .. } => error.is_auth(),
            error => matches!(error, Self::Unauthorized { .. } | Self::Forbidden { .. }),
        }
    }

    /// Returns whether a time limit passed.
    pub fn is_timeout(&self) -> bool {
        match self {
            Self::Apply { error, .. } | Self::Interrupted { error, .. } => error.is_timeout(),
            error => matches!(error, Self::Timeout { .. }),
        }
    }

    /// Returns whether the failure may be transient: no connection, a time limit, a broken connection, 429, 502, 503, 504, or no
    /// new credentials for such a reason.
    ///
    /// A retry is still not safe if the operation is not idempotent and the request
    /// [may have been carried out](Self::may_have_been_carried_out).
    pub fn is_retryable(&self) -> bool {
        match self {
            Self::Connect { .. } | Self::Timeout { .. } | Self::BrokenOff { .. } | Self::RateLimited { .. } => true,
            Self::Status { status, .. } => matches!(status.as_u16(), 502..=504),
            Self::Credentials { transient, .. } => *transient,
            Self::Apply { error, .. } | Self::Interrupted { error, .. } => error.is_retryable(),
            _ => false,
        }
    }

    /// Returns how far a plan was applied; `None` for any other error.
    pub fn apply_phase(&self) -> Option<ApplyPhase> {
        match self {
            Self::Apply { phase, .. } => Some(*phase),
            _ => None,
        }
    }

    /// Returns what kind of failure it is, for metrics and for a `match` that a later release does not break.
    ///
    /// Of a plan that was not applied, and of a response that broke off, it is the kind of the error underneath.
    pub fn kind(&self) -> ErrorKind {
        match self {
            Self::Invalid { .. } => ErrorKind::Invalid,
            Self::Config { .. } => ErrorKind::Config,
            Self::Credentials { .. } => ErrorKind::Credentials,
            Self::Connect { .. } => ErrorKind::Connect,
            Self::Timeout { .. } => ErrorKind::Timeout,
            Self::BrokenOff { .. } => ErrorKind::BrokenOff,
            Self::Upload { .. } => ErrorKind::Upload,
            Self::TooLarge { .. } => ErrorKind::TooLarge,
            Self::Unauthorized { .. } => ErrorKind::Unauthorized,
            Self::Forbidden { .. } => ErrorKind::Forbidden,
            Self::RateLimited { .. } => ErrorKind::RateLimited,
            Self::Redirect { .. } => ErrorKind::Redirect,
            Self::Status { .. } => ErrorKind::Status,
            Self::Decode(_) => ErrorKind::Decode,
            Self::Refused { .. } => ErrorKind::Refused,
            Self::IntegrationAuth { .. } => ErrorKind::IntegrationAuth,
            Self::UnexpectedIntegration { .. } => ErrorKind::UnexpectedIntegration,
            Self::Conflict { .. } => ErrorKind::Conflict,
            Self::NotApplied { .. } => ErrorKind::NotApplied,
            Self::Apply { error, .. } | Self::Interrupted { error, .. } => error.kind(),
        }
    }

    /// Returns how far the call came: whether it was sent, and what of its response arrived.
    ///
    /// Of a plan it is the phase of the call that failed; how far the plan came is [`apply_phase`](Self::apply_phase).
    ///
    /// ```
    /// use rhombus_kisi_runtime::{CallPhase, Error};
    ///
    /// assert_eq!(Error::invalid("door 1", "it has two names").phase(), CallPhase::NotSent);
    /// ```
    pub fn phase(&self) -> CallPhase {
        match self {
            Self::Invalid { .. } | Self::Config { .. } | Self::Credentials { .. } => CallPhase::NotSent,
            Self::RateLimited { call, .. } if call.attempts == 0 => CallPhase::NotSent,
            Self::Connect { .. }
            | Self::Timeout {
                phase: TimeoutPhase::Connect,
                ..
            } => CallPhase::Connecting,
            Self::Upload { .. } => CallPhase::Sending,
            Self::Timeout { call, .. } | Self::BrokenOff { call, .. } => call.phase,
            Self::TooLarge { .. } | Self::Interrupted { .. } => CallPhase::Reading,
            Self::Apply { error, .. } => error.phase(),
            Self::Unauthorized { .. }
            | Self::Forbidden { .. }
            | Self::RateLimited { .. }
            | Self::Redirect { .. }
            | Self::Status { .. }
            | Self::Decode(_)
            | Self::Refused { .. }
            | Self::IntegrationAuth { .. }
            | Self::UnexpectedIntegration { .. }
            | Self::Conflict { .. }
            | Self::NotApplied { .. } => CallPhase::Received,
        }
    }

    /// Returns the client organisation that a partner acted for; `None` if the call was for the key's own organisation, or if
    /// none was made.
    pub fn organization(&self) -> Option<&RhombusUuid> {
        self.call()?.organization.as_deref()
    }

    /// Returns the message and those of all errors underneath, in one line of at most 2,000 characters: for a log.
    ///
    /// No part is there twice. What a server said is masked, as in the message; an error of the caller's own, such as one of a
    /// stream that is [uploaded](crate::Upload), is quoted as it is.
    ///
    /// ```
    /// use rhombus_kisi_runtime::Error;
    ///
    /// let error = Error::config_because("the certificate cannot be read", std::io::Error::other("no such file"));
    /// assert_eq!(
    ///     error.report(),
    ///     "the Rhombus client cannot be built: the certificate cannot be read: no such file"
    /// );
    /// ```
    pub fn report(&self) -> String {
        report(&self.to_string(), std::error::Error::source(self.innermost()))
    }

    /// The error that the wrapping ones show in their messages already.
    fn innermost(&self) -> &Self {
        match self {
            Self::Apply { error, .. } | Self::Interrupted { error, .. } => error.innermost(),
            error => error,
        }
    }

    /// Returns whether the request may have been carried out although the call failed.
    ///
    /// `false` is certain: nothing was sent, the server rejected the request (also with a registered 4xx other than 408), or
    /// the operation only reads. A redirect is not certain: a 303 can follow a success.
    pub fn may_have_been_carried_out(&self) -> bool {
        // What failed may be a read, of which there is nothing to carry out.
        if let Self::Apply { phase, .. } = self {
            return *phase != ApplyPhase::NothingWritten;
        }
        if self.call().is_some_and(|call| call.read_only) {
            return false;
        }
        if self.call().is_some_and(|call| call.earlier_attempt_unsure) {
            return true;
        }
        match self {
            Self::Timeout { phase, .. } => *phase != TimeoutPhase::Connect,
            Self::BrokenOff { .. }
            | Self::Upload { .. }
            | Self::Interrupted { .. }
            | Self::TooLarge { .. }
            | Self::Redirect { .. }
            | Self::Decode(_)
            | Self::NotApplied { .. } => true,
            Self::Status { status, .. } => !is_certainly_rejected(*status),
            _ => false,
        }
    }

    /// Returns how long the server asks to wait (429), if it does.
    pub fn retry_after(&self) -> Option<Duration> {
        match self {
            Self::RateLimited { retry_after, .. } => *retry_after,
            Self::Apply { error, .. } => error.retry_after(),
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
    /// How many times the request was tried, the last included; 0 if it was not sent.
    pub attempts: u32,
    /// Whether an attempt before the last may have been carried out.
    pub earlier_attempt_unsure: bool,
    /// Whether the operation only reads, so that nothing can have been carried out.
    pub read_only: bool,
    /// How far the last attempt had come when it broke off or its time was over; [`Error::phase`] returns it for any error.
    pub phase: CallPhase,
    // PERF: in a box, for errors are moved about with every result.
    organization: Option<Box<RhombusUuid>>,
}

impl CallInfo {
    /// Returns a call by its parts, which may change something.
    pub const fn new(operation: &'static str, attempts: u32) -> Self {
        Self {
            operation,
            attempts,
            earlier_attempt_unsure: false,
            read_only: false,
            phase: CallPhase::Waiting,
            organization: None,
        }
    }

    /// Returns a call of an operation after so many attempts.
    pub const fn of(operation: &Operation, attempts: u32) -> Self {
        Self {
            operation: operation.id,
            attempts,
            earlier_attempt_unsure: false,
            read_only: operation.read_only,
            phase: CallPhase::Waiting,
            organization: None,
        }
    }

    /// Returns the same call, which came this far.
    #[must_use]
    pub fn at(mut self, phase: CallPhase) -> Self {
        self.phase = phase;
        self
    }

    /// Returns the client organisation that a partner acted for, if it did.
    pub fn organization(&self) -> Option<&RhombusUuid> {
        self.organization.as_deref()
    }
}

impl fmt::Display for CallInfo {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.attempts, self.earlier_attempt_unsure && !self.read_only) {
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
    /// One attempt, from its connection to the end of its response.
    Attempt,
    /// The whole call, its attempts and the waits between them.
    Overall,
    /// Between two chunks of a body that is streamed.
    Idle,
}

impl fmt::Display for TimeoutPhase {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Connect => "connect",
            Self::Attempt => "attempt",
            Self::Overall => "overall",
            Self::Idle => "idle",
        })
    }
}

/// A response that does not match the contract, and the location.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
#[error(
    "{call}: the response ({length} bytes of {}) does not match the contract: {expected} at {} (line {line}, column {column}){}",
    if content_type.is_empty() { "no content type" } else { content_type },
    if path.is_empty() { "$" } else { path },
    unsure(call),
)]
#[non_exhaustive]
pub struct DecodeError {
    /// Which call.
    pub call: CallInfo,
    /// The JSON path of what could not be decoded, such as `$.kisiSettings.doorInfoMap["42"].clipDuration`.
    pub path: String,
    /// The line in the body, from 1.
    pub line: usize,
    /// The column in that line, from 1.
    pub column: usize,
    /// What was expected there. The actual value is not shown: it may be a secret.
    pub expected: String,
    /// The response's content type; empty if it had none.
    pub content_type: String,
    /// The body's length in bytes.
    pub length: usize,
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use http::StatusCode;

    use super::{ApplyPhase, CallInfo, DecodeError, Error, ErrorBody, TimeoutPhase};

    /// An error of each kind that follows a request that left.
    fn unsure(call: &CallInfo) -> Vec<Error> {
        let call = || call.clone();
        let limit = Duration::from_secs(1);
        let timeout = |phase| Error::Timeout {
            call: call(),
            phase,
            limit,
        };
        let mut errors = vec![
            timeout(TimeoutPhase::Attempt),
            timeout(TimeoutPhase::Overall),
            timeout(TimeoutPhase::Idle),
            Error::Upload {
                call: call(),
                sent: 5,
                source: "no such file".into(),
            },
            Error::Interrupted {
                received: 5,
                error: Box::new(timeout(TimeoutPhase::Idle)),
            },
            Error::BrokenOff {
                call: call(),
                source: "reset".into(),
            },
            Error::TooLarge { call: call(), limit: 1 },
            Error::Decode(Box::new(DecodeError {
                call: call(),
                path: String::new(),
                line: 1,
                column: 1,
                expected: "an object".to_owned(),
                content_type: String::new(),
                length: 0,
            })),
        ];
        errors.extend([300, 301, 302, 303, 304, 307, 308].map(|status| Error::Redirect {
            call: call(),
            status: StatusCode::from_u16(status).unwrap(),
            host: None,
        }));
        errors
            .extend([408, 418, 444, 460, 499, 500, 502, 503, 504, 599, 999].map(|status| status_error(call(), status)));
        errors
    }

    fn status_error(call: CallInfo, status: u16) -> Error {
        Error::Status {
            call,
            status: StatusCode::from_u16(status).unwrap(),
            excerpt: String::new(),
            body: ErrorBody::default(),
        }
    }

    #[test]
    fn what_may_have_been_carried_out_says_so() {
        for error in unsure(&CallInfo::new("unlock", 1)) {
            assert!(error.may_have_been_carried_out(), "{error}");
            assert!(error.to_string().contains("may have been carried out"), "{error}");
        }
        for status in [400, 404, 405, 407, 409, 410, 413, 415, 422, 425, 451] {
            let error = status_error(CallInfo::new("unlock", 1), status);
            assert!(!error.may_have_been_carried_out(), "{error}");
            assert!(!error.to_string().contains("may have been"), "{error}");
        }
    }

    #[test]
    fn a_read_carries_nothing_out() {
        let call = CallInfo {
            read_only: true,
            ..CallInfo::new("getKisiIntegration", 2)
        };
        for error in unsure(&call) {
            assert!(!error.may_have_been_carried_out(), "{error}");
            assert!(!error.to_string().contains("may have been"), "{error}");
        }
    }

    #[test]
    fn a_held_back_call_says_that_nothing_was_sent() {
        let limited = |attempts| Error::RateLimited {
            call: CallInfo::new("unlock", attempts),
            retry_after: Some(Duration::from_millis(1500)),
            body: ErrorBody::default(),
        };
        assert_eq!(
            limited(0).to_string(),
            "unlock: the organisation's quota is used up for 2 s more; nothing was sent"
        );
        assert!(limited(1).to_string().contains("429"));
    }

    #[test]
    fn what_had_no_credentials_was_not_sent() {
        let error = |attempts, transient| Error::Credentials {
            call: CallInfo::new("unlock", attempts),
            reason: "the file is empty".to_owned(),
            transient,
            source: "empty".into(),
        };
        assert!(error(0, false).to_string().ends_with("; nothing was sent"));
        assert!(!error(1, false).to_string().contains("nothing was sent"));
        for transient in [false, true] {
            assert!(!error(0, transient).may_have_been_carried_out());
            assert!(!error(0, transient).is_auth());
            assert_eq!(error(0, transient).is_retryable(), transient);
        }
    }

    #[test]
    fn an_earlier_attempt_counts() {
        let mut call = CallInfo::new("update", 2);
        let error = |call: &CallInfo| Error::Connect {
            call: call.clone(),
            server: "host".into(),
            reason: "refused".into(),
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
    fn a_body_is_decoded_and_not_shown() {
        let error = Error::Forbidden {
            call: CallInfo::new("read", 1),
            excerpt: "no".to_owned(),
            body: ErrorBody::new(r#"{"codes":[1,2],"why":"hidden"}"#),
        };
        #[derive(serde::Deserialize)]
        struct Problem {
            codes: Vec<i32>,
        }
        assert_eq!(error.decode::<Problem>().unwrap().codes, [1, 2]);
        assert!(error.decode::<i32>().is_none());
        let shown = format!("{error} {error:?}");
        assert!(shown.contains("30 bytes") && !shown.contains("hidden"), "{shown}");
        let error = Error::Apply {
            phase: ApplyPhase::NothingWritten,
            error: Box::new(error),
        };
        assert!(error.decode::<Problem>().is_some());
        assert!(ErrorBody::new("").decode::<serde_json::Value>().is_none());
    }

    #[test]
    fn the_phase_says_what_was_carried_out() {
        let broken = || {
            Box::new(Error::BrokenOff {
                call: CallInfo::new("getKisiIntegration", 1),
                source: "reset".into(),
            })
        };
        for (phase, carried_out) in [
            (ApplyPhase::NothingWritten, false),
            (ApplyPhase::PerhapsWritten, true),
            (ApplyPhase::Written, true),
        ] {
            let error = Error::Apply { phase, error: broken() };
            assert_eq!(error.apply_phase(), Some(phase));
            assert_eq!(error.may_have_been_carried_out(), carried_out);
            assert!(error.is_retryable() && !error.is_auth() && !error.is_timeout());
            assert!(error.to_string().starts_with(&format!("{phase}: ")), "{error}");
        }
        assert_eq!(broken().apply_phase(), None);
    }

    #[test]
    fn errors_cross_threads_and_stay_small() {
        fn crosses<T: Send + Sync + 'static>() {}
        crosses::<Error>();
        assert!(size_of::<Error>() <= 88, "{}", size_of::<Error>());
    }
}
