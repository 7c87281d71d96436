//! The doors of the settings beside those of Kisi.

use std::collections::{BTreeMap, BTreeSet};

use crate::KisiDoors;
use crate::diagnose::facts::Facts;
use crate::diagnose::finding::Finding;
use crate::diagnose::gather::not_checked;
use crate::diagnose::kind::FindingKind;
use crate::diagnose::location::Location;
use rhombus_kisi_runtime::Error;

pub(super) fn inspect(facts: &Facts, findings: &mut Vec<Finding>) {
    match &facts.doors {
        None => {}
        Some(Ok(doors)) => compare(facts, doors, findings),
        Some(Err(Error::IntegrationAuth { .. })) => {
            findings.push(Finding::new(Location::Integration, FindingKind::KisiKeyRejected));
        }
        Some(Err(error)) => {
            let kind = not_checked("the doors in Kisi", error);
            findings.push(Finding::new(Location::Integration, kind));
        }
    }
}

fn compare(facts: &Facts, kisi: &KisiDoors, findings: &mut Vec<Finding>) {
    // By the place's id; `None` for a door that Kisi lists under something else.
    let placed = kisi
        .iter()
        .flat_map(|(place, doors)| doors.iter().map(move |door| (Some(place), door)));
    let unplaced = kisi
        .unplaced()
        .flat_map(|(_, doors)| doors.iter().map(|door| (None, door)));
    let known: BTreeMap<i32, (Option<i32>, Option<String>)> = placed
        .chain(unplaced)
        .filter_map(|(place, door)| Some((door.id.copied()?, (place, door.name.cloned()))))
        .collect();

    let of_doors = facts
        .doors()
        .map(|(place, id, door)| (place, id, door.door_name.cloned()));
    let of_root = facts.root_cameras().map(|(id, _)| (None, id, None));
    let mut seen = BTreeSet::new();
    for (place, id, name) in of_doors.chain(of_root) {
        // An id that is no number is a finding of its own.
        let Ok(number) = id.parse::<i32>() else { continue };
        if !seen.insert((place, number)) {
            continue;
        }
        let kind = match (known.get(&number), place) {
            (None, _) => FindingKind::UnknownDoor,
            (Some((Some(theirs), _)), Some(ours)) if theirs.to_string() != ours => {
                FindingKind::DoorAtOtherPlace { place: *theirs }
            }
            _ => continue,
        };
        let location = Location::Door {
            place: place.map(str::to_owned),
            id: id.to_owned(),
            name,
        };
        findings.push(Finding::new(location, kind));
    }

    let watched: BTreeSet<&str> = facts.assigned().map(|(door, _)| door).collect();
    for (id, (place, name)) in known {
        let id = id.to_string();
        if !watched.contains(id.as_str()) {
            let place = place.map(|place| place.to_string());
            findings.push(Finding::new(
                Location::Door { place, id, name },
                FindingKind::DoorWithoutCamera,
            ));
        }
    }
}
