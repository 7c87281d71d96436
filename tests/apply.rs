//! What applying a plan sends, and when it refuses to.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)] // In tests, that is what failing means.

use std::time::Duration;

use rhombus_kisi::plan::WarningKind;
use rhombus_kisi::types::{KisiIntegrationInput, KisiSettings};
use rhombus_kisi::{ApplyPhase, Client, Credentials, Desired, Effect, Error, Plan, RetryPolicy, Secret, Snapshot};
use rhombus_kisi_fake::{Fake, Moment, Organization};
use rhombus_kisi_tests::{Fate, counts, editor, fake, is_write, next_writes, patient};
use serde_json::{Value, json};

const A: &str = "AAAAAAAAAAAAAAAAAAAAAQ";
const B: &str = "AAAAAAAAAAAAAAAAAAAAAg";
const C: &str = "AAAAAAAAAAAAAAAAAAAAAw";

fn settings() -> Value {
    json!({
        "enabled": true, "apiSecretKey": "kisi", "enablingUser": "Ann", "lastSyncMs": 1,
        "doorInfoMap": { "42": { "doorName": "Lobby", "futureFloor": 3, "assignedCameraList": [A] } },
        "doorToCameraMap": { "42": [A] },
        "placeToSettingsMap": { "7": { "placeName": "HQ", "rhombusToken": "token",
            "doorInfoMap": { "43": { "doorName": "Side", "assignedCameraList": [A] } } } },
    })
}

fn settings_v2() -> Value {
    let mut settings = settings();
    let object = settings.as_object_mut().unwrap();
    object.retain(|name, _| !["doorInfoMap", "doorToCameraMap", "enablingUser"].contains(&name.as_str()));
    object.insert("integration".to_owned(), json!("KISI"));
    settings
}

async fn start() -> (Fake, Client) {
    start_with(settings()).await
}

async fn start_with(settings: Value) -> (Fake, Client) {
    let server = fake(settings).await;
    let client = editor(&server, "key");
    (server, client)
}

async fn plan(
    client: &Client,
    edit: impl FnOnce(rhombus_kisi::SettingsEditor) -> rhombus_kisi::SettingsEditor,
) -> Plan {
    let current = client.kisi_integration().await.unwrap();
    current.plan(&current.edit(edit))
}

async fn rename(client: &Client) -> Plan {
    plan(client, |settings| settings.door(42, |door| door.name("Main"))).await
}

fn at<'a>(settings: &'a Value, pointer: &str) -> &'a Value {
    settings.pointer(pointer).unwrap_or(&Value::Null)
}

#[tokio::test]
async fn an_empty_plan_sends_nothing() {
    let (server, client) = start().await;
    let plan = plan(&client, |settings| settings.enabled(true)).await;
    let applied = client.apply(plan).verify().await.unwrap();
    assert_eq!((applied.outcome, applied.effect), (None, Effect::Nothing));
    assert_eq!(counts(&server), (1, 0));
}

#[tokio::test]
async fn a_value_that_cannot_be_sent_is_refused_before_anything_is() {
    let (server, client) = start().await;
    let plan = plan(&client, |settings| {
        settings.place(7, |place| place.door(43, |door| door.camera("lobby")))
    })
    .await;
    let refusal = "place 7: door 43: camera: a Rhombus id has 22 characters, this text has 5";
    assert_eq!(plan.refusal().as_deref(), Some(refusal));
    let error = client.apply(plan).await.unwrap_err();
    assert_eq!(
        error.to_string(),
        format!("nothing was written: {refusal}; nothing was sent")
    );
    let update = client
        .update_kisi_integration()
        .door(42, |door| door.clip_duration(Duration::from_millis(500)).location("x"));
    let error = update.send().await.unwrap_err();
    assert_eq!(
        error.to_string(),
        "door 42: clip_duration: the API takes whole seconds; nothing was sent"
    );
    assert_eq!(counts(&server), (1, 0));
}

#[tokio::test]
async fn what_others_change_elsewhere_is_kept() {
    let (server, client) = start().await;
    let plan = plan(&client, |settings| {
        settings
            .door(42, |door| door.name("Main").camera(B))
            .door_cameras(42, [B, A])
            .place(7, |place| place.door(43, |door| door.remove_camera(A)))
            .clear_enabling_user()
            .door(50, |door| door.name("New"))
    })
    .await;
    server.change(|settings| {
        settings["lastSyncMs"] = json!(2);
        settings["enabled"] = json!(false);
        settings["futureList"] = json!([1, 2]);
        settings["doorInfoMap"]["42"]["futureFloor"] = json!(4);
        settings["doorInfoMap"]["42"]["assignedCameraList"] = json!([C, A]);
        settings["doorInfoMap"]["51"] = json!({"doorName": "Theirs"});
        settings["doorToCameraMap"]["42"] = json!([C, A, A]);
        settings["placeToSettingsMap"]["7"]["saveClips"] = json!(true);
        settings["placeToSettingsMap"]["7"]["doorInfoMap"]["43"]["assignedCameraList"] = json!([A, B]);
        settings["placeToSettingsMap"]["8"] = json!({"placeName": "Annex"});
    });
    let applied = client.apply(plan).verify().await.unwrap();
    assert_eq!(applied.effect, Effect::Written);
    assert_eq!(applied.outcome.unwrap().warning(), Some("noted"));
    let settings = server.settings_json();
    for (pointer, value) in [
        ("/lastSyncMs", json!(2)),
        ("/enabled", json!(false)),
        ("/futureList", json!([1, 2])),
        ("/enablingUser", json!(null)),
        (
            "/doorInfoMap/42",
            json!({"doorName": "Main", "futureFloor": 4, "assignedCameraList": [C, A, B]}),
        ),
        ("/doorInfoMap/50/doorName", json!("New")),
        ("/doorInfoMap/51/doorName", json!("Theirs")),
        ("/doorToCameraMap/42", json!([C, A, A, B])),
        ("/placeToSettingsMap/7/saveClips", json!(true)),
        ("/placeToSettingsMap/7/rhombusToken", json!("token")),
        ("/placeToSettingsMap/7/doorInfoMap/43/assignedCameraList", json!([B])),
        ("/placeToSettingsMap/8/placeName", json!("Annex")),
    ] {
        assert_eq!(at(&settings, pointer), &value, "{pointer}");
    }
    assert_eq!(counts(&server), (3, 1));
}

