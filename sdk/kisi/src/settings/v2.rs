use rhombus_kisi_client::operations::UPDATE_KISI_INTEGRATION_V2;
use rhombus_kisi_runtime::{CallInfo, Error, Object, Repeat, one_line};

use super::outline::{self, Compare, compare_map_of_objects, merge_map_of_objects};
use super::secrets::Secrets;
use super::v1::{DEFAULT_OPTIONS, PLACES};
use super::{Sealed, Settings};
use crate::compare::{Differences, Json, Merge, ObjectShape, Shape};
use crate::plan::inspect::Inspection;
use crate::types::{
    Integration, IntegrationAuditEvent, IntegrationKind, KisiIntegration, KisiIntegrationInput,
    UpdateKisiIntegrationV2Request,
};
use crate::{Client, UpdateOutcome};

const KISI_INTEGRATION: Shape = Shape::Object(&ObjectShape {
    names: KisiIntegrationInput::NAMES,
    nested: &[
        ("defaultOptions", DEFAULT_OPTIONS),
        ("placeToSettingsMap", PLACES),
        ("integrationAuditMap", AUDIT_EVENTS),
    ],
    kept: &["integrationAuditMap"],
});

const AUDIT_EVENTS: Shape = Shape::Map(&Shape::Object(&ObjectShape {
    names: IntegrationAuditEvent::NAMES,
    nested: &[],
    kept: &[],
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

    fn merge_maps(base: &Self, ours: &Self, theirs: &mut Self, merged: &mut Self, merge: &mut Merge) {
        merged.place_to_settings_map = merge_map_of_objects(
            "placeToSettingsMap",
            [&base.place_to_settings_map, &ours.place_to_settings_map],
            theirs.place_to_settings_map.take(),
            merge,
        );
    }
}

impl Sealed for KisiIntegrationInput {
    const SHAPE: Shape = KISI_INTEGRATION;
    const REPEAT: Repeat = UPDATE_KISI_INTEGRATION_V2.repeat;

    /// An update has to say which type of integration it is about.
    fn blank() -> Self {
        let mut settings = Self::default();
        settings.integration = IntegrationKind::Kisi.into();
        settings
    }

    async fn fetch(client: &Client) -> Result<Option<Self>, Error> {
        let response = client.api().get_kisi_integration_v2(&Default::default()).await?;
        match response.org_integration_v2.into_option() {
            Some(Integration::KisiIntegration(integration)) => writable(*integration).map(Some),
            Some(other) => Err(unexpected(client, &other.tag())),
            None => Ok(None),
        }
    }

    async fn store(mut self, client: &Client) -> (Self, Result<UpdateOutcome, Error>) {
        if self.integration.get().is_none() {
            self.integration = IntegrationKind::Kisi.into();
        }
        let mut request = UpdateKisiIntegrationV2Request::default();
        request.kisi_settings = self.into();
        let response = client.api().update_kisi_integration_v2(&request).await;
        let outcome = response.map(UpdateOutcome::from);
        let settings = request.kisi_settings.into_option().unwrap_or_default();
        (settings, outcome)
    }

    fn compare(before: &Self, after: &Self, into: &mut Differences) {
        outline::compare(before, after, into);
    }

    fn merge(base: &Self, ours: &Self, theirs: Self, merge: &mut Merge) -> Self {
        outline::merge(base, ours, theirs, merge)
    }

    fn secrets<'a>(&'a self, into: &mut Secrets<'a>) {
        into.known(["apiSecretKey"], self.api_secret_key.get());
        into.unknown(&[], &self.extra);
        if let Some(options) = self.default_options.get() {
            into.unknown(&["defaultOptions"], &options.extra);
        }
        for (id, event) in self.integration_audit_map.get().into_iter().flatten() {
            if let Some(event) = event {
                into.unknown(&["integrationAuditMap", id], &event.extra);
            }
        }
        for (id, place) in self.place_to_settings_map.get().into_iter().flatten() {
            if let Some(place) = place {
                into.place(id, place);
            }
        }
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
    let found = one_line(&client.transport().redact(found.to_owned()), TYPE_LENGTH);
    Error::UnexpectedIntegration {
        call: CallInfo::new("getKisiIntegrationV2", 1),
        found: Some(found).filter(|found| !found.is_empty()),
    }
}

/// How many characters of the type of another integration an error shows.
const TYPE_LENGTH: usize = 100;
