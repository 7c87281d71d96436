//! The wrapper's operations, each against a mock: what goes out, and what comes of the response.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)] // In tests, that is what failing means.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use rhombus_kisi::types::{KisiIntegration, KisiIntegrationInput, KisiSettings};
use rhombus_kisi::{Client, Error, RhombusUuid};
use rhombus_kisi_httpmock::MockServerExt;
use rhombus_kisi_httpmock::httpmock::MockServer;
use rhombus_kisi_runtime::Object;
use serde_json::{Value, json};

const CAMERA: &str = "EjRWeJq83vASNFZ4mrze8A";
const LOCATION: &str = "AAAAAAAAAAAAAAAAAAAAAQ";

async fn start() -> (MockServer, Client) {
    let server = MockServer::start_async().await;
    let client = Client::builder()
        .api_key("key")
        .endpoint(server.base_url())
        .build()
        .unwrap();
    (server, client)
}

fn typed<T: serde::de::DeserializeOwned>(value: Value) -> T {
    serde_json::from_value(value).unwrap()
}

/// The names of the object's properties.
fn names(value: &Value) -> Vec<&str> {
    value.as_object().unwrap().keys().map(String::as_str).collect()
}

/// Settings with a value for each property that has a setter below, and for each of a place's and a door's.
fn full() -> Value {
    let door = json!({
        "assignedCameraList": [CAMERA], "clipDuration": 20, "doorName": "Lobby", "leadingSeconds": 5,
        "locationUuid": LOCATION, "remoteUnlock": false,
    });
    json!({
        "alertUnauthorizedFaces": true, "apiSecretKey": "kisi", "createSeekPoints": true,
        "defaultOptions": {
            "alertUnauthorizedFaces": true, "createSeekPoints": false, "defaultOptionsEnabled": true,
            "identifyFacesFromBadge": true, "saveClips": true,
        },
        "doorInfoMap": { "42": door }, "doorToCameraMap": { "42": [CAMERA] }, "doorsValidated": true, "enabled": true,
        "enabledTimestampMs": 1_700_000_000_000_i64, "enablingUser": "Ann", "enablingUserUuid": LOCATION,
        "identifyFacesFromBadge": true, "migrated": false, "placeId": 7,
        "placeToSettingsMap": { "7": {
            "alertUnauthorizedFaces": true, "createSeekPoints": true, "doorInfoMap": { "43": { "doorName": "Side" } },
            "identifyFacesFromBadge": true, "misconfiguredDoors": [43], "placeId": 7, "placeName": "HQ",
            "rhombusToken": "t", "saveClips": true, "webhookId": 8,
        } },
        "rhombusToken": "token", "saveClips": true, "webhookId": 9,
    })
}

#[tokio::test]
async fn every_setting_has_a_setter_and_its_name_on_the_wire() {
    let (server, client) = start().await;
    let settings = full();
    // Of each the type knows the name. What a later release adds is tried in `setters.rs`.
    let place = &settings["placeToSettingsMap"]["7"];
    let door = &settings["doorInfoMap"]["42"];
    for (value, known) in [
        (&settings, KisiSettings::NAMES),
        (place, rhombus_kisi::types::BadgeIntegrationSettings::NAMES),
        (door, rhombus_kisi::types::BadgeIntegrationDoorInfo::NAMES),
    ] {
        assert!(names(value).iter().all(|name| known.contains(name)), "{value}");
    }
    let mock = server
        .mock_async(|when, then| {
            when.path("/api/integrations/accessControl/updateKisiIntegration")
                .json_body(json!({ "kisiSettings": settings }));
            then.status(200).json_body(json!({}));
        })
        .await;
    let outcome = client
        .update_kisi_integration()
        .alert_unauthorized_faces(true)
        .kisi_api_key("kisi")
        .create_seek_points(true)
        .default_options(|options| {
            options
                .alert_unauthorized_faces(true)
                .create_seek_points(false)
                .enabled(true)
                .identify_faces_from_badge(true)
                .save_clips(true)
        })
        .door(42, |door| {
            door.camera(CAMERA)
                .clip_duration(Duration::from_secs(20))
                .name("Lobby")
                .leading_time(Duration::from_secs(5))
                .location(LOCATION)
                .remote_unlock(false)
        })
        .door_cameras(42, [CAMERA])
        .doors_validated(true)
        .enabled(true)
        .enabled_timestamp_ms(1_700_000_000_000)
        .enabling_user("Ann")
        .enabling_user_uuid(LOCATION)
        .identify_faces_from_badge(true)
        .migrated(false)
        .place_id(7)
        .place(7, |place| {
            place
                .alert_unauthorized_faces(true)
                .create_seek_points(true)
                .door(43, |door| door.name("Side"))
                .identify_faces_from_badge(true)
                .misconfigured_doors([43])
                .place_id(7)
                .name("HQ")
                .rhombus_token("t")
                .save_clips(true)
                .webhook_id(8)
        })
        .rhombus_token("token")
        .save_clips(true)
        .webhook_id(9)
        .send()
        .await
        .unwrap();
    assert!(outcome.is_clean());
    mock.assert_async().await;

    // The whole settings go out as they are.
    let again = client.update_kisi_integration().settings(typed(settings.clone()));
    let shown = again.preview().to_string();
    assert!(again.send().await.unwrap().is_clean());
    assert_eq!(mock.calls_async().await, 2);
    assert!(
        !shown.contains("kisi\"") && !shown.contains("\"t\"") && shown.contains("Lobby"),
        "{shown}"
    );
}

