// The document prefers the second version of the API for some of these; the wrapper has both.
#![allow(deprecated)]

use rhombus_kisi_client::operations::UPDATE_KISI_INTEGRATION;
use rhombus_kisi_runtime::{Error, Repeat};

use super::version::{Sealed, Settings};
use super::view::Maps;
use crate::types::{KisiSettings, UpdateKisiIntegrationRequest};
use crate::{Client, UpdateOutcome};

impl Settings for KisiSettings {}

impl Sealed for KisiSettings {
    type Request = UpdateKisiIntegrationRequest;

    const REPEAT: Repeat = UPDATE_KISI_INTEGRATION.repeat;

    fn into_request(self) -> Self::Request {
        let mut request = Self::Request::default();
        request.kisi_settings = self.into();
        request
    }

    async fn fetch(client: &Client) -> Result<Option<Self>, Error> {
        let response = client.api().get_kisi_integration(&Default::default()).await?;
        Ok(response.kisi_settings.into_option())
    }

    async fn store(self, client: &Client) -> (Self, Result<UpdateOutcome, Error>) {
        let request = self.into_request();
        let response = client.api().update_kisi_integration(&request).await;
        let outcome = response.map(UpdateOutcome::from);
        let settings = request.kisi_settings.into_option().unwrap_or_default();
        (settings, outcome)
    }

    fn maps(&self) -> Maps<'_> {
        Maps {
            doors: Some(&self.door_info_map),
            cameras: Some(&self.door_to_camera_map),
            places: Some(&self.place_to_settings_map),
        }
    }
}
