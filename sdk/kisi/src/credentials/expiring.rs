use std::time::{Duration, SystemTime};

use tokio::time::Instant;

/// How long before its end at most a value is asked for again.
const MARGIN: Duration = Duration::from_secs(5 * 60);

/// A value and how long it holds: what a [`ProvideCredentials`](crate::ProvideCredentials) returns.
///
/// ```
/// use std::time::Duration;
///
/// use rhombus_kisi::{Credentials, Expiring};
///
/// let token = Expiring::after(Credentials::access_token("token"), Duration::from_secs(3600));
/// let key = Expiring::never(Credentials::api_key("key")).refresh_after(Duration::from_secs(60));
/// # let _ = (token, key);
/// ```
#[derive(Clone, Debug)]
#[must_use]
pub struct Expiring<T> {
    value: T,
    expires: Option<Instant>,
    refresh: Option<Instant>,
}

impl<T> Expiring<T> {
    /// Returns a value that holds until the server rejects it.
    pub fn never(value: T) -> Self {
        Self {
            value,
            expires: None,
            refresh: None,
        }
    }

    /// Returns a value that holds for `lifetime` from now. It is asked for again when a tenth of that is left, or 5 min if that
    /// is less.
    pub fn after(value: T, lifetime: Duration) -> Self {
        let now = Instant::now();
        let margin = (lifetime / 10).min(MARGIN);
        Self {
            value,
            expires: now.checked_add(lifetime),
            refresh: now.checked_add(lifetime.saturating_sub(margin)),
        }
    }

    /// Returns a value that holds until `end`, by the system's clock. It is asked for again as with [`after`](Self::after).
    ///
    /// ```
    /// use std::time::{Duration, SystemTime};
    ///
    /// use rhombus_kisi::{Credentials, Expiring};
    ///
    /// let end = SystemTime::now() + Duration::from_secs(900);
    /// let token = Expiring::at(Credentials::access_token("token"), end);
    /// # let _ = token;
    /// ```
    pub fn at(value: T, end: SystemTime) -> Self {
        Self::after(value, end.duration_since(SystemTime::now()).unwrap_or_default())
    }

    /// Sets after how long from now the value is asked for again, although it still holds: for what can change earlier, such
    /// as a file.
    pub fn refresh_after(mut self, wait: Duration) -> Self {
        self.refresh = Instant::now().checked_add(wait);
        self
    }

    /// Returns the value.
    pub fn value(&self) -> &T {
        &self.value
    }

    /// Whether it does not hold any more.
    #[cfg(feature = "oauth")]
    pub(crate) fn is_over(&self) -> bool {
        self.expires.is_some_and(|expires| expires <= Instant::now())
    }

    /// The value, when it ends, and when it is asked for again.
    pub(super) fn into_parts(self) -> (T, Option<Instant>, Option<Instant>) {
        (self.value, self.expires, self.refresh)
    }
}

#[cfg(feature = "oauth")]
impl Expiring<super::Credentials> {
    /// The same credentials as a partner's or as an organisation's own.
    pub(crate) fn of_partner(mut self, partner: bool) -> Self {
        self.value = self.value.of_partner(partner);
        self
    }
}

#[cfg(test)]
mod tests {
    use std::time::{Duration, SystemTime};

    use tokio::time::Instant;

    use super::Expiring;

    const SECOND: Duration = Duration::from_secs(1);

    #[tokio::test(start_paused = true)]
    async fn a_value_is_asked_for_again_before_it_ends() {
        let now = Instant::now();
        let from_now = |at: Option<Instant>| at.map(|at| at.duration_since(now));
        for (lifetime, refresh) in [(100, 90), (3600, 3300), (86_400, 86_100), (0, 0)] {
            let ((), end, again) = Expiring::after((), lifetime * SECOND).into_parts();
            assert_eq!(from_now(end), Some(lifetime * SECOND));
            assert_eq!(from_now(again), Some(refresh * SECOND));
        }
        let ((), end, again) = Expiring::never(()).refresh_after(SECOND).into_parts();
        assert_eq!((end, from_now(again)), (None, Some(SECOND)));
        let past = SystemTime::now() - SECOND;
        assert_eq!(from_now(Expiring::at((), past).into_parts().1), Some(Duration::ZERO));
        // A lifetime that no clock reaches is none.
        assert_eq!(Expiring::after((), Duration::MAX).into_parts().1, None);
    }
}
