//! What goes over the wire: every field by its name, nulls and nesting, and the vendor's own examples.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)] // In tests, that is what failing means.

use std::time::Duration;

use rhombus_kisi::types::{self, KisiSettings, UpdateKisiIntegrationRequest, UpdateOrgIntegrationsResponse};
use rhombus_kisi::{Client, RhombusUuid};
use rhombus_kisi_httpmock::MockServerExt;
use rhombus_kisi_httpmock::httpmock::MockServer;
use rhombus_kisi_runtime::Respond as _;
use serde_json::{Value, json};

const LOBBY: &str = "AAAAAAAAAAAAAAAAAAAAAQ";
const YARD: &str = "AAAAAAAAAAAAAAAAAAAAAg";

fn id(text: &str) -> RhombusUuid {
    text.parse().unwrap()
}

/// Settings with a value for every field of the release of March 2026, as the wire has them.
fn full() -> Value {
    let door = json!({
        "assignedCameraList": [LOBBY, YARD],
        "clipDuration": 20,
        "doorName": "Lobby",
        "leadingSeconds": 5,
        "locationUuid": YARD,
        "remoteUnlock": false,
    });
    json!({
        "alertUnauthorizedFaces": true,
        "apiSecretKey": "kisi-key",
        "createSeekPoints": false,
        "defaultOptions": {
            "alertUnauthorizedFaces": true,
            "createSeekPoints": true,
            "defaultOptionsEnabled": true,
            "identifyFacesFromBadge": false,
            "saveClips": true,
        },
        "doorInfoMap": { "42": door },
        "doorToCameraMap": { "42": [LOBBY], "43": [] },
        "doorsValidated": true,
        "enabled": true,
        "enabledTimestampMs": 1_700_000_000_000_i64,
        "enablingUser": "ops@example.com",
        "enablingUserUuid": LOBBY,
        "identifyFacesFromBadge": true,
        "migrated": false,
        "placeId": 7,
        "placeToSettingsMap": { "7": {
            "alertUnauthorizedFaces": true,
            "createSeekPoints": true,
            "doorInfoMap": { "43": { "assignedCameraList": [YARD] } },
            "identifyFacesFromBadge": true,
            "misconfiguredDoors": [43],
            "placeId": 7,
            "placeName": "HQ",
            "rhombusToken": "token",
            "saveClips": true,
            "webhookId": 9,
        } },
        "rhombusToken": "token",
        "saveClips": true,
        "webhookId": 8,
    })
}

fn server_and_client() -> (MockServer, Client) {
    let server = MockServer::start();
    let client = Client::builder()
        .api_key("key")
        .endpoint(server.base_url())
        .build()
        .unwrap();
    (server, client)
}

fn answer() -> UpdateOrgIntegrationsResponse {
    serde_json::from_value(json!({ "error": false })).unwrap()
}

#[test]
fn the_sample_has_no_unknown_field() {
    let settings: KisiSettings = serde_json::from_value(full()).unwrap();
    assert!(settings.extra.is_empty(), "{:?}", settings.extra);
    assert_eq!(serde_json::to_value(&settings).unwrap(), full());
}

#[tokio::test]
async fn every_field_goes_out_by_its_name() {
    let (server, client) = server_and_client();
    let settings: KisiSettings = serde_json::from_value(full()).unwrap();
    let mut request = UpdateKisiIntegrationRequest::default();
    request.kisi_settings = settings.clone().into();
    let mock = server.update_kisi_integration(|when, then| {
        when.body(&request);
        then.ok(&answer());
    });
    let outcome = client
        .update_kisi_integration()
        .settings(settings)
        .send()
        .await
        .unwrap();
    assert!(outcome.is_clean());
    mock.assert();
}

