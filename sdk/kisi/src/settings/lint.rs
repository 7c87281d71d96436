//! Likely mistakes in the settings.

use std::collections::HashMap;

use rhombus_kisi_runtime::{Field, List, RhombusUuid};

use super::secrets::secrets;
use super::version::Sealed;
use super::view::{Entries, Maps, entries};
use super::warning::{Warning, WarningKind};
use crate::compare::JsonPath;
use crate::types::BadgeIntegrationDoorInfo;

/// Longer than any clip of a door that opens, and far shorter than milliseconds taken for seconds.
const LONG_SECONDS: i32 = 3600;

/// Returns likely mistakes in settings.
pub(crate) fn warnings<S: Sealed>(settings: &S) -> Vec<Warning> {
    let mut inspection = Inspection::default();
    inspection.maps(settings.maps());
    let mut warnings = inspection.found;
    let secrets = secrets(settings);
    let masks = secrets.known_masks().chain(&secrets.unknown_masks);
    warnings.extend(masks.map(|path| Warning {
        path: path.clone(),
        kind: WarningKind::MaskedSecret,
    }));
    warnings
}

/// Collects warnings on one walk over the settings.
#[derive(Debug, Default)]
struct Inspection<'a> {
    found: Vec<Warning>,
    /// Where each door was seen first.
    doors: HashMap<&'a str, Seen<'a>>,
}

#[derive(Debug, Default)]
struct Seen<'a> {
    place: Option<&'a str>,
    location: Option<&'a RhombusUuid>,
}

/// The location of an entry of a map. Its path is made only where there is something to say.
#[derive(Clone, Copy)]
struct Entry<'a> {
    place: Option<&'a str>,
    map: &'static str,
    id: &'a str,
}

impl Entry<'_> {
    fn path(self) -> JsonPath {
        self.names([])
    }

    fn property(self, name: &str) -> JsonPath {
        self.names([name])
    }

    fn names<const N: usize>(self, inside: [&str; N]) -> JsonPath {
        let place = self.place.map(|place| ["placeToSettingsMap", place]);
        JsonPath::from_names(place.into_iter().flatten().chain([self.map, self.id]).chain(inside))
    }
}

impl<'a> Inspection<'a> {
    fn maps(&mut self, maps: Maps<'a>) {
        self.doors(None, maps.doors);
        for (id, cameras) in entries(maps.cameras) {
            let (place, map) = (None, "doorToCameraMap");
            let entry = Entry { place, map, id };
            self.id(entry);
            self.cameras(cameras, || entry.path());
        }
        for (id, settings) in entries(maps.places) {
            let (place, map) = (None, "placeToSettingsMap");
            self.id(Entry { place, map, id });
            self.doors(Some(id), settings.map(|settings| &settings.door_info_map));
        }
    }

    /// Looks at a `doorInfoMap`: the one at the root, or a place's.
    fn doors(&mut self, place: Option<&'a str>, doors: Option<&'a Entries<BadgeIntegrationDoorInfo>>) {
        for (id, door) in entries(doors) {
            let map = "doorInfoMap";
            let entry = Entry { place, map, id };
            self.id(entry);
            self.assigned(entry, door);
            if let Some(door) = door {
                self.cameras(door.assigned_camera_list.get(), || entry.property("assignedCameraList"));
                self.duration("clipDuration", &door.clip_duration, entry);
                self.duration("leadingSeconds", &door.leading_seconds, entry);
            }
        }
    }

    fn assigned(&mut self, entry: Entry<'a>, door: Option<&'a BadgeIntegrationDoorInfo>) {
        let location = door.and_then(|door| door.location_uuid.get());
        let seen = self.doors.entry(entry.id).or_default();
        if let (Some(first), Some(second)) = (seen.place, entry.place) {
            self.found.push(Warning {
                path: entry.path(),
                kind: WarningKind::DoorInTwoPlaces {
                    door: entry.id.to_owned(),
                    first: first.to_owned(),
                    second: second.to_owned(),
                },
            });
        }
        if let (Some(first), Some(second)) = (seen.location, location)
            && first != second
        {
            self.found.push(Warning {
                path: entry.property("locationUuid"),
                kind: WarningKind::DoorInTwoLocations {
                    door: entry.id.to_owned(),
                    first: first.clone(),
                    second: second.clone(),
                },
            });
        }
        seen.place = seen.place.or(entry.place);
        seen.location = seen.location.or(location);
    }

    fn cameras(&mut self, cameras: Option<&List<RhombusUuid>>, path: impl Fn() -> JsonPath) {
        let is_odd = |camera: &&RhombusUuid| camera.as_str().parse::<RhombusUuid>().is_err();
        for camera in cameras.into_iter().flatten().filter(is_odd) {
            self.found.push(Warning {
                path: path(),
                kind: WarningKind::OddCamera { camera: camera.clone() },
            });
        }
    }

    fn duration(&mut self, property: &'static str, seconds: &Field<i32>, entry: Entry<'_>) {
        let kind = match seconds.get() {
            Some(&seconds) if seconds < 0 => WarningKind::NegativeDuration { property, seconds },
            Some(&seconds) if seconds > LONG_SECONDS => WarningKind::LongDuration { property, seconds },
            _ => return,
        };
        self.found.push(Warning {
            path: entry.property(property),
            kind,
        });
    }

    fn id(&mut self, entry: Entry<'_>) {
        if entry.id.parse::<i32>().is_err() {
            self.found.push(Warning {
                path: entry.path(),
                kind: WarningKind::OddId {
                    id: entry.id.to_owned(),
                },
            });
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::Snapshot;
    use crate::types::KisiSettings;

    #[test]
    fn each_thing_that_is_probably_not_meant_is_told_with_its_place() {
        let json = r#"{
            "doorInfoMap": {
                "42": {"locationUuid": "AAAAAAAAAAAAAAAAAAAAAQ", "assignedCameraList": ["x", null]},
                "lobby": null
            },
            "doorToCameraMap": {"42": ["AAAAAAAAAAAAAAAAAAAAAQ.v0", "AAAAAAAAAAAAAAAAAAAAAQ"]},
            "placeToSettingsMap": {
                "7": {"doorInfoMap": {"43": {"clipDuration": -1}}},
                "8": {"doorInfoMap": {
                    "42": {"locationUuid": "AAAAAAAAAAAAAAAAAAAAAg"},
                    "43": {"leadingSeconds": 20000, "clipDuration": 3600}
                }}
            }
        }"#;
        let current = Snapshot::from(serde_json::from_str::<KisiSettings>(json).unwrap());
        let plan = current.plan(&current.edit(|settings| settings));
        let told: Vec<_> = plan.warnings().iter().map(ToString::to_string).collect();
        assert_eq!(
            told,
            [
                r#"$.doorInfoMap["42"].assignedCameraList: "x" is no Rhombus id in the documented form"#,
                r#"$.doorInfoMap.lobby: "lobby" is no Kisi id, which is a whole number of 32 bits"#,
                r#"$.placeToSettingsMap["7"].doorInfoMap["43"].clipDuration: clipDuration is below zero: -1 s"#,
                "$.placeToSettingsMap[\"8\"].doorInfoMap[\"42\"].locationUuid: door 42 is under location \
                 AAAAAAAAAAAAAAAAAAAAAQ and under location AAAAAAAAAAAAAAAAAAAAAg",
                r#"$.placeToSettingsMap["8"].doorInfoMap["43"]: door 43 is under place 7 and under place 8"#,
                r#"$.placeToSettingsMap["8"].doorInfoMap["43"].leadingSeconds: leadingSeconds is above an hour: 20000 s"#,
            ]
        );
    }
}
