//! The examples, against the fake server.
#![allow(clippy::unwrap_used)] // In tests, that is what failing means.
#![allow(dead_code)] // Each has a `main` of its own.

#[path = "../examples/diagnose.rs"]
mod diagnose;
#[path = "../examples/match_errors.rs"]
mod match_errors;
#[path = "../examples/migrate_to_v2.rs"]
mod migrate_to_v2;
#[path = "../examples/names.rs"]
mod names;
#[path = "../examples/nightly_sync.rs"]
mod nightly_sync;
#[path = "../examples/record.rs"]
mod record;
#[path = "../examples/review_plan.rs"]
mod review_plan;
#[path = "../examples/settings_file.rs"]
mod settings_file;
#[path = "../examples/two_writers.rs"]
mod two_writers;
#[path = "../examples/unlock_door.rs"]
mod unlock_door;
#[path = "../examples/web_service.rs"]
mod web_service;

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use rhombus_kisi::{Client, RetryPolicy, RhombusUuid};
use rhombus_kisi_fake::{Fake, Fault, Operation, Organization, id};
use serde_json::{Value, json};
use tokio::net::TcpListener;

type Main = fn() -> Result<(), Box<dyn std::error::Error>>;

/// Those that show something against a fake server and end. Each checks what it shows.
const RUN: [(&str, Main); 8] = [
    ("diagnose", diagnose::main),
    ("match_errors", match_errors::main),
    ("migrate_to_v2", migrate_to_v2::main),
    ("names", names::main),
    ("review_plan", review_plan::main),
    ("settings_file", settings_file::main),
    ("two_writers", two_writers::main),
    ("unlock_door", unlock_door::main),
];

/// Those that are tested below or elsewhere: a service that does not end, one that reads the environment, and two programs.
const ELSEWHERE: [&str; 6] = [
    "doors",
    "list_doors",
    "nightly_sync",
    "record",
    "update_kisi_integration",
    "web_service",
];

/// The longest example, but for `update_kisi_integration`, which is a program.
const SCREEN: usize = 80;

#[test]
fn each_is_one_screen_and_is_run() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("examples");
    let mut names = BTreeSet::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_stem().unwrap().to_str().unwrap().to_owned();
        let lines = fs::read_to_string(&path).unwrap().lines().count();
        assert!(
            lines <= SCREEN || name == "update_kisi_integration",
            "{name}: {lines} lines"
        );
        names.insert(name);
    }
    let listed = RUN.iter().map(|(name, _)| *name).chain(ELSEWHERE);
    assert_eq!(names, listed.map(str::to_owned).collect::<BTreeSet<_>>());
}

