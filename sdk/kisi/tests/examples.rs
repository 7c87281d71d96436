//! The examples, against the fake server.
#![allow(clippy::unwrap_used)] // In tests, that is what failing means.
#![allow(dead_code)] // Each has a `main` of its own.

#[path = "../examples/nightly_sync.rs"]
mod nightly_sync;
#[path = "../examples/record.rs"]
mod record;
#[path = "../examples/web_service.rs"]
mod web_service;

use rhombus_kisi::{Client, RetryPolicy, RhombusUuid};
use rhombus_kisi_fake::{Fake, Fault, Operation, Organization, id};
use serde_json::{Value, json};
use tokio::net::TcpListener;

const EXAMPLES: [&str; 3] = [
    include_str!("../examples/nightly_sync.rs"),
    include_str!("../examples/record.rs"),
    include_str!("../examples/web_service.rs"),
];

#[test]
fn each_is_one_screen() {
    for example in EXAMPLES {
        assert!(example.lines().count() <= 80, "{}", example.lines().next().unwrap());
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
