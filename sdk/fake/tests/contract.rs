//! The fake, compared with what is known of the API, row by row and by raw HTTP.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)] // In tests, that is what failing means.

use std::collections::BTreeMap;
use std::time::Duration;

use rhombus_kisi_fake::{Fake, FakeBuilder, Fault, Habits, Operation, Organization, Partner, UpdateMode, id};
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

const KEY: (&str, &str) = ("x-auth-apikey", "north-key");
const SCHEME: (&str, &str) = ("x-auth-scheme", "api-token");
const OWN: [(&str, &str); 2] = [KEY, SCHEME];

/// A response, byte by byte as it came.
#[derive(Debug)]
struct Raw {
    status: u16,
    headers: BTreeMap<String, String>,
    body: String,
}

impl Raw {
    fn json(&self) -> Value {
        assert_eq!(self.headers["content-type"], "application/json", "{self:?}");
        serde_json::from_str(&self.body).unwrap()
    }
}

/// Sends what a row says, and returns what came until the connection closed.
async fn bytes(fake: &Fake, method: &str, path: &str, headers: &[(&str, &str)], body: &str) -> Vec<u8> {
    let address = fake.url().strip_prefix("http://").unwrap().to_owned();
    let mut stream = TcpStream::connect(address).await.unwrap();
    let mut text = format!("{method} {path} HTTP/1.1\r\nhost: fake\r\nconnection: close\r\n");
    for (name, value) in headers {
        text += &format!("{name}: {value}\r\n");
    }
    if !headers.iter().any(|(name, _)| *name == "content-type") {
        text += "content-type: application/json\r\n";
    }
    text += &format!("content-length: {}\r\n\r\n{body}", body.len());
    stream.write_all(text.as_bytes()).await.unwrap();
    let mut received = Vec::new();
    // A reset is an end too.
    let _ = stream.read_to_end(&mut received).await;
    received
}

async fn raw(fake: &Fake, method: &str, path: &str, headers: &[(&str, &str)], body: &str) -> Raw {
    let received = String::from_utf8(bytes(fake, method, path, headers, body).await).unwrap();
    let (head, body) = received.split_once("\r\n\r\n").expect("a response");
    let mut lines = head.lines();
    let status = lines.next().unwrap().split(' ').nth(1).unwrap().parse().unwrap();
    let headers = lines.filter_map(|line| line.split_once(": "));
    Raw {
        status,
        headers: headers
            .map(|(name, value)| (name.to_lowercase(), value.to_owned()))
            .collect(),
        body: body.to_owned(),
    }
}

async fn post(fake: &Fake, operation: Operation, body: Value) -> Value {
    let response = raw(fake, "POST", operation.path(), &OWN, &body.to_string()).await;
    assert_eq!(response.status, 200, "{operation:?}: {response:?}");
    response.json()
}

fn builder() -> FakeBuilder {
    let north = Organization::new(id(100), "North")
        .api_key("north-key")
        .access_token("north-token")
        .place(7, "HQ")
        .door(7, 42, "Lobby")
        .place(8, "Annex")
        .location(id(10), "Main street")
        .camera(id(1), "Lobby camera", id(10))
        .mummified_camera(id(2), "Old camera", id(10));
    Fake::builder()
        .organization(north)
        .organization(Organization::new(id(101), "South").api_key("south-key"))
        .partner(
            Partner::new()
                .api_key("partner-key")
                .access_token("partner-token")
                .client(id(100))
                .client_without_access(id(101)),
        )
        .kisi_api_key("kisi-key")
}

async fn start() -> Fake {
    builder().start().await.unwrap()
}

// ---- Transport -------------------------------------------------------------------------------------------------------

