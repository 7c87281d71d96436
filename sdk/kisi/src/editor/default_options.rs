use super::{Editing, Editor, Problem, Scope};
use crate::types::BadgeIntegrationDefaultOptions;

/// Edits `defaultOptions`: what a place that has no settings of its own gets.
#[derive(Clone, Debug, Default)]
#[must_use = "an edit is what its last setter answers"]
pub struct DefaultOptionsEditor(Editing<BadgeIntegrationDefaultOptions>);

impl DefaultOptionsEditor {
    setters! {
        flag enabled, clear_enabled => default_options_enabled = "defaultOptionsEnabled":
            "Whether these options are used at all";
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
    }

    with_setter!(BadgeIntegrationDefaultOptions);

    fn editing(&mut self) -> &mut Editing<BadgeIntegrationDefaultOptions> {
        &mut self.0
    }
}

impl Editor for DefaultOptionsEditor {
    type Settings = BadgeIntegrationDefaultOptions;

    fn start(options: BadgeIntegrationDefaultOptions, scope: Scope) -> Self {
        Self(Editing::new(options, scope))
    }

    fn finish(self) -> (BadgeIntegrationDefaultOptions, Option<Problem>) {
        self.0.finish()
    }
}