#[tokio::test]
async fn the_same_location_changed_twice_is_a_conflict() {
    type Change = fn(&mut Value);
    let cases: [(Change, &[&str]); 4] = [
        (
            |settings| settings["doorInfoMap"]["42"]["doorName"] = json!("Hall"),
            &["$.doorInfoMap[\"42\"].doorName"],
        ),
        (
            |settings| settings["doorInfoMap"]["42"]["doorName"] = json!(null),
            &["$.doorInfoMap[\"42\"].doorName"],
        ),
        // The same change by both is none.
        (
            |settings| settings["doorInfoMap"]["42"]["doorName"] = json!("Main"),
            &[],
        ),
        // An order, a duplicate and a `null` are no change.
        (
            |settings| settings["doorInfoMap"]["42"]["assignedCameraList"] = json!([A, null, A]),
            &[],
        ),
    ];
    for (change, paths) in cases {
        let (server, client) = start().await;
        let plan = rename(&client).await;
        server.change(change);
        let result = client.apply(plan.clone()).await;
        if paths.is_empty() {
            result.unwrap();
        } else {
            let error = result.unwrap_err();
            assert_eq!(error.conflicts(), paths);
            assert_eq!(error.phase(), ApplyPhase::NothingWritten);
            assert!(!error.may_have_been_carried_out() && error.to_string().starts_with("nothing was written: "));
            assert_eq!(counts(&server), (2, 0));
            client.apply(plan).overwrite().verify().await.unwrap();
        }
        assert_eq!(at(&server.settings_json(), "/doorInfoMap/42/doorName"), "Main");
    }
}

#[tokio::test]
async fn cameras_added_by_both_are_both_there_and_others_are_no_conflict_of_ours() {
    let (server, client) = start().await;
    let plan = plan(&client, |settings| settings.door(42, |door| door.cameras([B]))).await;
    // As many as before, and another one.
    server.change(|settings| settings["doorInfoMap"]["42"]["assignedCameraList"] = json!([C]));
    let strict = client.apply(plan.clone()).strict().await.unwrap_err();
    assert_eq!(strict.conflicts(), ["$.doorInfoMap[\"42\"].assignedCameraList"]);
    client.apply(plan).verify().await.unwrap();
    assert_eq!(
        at(&server.settings_json(), "/doorInfoMap/42/assignedCameraList"),
        &json!([C, B])
    );
}

#[tokio::test]
async fn what_somebody_removed_does_not_come_back() {
    let table = [
        ("/doorInfoMap/42", "$.doorInfoMap[\"42\"]"),
        ("/placeToSettingsMap/7", "$.placeToSettingsMap[\"7\"]"),
        (
            "/placeToSettingsMap/7/doorInfoMap/43",
            "$.placeToSettingsMap[\"7\"].doorInfoMap[\"43\"]",
        ),
    ];
    for (pointer, path) in table {
        for gone in [json!(null), json!("gone"), Value::Bool(true)] {
            let (server, client) = start().await;
            let plan = plan(&client, |settings| match pointer {
                "/doorInfoMap/42" => settings.door(42, |door| door.name("Main")),
                _ => settings.place(7, |place| place.door(43, |door| door.name("Main"))),
            })
            .await;
            server.change(|settings| {
                let (parent, name) = pointer.rsplit_once('/').unwrap();
                let parent = settings.pointer_mut(parent).unwrap().as_object_mut().unwrap();
                match &gone {
                    Value::Bool(true) => drop(parent.remove(name)),
                    Value::String(_) => drop(parent.insert(name.to_owned(), json!(null))),
                    null => drop(parent.insert(name.to_owned(), null.clone())),
                }
            });
            let before = server.settings_json();
            for apply in [client.apply(plan.clone()), client.apply(plan).overwrite()] {
                assert_eq!(apply.await.unwrap_err().conflicts(), [path]);
            }
            assert_eq!(server.settings_json(), before);
        }
    }
    // The whole integration.
    let (server, client) = start().await;
    let plan = rename(&client).await;
    server.change(|settings| *settings = json!(null));
    assert_eq!(client.apply(plan).overwrite().await.unwrap_err().conflicts(), ["$"]);
}

