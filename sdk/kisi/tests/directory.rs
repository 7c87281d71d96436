//! Names for ids, against the fake: directories, organisations, plans, and settings files.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)] // In tests, that is what failing means.

use rhombus_kisi::directory::LookupError;
use rhombus_kisi::file::{Format, NamedFile};
use rhombus_kisi::types::{DeviceStatus, KisiIntegrationInput, KisiSettings};
use rhombus_kisi::{Client, Error};
use rhombus_kisi_fake::{Fake, FakeBuilder, Fault, Habits, Operation, Organization, Partner, id};
use serde_json::json;

fn organization(number: u32, name: &str) -> Organization {
    Organization::new(id(number), name)
        .place(7, "HQ")
        .door(7, 42, "Front lobby")
        .door(7, 43, "Side door")
        .place(8, "Warehouse")
        .door(8, 44, "Side door")
        .location(id(10), "Main street")
        .camera(id(1), "Lobby North", id(10))
        .camera(id(2), "Lobby South", id(10))
        .camera(id(3), "lobby south", id(10))
        .mummified_camera(id(4), "Old", id(10))
}

fn builder() -> FakeBuilder {
    Fake::builder().kisi_api_key("key-of-kisi")
}

fn client(fake: &Fake) -> Client {
    Client::builder().api_key("key").endpoint(fake.url()).build().unwrap()
}

#[tokio::test]
async fn what_an_organisation_has_is_found_by_id_or_name() {
    for habits in [Habits::all(), Habits::none().plain_camera_ids()] {
        let settings = json!({ "apiSecretKey": "key-of-kisi" });
        let organization = organization(100, "Acme").settings(settings);
        let fake = builder()
            .organization(organization)
            .habits(habits)
            .start()
            .await
            .unwrap();
        let client = client(&fake);
        let dir = client.directory().await.unwrap();
        assert_eq!(dir.without_kisi(), None);

        let camera = dir.camera("lobby north").unwrap();
        assert_eq!((&camera.id, camera.location.as_ref()), (&id(1), Some(&id(10))));
        assert_eq!(camera.status, Some(DeviceStatus::Green));
        assert!(camera.serial_number.is_some());
        assert_eq!(dir.camera(format!("{}.v0", id(1))).unwrap(), camera);
        assert_eq!(dir.camera(id(1).as_str()).unwrap(), camera);
        assert_eq!(dir.camera("Lobby South").unwrap().id, id(2));
        assert!(matches!(dir.camera("LOBBY SOUTH"), Err(LookupError::Ambiguous { ids, .. }) if ids.len() == 2));
        assert!(matches!(dir.camera("Old"), Err(LookupError::NotFound { .. })));
        assert_eq!(dir.location("main street").unwrap().id, id(10));

        let place = dir.place("hq").unwrap();
        assert_eq!((place.id, dir.place("7").unwrap()), (7, place));
        assert_eq!(dir.door("Front lobby").unwrap().id, 42);
        let error = Error::from(dir.door("Side door").unwrap_err()).to_string();
        assert!(error.contains("43 at place 7, 44 at place 8"), "{error}");
        assert_eq!(dir.door_at(place, "Side door").unwrap().id, 43);
        let error = dir.camera("Loby North").unwrap_err().to_string();
        assert!(error.contains("did you mean \"Lobby North\""), "{error}");

        let door = dir.door("Front lobby").unwrap();
        let update = client.update_kisi_settings(|s| s.place(place.id, |p| p.door(door.id, |d| d.camera(camera))));
        let plan = dir.named(update.dry_run().await.unwrap()).to_string();
        let parts = [
            "place 7 (\"HQ\")".to_owned(),
            format!("\"{}\" (\"Lobby North\")", id(1)),
        ];
        assert!(parts.iter().all(|part| plan.contains(part)), "{plan}");
    }
}

