use super::{Editing, Editor, Problem, Scope};
use crate::types::KisiIntegrationInput;

/// Edits the settings of the second version of the API, in which every door belongs to a place.
/// [`Snapshot::edit`](crate::Snapshot::edit) hands it out, and [`UpdateKisiIntegrationV2`](crate::UpdateKisiIntegrationV2)
/// has the same setters.
#[derive(Clone, Debug, Default)]
#[must_use = "an edit is what its last setter answers"]
pub struct SettingsEditorV2(Editing<KisiIntegrationInput>);

impl SettingsEditorV2 {
    settings_v2_setters!();

    pub(crate) fn editing(&mut self) -> &mut Editing<KisiIntegrationInput> {
        &mut self.0
    }

    pub(crate) fn as_editing(&self) -> &Editing<KisiIntegrationInput> {
        &self.0
    }
}

impl Editor for SettingsEditorV2 {
    type Settings = KisiIntegrationInput;

    fn start(settings: KisiIntegrationInput, scope: Scope) -> Self {
        Self(Editing::new(settings, scope))
    }

    fn finish(self) -> (KisiIntegrationInput, Option<Problem>) {
        self.0.finish()
    }
}