#[tokio::test]
async fn removing_what_somebody_else_works_on_is_a_conflict_and_a_stamp_is_nobodys_work() {
    let (server, client) = start().await;
    let plan = plan(&client, |settings| settings.remove_door(42)).await;
    server.change(|settings| settings["doorInfoMap"]["42"]["doorName"] = json!("Hall"));
    let error = client.apply(plan.clone()).await.unwrap_err();
    assert_eq!(error.conflicts(), ["$.doorInfoMap[\"42\"].doorName"]);
    server.change(|settings| {
        settings["doorInfoMap"]["42"]["doorName"] = json!("Lobby");
        settings["doorInfoMap"]["42"]["futureFloor"] = json!(5);
    });
    client.apply(plan).verify().await.unwrap();
    assert_eq!(at(&server.settings_json(), "/doorInfoMap"), &json!({}));
}

#[tokio::test]
async fn strict_refuses_any_difference_and_only_differences() {
    let (server, client) = start().await;
    let plan = rename(&client).await;
    server.change(|settings| settings["lastSyncMs"] = json!(2));
    let error = client.apply(plan.clone()).strict().overwrite().await.unwrap_err();
    assert_eq!(error.conflicts(), ["$.lastSyncMs"]);
    assert_eq!(counts(&server).1, 0);
    server.change(|settings| {
        settings["lastSyncMs"] = json!(1);
        settings["enabledTimestampMs"] = json!(null);
        settings["doorToCameraMap"]["42"] = json!([A, A]);
    });
    client.apply(plan).strict().await.unwrap();
    assert_eq!(counts(&server).1, 1);
}

const TROUBLES: [Fate; 10] = [
    Fate::Status(429, false),
    Fate::Status(502, false),
    Fate::Status(503, false),
    Fate::Status(503, true),
    Fate::Status(504, true),
    Fate::Reset(false),
    Fate::Reset(true),
    Fate::Hold(false),
    Fate::Hold(true),
    Fate::Done,
];

/// Runs a case for each trouble at once, for some wait for a time limit: one that no machine is slow enough to meet by accident.
async fn for_each_trouble<F: Future<Output = ()> + Send + 'static>(case: impl Fn(Fate, Fake, Client) -> F) {
    let mut cases = tokio::task::JoinSet::new();
    for fate in TROUBLES {
        let (server, client) = start().await;
        let client = match fate {
            Fate::Hold(_) => client.with(|call| call.attempt_timeout(Duration::from_secs(3))),
            _ => client,
        };
        cases.spawn(case(fate, server, client));
    }
    cases.join_all().await;
}

#[tokio::test]
async fn a_write_is_not_repeated_without_reading_again() {
    for_each_trouble(|fate, server, client| async move {
        let plan = rename(&client).await;
        next_writes(&server, [fate]);
        // Somebody else, right after the first write.
        let mut first = true;
        server.second_writer_always(Moment::AfterWrite, move |settings| {
            if std::mem::take(&mut first) {
                settings["doorInfoMap"]["99"] = json!({"doorName": "Theirs"});
            }
        });
        let applied = client
            .apply(plan)
            .verify()
            .await
            .unwrap_or_else(|error| panic!("{fate:?}: {error}"));
        let settings = server.settings_json();
        assert_eq!(at(&settings, "/doorInfoMap/99/doorName"), "Theirs", "{fate:?}");
        assert_eq!(at(&settings, "/doorInfoMap/42/doorName"), "Main", "{fate:?}");
        // The plan's, the one before each write or that found it done, and the one that verifies.
        let (effect, expected) = match (fate, fate.is_carried_out()) {
            (Fate::Done, _) => (Effect::Written, (3, 1)),
            (_, true) => (Effect::FoundWritten, (4, 1)),
            (_, false) => (Effect::Written, (4, 2)),
        };
        assert_eq!((applied.effect, counts(&server)), (effect, expected), "{fate:?}");
        assert_eq!(applied.outcome.is_some(), effect == Effect::Written);
    })
    .await;
}

#[tokio::test]
async fn a_conflict_that_comes_about_while_waiting_is_one() {
    for_each_trouble(|fate, server, client| async move {
        if fate == Fate::Done {
            return;
        }
        let plan = rename(&client).await;
        next_writes(&server, [fate]);
        server.second_writer_always(Moment::AfterWrite, |settings| {
            settings["doorInfoMap"]["42"]["doorName"] = json!("Theirs")
        });
        let error = client.apply(plan).await.unwrap_err();
        assert_eq!(error.conflicts(), ["$.doorInfoMap[\"42\"].doorName"], "{fate:?}");
        let phase = match fate {
            Fate::Status(429, _) => ApplyPhase::NothingWritten,
            _ => ApplyPhase::PerhapsWritten,
        };
        assert_eq!(error.phase(), phase, "{fate:?}");
        assert_eq!(counts(&server), (3, 1), "{fate:?}");
        assert_eq!(at(&server.settings_json(), "/doorInfoMap/42/doorName"), "Theirs");
    })
    .await;
}

