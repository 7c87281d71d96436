use std::time::Duration;

use tokio::time::Instant;

use crate::RetryPolicy;

/// As good as no limit, and far from where instants overflow.
const FOREVER: Duration = Duration::from_secs(10 * 365 * 24 * 60 * 60);

/// What can be set anew for single calls: see [`Client::with`](crate::Client::with).
///
/// ```
/// use std::time::Duration;
///
/// use rhombus_kisi::{Client, RetryPolicy};
///
/// let client = Client::builder().api_key("key").build()?;
/// let hasty = client.with(|call| call.timeout(Duration::from_secs(5)).retry(RetryPolicy::none()));
/// # Ok::<(), rhombus_kisi::Error>(())
/// ```
#[derive(Clone, Debug, Eq, PartialEq)]
#[must_use]
pub struct CallOptions {
    pub(crate) attempt_timeout: Duration,
    pub(crate) timeout: Duration,
    pub(crate) retry: RetryPolicy,
}

impl Default for CallOptions {
    /// 30 s an attempt, 60 s in all, the default retry policy.
    fn default() -> Self {
        Self {
            attempt_timeout: Duration::from_secs(30),
            timeout: Duration::from_secs(60),
            retry: RetryPolicy::default(),
        }
    }
}

impl CallOptions {
    /// How long one attempt may take, from opening its connection to the end of its answer; 30 s by default.
    pub fn attempt_timeout(mut self, limit: Duration) -> Self {
        self.attempt_timeout = limit;
        self
    }

    /// How long the whole call may take, its attempts and the waits between them together; 60 s by default.
    pub fn timeout(mut self, limit: Duration) -> Self {
        self.timeout = limit;
        self
    }

    /// How often the call is tried.
    pub fn retry(mut self, policy: RetryPolicy) -> Self {
        self.retry = policy;
        self
    }

    /// When a call that begins now has to be over.
    pub(crate) fn deadline(&self, now: Instant) -> Instant {
        now.checked_add(self.timeout.min(FOREVER)).unwrap_or(now)
    }
}
