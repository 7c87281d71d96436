use rhombus_kisi_runtime::{CallInfo, Error, Object, one_line};

use super::outline::{self, Compare, compare_map_of_objects};
use super::shape::{ObjectShape, Shape};
use super::v1::{DEFAULT_OPTIONS, PLACES};
use super::{Sealed, Settings};
use crate::plan::difference::Differences;
use crate::plan::inspect::Inspection;
use crate::types::{
    Integration, IntegrationAuditEvent, KisiIntegration, KisiIntegrationInput, UpdateKisiIntegrationV2Request,
};
use crate::{Client, UpdateOutcome};

const KISI_INTEGRATION: Shape = Shape::Object(&ObjectShape {
    names: KisiIntegrationInput::NAMES,
    nested: &[
        ("defaultOptions", DEFAULT_OPTIONS),
        ("placeToSettingsMap", PLACES),
        ("integrationAuditMap", AUDIT_EVENTS),
    ],
});

const AUDIT_EVENTS: Shape = Shape::Map(&Shape::Object(&ObjectShape {
    names: IntegrationAuditEvent::NAMES,
    nested: &[],
}));

impl Settings for KisiIntegrationInput {
    type Editor = crate::SettingsEditorV2;
}

impl Compare for KisiIntegrationInput {
    const MAPS: &'static [&'static str] = &["placeToSettingsMap"];

    fn compare_maps(before: &Self, after: &Self, into: &mut Differences) {
        compare_map_of_objects(
            "placeToSettingsMap",
            &before.place_to_settings_map,
            &after.place_to_settings_map,
            into,
        );
    }
}

impl Sealed for KisiIntegrationInput {
    const SHAPE: Shape = KISI_INTEGRATION;

    async fn fetch(client: &Client) -> Result<Option<Self>, Error> {
        let response = client.api().get_kisi_integration_v2(&Default::default()).await?;
        match response.org_integration_v2.into_option() {
            Some(Integration::KisiIntegration(integration)) => writable(*integration).map(Some),
            Some(other) => Err(unexpected(client, &other.tag())),
            None => Err(unexpected(client, "")),
        }
    }

    async fn store(self, client: &Client) -> Result<UpdateOutcome, Error> {
        let mut request = UpdateKisiIntegrationV2Request::default();
        request.kisi_settings = self.into();
        let response = client.api().update_kisi_integration_v2(&request).await?;
        Ok(UpdateOutcome::of(response, client, &request))
    }

    fn compare(before: &Self, after: &Self, into: &mut Differences) {
        outline::compare(before, after, into);
    }

    fn inspect<'a>(&'a self, inspection: &mut Inspection<'a>) {
        inspection.places(&self.place_to_settings_map);
    }

    fn place_name(&self, place: &str) -> Option<&str> {
        let place = self.place_to_settings_map.get()?.get(place)?.as_ref()?;
        place.place_name.get().map(String::as_str)
    }

    fn door_name(&self, place: Option<&str>, door: &str) -> Option<&str> {
        let doors = self.place_to_settings_map.get()?.get(place?)?.as_ref()?;
        let door = doors.door_info_map.get()?.get(door)?.as_ref()?;
        door.door_name.get().map(String::as_str)
    }
}

/// The integration that was read in the form that is written.
///
/// The document gives the two different names and, today, the same properties. By way of JSON text a property that only
/// one of them knows keeps its value, digit for digit; the large map has one type in both and need not go that way.
fn writable(mut read: KisiIntegration) -> Result<KisiIntegrationInput, Error> {
    let places = read.place_to_settings_map.take();
    let text = serde_json::to_vec(&read).unwrap_or_default();
    let mut written = serde_json::from_slice::<KisiIntegrationInput>(&text).map_err(|_| {
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
    let found = one_line(&client.transport().redact(found.to_owned()), TYPE_LENGTH);
    Error::UnexpectedIntegration {
        call: CallInfo::new("getKisiIntegrationV2", 1),
        found: Some(found).filter(|found| !found.is_empty()),
    }
}

/// How many characters of the type of another integration an error shows.
const TYPE_LENGTH: usize = 100;
