use rhombus_kisi_runtime::Error;

use crate::settings::Settings;
use crate::types::{KisiIntegrationInput, KisiSettings};
use crate::{Client, Snapshot};

impl Client {
    /// Reads the settings of the organisation's Kisi integration (first version of the API).
    ///
    /// An organisation that has none gives an empty snapshot, whose [`exists`](Snapshot::exists) is `false`. The vendor's
    /// later documents mark this version as deprecated: move to [`kisi_integration_v2`](Self::kisi_integration_v2) once your
    /// organisation's settings say `migrated`, or when a read answers the places' doors alone and the older `doorInfoMap`
    /// and `doorToCameraMap` have run empty.
    ///
    /// # Errors
    /// Those of the call: see [`Error`].
    pub async fn kisi_integration(&self) -> Result<Snapshot<KisiSettings>, Error> {
        snapshot(self).await
    }

    /// Reads the organisation's Kisi integration (second version of the API), ready to be edited and written back.
    ///
    /// An organisation that has no integration gives an empty snapshot, whose [`exists`](Snapshot::exists) is `false`: a plan that
    /// is made from it sets one up.
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
    /// [`Error::UnexpectedIntegration`] where the organisation has an integration of another type, which it names. Those of
    /// the call.
    pub async fn kisi_integration_v2(&self) -> Result<Snapshot<KisiIntegrationInput>, Error> {
        snapshot(self).await
    }
}

async fn snapshot<S: Settings>(client: &Client) -> Result<Snapshot<S>, Error> {
    Ok(Snapshot::read(S::fetch(client).await?, Some(client.http().identity())))
}
