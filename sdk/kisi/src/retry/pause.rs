use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use tokio::time::Instant;

/// What a server asks for beyond this is left to the caller of the one call that it answered: a wrong header must
/// not silence a client for a day.
const LONGEST: Duration = Duration::from_secs(60);

/// Until when an organisation's calls hold back, because its quota is used up.
#[derive(Debug)]
pub(crate) struct Pause {
    epoch: Instant,
    /// Milliseconds after the epoch; 0 for no pause.
    until: AtomicU64,
}

impl Default for Pause {
    fn default() -> Self {
        Self {
            epoch: Instant::now(),
            until: AtomicU64::new(0),
        }
    }
}

impl Pause {
    /// Holds calls back from `now` on, for at least as long as they already are.
    pub(crate) fn extend(&self, now: Instant, wait: Duration) {
        let until = now.saturating_duration_since(self.epoch) + wait.min(LONGEST);
        let until = u64::try_from(until.as_millis()).unwrap_or(u64::MAX);
        self.until.fetch_max(until, Ordering::Relaxed);
    }

    /// How long a call has to hold back.
    pub(crate) fn rest(&self, now: Instant) -> Option<Duration> {
        let until = match self.until.load(Ordering::Relaxed) {
            0 => return None,
            until => Duration::from_millis(until),
        };
        until
            .checked_sub(now.saturating_duration_since(self.epoch))
            .filter(|rest| !rest.is_zero())
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::{LONGEST, Pause};

    #[test]
    fn it_ends_and_only_grows() {
        let pause = Pause::default();
        let now = pause.epoch;
        let seconds = Duration::from_secs;
        assert_eq!(pause.rest(now), None);
        pause.extend(now, seconds(3));
        pause.extend(now, seconds(1));
        assert_eq!(pause.rest(now), Some(seconds(3)));
        assert_eq!(pause.rest(now + seconds(2)), Some(seconds(1)));
        assert_eq!(pause.rest(now + seconds(3)), None);
        pause.extend(now, Duration::MAX);
        assert_eq!(pause.rest(now), Some(LONGEST));
    }
}
