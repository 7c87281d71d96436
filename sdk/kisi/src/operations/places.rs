// The document prefers the second version of the API for some of these; the wrapper has both.
#![allow(deprecated)]

use rhombus_kisi_runtime::{Error, Secret};

use super::checked;
use crate::Client;
use crate::types::{GetKisiPlacesRequest, Place};

impl Client {
    /// Lists the places that a Kisi API key can see, through Rhombus: the ids for
    /// [`place`](crate::SettingsEditor::place).
    ///
    /// ```no_run
    /// # async fn example(client: rhombus_kisi::Client, kisi_key: String) -> Result<(), rhombus_kisi::Error> {
    /// for place in client.kisi_places(kisi_key).await? {
    ///     println!("{:?} {:?}", place.id.get(), place.name.get());
    /// }
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// Errors with [`Error::Invalid`] if the text cannot be a key; nothing is sent then. Errors with
    /// [`Error::IntegrationAuth`] if Kisi rejects the key. Those of the call.
    pub async fn kisi_places(&self, kisi_api_key: impl Into<Secret>) -> Result<Vec<Place>, Error> {
        let mut request = GetKisiPlacesRequest::default();
        request.api_secret_key = checked(kisi_api_key.into())?.into();
        let response = self.api().get_kisi_places(&request).await?;
        Ok(response.places.into_iter().flatten().collect())
    }
}
