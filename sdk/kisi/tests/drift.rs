//! What the vendor changes is seen first by its names, counted once a call, and never by its values.
#![allow(clippy::unwrap_used, clippy::panic)] // In tests, a broken set-up is a failed test.

use std::sync::{Arc, Mutex};

use futures_util::future::join_all;
use rhombus_kisi::drift::{DriftReport, FindingKind};
use rhombus_kisi::events::Event;
use rhombus_kisi::{Client, Error};
use rhombus_kisi_fake::{Fake, Fault, Habits, Organization, Partner, id};
use serde_json::{Value, json};

const SECRET: &str = "hunter22-secret";

/// Settings with something new in each place.
fn settings() -> Value {
    json!({
        "enabled": true,
        "apiSecretKey": "key-of-kisi",
        "future": { SECRET: SECRET },
        "placeToSettingsMap": {
            SECRET: {
                "placeColour": SECRET,
                "doorInfoMap": { SECRET: { "doorColour": SECRET }, "43": { "doorColour": 2 } },
            },
        },
    })
}

async fn start(settings: Value) -> Fake {
    let organization = Organization::new(id(100), "Example").settings(settings);
    Fake::builder().organization(organization).start().await.unwrap()
}

/// A client, and the drift that it told of.
fn client(fake: &Fake) -> (Client, Arc<Mutex<Vec<String>>>) {
    let told = Arc::<Mutex<Vec<String>>>::default();
    let tell = told.clone();
    let builder = Client::builder().api_key("key").endpoint(fake.url());
    let builder = builder.on_event(move |event| {
        if let Event::Drift { operation, path, .. } = event {
            tell.lock().unwrap().push(format!("{operation} {path}"));
        }
    });
    (builder.build().unwrap(), told)
}

fn paths(report: &DriftReport) -> Vec<(&str, &str)> {
    let of = |finding: &rhombus_kisi::drift::DriftFinding| finding.operation.len();
    let mut findings: Vec<_> = report.findings.iter().collect();
    findings.sort_by_key(|finding| of(finding));
    findings
        .iter()
        .map(|finding| (finding.operation, finding.path.as_str()))
        .collect()
}

#[tokio::test]
async fn a_new_property_is_one_finding_however_often_it_comes() {
    let fake = start(json!({ "enabled": true, "apiSecretKey": "key-of-kisi", "future": SECRET })).await;
    let (client, told) = client(&fake);
    assert!(client.drift().is_empty());
    for _ in 0..5 {
        client.kisi_integration().await.unwrap();
    }
    let report = client.clone().drift();
    let [finding] = &report.findings[..] else {
        panic!("{report}")
    };
    assert_eq!(
        (finding.operation, finding.kind, finding.path.as_str()),
        (
            "getKisiIntegration",
            FindingKind::UnknownProperty,
            "$.kisiSettings.future"
        )
    );
    assert_eq!((finding.responses, finding.occurrences, report.others), (5, 5, 0));
    assert_eq!(*told.lock().unwrap(), ["getKisiIntegration $.kisiSettings.future"]);
}

#[tokio::test]
async fn both_versions_have_their_places_and_no_value_or_key_is_told() {
    let fake = start(settings()).await;
    let (client, told) = client(&fake);
    client.kisi_integration().await.unwrap();
    client.kisi_integration_v2().await.unwrap();
    let report = client.drift();
    let below = |root: &str| {
        [
            "future",
            "placeToSettingsMap.*.doorInfoMap.*.doorColour",
            "placeToSettingsMap.*.placeColour",
        ]
        .map(|path| format!("{root}.{path}"))
    };
    let (v1, v2) = (below("$.kisiSettings"), below("$.orgIntegrationV2"));
    let expected: Vec<_> = (v1.iter().map(|path| ("getKisiIntegration", path.as_str())))
        .chain(v2.iter().map(|path| ("getKisiIntegrationV2", path.as_str())))
        .collect();
    assert_eq!(paths(&report), expected);
    let doors = report
        .findings
        .iter()
        .filter(|finding| finding.path.ends_with("doorColour"));
    assert!(
        doors
            .clone()
            .all(|finding| (finding.responses, finding.occurrences) == (1, 2)),
        "{report:?}"
    );
    assert_eq!(doors.count(), 2);
    let json = serde_json::to_string(&report).unwrap();
    let shown = format!("{report} {report:?} {json} {:?}", told.lock().unwrap());
    assert!(!shown.contains(SECRET), "{shown}");
}