#[tokio::test]
async fn every_operation_is_a_post_with_json_and_an_empty_object_where_it_takes_nothing() {
    let fake = start().await;
    for operation in Operation::ALL {
        for method in ["GET", "PUT", "DELETE", "PATCH"] {
            let response = raw(&fake, method, operation.path(), &OWN, "{}").await;
            assert_eq!(response.status, 405, "{method} {operation:?}");
            assert!(response.json()["error"].is_string() && response.json()["msg"].is_string());
        }
    }
    for operation in [
        Operation::GetKisiIntegration,
        Operation::GetKisiIntegrationV2,
        Operation::DeleteKisiIntegration,
        Operation::DeleteKisiIntegrationV2,
        Operation::GetMinimalCameraStateList,
        Operation::GetLocations,
    ] {
        assert_eq!(post(&fake, operation, json!({})).await["error"], false, "{operation:?}");
        // Not JSON, no body, and another kind of body: the 4xx of a malformed request.
        for (body, headers, status) in [
            ("", vec![KEY, SCHEME], 400),
            ("{", vec![KEY, SCHEME], 400),
            ("[]", vec![KEY, SCHEME], 400),
            ("null", vec![KEY, SCHEME], 400),
            (
                "a=b",
                vec![KEY, SCHEME, ("content-type", "application/x-www-form-urlencoded")],
                415,
            ),
        ] {
            let response = raw(&fake, "POST", operation.path(), &headers, body).await;
            assert_eq!(response.status, status, "{operation:?}, {body}");
            assert!(response.json()["error"].is_string() && response.json()["msg"].is_string());
        }
    }
    let nowhere = raw(&fake, "POST", "/api/integrations/accessControl/getDoors", &OWN, "{}").await;
    assert_eq!((nowhere.status, nowhere.json()["error"].is_string()), (404, true));
}

#[tokio::test]
async fn status_200_does_not_mean_that_it_worked() {
    let fake = start().await;
    fake.inject(Fault::rejected("busy"));
    let update = json!({ "kisiSettings": { "enabled": true } });
    assert_eq!(
        post(&fake, Operation::UpdateKisiIntegration, update.clone()).await,
        json!({ "error": true, "errorMsg": "busy" })
    );
    assert_eq!(fake.settings_json(), Value::Null);
    fake.inject(Fault::warning("look here"));
    let response = post(&fake, Operation::UpdateKisiIntegration, update).await;
    assert_eq!(response["error"], false);
    assert_eq!(response["warningMsg"], "look here");
    assert_eq!(fake.settings_json(), json!({ "enabled": true }));
}

#[tokio::test]
async fn an_update_has_fields_of_its_own() {
    let fake = start().await;
    let update = |key: &str| json!({ "kisiSettings": { "apiSecretKey": key } });
    assert_eq!(
        post(&fake, Operation::UpdateKisiIntegration, update("kisi-key")).await,
        json!({ "error": false, "authError": false, "failedGuids": [], "misconfiguredDoors": [] })
    );
    // Kisi rejects the key: nothing is stored.
    let response = post(&fake, Operation::UpdateKisiIntegration, update("another")).await;
    assert_eq!(response["authError"], true);
    assert_eq!(fake.settings_json(), json!({ "apiSecretKey": "kisi-key" }));
    fake.inject(Fault::auth_error());
    assert_eq!(
        post(&fake, Operation::UpdateKisiIntegration, update("kisi-key")).await["authError"],
        true
    );
    fake.inject_each([Fault::failed_ids(["a", "b"]), Fault::misconfigured_doors(["Lobby"])]);
    let failed = post(&fake, Operation::UpdateKisiIntegration, update("kisi-key")).await;
    assert_eq!(failed["failedGuids"], json!(["a", "b"]));
    let misconfigured = post(&fake, Operation::UpdateKisiIntegration, update("kisi-key")).await;
    assert_eq!(misconfigured["misconfiguredDoors"], json!(["Lobby"]));
}

#[tokio::test]
async fn every_response_field_may_be_null_and_every_property_unknown() {
    let habits = Habits::none().nulls().unknown_properties();
    let fake = builder().habits(habits).start().await.unwrap();
    let update = json!({ "kisiSettings": { "enabled": true, "doorInfoMap": { "42": {} } } });
    post(&fake, Operation::UpdateKisiIntegration, update).await;
    let (mut nulls, mut absent) = (0, 0);
    for _ in 0..20 {
        let response = post(&fake, Operation::GetKisiIntegration, json!({})).await;
        for name in ["errorMsg", "warningMsg", "authError", "failedGuids"] {
            match response.get(name) {
                None => absent += 1,
                Some(value) => {
                    assert!(value.is_null(), "{name}: {value}");
                    nulls += 1;
                }
            }
        }
        let settings = &response["kisiSettings"];
        assert_eq!(settings["enabled"], true);
        for object in [&response, settings, &settings["doorInfoMap"]["42"]] {
            assert!(object["futureProperty"].is_object(), "{object}");
        }
    }
    assert!(nulls > 10 && absent > 10, "{nulls} nulls, {absent} absent");
    // It is stored, so that what loses it is found out.
    post(
        &fake,
        Operation::UpdateKisiIntegration,
        json!({ "kisiSettings": { "enabled": true } }),
    )
    .await;
    assert_eq!(fake.settings_json(), json!({ "enabled": true }));
}

