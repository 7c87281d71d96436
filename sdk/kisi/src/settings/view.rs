use rhombus_kisi_runtime::{Field, List, Map, RhombusUuid};

use crate::types::{BadgeIntegrationDoorInfo, BadgeIntegrationSettings};

pub(super) type Entries<T> = Field<Map<T>>;

/// Where settings have doors and places. What a version lacks is not there.
#[derive(Clone, Copy, Debug, Default)]
pub struct Maps<'a> {
    pub(super) doors: Option<&'a Entries<BadgeIntegrationDoorInfo>>,
    pub(super) cameras: Option<&'a Entries<List<RhombusUuid>>>,
    pub(super) places: Option<&'a Entries<BadgeIntegrationSettings>>,
}

/// The entries of a map, also those that are `null`.
pub(super) fn entries<T>(map: Option<&Entries<T>>) -> impl Iterator<Item = (&str, Option<&T>)> {
    map.and_then(Field::get).into_iter().flat_map(Map::entries)
}

fn values<T>(map: Option<&Entries<T>>) -> impl Iterator<Item = (&str, &T)> {
    map.and_then(Field::get).into_iter().flatten()
}

fn entry<'a, T>(map: Option<&'a Entries<T>>, id: &str) -> Option<&'a T> {
    map?.get()?.get(id)
}

impl<'a> Maps<'a> {
    pub(super) fn place(self, id: &str) -> Option<&'a BadgeIntegrationSettings> {
        entry(self.places, id)
    }

    pub(super) fn places(self) -> impl Iterator<Item = (&'a str, &'a BadgeIntegrationSettings)> {
        values(self.places)
    }

    pub(super) fn doors(self) -> impl Iterator<Item = (Option<&'a str>, &'a str, &'a BadgeIntegrationDoorInfo)> {
        let at_root = values(self.doors).map(|(id, door)| (None, id, door));
        at_root.chain(self.places().flat_map(|(place, settings)| {
            values(Some(&settings.door_info_map)).map(move |(id, door)| (Some(place), id, door))
        }))
    }

    pub(super) fn door(self, id: &str) -> Option<&'a BadgeIntegrationDoorInfo> {
        let mut at_places = self
            .places()
            .filter_map(|(_, place)| entry(Some(&place.door_info_map), id));
        entry(self.doors, id).or_else(|| at_places.next())
    }

    pub(super) fn cameras(self, door: String) -> impl Iterator<Item = &'a RhombusUuid> {
        let flat = entry(self.cameras, &door);
        let doors = self.doors().filter(move |(_, id, _)| *id == door);
        let lists = doors.filter_map(|(_, _, door)| door.assigned_camera_list.get());
        lists.chain(flat).flatten()
    }

    /// What a place is called.
    pub(crate) fn place_name(self, place: &str) -> Option<&'a str> {
        self.place(place)?.place_name.as_deref()
    }

    /// What a door is called, at a place or at the root.
    pub(crate) fn door_name(self, place: Option<&str>, door: &str) -> Option<&'a str> {
        let doors = match place {
            None => self.doors,
            Some(place) => Some(&self.place(place)?.door_info_map),
        };
        entry(doors, door)?.door_name.as_deref()
    }
}
