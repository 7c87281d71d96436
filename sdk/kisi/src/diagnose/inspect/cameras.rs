//! The cameras of the settings beside those of Rhombus.

use std::collections::BTreeMap;

use rhombus_kisi_runtime::RhombusUuid;

use crate::diagnose::facts::{Camera, Facts};
use crate::diagnose::finding::Finding;
use crate::diagnose::gather::not_checked;
use crate::diagnose::kind::FindingKind;
use crate::diagnose::location::Location;

/// The status of a camera that is connected as it should be.
const CONNECTED: &str = "GREEN";

pub(super) fn inspect(facts: &Facts, findings: &mut Vec<Finding>) {
    match &facts.cameras {
        None => {}
        Some(Ok(cameras)) => compare(facts, cameras, findings),
        Some(Err(error)) => {
            let kind = not_checked("the cameras", error);
            findings.push(Finding::new(Location::Integration, kind));
        }
    }
}

fn compare(facts: &Facts, cameras: &BTreeMap<String, Camera>, findings: &mut Vec<Finding>) {
    let mut assigned: BTreeMap<&str, (&str, &RhombusUuid)> = BTreeMap::new();
    for (door, camera) in facts.assigned() {
        assigned.entry(camera.without_facet()).or_insert((door, camera));
    }
    for (id, (door, camera)) in assigned {
        let there = cameras.get(id);
        let kind = match there.map(|there| there.status.as_deref()) {
            None => FindingKind::CameraGone,
            Some(Some(status)) if status != CONNECTED => FindingKind::CameraOffline {
                status: status.to_owned(),
            },
            Some(_) => continue,
        };
        let location = Location::Camera {
            id: camera.clone(),
            name: there.and_then(|there| there.name.clone()),
            door: door.to_owned(),
        };
        findings.push(Finding::new(location, kind));
    }
}