// ---- Authentication --------------------------------------------------------------------------------------------------

#[tokio::test]
async fn credentials_have_their_schemes() {
    let fake = start().await;
    let north = id(100).to_string();
    let org = ("x-auth-org", north.as_str());
    let south = id(101).to_string();
    let other = ("x-auth-org", south.as_str());
    let key = |key| ("x-auth-apikey", key);
    let token = |token| ("x-auth-access-token", token);
    let scheme = |scheme| ("x-auth-scheme", scheme);
    let table: Vec<(Vec<(&str, &str)>, u16)> = vec![
        // An organisation's key, without and with a client certificate, and its user's token.
        (vec![key("north-key"), scheme("api-token")], 200),
        (vec![key("north-key"), scheme("api")], 200),
        (vec![token("north-token"), scheme("api-oauth-token")], 200),
        // The document's default scheme.
        (vec![key("north-key")], 200),
        (vec![key("north-key"), scheme("api-token"), org], 200),
        // A partner's.
        (vec![key("partner-key"), scheme("partner-api-token"), org], 200),
        (vec![key("partner-key"), scheme("partner-api"), org], 200),
        (
            vec![token("partner-token"), scheme("partner-api-oauth-token"), org],
            200,
        ),
        // No credential, or one that fits no scheme.
        (vec![], 401),
        (vec![scheme("api-token")], 401),
        (vec![key(""), scheme("api-token")], 401),
        (vec![key("north-key"), scheme("basic")], 401),
        (vec![key("north-key"), scheme("api-oauth-token")], 401),
        (vec![token("north-token"), scheme("api-token")], 401),
        // Wrong, or not permitted.
        (vec![key("another"), scheme("api-token")], 403),
        (vec![token("another"), scheme("api-oauth-token")], 403),
        (vec![key("north-token"), scheme("api-token")], 403),
        (vec![key("north-key"), scheme("partner-api-token"), org], 403),
        (vec![key("partner-key"), scheme("api-token")], 403),
        (vec![key("north-key"), scheme("api-token"), other], 403),
        (vec![key("partner-key"), scheme("partner-api-token"), other], 403),
        (
            vec![
                key("partner-key"),
                scheme("partner-api-token"),
                ("x-auth-org", "nobody"),
            ],
            403,
        ),
        // A partner by itself has no integration.
        (vec![key("partner-key"), scheme("partner-api-token")], 403),
    ];
    for (headers, status) in table {
        let response = raw(&fake, "POST", Operation::GetKisiIntegration.path(), &headers, "{}").await;
        assert_eq!(response.status, status, "{headers:?}");
        match status {
            401 => assert_eq!(response.json(), json!({ "authenticationFailed": true })),
            403 => is_forbidden(&response),
            _ => {}
        }
    }
}

fn is_forbidden(response: &Raw) {
    let mut body = response.json();
    let timestamp = body.as_object_mut().unwrap().remove("timestamp");
    assert!(timestamp.is_some_and(|timestamp| timestamp.is_u64()));
    assert_eq!(
        body,
        json!({ "status": 403, "error": "Forbidden", "msg": "Access Denied" })
    );
}

#[tokio::test]
async fn a_partner_acts_for_its_clients_each_with_its_own_state() {
    let fake = Fake::builder()
        .organization(Organization::new(id(100), "North"))
        .organization(Organization::new(id(101), "South"))
        .start()
        .await
        .unwrap();
    for (number, name) in [(100, "Ann"), (101, "Bob")] {
        let organization = id(number).to_string();
        let headers = [
            ("x-auth-apikey", "partner"),
            ("x-auth-scheme", "partner-api-token"),
            ("x-auth-org", organization.as_str()),
        ];
        let update = json!({ "kisiSettings": { "enablingUser": name } }).to_string();
        let path = Operation::UpdateKisiIntegration.path();
        assert_eq!(raw(&fake, "POST", path, &headers, &update).await.status, 200);
    }
    let name = |number| fake.settings_of(&id(number)).unwrap().enabling_user.into_option();
    assert_eq!((name(100).as_deref(), name(101).as_deref()), (Some("Ann"), Some("Bob")));
}