#[test]
fn each_does_what_it_shows() {
    for (name, main) in RUN {
        if let Err(error) = main() {
            panic!("{name}: {error}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_nightly_sync_brings_40_organisations_in_line() {
    let ids: Vec<RhombusUuid> = (100..140).map(id).collect();
    let settings = json!({ "enabled": true, "futureProperty": 1, "doorInfoMap": { "42": { "doorName": "Lobby" } } });
    let mut builder = Fake::builder();
    for (at, id) in ids.iter().enumerate() {
        let mut settings = settings.clone();
        // Every fourth is in line already.
        if at % 4 == 0 {
            settings["saveClips"] = json!(true);
            settings["createSeekPoints"] = json!(true);
        }
        builder = builder.organization(Organization::new(id.clone(), "A client").settings(settings));
    }
    let forbidden = Fault::forbidden().for_organization(id(105)).always();
    let busy = Fault::rate_limited(0)
        .on(Operation::UpdateKisiIntegration)
        .for_organization(id(106));
    let fake = builder.fault(forbidden).fault(busy).start().await.unwrap();
    let partner = Client::builder()
        .partner_key("key")
        .endpoint(fake.url())
        .build()
        .unwrap();

    let results = nightly_sync::sync(&partner, &ids).await;
    assert_eq!(results.len(), 40);
    for (at, one) in results.iter().enumerate() {
        match (&one.result, at) {
            (Err(failed), 5) => assert!(
                failed.0.contains("nothing was written") && failed.0.contains("403"),
                "{failed:?}"
            ),
            (result, at) => assert_eq!(*result.as_ref().unwrap(), if at % 4 == 0 { 0 } else { 2 }, "{at}"),
        }
    }
    for (at, (_, stored)) in fake.all_settings().iter().enumerate() {
        assert_eq!(stored["saveClips"] == true, at != 5, "{at}");
        assert_eq!(
            (&stored["futureProperty"], &stored["doorInfoMap"]["42"]["doorName"]),
            (&json!(1), &json!("Lobby"))
        );
    }
    // 30 need a change, one of those is forbidden, and another is throttled once.
    assert_eq!(fake.count(Operation::UpdateKisiIntegration), 30);
    assert!(fake.unlocks().is_empty());
}

/// The web service with a fake server behind it: its address.
async fn serve() -> (Fake, String) {
    let settings = json!({ "placeToSettingsMap": { "7": { "doorInfoMap": { "42": { "doorName": "Lobby" } } } } });
    let organization = Organization::example().settings(settings);
    let fake = Fake::builder().organization(organization).start().await.unwrap();
    let builder = Client::builder().api_key("key").endpoint(fake.url());
    let client = builder.retry(RetryPolicy::none()).build().unwrap();
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move { axum::serve(listener, web_service::service(client)).await });
    (fake, format!("http://{address}"))
}

async fn put(url: &str, path: &str) -> (u16, Option<String>, Value) {
    let http = rhombus_kisi::reqwest::Client::new();
    let response = http.put(format!("{url}{path}")).send().await.unwrap();
    let status = response.status().as_u16();
    let wait = response
        .headers()
        .get("retry-after")
        .map(|wait| wait.to_str().unwrap().to_owned());
    let body = response.text().await.unwrap();
    (status, wait, serde_json::from_str(&body).unwrap_or(Value::Null))
}

fn cameras(fake: &Fake) -> usize {
    let settings = fake.settings_json();
    let list = settings.pointer("/placeToSettingsMap/7/doorInfoMap/42/assignedCameraList");
    list.and_then(Value::as_array).map(Vec::len).unwrap_or_default()
}

#[tokio::test(flavor = "multi_thread")]
async fn the_web_service_keeps_the_cameras_of_all_that_call_at_once() {
    let (fake, url) = serve().await;
    let calls = (1..=10).map(|number| {
        let (url, path) = (url.clone(), format!("/places/7/doors/42/cameras/{}", id(number)));
        tokio::spawn(async move { put(&url, &path).await })
    });
    for call in calls.collect::<Vec<_>>() {
        let (status, _, body) = call.await.unwrap();
        assert_eq!(status, 200, "{body}");
        assert_eq!(body["changes"].as_array().map(Vec::len), Some(1), "{body}");
    }
    assert_eq!(cameras(&fake), 10);
    // One that is there changes nothing.
    let (status, _, body) = put(&url, &format!("/places/7/doors/42/cameras/{}", id(1))).await;
    assert_eq!((status, &body["changes"], cameras(&fake)), (200, &json!([]), 10));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_web_service_says_what_went_wrong() {
    let (fake, url) = serve().await;
    let (status, _, body) = put(&url, "/places/7/doors/42/cameras/lobby").await;
    assert_eq!((status, &body["written"]), (400, &json!("NothingWritten")));
    assert!(body["error"].as_str().unwrap().contains("camera"), "{body}");

    fake.inject(Fault::rate_limited(9).on(Operation::GetKisiIntegration));
    let (status, wait, body) = put(&url, &format!("/places/7/doors/42/cameras/{}", id(1))).await;
    assert_eq!(
        (status, wait.as_deref(), &body["written"]),
        (503, Some("9"), &json!("NothingWritten"))
    );
    assert_eq!(cameras(&fake), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_web_service_passes_a_rejection_on() {
    let (fake, url) = serve().await;
    fake.inject(Fault::rejected("not today").on(Operation::UpdateKisiIntegration));
    let (status, _, body) = put(&url, &format!("/places/7/doors/42/cameras/{}", id(1))).await;
    assert_eq!(status, 502, "{body}");
    assert!(body["error"].as_str().unwrap().contains("not today"), "{body}");
    assert_eq!(cameras(&fake), 0);
}

#[tokio::test]
async fn what_was_recorded_is_played_back() {
    let settings = json!({ "placeToSettingsMap": { "7": { "doorInfoMap": { "42": { "doorName": "Lobby" } } } } });
    let fake = Fake::builder()
        .organization(Organization::example().settings(settings))
        .start()
        .await
        .unwrap();
    let live = Client::builder().api_key("key").endpoint(fake.url()).build().unwrap();
    let tape = record::Tape::default();
    // The credentials of the client underneath are sent, not these.
    let over = |transport: record::Recorder| Client::builder().api_key("any").transport(transport).build().unwrap();
    let recorded = over(record::Recorder(live.transport(), tape.clone()));
    let work = async |client: &Client| {
        client.unlock_door(7, 42).await?;
        client
            .update_kisi_settings_v2(|s| s.place(7, |place| place.save_clips(true)))
            .await
            .map_err(rhombus_kisi::Error::from)?;
        client.kisi_integration_v2().await
    };
    let first = work(&recorded).await.unwrap();
    let calls = fake.requests().len();
    assert_eq!(format!("{tape:?}"), format!("{calls} calls"));
    let replayed = Client::builder()
        .api_key("any")
        .transport(record::Replay(tape))
        .build()
        .unwrap();
    let second = work(&replayed).await.unwrap();
    assert_eq!(second.settings(), first.settings());
    assert_eq!((fake.requests().len(), fake.unlocks().len()), (calls, 1));
    assert!(
        replayed
            .kisi_integration_v2()
            .await
            .unwrap_err()
            .report()
            .contains("another call here")
    );
}
