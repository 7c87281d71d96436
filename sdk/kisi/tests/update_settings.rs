//! Updates in one call: what concurrent ones keep, what a failure at each step does, and what is told of it.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)] // In tests, that is what failing means.

use std::process::{Child, Command};
use std::time::Duration;

use rhombus_kisi::{ApplyPhase, Client, Effect, Error, RetryPolicy, RhombusUuid};
use rhombus_kisi_fake::{Fake, Fault, Habits, Moment, Operation, Organization, UpdateMode, id};
use serde_json::{Value, json};

const PLACE: i32 = 7;
const DOOR: i32 = 43;
const CALLS: u32 = 20;
/// Where a worker of another process finds the server.
const SERVER: &str = "RHOMBUS_TEST_UPDATE_SERVER";
const WORKER: &str = "RHOMBUS_TEST_UPDATE_WORKER";

fn client(url: &str) -> Client {
    let retry = RetryPolicy::default().base_backoff(Duration::from_millis(10));
    Client::builder()
        .api_key("key")
        .endpoint(url)
        .retry(retry)
        .build()
        .unwrap()
}

async fn start(habits: Habits) -> (Fake, Client) {
    let settings = json!({
        "enabled": true,
        "apiSecretKey": "key-of-kisi",
        "placeToSettingsMap": { "7": { "placeName": "HQ", "doorInfoMap": { "43": { "doorName": "Lobby" } } } },
    });
    let organization = Organization::new(id(100), "Example").settings(settings);
    let fake = Fake::builder()
        .organization(organization)
        .habits(habits)
        .start()
        .await
        .unwrap();
    let client = client(&fake.url());
    (fake, client)
}

/// The cameras of the door, without facets, sorted.
fn cameras(fake: &Fake) -> Vec<String> {
    let settings = fake.settings_json();
    let list = settings.pointer("/placeToSettingsMap/7/doorInfoMap/43/assignedCameraList");
    let list = list
        .and_then(Value::as_array)
        .into_iter()
        .flatten()
        .filter_map(Value::as_str);
    let mut cameras: Vec<_> = list.map(|id| id.trim_end_matches(".v0").to_owned()).collect();
    cameras.sort_unstable();
    cameras
}

fn sorted(ids: impl IntoIterator<Item = u32>) -> Vec<String> {
    let mut ids: Vec<_> = ids.into_iter().map(|number| id(number).to_string()).collect();
    ids.sort_unstable();
    ids
}

/// Adds a camera to the door, by either version of the API; returns the attempts.
async fn add(client: &Client, camera: &RhombusUuid, second: bool) -> Result<u32, Error> {
    Ok(if second {
        let update = client.update_kisi_settings_v2(|s| s.place(PLACE, |p| p.door(DOOR, |d| d.camera(camera))));
        update.await?.attempts
    } else {
        let update = client.update_kisi_settings(|s| s.place(PLACE, |p| p.door(DOOR, |d| d.camera(camera))));
        update.await?.attempts
    })
}

async fn all_of_20_are_kept(habits: Habits, versions: fn(u32) -> bool) {
    let (fake, client) = start(habits).await;
    fake.inject(Fault::slow(Duration::from_millis(5)).rate(0.5));
    let calls = (1..=CALLS).map(|number| {
        let client = client.clone();
        tokio::spawn(async move { add(&client, &id(number), versions(number)).await })
    });
    for call in calls.collect::<Vec<_>>() {
        // One after the other, so that none has to go again.
        assert_eq!(call.await.unwrap().unwrap(), 1);
    }
    assert_eq!(cameras(&fake), sorted(1..=CALLS));
}