// ---- Errors ----------------------------------------------------------------------------------------------------------

#[tokio::test]
async fn errors_have_their_bodies() {
    let fake = start().await;
    let path = Operation::GetKisiIntegration.path();
    let send = async |fault: Fault| {
        fake.inject(fault);
        raw(&fake, "POST", path, &OWN, "{}").await
    };
    let response = send(Fault::unauthorized()).await;
    assert_eq!(
        (response.status, response.json()),
        (401, json!({ "authenticationFailed": true }))
    );
    let response = send(Fault::forbidden()).await;
    assert_eq!(response.status, 403);
    is_forbidden(&response);

    let response = send(Fault::rate_limited(3)).await;
    assert_eq!((response.status, response.headers["retry-after"].as_str()), (429, "3"));
    assert!(response.headers["content-type"].starts_with("text/plain"));
    assert!(serde_json::from_str::<Value>(&response.body).is_err());

    for status in [400, 404, 409, 500, 502, 503, 504] {
        let response = send(Fault::status(status)).await;
        assert_eq!(response.status, status);
        assert!(response.json()["error"].is_string() && response.json()["msg"].is_string());
        assert!(!response.headers.contains_key("retry-after"));
    }
    let response = send(Fault::page(502)).await;
    assert_eq!(
        (response.status, response.headers["content-type"].as_str()),
        (502, "text/html")
    );
    assert!(response.body.starts_with("<html>"));
    let response = send(Fault::garbage()).await;
    assert_eq!(response.status, 200);
    assert!(serde_json::from_str::<Value>(&response.body).is_err());
}

#[tokio::test]
async fn a_connection_may_end_anywhere() {
    let fake = start().await;
    let path = Operation::UpdateKisiIntegration.path();
    let update = json!({ "kisiSettings": { "enabled": true } }).to_string();
    for (fault, is_carried_out) in [
        (Fault::cut(), false),
        (Fault::reset(), false),
        (Fault::cut().carried_out(), true),
        (Fault::reset().carried_out(), true),
        (Fault::cut_in_body(), true),
        (Fault::cut_in_body().not_carried_out(), false),
        (Fault::status(503), false),
        (Fault::status(503).carried_out(), true),
        (Fault::slow(Duration::from_millis(5)), true),
    ] {
        fake.set_settings(Value::Null).unwrap();
        fake.forget();
        fake.inject(fault.clone());
        let received = String::from_utf8(bytes(&fake, "POST", path, &OWN, &update).await).unwrap();
        assert_eq!(
            fake.settings_json() == json!({ "enabled": true }),
            is_carried_out,
            "{fault:?}"
        );
        let requests = fake.requests();
        assert_eq!(requests.len(), 1);
        assert_eq!(requests[0].was_carried_out(), is_carried_out);
        assert_eq!(requests[0].status().is_some(), !received.is_empty(), "{fault:?}");
        if format!("{fault:?}").contains("CutBody") {
            let (head, body) = received.split_once("\r\n\r\n").unwrap();
            let length = head
                .lines()
                .find_map(|line| line.strip_prefix("content-length: "))
                .unwrap();
            assert!(!body.is_empty() || !is_carried_out);
            assert!(body.len() < length.parse().unwrap(), "{received}");
        }
    }
}

// ---- Values ----------------------------------------------------------------------------------------------------------

#[tokio::test]
async fn ids_are_22_characters_and_the_last_is_one_of_four() {
    for number in [0, 1, 2, 255, 65_536, u32::MAX] {
        let id = id(number).to_string();
        assert_eq!(id.len(), 22);
        assert!(
            id.bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte))
        );
        assert!(id.ends_with(['A', 'Q', 'g', 'w']), "{id}");
    }
    assert_eq!(id(0).to_string(), "AAAAAAAAAAAAAAAAAAAAAA");
}

