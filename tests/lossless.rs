//! What is read and not edited comes back as it was, at every level.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)] // In tests, that is what failing means.

use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::TestRunner;
use rhombus_kisi::types::{KisiIntegrationInput, KisiSettings};
use rhombus_kisi::{ApplyPhase, Client, Settings, Snapshot};
use rhombus_kisi_fake::{Fake, Habits};
use rhombus_kisi_tests::{Edit, Grown, Growth, Version, cases, edits, fake, meaning, settings, settings_v2};
use serde_json::Value;

fn snapshot<S: Settings>(document: &Value) -> Snapshot<S> {
    Snapshot::from(serde_json::from_str::<S>(&document.to_string()).unwrap())
}

fn body<S: Settings>(desired: &rhombus_kisi::Desired<S>) -> Value {
    serde_json::from_str(&serde_json::to_string(desired).unwrap()).unwrap()
}

/// The paths at which two documents differ; a list is one value, and one that this release knows is a set.
fn differing(a: Option<&Value>, b: Option<&Value>, path: &[String]) -> Vec<Vec<String>> {
    let is_set = path
        .last()
        .is_some_and(|name| name == "assignedCameraList" || name == "misconfiguredDoors")
        || path.first().is_some_and(|name| name == "doorToCameraMap");
    match (a, b) {
        (a, b) if a == b => Vec::new(),
        (Some(Value::Array(a)), Some(Value::Array(b)))
            if is_set && a.iter().all(|element| b.contains(element)) && b.iter().all(|element| a.contains(element)) =>
        {
            Vec::new()
        }
        (Some(Value::Object(a)), Some(Value::Object(b))) => {
            let names: std::collections::BTreeSet<_> = a.keys().chain(b.keys()).collect();
            names
                .into_iter()
                .flat_map(|name| differing(a.get(name), b.get(name), &[path, std::slice::from_ref(name)].concat()))
                .collect()
        }
        _ => vec![path.to_vec()],
    }
}

/// A plan names the entries of a map that is new, and not the map.
fn entry_by_entry(path: Vec<String>, sent: &Value) -> Vec<Vec<String>> {
    let is_map = matches!(
        path.iter().map(String::as_str).collect::<Vec<_>>()[..],
        ["doorInfoMap" | "doorToCameraMap" | "placeToSettingsMap"] | ["placeToSettingsMap", _, "doorInfoMap"]
    );
    match path.iter().try_fold(sent, |at, name| at.get(name)) {
        Some(Value::Object(map)) if is_map && !map.is_empty() => map
            .keys()
            .map(|key| [path.as_slice(), std::slice::from_ref(key)].concat())
            .collect(),
        _ => vec![path],
    }
}

/// Whether `body` is `read` with the one property at `path` changed, and with it, where need be, what contains it.
fn only_there(read: &Value, body: &Value, path: &[String]) -> Result<(), TestCaseError> {
    for found in differing(Some(read), Some(body), &[]) {
        if path.starts_with(&found) && found.len() < path.len() {
            let there = found.iter().try_fold(read, |at, name| at.get(name));
            prop_assert!(there.is_none_or(Value::is_null), "{found:?} was replaced");
        } else {
            prop_assert!(found.starts_with(path), "{found:?} differs, {path:?} was edited");
        }
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: cases(1_000), ..ProptestConfig::default() })]

    #[test]
    fn no_edit_no_plan_and_one_edit_one_difference(read in settings(), edit in edits()) {
        let current = snapshot::<KisiSettings>(&read);
        let same = current.edit(|settings| settings);
        prop_assert!(current.plan(&same).is_empty());
        prop_assert_eq!(&body(&same), &read);
        let desired = current.edit(|settings| edit.make(settings));
        let sent = body(&desired);
        only_there(&read, &sent, &edit.path())?;
        let mut model = read.clone();
        edit.model(&mut model);
        prop_assert_eq!(&sent, &model);
        // The plan says what differs, and nothing else.
        let plan = current.plan(&desired);
        prop_assert_eq!(plan.is_empty(), differing(Some(&read), Some(&sent), &[]).is_empty());
        let planned: Vec<Vec<String>> =
            plan.changes().iter().map(|change| change.path().names().map(str::to_owned).collect()).collect();
        let mut differing: Vec<_> = differing(Some(&read), Some(&sent), &[])
            .into_iter()
            .flat_map(|path| entry_by_entry(path, &sent))
            .collect();
        differing.sort();
        let mut sorted = planned;
        sorted.sort();
        prop_assert_eq!(sorted, differing);
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: cases(300), ..ProptestConfig::default() })]

    #[test]
    fn the_second_version_loses_nothing_either(
        read in settings_v2(),
        edit in edits().prop_filter("in V2", Edit::is_in_v2),
    ) {
        let current = snapshot::<KisiIntegrationInput>(&read);
        prop_assert!(current.plan(&current.edit(|settings| settings)).is_empty());
        let sent = body(&current.edit(|settings| edit.make_v2(settings)));
        only_there(&read, &sent, &edit.path())?;
        let mut model = read.clone();
        edit.model(&mut model);
        prop_assert_eq!(sent, model);
    }

    #[test]
    fn what_is_laid_over_leaves_the_rest(read in settings(), file in settings()) {
        let current = snapshot::<KisiSettings>(&read);
        let file: KisiSettings = serde_json::from_value(file).unwrap();
        let merged = body(&current.merge(&file));
        let file = serde_json::to_value(&file).unwrap();
        for path in differing(Some(&read), Some(&merged), &[]) {
            let said = path.iter().try_fold(&file, |at, name| at.get(name));
            let merged = path.iter().try_fold(&merged, |at, name| at.get(name));
            prop_assert_eq!(said, merged);
        }
    }

    #[test]
    fn a_plan_shows_no_secret(read in settings(), secret in "[a-z]{16}") {
        let mut read = read;
        read["apiSecretKey"] = Value::from(secret.as_str());
        read["placeToSettingsMap"]["1"] = serde_json::json!({ "rhombusToken": secret, "futureCredential": secret });
        let (empty, current) = (Snapshot::<KisiSettings>::default(), snapshot::<KisiSettings>(&read));
        for plan in [
            empty.plan(&current.edit(|settings| settings)),
            current.plan(&empty.edit(|settings| settings)),
            current.plan(&current.edit(|settings| settings.kisi_api_key("x").remove_place(1))),
        ] {
            let shown = format!("{plan} {plan:?} {}", serde_json::to_string(&plan).unwrap());
            prop_assert!(!shown.contains(&secret), "{}", shown);
        }
    }
}

