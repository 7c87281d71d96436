//! What the fake remembers.

use std::collections::BTreeMap;
use std::fmt;

use rhombus_kisi_runtime::Secret;
use serde_json::Value;

use crate::habits::Habits;
use crate::moment::SecondWriter;
use crate::organization::Organization;
use crate::partner::Partner;
use crate::schedule::{Decide, Schedule};
use crate::turns::Turns;
use crate::versions::{UpdateMode, Version};
use crate::{Request, Unlock, dress};

/// Everybody that there is.
#[derive(Debug)]
pub(crate) struct World {
    pub(crate) organizations: Vec<Tenant>,
    pub(crate) partners: Vec<Partner>,
    /// The keys that Kisi accepts; none where it accepts every key.
    pub(crate) kisi_keys: Vec<Secret>,
    pub(crate) mode: UpdateMode,
    pub(crate) habits: Habits,
}

/// An organisation, and its settings.
pub(crate) struct Tenant {
    pub(crate) seed: Organization,
    pub(crate) settings: Value,
    /// Whether the settings have got their unknown properties.
    has_grown: bool,
    pub(crate) reads: u64,
}

/// All that the server and its owner share.
pub(crate) struct State {
    pub(crate) world: World,
    pub(crate) schedule: Schedule,
    pub(crate) decide: Option<Decide>,
    pub(crate) writers: Vec<SecondWriter>,
    pub(crate) turns: Option<Turns>,
    /// The requests by their numbers.
    pub(crate) requests: BTreeMap<usize, Request>,
    /// The number of the next request.
    pub(crate) next: usize,
    pub(crate) unlocks: Vec<Unlock>,
    pub(crate) random: fastrand::Rng,
}

impl Tenant {
    pub(crate) fn new(seed: Organization, settings: Value) -> Self {
        Self {
            seed,
            settings,
            has_grown: false,
            reads: 0,
        }
    }

    /// Brings the settings into the form in which the server stores them.
    pub(crate) fn tidy(&mut self, habits: &Habits) {
        if habits.sorted_ids {
            dress::sort_ids(&mut self.settings, Version::V1.kind());
            dress::sort_ids(&mut self.settings, Version::V2.kind());
        }
        if !self.settings.is_object() {
            self.has_grown = false;
        } else if habits.unknown_properties && !std::mem::replace(&mut self.has_grown, true) {
            dress::add_unknown_below(&mut self.settings, Version::V1.kind());
        }
    }
}

impl fmt::Debug for Tenant {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Tenant")
            .field("seed", &self.seed)
            .finish_non_exhaustive()
    }
}

impl State {
    /// The organisation at a position.
    pub(crate) fn tenant(&mut self, at: usize) -> Option<&mut Tenant> {
        self.world.organizations.get_mut(at)
    }
}

impl fmt::Debug for State {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("State")
            .field("requests", &self.requests)
            .field("unlocks", &self.unlocks)
            .finish_non_exhaustive()
    }
}