#[tokio::test]
async fn cameras_are_listed_with_their_facet_and_the_settings_hold_the_plain_id() {
    let fake = start().await;
    let camera = |id: &str| json!({ "uuid": id, "name": "Lobby camera", "locationUuid": self::id(10), "connectionStatus": "GREEN", "serialNumber": format!("SN-{}", self::id(1)) });
    let listed = post(&fake, Operation::GetMinimalCameraStateList, json!({})).await;
    assert_eq!(listed["cameraStates"], json!([camera("AAAAAAAAAAAAAAAAAAAAAQ.v0")]));
    let all = post(
        &fake,
        Operation::GetMinimalCameraStateList,
        json!({ "includeMummified": true }),
    )
    .await;
    assert_eq!(all["cameraStates"].as_array().unwrap().len(), 2);

    let list = json!(["AAAAAAAAAAAAAAAAAAAAAg", "AAAAAAAAAAAAAAAAAAAAAQ"]);
    let settings = json!({ "doorInfoMap": { "42": { "assignedCameraList": list, "locationUuid": id(10) } }, "doorToCameraMap": { "42": list } });
    post(
        &fake,
        Operation::UpdateKisiIntegration,
        json!({ "kisiSettings": settings }),
    )
    .await;
    let read = post(&fake, Operation::GetKisiIntegration, json!({})).await;
    assert_eq!(read["kisiSettings"], settings);

    // At choice the other way round, and sorted.
    fake.set_habits(Habits::none().facet_ids().plain_camera_ids().sorted_ids());
    let listed = post(&fake, Operation::GetMinimalCameraStateList, json!({})).await;
    assert_eq!(listed["cameraStates"], json!([camera("AAAAAAAAAAAAAAAAAAAAAQ")]));
    let read = post(&fake, Operation::GetKisiIntegration, json!({})).await["kisiSettings"].take();
    let sorted = json!(["AAAAAAAAAAAAAAAAAAAAAQ.v0", "AAAAAAAAAAAAAAAAAAAAAg.v0"]);
    assert_eq!(read["doorToCameraMap"]["42"], sorted);
    assert_eq!(read["doorInfoMap"]["42"]["assignedCameraList"], sorted);
    assert_eq!(read["doorInfoMap"]["42"]["locationUuid"], json!(id(10)));
    assert_eq!(fake.settings_json()["doorToCameraMap"]["42"], json!([id(1), id(2)]));
}

#[tokio::test]
async fn time_stamps_are_milliseconds_and_change() {
    let fake = builder()
        .habits(Habits::none().changing_timestamps())
        .start()
        .await
        .unwrap();
    post(
        &fake,
        Operation::UpdateKisiIntegration,
        json!({ "kisiSettings": { "enabled": true } }),
    )
    .await;
    let mut stamps = Vec::new();
    for _ in 0..3 {
        let read = post(&fake, Operation::GetKisiIntegration, json!({})).await;
        stamps.push(read["kisiSettings"]["enabledTimestampMs"].as_i64().unwrap());
    }
    assert!(stamps.is_sorted_by(|a, b| a < b), "{stamps:?}");
    assert!(stamps[0] > 1_700_000_000_000);
}

// ---- The Kisi operations ---------------------------------------------------------------------------------------------