#[tokio::test]
async fn the_phase_says_whether_anything_was_written() {
    for (fate, writes, phase) in [
        (Fate::Status(429, false), 4, ApplyPhase::NothingWritten),
        (Fate::Status(503, false), 4, ApplyPhase::PerhapsWritten),
        (Fate::Reset(false), 4, ApplyPhase::PerhapsWritten),
        (Fate::Status(500, true), 1, ApplyPhase::PerhapsWritten),
        (Fate::Status(403, false), 1, ApplyPhase::NothingWritten),
        (Fate::Status(400, false), 1, ApplyPhase::NothingWritten),
    ] {
        let (server, client) = start().await;
        let plan = rename(&client).await;
        next_writes(&server, [fate; 9]);
        let error = client.apply(plan).await.unwrap_err();
        assert_eq!(
            (error.phase(), counts(&server)),
            (phase, (1 + writes, writes)),
            "{fate:?}"
        );
        assert!(error.outcome().is_none());
        assert!(
            error
                .to_string()
                .starts_with(&format!("{phase}: updateKisiIntegration: ")),
            "{error}"
        );
        let carried_out = error.may_have_been_carried_out();
        assert_eq!(carried_out, phase != ApplyPhase::NothingWritten);
        let error = Error::from(error);
        assert_eq!(
            (error.apply_phase(), error.may_have_been_carried_out()),
            (Some(phase), carried_out)
        );
    }
}

#[tokio::test]
async fn the_policy_bounds_the_writes_and_the_deadline_the_waits() {
    let (server, client) = start().await;
    let once = client.with(|call| call.retry(RetryPolicy::none()));
    next_writes(&server, [Fate::Status(503, false); 9]);
    let error = once.apply(rename(&client).await).await.unwrap_err();
    assert!(error.is_retryable());
    assert_eq!(counts(&server), (2, 1));
    // A wait that would pass the limit is not begun.
    let policy = RetryPolicy::default()
        .base_backoff(Duration::MAX)
        .max_backoff(Duration::MAX);
    let hasty = client.with(|call| call.retry(policy));
    hasty.apply(rename(&client).await).await.unwrap_err();
    assert_eq!(counts(&server), (4, 2));
}

#[tokio::test]
async fn a_read_that_fails_before_the_write_has_written_nothing() {
    for fate in [
        Fate::Status(403, false),
        Fate::Status(500, false),
        Fate::Reset(false),
        Fate::Hold(false),
    ] {
        let (server, client) = start().await;
        let client = client.with(|call| call.retry(RetryPolicy::none()));
        let plan = rename(&client).await;
        server.decide(move |_| Some(fate.fault()));
        let client = match fate {
            Fate::Hold(_) => client.with(|call| call.attempt_timeout(Duration::from_secs(2))),
            _ => client,
        };
        let error = client.apply(plan).verify().await.unwrap_err();
        assert_eq!(error.phase(), ApplyPhase::NothingWritten, "{fate:?}");
        assert!(!error.may_have_been_carried_out());
        assert!(!Error::from(error).may_have_been_carried_out(), "{fate:?}");
        assert_eq!(counts(&server), (2, 0));
    }
}

#[tokio::test]
async fn a_read_that_fails_after_the_write_loses_no_outcome() {
    for fate in [Fate::Status(403, false), Fate::Status(429, false), Fate::Reset(false)] {
        let (server, client) = start().await;
        let plan = rename(&client).await;
        let mut written = false;
        server.decide(move |request| {
            written |= is_write(request);
            (written && !is_write(request)).then(|| fate.fault())
        });
        let error = client.apply(plan).verify().await.unwrap_err();
        assert_eq!(error.phase(), ApplyPhase::Written, "{fate:?}");
        assert_eq!(error.outcome().unwrap().warning(), Some("noted"));
        assert!(
            error
                .to_string()
                .starts_with("the settings were written: getKisiIntegration"),
            "{error}"
        );
        assert!(error.may_have_been_carried_out() && Error::from(error).may_have_been_carried_out());
    }
}

