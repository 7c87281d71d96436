//! What an error of the HTTP library means, and why there is no connection, in a line.

use std::borrow::Cow;
use std::error::Error as StdError;
use std::io;
use std::time::Duration;

use rhombus_kisi_runtime::{CallInfo, Error, Masker, TimeoutPhase, excerpt};

use crate::retry::Failure;

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
    // The URL repeats what the call holds, and may hold parameters.
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
        let permanent = reason.permanent;
        let error = Error::Connect {
            call,
            server: about.server.into(),
            reason: match reason.text {
                // A certificate can name what it likes.
                Cow::Owned(text) => about.masker.mask(text).into(),
                known => known,
            },
            source: said(&error).into(),
        };
        return Failure {
            permanent,
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

/// Why a connection did not open.
struct Reason {
    text: Cow<'static, str>,
    /// Whether trying again cannot help.
    permanent: bool,
}

/// What the HTTP library's error says about a connection that did not open; `proxy` is the host of the proxy.
fn reason(error: &reqwest::Error, proxy: Option<&str>) -> Reason {
    let texts: Vec<_> = causes(error).map(ToString::to_string).collect();
    let says = |part: &str| texts.iter().any(|text| text.contains(part));
    let via = |text: &str| match proxy {
        Some(proxy) => format!("{text} (by the proxy {proxy})").into(),
        None => text.to_owned().into(),
    };
    let transient = |text| Reason { text, permanent: false };
    let host = proxy.unwrap_or("in between");
    if says("proxy authorization required") {
        return Reason {
            text: format!("the proxy {host} wants a user and a password, or other ones (407)").into(),
            permanent: true,
        };
    }
    if error.is_dns() || says("dns error") {
        return transient(via("its name cannot be resolved; check the name and DNS"));
    }
    let kind = causes(error)
        .filter_map(|cause| cause.downcast_ref::<io::Error>())
        .map(io::Error::kind)
        .last();
    let certificate = certificate(&texts);
    if kind == Some(io::ErrorKind::InvalidData) || certificate.is_some() {
        let text = match certificate {
            Some(text) => Cow::Borrowed(text),
            None => format!("TLS failed: {}", last(&texts)).into(),
        };
        // A wrong certificate stays wrong.
        let permanent = kind == Some(io::ErrorKind::InvalidData);
        return Reason { text, permanent };
    }
    if let Some(known) = kind.and_then(of_kind) {
        return transient(via(known));
    }
    if says("tunnel error") {
        let text = format!("the proxy {host} opened no way to the server ({})", last(&texts));
        return transient(text.into());
    }
    transient(via(&last(&texts)))
}

/// What a TLS library's message about the server's certificate means. The libraries word it differently.
fn certificate(texts: &[String]) -> Option<&'static str> {
    let says = |parts: &[&str]| {
        let mut texts = texts.iter();
        texts.any(|text| text.contains("certificate") && parts.iter().any(|part| text.contains(part)))
    };
    let table: [(&[&str], &str); 5] = [
        (
            &["xpired"],
            "the server's certificate has expired; check the clock of this machine too",
        ),
        (
            &["NotValidYet", "not valid yet", "not yet valid"],
            "the server's certificate is not valid yet; check the clock of this machine",
        ),
        (
            &["not valid for name", "NotValidForName", "ostname mismatch", "ost name"],
            "the server's certificate is for another host; check the endpoint",
        ),
        (
            &[
                "UnknownIssuer",
                "BadSignature",
                "unable to get local issuer",
                "self-signed",
                "self signed",
            ],
            "the server's certificate is of an unknown authority; `add_root_certificate` adds one that is to be trusted",
        ),
        (
            &["InvalidPurpose", "unsuitable", "Eku", "purpose"],
            "the server's certificate is not for servers",
        ),
    ];
    let mut table = table.into_iter();
    table.find(|(parts, _)| says(parts)).map(|(_, meaning)| meaning)
}

fn of_kind(kind: io::ErrorKind) -> Option<&'static str> {
    Some(match kind {
        io::ErrorKind::ConnectionRefused => "the connection was refused",
        io::ErrorKind::ConnectionReset => "the connection was reset while it was opened",
        io::ErrorKind::ConnectionAborted | io::ErrorKind::UnexpectedEof | io::ErrorKind::BrokenPipe => {
            "the connection was closed while it was opened"
        }
        io::ErrorKind::HostUnreachable => "the host is unreachable",
        io::ErrorKind::NetworkUnreachable => "the network is unreachable",
        io::ErrorKind::NetworkDown => "the network is down",
        io::ErrorKind::TimedOut => "the host does not react",
        io::ErrorKind::PermissionDenied => "this machine does not permit it (a firewall or a sandbox)",
        io::ErrorKind::AddrNotAvailable => "this machine has no address or port left for it",
        _ => return None,
    })
}

/// The innermost message, on one line and not long.
fn last(texts: &[String]) -> String {
    excerpt(texts.last().map(String::as_bytes).unwrap_or_default())
}

/// The errors under this one, the innermost last.
fn causes(error: &reqwest::Error) -> impl Iterator<Item = &(dyn StdError + 'static)> {
    std::iter::successors(error.source(), |error| underneath(*error))
}

/// The error under this one. An `io::Error` around another error skips that one when asked for its source.
fn underneath<'a>(error: &'a (dyn StdError + 'static)) -> Option<&'a (dyn StdError + 'static)> {
    match error.downcast_ref::<io::Error>().and_then(io::Error::get_ref) {
        Some(inner) => Some(inner),
        None => error.source(),
    }
}
