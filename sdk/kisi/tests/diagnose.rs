//! Planted faults are found, each with its location and what to do; on a sound organisation there is nothing to find.
#![allow(clippy::unwrap_used)] // In tests, that is what failing means.

use rhombus_kisi::diagnose::{FindingKind, Report, Severity};
use rhombus_kisi::{Client, Error, RetryPolicy};
use rhombus_kisi_fake::{Fake, Fault, Operation, Organization, id};
use serde_json::{Value, json};

const KEY: &str = "key-of-rhombus";
const KISI_KEY: &str = "key-of-kisi";

/// Place 7 has doors 42 and 43, each with a camera.
fn sound() -> Value {
    json!({
        "integration": "KISI", "enabled": true, "apiSecretKey": KISI_KEY,
        "placeToSettingsMap": { "7": {
            "placeName": "HQ", "rhombusToken": "token-of-rhombus", "webhookId": 9,
            "doorInfoMap": {
                "42": { "doorName": "Lobby", "locationUuid": id(10), "clipDuration": 20, "assignedCameraList": [id(1)] },
                "43": { "doorName": "Side door", "locationUuid": id(10), "assignedCameraList": [format!("{}.v0", id(2))] },
            },
        } },
    })
}

fn organization() -> Organization {
    Organization::example().api_key(KEY)
}

async fn start(organization: Organization) -> (Fake, Client) {
    let fake = Fake::builder()
        .organization(organization)
        .kisi_api_key(KISI_KEY)
        .start()
        .await
        .unwrap();
    let client = client(&fake, KEY);
    (fake, client)
}

fn client(fake: &Fake, key: &str) -> Client {
    let builder = Client::builder().api_key(key).endpoint(fake.url());
    builder.retry(RetryPolicy::none()).build().unwrap()
}

/// The report, after which the server has seen nothing but reads.
async fn diagnose(fake: &Fake, client: &Client) -> Report {
    let before = fake.all_settings();
    let report = client.diagnose().await.unwrap();
    only_read(fake);
    assert_eq!(fake.all_settings(), before);
    report
}

fn only_read(fake: &Fake) {
    let allowed = [
        Operation::GetKisiIntegration,
        Operation::GetKisiIntegrationV2,
        Operation::GetKisiDoors,
        Operation::GetMinimalCameraStateList,
    ];
    let requests = fake.requests();
    assert!(!requests.is_empty());
    assert!(
        requests
            .iter()
            .all(|request| request.operation().is_some_and(|is| allowed.contains(&is)))
    );
    assert!(fake.unlocks().is_empty());
}

fn found(report: &Report) -> Vec<(&'static str, String)> {
    let findings = report.findings().iter();
    findings
        .map(|finding| (finding.kind.code(), finding.location.to_string()))
        .collect()
}

#[tokio::test]
async fn on_a_sound_organisation_there_is_nothing_to_find() {
    let (fake, client) = start(organization().settings(sound())).await;
    let report = diagnose(&fake, &client).await;
    assert_eq!(
        (found(&report), report.to_string()),
        (vec![], "nothing found".to_owned())
    );
    assert!(report.is_sound() && report.worst().is_none());
    assert_eq!(serde_json::to_value(&report).unwrap(), json!({ "findings": [] }));
}