#[tokio::test(flavor = "multi_thread")]
async fn concurrent_updates_through_clones_are_all_kept() {
    all_of_20_are_kept(Habits::all(), |_| false).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn concurrent_updates_of_the_second_version_are_all_kept() {
    all_of_20_are_kept(Habits::all(), |_| true).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn both_versions_wait_for_one_another() {
    all_of_20_are_kept(Habits::none().sorted_ids(), |number| number % 2 == 0).await;
}

/// No test of its own: what a process of the next one runs.
#[tokio::test]
async fn a_worker_of_another_process() {
    let (Ok(server), Ok(worker)) = (std::env::var(SERVER), std::env::var(WORKER)) else {
        return;
    };
    let client = client(&server);
    let first: u32 = worker.parse().unwrap();
    for number in first..first + 10 {
        add(&client, &id(number), number % 2 == 0).await.unwrap();
    }
}

fn worker(fake: &Fake, first: u32) -> Child {
    Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "a_worker_of_another_process"])
        .env(SERVER, fake.url())
        .env(WORKER, first.to_string())
        .spawn()
        .unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn of_two_processes_none_loses_what_returned_ok() {
    let (fake, _) = start(Habits::all()).await;
    // Reads overlap writes of the other process, or there would be nothing to lose.
    fake.inject(Fault::slow(Duration::from_millis(20)).rate(0.5));
    let workers = [worker(&fake, 1), worker(&fake, 101)];
    let ended = tokio::task::spawn_blocking(move || workers.map(|mut worker| worker.wait().unwrap().success()));
    assert_eq!(ended.await.unwrap(), [true, true]);
    assert_eq!(cameras(&fake), sorted((1..=10).chain(101..=110)));
}

#[tokio::test]
async fn a_change_that_a_stale_writer_undoes_is_made_again() {
    let (fake, client) = start(Habits::none()).await;
    let before = fake.settings_json();
    fake.second_writer(Moment::AfterWrite, move |settings| *settings = before);
    let camera = id(1);
    let update = client.update_kisi_settings(|s| s.place(PLACE, |p| p.door(DOOR, |d| d.camera(&camera))));
    let updated = update.confirm_after(Duration::ZERO).await.unwrap();
    assert_eq!((updated.attempts, updated.effect), (2, Effect::Written));
    assert_eq!(updated.changes().len(), 1);
    assert!(updated.outcome.unwrap().is_clean());
    assert_eq!(cameras(&fake), sorted([1]));
}

#[tokio::test]
async fn a_change_that_is_always_undone_is_an_error_that_says_so() {
    let (fake, client) = start(Habits::none()).await;
    let before = fake.settings_json();
    fake.second_writer_always(Moment::AfterWrite, move |settings| settings.clone_from(&before));
    let update = client.update_kisi_settings(|s| s.enabled(false)).attempts(3);
    let error = update.confirm_after(Duration::ZERO).await.unwrap_err();
    assert_eq!(error.phase(), ApplyPhase::Written);
    assert!(
        matches!(error.error(), Error::NotApplied { paths } if paths == &["$.enabled"]),
        "{error}"
    );
    assert!(error.outcome().is_some());
    assert_eq!(fake.count(Operation::UpdateKisiIntegration), 3);
}

#[tokio::test]
async fn a_value_that_somebody_else_sets_afterwards_is_theirs() {
    let (fake, client) = start(Habits::none()).await;
    fake.second_writer(Moment::AfterWrite, |settings| settings["enablingUser"] = "Eve".into());
    let update = client.update_kisi_settings(|s| s.enabling_user("Ann").enabled(false));
    let updated = update.confirm_after(Duration::ZERO).await.unwrap();
    assert_eq!(updated.attempts, 1);
    assert_eq!(fake.settings_json()["enablingUser"], "Eve");
}

#[tokio::test]
async fn a_conflict_is_tried_again_from_the_read() {
    for strict in [false, true] {
        let (fake, client) = start(Habits::none()).await;
        // The same location for a conflict, another for a strict one.
        let name = if strict { "Strict" } else { "enablingUser" };
        fake.second_writer(Moment::AfterRead, move |settings| settings[name] = "Eve".into());
        let mut update = client.update_kisi_settings(|s| s.enabling_user("Ann")).single_writer();
        if strict {
            update = update.strict();
        }
        let updated = update.await.unwrap();
        assert_eq!((updated.attempts, updated.effect), (2, Effect::Written), "{strict}");
        assert_eq!(fake.settings_json()["enablingUser"], "Ann");
    }
}

#[tokio::test]
async fn conflicts_without_end_are_one_with_nothing_written() {
    let (fake, client) = start(Habits::none()).await;
    let mut count = 0;
    fake.second_writer_always(Moment::AfterRead, move |settings| {
        count += 1;
        settings["enablingUser"] = format!("Eve {count}").into();
    });
    let error = client
        .update_kisi_settings(|s| s.enabling_user("Ann"))
        .attempts(2)
        .await
        .unwrap_err();
    assert_eq!(error.phase(), ApplyPhase::NothingWritten);
    assert_eq!(error.conflicts(), ["$.enablingUser"]);
    assert_eq!(fake.count(Operation::UpdateKisiIntegration), 0);
}

#[tokio::test]
async fn what_this_process_undoes_on_purpose_stays_undone() {
    let (fake, client) = start(Habits::none()).await;
    let camera = id(1);
    let adding = client.update_kisi_settings(|s| s.place(PLACE, |p| p.door(DOOR, |d| d.camera(&camera))));
    let adding = adding.confirm_after(Duration::from_millis(500)).into_future();
    let removing = async {
        while cameras(&fake).is_empty() {
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
        let update = client.update_kisi_settings(|s| s.place(PLACE, |p| p.door(DOOR, |d| d.remove_camera(&camera))));
        update.confirm_after(Duration::ZERO).await
    };
    let (added, removed) = tokio::join!(adding, removing);
    assert_eq!((added.unwrap().attempts, removed.unwrap().attempts), (1, 1));
    assert_eq!(cameras(&fake), sorted([]));
}

/// What is called, in its order: read and edit, read and merge, write, confirm.
const STEPS: usize = 4;

#[tokio::test]
async fn a_fault_at_any_step_is_overcome() {
    for step in 0..STEPS {
        for fault in [
            Fault::rate_limited(0),
            Fault::status(503),
            Fault::status(503).carried_out(),
            Fault::cut(),
            Fault::cut().carried_out(),
            Fault::reset(),
        ] {
            let (fake, client) = start(Habits::none()).await;
            fake.inject(fault.clone().after(step));
            let camera = id(1);
            let update = client.update_kisi_settings(|s| s.place(PLACE, |p| p.door(DOOR, |d| d.camera(&camera))));
            let updated = update.confirm_after(Duration::ZERO).await.unwrap();
            assert_eq!(updated.attempts, 1, "{step} {fault:?}");
            assert_ne!(updated.effect, Effect::Nothing, "{step} {fault:?}");
            assert_eq!(cameras(&fake), sorted([1]), "{step} {fault:?}");
            assert_eq!(fake.waiting_faults(), 0, "{step} {fault:?}");
        }
    }
}

#[tokio::test]
async fn an_error_says_how_far_the_update_came() {
    let written = |step| match step {
        0 | 1 => ApplyPhase::NothingWritten,
        2 => ApplyPhase::PerhapsWritten,
        _ => ApplyPhase::Written,
    };
    for step in 0..STEPS {
        let (fake, client) = start(Habits::none()).await;
        fake.inject(Fault::cut().after(step));
        let impatient = client.with(|call| call.retry(RetryPolicy::none()));
        let update = impatient.update_kisi_settings(|s| s.enabled(false));
        let error = update.confirm_after(Duration::ZERO).await.unwrap_err();
        assert_eq!(error.phase(), written(step), "{step} {error}");
        assert_eq!(error.outcome().is_some(), step == 3, "{step} {error}");
    }
}

#[tokio::test]
async fn an_edit_that_fails_or_cannot_be_sent_writes_nothing() {
    let (fake, client) = start(Habits::none()).await;
    let missing = |what: &str| Error::invalid(what.to_owned(), "there is none");
    let error = client
        .update_kisi_settings(|_| Err(missing("the camera")))
        .await
        .unwrap_err();
    assert_eq!(error.phase(), ApplyPhase::NothingWritten);
    assert!(error.to_string().contains("the camera"), "{error}");
    let camera: Option<&str> = Some("AAAAAAAAAAAAAAAAAAAAAQ");
    let found = client.update_kisi_settings(|s| {
        let camera = camera.ok_or_else(|| missing("the camera"))?;
        Ok(s.place(PLACE, |p| p.door(DOOR, |d| d.camera(camera))))
    });
    assert_eq!(found.dry_run().await.unwrap().changes().len(), 1);
    let error = client
        .update_kisi_settings(|s| s.door(1, |d| d.camera("lobby")))
        .await
        .unwrap_err();
    assert!(matches!(error.error(), Error::Invalid { .. }), "{error}");
    assert_eq!(fake.count(Operation::UpdateKisiIntegration), 0);
}

#[tokio::test]
async fn what_is_there_already_is_not_written() {
    let (fake, client) = start(Habits::none()).await;
    let updated = client.update_kisi_settings(|s| s.enabled(true)).await.unwrap();
    assert_eq!((updated.effect, updated.attempts), (Effect::Nothing, 1));
    assert!(updated.changes().is_empty() && updated.outcome.is_none());
    assert_eq!(fake.count(Operation::UpdateKisiIntegration), 0);
}

#[tokio::test]
async fn one_is_set_up_where_there_is_none() {
    for second in [false, true] {
        for mode in [UpdateMode::Replace, UpdateMode::Merge] {
            let builder = Fake::builder()
                .organization(Organization::new(id(100), "New"))
                .update_mode(mode);
            let fake = builder.start().await.unwrap();
            add(&client(&fake.url()), &id(1), second).await.unwrap();
            assert_eq!(cameras(&fake), sorted([1]));
        }
    }
}

#[tokio::test]
async fn a_camera_with_its_facet_is_the_same_one() {
    let (fake, client) = start(Habits::none().facet_ids()).await;
    add(&client, &id(1), false).await.unwrap();
    let again = client.update_kisi_settings(|s| {
        s.place(PLACE, |p| {
            p.door(DOOR, |d| d.camera(format!("{}.v0", id(1))).camera(id(1)))
        })
    });
    assert!(again.dry_run().await.unwrap().is_empty());
    let removed = client.update_kisi_settings(|s| s.place(PLACE, |p| p.door(DOOR, |d| d.remove_camera(id(1)))));
    assert_eq!(removed.single_writer().await.unwrap().effect, Effect::Written);
    assert_eq!(cameras(&fake), sorted([]));
}
