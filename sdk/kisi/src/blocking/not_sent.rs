use std::error::Error as StdError;

use rhombus_kisi_runtime::{ApplyPhase, Error};

use crate::ApplyError;

/// An error type that can say that a call was not begun, because the calling thread belongs to a Tokio runtime.
///
/// The closure of [`Client::call`](super::Client::call) returns errors of such a type.
pub trait NotSent {
    /// Returns this error, before which nothing was sent.
    fn not_sent(error: Error) -> Self;
}

impl NotSent for Error {
    fn not_sent(error: Error) -> Self {
        error
    }
}

impl NotSent for ApplyError {
    fn not_sent(error: Error) -> Self {
        Self::new(ApplyPhase::NothingWritten, error)
    }
}

impl NotSent for Box<dyn StdError + Send + Sync> {
    fn not_sent(error: Error) -> Self {
        error.into()
    }
}

impl NotSent for Box<dyn StdError> {
    fn not_sent(error: Error) -> Self {
        error.into()
    }
}
