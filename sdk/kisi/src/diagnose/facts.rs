//! What is known of an organisation before it is judged.

use std::collections::BTreeMap;

use rhombus_kisi_runtime::{Error, Field, List, Map, RhombusUuid, Secret};

use crate::KisiDoors;
use crate::types::{BadgeIntegrationDoorInfo, BadgeIntegrationSettings, KisiIntegrationInput, KisiSettings};

/// What was read. What was not asked for is `None`.
#[derive(Debug, Default)]
pub(super) struct Facts {
    /// The settings by the first version of the API, if there are any.
    pub(super) v1: Option<KisiSettings>,
    /// The settings by the second version, if there are any.
    pub(super) v2: Option<KisiIntegrationInput>,
    /// Kisi's doors.
    pub(super) doors: Option<Result<KisiDoors, Error>>,
    /// Rhombus's cameras, by their ids without a facet.
    pub(super) cameras: Option<Result<BTreeMap<String, Camera>, Error>>,
}

/// A camera as Rhombus lists it.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub(super) struct Camera {
    pub(super) name: Option<String>,
    pub(super) status: Option<String>,
}

impl Facts {
    /// The places: those of the second version, or, where there is none, those of the first.
    pub(super) fn places(&self) -> impl Iterator<Item = (&str, &BadgeIntegrationSettings)> {
        let map = match (&self.v2, &self.v1) {
            (Some(v2), _) => Some(&v2.place_to_settings_map),
            (None, Some(v1)) => Some(&v1.place_to_settings_map),
            (None, None) => None,
        };
        values(map)
    }

    /// The doors at the root of the first version.
    pub(super) fn root_doors(&self) -> impl Iterator<Item = (&str, &BadgeIntegrationDoorInfo)> {
        values(self.v1.as_ref().map(|v1| &v1.door_info_map))
    }

    /// The cameras alone that doors at the root of the first version have.
    pub(super) fn root_cameras(&self) -> impl Iterator<Item = (&str, &List<RhombusUuid>)> {
        values(self.v1.as_ref().map(|v1| &v1.door_to_camera_map))
    }

    /// Each door with the place that it is under, if it is.
    pub(super) fn doors(&self) -> impl Iterator<Item = (Option<&str>, &str, &BadgeIntegrationDoorInfo)> {
        let at_root = self.root_doors().map(|(id, door)| (None, id, door));
        at_root.chain(self.places().flat_map(|(place, settings)| {
            values(Some(&settings.door_info_map)).map(move |(id, door)| (Some(place), id, door))
        }))
    }

    /// Each camera that the settings name, with its door.
    pub(super) fn assigned(&self) -> impl Iterator<Item = (&str, &RhombusUuid)> {
        let of_doors = self.doors().flat_map(|(_, id, door)| {
            let cameras = door.assigned_camera_list.iter().flatten();
            cameras.map(move |camera| (id, camera))
        });
        let of_root = self
            .root_cameras()
            .flat_map(|(id, cameras)| cameras.iter().map(move |camera| (id, camera)));
        of_doors.chain(of_root)
    }

    /// Kisi's key.
    pub(super) fn kisi_key(&self) -> Option<&Secret> {
        let v2 = self.v2.as_ref().and_then(|v2| v2.api_secret_key.get());
        let v1 = || self.v1.as_ref().and_then(|v1| v1.api_secret_key.get());
        v2.or_else(v1).filter(|key| !key.is_empty())
    }

    /// Whether the integration is switched on.
    pub(super) fn is_enabled(&self) -> bool {
        let v2 = self.v2.as_ref().and_then(|v2| v2.enabled.copied());
        let v1 = || self.v1.as_ref().and_then(|v1| v1.enabled.copied());
        v2.or_else(v1).unwrap_or_default()
    }
}

fn values<T>(map: Option<&Field<Map<T>>>) -> impl Iterator<Item = (&str, &T)> {
    map.and_then(Field::get).into_iter().flatten()
}