#[tokio::test]
async fn verifying_finds_what_did_not_stick() {
    // A server that says yes and does something else.
    type Undo = fn(&mut Value);
    type Edit = fn(rhombus_kisi::SettingsEditor) -> rhombus_kisi::SettingsEditor;
    let table: [(&str, Edit, Undo, &[&str]); 12] = [
        (
            "a value",
            |s| s.enabled(false),
            |s| s["enabled"] = json!(true),
            &["$.enabled"],
        ),
        (
            "a removal",
            |s| s.remove_door(42),
            |s| s["doorInfoMap"]["42"] = json!({}),
            &["$.doorInfoMap[\"42\"]"],
        ),
        (
            "a removal that left a null",
            |s| s.remove_door(42),
            |s| s["doorInfoMap"]["42"] = json!(null),
            &[],
        ),
        (
            "a clearing",
            |s| s.clear_enabling_user(),
            |s| s["enablingUser"] = json!("Ann"),
            &["$.enablingUser"],
        ),
        (
            "a secret's clearing",
            |s| s.clear_kisi_api_key(),
            |s| s["apiSecretKey"] = json!("****"),
            &["$.apiSecretKey"],
        ),
        (
            "a secret that is masked",
            |s| s.kisi_api_key("new-key"),
            |s| s["apiSecretKey"] = json!("****-key"),
            &[],
        ),
        (
            "another mask",
            |s| s.kisi_api_key("new-key"),
            |s| s["apiSecretKey"] = json!("****kisi"),
            &["$.apiSecretKey"],
        ),
        (
            "a secret that is not shown",
            |s| s.kisi_api_key("new-key"),
            |s| s["apiSecretKey"] = json!(null),
            &[],
        ),
        (
            "another secret",
            |s| s.kisi_api_key("new-key"),
            |s| s["apiSecretKey"] = json!("kisi"),
            &["$.apiSecretKey"],
        ),
        (
            "a camera",
            |s| s.door(42, |door| door.camera(B)),
            |s| s["doorInfoMap"]["42"]["assignedCameraList"] = json!([A]),
            &["$.doorInfoMap[\"42\"].assignedCameraList"],
        ),
        (
            "a camera's removal",
            |s| s.door(42, |door| door.camera(B).remove_camera(A)),
            |s| s["doorInfoMap"]["42"]["assignedCameraList"] = json!([B, A]),
            &["$.doorInfoMap[\"42\"].assignedCameraList"],
        ),
        (
            "a set of another order, with what somebody else has added",
            |s| s.door_cameras(42, [A, B]).door(50, |door| door.cameras([A])),
            |s| {
                s["doorToCameraMap"]["42"] = json!([C, B, A]);
                s["doorInfoMap"]["50"] = json!({"assignedCameraList": [B, A], "saveClips": false});
            },
            &[],
        ),
    ];
    for (what, edit, undo, paths) in table {
        let (server, client) = start().await;
        let plan = plan(&client, edit).await;
        server.second_writer_always(Moment::AfterWrite, undo);
        let result = client.apply(plan).verify().await;
        match result {
            Ok(applied) => assert!(paths.is_empty() && applied.outcome.is_some(), "{what}"),
            Err(error) => {
                assert!(
                    matches!(error.error(), Error::NotApplied { paths: found } if found == paths),
                    "{what}: {error}"
                );
                assert_eq!((error.phase(), error.outcome().is_some()), (ApplyPhase::Written, true));
            }
        }
    }
}

#[tokio::test]
async fn a_clear_is_sent_as_null() {
    let (server, client) = start().await;
    let plan = plan(&client, |settings| {
        settings
            .clear_kisi_api_key()
            .door(42, |door| door.clear_name())
            .clear_place(8)
            .clear_door(1)
            .clear_door_cameras(42)
            .place(7, |place| place.clear_doors())
            .clear_default_options()
    })
    .await;
    // Merged with something of somebody else's, too.
    server.change(|settings| settings["lastSyncMs"] = json!(2));
    client.apply(plan).verify().await.unwrap();
    for pointer in [
        "/apiSecretKey",
        "/doorInfoMap/42/doorName",
        "/placeToSettingsMap/8",
        "/doorInfoMap/1",
        "/doorToCameraMap/42",
        "/placeToSettingsMap/7/doorInfoMap",
        "/defaultOptions",
    ] {
        assert_eq!(server.settings_json().pointer(pointer), Some(&json!(null)), "{pointer}");
    }
}

#[tokio::test]
async fn a_whole_map_is_cleared_in_either_version() {
    for stamp in [1, 2] {
        let (server, client) = start().await;
        let plan = plan(&client, |settings| {
            settings.clear_doors().clear_all_door_cameras().clear_places()
        })
        .await;
        server.change(|settings| settings["lastSyncMs"] = json!(stamp));
        client.apply(plan).verify().await.unwrap();
        for map in ["doorInfoMap", "doorToCameraMap", "placeToSettingsMap"] {
            assert_eq!(server.settings_json().get(map), Some(&json!(null)), "{map}, {stamp}");
        }
        // Once more, with the `null`s that were read: they go back.
        let plan = self::plan(&client, |settings| settings.enabled(false)).await;
        server.change(|settings| settings["lastSyncMs"] = json!(stamp + 1));
        client.apply(plan).await.unwrap();
        assert_eq!(server.settings_json().get("placeToSettingsMap"), Some(&json!(null)));

        let (server, client) = start_with(settings_v2()).await;
        for edit in [
            rhombus_kisi::SettingsEditorV2::clear_places as fn(_) -> _,
            |settings: rhombus_kisi::SettingsEditorV2| settings.enabled(false),
        ] {
            let current = client.kisi_integration_v2().await.unwrap();
            let plan = current.plan(&current.edit(edit));
            server.change(|settings| settings["lastSyncMs"] = json!(stamp));
            client.apply(plan).verify().await.unwrap();
            assert_eq!(
                server.settings_json().get("placeToSettingsMap"),
                Some(&json!(null)),
                "{stamp}"
            );
        }
        assert_eq!(server.settings_json()["enabled"], false);
    }
}

