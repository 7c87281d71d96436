//! Likely mistakes in the values, as a plan warns of them.

use rhombus_kisi_runtime::RhombusUuid;

use crate::diagnose::facts::{Facts, without_facet};
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
    let all = all.into_iter().filter(|warning| !names_a_facet(&warning.kind));
    findings.extend(all.map(|warning| finding(facts, warning)));
}

/// Whether a camera's id is odd by its facet alone: Rhombus itself lists cameras that way.
fn names_a_facet(kind: &WarningKind) -> bool {
    match kind {
        WarningKind::OddCamera { camera } => without_facet(camera).parse::<RhombusUuid>().is_ok(),
        _ => false,
    }
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
