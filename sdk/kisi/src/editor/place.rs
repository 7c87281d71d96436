use rhombus_kisi_runtime::{Field, List};

use super::{Editing, Editor, Problem, Scope};
use crate::types::BadgeIntegrationSettings;

/// Edits one place of `placeToSettingsMap`.
#[derive(Clone, Debug, Default)]
#[must_use = "an edit is what its last setter answers"]
pub struct PlaceEditor(Editing<BadgeIntegrationSettings>);

impl PlaceEditor {
    setters! {
        text name, clear_name => place_name = "placeName":
            "The place's name";
        number place_id, clear_place_id => place_id = "placeId":
            "The place's Kisi id once more, inside its settings";
        flag identify_faces_from_badge, clear_identify_faces_from_badge
            => identify_faces_from_badge = "identifyFacesFromBadge":
            "Whether a face that is seen with a badge event gets that badge's name";
        flag save_clips, clear_save_clips => save_clips = "saveClips":
            "Whether a clip is kept for a badge event";
        flag create_seek_points, clear_create_seek_points => create_seek_points = "createSeekPoints":
            "Whether a badge event leaves a mark on the camera's timeline";
        flag alert_unauthorized_faces, clear_alert_unauthorized_faces
            => alert_unauthorized_faces = "alertUnauthorizedFaces":
            "Whether a face that does not belong to the badge raises an alert";
        number webhook_id, clear_webhook_id => webhook_id = "webhookId":
            "The Kisi webhook that brings this place's badge events";
        secret rhombus_token, clear_rhombus_token => rhombus_token = "rhombusToken":
            "The token with which that webhook shows who it is: a secret";
    }

    door_setters!();

    /// Sets the ids of doors that stand under more than one Rhombus location (`misconfiguredDoors`). The server finds them
    /// itself.
    pub fn misconfigured_doors(mut self, doors: impl IntoIterator<Item = i32>) -> Self {
        self.0.value.misconfigured_doors = List::from_iter(doors).into();
        self
    }

    /// Clears `misconfiguredDoors`: `null` is sent.
    pub fn clear_misconfigured_doors(mut self) -> Self {
        self.0.value.misconfigured_doors = Field::Null;
        self
    }

    with_setter!(BadgeIntegrationSettings);

    fn editing(&mut self) -> &mut Editing<BadgeIntegrationSettings> {
        &mut self.0
    }
}

impl Editor for PlaceEditor {
    type Settings = BadgeIntegrationSettings;

    fn start(place: BadgeIntegrationSettings, scope: Scope) -> Self {
        Self(Editing::new(place, scope))
    }

    fn finish(self) -> (BadgeIntegrationSettings, Option<Problem>) {
        self.0.finish()
    }
}
