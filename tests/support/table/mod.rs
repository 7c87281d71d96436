//! The faults, as data. A row is what a server does and what has to come of it.

mod connections;
mod echoes;
mod framing;
mod http2;
mod quotas;
mod recovery;
mod redirects;
mod refresh;
mod refusals;
mod sizes;
mod slow;
mod statuses;
mod tls;

use crate::Fault;

/// How many attempts the table's client makes of what may be repeated.
pub(crate) const ALL: u32 = 3;
/// Nothing can have been carried out: all is tried again but what happens now or not at all.
const CERTAIN: [u32; 3] = [ALL, ALL, 1];
/// Only what is safe to repeat is tried again.
const UNCERTAIN: [u32; 3] = [ALL, 1, 1];
/// Nothing is tried again.
const FINAL: [u32; 3] = [1, 1, 1];

/// Every fault.
pub fn faults() -> Vec<Fault> {
    let faults = [
        connections::faults(),
        echoes::faults(),
        framing::faults(),
        http2::faults(),
        quotas::faults(),
        recovery::faults(),
        redirects::faults(),
        refresh::faults(),
        refusals::faults(),
        sizes::faults(),
        slow::faults(),
        statuses::faults(),
        tls::faults(),
    ];
    faults.into_iter().flatten().collect()
}
