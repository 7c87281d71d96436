//! Edits, each in two forms: through the SDK's editor, and on plain JSON by other means.

use std::time::Duration;

use proptest::prelude::*;
use rhombus_kisi::{DoorEditor, PlaceEditor, RhombusUuid, SettingsEditor, SettingsEditorV2};
use serde_json::{Value, json};

/// One edit of one property.
#[derive(Clone, Debug)]
pub enum Edit {
    /// `enabled`
    Enabled(bool),
    /// `apiSecretKey`
    KisiKey(String),
    /// `defaultOptions.saveClips`
    DefaultSaveClips(bool),
    /// `enablingUser`, cleared; only in the first version
    ClearEnablingUser,
    /// A door at the root; only in the first version
    Door(i32, DoorEdit),
    /// `doorToCameraMap`, an entry; only in the first version
    DoorCameras(i32, Vec<RhombusUuid>),
    /// `doorToCameraMap`, an entry left out; only in the first version
    RemoveDoorCameras(i32),
    /// A place's name
    PlaceName(i32, String),
    /// A place left out
    RemovePlace(i32),
    /// A place's door
    PlaceDoor(i32, i32, DoorEdit),
}

/// One edit of one property of a door.
#[derive(Clone, Debug)]
pub enum DoorEdit {
    /// `doorName`
    Name(String),
    /// `clipDuration`
    Clip(u16),
    /// One more camera
    Camera(RhombusUuid),
    /// `assignedCameraList`, cleared
    ClearCameras,
    /// The door left out
    Remove,
}

/// Any edit.
pub fn edits() -> impl Strategy<Value = Edit> {
    let id = || 1..6_i32;
    let cameras = proptest::collection::vec(any::<[u8; 16]>().prop_map(RhombusUuid::from_bytes), 0..3);
    prop_oneof![
        any::<bool>().prop_map(Edit::Enabled),
        "[a-z]{1,8}".prop_map(Edit::KisiKey),
        any::<bool>().prop_map(Edit::DefaultSaveClips),
        Just(Edit::ClearEnablingUser),
        (id(), door_edits()).prop_map(|(id, edit)| Edit::Door(id, edit)),
        (id(), cameras).prop_map(|(id, cameras)| Edit::DoorCameras(id, cameras)),
        id().prop_map(Edit::RemoveDoorCameras),
        (id(), ".{0,5}").prop_map(|(id, name)| Edit::PlaceName(id, name)),
        id().prop_map(Edit::RemovePlace),
        (id(), id(), door_edits()).prop_map(|(place, door, edit)| Edit::PlaceDoor(place, door, edit)),
    ]
}

fn door_edits() -> impl Strategy<Value = DoorEdit> {
    prop_oneof![
        ".{0,5}".prop_map(DoorEdit::Name),
        any::<u16>().prop_map(DoorEdit::Clip),
        any::<[u8; 16]>().prop_map(|bytes| DoorEdit::Camera(RhombusUuid::from_bytes(bytes))),
        Just(DoorEdit::ClearCameras),
        Just(DoorEdit::Remove),
    ]
}

impl Edit {
    /// Whether the second version has it too.
    pub fn is_in_v2(&self) -> bool {
        !matches!(
            self,
            Self::ClearEnablingUser | Self::Door(..) | Self::DoorCameras(..) | Self::RemoveDoorCameras(_)
        )
    }

    /// The edit through the editor of the first version.
    pub fn make(&self, settings: SettingsEditor) -> SettingsEditor {
        match self.clone() {
            Self::Enabled(enabled) => settings.enabled(enabled),
            Self::KisiKey(key) => settings.kisi_api_key(key),
            Self::DefaultSaveClips(save) => settings.default_options(|options| options.save_clips(save)),
            Self::ClearEnablingUser => settings.clear_enabling_user(),
            Self::Door(id, DoorEdit::Remove) => settings.remove_door(id),
            Self::Door(id, edit) => settings.door(id, |door| edit.make(door)),
            Self::DoorCameras(id, cameras) => settings.door_cameras(id, cameras),
            Self::RemoveDoorCameras(id) => settings.remove_door_cameras(id),
            Self::PlaceName(id, name) => settings.place(id, |place| place.name(name)),
            Self::RemovePlace(id) => settings.remove_place(id),
            Self::PlaceDoor(place, door, edit) => settings.place(place, |place| edit.make_in(door, place)),
        }
    }

    /// The edit through the editor of the second version.
    pub fn make_v2(&self, settings: SettingsEditorV2) -> SettingsEditorV2 {
        match self.clone() {
            Self::Enabled(enabled) => settings.enabled(enabled),
            Self::KisiKey(key) => settings.kisi_api_key(key),
            Self::DefaultSaveClips(save) => settings.default_options(|options| options.save_clips(save)),
            Self::PlaceName(id, name) => settings.place(id, |place| place.name(name)),
            Self::RemovePlace(id) => settings.remove_place(id),
            Self::PlaceDoor(place, door, edit) => settings.place(place, |place| edit.make_in(door, place)),
            _ => settings,
        }
    }

