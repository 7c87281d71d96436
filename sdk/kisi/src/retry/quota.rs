use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::time::Instant;

/// What a server asks for beyond this is left to the caller of the one call that it throttled: a wrong header must
/// not silence a client for a day.
const LONGEST: Duration = Duration::from_secs(60);

/// How many pauses are kept before those that are over are looked for.
const FEW: usize = 64;

/// Until when the calls of each organisation hold back, because its quota is used up.
///
/// Only organisations with a pause are in it, however many there are, and however long their clients live.
#[derive(Debug)]
pub(crate) struct Quotas {
    epoch: Instant,
    /// When the last of all pauses ends, in milliseconds after the epoch; 0 for none.
    last: AtomicU64,
    until: Mutex<Until>,
}

#[derive(Debug, Default)]
struct Until {
    /// In milliseconds after the epoch.
    by_organization: HashMap<Box<str>, u64>,
    /// At how many to look for those that are over.
    prune_at: usize,
}

impl Default for Quotas {
    fn default() -> Self {
        Self {
            epoch: Instant::now(),
            last: AtomicU64::new(0),
            until: Mutex::default(),
        }
    }
}

impl Quotas {
    /// Holds an organisation's calls back from `now` on, for at least as long as they already are; `None` is the key's own.
    #[cold]
    pub(crate) fn extend(&self, organization: Option<&str>, now: Instant, wait: Duration) {
        let now = self.milliseconds(now);
        let until = now.saturating_add(u64::try_from(wait.min(LONGEST).as_millis()).unwrap_or(u64::MAX));
        let mut pauses = self.lock();
        if pauses.by_organization.len() >= pauses.prune_at.max(FEW) {
            pauses.by_organization.retain(|_, until| *until > now);
            pauses.by_organization.shrink_to(FEW);
            // Twice what is left, so that looking costs each entry a constant.
            pauses.prune_at = 2 * pauses.by_organization.len();
        }
        let organization = organization.unwrap_or_default();
        match pauses.by_organization.get_mut(organization) {
            Some(known) => *known = until.max(*known),
            None => {
                pauses.by_organization.insert(organization.into(), until);
            }
        }
        self.last.fetch_max(until, Ordering::Release);
    }

    /// How long an organisation's calls have to hold back.
    pub(crate) fn rest(&self, organization: Option<&str>, now: Instant) -> Option<Duration> {
        // The usual case: no quota is used up, and nothing has to be locked.
        let last = match self.last.load(Ordering::Acquire) {
            0 => return None,
            last => last,
        };
        let now = self.milliseconds(now);
        if now >= last {
            return None;
        }
        let until = *self.lock().by_organization.get(organization.unwrap_or_default())?;
        Some(Duration::from_millis(until.checked_sub(now)?)).filter(|rest| !rest.is_zero())
    }

    /// How many are kept.
    #[cfg(test)]
    pub(crate) fn len(&self) -> usize {
        self.lock().by_organization.len()
    }

    fn milliseconds(&self, at: Instant) -> u64 {
        u64::try_from(at.saturating_duration_since(self.epoch).as_millis()).unwrap_or(u64::MAX)
    }

    fn lock(&self) -> MutexGuard<'_, Until> {
        self.until.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::{FEW, LONGEST, Quotas};

    const SECOND: Duration = Duration::from_secs(1);

    #[test]
    fn it_ends_and_only_grows() {
        let quotas = Quotas::default();
        let now = quotas.epoch;
        assert_eq!(quotas.rest(None, now), None);
        quotas.extend(None, now, 3 * SECOND);
        quotas.extend(None, now, SECOND);
        assert_eq!(quotas.rest(None, now), Some(3 * SECOND));
        assert_eq!(quotas.rest(None, now + 2 * SECOND), Some(SECOND));
        assert_eq!(quotas.rest(None, now + 3 * SECOND), None);
        quotas.extend(None, now, Duration::MAX);
        assert_eq!(quotas.rest(None, now), Some(LONGEST));
    }

    #[test]
    fn each_organisation_has_its_own() {
        let quotas = Quotas::default();
        let now = quotas.epoch;
        quotas.extend(Some("a"), now, SECOND);
        quotas.extend(Some("b"), now, 3 * SECOND);
        assert_eq!(quotas.rest(Some("a"), now), Some(SECOND));
        assert_eq!(quotas.rest(Some("a"), now + 2 * SECOND), None);
        assert_eq!(quotas.rest(Some("b"), now + 2 * SECOND), Some(SECOND));
        assert_eq!((quotas.rest(Some("c"), now), quotas.rest(None, now)), (None, None));
    }

    #[test]
    fn pauses_that_are_over_are_forgotten_and_the_others_are_not() {
        let quotas = Quotas::default();
        let now = quotas.epoch;
        quotas.extend(Some("long"), now, LONGEST);
        for number in 0..100_000_u32 {
            // One a millisecond, a second each: about a thousand at a time.
            let now = now + Duration::from_millis(u64::from(number) / 2);
            quotas.extend(Some(&number.to_string()), now, SECOND);
            assert!(quotas.len() <= 4 * 2000 + FEW, "{}", quotas.len());
        }
        let late = now + Duration::from_secs(59);
        assert_eq!(quotas.rest(Some("long"), late), Some(SECOND));
        quotas.lock().prune_at = 0;
        quotas.extend(None, now + 2 * LONGEST, SECOND);
        assert_eq!(quotas.len(), 1);
        assert!(quotas.lock().by_organization.capacity() <= 4 * FEW);
    }
}
