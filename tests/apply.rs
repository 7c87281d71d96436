//! What applying a plan sends, and when it refuses to.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)] // In tests, that is what failing means.

use std::time::Duration;

use rhombus_kisi::{Client, Error};
use rhombus_kisi_tests::{Fake, Version};
use serde_json::json;

async fn start() -> (Fake, Client) {
    let fake = Fake::start(Version::V1).await;
    let client = Client::builder().api_key("key").endpoint(fake.url()).build().unwrap();
    fake.reset(
        json!({"enabled": true, "apiSecretKey": "kisi", "doorInfoMap": {"42": {"doorName": "Lobby", "floor": 3}}}),
        1,
        false,
    );
    (fake, client)
}

#[tokio::test]
async fn an_empty_plan_sends_nothing() {
    let (fake, client) = start().await;
    let current = client.kisi_integration().await.unwrap();
    let plan = current.plan(&current.edit(|settings| settings.enabled(true)));
    assert_eq!(client.apply(plan).await.unwrap().outcome, None);
    assert_eq!(fake.calls(), (1, 0));
}

#[tokio::test]
async fn a_value_that_cannot_be_sent_is_refused_before_anything_is() {
    let (fake, client) = start().await;
    let current = client.kisi_integration().await.unwrap();
    let plan =
        current.plan(&current.edit(|settings| settings.place(7, |place| place.door(43, |door| door.camera("lobby")))));
    let refusal = "place 7: door 43: camera: a Rhombus id has 22 characters, this text has 5";
    assert_eq!(plan.refusal().as_deref(), Some(refusal));
    let error = client.apply(plan).await.unwrap_err();
    assert_eq!(error.to_string(), format!("{refusal}; nothing was sent"));
    assert_eq!(fake.calls(), (1, 0));
    let update = client
        .update_kisi_integration()
        .door(42, |door| door.clip_duration(Duration::from_millis(500)).location("x"));
    let error = update.send().await.unwrap_err();
    assert_eq!(
        error.to_string(),
        "door 42: clip_duration: the API takes whole seconds; nothing was sent"
    );
    assert_eq!(fake.calls(), (1, 0));
}

#[tokio::test]
async fn a_change_by_somebody_else_is_a_conflict() {
    let (fake, client) = start().await;
    let current = client.kisi_integration().await.unwrap();
    let plan = current.plan(&current.edit(|settings| settings.door(42, |door| door.name("Main"))));
    fake.change(|settings| settings["doorInfoMap"]["42"]["floor"] = json!(4));
    let error = client.apply(plan.clone()).await.unwrap_err();
    let Error::Conflict { paths } = &error else {
        panic!("{error}")
    };
    assert_eq!(paths, &["$.doorInfoMap[\"42\"].floor"]);
    assert_eq!(fake.calls().1, 0);
    client.apply(plan).overwrite().await.unwrap();
    assert_eq!(fake.settings()["doorInfoMap"]["42"]["doorName"], "Main");
    assert_eq!(fake.settings()["doorInfoMap"]["42"]["floor"], 4);
}

#[tokio::test]
async fn a_clear_is_sent_as_null() {
    let (fake, client) = start().await;
    let current = client.kisi_integration().await.unwrap();
    let desired = current.edit(|settings| {
        settings
            .clear_kisi_api_key()
            .door(42, |door| door.clear_name())
            .clear_place(7)
    });
    let plan = current.plan(&desired);
    client.apply(plan).verify().await.unwrap();
    let settings = fake.settings();
    for path in ["/apiSecretKey", "/doorInfoMap/42/doorName", "/placeToSettingsMap/7"] {
        assert_eq!(settings.pointer(path), Some(&json!(null)), "{path}");
    }
}

#[tokio::test]
async fn verifying_finds_what_did_not_stick() {
    use rhombus_kisi_httpmock::MockServerExt;
    use rhombus_kisi_httpmock::httpmock::MockServer;

    // A server that says yes and does nothing.
    let server = MockServer::start_async().await;
    server.get_kisi_integration(|_, then| {
        then.ok(&serde_json::from_str("{\"kisiSettings\":{\"enabled\":true,\"apiSecretKey\":\"****\"}}").unwrap());
    });
    server.update_kisi_integration(|_, then| {
        then.ok(&Default::default());
    });
    let client = Client::builder()
        .api_key("key")
        .endpoint(server.base_url())
        .build()
        .unwrap();
    let current = client.kisi_integration().await.unwrap();
    let plan = current.plan(&current.edit(|settings| settings.enabled(false).kisi_api_key("new")));
    let error = client.apply(plan).verify().await.unwrap_err();
    // Not the key: the server may well answer a mask.
    assert!(
        matches!(&error, Error::NotApplied { paths } if paths == &["$.enabled"]),
        "{error}"
    );
}
