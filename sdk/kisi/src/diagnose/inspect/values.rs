//! Likely mistakes in the values, as a plan warns of them.

use crate::diagnose::facts::Facts;
use crate::diagnose::finding::Finding;
use crate::diagnose::kind::FindingKind;
use crate::diagnose::location::Location;
use crate::settings::{Warning, WarningKind, warnings};

pub(super) fn inspect(facts: &Facts, findings: &mut Vec<Finding>) {
    let mut all: Vec<Warning> = facts.v1.as_ref().map(warnings).unwrap_or_default();
    // Both versions show the same places.
    let more: Vec<_> = facts.v2.as_ref().map(warnings).unwrap_or_default();
    let more: Vec<_> = more.into_iter().filter(|warning| !all.contains(warning)).collect();
    all.extend(more);
    findings.extend(all.into_iter().map(|warning| finding(facts, warning)));
}

fn finding(facts: &Facts, warning: Warning) -> Finding {
    let Warning { path, kind } = warning;
    let (door, kind) = match kind {
        WarningKind::DoorInTwoPlaces { door, first, second } => (door, FindingKind::DoorInTwoPlaces { first, second }),
        WarningKind::DoorInTwoLocations { door, first, second } => {
            (door, FindingKind::DoorInTwoLocations { first, second })
        }
        WarningKind::MaskedSecret => return Finding::new(Location::Setting { path }, FindingKind::MaskedSecret),
        kind => return Finding::new(Location::Setting { path }, FindingKind::Suspicious(kind)),
    };
    let mut doors = facts.doors().filter(|(_, id, _)| *id == door);
    let name = doors.find_map(|(_, _, door)| door.door_name.cloned());
    let place = None;
    Finding::new(Location::Door { place, id: door, name }, kind)
}
