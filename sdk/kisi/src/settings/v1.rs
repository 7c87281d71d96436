// The document prefers the second version of the API for some of these; the wrapper has both.
#![allow(deprecated)]

use rhombus_kisi_client::operations::UPDATE_KISI_INTEGRATION;
use rhombus_kisi_runtime::{Error, Object, Repeat};

use super::outline::{self, Compare, compare_map, compare_map_of_objects, merge_map, merge_map_of_objects};
use super::secrets::Secrets;
use super::{Sealed, Settings};
use crate::compare::{Differences, Merge, ObjectShape, Shape};
use crate::plan::inspect::Inspection;
use crate::types::{
    BadgeIntegrationDefaultOptions, BadgeIntegrationDoorInfo, BadgeIntegrationSettings, KisiSettings,
    UpdateKisiIntegrationRequest,
};
use crate::{Client, UpdateOutcome};

/// What [`KisiSettings`] holds.
const KISI_SETTINGS: Shape = Shape::Object(&ObjectShape {
    names: KisiSettings::NAMES,
    nested: &[
        ("defaultOptions", DEFAULT_OPTIONS),
        ("doorInfoMap", DOORS),
        ("placeToSettingsMap", PLACES),
        ("doorToCameraMap", Shape::Map(&Shape::Plain)),
    ],
    kept: &["enabledTimestampMs"],
});

pub(super) const PLACES: Shape = Shape::Map(&Shape::Object(&ObjectShape {
    names: BadgeIntegrationSettings::NAMES,
    nested: &[("doorInfoMap", DOORS)],
    kept: &["misconfiguredDoors"],
}));

pub(super) const DEFAULT_OPTIONS: Shape = Shape::Object(&ObjectShape {
    names: BadgeIntegrationDefaultOptions::NAMES,
    nested: &[],
    kept: &[],
});

const DOORS: Shape = Shape::Map(&Shape::Object(&ObjectShape {
    names: BadgeIntegrationDoorInfo::NAMES,
    nested: &[],
    kept: &[],
}));

impl Settings for KisiSettings {
    type Editor = crate::SettingsEditor;
}

impl Compare for KisiSettings {
    const MAPS: &'static [&'static str] = &["doorInfoMap", "doorToCameraMap", "placeToSettingsMap"];

    fn compare_maps(before: &Self, after: &Self, into: &mut Differences) {
        compare_map("doorInfoMap", &before.door_info_map, &after.door_info_map, into);
        compare_map(
            "doorToCameraMap",
            &before.door_to_camera_map,
            &after.door_to_camera_map,
            into,
        );
        compare_map_of_objects(
            "placeToSettingsMap",
            &before.place_to_settings_map,
            &after.place_to_settings_map,
            into,
        );
    }

    fn merge_maps(base: &Self, ours: &Self, theirs: &mut Self, merged: &mut Self, merge: &mut Merge) {
        merged.door_info_map = merge_map(
            "doorInfoMap",
            [&base.door_info_map, &ours.door_info_map],
            theirs.door_info_map.take(),
            merge,
        );
        merged.door_to_camera_map = merge_map(
            "doorToCameraMap",
            [&base.door_to_camera_map, &ours.door_to_camera_map],
            theirs.door_to_camera_map.take(),
            merge,
        );
        merged.place_to_settings_map = merge_map_of_objects(
            "placeToSettingsMap",
            [&base.place_to_settings_map, &ours.place_to_settings_map],
            theirs.place_to_settings_map.take(),
            merge,
        );
    }
}

impl Compare for BadgeIntegrationSettings {
    const MAPS: &'static [&'static str] = &["doorInfoMap"];

    fn compare_maps(before: &Self, after: &Self, into: &mut Differences) {
        compare_map("doorInfoMap", &before.door_info_map, &after.door_info_map, into);
    }

    fn merge_maps(base: &Self, ours: &Self, theirs: &mut Self, merged: &mut Self, merge: &mut Merge) {
        merged.door_info_map = merge_map(
            "doorInfoMap",
            [&base.door_info_map, &ours.door_info_map],
            theirs.door_info_map.take(),
            merge,
        );
    }
}

impl Sealed for KisiSettings {
    const SHAPE: Shape = KISI_SETTINGS;
    const REPEAT: Repeat = UPDATE_KISI_INTEGRATION.repeat;

    fn blank() -> Self {
        Self::default()
    }

    async fn fetch(client: &Client) -> Result<Option<Self>, Error> {
        let response = client.api().get_kisi_integration(&Default::default()).await?;
        Ok(response.kisi_settings.into_option())
    }

    async fn store(self, client: &Client) -> (Self, Result<UpdateOutcome, Error>) {
        let mut request = UpdateKisiIntegrationRequest::default();
        request.kisi_settings = self.into();
        let response = client.api().update_kisi_integration(&request).await;
        let outcome = response.map(UpdateOutcome::from);
        let settings = request.kisi_settings.into_option().unwrap_or_default();
        (settings, outcome)
    }

    fn compare(before: &Self, after: &Self, into: &mut Differences) {
        outline::compare(before, after, into);
    }

    fn merge(base: &Self, ours: &Self, theirs: Self, merge: &mut Merge) -> Self {
        outline::merge(base, ours, theirs, merge)
    }

    fn secrets<'a>(&'a self, into: &mut Secrets<'a>) {
        into.known(["apiSecretKey"], self.api_secret_key.get());
        into.known(["rhombusToken"], self.rhombus_token.get());
        into.unknown(&[], &self.extra);
        if let Some(options) = self.default_options.get() {
            into.unknown(&["defaultOptions"], &options.extra);
        }
        for (id, door) in self.door_info_map.get().into_iter().flatten() {
            if let Some(door) = door {
                into.unknown(&["doorInfoMap", id], &door.extra);
            }
        }
        for (id, place) in self.place_to_settings_map.get().into_iter().flatten() {
            if let Some(place) = place {
                into.place(id, place);
            }
        }
    }

    fn inspect<'a>(&'a self, inspection: &mut Inspection<'a>) {
        inspection.doors(None, &self.door_info_map);
        inspection.door_cameras(&self.door_to_camera_map);
        inspection.places(&self.place_to_settings_map);
    }

    fn place_name(&self, place: &str) -> Option<&str> {
        let place = self.place_to_settings_map.get()?.get(place)?.as_ref()?;
        place.place_name.get().map(String::as_str)
    }

    fn door_name(&self, place: Option<&str>, door: &str) -> Option<&str> {
        let doors = match place {
            None => &self.door_info_map,
            Some(place) => &self.place_to_settings_map.get()?.get(place)?.as_ref()?.door_info_map,
        };
        let door = doors.get()?.get(door)?.as_ref()?;
        door.door_name.get().map(String::as_str)
    }
}
