use std::sync::atomic::{AtomicU32, Ordering};

const FULL: u32 = 500;
const SUCCESS: u32 = 1;

/// A bucket of tokens that retries are paid from, so that an outage is not made worse.
#[derive(Debug)]
pub(crate) struct Budget(AtomicU32);

impl Default for Budget {
    fn default() -> Self {
        Self(AtomicU32::new(FULL))
    }
}

impl Budget {
    /// Takes what a retry costs, or returns `false` if too little is left.
    pub(crate) fn take(&self, cost: u32) -> bool {
        self.0
            .fetch_update(Ordering::Relaxed, Ordering::Relaxed, |tokens| tokens.checked_sub(cost))
            .is_ok()
    }

    /// Gives back what the retries of a call that succeeded took, and a little if there were none.
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
    use super::Budget;

    #[test]
    fn it_runs_out_and_fills_again() {
        let budget = Budget::default();
        assert_eq!((0..200).filter(|_| budget.take(5)).count(), 100);
        budget.refill(5);
        assert!(budget.take(5));
        (0..4).for_each(|_| budget.refill(0));
        assert!(!budget.take(5));
        assert!(budget.take(0));
        budget.refill(0);
        assert!(budget.take(5));
    }
}
