// The document prefers the second version of the API for some of these; the wrapper has both.
#![allow(deprecated)]

use rhombus_kisi_runtime::Error;

use super::bad_secret;
use crate::compare::Json;
use crate::editor::{Editing, Editor, Problem};
use crate::settings::Sealed;
use crate::types::{KisiSettings, UpdateKisiIntegrationRequest};
use crate::{Client, SettingsEditor, UpdateOutcome};

/// An update of the Kisi integration's settings, sent by [`send`](Self::send).
///
/// It sends what its setters were given and nothing else. Whether the server then keeps what an update leaves out, or drops
/// it, the vendor says nowhere: where settings exist already, [read, edit and apply](crate::Snapshot) instead.
///
/// Each of the three maps has its verb: [`door`](Self::door) is an entry of `doorInfoMap` (a door with its name, cameras,
/// clips), [`door_cameras`](Self::door_cameras) one of `doorToCameraMap` (a door's cameras alone), [`place`](Self::place)
/// one of `placeToSettingsMap` (a Kisi place with its own options and doors).
#[derive(Clone, Debug)]
#[must_use = "nothing is sent until `send` is called"]
pub struct UpdateKisiIntegration {
    client: Client,
    editor: SettingsEditor,
}

impl Client {
    /// Starts an update of the organisation's Kisi settings (first version of the API).
    ///
    /// The vendor's later documents mark this version as deprecated in favour of
    /// [`update_kisi_integration_v2`](Self::update_kisi_integration_v2), which keeps every door under its place.
    ///
    /// ```no_run
    /// use std::time::Duration;
    ///
    /// # async fn example(client: rhombus_kisi::Client, kisi_key: String) -> Result<(), rhombus_kisi::Error> {
    /// let outcome = client
    ///     .update_kisi_integration()
    ///     .enabled(true)
    ///     .kisi_api_key(kisi_key)
    ///     .identify_faces_from_badge(true)
    ///     .save_clips(true)
    ///     .door(42, |door| {
    ///         door.name("Lobby")
    ///             .camera("AAAAAAAAAAAAAAAAAAAAAQ")
    ///             .clip_duration(Duration::from_secs(20))
    ///             .remote_unlock(false)
    ///     })
    ///     .place(7, |place| place.name("HQ").door(43, |door| door.camera("AAAAAAAAAAAAAAAAAAAAAg")))
    ///     .send()
    ///     .await?;
    /// if !outcome.is_clean() {
    ///     eprintln!("{outcome}");
    /// }
    /// # Ok(())
    /// # }
    /// ```
    pub fn update_kisi_integration(&self) -> UpdateKisiIntegration {
        UpdateKisiIntegration {
            client: self.clone(),
            editor: SettingsEditor::default(),
        }
    }
}

impl UpdateKisiIntegration {
    /// Takes whole settings, in place of everything set so far.
    pub fn settings(mut self, settings: KisiSettings) -> Self {
        self.editing().value = settings;
        self
    }

    settings_setters!();

    /// The request as it would be sent. Its secrets are masked in `Debug`, and not in what serde writes.
    ///
    /// # Errors
    /// [`Error::Invalid`] for the first value that a setter was given and that cannot be sent.
    pub fn request(self) -> Result<UpdateKisiIntegrationRequest, Error> {
        let (settings, problem) = self.editor.finish();
        if let Some(problem) = problem.or_else(|| bad_secret(&settings)) {
            return Err(problem.to_error());
        }
        let mut request = UpdateKisiIntegrationRequest::default();
        request.kisi_settings = settings.into();
        Ok(request)
    }

    /// The body as it would be sent, for people: what is or may be a secret is masked.
    pub fn preview(&self) -> serde_json::Value {
        let settings = &self.editor.as_editing().value;
        let shown = KisiSettings::SHAPE.redact(&Json::of(settings)).to_value();
        serde_json::json!({ "kisiSettings": shown })
    }

    /// Sends the update.
    ///
    /// It is sent again after a failure that may pass, as the client's retry policy says: sending it twice is as good as
    /// once.
    ///
    /// # Errors
    /// [`Error::Invalid`] for the first value that a setter was given and that cannot be sent: nothing is sent then.
    /// [`Error::Refused`] where the server says no, [`Error::IntegrationAuth`] where Kisi refuses its key; those of the call.
    pub async fn send(self) -> Result<UpdateOutcome, Error> {
        let client = self.client.clone();
        let request = self.request()?;
        let response = client.api().update_kisi_integration(&request).await?;
        Ok(UpdateOutcome::from(response))
    }

    /// What is wrong with the values given so far, if anything is: what [`send`](Self::send) would refuse.
    pub fn refusal(&self) -> Option<String> {
        let editing = self.editor.as_editing();
        let problem = editing.problem().cloned().or_else(|| bad_secret(&editing.value));
        problem.as_ref().map(Problem::to_string)
    }

    fn editing(&mut self) -> &mut Editing<KisiSettings> {
        self.editor.editing()
    }
}
