use std::time::Duration;

/// How often a call is tried, and how long it waits in between.
///
/// *Whether* a request is retried depends on the failure and on the operation, and is no option:
///
/// | failure | idempotent: reads, whole-state writes | other writes | the unlocking of a door |
/// | --- | --- | --- | --- |
/// | no connection opened | retry | retry | error |
/// | 429 (throttled) | retry | retry | error |
/// | 502, 503, 504, a reset, an attempt's time limit (transient) | retry | error | error |
/// | anything else (permanent) | error | error | error |
///
/// A door is unlocked now or not at all: that request is tried once, does not wait for a quota, and has its own limit
/// ([`unlock_timeout`](crate::CallOptions::unlock_timeout)).
///
/// Between attempts the call waits a random time between nothing and a ceiling that doubles from
/// [`base_backoff`](Self::base_backoff) to [`max_backoff`](Self::max_backoff) (exponential backoff with full
/// jitter), or what the server asks for with `Retry-After`. If a wait would pass the call's
/// deadline, the error is returned at once, with its [`retry_after`](crate::Error::retry_after).
///
/// All clones of a client share a budget of 500 tokens, so that an outage is not made worse: a retry takes 5 of
/// them, one after a time limit 10, a retry after 429 none (the server paces those). A success gives
/// back what its retries took, and 1 where there were none. Without enough tokens the error is returned at once.
///
/// ```
/// use std::time::Duration;
///
/// use rhombus_kisi::RetryPolicy;
///
/// let patient = RetryPolicy::default().max_attempts(8).max_backoff(Duration::from_secs(20));
/// assert_ne!(patient, RetryPolicy::none());
/// ```
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct RetryPolicy {
    max_attempts: u32,
    base_backoff: Duration,
    max_backoff: Duration,
}

impl Default for RetryPolicy {
    /// 4 attempts, backoff from 200 ms to 10 s.
    fn default() -> Self {
        Self {
            max_attempts: 4,
            base_backoff: Duration::from_millis(200),
            max_backoff: Duration::from_secs(10),
        }
    }
}

impl RetryPolicy {
    /// Returns a policy of one attempt, without waiting for an organisation's quota either: the request is sent although a 429 asked to wait.
    /// (Not the unlocking of a door, which then fails at once.)
    pub fn none() -> Self {
        Self::default().max_attempts(1)
    }

    /// Sets how often a request is tried at most, the first time included; 0 counts as 1.
    #[must_use]
    pub fn max_attempts(mut self, attempts: u32) -> Self {
        self.max_attempts = attempts.max(1);
        self
    }

    /// Sets the ceiling of the wait before the second attempt.
    #[must_use]
    pub fn base_backoff(mut self, ceiling: Duration) -> Self {
        self.base_backoff = ceiling;
        self
    }

    /// Sets the ceiling of every wait that the server does not ask for.
    #[must_use]
    pub fn max_backoff(mut self, ceiling: Duration) -> Self {
        self.max_backoff = ceiling;
        self
    }

    /// Whether another attempt may follow after so many.
    pub(crate) fn allows_another(&self, attempts: u32) -> bool {
        attempts < self.max_attempts
    }

    /// Whether calls wait until their organisation's quota is filled again.
    pub(crate) fn waits(&self) -> bool {
        self.max_attempts > 1
    }

    /// A random wait after so many attempts.
    pub(crate) fn backoff(&self, attempts: u32) -> Duration {
        let ceiling = self.ceiling(attempts);
        // Rounding must not lift it over the ceiling.
        ceiling.mul_f64(fastrand::f64()).min(ceiling)
    }

    fn ceiling(&self, attempts: u32) -> Duration {
        let factor = 2_u32.saturating_pow(attempts.saturating_sub(1));
        self.base_backoff.saturating_mul(factor).min(self.max_backoff)
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use proptest::prelude::*;

    use super::RetryPolicy;

    #[test]
    fn the_ceiling_doubles() {
        let policy = RetryPolicy::default();
        let ceilings: Vec<_> = (1..=8).map(|attempts| policy.ceiling(attempts).as_millis()).collect();
        assert_eq!(ceilings, [200, 400, 800, 1600, 3200, 6400, 10_000, 10_000]);
    }

    #[test]
    fn none_is_one_attempt() {
        assert!(!RetryPolicy::none().allows_another(1));
        assert!(!RetryPolicy::default().max_attempts(0).allows_another(1));
        assert!(RetryPolicy::default().allows_another(3));
        assert!(!RetryPolicy::default().allows_another(4));
    }

    #[test]
    fn waits_are_spread() {
        let policy = RetryPolicy::default();
        let mut waits: Vec<_> = (0..1000).map(|_| policy.backoff(3)).collect();
        waits.sort_unstable();
        let ceiling = policy.ceiling(3);
        // Of a thousand waits a tenth each lies in the lowest and the highest tenth; that none does is out of the question.
        assert!(waits.first().unwrap() < &(ceiling / 10) && waits.last().unwrap() > &(ceiling * 9 / 10));
        waits.dedup();
        assert!(waits.len() > 900, "{}", waits.len());
    }

    proptest! {
        #[test]
        fn a_wait_stays_under_its_ceilings(attempts: u32, base: Duration, max: Duration) {
            let policy = RetryPolicy::default().base_backoff(base).max_backoff(max);
            let wait = policy.backoff(attempts);
            prop_assert!(wait <= max);
            prop_assert!(attempts > 1 || wait <= base);
        }
    }
}
