use std::borrow::Cow;

use rhombus_kisi_runtime::Error;

/// A name of few different ones for an error, as OpenTelemetry's `error.type` has it: the status, or what failed.
pub(crate) fn error_type(error: &Error) -> Cow<'static, str> {
    if let Some(status) = error.status() {
        return Cow::Owned(status.as_str().to_owned());
    }
    Cow::Borrowed(match error {
        Error::Connect { .. } => "connect",
        Error::Timeout { .. } => "timeout",
        Error::BrokenOff { .. } => "broken_off",
        Error::Upload { .. } => "upload",
        Error::TooLarge { .. } => "too_large",
        Error::Invalid { .. } => "invalid",
        Error::Config { .. } => "config",
        _ => "_OTHER",
    })
}