#[tokio::test]
async fn the_builder_reaches_the_wire() {
    let (server, client) = server_and_client();
    let body = json!({ "kisiSettings": {
        "enabled": true,
        "apiSecretKey": "kisi-key",
        "identifyFacesFromBadge": true,
        "saveClips": true,
        "doorInfoMap": { "42": {
            "doorName": "Lobby", "assignedCameraList": [LOBBY], "clipDuration": 20, "remoteUnlock": false,
        } },
        "doorToCameraMap": { "44": [LOBBY, YARD] },
        "placeToSettingsMap": { "7": { "placeName": "HQ", "doorInfoMap": { "43": { "assignedCameraList": [YARD] } } } },
    } });
    let mock = server.mock(|when, then| {
        when.method("POST")
            .path("/api/integrations/accessControl/updateKisiIntegration")
            .header("content-type", "application/json")
            .header("x-auth-apikey", "key")
            .header("x-auth-scheme", "api-token")
            .header_missing("api-version")
            .json_body(body.clone());
        then.status(200)
            .json_body(json!({ "warningMsg": "look", "misconfiguredDoors": ["Lobby", null], "failedGuids": null }));
    });
    let outcome = client
        .update_kisi_integration()
        .enabled(true)
        .kisi_api_key("kisi-key")
        .identify_faces_from_badge(true)
        .save_clips(true)
        .door(42, |door| {
            door.name("Lobby")
                .camera(id(LOBBY))
                .clip_duration(Duration::from_secs(20))
                .remote_unlock(false)
        })
        .door_cameras(44, [id(LOBBY), id(YARD)])
        .place(7, |place| place.name("HQ").door(43, |door| door.camera(id(YARD))))
        .send()
        .await
        .unwrap();
    mock.assert();
    assert_eq!(outcome.warning(), Some("look"));
    assert_eq!(outcome.misconfigured_doors().collect::<Vec<_>>(), ["Lobby"]);
}

#[tokio::test]
async fn null_and_absent_are_different_requests() {
    let (server, client) = server_and_client();
    let mock = server.mock(|when, then| {
        when.json_body(json!({ "kisiSettings": { "enablingUser": null } }));
        then.status(200).json_body(json!({}));
    });
    let outcome = client
        .update_kisi_integration()
        .clear_enabling_user()
        .send()
        .await
        .unwrap();
    assert!(outcome.is_clean());
    mock.assert();
}

#[tokio::test]
async fn a_warning_that_quotes_the_key_is_masked() {
    let (server, client) = server_and_client();
    server.mock(|when, then| {
        when.method("POST");
        then.status(200).json_body(json!({ "warningMsg": "old:\nkisi-key" }));
    });
    let outcome = client
        .update_kisi_integration()
        .kisi_api_key("kisi-key")
        .send()
        .await
        .unwrap();
    assert_eq!(outcome.warning(), Some("old: ***"));
}

/// The request of the page that the project started from.
const SEED_REQUEST: &str = r#"{
  "kisiSettings": {
    "alertUnauthorizedFaces": true,
    "apiSecretKey": "<string>",
    "createSeekPoints": true,
    "defaultOptions": {
      "alertUnauthorizedFaces": true,
      "createSeekPoints": true,
      "defaultOptionsEnabled": true,
      "identifyFacesFromBadge": true,
      "saveClips": true
    },
    "doorInfoMap": {},
    "doorToCameraMap": {},
    "doorsValidated": true,
    "enabled": true,
    "enabledTimestampMs": 123,
    "enablingUser": "<string>",
    "enablingUserUuid": "AAAAAAAAAAAAAAAAAAAAAA",
    "identifyFacesFromBadge": true,
    "migrated": true,
    "placeId": 123,
    "placeToSettingsMap": {},
    "rhombusToken": "AAAAAAAAAAAAAAAAAAAAAA",
    "saveClips": true,
    "webhookId": 123
  }
}"#;

/// The response of that page.
const SEED_RESPONSE: &str = r#"{
  "authError": false,
  "error": true,
  "errorMsg": "<string>",
  "failedGuids": ["<string>"],
  "misconfiguredDoors": ["<string>"],
  "warningMsg": "<string>"
}"#;

#[test]
fn the_seed_request_survives() {
    let request: UpdateKisiIntegrationRequest = serde_json::from_str(SEED_REQUEST).unwrap();
    assert!(request.kisi_settings.get().unwrap().extra.is_empty());
    let seed: Value = serde_json::from_str(SEED_REQUEST).unwrap();
    assert_eq!(serde_json::to_value(&request).unwrap(), seed);
}

#[test]
fn the_seed_response_decodes() {
    let response: UpdateOrgIntegrationsResponse = serde_json::from_str(SEED_RESPONSE).unwrap();
    assert_eq!(response.refusal().unwrap().message, Some("<string>"));
    let seed: Value = serde_json::from_str(SEED_RESPONSE).unwrap();
    assert_eq!(serde_json::to_value(&response).unwrap(), seed);
}

#[test]
fn nulls_everywhere_cost_nobody_the_answer() {
    let nulls = json!({
        "kisiSettings": { "enabled": null, "doorInfoMap": { "42": null, "43": { "assignedCameraList": [null, LOBBY, "odd.v0"] } }, "doorToCameraMap": null },
        "error": null, "errorMsg": null, "failedGuids": [null], "warningMsg": null,
    });
    let read: types::GetKisiIntegrationResponse = serde_json::from_value(nulls.clone()).unwrap();
    assert_eq!(serde_json::to_value(&read).unwrap(), nulls);
}
