//! The way from the first version of the settings to the second, against a server; and setting up where there is none.
#![allow(clippy::unwrap_used)] // In tests, that is what failing means.

use rhombus_kisi::types::{KisiIntegrationInput, KisiSettings};
use rhombus_kisi::{Client, Effect, Error, Settings, Snapshot};
use rhombus_kisi_fake::{Fake, Operation, Organization, id};
use serde_json::{Value, json};

async fn start(settings: Value) -> (Fake, Client) {
    let organization = Organization::example().settings(settings);
    let fake = Fake::builder()
        .organization(organization)
        .kisi_api_key("kisi-key")
        .start()
        .await
        .unwrap();
    let client = Client::builder()
        .api_key("any-key")
        .endpoint(fake.url())
        .build()
        .unwrap();
    (fake, client)
}

fn writes(fake: &Fake) -> usize {
    let all = fake.requests();
    all.iter()
        .filter(|request| request.operation().is_some_and(Operation::writes_settings))
        .count()
}

/// Doors 42 and 43 are at place 7 of the example.
fn v1(key: &str) -> Value {
    json!({
        "enabled": true, "apiSecretKey": key, "saveClips": true, "enablingUser": "Ann",
        "doorInfoMap": { "42": { "doorName": "Lobby", "clipDuration": 20, "assignedCameraList": [id(1)] } },
        "doorToCameraMap": { "43": [id(2)] },
    })
}

#[tokio::test]
async fn doors_move_to_their_places_as_kisi_has_them() {
    let (fake, client) = start(v1("kisi-key")).await;
    let migration = client.migrate_kisi_to_v2().await.unwrap();
    assert_eq!((writes(&fake), fake.count(Operation::GetKisiDoors)), (0, 1));
    let lost: Vec<_> = migration.losses().map(|step| step.from.to_string()).collect();
    assert_eq!(lost, ["$.enablingUser"]);
    assert!(
        migration
            .to_string()
            .contains("$.saveClips -> $.defaultOptions.saveClips"),
        "{migration}"
    );
    assert!(!format!("{migration} {migration:?} {}", json!(migration)).contains("kisi-key"));

    let applied = client.apply(migration.into_plan()).verify().await.unwrap();
    assert_eq!(applied.effect, Effect::Written);
    assert_eq!(fake.count(Operation::UpdateKisiIntegrationV2), 1);
    let after = client.kisi_integration_v2().await.unwrap();
    let doors: Vec<_> = after.doors().map(|(place, door, _)| (place, door)).collect();
    assert_eq!(doors, [(Some("7"), "42"), (Some("7"), "43")]);
    assert_eq!(after.cameras(43).collect::<Vec<_>>(), [&id(2)]);
    let options = after.settings().default_options.get().unwrap();
    assert_eq!(
        [&options.save_clips, &options.default_options_enabled].map(|option| option.get()),
        [Some(&true); 2]
    );

    // A second one finds all of it there.
    let again = client.migrate_kisi_to_v2().await.unwrap();
    assert!(again.plan().is_empty(), "{again}");
}

#[tokio::test]
async fn kisi_is_asked_only_for_what_nobody_says() {
    let (fake, client) = start(v1("****-key")).await;
    let migration = client.migrate_kisi_to_v2().places([(42, 8), (43, 9)]).await.unwrap();
    assert_eq!(fake.count(Operation::GetKisiDoors), 0);
    let settings = migration.plan().settings();
    assert!(settings.place(8).is_some() && settings.place(9).is_some());

    // Without a usable key it cannot be, and with one it is.
    let migration = client.migrate_kisi_to_v2().await.unwrap();
    assert_eq!(fake.count(Operation::GetKisiDoors), 0);
    let lost: Vec<_> = migration.losses().map(|step| step.from.to_string()).collect();
    assert_eq!(
        lost,
        [r#"$.doorInfoMap["42"]"#, r#"$.doorToCameraMap["43"]"#, "$.enablingUser"]
    );
    // The second version shows the same mask, which is not written back.
    let error = client.apply(migration.into_plan()).await.unwrap_err();
    assert!(error.to_string().contains("mask") && writes(&fake) == 0, "{error}");
    let migration = client.migrate_kisi_to_v2().kisi_api_key("kisi-key").await.unwrap();
    assert_eq!(
        migration.plan().settings().api_secret_key.get().map(|key| key.expose()),
        Some("kisi-key")
    );
    client.apply(migration.into_plan()).verify().await.unwrap();

    let error = client
        .migrate_kisi_to_v2()
        .kisi_api_key("another")
        .place_of(42, 7)
        .await;
    // The door has a place by now, so nobody asks Kisi.
    assert!(error.is_ok());
}

#[tokio::test]
async fn a_key_that_kisi_rejects_is_an_error() {
    let (fake, client) = start(v1("another")).await;
    let error = client.migrate_kisi_to_v2().await.unwrap_err();
    assert!(matches!(error, Error::IntegrationAuth { .. }), "{error}");
    assert_eq!(writes(&fake), 0);
}

#[tokio::test]
async fn where_there_is_nothing_nothing_is_planned() {
    let (fake, client) = start(Value::Null).await;
    let migration = client.migrate_kisi_to_v2().await.unwrap();
    assert!(migration.steps().is_empty() && migration.plan().is_empty());
    client.apply(migration.into_plan()).await.unwrap();
    assert_eq!(writes(&fake), 0);
}

#[tokio::test]
async fn an_organisation_without_an_integration_is_set_up_by_the_first_version() {
    let (fake, client) = start(Value::Null).await;
    let current: Snapshot<KisiSettings> = client.kisi_integration().await.unwrap();
    assert!(!current.exists());
    let desired = current.edit(|settings| {
        let settings = settings.enabled(true).kisi_api_key("kisi-key");
        settings.place(7, |place| place.name("HQ").door(42, |door| door.camera(id(1))))
    });
    let applied = client.apply(current.plan(&desired)).verify().await.unwrap();
    assert_eq!(applied.effect, Effect::Written);
    assert_eq!(fake.settings().unwrap().cameras(42).collect::<Vec<_>>(), [&id(1)]);
}

#[tokio::test]
async fn an_organisation_without_an_integration_is_set_up_by_the_second_version() {
    let (fake, client) = start(Value::Null).await;
    let current: Snapshot<KisiIntegrationInput> = client.kisi_integration_v2().await.unwrap();
    assert!(!current.exists());
    let desired = current.edit(|settings| {
        let settings = settings.enabled(true).kisi_api_key("kisi-key");
        settings.place(7, |place| place.name("HQ").door(42, |door| door.camera(id(1))))
    });
    let applied = client.apply(current.plan(&desired)).verify().await.unwrap();
    assert_eq!(applied.effect, Effect::Written);
    let stored = fake.settings_json();
    assert_eq!(stored["integration"], "KISI");
    assert_eq!(
        stored["placeToSettingsMap"]["7"]["doorInfoMap"]["42"]["assignedCameraList"],
        json!([id(1)])
    );
}