#[tokio::test]
async fn a_value_of_another_type_fails_the_call_and_is_told() {
    let fake = start(settings()).await;
    let body =
        r#"{"kisiSettings":{"placeToSettingsMap":{"7":{"doorInfoMap":{"43":{"clipDuration":"hunter22-secret"}}}}}}"#;
    fake.inject(Fault::garbage_of(body));
    let (client, _) = client(&fake);
    let error = client.kisi_integration().await.unwrap_err();
    assert!(matches!(error, Error::Decode(_)), "{error}");
    let report = client.drift();
    let [finding] = &report.findings[..] else {
        panic!("{report}")
    };
    assert_eq!(finding.kind, FindingKind::OtherType);
    assert_eq!(
        finding.path,
        "$.kisiSettings.placeToSettingsMap.*.doorInfoMap.*.clipDuration"
    );
}

#[tokio::test]
async fn another_integration_is_told_where_the_document_has_none_of_that_name() {
    let fake = start(settings()).await;
    let (client, _) = client(&fake);
    for (integration, count) in [("BRIVO", 0), ("FUTURE_LOCKS", 1)] {
        let body = json!({ "orgIntegrationV2": { "integration": integration, "secret": SECRET } });
        fake.inject(Fault::garbage_of(body.to_string()));
        let _ = client.kisi_integration_v2().await;
        let report = client.drift();
        assert_eq!(report.findings.len(), count, "{report}");
    }
    let finding = &client.drift().findings[0];
    assert_eq!(
        (finding.kind, finding.path.as_str()),
        (FindingKind::UnknownVariant, "$.orgIntegrationV2")
    );
}

#[cfg(feature = "directory")]
#[tokio::test]
async fn what_the_document_has_and_the_sdk_leaves_untyped_is_no_drift() {
    let fake = start(settings()).await;
    let (client, _) = client(&fake);
    let body = json!({ "cameraStates": [{ "uuid": id(1), "name": "a", "firmwareVersion": "1", "ip": "10.0.0.1" }] });
    fake.inject(Fault::garbage_of(body.to_string()));
    let request = rhombus_kisi::Request::new(&rhombus_kisi_client::operations::GET_MINIMAL_CAMERA_STATE_LIST);
    let request = request.json(&json!({})).unwrap();
    let transport = client.transport();
    let cameras: rhombus_kisi::types::GetMinimalCameraStateListResponse =
        rhombus_kisi_runtime::call(&*transport, request).await.unwrap();
    assert_eq!(cameras.camera_states.get().unwrap().len(), 1);
    assert!(client.drift().is_empty(), "{}", client.drift());
}

#[tokio::test]
async fn clones_for_all_organisations_share_the_counts_and_64_calls_count_exactly() {
    let ids = [id(100), id(101)];
    let mut builder = Fake::builder();
    let mut partner = Partner::new().api_key("partner-key");
    for id in &ids {
        let settings = json!({ "enabled": true, "apiSecretKey": "key-of-kisi", "future": 1 });
        builder = builder.organization(Organization::new(id.clone(), "Example").settings(settings));
        partner = partner.client(id.clone());
    }
    let fake = builder.partner(partner).start().await.unwrap();
    let told = Arc::<Mutex<u32>>::default();
    let tell = told.clone();
    let client = Client::builder().partner_key("partner-key").endpoint(fake.url());
    let client = client.on_event(move |_| *tell.lock().unwrap() += 1).build().unwrap();
    let clients = ids.map(|id| client.for_organization(id).unwrap());
    let calls = clients.iter().cycle().take(64).map(|client| client.kisi_integration());
    for result in join_all(calls).await {
        result.unwrap();
    }
    let report = client.drift();
    let [finding] = &report.findings[..] else {
        panic!("{report}")
    };
    assert_eq!((finding.responses, finding.occurrences), (64, 64));
    assert_eq!(*told.lock().unwrap(), 1);
}

#[tokio::test]
async fn as_many_names_as_a_server_likes_stay_bounded() {
    let fake = start(settings()).await;
    let (client, told) = client(&fake);
    for call in 0..3 {
        let names: serde_json::Map<_, _> = (0..100_000)
            .map(|number| (format!("n{call}_{number}"), json!(1)))
            .collect();
        fake.inject(Fault::garbage_of(Value::Object(names).to_string()));
        client.kisi_integration().await.unwrap();
    }
    let report = client.drift();
    assert_eq!(report.findings.len(), 500);
    assert_eq!(report.others, 300_000 - 500);
    assert_eq!(told.lock().unwrap().len(), 500);
    assert!(report.to_string().len() < 100_000);
}

#[tokio::test]
async fn the_habits_of_the_fake_are_found() {
    let fake = Fake::builder().habits(Habits::all()).start().await.unwrap();
    let (client, _) = client(&fake);
    let _ = client.kisi_integration().await;
    assert!(!client.drift().is_empty());
}