#[tokio::test]
async fn the_second_version_merges_too() {
    let (server, client) = start_with(settings_v2()).await;
    let current = client.kisi_integration_v2().await.unwrap();
    let plan = current.plan(&current.edit(|settings| {
        settings.place(7, |place| {
            place.name("Main").door(43, |door| door.camera(B).name("Back"))
        })
    }));
    next_writes(&server, [Fate::Status(503, false), Fate::Reset(false)]);
    server.second_writer_always(Moment::AfterWrite, |settings| {
        let camera = json!([C, A]);
        settings["placeToSettingsMap"]["7"]["doorInfoMap"]["43"]["assignedCameraList"] = camera;
        settings["integrationAuditMap"] = json!({"x": {"user": "Bob"}});
    });
    client.apply(plan.clone()).await.unwrap();
    let writes = counts(&server).1;
    assert_eq!(writes, 3);
    let mut after = server.settings_json();
    assert_eq!(at(&after, "/integration"), "KISI");
    assert_eq!(at(&after, "/integrationAuditMap/x/user"), "Bob");
    assert_eq!(at(&after, "/placeToSettingsMap/7/placeName"), "Main");
    // A door that is gone.
    after["placeToSettingsMap"]["7"]["doorInfoMap"] = json!({});
    server.change(|settings| *settings = after);
    let error = client.apply(plan).overwrite().await.unwrap_err();
    assert_eq!(error.conflicts(), ["$.placeToSettingsMap[\"7\"].doorInfoMap[\"43\"]"]);
}

#[tokio::test]
async fn the_second_version_sets_up_what_is_not_there() {
    for none in [json!(null), settings_v2()] {
        let exists = !none.is_null();
        let (server, client) = start_with(none).await;
        let current = client.kisi_integration_v2().await.unwrap();
        assert_eq!(current.exists(), exists);
        assert!(current.plan(&current.edit(|settings| settings)).is_empty());
        let plan =
            current.plan(&current.edit(|settings| settings.kisi_api_key("key").place(8, |place| place.name("HQ"))));
        assert_eq!(plan.changes().len(), 2);
        client.apply(plan).verify().await.unwrap();
        assert_eq!(server.settings_json()["integration"], "KISI");
        assert_eq!(server.settings_json()["apiSecretKey"], "key");
    }
    // Set up by somebody else meanwhile: merged, as in the first version.
    let (server, client) = start_with(json!(null)).await;
    let current = client.kisi_integration_v2().await.unwrap();
    let plan = current.plan(&current.edit(|settings| settings.place(8, |place| place.name("HQ"))));
    server.change(|settings| *settings = settings_v2());
    client.apply(plan).verify().await.unwrap();
    assert_eq!(at(&server.settings_json(), "/placeToSettingsMap/7/placeName"), "HQ");
    assert_eq!(at(&server.settings_json(), "/placeToSettingsMap/8/placeName"), "HQ");
    // A desired state by hand that does not name the type.
    let (server, client) = start_with(json!(null)).await;
    let mut wanted = KisiIntegrationInput::default();
    wanted.enabled = true.into();
    let plan = client.kisi_integration_v2().await.unwrap().plan(&Desired::from(wanted));
    client.apply(plan).await.unwrap();
    assert_eq!(server.settings_json(), json!({"enabled": true, "integration": "KISI"}));
}

#[tokio::test]
async fn a_plan_belongs_to_its_organisation() {
    let (server, client) = start().await;
    let other = editor(&server, "another");
    let current = client.kisi_integration().await.unwrap();
    let desired = current.edit(|settings| settings.enabled(false));
    let plan = current.plan(&desired);
    let error = other.apply(plan.clone()).await.unwrap_err();
    assert!(
        matches!(error.error(), Error::Invalid { .. }) && error.to_string().contains("another organisation"),
        "{error}"
    );
    assert_eq!(counts(&server), (1, 0));
    // Nor can what is desired for one be planned for another.
    let theirs = other.kisi_integration().await.unwrap();
    let mixed = theirs.plan(&desired);
    assert!(mixed.refusal().unwrap().contains("another organisation"));
    other.apply(mixed).await.unwrap_err();
    assert_eq!(counts(&server).1, 0);
    // A copy, on purpose.
    let copied = theirs.plan(&Desired::from(desired.settings().clone()));
    assert_eq!(copied.refusal(), None);
    other.apply(copied).await.unwrap();
    // Other limits, and settings that nobody read.
    client
        .with(|call| call.timeout(Duration::from_secs(50)))
        .apply(plan)
        .await
        .unwrap();
    let kept = Snapshot::from(serde_json::from_value::<KisiSettings>(settings()).unwrap());
    let plan = kept.plan(&kept.edit(|settings| settings.save_clips(true)));
    other.apply(plan).await.unwrap();
    let shown = format!("{current:?} {desired:?}");
    assert!(
        shown.contains("the key's own organisation on http://127.0.0.1:"),
        "{shown}"
    );
}

#[tokio::test]
async fn organisations_of_one_partner_are_told_apart() {
    let organization = |id: &str| Organization::new(id.parse().unwrap(), id).settings(settings());
    let builder = Fake::builder()
        .organization(organization(A))
        .organization(organization(B));
    let server = builder.start().await.unwrap();
    let partner = || patient(&server, Credentials::partner_key("partner"));
    let [a, b] = [A, B].map(|id| partner().for_organization(id).unwrap());
    let plan = rename(&a).await;
    b.apply(plan.clone()).await.unwrap_err();
    // The same organisation by another client.
    partner().for_organization(A).unwrap().apply(plan).await.unwrap();
    assert_eq!(counts(&server), (2, 1));
}

