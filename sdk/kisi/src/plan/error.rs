use std::fmt;

use rhombus_kisi_runtime::{ApplyPhase, Error};

use crate::UpdateOutcome;

/// Why a plan was not applied, or only in part.
///
/// The message begins with the [`phase`](Self::phase). A function that returns [`Error`] may use
/// `?`: the phase stays ([`Error::apply_phase`]), the outcome does not.
#[derive(Debug)]
pub struct ApplyError {
    phase: ApplyPhase,
    error: Error,
    outcome: Option<Box<UpdateOutcome>>,
}

impl ApplyError {
    pub(crate) fn new(phase: ApplyPhase, error: Error) -> Self {
        Self {
            phase,
            error,
            outcome: None,
        }
    }

    /// What failed after the write.
    pub(crate) fn after(outcome: Option<UpdateOutcome>, error: Error) -> Self {
        Self {
            phase: ApplyPhase::Written,
            error,
            outcome: outcome.map(Box::new),
        }
    }

    pub(crate) fn into_error(self) -> Error {
        self.error
    }

    /// Returns whether nothing was written, it may have been, or it was.
    pub fn phase(&self) -> ApplyPhase {
        self.phase
    }

    /// Returns the outcome of the update, if it was written.
    pub fn outcome(&self) -> Option<&UpdateOutcome> {
        self.outcome.as_deref()
    }

    /// Returns the error of the call that failed, which may be a read. Whether the settings were written is the
    /// [`phase`](Self::phase).
    pub fn error(&self) -> &Error {
        &self.error
    }

    /// Returns the paths of a conflict; empty for any other error.
    pub fn conflicts(&self) -> &[String] {
        match &self.error {
            Error::Conflict { paths } => paths,
            _ => &[],
        }
    }

    /// Returns whether the settings may have been written: `false` is certain.
    pub fn may_have_been_carried_out(&self) -> bool {
        self.phase != ApplyPhase::NothingWritten
    }

    /// Returns whether the cause may be transient: see [`Error::is_retryable`]. Applying the same plan again is safe in any
    /// phase, for `apply` reads before it writes.
    pub fn is_retryable(&self) -> bool {
        self.error.is_retryable()
    }
}

impl fmt::Display for ApplyError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.phase, self.error)
    }
}

impl std::error::Error for ApplyError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        // The message holds the error's own already.
        std::error::Error::source(&self.error)
    }
}

impl From<ApplyError> for Error {
    fn from(error: ApplyError) -> Self {
        Self::Apply {
            phase: error.phase,
            error: Box::new(error.error),
        }
    }
}

#[cfg(test)]
mod tests {
    use rhombus_kisi_runtime::{ApplyPhase, CallInfo, Error, ErrorBody};

    use super::ApplyError;

    #[test]
    fn it_says_what_the_error_and_the_phase_say() {
        let limited = Error::RateLimited {
            call: CallInfo::new("read", 1),
            retry_after: None,
            body: ErrorBody::default(),
        };
        assert!(ApplyError::new(ApplyPhase::NothingWritten, limited).is_retryable());
        let refused = ApplyError::new(ApplyPhase::NothingWritten, Error::invalid("door 1", "no"));
        assert!(!refused.is_retryable() && !refused.may_have_been_carried_out());
        assert!(refused.conflicts().is_empty());
        assert_eq!(refused.to_string(), format!("nothing was written: {}", refused.error()));
        let paths = vec!["$.enabled".to_owned()];
        let conflict = ApplyError::new(ApplyPhase::PerhapsWritten, Error::Conflict { paths });
        assert_eq!(conflict.conflicts(), ["$.enabled"]);
        assert!(conflict.may_have_been_carried_out());
        assert_eq!(Error::from(conflict).apply_phase(), Some(ApplyPhase::PerhapsWritten));
    }
}
