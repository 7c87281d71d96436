use std::sync::atomic::{AtomicU32, Ordering};

use rhombus_kisi_runtime::Error;

const FULL: u32 = 500;
const RETRY: u32 = 5;
const RETRY_AFTER_TIMEOUT: u32 = 10;
const SUCCESS: u32 = 1;

/// A bucket of tokens that retries are paid from, so that a server in trouble is not sent more and more.
#[derive(Debug)]
pub(crate) struct Budget(AtomicU32);

impl Default for Budget {
    fn default() -> Self {
        Self(AtomicU32::new(FULL))
    }
}

impl Budget {
    /// Takes what a retry after `error` costs; `None` where too little is left.
    pub(crate) fn pay(&self, error: &Error) -> Option<u32> {
        let price = match error {
            // The server says itself when to come again.
            Error::RateLimited { .. } => return Some(0),
            Error::Timeout { .. } => RETRY_AFTER_TIMEOUT,
            _ => RETRY,
        };
        self.0
            .fetch_update(Ordering::Relaxed, Ordering::Relaxed, |tokens| tokens.checked_sub(price))
            .is_ok()
            .then_some(price)
    }

    /// A call succeeded after retries that cost `paid`.
    pub(crate) fn refill(&self, paid: u32) {
        // The common case: nothing was taken, so there is nothing to write.
        if self.0.load(Ordering::Relaxed) == FULL {
            return;
        }
        let _ = self.0.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |tokens| {
            Some(tokens.saturating_add(paid.max(SUCCESS)).min(FULL))
        });
    }
}

#[cfg(test)]
mod tests {
    use http::StatusCode;
    use rhombus_kisi_runtime::{CallInfo, Error, TimeoutPhase};

    use super::Budget;

    fn unavailable() -> Error {
        Error::Status {
            call: CallInfo::new("read", 1),
            status: StatusCode::SERVICE_UNAVAILABLE,
            excerpt: String::new(),
        }
    }

    #[test]
    fn it_runs_out_and_fills_again() {
        let budget = Budget::default();
        assert_eq!((0..200).filter(|_| budget.pay(&unavailable()).is_some()).count(), 100);
        budget.refill(5);
        assert!(budget.pay(&unavailable()).is_some());
        (0..4).for_each(|_| budget.refill(0));
        assert!(budget.pay(&unavailable()).is_none());
        budget.refill(0);
        assert!(budget.pay(&unavailable()).is_some());
    }

    #[test]
    fn a_timeout_costs_more_and_a_429_nothing() {
        let budget = Budget::default();
        let call = CallInfo::new("read", 1);
        let timeout = Error::Timeout {
            call: call.clone(),
            phase: TimeoutPhase::Attempt,
            limit: std::time::Duration::ZERO,
        };
        let limited = Error::RateLimited {
            call,
            retry_after: None,
        };
        assert_eq!((0..100).filter(|_| budget.pay(&timeout).is_some()).count(), 50);
        assert_eq!(budget.pay(&limited), Some(0));
    }
}
