//! What a caller that repeats a write itself has to know: the one attempt, and the wait after it.

use std::time::Duration;

use rhombus_kisi_runtime::{Error, Repeat};
use tokio::time::Instant;

use super::HttpTransport;
use crate::RetryPolicy;
use crate::options::CallOptions;
use crate::retry::may_repeat;

impl HttpTransport {
    /// When a call that begins now has to be over.
    pub(crate) fn deadline(&self) -> Instant {
        self.options.deadline(Instant::now(), false)
    }

    /// The same transport with no more time than this for a call. No time at all is a limit that has passed, and not one
    /// that a caller has set to zero.
    pub(crate) fn limited(&self, left: Duration) -> Self {
        let options = CallOptions {
            timeout: self.options.timeout.min(left.max(Duration::from_nanos(1))),
            ..self.options.clone()
        };
        Self {
            options,
            ..self.clone()
        }
    }

    /// The same transport with one attempt a call and no waiting.
    pub(crate) fn once(&self) -> Self {
        self.with(|options| options.retry(RetryPolicy::none()))
    }

    /// How long to wait before a write that failed may be made again, and what that took from the budget; `None` where it may
    /// not, or where there is no time for it.
    pub(crate) fn wait_after(
        &self,
        error: &Error,
        repeat: Repeat,
        attempts: u32,
        deadline: Instant,
    ) -> Option<(Duration, u32)> {
        let policy = &self.options.retry;
        if !policy.allows_another(attempts) || !may_repeat(repeat, error) {
            return None;
        }
        let wait = match error.retry_after() {
            Some(asked) => asked.saturating_add(policy.backoff(1)),
            None => policy.backoff(attempts),
        };
        if wait >= deadline.saturating_duration_since(Instant::now()) {
            return None;
        }
        self.shared.budget.pay(error).map(|price| (wait, price))
    }

    /// Gives back to the budget what the repeats of a write took, for in the end it was made.
    pub(crate) fn give_back(&self, paid: u32) {
        if paid > 0 {
            self.shared.budget.refill(paid);
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use rhombus_kisi_runtime::Error;

    use crate::Client;

    #[tokio::test]
    async fn no_time_left_is_a_limit_that_has_passed() {
        // Nothing answers there, and nothing is sent in no time.
        let client = Client::builder()
            .api_key("topsecret")
            .endpoint("http://127.0.0.1:9")
            .build()
            .unwrap();
        let late = Client::new(client.http().limited(Duration::ZERO));
        let error = late.kisi_integration().await.unwrap_err();
        assert!(
            matches!(error, Error::Timeout { .. } | Error::Connect { .. }),
            "{error}"
        );
        assert!(!error.may_have_been_carried_out(), "{error}");
    }
}