#[tokio::test]
async fn the_request_and_the_preview_are_what_is_sent() {
    let (server, client) = start().await;
    let body = json!({ "kisiSettings": { "integration": "KISI", "enabled": true } });
    let mock = server
        .mock_async(|when, then| {
            when.path("/api/integrations/accessControl/updateKisiIntegrationV2")
                .json_body(body.clone());
            then.status(200).json_body(json!({}));
        })
        .await;
    let mut settings = KisiIntegrationInput::default();
    settings.enabled = true.into();
    let whole = client.update_kisi_integration_v2().settings(settings);
    for update in [client.update_kisi_integration_v2().enabled(true), whole] {
        assert_eq!(update.preview(), body);
        let request = update.clone().request().unwrap();
        assert_eq!(serde_json::to_value(request).unwrap(), body);
        assert!(update.send().await.unwrap().is_clean());
    }
    assert_eq!(mock.calls_async().await, 2);
}

#[tokio::test]
async fn every_setting_can_be_cleared() {
    let (server, client) = start().await;
    let nothing = |of: &Value| {
        Value::Object(
            names(of)
                .into_iter()
                .map(|name| (name.to_owned(), Value::Null))
                .collect(),
        )
    };
    let full = full();
    let mut settings = nothing(&full);
    settings["doorInfoMap"] = json!({ "42": nothing(&full["doorInfoMap"]["42"]), "44": null });
    settings["doorToCameraMap"] = json!({ "42": null });
    settings["placeToSettingsMap"] = json!({ "7": nothing(&full["placeToSettingsMap"]["7"]), "8": null });
    let mock = server
        .mock_async(|when, then| {
            when.json_body(json!({ "kisiSettings": settings }));
            then.status(200).json_body(json!({}));
        })
        .await;
    let update = client
        .update_kisi_integration()
        .clear_alert_unauthorized_faces()
        .clear_kisi_api_key()
        .clear_create_seek_points()
        .clear_default_options()
        .clear_doors_validated()
        .clear_enabled()
        .clear_enabled_timestamp_ms()
        .clear_enabling_user()
        .clear_enabling_user_uuid()
        .clear_identify_faces_from_badge()
        .clear_migrated()
        .clear_place_id()
        .clear_rhombus_token()
        .clear_save_clips()
        .clear_webhook_id()
        .clear_doors()
        .door(42, |door| {
            door.clear_cameras()
                .clear_clip_duration()
                .clear_name()
                .clear_leading_time()
                .clear_location()
                .clear_remote_unlock()
        })
        .clear_door(44)
        .clear_all_door_cameras()
        .clear_door_cameras(42)
        .clear_places()
        .place(7, |place| {
            place
                .clear_alert_unauthorized_faces()
                .clear_create_seek_points()
                .clear_doors()
                .clear_identify_faces_from_badge()
                .clear_misconfigured_doors()
                .clear_place_id()
                .clear_name()
                .clear_rhombus_token()
                .clear_save_clips()
                .clear_webhook_id()
        })
        .clear_place(8);
    assert!(update.send().await.unwrap().is_clean());
    mock.assert_async().await;
}

