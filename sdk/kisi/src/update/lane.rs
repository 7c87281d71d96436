//! One writer at a time for each organisation within the process.

use std::any::Any;
use std::collections::HashMap;
use std::marker::PhantomData;
use std::sync::{Arc, LazyLock, Mutex, MutexGuard, PoisonError, Weak};

use super::target::Target;
use crate::settings::Settings;
use crate::transport::Identity;

static LANES: LazyLock<Mutex<HashMap<Identity, Weak<Lane>>>> = LazyLock::new(Mutex::default);

/// What the updates of one organisation share, those of both versions of the API and of all clients in the process.
#[derive(Debug, Default)]
pub(super) struct Lane {
    turn: tokio::sync::Mutex<()>,
    expected: Mutex<Expected>,
}

/// The changes that are yet to be confirmed.
#[derive(Debug, Default)]
struct Expected {
    next: u64,
    targets: HashMap<u64, Box<dyn Any + Send>>,
}

impl Lane {
    pub(super) fn of(identity: Identity) -> Arc<Self> {
        let mut lanes = locked(&LANES);
        if let Some(lane) = lanes.get(&identity).and_then(Weak::upgrade) {
            return lane;
        }
        lanes.retain(|_, lane| lane.strong_count() > 0);
        let lane = Arc::new(Self::default());
        lanes.insert(identity, Arc::downgrade(&lane));
        lane
    }

    /// Waits until no other update of the organisation reads and writes, in the order of asking.
    pub(super) async fn turn(&self) -> tokio::sync::MutexGuard<'_, ()> {
        self.turn.lock().await
    }

    /// Notes a change that was written, to be confirmed later. The others that are yet to be confirmed follow it.
    pub(super) fn expect<S: Settings>(self: &Arc<Self>, target: Target<S>) -> Expectation<S> {
        let mut expected = locked(&self.expected);
        for other in expected.targets.values_mut() {
            if let Some(other) = other.downcast_mut::<Target<S>>() {
                other.follow(&target);
            }
        }
        let id = expected.next;
        expected.next += 1;
        expected.targets.insert(id, Box::new(target));
        Expectation {
            lane: Arc::clone(self),
            id,
            settings: PhantomData,
        }
    }
}

/// A change that is yet to be confirmed; forgotten when it is dropped.
#[derive(Debug)]
pub(super) struct Expectation<S> {
    lane: Arc<Lane>,
    id: u64,
    settings: PhantomData<fn() -> S>,
}

impl<S: Settings> Expectation<S> {
    /// The change, with those that followed it in this process.
    pub(super) fn target(&self) -> Option<Target<S>> {
        let expected = locked(&self.lane.expected);
        expected.targets.get(&self.id)?.downcast_ref::<Target<S>>().cloned()
    }
}

impl<S> Drop for Expectation<S> {
    fn drop(&mut self) {
        locked(&self.lane.expected).targets.remove(&self.id);
    }
}

/// What is in a mutex; no code that could panic runs while it is locked, so that one in a poisoned mutex is whole.
fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::{LANES, Lane, locked};
    use crate::Client;

    fn lane(endpoint: &str, key: &str) -> Arc<Lane> {
        let client = Client::builder().api_key(key).endpoint(endpoint).build().unwrap();
        Lane::of(client.http().identity())
    }

    #[test]
    fn clients_of_one_organisation_share_a_lane_which_ends_with_them() {
        let (here, there) = ("https://lane.example.com", "https://lane.example.org");
        let first = lane(here, "topsecret");
        assert!(Arc::ptr_eq(&first, &lane(here, "topsecret")));
        assert!(!Arc::ptr_eq(&first, &lane(here, "another")));
        assert!(!Arc::ptr_eq(&first, &lane(there, "topsecret")));
        drop(first);
        let last = lane(here, "one-more");
        let identity = Client::builder().api_key("topsecret").endpoint(here).build().unwrap();
        assert!(!locked(&LANES).contains_key(&identity.http().identity()));
        drop(last);
    }
}
