//! From what is known to what is found: functions from data to data, one for each thing that can be wrong.

mod cameras;
mod doors;
mod maps;
mod setup;
mod unknown;
mod values;

use super::facts::Facts;
use super::finding::Finding;

/// Everything that is to be found.
pub(super) fn inspect(facts: &Facts) -> Vec<Finding> {
    let mut findings = Vec::new();
    for look in [
        setup::inspect,
        values::inspect,
        maps::inspect,
        doors::inspect,
        cameras::inspect,
        unknown::inspect,
    ] {
        look(facts, &mut findings);
    }
    findings
}