#[test]
fn removing_and_clearing_add_nothing() {
    let current = Snapshot::from(serde_json::from_value::<KisiSettings>(settings()).unwrap());
    let edits: [fn(rhombus_kisi::SettingsEditor) -> rhombus_kisi::SettingsEditor; 14] = [
        |s| s.door(99, |door| door.remove_camera(A)),
        |s| s.door(99, |door| door.clear_name()),
        |s| s.door(99, |door| door.clear_cameras().clear_clip_duration()),
        |s| s.door(99, |door| door),
        |s| s.door(42, |door| door.remove_camera(B)),
        |s| s.place(99, |place| place.remove_door(1)),
        |s| s.place(99, |place| place.clear_doors().clear_rhombus_token()),
        |s| s.place(99, |place| place.clear_door(1)),
        |s| s.place(99, |place| place.door(1, |door| door.remove_camera(A))),
        |s| s.place(7, |place| place.door(99, |door| door.remove_camera(A).clear_name())),
        |s| s.default_options(|options| options.clear_save_clips()),
        |s| s.default_options(|options| options),
        |s| s.remove_door(99).remove_place(99).remove_door_cameras(99),
        |s| s.door_cameras(42, [A, A]),
    ];
    for (number, edit) in edits.into_iter().enumerate() {
        let desired = current.edit(edit);
        assert_eq!(current.plan(&desired).to_string(), "no changes", "{number}");
        if number < 13 {
            assert_eq!(
                serde_json::to_value(&desired).unwrap(),
                serde_json::to_value(current.settings()).unwrap()
            );
        }
    }
    // Where there is no map either.
    let empty = Snapshot::<KisiSettings>::default();
    let desired = empty.edit(|s| {
        s.door(1, |door| door.remove_camera(A))
            .place(1, |place| place.remove_door(1).door(2, |door| door.clear_name()))
            .remove_door_cameras(1)
            .default_options(|options| options.clear_enabled())
    });
    assert_eq!(serde_json::to_string(&desired).unwrap(), "{}");
    let empty = Snapshot::<KisiIntegrationInput>::default();
    let desired = empty.edit(|s| {
        s.place(1, |place| {
            place.remove_door(1).door(2, |door| door.clear_name().remove_camera(A))
        })
        .default_options(|options| options.clear_enabled())
    });
    assert!(empty.plan(&desired).is_empty());
    // An entry that is `null` stays so.
    let nulls = json!({"doorInfoMap": {"1": null}, "placeToSettingsMap": null, "defaultOptions": null});
    let current = Snapshot::from(serde_json::from_value::<KisiSettings>(nulls.clone()).unwrap());
    let desired = current.edit(|s| {
        s.door(1, |door| door.remove_camera(A))
            .place(1, |place| place.remove_door(1))
            .default_options(|options| options.clear_enabled())
    });
    assert_eq!(serde_json::to_value(&desired).unwrap(), nulls);
    // What says something is added, an empty list too.
    let plan = current.plan(&current.edit(|s| {
        s.door(2, |door| door.cameras([""; 0]))
            .door(3, |door| door.remote_unlock(false))
    }));
    assert_eq!(plan.changes().len(), 2);
}

#[tokio::test]
async fn an_update_by_itself_clears_what_it_cannot_see() {
    let (_server, client) = start().await;
    let update = client
        .update_kisi_integration()
        .door(42, |door| door.clear_name())
        .door(43, |door| door.remove_camera(A))
        .place(7, |place| place.door(1, |door| door.clear_cameras()).remove_door(2));
    let body = serde_json::to_value(update.request().unwrap()).unwrap();
    let place = json!({"doorInfoMap": {"1": {"assignedCameraList": null}}});
    let settings = json!({"doorInfoMap": {"42": {"doorName": null}}, "placeToSettingsMap": {"7": place}});
    assert_eq!(body, json!({"kisiSettings": settings}));
}

fn masked(settings: &mut Value, mask: &str) {
    settings["apiSecretKey"] = json!(mask);
    settings["placeToSettingsMap"]["7"]["rhombusToken"] = json!(mask);
    settings["futureToken"] = json!({"inside": [mask]});
    settings["placeToSettingsMap"]["7"]["doorInfoMap"]["43"]["futureKey"] = json!(mask);
}

