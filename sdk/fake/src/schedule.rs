//! Which fault is for a call.

use std::collections::VecDeque;

use crate::{Fault, Request};

/// Decides what goes wrong with a call.
pub(crate) type Decide = Box<dyn FnMut(&Request) -> Option<Fault> + Send>;

/// The faults that wait for their calls.
#[derive(Debug)]
pub(crate) struct Schedule {
    faults: VecDeque<Fault>,
    random: fastrand::Rng,
}

impl Schedule {
    pub(crate) fn new(seed: u64) -> Self {
        Self {
            faults: VecDeque::new(),
            random: fastrand::Rng::with_seed(seed),
        }
    }

    pub(crate) fn add(&mut self, fault: Fault) {
        self.faults.push_back(fault);
    }

    pub(crate) fn clear(&mut self) {
        self.faults.clear();
    }

    pub(crate) fn waiting(&self) -> usize {
        self.faults.iter().filter_map(|fault| fault.times).sum()
    }

    /// The fault for this call: the first that matches.
    pub(crate) fn next(&mut self, call: &Request) -> Option<Fault> {
        for at in 0..self.faults.len() {
            let Some(fault) = self.faults.get_mut(at) else { break };
            if !matches(fault, call) {
                continue;
            }
            if fault.skip > 0 {
                fault.skip -= 1;
                return None;
            }
            match fault.rate {
                Some(rate) if self.random.f64() >= rate => continue,
                _ => {}
            }
            match &mut fault.times {
                Some(0) => continue,
                Some(times) => *times -= 1,
                None => {}
            }
            let chosen = fault.clone();
            if chosen.times == Some(0) {
                self.faults.remove(at);
            }
            return Some(chosen);
        }
        None
    }
}

fn matches(fault: &Fault, call: &Request) -> bool {
    let is = fault
        .operation
        .is_none_or(|operation| call.operation() == Some(operation));
    let whose = fault.organization.as_ref();
    is && whose.is_none_or(|id| call.organization() == Some(id))
}