#[tokio::test]
async fn the_second_version_sends_its_own_form() {
    let (server, client) = start().await;
    let settings = json!({
        "apiSecretKey": "kisi", "doorsValidated": true, "enabled": true, "integration": "KISI", "orgUuid": LOCATION,
        "defaultOptions": null, "integrationAuditMap": null, "userUuid": LOCATION,
        "placeToSettingsMap": { "7": { "placeName": "HQ", "doorInfoMap": { "43": { "doorName": "Lobby" } } } },
    });
    assert!(
        names(&settings)
            .iter()
            .all(|name| KisiIntegrationInput::NAMES.contains(name))
    );
    let mock = server
        .mock_async(|when, then| {
            when.path("/api/integrations/accessControl/updateKisiIntegrationV2")
                .json_body(json!({ "kisiSettings": settings }));
            then.status(200).json_body(json!({}));
        })
        .await;
    let update = client
        .update_kisi_integration_v2()
        .kisi_api_key("kisi")
        .doors_validated(true)
        .enabled(true)
        .org_uuid(LOCATION)
        .user_uuid(LOCATION)
        .clear_default_options()
        .clear_integration_audit_map()
        .place(7, |place| place.name("HQ").door(43, |door| door.name("Lobby")));
    assert!(update.send().await.unwrap().is_clean());
    mock.assert_async().await;
}

/// A release may give one of the two a property that the other has not.
#[tokio::test]
async fn what_is_read_is_what_would_be_written() {
    let (server, client) = start().await;
    let mut read: Value = KisiIntegration::NAMES
        .iter()
        .map(|name| ((*name).to_owned(), Value::Null))
        .collect();
    read["integration"] = json!("KISI");
    read["future"] = json!([1, { "a": null }]);
    server
        .mock_async(|when, then| {
            when.path("/api/integrations/accessControl/getKisiIntegrationV2");
            then.status(200).json_body(json!({ "orgIntegrationV2": read }));
        })
        .await;
    let current = client.kisi_integration_v2().await.unwrap();
    let written = serde_json::to_value(current.edit(|settings| settings)).unwrap();
    assert_eq!(written, read);
}

#[tokio::test]
async fn an_integration_of_another_type_is_named() {
    for (integration, found) in [
        (json!({ "integration": "BRIVO", "enabled": true }), Some("BRIVO")),
        (json!({ "integration": "FUTURE_KIND", "new": [1] }), Some("FUTURE_KIND")),
        (json!({ "new": 1 }), None),
    ] {
        let (server, client) = start().await;
        server
            .mock_async(|when, then| {
                when.path("/api/integrations/accessControl/getKisiIntegrationV2");
                then.status(200).json_body(json!({ "orgIntegrationV2": integration }));
            })
            .await;
        match client.kisi_integration_v2().await.unwrap_err() {
            Error::UnexpectedIntegration { found: name, .. } => assert_eq!(name.as_deref(), found),
            other => panic!("{other}"),
        }
    }
}

#[tokio::test]
async fn an_organisation_without_settings_has_an_empty_snapshot() {
    let (server, client) = start().await;
    server.get_kisi_integration(|_, then| {
        then.ok(&typed(json!({ "kisiSettings": null })));
    });
    let current = client.kisi_integration().await.unwrap();
    assert!(!current.exists());
    assert_eq!(current.settings(), &KisiSettings::default());
}

#[tokio::test]
async fn places_and_doors_are_listed() {
    let (server, client) = start().await;
    server.get_kisi_places(|when, then| {
        when.body(&typed(json!({ "apiSecretKey": "kisi" })));
        then.ok(&typed(json!({ "places": [null, { "id": 7, "name": "HQ" }] })));
    });
    server.get_kisi_doors(|when, then| {
        when.body(&typed(json!({ "apiSecretKey": "kisi" })));
        let doors = json!({ "7": [{ "id": 43, "name": "Side" }, null], "8": null, "lost": [{ "id": 1 }] });
        then.ok(&typed(json!({ "placeToDoorMap": doors })));
    });
    let places = client.kisi_places("kisi").await.unwrap();
    assert_eq!(places.len(), 1);
    assert_eq!(places[0].id, 7);
    let doors = client.kisi_doors("kisi").await.unwrap();
    assert_eq!(doors.of(7)[0].name, "Side");
    assert!(doors.of(9).is_empty());
    assert_eq!(
        doors
            .iter()
            .map(|(place, doors)| (place, doors.len()))
            .collect::<Vec<_>>(),
        [(7, 1), (8, 0)]
    );
    assert_eq!(
        doors
            .unplaced()
            .map(|(key, doors)| (key, doors.len()))
            .collect::<Vec<_>>(),
        [("lost", 1)]
    );
}

#[tokio::test]
async fn a_refused_kisi_key_is_its_own_error() {
    let (server, client) = start().await;
    server.get_kisi_places(|_, then| {
        then.ok(&typed(json!({ "authError": true, "errorMsg": "not kisi-secret" })));
    });
    let error = client.kisi_places("kisi-secret").await.unwrap_err();
    assert!(matches!(error, Error::IntegrationAuth { .. }), "{error}");
    assert!(!error.to_string().contains("kisi-secret"), "{error}");
}

