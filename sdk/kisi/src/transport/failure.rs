use std::io;
use std::time::Duration;

use rhombus_kisi_runtime::{CallInfo, Error, Masker, TimeoutPhase, excerpt};

use super::reason::{causes, reason};

/// Why an attempt failed, and what the next one has to know.
pub(crate) struct Failure {
    pub(crate) error: Error,
    /// How long the server asks to wait.
    pub(crate) retry_after: Option<Duration>,
    /// Whether trying again cannot help.
    pub(crate) lasting: bool,
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        Self {
            error,
            retry_after: None,
            lasting: false,
        }
    }
}

/// What is known of an attempt whose sending failed.
pub(crate) struct Circumstances<'a> {
    pub(crate) call: CallInfo,
    pub(crate) server: &'a str,
    pub(crate) proxy: Option<&'a str>,
    pub(crate) connect_limit: Duration,
    /// How long the attempt took.
    pub(crate) elapsed: Duration,
    /// Whether nothing of the request has left.
    pub(crate) unsent: bool,
    pub(crate) masker: &'a Masker,
}

/// What the HTTP library's error means.
pub(crate) fn classify(error: reqwest::Error, about: Circumstances<'_>) -> Failure {
    // The URL says nothing that the call does not, and may hold parameters.
    let error = error.without_url();
    // What is under it can quote the server: HTTP/2 has a field for that.
    let said = |error: &reqwest::Error| {
        let texts: Vec<_> = causes(error).map(ToString::to_string).collect();
        excerpt(about.masker.mask(format!("{error}: {}", texts.join(": "))).as_bytes())
    };
    if error.is_builder() {
        let reason = format!("the HTTP client does not take it: {}", said(&error));
        return Error::invalid("the request", reason).into();
    }
    let timed_out = error.is_timeout() && !is_from_system(&error);
    let call = about.call;
    if timed_out {
        let (phase, limit) = match (error.is_connect(), about.unsent) {
            (true, _) => (TimeoutPhase::Connect, about.connect_limit),
            // These are limits that the caller set at the HTTP library's own builder.
            (false, true) => (TimeoutPhase::Connect, about.elapsed),
            (false, false) => (TimeoutPhase::Attempt, about.elapsed),
        };
        return Error::Timeout { call, phase, limit }.into();
    }
    if error.is_connect() {
        let reason = reason(&error, about.proxy);
        let lasting = reason.lasting;
        let error = Error::Connect {
            call,
            server: about.server.to_owned(),
            reason: match reason.text {
                // A certificate can name what it likes.
                std::borrow::Cow::Owned(text) => about.masker.mask(text).into(),
                known => known,
            },
            source: said(&error).into(),
        };
        return Failure {
            lasting,
            ..error.into()
        };
    }
    Error::BrokenOff {
        call,
        source: said(&error).into(),
    }
    .into()
}

/// Whether the operating system gave up, which is no limit that anyone set here.
fn is_from_system(error: &reqwest::Error) -> bool {
    causes(error)
        .filter_map(|cause| cause.downcast_ref::<io::Error>())
        .any(|error| error.raw_os_error().is_some())
}
