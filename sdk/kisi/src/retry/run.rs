//! The loop of a call: attempts, and the waits between them.

use std::ops::ControlFlow;
use std::time::Duration;

use rhombus_kisi_runtime::{Error, ErrorBody, Repeat};
use tokio::time::Instant;

use super::quota::Quotas;
use super::rule::{cost, is_once};
use super::{Budget, Call, RetryPolicy};

/// Why an attempt failed, and what the retry has to know.
pub(crate) struct Failure {
    pub(crate) error: Error,
    /// How long the server asks to wait.
    pub(crate) retry_after: Option<Duration>,
    /// Whether a retry cannot help, although the kind of error is usually transient.
    pub(crate) permanent: bool,
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        Self {
            retry_after: error.retry_after(),
            error,
            permanent: false,
        }
    }
}

/// What all calls of a client share.
#[derive(Debug, Default)]
pub(crate) struct Limits {
    pub(crate) budget: Budget,
    pub(crate) quotas: Quotas,
}

/// How one call is retried.
pub(crate) struct Retry<'a> {
    limits: &'a Limits,
    policy: &'a RetryPolicy,
    organization: Option<&'a str>,
    repeat: Repeat,
    deadline: Instant,
    /// What the retries took from the budget.
    paid: u32,
}

impl<'a> Retry<'a> {
    pub(crate) fn new(
        limits: &'a Limits,
        policy: &'a RetryPolicy,
        organization: Option<&'a str>,
        repeat: Repeat,
        deadline: Instant,
    ) -> Self {
        Self {
            limits,
            policy,
            organization,
            repeat,
            deadline,
            paid: 0,
        }
    }

    /// How much time the call has left.
    pub(crate) fn left(&self) -> Duration {
        self.deadline.saturating_duration_since(Instant::now())
    }

    /// Makes attempts until one succeeds or must not be repeated. Each is told when the call ends.
    // PERF: an `async fn` has room for its arguments twice, and every call has one of these futures.
    #[expect(clippy::manual_async_fn, reason = "see above")]
    pub(crate) fn run<F, T>(
        mut self,
        mut call: Call,
        attempt: impl Fn(Call, Instant) -> F,
    ) -> impl Future<Output = Result<T, Error>>
    where
        F: Future<Output = Result<T, Failure>>,
    {
        async move {
            loop {
                self.admit(&call).await?;
                call.attempts += 1;
                // In one expression, so that the future keeps no room for the result.
                match self.conclude(attempt(call, self.deadline).await, &mut call) {
                    ControlFlow::Break(result) => return result,
                    ControlFlow::Continue(wait) => tokio::time::sleep(wait).await,
                }
            }
        }
    }

    /// Returns how long to wait before the retry, or `None` if there must be none. The budget is charged.
    pub(crate) fn wait(&mut self, failure: &Failure, attempts: u32) -> Option<Duration> {
        if failure.permanent || !self.policy.allows_another(attempts) {
            return None;
        }
        let cost = cost(self.repeat, &failure.error)?;
        let left = self.left();
        let wait = match failure.retry_after {
            Some(asked) => self.spread(asked, left),
            None => self.policy.backoff(attempts),
        };
        if wait >= left || !self.limits.budget.take(cost) {
            return None;
        }
        self.paid += cost;
        Some(wait)
    }

    /// Gives back to the budget what the retries took, because one of them succeeded.
    pub(crate) fn give_back(&self) {
        if self.paid > 0 {
            self.limits.budget.refill(self.paid);
        }
    }

    /// Waits while the organisation's quota is known to be used up. Errors if the deadline does not allow it, or if the
    /// operation must not happen later than it was asked for.
    async fn admit(&self, call: &Call) -> Result<(), Error> {
        let once = is_once(self.repeat);
        if !once && !self.policy.waits() {
            return Ok(());
        }
        loop {
            let now = Instant::now();
            let Some(rest) = self.limits.quotas.rest(self.organization, now) else {
                return Ok(());
            };
            let left = self.deadline.saturating_duration_since(now);
            if once || rest >= left {
                return Err(Error::RateLimited {
                    call: call.info(),
                    retry_after: Some(rest),
                    body: ErrorBody::default(),
                });
            }
            tokio::time::sleep(self.spread(rest, left)).await;
        }
    }

