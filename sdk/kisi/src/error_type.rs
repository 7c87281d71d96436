use std::borrow::Cow;

use rhombus_kisi_runtime::Error;

/// A name of few different ones for an error, as OpenTelemetry's `error.type` has it: the status, or what failed.
pub(crate) fn error_type(error: &Error) -> Cow<'static, str> {
    match error.status() {
        Some(status) => Cow::Owned(status.as_str().to_owned()),
        None => Cow::Borrowed(error.kind().as_str()),
    }
}