#[tokio::test]
async fn a_mask_is_not_written_back_as_a_secret() {
    for mask in ["****abcd", "***", "••••", "<redacted>"] {
        let (server, client) = start().await;
        server.change(|settings| masked(settings, mask));
        let plan = rename(&client).await;
        let warned: Vec<String> = plan
            .warnings()
            .iter()
            .filter(|warning| warning.kind == WarningKind::MaskedSecret)
            .map(|warning| warning.path.to_string())
            .collect();
        assert_eq!(
            warned,
            [
                "$.apiSecretKey",
                "$.placeToSettingsMap[\"7\"].rhombusToken",
                "$.futureToken",
                "$.placeToSettingsMap[\"7\"].doorInfoMap[\"43\"].futureKey",
            ]
        );
        let error = client.apply(plan.clone()).await.unwrap_err();
        assert!(
            error.to_string().contains("$.apiSecretKey: the server returned a mask"),
            "{error}"
        );
        assert_eq!((error.phase(), counts(&server)), (ApplyPhase::NothingWritten, (1, 0)));
        client.apply(plan).allow_masked_secrets().verify().await.unwrap();
        assert_eq!(server.settings_json()["apiSecretKey"], mask);
        // Both set in the edit, or taken away: then there is none.
        let both = self::plan(&client, |settings| {
            settings
                .kisi_api_key("kisi-abcd")
                .place(7, |place| place.rhombus_token("new"))
        })
        .await;
        client.apply(both).verify().await.unwrap();
        server.change(|settings| masked(settings, mask));
        let away = self::plan(&client, |settings| settings.clear_kisi_api_key().remove_place(7)).await;
        client.apply(away).await.unwrap();
    }
}

#[tokio::test]
async fn a_mask_that_comes_meanwhile_is_seen_too() {
    let (server, client) = start().await;
    let plan = rename(&client).await;
    server.change(|settings| {
        settings["placeToSettingsMap"]["7"]["rhombusToken"] = json!("****oken");
        settings["lastSyncMs"] = json!(2);
    });
    let error = client.apply(plan.clone()).await.unwrap_err();
    assert!(
        error.to_string().contains("rhombusToken: the server returned a mask"),
        "{error}"
    );
    assert_eq!((error.phase(), counts(&server)), (ApplyPhase::NothingWritten, (2, 0)));
    // Of the first version the root's token, of the second its key.
    let (server, client) = start().await;
    server.change(|settings| settings["rhombusToken"] = json!("****"));
    client.apply(rename(&client).await).await.unwrap_err();
    let mut settings = settings_v2();
    settings["apiSecretKey"] = json!("****");
    let (server_v2, client) = start_with(settings).await;
    let current = client.kisi_integration_v2().await.unwrap();
    client
        .apply(current.plan(&current.edit(|settings| settings.enabled(false))))
        .await
        .unwrap_err();
    assert_eq!((counts(&server).1, counts(&server_v2).1), (0, 0));
}

#[tokio::test]
async fn what_cannot_be_a_secret_is_not_sent() {
    let (server, client) = start().await;
    let current = client.kisi_integration().await.unwrap();
    for text in [
        "",
        " ",
        "key\n",
        "\"key\"",
        "'key'",
        "****abcd",
        "••••",
        "k\u{e9}y",
        "a key",
    ] {
        let raw = || serde_json::from_value::<KisiSettings>(json!({"apiSecretKey": text})).unwrap();
        let token = || {
            let place = json!({"placeToSettingsMap": {"7": {"rhombusToken": text}}});
            serde_json::from_value::<KisiSettings>(place).unwrap()
        };
        let update = || client.update_kisi_integration();
        let plans = [
            current.plan(&current.edit(|settings| settings.kisi_api_key(text))),
            current.plan(&current.edit(|settings| settings.rhombus_token(text))),
            current.plan(&current.edit(|settings| settings.place(7, |place| place.rhombus_token(text)))),
            current.plan(&current.edit(|settings| settings.with(|raw| raw.api_secret_key = Secret::from(text).into()))),
            current.plan(&current.merge(&raw())),
            current.plan(&current.merge(&token())),
            current.plan(&Desired::from(raw())),
        ];
        for plan in plans {
            let refusal = plan.refusal().unwrap();
            assert!(text.trim().len() < 3 || !refusal.contains(text), "{refusal}");
            let error = client.apply(plan).allow_masked_secrets().await.unwrap_err();
            assert!(matches!(error.error(), Error::Invalid { .. }), "{error}");
        }
        for update in [
            update().kisi_api_key(text),
            update().rhombus_token(text),
            update().place(7, |place| place.rhombus_token(text)),
            update().settings(raw()),
            update().settings(token()),
            update().with(|settings| settings.rhombus_token = Secret::from(text).into()),
        ] {
            assert!(update.refusal().is_some());
            assert!(matches!(update.send().await.unwrap_err(), Error::Invalid { .. }));
        }
        let v2 = client
            .update_kisi_integration_v2()
            .with(|settings| settings.api_secret_key = Secret::from(text).into());
        assert!(matches!(v2.send().await.unwrap_err(), Error::Invalid { .. }));
        let v2 = client.update_kisi_integration_v2().kisi_api_key(text);
        assert!(matches!(v2.send().await.unwrap_err(), Error::Invalid { .. }));
        assert!(matches!(
            client.kisi_places(text).await.unwrap_err(),
            Error::Invalid { .. }
        ));
        assert!(matches!(
            client.kisi_doors(text).await.unwrap_err(),
            Error::Invalid { .. }
        ));
    }
    assert_eq!(counts(&server), (1, 0));
}

#[tokio::test]
async fn a_secret_that_was_odd_before_goes_back_as_it_came() {
    let (server, client) = start().await;
    server.change(|settings| settings["apiSecretKey"] = json!("an odd one"));
    client.apply(rename(&client).await).await.unwrap();
    assert_eq!(server.settings_json()["apiSecretKey"], "an odd one");
}