    /// Returns the end of the call, or the wait before the next attempt.
    fn conclude<T>(&mut self, result: Result<T, Failure>, call: &mut Call) -> ControlFlow<Result<T, Error>, Duration> {
        let failure = match result {
            Ok(response) => {
                self.limits.budget.refill(self.paid);
                return ControlFlow::Break(Ok(response));
            }
            Err(failure) => failure,
        };
        if let (Error::RateLimited { .. }, Some(wait)) = (&failure.error, failure.retry_after) {
            self.limits.quotas.extend(self.organization, Instant::now(), wait);
        }
        match self.wait(&failure, call.attempts) {
            Some(wait) => {
                call.earlier_attempt_unsure |= failure.error.may_have_been_carried_out();
                ControlFlow::Continue(wait)
            }
            None => ControlFlow::Break(Err(failure.error)),
        }
    }

    /// A little later than asked, each call by another amount, so that not all come back at once.
    fn spread(&self, asked: Duration, left: Duration) -> Duration {
        let later = asked.saturating_add(self.policy.backoff(1));
        if later < left { later } else { asked }
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use rhombus_kisi_runtime::{CallInfo, Error, ErrorBody, Repeat, TimeoutPhase};
    use tokio::time::Instant;

    use super::{Failure, Limits, Retry};
    use crate::RetryPolicy;

    const SECOND: Duration = Duration::from_secs(1);

    fn wait(failure: &Failure, repeat: Repeat, left: Duration) -> Option<Duration> {
        let (limits, policy) = (Limits::default(), RetryPolicy::default());
        Retry::new(&limits, &policy, None, repeat, Instant::now() + left).wait(failure, 1)
    }

    fn limited(retry_after: Option<Duration>) -> Failure {
        let call = CallInfo::new("read", 1);
        Error::RateLimited {
            call,
            retry_after,
            body: ErrorBody::default(),
        }
        .into()
    }

    #[tokio::test(start_paused = true)]
    async fn calls_that_a_429_made_wait_do_not_come_back_at_once() {
        let wait = |asked, left| wait(&limited(Some(asked)), Repeat::Safe, left);
        let mut waits: Vec<_> = (0..200).map(|_| wait(SECOND, 60 * SECOND).unwrap()).collect();
        assert!(waits.iter().all(|wait| *wait >= SECOND && *wait <= SECOND + SECOND / 5));
        waits.sort_unstable();
        waits.dedup();
        assert!(waits.len() > 150, "{}", waits.len());
        // No room for more than was asked for, and none for that.
        assert_eq!(wait(SECOND, SECOND + Duration::from_nanos(1)), Some(SECOND));
        assert_eq!(wait(SECOND, SECOND), None);
    }

    #[tokio::test(start_paused = true)]
    async fn what_happens_once_and_now_never_waits() {
        let never_opened = Failure::from(Error::Timeout {
            call: CallInfo::new("unlock", 1),
            phase: TimeoutPhase::Connect,
            limit: SECOND,
        });
        for failure in [never_opened, limited(Some(Duration::ZERO)), limited(None)] {
            assert_eq!(wait(&failure, Repeat::Never, 60 * SECOND), None);
            assert!(wait(&failure, Repeat::IfNotCarriedOut, 60 * SECOND).is_some());
        }
    }

    #[tokio::test(start_paused = true)]
    async fn a_permanent_failure_is_not_retried() {
        let mut failure = limited(None);
        assert!(wait(&failure, Repeat::Safe, 60 * SECOND).is_some());
        failure.permanent = true;
        assert_eq!(wait(&failure, Repeat::Safe, 60 * SECOND), None);
    }

    #[tokio::test(start_paused = true)]
    async fn a_retry_is_paid_for_and_given_back() {
        let (limits, policy) = (Limits::default(), RetryPolicy::default());
        let unsent = || {
            Failure::from(Error::Connect {
                call: CallInfo::new("read", 1),
                server: "".into(),
                reason: "".into(),
                source: "refused".into(),
            })
        };
        let retry = || Retry::new(&limits, &policy, None, Repeat::Safe, Instant::now() + 60 * SECOND);
        let mut retries: Vec<_> = (0..100).map(|_| retry()).collect();
        assert!(retries.iter_mut().all(|retry| retry.wait(&unsent(), 1).is_some()));
        assert_eq!(retry().wait(&unsent(), 1), None);
        retries[0].give_back();
        assert!(retry().wait(&unsent(), 1).is_some());
        assert_eq!(retry().wait(&unsent(), 1), None);
    }
}