fn client(fake: &Fake) -> Client {
    Client::builder().api_key("key").endpoint(fake.url()).build().unwrap()
}

/// Adds what the fake has grown meanwhile, and returns what grew in objects that are not there.
fn grow(model: &mut Value, mut grown: Vec<Grown>) -> Vec<Grown> {
    grown.retain(|(path, value)| {
        let (name, parents) = path.split_last().unwrap();
        let parent = parents.iter().try_fold(&mut *model, |at, name| at.get_mut(name));
        match parent {
            Some(Value::Object(parent)) => parent.insert(name.clone(), value.clone()).is_some(),
            _ => true,
        }
    });
    grown
}

async fn sequences(version: Version, count: u64, grows: bool) {
    let fake = fake(Value::Null).await;
    fake.set_habits(Habits::none().nulls().shuffled_keys());
    let growth = if grows {
        Growth::start(&fake, 0)
    } else {
        Growth::default()
    };
    let client = client(&fake);
    let mut runner = TestRunner::deterministic();
    let (mut sent, mut skipped) = (0_usize, 0_usize);
    for seed in 0..count {
        let document = match version {
            Version::V1 => settings().boxed(),
            Version::V2 => settings_v2(),
        };
        let mut model = document.new_tree(&mut runner).unwrap().current();
        fake.set_settings(&model).unwrap();
        let steps = proptest::collection::vec(edits(), 1..5)
            .new_tree(&mut runner)
            .unwrap()
            .current();
        for edit in steps.iter().filter(|edit| version == Version::V1 || edit.is_in_v2()) {
            let applied = match version {
                Version::V1 => {
                    let current = client.kisi_integration().await.unwrap();
                    let plan = current.plan(&current.edit(|settings| edit.make(settings)));
                    apply(&client, plan, grows).await
                }
                Version::V2 => {
                    let current = client.kisi_integration_v2().await.unwrap();
                    let plan = current.plan(&current.edit(|settings| edit.make_v2(settings)));
                    apply(&client, plan, grows).await
                }
            };
            if applied.outcome.is_some() {
                sent += 1
            } else {
                skipped += 1
            }
            // Some grew after the write, in what the edit has made.
            let later = grow(&mut model, growth.take());
            edit.model(&mut model);
            assert_eq!(grow(&mut model, later), []);
            assert_eq!(
                meaning(&fake.settings_json()),
                meaning(&model),
                "sequence {seed}, {edit:?}"
            );
        }
    }
    assert!(2 * sent > count as usize, "{sent} updates, {skipped} without need");
}

async fn apply<S: Settings>(client: &Client, plan: rhombus_kisi::Plan<S>, grows: bool) -> rhombus_kisi::Applied {
    if grows && !plan.is_empty() {
        // Each read finds one property more than the last, which is no conflict unless any difference is one.
        let refused = client.apply(plan.clone()).strict().await.unwrap_err();
        assert!(!refused.conflicts().is_empty(), "{refused}");
        assert_eq!(refused.phase(), ApplyPhase::NothingWritten);
    }
    client.apply(plan).verify().await.unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn edits_of_a_difficult_server_lose_nothing() {
    sequences(Version::V1, cases(100).into(), false).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn edits_of_a_server_that_grows_lose_nothing() {
    sequences(Version::V1, cases(50).into(), true).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn edits_by_the_second_version_lose_nothing() {
    sequences(Version::V2, cases(50).into(), false).await;
    sequences(Version::V2, cases(20).into(), true).await;
}