#[tokio::test]
async fn both_versions_have_the_same_state() {
    let fake = start().await;
    let none = post(&fake, Operation::GetKisiIntegration, json!({})).await;
    assert_eq!(none["kisiSettings"], Value::Null);
    let none = post(&fake, Operation::GetKisiIntegrationV2, json!({})).await;
    assert_eq!(none["orgIntegrationV2"], Value::Null);

    let places = json!({ "7": { "placeName": "HQ", "doorInfoMap": { "42": { "doorName": "Lobby" } } } });
    let first = json!({ "enabled": true, "doorInfoMap": { "42": {} }, "placeToSettingsMap": places, "future": 1 });
    post(
        &fake,
        Operation::UpdateKisiIntegration,
        json!({ "kisiSettings": first }),
    )
    .await;
    let read = post(&fake, Operation::GetKisiIntegrationV2, json!({})).await;
    assert_eq!(
        read["orgIntegrationV2"],
        json!({ "integration": "KISI", "enabled": true, "placeToSettingsMap": places, "future": 1 })
    );

    let second = json!({ "integration": "KISI", "enabled": false, "orgUuid": id(100), "placeToSettingsMap": {} });
    post(
        &fake,
        Operation::UpdateKisiIntegrationV2,
        json!({ "kisiSettings": second }),
    )
    .await;
    let read = post(&fake, Operation::GetKisiIntegration, json!({})).await;
    // The second version has no doors at the root, so that it does not take them away.
    assert_eq!(
        read["kisiSettings"],
        json!({ "enabled": false, "doorInfoMap": { "42": {} }, "placeToSettingsMap": {} })
    );

    for delete in [Operation::DeleteKisiIntegration, Operation::DeleteKisiIntegrationV2] {
        post(
            &fake,
            Operation::UpdateKisiIntegration,
            json!({ "kisiSettings": first }),
        )
        .await;
        assert_eq!(post(&fake, delete, json!({})).await, json!({ "error": false }));
        let none = post(&fake, Operation::GetKisiIntegrationV2, json!({})).await;
        assert_eq!(none["orgIntegrationV2"], Value::Null);
        let none = post(&fake, Operation::GetKisiIntegration, json!({})).await;
        assert_eq!(none["kisiSettings"], Value::Null);
    }
}

#[tokio::test]
async fn an_update_replaces_or_merges_at_choice() {
    let first =
        json!({ "kisiSettings": { "enabled": true, "saveClips": true, "defaultOptions": { "saveClips": true } } });
    let second = json!({ "kisiSettings": { "enabled": null, "defaultOptions": { "createSeekPoints": true } } });
    for (mode, expected) in [
        (
            UpdateMode::Replace,
            json!({ "enabled": null, "defaultOptions": { "createSeekPoints": true } }),
        ),
        (
            UpdateMode::Merge,
            json!({ "enabled": null, "saveClips": true, "defaultOptions": { "saveClips": true, "createSeekPoints": true } }),
        ),
    ] {
        let fake = builder().update_mode(mode).start().await.unwrap();
        post(&fake, Operation::UpdateKisiIntegration, first.clone()).await;
        post(&fake, Operation::UpdateKisiIntegration, second.clone()).await;
        assert_eq!(fake.settings_json(), expected, "{mode:?}");
    }
}

#[tokio::test]
async fn an_update_has_the_form_of_the_document() {
    let fake = start().await;
    for (operation, body) in [
        (Operation::UpdateKisiIntegration, json!({})),
        (Operation::UpdateKisiIntegration, json!({ "kisiSettings": null })),
        (Operation::UpdateKisiIntegration, json!({ "kisiSettings": [] })),
        (
            Operation::UpdateKisiIntegration,
            json!({ "kisiSettings": { "enabled": "secret-text" } }),
        ),
        (
            Operation::UpdateKisiIntegration,
            json!({ "kisiSettings": { "placeId": 2_147_483_648_i64 } }),
        ),
        // A union is told apart by its property.
        (
            Operation::UpdateKisiIntegrationV2,
            json!({ "kisiSettings": { "enabled": true } }),
        ),
        (
            Operation::UpdateKisiIntegrationV2,
            json!({ "kisiSettings": { "integration": "PAR_POS" } }),
        ),
        (Operation::GetKisiPlaces, json!({ "apiSecretKey": 1 })),
        (Operation::UnlockKisiDoor, json!({ "placeId": "7" })),
    ] {
        let response = raw(&fake, "POST", operation.path(), &OWN, &body.to_string()).await;
        assert_eq!(response.status, 400, "{operation:?} {body}");
        assert!(!response.body.contains("secret-text"), "{}", response.body);
    }
    assert_eq!(fake.settings_json(), Value::Null);
}

