use std::fmt::Display;

use rhombus_kisi_runtime::{Field, RhombusUuid};

use super::{Editing, Editor, Problem, Scope};
use crate::types::BadgeIntegrationDoorInfo;

/// Edits one door of a `doorInfoMap`.
///
/// ```
/// use std::time::Duration;
///
/// use rhombus_kisi::{Snapshot, types::KisiSettings};
///
/// let current = Snapshot::from(KisiSettings::default());
/// let desired = current.edit(|settings| {
///     settings.door(42, |door| {
///         door.name("Lobby")
///             .camera("AAAAAAAAAAAAAAAAAAAAAQ")
///             .clip_duration(Duration::from_secs(20))
///             .remote_unlock(false)
///     })
/// });
/// assert!(current.plan(&desired).refusal().is_none());
/// ```
#[derive(Clone, Debug, Default)]
#[must_use = "an edit is what its last setter answers"]
pub struct DoorEditor(Editing<BadgeIntegrationDoorInfo>);

impl DoorEditor {
    setters! {
        text name, clear_name => door_name = "doorName":
            "The door's name";
        id location, clear_location => location_uuid = "locationUuid":
            "The Rhombus location where the door is";
        seconds clip_duration, clear_clip_duration => clip_duration = "clipDuration":
            "How long the clip of a badge event is";
        seconds leading_time, clear_leading_time => leading_seconds = "leadingSeconds":
            "How much of the clip is from before the badge event";
        flag remote_unlock, clear_remote_unlock => remote_unlock = "remoteUnlock":
            "Whether the door may be unlocked from Rhombus";
    }

    /// Adds a camera that looks at the door (`assignedCameraList`), unless it is there already. Text that is no Rhombus id
    /// is refused before anything is sent.
    pub fn camera<I>(mut self, camera: I) -> Self
    where
        I: TryInto<RhombusUuid, Error: Display>,
    {
        if let Some(camera) = self.0.id("camera", camera) {
            let cameras = self.0.value.assigned_camera_list.get_or_default();
            if !cameras.contains(&camera) {
                cameras.push(camera);
            }
        }
        self
    }

    /// Sets the cameras that look at the door (`assignedCameraList`), in place of those there are.
    pub fn cameras<I>(mut self, cameras: impl IntoIterator<Item = I>) -> Self
    where
        I: TryInto<RhombusUuid, Error: Display>,
    {
        if let Some(cameras) = self.0.ids("cameras", cameras) {
            self.0.value.assigned_camera_list = cameras.into();
        }
        self
    }

    /// Takes a camera out of `assignedCameraList`. One that is not in it changes nothing.
    pub fn remove_camera<I>(mut self, camera: I) -> Self
    where
        I: TryInto<RhombusUuid, Error: Display>,
    {
        if let Some(camera) = self.0.id("camera", camera)
            && let Some(cameras) = self.0.value.assigned_camera_list.get_mut()
        {
            cameras.retain(|there| *there != camera);
        }
        self
    }

    /// Clears `assignedCameraList`: `null` is sent.
    pub fn clear_cameras(mut self) -> Self {
        self.0.value.assigned_camera_list = Field::Null;
        self
    }

    with_setter!(BadgeIntegrationDoorInfo);

    fn editing(&mut self) -> &mut Editing<BadgeIntegrationDoorInfo> {
        &mut self.0
    }
}

impl Editor for DoorEditor {
    type Settings = BadgeIntegrationDoorInfo;

    fn start(door: BadgeIntegrationDoorInfo, scope: Scope) -> Self {
        Self(Editing::new(door, scope))
    }

    fn finish(self) -> (BadgeIntegrationDoorInfo, Option<Problem>) {
        self.0.finish()
    }
}
