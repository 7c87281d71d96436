use std::error::Error as _;
use std::io;
use std::time::Duration;

use rhombus_kisi_runtime::{CallInfo, Error, TimeoutPhase};

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

/// What the HTTP library's error means.
///
/// `connect_limit` is that of connecting, where it is known; `elapsed` is how long the attempt took.
pub(crate) fn classify(
    error: reqwest::Error,
    call: CallInfo,
    server: &str,
    connect_limit: Option<Duration>,
    elapsed: Duration,
) -> Failure {
    // The URL says nothing that the call does not, and may hold parameters.
    let error = error.without_url();
    let timed_out = error.is_timeout() && !is_from_system(&error);
    if error.is_connect() {
        let lasting = is_tls(&error);
        let error = match connect_limit {
            Some(limit) if timed_out => Error::Timeout {
                call,
                phase: TimeoutPhase::Connect,
                limit,
            },
            _ => Error::Connect {
                call,
                server: server.to_owned(),
                source: error.into(),
            },
        };
        return Failure {
            lasting,
            ..error.into()
        };
    }
    if error.is_builder() {
        let error = Error::Config {
            message: "the HTTP client refuses the request".into(),
            source: Some(error.into()),
        };
        return error.into();
    }
    if timed_out {
        // Only a client that the caller brought has a time limit of its own here.
        return Error::Timeout {
            call,
            phase: TimeoutPhase::Attempt,
            limit: elapsed,
        }
        .into();
    }
    Error::BrokenOff {
        call,
        source: error.into(),
    }
    .into()
}

/// Whether the operating system gave up, which is no limit that anyone set here.
fn is_from_system(error: &reqwest::Error) -> bool {
    io_errors(error).any(|error| error.raw_os_error().is_some())
}

/// Whether the two sides do not agree on TLS: a wrong certificate stays wrong.
fn is_tls(error: &reqwest::Error) -> bool {
    io_errors(error).any(|error| error.kind() == io::ErrorKind::InvalidData)
}

fn io_errors(error: &reqwest::Error) -> impl Iterator<Item = &io::Error> {
    let mut next = error.source();
    std::iter::from_fn(move || {
        let current = next?;
        next = underneath(current);
        Some(current)
    })
    .filter_map(|error| error.downcast_ref())
}

/// The error under this one. An `io::Error` around another error skips that one when asked for its source.
fn underneath<'a>(error: &'a (dyn std::error::Error + 'static)) -> Option<&'a (dyn std::error::Error + 'static)> {
    match error.downcast_ref::<io::Error>().and_then(io::Error::get_ref) {
        Some(inner) => Some(inner),
        None => error.source(),
    }
}