#[tokio::test]
async fn places_and_doors_need_a_key_that_kisi_accepts() {
    let fake = start().await;
    assert_eq!(
        post(&fake, Operation::GetKisiPlaces, json!({ "apiSecretKey": "kisi-key" })).await,
        json!({ "error": false, "authError": false, "places": [{ "id": 7, "name": "HQ" }, { "id": 8, "name": "Annex" }] })
    );
    assert_eq!(
        post(&fake, Operation::GetKisiDoors, json!({ "apiSecretKey": "kisi-key" })).await,
        json!({ "error": false, "authError": false, "placeToDoorMap": { "7": [{ "id": 42, "name": "Lobby" }], "8": [] } })
    );
    for operation in [Operation::GetKisiPlaces, Operation::GetKisiDoors] {
        for body in [
            json!({ "apiSecretKey": "another" }),
            json!({ "apiSecretKey": null }),
            json!({}),
        ] {
            let response = post(&fake, operation, body).await;
            assert_eq!(response["authError"], true);
            assert!(response.get("places").is_none() && response.get("placeToDoorMap").is_none());
        }
    }
}

#[tokio::test]
async fn a_door_is_unlocked_and_counted() {
    let fake = start().await;
    let unlock = |door: i32, camera: String| json!({ "placeId": 7, "doorId": door, "cameraUuid": camera });
    let plain = id(1).to_string();
    for camera in [plain.clone(), format!("{plain}.v0")] {
        let response = post(&fake, Operation::UnlockKisiDoor, unlock(42, camera)).await;
        assert_eq!(response, json!({ "error": false }));
    }
    for body in [
        unlock(43, plain.clone()),
        unlock(42, id(9).to_string()),
        json!({ "placeId": 7 }),
    ] {
        let response = post(&fake, Operation::UnlockKisiDoor, body).await;
        assert_eq!(response["error"], true);
        assert!(response["errorMsg"].is_string());
    }
    let door = |may_be: bool| json!({ "42": { "remoteUnlock": may_be } });
    for (settings, is_error) in [
        (json!({ "doorInfoMap": door(false) }), true),
        (
            json!({ "placeToSettingsMap": { "7": { "doorInfoMap": door(false) } } }),
            true,
        ),
        (
            json!({ "placeToSettingsMap": { "8": { "doorInfoMap": door(false) } }, "doorInfoMap": door(true) }),
            false,
        ),
    ] {
        fake.set_settings(settings).unwrap();
        let response = post(&fake, Operation::UnlockKisiDoor, json!({ "placeId": 7, "doorId": 42 })).await;
        assert_eq!(response["error"], is_error);
        assert_eq!(fake.requests().last().unwrap().was_carried_out(), !is_error);
    }
    // One whose response is lost is one all the same.
    fake.inject(Fault::cut().carried_out());
    let body = unlock(42, plain).to_string();
    bytes(&fake, "POST", Operation::UnlockKisiDoor.path(), &OWN, &body).await;
    assert_eq!((fake.unlock_count(42), fake.unlock_count(43)), (4, 0));
    let camera = fake.unlocks()[1].camera.clone();
    assert_eq!(camera.unwrap().as_str(), "AAAAAAAAAAAAAAAAAAAAAQ.v0");
    assert_eq!(
        (fake.unlocks()[1].place, fake.unlocks()[1].organization.clone()),
        (7, id(100))
    );
}

// ---- Beside those ----------------------------------------------------------------------------------------------------

#[tokio::test]
async fn locations_and_clients_are_listed() {
    let fake = start().await;
    let locations = post(&fake, Operation::GetLocations, json!({ "subLocationsIncluded": true })).await;
    assert_eq!(
        locations["locations"],
        json!([{ "uuid": id(10), "name": "Main street" }])
    );

    let path = Operation::GetPartnerClientsV2.path();
    assert_eq!(path, "/api/partner/getClientsV2");
    let headers = [("x-auth-apikey", "partner-key"), ("x-auth-scheme", "partner-api-token")];
    let clients = raw(&fake, "POST", path, &headers, "{}").await;
    assert_eq!(
        clients.json()["clients"],
        json!([
            { "clientOrgUuid": id(100), "clientOrgName": "North", "clientAccessAllowed": true },
            { "clientOrgUuid": id(101), "clientOrgName": "South", "clientAccessAllowed": false },
        ])
    );
    fake.set_habits(Habits::none().partner_clients());
    let clients = raw(&fake, "POST", path, &headers, "{}").await;
    assert_eq!(
        clients.json()["partnerClients"],
        json!([{ "orgUuid": id(100), "name": "North" }, { "orgUuid": id(101), "name": "South" }])
    );
    let own = raw(&fake, "POST", path, &OWN, "{}").await;
    assert_eq!(own.status, 403);
}
