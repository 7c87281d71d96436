use rhombus_kisi_runtime::Error;

use super::Client;
use crate::UpdateOutcome;
use crate::edit::Edit;
use crate::settings::Settings;

/// An update, which can be sent by a blocking client.
impl<S: Settings> Edit<S, Client> {
    pub(super) fn on(client: &Client, edit: Edit<S, crate::Client>) -> Self {
        Self {
            value: edit.value,
            context: client.clone(),
            scope: edit.scope,
            problem: edit.problem,
        }
    }

    fn into_async(self) -> (Client, Edit<S, crate::Client>) {
        let edit = Edit {
            value: self.value,
            context: self.context.client().clone(),
            scope: self.scope,
            problem: self.problem,
        };
        (self.context, edit)
    }

    /// Replaces everything set so far by whole settings.
    pub fn settings(self, settings: S) -> Self {
        let (client, edit) = self.into_async();
        Self::on(&client, edit.settings(settings))
    }

    /// Returns the request as it would be sent. Its secrets are masked in `Debug`, but not by serde.
    ///
    /// # Errors
    /// Errors with [`Error::Invalid`] for the first value given to a setter that cannot be sent.
    pub fn request(self) -> Result<S::Request, Error> {
        self.into_async().1.request()
    }

    /// Sends the update and waits for its outcome.
    ///
    /// # Errors
    /// As the method of the same name of an update of [`rhombus_kisi::Client`](crate::Client::update_kisi_integration). Errors with
    /// [`Error::Invalid`] on a thread of a Tokio runtime; nothing is sent then.
    pub fn send(self) -> Result<UpdateOutcome, Error> {
        let (client, edit) = self.into_async();
        client.call(|_| edit.send())
    }
}