/// What is planted, by a change of the settings; where it is found, as what.
#[tokio::test]
async fn each_planted_fault_is_found_and_nothing_else() {
    type Plant = fn(&mut Value);
    let door = r#"$.placeToSettingsMap["7"].doorInfoMap["42"]"#;
    type Found<'a> = &'a [(&'a str, &'a str)];
    let table: &[(&str, Plant, Found<'_>)] = &[
        (
            "no integration",
            |all| *all = Value::Null,
            &[("no-integration", "the integration")],
        ),
        (
            "switched off",
            |all| all["enabled"] = json!(false),
            &[("disabled", "$.enabled")],
        ),
        (
            "no key of Kisi",
            |all| all["apiSecretKey"] = Value::Null,
            &[("no-kisi-key", "$.apiSecretKey")],
        ),
        (
            "an old key of Kisi",
            |all| all["apiSecretKey"] = json!("old-key"),
            &[("kisi-key-rejected", "the integration")],
        ),
        (
            "a masked key",
            |all| all["apiSecretKey"] = json!("****kisi"),
            &[("masked-secret", "$.apiSecretKey")],
        ),
        (
            "a masked token",
            |all| place(all)["rhombusToken"] = json!("***"),
            &[("masked-secret", r#"$.placeToSettingsMap["7"].rhombusToken"#)],
        ),
        (
            "no webhook",
            |all| place(all)["webhookId"] = Value::Null,
            &[("no-webhook", r#"place 7 "HQ""#)],
        ),
        (
            "no token",
            |all| place(all)["rhombusToken"] = Value::Null,
            &[("no-token", r#"place 7 "HQ""#)],
        ),
        (
            "misconfigured by Rhombus",
            |all| place(all)["misconfiguredDoors"] = json!([42]),
            &[("misconfigured", r#"place 7 "HQ""#)],
        ),
        (
            "a door that Kisi does not know",
            |all| place(all)["doorInfoMap"]["50"] = json!({ "doorName": "Attic", "assignedCameraList": [id(1)] }),
            &[("unknown-door", r#"door 50 "Attic" at place 7"#)],
        ),
        (
            "a door of Kisi without cameras",
            |all| place(all)["doorInfoMap"]["42"]["assignedCameraList"] = json!([]),
            &[("door-without-camera", r#"door 42 "Lobby" at place 7"#)],
        ),
        (
            "a door of Kisi that the settings lack",
            |all| drop(place(all)["doorInfoMap"].as_object_mut().unwrap().remove("43")),
            &[("door-without-camera", r#"door 43 "Side door" at place 7"#)],
        ),
        (
            "a camera that is gone",
            |all| place(all)["doorInfoMap"]["42"]["assignedCameraList"] = json!([id(1), id(5)]),
            &[("camera-gone", "camera AAAAAAAAAAAAAAAAAAAABQ of door 42")],
        ),
        (
            "a camera that is not connected",
            |all| place(all)["doorInfoMap"]["42"]["assignedCameraList"] = json!([id(1), id(3)]),
            &[("camera-offline", r#"camera AAAAAAAAAAAAAAAAAAAAAw "Garage" of door 42"#)],
        ),
        (
            "a door under two places",
            |all| {
                let copy = place(all)["doorInfoMap"]["42"].clone();
                all["placeToSettingsMap"]["8"] =
                    json!({ "doorInfoMap": { "42": copy }, "webhookId": 9, "rhombusToken": "another" });
            },
            &[
                ("door-in-two-places", r#"door 42 "Lobby""#),
                ("door-at-other-place", r#"door 42 "Lobby" at place 8"#),
            ],
        ),
        (
            "a door under two locations",
            |all| all["doorInfoMap"] = json!({ "42": { "locationUuid": id(11) } }),
            &[
                ("door-in-two-locations", r#"door 42 "Lobby""#),
                ("deprecated-version", "the integration"),
                ("maps-contradict", r#"door 42 "Lobby" at place 7"#),
            ],
        ),
        (
            "doors at the root",
            |all| all["doorToCameraMap"] = json!({ "42": [id(1)] }),
            &[("deprecated-version", "the integration")],
        ),
        (
            "maps that contradict one another: the flat one",
            |all| all["doorToCameraMap"] = json!({ "42": [id(2)] }),
            &[
                ("deprecated-version", "the integration"),
                ("maps-contradict", r#"door 42 "Lobby" at place 7"#),
            ],
        ),
        (
            "maps that contradict one another: the one at the root",
            |all| {
                all["doorInfoMap"] =
                    json!({ "42": { "doorName": "Lobby", "clipDuration": 30, "assignedCameraList": [id(2)] } })
            },
            &[
                ("deprecated-version", "the integration"),
                ("maps-contradict", r#"door 42 "Lobby" at place 7"#),
                ("maps-contradict", r#"door 42 "Lobby" at place 7"#),
            ],
        ),
        (
            "maps that contradict one another: both at the root",
            |all| {
                *all = json!({ "enabled": true, "apiSecretKey": KISI_KEY, "webhookId": 9, "rhombusToken": "token-of-rhombus",
                    "doorInfoMap": { "42": { "assignedCameraList": [id(1)] }, "43": { "assignedCameraList": [id(2)] } },
                    "doorToCameraMap": { "42": [id(2), id(1)] } });
            },
            &[
                ("deprecated-version", "the integration"),
                ("maps-contradict", "door 42"),
            ],
        ),
        (
            "a stale SDK: a property",
            |all| {
                for id in ["42", "43"] {
                    place(all)["doorInfoMap"][id]["floor"] = json!(1);
                }
            },
            &[(
                "unknown-property",
                r#"$.placeToSettingsMap["7"].doorInfoMap["42"].floor"#,
            )],
        ),
        (
            "a stale SDK: a value",
            |all| all["integrationAuditMap"] = json!({ "1": { "integrationAuditEvent": "RENAME" } }),
            &[("unknown-value", r#"$.integrationAuditMap["1"].integrationAuditEvent"#)],
        ),
        (
            "a duration in milliseconds",
            |all| place(all)["doorInfoMap"]["42"]["clipDuration"] = json!(20_000),
            &[("suspicious-value", &format!("{door}.clipDuration"))],
        ),
    ];
    assert!(table.len() >= 15);
    for (name, plant, expected) in table {
        let mut settings = sound();
        plant(&mut settings);
        let organization = organization()
            .camera(id(3), "Garage", id(10))
            .camera_status("RED")
            .settings(settings);
        let (fake, client) = start(organization).await;
        let report = diagnose(&fake, &client).await;
        let expected: Vec<_> = expected.iter().map(|(code, at)| (*code, (*at).to_owned())).collect();
        assert_eq!(found(&report), expected, "{name}: {report}");
        for finding in report.findings() {
            assert!(finding.to_string().contains(finding.kind.advice()) && finding.kind.advice().len() > 10);
        }
        let shown = format!("{report} {report:?} {}", serde_json::to_string(&report).unwrap());
        assert!(
            !shown.contains(KISI_KEY) && !shown.contains("token-of-rhombus"),
            "{shown}"
        );
    }
}

fn place(settings: &mut Value) -> &mut Value {
    &mut settings["placeToSettingsMap"]["7"]
}

#[tokio::test]
async fn a_key_that_rhombus_rejects_is_a_finding() {
    let (fake, _) = start(organization().settings(sound())).await;
    let report = diagnose(&fake, &client(&fake, "another-key")).await;
    assert_eq!(found(&report), [("key-rejected", "the client".to_owned())]);
    assert_eq!(report.worst(), Some(Severity::Error));

    // A partner's key that acts for no organisation: its scheme is not what the operations need.
    let partner = Client::builder().partner_key(KEY).endpoint(fake.url()).build().unwrap();
    let report = diagnose(&fake, &partner).await;
    assert_eq!(found(&report), [("key-rejected", "the client".to_owned())]);
}

#[tokio::test]
async fn another_integration_is_named() {
    let (fake, client) = start(organization().settings(sound())).await;
    let other = r#"{"orgIntegrationV2":{"integration":"BRIVO"}}"#;
    fake.inject(Fault::garbage_of(other).on(Operation::GetKisiIntegrationV2));
    fake.inject(Fault::garbage_of("{}").on(Operation::GetKisiIntegration));
    let report = diagnose(&fake, &client).await;
    let expected = FindingKind::OtherIntegration {
        found: Some("BRIVO".to_owned()),
    };
    assert_eq!(report.findings()[0].kind, expected, "{report}");
}

#[tokio::test]
async fn a_masked_key_can_be_given_to_be_checked() {
    let mut settings = sound();
    settings["apiSecretKey"] = json!("****kisi");
    let (fake, client) = start(organization().settings(settings)).await;
    let report = client.diagnose().kisi_api_key(KISI_KEY).await.unwrap();
    assert_eq!(found(&report), [("masked-secret", "$.apiSecretKey".to_owned())]);
    assert!(report.is_sound() && fake.count(Operation::GetKisiDoors) == 1);
    let report = client.diagnose().kisi_api_key("another-key").await.unwrap();
    assert_eq!(found(&report)[0].0, "kisi-key-rejected");
    only_read(&fake);
}

#[tokio::test]
async fn a_check_that_fails_is_said_and_the_others_are_made() {
    let mut settings = sound();
    settings["enabled"] = json!(false);
    let (fake, client) = start(organization().settings(settings)).await;
    fake.inject(Fault::rejected("no doors today").on(Operation::GetKisiDoors));
    fake.inject(Fault::status(500).on(Operation::GetMinimalCameraStateList));
    let report = diagnose(&fake, &client).await;
    let codes: Vec<_> = found(&report).into_iter().map(|(code, _)| code).collect();
    assert_eq!(codes, ["disabled", "not-checked", "not-checked"]);
    assert!(report.to_string().contains("no doors today"), "{report}");

    fake.inject(Fault::status(500).on(Operation::GetKisiIntegration));
    let report = diagnose(&fake, &client).await;
    let codes: Vec<_> = found(&report).into_iter().map(|(code, _)| code).collect();
    assert_eq!(codes, ["disabled", "not-checked"]);
}

#[tokio::test]
async fn without_any_settings_the_reason_is_an_error() {
    let (fake, client) = start(organization().settings(sound())).await;
    fake.inject(Fault::status(500).always());
    let error = client.diagnose().await.unwrap_err();
    assert!(matches!(error, Error::Status { .. }), "{error}");
    only_read(&fake);
}

#[tokio::test]
async fn a_finding_has_a_form_for_machines() {
    let mut settings = sound();
    place(&mut settings)["doorInfoMap"]["50"] = json!({ "doorName": "A\nttic", "assignedCameraList": [id(1)] });
    let (fake, client) = start(organization().settings(settings)).await;
    let report = diagnose(&fake, &client).await;
    assert_eq!(
        serde_json::to_value(&report).unwrap(),
        json!({ "findings": [{
            "severity": "error", "code": "unknown-door", "message": "Kisi does not know the door",
            "location": { "type": "door", "place": "7", "id": "50", "name": "A\nttic" },
            "advice": "correct its id, or remove it from the settings; if it exists, give Kisi's key access to it",
        }] })
    );
    assert_eq!(
        report.to_string(),
        "1 error\n  error: door 50 \"A\\nttic\" at place 7: Kisi does not know the door; correct its id, or remove it from the \
         settings; if it exists, give Kisi's key access to it"
    );
}

#[tokio::test]
async fn what_a_server_says_is_on_lines_of_ours_and_not_at_length() {
    let hostile = format!("\u{1b}[31m\r\nINJECTED\u{2028}\u{202e}\u{200b} {}", "x".repeat(100_000));
    let mut settings = sound();
    let door = json!({ "doorName": hostile, "assignedCameraList": [hostile], "clipDuration": -1 });
    place(&mut settings)["placeName"] = json!(hostile);
    place(&mut settings)["webhookId"] = Value::Null;
    place(&mut settings)["doorInfoMap"][&hostile] = door.clone();
    place(&mut settings)["doorInfoMap"]["50"] = door;
    settings["doorToCameraMap"] = json!({ "50": [id(1)] });
    settings[&hostile] = json!(1);
    settings["integrationAuditMap"] = json!({ &hostile: { "integrationAuditEvent": hostile } });
    let (fake, client) = start(organization().settings(settings)).await;
    fake.inject(Fault::rejected(hostile.clone()).on(Operation::GetMinimalCameraStateList));
    let report = diagnose(&fake, &client).await;
    let codes: Vec<_> = found(&report).into_iter().map(|(code, _)| code).collect();
    for code in [
        "no-webhook",
        "unknown-door",
        "maps-contradict",
        "unknown-property",
        "unknown-value",
        "not-checked",
    ] {
        assert!(codes.contains(&code), "{code}: {codes:?}");
    }
    for shown in [report.to_string(), format!("{report:?}"), format!("{report:#?}")] {
        assert!(shown.len() < 40_000, "{}", shown.len());
        let is_odd = |one: char| {
            (one.is_control() && one != '\n') || matches!(one, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}')
        };
        assert!(!shown.contains(is_odd), "{shown}");
        assert!(
            !shown.lines().any(|line| line.trim_start().starts_with("INJECTED")),
            "{shown}"
        );
    }
}