#[tokio::test]
async fn without_a_key_that_kisi_accepts_there_are_cameras_alone() {
    for (settings, reason) in [
        (json!(null), "the settings have no Kisi key"),
        (json!({ "apiSecretKey": "****kisi" }), "only a mask"),
        (json!({ "apiSecretKey": "another-key" }), "does not work"),
    ] {
        let fake = builder()
            .organization(organization(100, "Acme").settings(settings))
            .start()
            .await
            .unwrap();
        let dir = client(&fake).directory().await.unwrap();
        assert_eq!(dir.cameras().len(), 3);
        let error = dir.place("HQ").unwrap_err().to_string();
        assert!(error.contains(reason), "{error}");
        assert!(!error.contains("another-key"), "{error}");

        let dir = client(&fake).directory().kisi_api_key("key-of-kisi").await.unwrap();
        assert_eq!((dir.places().len(), dir.doors().len()), (2, 3));
        let error = client(&fake).directory().kisi_api_key("wrong-key").await.unwrap_err();
        assert!(matches!(error, Error::IntegrationAuth { .. }), "{error}");
    }
}

#[tokio::test]
async fn a_failed_call_is_the_errors_and_nothing_is_written() {
    for operation in [
        Operation::GetLocations,
        Operation::GetMinimalCameraStateList,
        Operation::GetKisiDoors,
    ] {
        let settings = json!({ "apiSecretKey": "key-of-kisi" });
        let fake = builder()
            .organization(organization(100, "Acme").settings(settings))
            .start()
            .await
            .unwrap();
        fake.inject(Fault::forbidden().on(operation));
        let error = client(&fake).directory().await.unwrap_err();
        assert!(matches!(error, Error::Forbidden { .. }), "{error}");
        assert_eq!(fake.count(Operation::UpdateKisiIntegration), 0);
    }
}

async fn partner(habits: Habits) -> (Fake, Client) {
    let partner = Partner::new()
        .api_key("partner")
        .client(id(100))
        .client_without_access(id(101));
    let fake = builder()
        .organization(organization(100, "Acme, Berlin"))
        .organization(organization(101, "Bolt"))
        .partner(partner)
        .habits(habits);
    let fake = fake.start().await.unwrap();
    let client = Client::builder()
        .partner_key("partner")
        .endpoint(fake.url())
        .build()
        .unwrap();
    (fake, client)
}

#[tokio::test]
async fn organisations_are_listed_in_either_form() {
    for (habits, has_access) in [
        (Habits::none(), Some(false)),
        (Habits::all(), Some(false)),
        (Habits::none().partner_clients(), None),
    ] {
        let (_fake, client) = partner(habits).await;
        let all = client.organizations().await.unwrap();
        assert_eq!(all.get("acme, berlin").unwrap().id, id(100));
        assert_eq!(all.get(id(101).as_str()).unwrap().has_access, has_access);
        let error = all.get("Acme Berlin").unwrap_err().to_string();
        assert!(error.contains("did you mean \"Acme, Berlin\""), "{error}");
        client.for_organization(all.get("Bolt").unwrap()).unwrap();
    }
}

const FILE: &str = r#"
enabled = true
apiSecretKey = "key-of-kisi"

[[organizations]]
organization = "acme, berlin"
saveClips = true

[organizations.places.HQ]
createSeekPoints = true

[organizations.places.HQ.doors."Front lobby"]
cameras = ["Lobby North", "Lobby South"]
location = "Main street"
clipDuration = 20

[organizations.places.HQ.doors."Side door"]
remoteUnlock = false
doorName = "By the yard"
"#;

