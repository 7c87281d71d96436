//! Each property of the first version, and where it goes. No property is left without a step.

use std::collections::{BTreeMap, BTreeSet};

use rhombus_kisi_runtime::Kind;

use super::fill::{Side, entries, has_elements, is_of_one_form, obstacle, property};
use super::step::{Loss, Step};
use crate::compare::Json;

/// The doors at the root of the first version, by their ids.
pub(super) const DOORS: &str = "doorInfoMap";
/// Their cameras alone.
pub(super) const CAMERAS: &str = "doorToCameraMap";
/// The places of both versions, each with a map of doors of its own.
pub(super) const PLACES: &str = "placeToSettingsMap";
/// The place of settings that are those of one place alone.
pub(super) const PLACE: &str = "placeId";
/// The options of places without options of their own.
const OPTIONS: &str = "defaultOptions";
/// Whether they are in force.
const OPTIONS_ENABLED: &str = "defaultOptionsEnabled";
/// A door's cameras.
const ASSIGNED: &str = "assignedCameraList";

/// The settings of the second version, and how they came about.
#[derive(Debug)]
pub(super) struct Carried {
    pub(super) settings: Json,
    pub(super) steps: Vec<Step>,
}

/// Carries settings of the first version into those of the second, which may have some already: those are kept.
///
/// `places` are the doors' places, by the doors' ids.
pub(super) fn carry(v1: &Json, v2: Json, kinds: [Kind; 2], places: &BTreeMap<String, String>) -> Carried {
    let place = v1.get(PLACE).and_then(text_of_id);
    let mut carrier = Carrier {
        v1: Side::root(kinds[0]),
        v2: Side::root(kinds[1]),
        settings: match v2 {
            Json::Object(settings) => settings,
            _ => BTreeMap::new(),
        },
        steps: Vec::new(),
        places,
        place,
    };
    // What has a location of its own goes first: it is kept where something else comes to the same location.
    let (direct, moved): (Vec<_>, Vec<_>) = entries(Some(v1))
        .filter(|(_, value)| !value.is_null())
        .partition(|(name, _)| carrier.is_direct(name));
    direct.into_iter().for_each(|(name, value)| carrier.direct(name, value));
    moved.into_iter().for_each(|(name, value)| carrier.moved(name, value));
    Carried {
        settings: Json::Object(carrier.settings),
        steps: carrier.steps,
    }
}

struct Carrier<'a> {
    v1: Side,
    v2: Side,
    settings: BTreeMap<Box<str>, Json>,
    steps: Vec<Step>,
    places: &'a BTreeMap<String, String>,
    /// The place that the settings of the first version are of, if they are those of one alone.
    place: Option<String>,
}

impl Carrier<'_> {
    fn is_direct(&self, name: &str) -> bool {
        obstacle(&self.settings, name, [self.v1.kind, self.v2.kind]).is_none()
    }

    fn direct(&mut self, name: &str, value: &Json) {
        self.put(&[name], value, &self.v1.then(name));
    }

    fn moved(&mut self, name: &str, value: &Json) {
        let from = self.v1.then(name);
        match name {
            DOORS => self.doors(&from, value, &[]),
            CAMERAS => self.doors(&from, value, &[ASSIGNED]),
            _ if self.is_at(&[OPTIONS], name, from.kind) => {
                self.put(&[OPTIONS, name], value, &from);
                self.switch_options_on();
            }
            _ if self.is_at(&[PLACES, ""], name, from.kind) => match self.place.clone() {
                Some(place) => self.put(&[PLACES, &place, name], value, &from),
                None => self.steps.push(Step::lost(&from.path, Loss::OfNoPlace)),
            },
            _ => {
                let loss = obstacle(&self.settings, name, [self.v1.kind, self.v2.kind]).unwrap_or(Loss::NoForm);
                self.steps.push(Step::lost(&from.path, loss));
            }
        }
    }

    /// Puts each entry of a map of doors under the door's place, and a map that is empty nowhere.
    fn doors(&mut self, map: &Side, doors: &Json, below: &[&str]) {
        for (door, value) in entries(Some(doors)).filter(|(_, value)| !value.is_null()) {
            let from = map.then(door);
            match self.places.get(door).or(self.place.as_ref()).cloned() {
                Some(place) => {
                    let path: Vec<_> = [PLACES, &place, DOORS, door]
                        .into_iter()
                        .chain(below.iter().copied())
                        .collect();
                    self.put(&path, value, &from);
                }
                None if below.is_empty() || has_elements(value) => {
                    self.steps.push(Step::lost(&from.path, Loss::NoPlace));
                }
                None => {}
            }
        }
    }

    /// Whether the second version has such a property there.
    fn is_at(&self, path: &[&str], name: &str, kind: Kind) -> bool {
        let around = path.iter().fold(self.v2.kind, |kind, name| kind.of(name));
        let there = around.property(name).map(|_| around.of(name));
        there.is_some_and(|there| is_of_one_form(there, kind))
    }

    /// Fills a location of the second version. What is on the way to it is added.
    fn put(&mut self, path: &[&str], value: &Json, from: &Side) {
        let Some((name, above)) = path.split_last() else { return };
        let (mut at, mut to) = (&mut self.settings, self.v2.clone());
        for name in above {
            to = to.then(name);
            let next = at.entry((*name).into()).or_insert(Json::Null);
            if !matches!(next, Json::Object(_)) {
                *next = Json::Object(BTreeMap::new());
            }
            let Json::Object(properties) = next else { return };
            at = properties;
        }
        property(at, name, value, [from, &to.then(name)], &mut self.steps);
    }

    /// Options that come from the root were in force, so they are unless the settings say otherwise.
    fn switch_options_on(&mut self) {
        if !self.is_at(&[OPTIONS], OPTIONS_ENABLED, Kind::Boolean) {
            return;
        }
        if let Some(Json::Object(options)) = self.settings.get_mut(OPTIONS) {
            let switch = options.entry(OPTIONS_ENABLED.into()).or_insert(Json::Null);
            if switch.is_null() {
                *switch = Json::Bool(true);
            }
        }
    }
}

/// The text of a number or of a text.
pub(super) fn text_of_id(value: &Json) -> Option<String> {
    match value {
        Json::Verbatim(text) | Json::String(text) => Some(text.to_string()),
        _ => None,
    }
}

/// The doors of the first version that have no place by the settings themselves.
pub(super) fn doors_without_a_place(v1: &Json, places: &BTreeMap<String, String>) -> BTreeSet<String> {
    let doors = [DOORS, CAMERAS].into_iter().flat_map(|map| entries(v1.get(map)));
    let there = doors.filter(|(door, value)| !value.is_null() && !places.contains_key(*door));
    there.map(|(door, _)| door.to_owned()).collect()
}
