use super::{Editing, Editor, Problem, Scope};
use crate::types::KisiSettings;

/// Edits the settings of the first version of the API. [`Snapshot::edit`](crate::Snapshot::edit) hands it out, and
/// [`UpdateKisiIntegration`](crate::UpdateKisiIntegration) has the same setters.
///
/// Each of the three maps has its verb: [`door`](Self::door) is an entry of `doorInfoMap` (a door with its name, cameras,
/// clips), [`door_cameras`](Self::door_cameras) one of `doorToCameraMap` (a door's cameras alone), [`place`](Self::place)
/// one of `placeToSettingsMap` (a Kisi place with its own options and doors).
#[derive(Clone, Debug, Default)]
#[must_use = "an edit is what its last setter answers"]
pub struct SettingsEditor(Editing<KisiSettings>);

impl SettingsEditor {
    settings_setters!();

    pub(crate) fn editing(&mut self) -> &mut Editing<KisiSettings> {
        &mut self.0
    }

    pub(crate) fn as_editing(&self) -> &Editing<KisiSettings> {
        &self.0
    }
}

impl Editor for SettingsEditor {
    type Settings = KisiSettings;

    fn start(settings: KisiSettings, scope: Scope) -> Self {
        Self(Editing::new(settings, scope))
    }

    fn finish(self) -> (KisiSettings, Option<Problem>) {
        self.0.finish()
    }
}
