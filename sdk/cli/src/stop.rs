//! Ctrl-C while something is being written.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use crate::output::note;

/// The exit status of a program that a signal has ended.
const KILLED: i32 = 130;

/// Whether the user wants the program to stop.
#[derive(Clone, Debug, Default)]
pub(crate) struct Stop(Arc<AtomicBool>);

impl Stop {
    /// Listens to Ctrl-C: the first stops before the next organisation, the second at once.
    pub(crate) fn on_ctrl_c() -> Self {
        let stop = Self::default();
        let asked = stop.clone();
        tokio::spawn(async move {
            let mut is_first = true;
            while tokio::signal::ctrl_c().await.is_ok() {
                if !is_first {
                    std::process::exit(KILLED);
                }
                is_first = false;
                asked.0.store(true, Ordering::Relaxed);
                note("stopping after the organisations in hand; press Ctrl-C again to stop at once");
            }
        });
        stop
    }

    pub(crate) fn is_asked_for(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }
}