#[tokio::test]
async fn a_file_of_names_alone_sets_up_a_new_organisation() {
    let (fake, partner) = partner(Habits::none()).await;
    assert!(NamedFile::is_one(FILE, Format::Toml));
    let file = NamedFile::parse(FILE, Format::Toml, "kisi.toml").unwrap();
    let all = partner.organizations().await.unwrap();
    let part = file.organizations().next().unwrap();
    let client = partner.for_organization(part.organization(&all).unwrap()).unwrap();
    let dir = client
        .directory()
        .kisi_api_key(part.kisi_api_key().unwrap())
        .await
        .unwrap();
    let settings: KisiSettings = part.settings(&dir).unwrap();
    let current = client.kisi_integration().await.unwrap();
    assert!(!current.exists());
    client
        .apply(current.plan(&current.merge(&settings)))
        .verify()
        .await
        .unwrap();
    let expected = json!({
        "enabled": true,
        "apiSecretKey": "key-of-kisi",
        "saveClips": true,
        "placeToSettingsMap": { "7": {
            "placeName": "HQ",
            "createSeekPoints": true,
            "doorInfoMap": {
                "42": {
                    "doorName": "Front lobby",
                    "assignedCameraList": [id(1), id(2)],
                    "locationUuid": id(10),
                    "clipDuration": 20,
                },
                "43": { "doorName": "By the yard", "remoteUnlock": false },
            },
        } },
    });
    assert_eq!(fake.settings_json(), expected);

    // As it is now, there is nothing to do; and the second version has the same places.
    let current = client.kisi_integration().await.unwrap();
    assert!(current.plan(&current.merge(&settings)).is_empty());
    let second = FILE.replace("saveClips = true\n", "");
    let file = NamedFile::parse(&second, Format::Toml, "kisi.toml").unwrap();
    let settings: KisiIntegrationInput = file.organizations().next().unwrap().settings(&dir).unwrap();
    assert_eq!(
        serde_json::to_value(&settings).unwrap()["placeToSettingsMap"],
        expected["placeToSettingsMap"]
    );
}

#[tokio::test]
async fn what_a_file_cannot_mean_is_told_with_its_line() {
    let settings = json!({ "apiSecretKey": "key-of-kisi" });
    let fake = builder()
        .organization(organization(100, "Acme").settings(settings))
        .start()
        .await
        .unwrap();
    let dir = client(&fake).directory().await.unwrap();
    let told = |text: &str| {
        let file = NamedFile::parse(text, Format::Toml, "kisi.toml");
        let settings = file.and_then(|file| file.common().settings::<KisiSettings>(&dir));
        settings.unwrap_err().to_string()
    };
    for (text, message) in [
        (
            "[places.HO]",
            "kisi.toml:1:9: there is no Kisi place of this name; did you mean \"HQ\"?",
        ),
        (
            "[places.HQ.doors.\"Front loby\"]",
            "kisi.toml:1:18: there is no Kisi door of this name; did you mean \"Front lobby\"?",
        ),
        (
            "[places.HQ.doors.42]\ncameras = [\"Lobby North\", \"Loby North\"]",
            "kisi.toml:2:27: there is no camera of this name; did you mean \"Lobby North\" or ",
        ),
        (
            "[places.HQ.doors.42]\ncameras = [\"hunter2-secret\"]",
            "kisi.toml:2:12: there is no camera with this name or id",
        ),
        (
            "[places.HQ.doors.42]\ncamera = [\"Lobby North\"]",
            "kisi.toml:2:1: unknown key `camera`; did you mean `cameras`?",
        ),
        (
            "saveClip = true\n[places.HQ]",
            "kisi.toml:1:1: unknown key `saveClip`; did you mean `saveClips`?",
        ),
        (
            "[places.HQ]\nsaveClips = \"yes\"",
            "kisi.toml:2:13: `saveClips`: expected `true` or `false`",
        ),
        (
            "[places.HQ]\ndoors = 7",
            "kisi.toml:2:9: `doorInfoMap`: expected a table by the ids of doors or places",
        ),
        (
            "[places.HQ.doors.42]\n[places.HQ.doors.\"Front lobby\"]",
            "kisi.toml:2:18: the same key is in line 1 already",
        ),
        (
            "[[organizations]]\nsaveClips = true",
            "`organization`, its name or id, is missing here",
        ),
        (
            "organizations = []",
            "expected a list of organisations, each with its `organization`",
        ),
    ] {
        let said = told(text);
        assert!(said.contains(message), "{text}\n{said}");
        assert!(!said.contains("hunter2"), "{said}");
    }
}
