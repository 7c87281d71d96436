// A later document may mark it as deprecated; the wrapper has it as long as the API does.
#![allow(deprecated)]

use rhombus_kisi_client::operations::UPDATE_KISI_INTEGRATION_V2;
use rhombus_kisi_runtime::{CallInfo, Error, Repeat, one_line};

use super::version::{Sealed, Settings};
use super::view::Maps;
use crate::compare::Json;
use crate::types::{
    Integration, IntegrationKind, KisiIntegration, KisiIntegrationInput, UpdateKisiIntegrationV2Request,
};
use crate::{Client, UpdateOutcome};

impl Settings for KisiIntegrationInput {}

impl Sealed for KisiIntegrationInput {
    type Request = UpdateKisiIntegrationV2Request;

    const REPEAT: Repeat = UPDATE_KISI_INTEGRATION_V2.repeat;

    /// An update has to say which type of integration it is about.
    fn complete(&mut self) {
        if self.integration.is_absent() {
            self.integration = IntegrationKind::Kisi.into();
        }
    }

    fn into_request(mut self) -> Self::Request {
        self.complete();
        let mut request = Self::Request::default();
        request.kisi_settings = self.into();
        request
    }

    async fn fetch(client: &Client) -> Result<Option<Self>, Error> {
        let response = client.api().get_kisi_integration_v2(&Default::default()).await?;
        match response.org_integration_v2.into_option() {
            Some(Integration::KisiIntegration(integration)) => writable(*integration).map(Some),
            Some(other) => Err(unexpected(client, &other.tag())),
            None => Ok(None),
        }
    }

    async fn store(self, client: &Client) -> (Self, Result<UpdateOutcome, Error>) {
        let request = self.into_request();
        let response = client.api().update_kisi_integration_v2(&request).await;
        let outcome = response.map(UpdateOutcome::from);
        let settings = request.kisi_settings.into_option().unwrap_or_default();
        (settings, outcome)
    }

    fn maps(&self) -> Maps<'_> {
        Maps {
            places: Some(&self.place_to_settings_map),
            ..Maps::default()
        }
    }
}

/// The integration that was read in the form that is written.
///
/// The document gives the two different names and, today, the same properties. By way of JSON text a property that only
/// one of them knows keeps its value, digit for digit; the large map has one type in both and need not go that way.
fn writable(mut read: KisiIntegration) -> Result<KisiIntegrationInput, Error> {
    let places = read.place_to_settings_map.take();
    let mut written: KisiIntegrationInput = Json::of(&read).decode().ok_or_else(|| {
        Error::invalid(
            "kisiSettings",
            "what was read has no form in which it could be written back",
        )
    })?;
    written.place_to_settings_map = places;
    Ok(written)
}

/// What the server calls the type goes through the gate: it may be anything.
#[cold]
fn unexpected(client: &Client, found: &str) -> Error {
    let transport = client.transport();
    let found = one_line(&transport.redact(found.to_owned()), TYPE_LENGTH);
    let error = Error::UnexpectedIntegration {
        call: CallInfo::new("getKisiIntegrationV2", 1),
        found: Some(found).filter(|found| !found.is_empty()),
    };
    error.acting_for(transport.organization())
}

/// How many characters of the type of another integration an error shows.
const TYPE_LENGTH: usize = 100;
