// The document prefers the second version of the API for some of these; the wrapper has both.
#![allow(deprecated)]

use rhombus_kisi_runtime::{Error, Object};

use super::outline::{self, Compare, compare_map, compare_map_of_objects};
use super::shape::{ObjectShape, Shape};
use super::{Sealed, Settings};
use crate::plan::difference::Differences;
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
});

pub(super) const PLACES: Shape = Shape::Map(&Shape::Object(&ObjectShape {
    names: BadgeIntegrationSettings::NAMES,
    nested: &[("doorInfoMap", DOORS)],
}));

pub(super) const DEFAULT_OPTIONS: Shape = Shape::Object(&ObjectShape {
    names: BadgeIntegrationDefaultOptions::NAMES,
    nested: &[],
});

const DOORS: Shape = Shape::Map(&Shape::Object(&ObjectShape {
    names: BadgeIntegrationDoorInfo::NAMES,
    nested: &[],
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
}

impl Compare for BadgeIntegrationSettings {
    const MAPS: &'static [&'static str] = &["doorInfoMap"];

    fn compare_maps(before: &Self, after: &Self, into: &mut Differences) {
        compare_map("doorInfoMap", &before.door_info_map, &after.door_info_map, into);
    }
}

impl Sealed for KisiSettings {
    const SHAPE: Shape = KISI_SETTINGS;

    async fn fetch(client: &Client) -> Result<Option<Self>, Error> {
        let response = client.api().get_kisi_integration(&Default::default()).await?;
        Ok(response.kisi_settings.into_option())
    }

    async fn store(self, client: &Client) -> Result<UpdateOutcome, Error> {
        let mut request = UpdateKisiIntegrationRequest::default();
        request.kisi_settings = self.into();
        let response = client.api().update_kisi_integration(&request).await?;
        Ok(UpdateOutcome::of(response, client, &request))
    }

    fn compare(before: &Self, after: &Self, into: &mut Differences) {
        outline::compare(before, after, into);
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
