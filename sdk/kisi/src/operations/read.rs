use rhombus_kisi_runtime::Error;

use crate::settings::Settings;
use crate::types::{KisiIntegrationInput, KisiSettings};
use crate::{Client, Snapshot};

impl Client {
    /// Reads the settings of the organisation's Kisi integration (first version of the API).
    ///
    /// Returns an empty snapshot for an organisation that has none, whose [`exists`](Snapshot::exists) is `false`. The vendor's
    /// later documents mark this version as deprecated: move to [`kisi_integration_v2`](Self::kisi_integration_v2) once your
    /// organisation's settings have `migrated`, or when a read returns only the doors of places, with empty `doorInfoMap`
    /// and `doorToCameraMap`.
    ///
    /// # Errors
    /// Those of the call: see [`Error`].
    pub async fn kisi_integration(&self) -> Result<Snapshot<KisiSettings>, Error> {
        snapshot(self).await
    }

    /// Reads the organisation's Kisi integration (second version of the API), ready to be edited and written back.
    ///
    /// Returns an empty snapshot for an organisation that has no integration, whose [`exists`](Snapshot::exists) is `false`: a plan that
    /// is made from it creates one.
    ///
    /// ```no_run
    /// # async fn example(client: rhombus_kisi::Client) -> Result<(), rhombus_kisi::Error> {
    /// let current = client.kisi_integration_v2().await?;
    /// let desired = current.edit(|settings| settings.place(7, |place| place.save_clips(true)));
    /// client.apply(current.plan(&desired)).await?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// Errors with [`Error::UnexpectedIntegration`] if the organisation has an integration of another type, which the error
    /// names. Those of the call.
    pub async fn kisi_integration_v2(&self) -> Result<Snapshot<KisiIntegrationInput>, Error> {
        snapshot(self).await
    }
}

async fn snapshot<S: Settings>(client: &Client) -> Result<Snapshot<S>, Error> {
    Ok(Snapshot::read(S::fetch(client).await?, Some(client.http().identity())))
}
