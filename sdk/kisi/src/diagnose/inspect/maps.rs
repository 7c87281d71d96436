//! Whether the maps of doors say the same of a door.

use std::collections::{BTreeMap, BTreeSet};

use rhombus_kisi_runtime::{List, RhombusUuid};

use crate::compare::{JsonPath, Sameness, differences};
use crate::diagnose::facts::Facts;
use crate::diagnose::finding::Finding;
use crate::diagnose::kind::FindingKind;
use crate::diagnose::location::Location;
use crate::types::BadgeIntegrationDoorInfo;

/// A door's cameras in one map.
struct Cameras<'a> {
    path: JsonPath,
    ids: BTreeSet<&'a str>,
}

impl<'a> Cameras<'a> {
    fn new(path: JsonPath, list: &'a List<RhombusUuid>) -> Self {
        let ids = list.iter().map(RhombusUuid::without_facet).collect();
        Self { path, ids }
    }
}

pub(super) fn inspect(facts: &Facts, findings: &mut Vec<Finding>) {
    let root: BTreeMap<&str, &BadgeIntegrationDoorInfo> = facts.root_doors().collect();
    let flat: BTreeMap<&str, Cameras<'_>> = facts
        .root_cameras()
        .map(|(id, list)| (id, Cameras::new(JsonPath::from_names(["doorToCameraMap", id]), list)))
        .collect();
    for (place, id, door) in facts.doors() {
        let cameras = assigned(place, id, door);
        let mut contradiction = |first: JsonPath, second: JsonPath| {
            let location = Location::Door {
                place: place.map(str::to_owned),
                id: id.to_owned(),
                name: door.door_name.cloned(),
            };
            findings.push(Finding::new(location, FindingKind::MapsContradict { first, second }));
        };
        if let (Some(flat), Some(cameras)) = (flat.get(id), &cameras)
            && flat.ids != cameras.ids
        {
            contradiction(flat.path.clone(), cameras.path.clone());
        }
        // Two places that have one door are a finding of their own.
        let Some(root) = root.get(id).filter(|_| place.is_some()) else {
            continue;
        };
        let of_root = assigned(None, id, root);
        if let (Some(of_root), Some(cameras)) = (&of_root, &cameras)
            && of_root.ids != cameras.ids
        {
            contradiction(of_root.path.clone(), cameras.path.clone());
        }
        for name in other_values(root, door) {
            contradiction(path(None, id, &name), path(place, id, &name));
        }
    }
}

fn assigned<'a>(place: Option<&str>, id: &str, door: &'a BadgeIntegrationDoorInfo) -> Option<Cameras<'a>> {
    let list = door.assigned_camera_list.get()?;
    Some(Cameras::new(path(place, id, "assignedCameraList"), list))
}

fn path(place: Option<&str>, id: &str, name: &str) -> JsonPath {
    let place = place.map(|place| ["placeToSettingsMap", place]);
    JsonPath::from_names(place.into_iter().flatten().chain(["doorInfoMap", id, name]))
}

/// The properties, but for the cameras, that have a value on both sides, and not the same.
fn other_values(one: &BadgeIntegrationDoorInfo, other: &BadgeIntegrationDoorInfo) -> BTreeSet<String> {
    let found = differences(one, other, Sameness::Meaning).into_iter();
    let both = found.filter(|found| {
        let sides = [&found.before, &found.after];
        sides
            .iter()
            .all(|side| side.as_ref().is_some_and(|value| !value.is_null()))
    });
    let names = both.filter_map(|found| found.path.names().next().map(str::to_owned));
    names.filter(|name| name != "assignedCameraList").collect()
}