    /// The edit on plain JSON.
    pub fn model(&self, settings: &mut Value) {
        let text = |id: &i32| id.to_string();
        match self {
            Self::Enabled(enabled) => settings["enabled"] = json!(enabled),
            Self::KisiKey(key) => settings["apiSecretKey"] = json!(key),
            Self::DefaultSaveClips(save) => at(settings, &["defaultOptions"])["saveClips"] = json!(save),
            Self::ClearEnablingUser => settings["enablingUser"] = Value::Null,
            Self::Door(id, edit) => edit.model(settings, &["doorInfoMap"], &text(id)),
            Self::DoorCameras(id, cameras) => at(settings, &["doorToCameraMap"])[text(id)] = json!(cameras),
            Self::RemoveDoorCameras(id) => remove(settings, &["doorToCameraMap"], &text(id)),
            Self::PlaceName(id, name) => at(settings, &["placeToSettingsMap", &text(id)])["placeName"] = json!(name),
            Self::RemovePlace(id) => remove(settings, &["placeToSettingsMap"], &text(id)),
            Self::PlaceDoor(place, door, edit) => {
                edit.model(
                    settings,
                    &["placeToSettingsMap", &text(place), "doorInfoMap"],
                    &text(door),
                );
            }
        }
    }

    /// Where the edit is.
    pub fn path(&self) -> Vec<String> {
        let path = match self {
            Self::Enabled(_) => "enabled".to_owned(),
            Self::KisiKey(_) => "apiSecretKey".to_owned(),
            Self::DefaultSaveClips(_) => "defaultOptions/saveClips".to_owned(),
            Self::ClearEnablingUser => "enablingUser".to_owned(),
            Self::Door(id, edit) => format!("doorInfoMap/{id}{}", edit.path()),
            Self::DoorCameras(id, _) | Self::RemoveDoorCameras(id) => format!("doorToCameraMap/{id}"),
            Self::PlaceName(id, _) => format!("placeToSettingsMap/{id}/placeName"),
            Self::RemovePlace(id) => format!("placeToSettingsMap/{id}"),
            Self::PlaceDoor(place, door, edit) => {
                format!("placeToSettingsMap/{place}/doorInfoMap/{door}{}", edit.path())
            }
        };
        path.split('/').map(str::to_owned).collect()
    }
}

impl DoorEdit {
    fn make(self, door: DoorEditor) -> DoorEditor {
        match self {
            Self::Name(name) => door.name(name),
            Self::Clip(seconds) => door.clip_duration(Duration::from_secs(seconds.into())),
            Self::Camera(camera) => door.camera(camera),
            Self::ClearCameras => door.clear_cameras(),
            Self::Remove => door,
        }
    }

    fn make_in(self, id: i32, place: PlaceEditor) -> PlaceEditor {
        match self {
            Self::Remove => place.remove_door(id),
            edit => place.door(id, |door| edit.make(door)),
        }
    }

    fn model(&self, settings: &mut Value, map: &[&str], id: &str) {
        if let Self::Remove = self {
            return remove(settings, map, id);
        }
        // Clearing adds no door.
        let there = map.iter().chain([&id]).try_fold(&*settings, |at, name| at.get(name));
        if matches!(self, Self::ClearCameras) && !there.is_some_and(Value::is_object) {
            return;
        }
        let door = at(at(settings, map), &[id]);
        match self {
            Self::Name(name) => door["doorName"] = json!(name),
            Self::Clip(seconds) => door["clipDuration"] = json!(seconds),
            Self::ClearCameras => door["assignedCameraList"] = Value::Null,
            Self::Camera(camera) => match &mut door["assignedCameraList"] {
                Value::Array(cameras) if cameras.contains(&json!(camera)) => {}
                Value::Array(cameras) => cameras.push(json!(camera)),
                none => *none = json!([camera]),
            },
            Self::Remove => {}
        }
    }

    fn path(&self) -> &'static str {
        match self {
            Self::Name(_) => "/doorName",
            Self::Clip(_) => "/clipDuration",
            Self::Camera(_) | Self::ClearCameras => "/assignedCameraList",
            Self::Remove => "",
        }
    }
}

/// The object at a path, made where it is missing.
fn at<'a>(value: &'a mut Value, path: &[&str]) -> &'a mut Value {
    let value = path.iter().fold(value, |at, name| {
        if !at.is_object() {
            *at = json!({});
        }
        &mut at[*name]
    });
    if !value.is_object() {
        *value = json!({});
    }
    value
}

fn remove(value: &mut Value, path: &[&str], name: &str) {
    let map = path.iter().try_fold(value, |at, name| at.get_mut(*name));
    if let Some(Value::Object(map)) = map {
        map.remove(name);
    }
}