#[tokio::test]
async fn a_door_is_unlocked_once() {
    let (server, client) = start().await;
    let unlocked = server.unlock_kisi_door(|when, then| {
        when.body(&typed(json!({ "placeId": 7, "doorId": 43 })));
        then.ok(&typed(json!({ "warningMsg": "slow lock" })));
    });
    let seen = server.unlock_kisi_door(|when, then| {
        when.body(&typed(json!({ "placeId": 7, "doorId": 43, "cameraUuid": CAMERA })));
        then.ok(&typed(json!({})));
    });
    assert_eq!(client.unlock_door(7, 43).await.unwrap().warning(), Some("slow lock"));
    assert_eq!(client.unlock_door_seen_by(7, 43, CAMERA).await.unwrap().warning(), None);
    assert!(
        client
            .unlock_door_seen_by(7, 43, "lobby")
            .await
            .unwrap_err()
            .to_string()
            .contains("nothing was sent")
    );
    assert_eq!((unlocked.calls(), seen.calls()), (1, 1));
}

#[tokio::test]
async fn both_versions_delete() {
    let (server, client) = start().await;
    let first = server.delete_kisi_integration(|_, then| {
        then.ok(&typed(json!({})));
    });
    let second = server.delete_kisi_integration_v2(|_, then| {
        then.ok(&typed(json!({ "error": true, "errorMsg": "busy" })));
    });
    assert_eq!(client.delete_kisi_integration().await.unwrap().warning(), None);
    let error = client.delete_kisi_integration_v2().await.unwrap_err();
    assert_eq!(error.to_string(), "deleteKisiIntegrationV2: rejected: busy");
    assert_eq!((first.calls(), second.calls()), (1, 1));
}

#[tokio::test]
async fn one_organisation_that_fails_stops_no_other() {
    let server = MockServer::start_async().await;
    let ids: Vec<RhombusUuid> = (1..=20_u8).map(|id| RhombusUuid::from_bytes([id; 16])).collect();
    let bad = ids[3].to_string();
    server
        .mock_async(|when, then| {
            when.header("x-auth-org", &bad);
            then.status(200).json_body(json!({ "error": true, "errorMsg": "no" }));
        })
        .await;
    server
        .mock_async(|when, then| {
            when.header("x-auth-scheme", "partner-api-token")
                .header_exists("x-auth-org");
            then.status(200)
                .json_body(json!({ "kisiSettings": { "enabled": true } }));
        })
        .await;
    let partner = Client::builder()
        .partner_key("key")
        .endpoint(server.base_url())
        .build()
        .unwrap();
    let (running, most) = (AtomicUsize::new(0), AtomicUsize::new(0));
    let (running, most) = (&running, &most);
    let mut reported = Vec::new();
    let results = partner
        .for_each_organization(&ids)
        .concurrency(5)
        .on_progress(|progress| reported.push((progress.done, progress.failed, progress.total)))
        .run(async |client, _| {
            most.fetch_max(running.fetch_add(1, Ordering::SeqCst) + 1, Ordering::SeqCst);
            let current = client.kisi_integration().await;
            running.fetch_sub(1, Ordering::SeqCst);
            Ok::<_, Error>(current?.settings().enabled.copied())
        })
        .await;
    assert_eq!(
        results.iter().map(|organization| &organization.id).collect::<Vec<_>>(),
        ids.iter().collect::<Vec<_>>()
    );
    for organization in &results {
        match &organization.result {
            Ok(enabled) => assert_eq!(*enabled, Some(true)),
            Err(error) => {
                assert_eq!(organization.id.to_string(), bad);
                assert!(matches!(error, Error::Refused { .. }), "{error}");
            }
        }
    }
    assert_eq!(
        results
            .iter()
            .filter(|organization| organization.result.is_err())
            .count(),
        1
    );
    assert_eq!(reported.len(), 20);
    assert_eq!(reported.last(), Some(&(20, 1, 20)));
    assert_eq!(most.load(Ordering::SeqCst), 5);

    // Only a partner's key can act for others.
    let own = Client::builder()
        .api_key("key")
        .endpoint(server.base_url())
        .build()
        .unwrap();
    let results = own
        .for_each_organization(&ids)
        .run(async |_, _| Ok::<_, Error>(()))
        .await;
    assert!(
        results
            .iter()
            .all(|organization| matches!(organization.result, Err(Error::Invalid { .. })))
    );
}
