//! What a client does besides what it was asked for: retries, waits, refreshed credentials, changes of the API.
//!
//! Each is one `tracing` event at INFO (feature `tracing`), and one call of the callback that
//! [`ClientBuilder::on_event`](crate::ClientBuilder::on_event) sets.

pub(crate) mod event;
mod log;

pub use event::{Event, RefreshCause};

use std::fmt;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use crate::measure;

type Callback = Arc<dyn Fn(&Event<'_>) + Send + Sync>;

/// Whom events are told.
#[derive(Clone, Default)]
pub(crate) struct Events(Option<Callback>);

impl Events {
    /// Tells these and one more.
    pub(crate) fn and(self, callback: impl Fn(&Event<'_>) + Send + Sync + 'static) -> Self {
        Self(Some(match self.0 {
            None => Arc::new(callback),
            Some(earlier) => Arc::new(move |event| {
                tell(&*earlier, event);
                callback(event);
            }),
        }))
    }

    /// Tells of an event.
    #[cold]
    #[inline(never)]
    pub(crate) fn emit(&self, event: &Event<'_>) {
        log::event(event);
        measure::event(event);
        if let Some(callback) = self.0.as_deref() {
            tell(callback, event);
        }
    }
}

/// Calls a callback. One that panics must not break the call that the event is about.
fn tell(callback: &(dyn Fn(&Event<'_>) + Send + Sync), event: &Event<'_>) {
    let _ = catch_unwind(AssertUnwindSafe(|| callback(event)));
}

impl fmt::Debug for Events {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Events").field(&self.0.is_some()).finish()
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Mutex;

    use super::{Event, Events, RefreshCause};

    #[test]
    fn all_callbacks_are_called_in_order_whatever_one_of_them_does() {
        static CALLED: Mutex<Vec<(u32, &'static str)>> = Mutex::new(Vec::new());
        let note = |number| move |event: &Event<'_>| CALLED.lock().unwrap().push((number, event.name()));
        let events = Events::default()
            .and(note(1))
            .and(|_| panic!("of the user"))
            .and(note(3));
        events.emit(&Event::CredentialsRefreshed {
            cause: RefreshCause::Expiring,
            error: None,
        });
        assert_eq!(
            *CALLED.lock().unwrap(),
            [(1, "credentials_refreshed"), (3, "credentials_refreshed")]
        );
    }
}
