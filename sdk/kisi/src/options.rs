use std::time::Duration;

use tokio::time::Instant;

use crate::RetryPolicy;

/// As good as no limit, and far from where instants overflow.
const FOREVER: Duration = Duration::from_secs(10 * 365 * 24 * 60 * 60);

/// The options of a call: see [`Client::with`](crate::Client::with).
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
    pub(crate) unlock_timeout: Duration,
    pub(crate) idle_timeout: Duration,
    pub(crate) retry: RetryPolicy,
}

impl Default for CallOptions {
    /// 30 s an attempt, 60 s in all, 10 s for an unlock, 30 s between two chunks, the default retry policy.
    fn default() -> Self {
        Self {
            attempt_timeout: Duration::from_secs(30),
            timeout: Duration::from_secs(60),
            unlock_timeout: Duration::from_secs(10),
            idle_timeout: Duration::from_secs(30),
            retry: RetryPolicy::default(),
        }
    }
}

impl CallOptions {
    /// Sets how long one attempt may take, from opening its connection to the end of its response; 30 s by default.
    /// With zero each call is a validation error.
    pub fn attempt_timeout(mut self, limit: Duration) -> Self {
        self.attempt_timeout = limit;
        self
    }

    /// Sets how long the whole call may take, its attempts and the waits between them together; 60 s by default. With zero
    /// each call is a validation error.
    ///
    /// Of a response that is read as it arrives it holds up to the head. While a body is sent or received as a stream, the
    /// [idle limit](Self::idle_timeout) holds instead of this one and of that of an attempt: a file may take as long as it
    /// is long. No attempt begins after it.
    pub fn timeout(mut self, limit: Duration) -> Self {
        self.timeout = limit;
        self
    }

    /// Sets how long the unlocking of a door may take, from opening its connection to the end of its response; 10 s by default.
    /// The other limits apply too. With zero each call is a validation error.
    ///
    /// It is short because a door that opens long after it was asked for may open for somebody else.
    pub fn unlock_timeout(mut self, limit: Duration) -> Self {
        self.unlock_timeout = limit;
        self
    }

    /// Sets how long a body that is sent or received as a stream may stand still, between two chunks; 30 s by default. With zero
    /// each call is a validation error.
    ///
    /// Of a response it holds while the next chunk is waited for. A stream that is sent is given up if the server takes nothing
    /// for so long, or if the caller's own stream gives nothing.
    pub fn idle_timeout(mut self, limit: Duration) -> Self {
        self.idle_timeout = limit;
        self
    }

    /// Sets how often the call is tried.
    pub fn retry(mut self, policy: RetryPolicy) -> Self {
        self.retry = policy;
        self
    }

    /// Returns the deadline of a call that begins now; `once` is for an operation that is tried once and now.
    pub(crate) fn deadline(&self, now: Instant, once: bool) -> Instant {
        let limit = if once {
            self.timeout.min(self.unlock_timeout)
        } else {
            self.timeout
        };
        now.checked_add(limit.min(FOREVER)).unwrap_or(now)
    }

    /// The name of a limit that is zero.
    pub(crate) fn zero(&self) -> Option<&'static str> {
        let limits = [
            ("`attempt_timeout`", self.attempt_timeout),
            ("`timeout`", self.timeout),
            ("`unlock_timeout`", self.unlock_timeout),
            ("`idle_timeout`", self.idle_timeout),
        ];
        limits
            .into_iter()
            .find(|(_, limit)| limit.is_zero())
            .map(|(name, _)| name)
    }
}
