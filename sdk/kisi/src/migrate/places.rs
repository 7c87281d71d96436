//! Which place a door belongs to.

use std::collections::BTreeMap;

use super::carry::{DOORS, PLACES};
use super::fill::entries;
use crate::KisiDoors;
use crate::compare::Json;

/// The doors' places by the settings themselves: a door that is under a place already belongs there.
pub(super) fn by_settings(settings: &Json) -> impl Iterator<Item = (String, String)> {
    entries(settings.get(PLACES)).flat_map(|(place, settings)| {
        let doors = entries(settings.get(DOORS)).filter(|(_, door)| !door.is_null());
        doors.map(move |(door, _)| (door.to_owned(), place.to_owned()))
    })
}

/// The doors' places as Kisi has them.
pub(super) fn by_kisi(doors: &KisiDoors) -> impl Iterator<Item = (String, String)> {
    doors.iter().flat_map(|(place, doors)| {
        let ids = doors.iter().filter_map(|door| door.id.copied());
        ids.map(move |door| (door.to_string(), place.to_string()))
    })
}

/// Adds the places of doors that have none yet.
pub(super) fn add(places: &mut BTreeMap<String, String>, more: impl Iterator<Item = (String, String)>) {
    for (door, place) in more {
        places.entry(door).or_insert(place);
    }
}
