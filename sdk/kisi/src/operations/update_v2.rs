use rhombus_kisi_runtime::Error;

use super::bad_secret;
use crate::compare::Json;
use crate::editor::{Editing, Editor, Problem};
use crate::settings::Sealed;
use crate::types::{IntegrationKind, KisiIntegrationInput, UpdateKisiIntegrationV2Request};
use crate::{Client, SettingsEditorV2, UpdateOutcome};

/// An update of the Kisi integration's settings through the second version of the API, sent by [`send`](Self::send).
///
/// It sends what its setters were given, with the type of the integration (`"integration": "KISI"`), and nothing else.
/// Whether the server then keeps what an update leaves out, or drops it, the vendor says nowhere: where settings exist
/// already, [read, edit and apply](crate::Snapshot) instead.
#[derive(Clone, Debug)]
#[must_use = "nothing is sent until `send` is called"]
pub struct UpdateKisiIntegrationV2 {
    client: Client,
    editor: SettingsEditorV2,
}

impl Client {
    /// Starts an update of the organisation's Kisi settings (second version of the API).
    ///
    /// ```no_run
    /// # async fn example(client: rhombus_kisi::Client, kisi_key: String) -> Result<(), rhombus_kisi::Error> {
    /// let outcome = client
    ///     .update_kisi_integration_v2()
    ///     .enabled(true)
    ///     .kisi_api_key(kisi_key)
    ///     .place(7, |place| place.name("HQ").door(43, |door| door.name("Lobby")))
    ///     .send()
    ///     .await?;
    /// assert!(outcome.is_clean());
    /// # Ok(())
    /// # }
    /// ```
    pub fn update_kisi_integration_v2(&self) -> UpdateKisiIntegrationV2 {
        UpdateKisiIntegrationV2 {
            client: self.clone(),
            editor: SettingsEditorV2::default().with(|settings| settings.integration = IntegrationKind::Kisi.into()),
        }
    }
}

impl UpdateKisiIntegrationV2 {
    /// Takes whole settings, in place of everything set so far.
    pub fn settings(mut self, settings: KisiIntegrationInput) -> Self {
        self.editing().value = settings;
        self
    }

    settings_v2_setters!();

    /// The request as it would be sent. Its secrets are masked in `Debug`, and not in what serde writes.
    ///
    /// # Errors
    /// [`Error::Invalid`] for the first value that a setter was given and that cannot be sent.
    pub fn request(self) -> Result<UpdateKisiIntegrationV2Request, Error> {
        let (settings, problem) = self.editor.finish();
        if let Some(problem) = problem.or_else(|| bad_secret(&settings)) {
            return Err(problem.to_error());
        }
        let mut request = UpdateKisiIntegrationV2Request::default();
        request.kisi_settings = settings.into();
        Ok(request)
    }

    /// The body as it would be sent, for people: what is or may be a secret is masked.
    pub fn preview(&self) -> serde_json::Value {
        let settings = &self.editor.as_editing().value;
        let shown = KisiIntegrationInput::SHAPE.redact(&Json::of(settings)).to_value();
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
        let response = client.api().update_kisi_integration_v2(&request).await?;
        Ok(UpdateOutcome::from(response))
    }

    /// What is wrong with the values given so far, if anything is: what [`send`](Self::send) would refuse.
    pub fn refusal(&self) -> Option<String> {
        let editing = self.editor.as_editing();
        let problem = editing.problem().cloned().or_else(|| bad_secret(&editing.value));
        problem.as_ref().map(Problem::to_string)
    }

    fn editing(&mut self) -> &mut Editing<KisiIntegrationInput> {
        self.editor.editing()
    }
}
