//! What in the settings is allowed and probably not meant.

use std::collections::{BTreeMap, HashMap};

use rhombus_kisi_runtime::{Field, RhombusUuid};

use super::{JsonPath, Warning, WarningKind};
use crate::types::{BadgeIntegrationDoorInfo, BadgeIntegrationSettings};

/// Longer than any clip of a door that opens, and far shorter than milliseconds taken for seconds.
const LONG_SECONDS: i32 = 3600;

type Entries<T> = Field<BTreeMap<String, Option<T>>>;

/// Collects warnings on one walk over the settings.
#[derive(Debug, Default)]
pub struct Inspection<'a> {
    found: Vec<Warning>,
    /// Where each door was seen first.
    doors: HashMap<&'a str, Seen<'a>>,
}

#[derive(Debug, Default)]
struct Seen<'a> {
    place: Option<&'a str>,
    location: Option<&'a RhombusUuid>,
}

impl<'a> Inspection<'a> {
    pub(crate) fn into_warnings(self) -> Vec<Warning> {
        self.found
    }

    /// Looks at `placeToSettingsMap`.
    pub(crate) fn places(&mut self, places: &'a Entries<BadgeIntegrationSettings>) {
        for (id, place) in places.get().into_iter().flatten() {
            let at = ["placeToSettingsMap", id];
            self.id(id, &at);
            if let Some(place) = place {
                self.doors(Some(id), &place.door_info_map, &at);
            }
        }
    }

    /// Looks at a `doorInfoMap`: the one at the root, or a place's.
    pub(crate) fn doors(&mut self, place: Option<&'a str>, doors: &'a Entries<BadgeIntegrationDoorInfo>, at: &[&str]) {
        for (id, door) in doors.get().into_iter().flatten() {
            let at: Vec<&str> = at.iter().copied().chain(["doorInfoMap", id]).collect();
            self.id(id, &at);
            self.stands(id, place, door.as_ref(), &at);
            if let Some(door) = door {
                self.cameras(door.assigned_camera_list.get(), || within(&at, "assignedCameraList"));
                self.duration("clipDuration", &door.clip_duration, &at);
                self.duration("leadingSeconds", &door.leading_seconds, &at);
            }
        }
    }

    /// Looks at `doorToCameraMap`.
    pub(crate) fn door_cameras(&mut self, doors: &'a Entries<Vec<Option<RhombusUuid>>>) {
        for (id, cameras) in doors.get().into_iter().flatten() {
            let at = ["doorToCameraMap", id];
            self.id(id, &at);
            self.cameras(cameras.as_ref(), || JsonPath::from_names(at));
        }
    }

    fn stands(&mut self, id: &'a str, place: Option<&'a str>, door: Option<&'a BadgeIntegrationDoorInfo>, at: &[&str]) {
        let location = door.and_then(|door| door.location_uuid.get());
        let seen = self.doors.entry(id).or_default();
        if let (Some(first), Some(second)) = (seen.place, place) {
            self.found.push(Warning {
                path: JsonPath::from_names(at.iter().copied()),
                kind: WarningKind::DoorInTwoPlaces {
                    door: id.to_owned(),
                    first: first.to_owned(),
                    second: second.to_owned(),
                },
            });
        }
        if let (Some(first), Some(second)) = (seen.location, location)
            && first != second
        {
            self.found.push(Warning {
                path: within(at, "locationUuid"),
                kind: WarningKind::DoorInTwoLocations {
                    door: id.to_owned(),
                    first: first.clone(),
                    second: second.clone(),
                },
            });
        }
        seen.place = seen.place.or(place);
        seen.location = seen.location.or(location);
    }

    fn cameras(&mut self, cameras: Option<&Vec<Option<RhombusUuid>>>, path: impl Fn() -> JsonPath) {
        let odd = cameras
            .into_iter()
            .flatten()
            .flatten()
            .filter(|camera| !camera.is_canonical());
        for camera in odd {
            self.found.push(Warning {
                path: path(),
                kind: WarningKind::OddCamera { camera: camera.clone() },
            });
        }
    }

    fn duration(&mut self, property: &'static str, seconds: &Field<i32>, at: &[&str]) {
        let kind = match seconds.get() {
            Some(&seconds) if seconds < 0 => WarningKind::NegativeDuration { property, seconds },
            Some(&seconds) if seconds > LONG_SECONDS => WarningKind::LongDuration { property, seconds },
            _ => return,
        };
        self.found.push(Warning {
            path: within(at, property),
            kind,
        });
    }

    fn id(&mut self, id: &str, at: &[&str]) {
        if id.parse::<i32>().is_err() {
            self.found.push(Warning {
                path: JsonPath::from_names(at.iter().copied()),
                kind: WarningKind::OddId { id: id.to_owned() },
            });
        }
    }
}

fn within(at: &[&str], name: &str) -> JsonPath {
    JsonPath::from_names(at.iter().copied().chain([name]))
}
