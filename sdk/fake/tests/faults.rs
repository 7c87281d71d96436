//! Which fault is for which call, who else writes, and what can be asked afterwards.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)] // In tests, that is what failing means.

use std::time::{Duration, Instant};

use rhombus_kisi::types::UpdateKisiIntegrationRequest;
use rhombus_kisi::{Client, RetryPolicy};
use rhombus_kisi_fake::{Fake, Fault, Habits, Moment, Operation, Organization, StartError, id};
use serde_json::{Value, json};

fn client(fake: &Fake, key: &str) -> Client {
    Client::builder()
        .api_key(key)
        .endpoint(fake.url())
        .retry(RetryPolicy::none())
        .build()
        .unwrap()
}

async fn start() -> (Fake, Client) {
    let fake = Fake::start().await.unwrap();
    let client = client(&fake, "key");
    (fake, client)
}

async fn enable(client: &Client, enabled: bool) {
    let outcome = client.update_kisi_integration().enabled(enabled).send().await.unwrap();
    assert!(outcome.is_clean(), "{outcome}");
}

/// Which of so many reads fail.
async fn failures(client: &Client, count: usize) -> Vec<usize> {
    let mut failed = Vec::new();
    for number in 0..count {
        if client.kisi_integration().await.is_err() {
            failed.push(number);
        }
    }
    failed
}

#[tokio::test]
async fn a_fault_is_for_the_calls_that_it_says() {
    for (fault, expected) in [
        (Fault::status(400), vec![0]),
        (Fault::status(400).times(2), vec![0, 1]),
        (Fault::status(400).after(2), vec![2]),
        (Fault::status(400).after(1).times(2), vec![1, 2]),
        (Fault::status(400).always(), vec![0, 1, 2, 3]),
        (Fault::status(400).on(Operation::GetKisiIntegration), vec![0]),
        (Fault::status(400).on(Operation::GetKisiIntegrationV2), vec![]),
        (Fault::status(400).for_organization(id(100)), vec![0]),
        (Fault::status(400).for_organization(id(101)), vec![]),
        (Fault::status(400).rate(0.0), vec![]),
        (Fault::status(400).rate(1.0), vec![0, 1, 2, 3]),
    ] {
        let (fake, client) = start().await;
        fake.inject(fault.clone());
        assert_eq!(failures(&client, 4).await, expected, "{fault:?}");
        fake.clear_faults();
        assert_eq!(failures(&client, 1).await, [0; 0]);
    }
}

#[tokio::test]
async fn faults_take_turns_and_a_closure_goes_first() {
    let (fake, client) = start().await;
    fake.inject_each([Fault::none(), Fault::status(400), Fault::none(), Fault::forbidden()]);
    assert_eq!(fake.waiting_faults(), 4);
    assert_eq!(failures(&client, 6).await, [1, 3]);
    assert_eq!(fake.waiting_faults(), 0);
    let statuses: Vec<_> = fake
        .requests()
        .iter()
        .map(|request| request.status().unwrap())
        .collect();
    assert_eq!(statuses, [200, 400, 200, 403, 200, 200]);

    let mut calls = 0;
    fake.decide(move |request| {
        calls += 1;
        assert_eq!(request.operation(), Some(Operation::GetKisiIntegration));
        (calls % 2 == 0).then(Fault::unauthorized)
    });
    fake.inject(Fault::status(400));
    assert_eq!(failures(&client, 4).await, [0, 1, 3]);
}

#[tokio::test]
async fn a_rate_is_the_same_with_the_same_seed() {
    let run = async |seed| {
        let fake = Fake::builder()
            .seed(seed)
            .fault(Fault::status(400).rate(0.3))
            .start()
            .await
            .unwrap();
        failures(&client(&fake, "key"), 40).await
    };
    let first = run(1).await;
    assert!((4..=22).contains(&first.len()), "{first:?}");
    assert_eq!(first, run(1).await);
    assert_ne!(first, run(2).await);
}

#[tokio::test]
async fn what_is_slow_or_silent_is_given_up_and_not_carried_out_later() {
    let (fake, client) = start().await;
    let hasty = client.with(|call| call.attempt_timeout(Duration::from_millis(500)));
    fake.inject(Fault::slow(Duration::from_millis(1500)));
    hasty.update_kisi_integration().enabled(true).send().await.unwrap_err();
    fake.inject(Fault::hang());
    hasty.update_kisi_integration().enabled(true).send().await.unwrap_err();
    tokio::time::sleep(Duration::from_millis(1600)).await;
    assert_eq!(fake.settings_json(), Value::Null);
    // Carried out first, it is.
    fake.inject(Fault::hang().carried_out());
    hasty.update_kisi_integration().enabled(true).send().await.unwrap_err();
    assert_eq!(fake.settings_json(), json!({ "enabled": true }));
    // One who waits gets the response.
    let begin = Instant::now();
    fake.inject(Fault::slow(Duration::from_millis(100)));
    enable(&client, false).await;
    assert!(begin.elapsed() >= Duration::from_millis(100));
    assert_eq!(fake.settings_json(), json!({ "enabled": false }));
}

#[tokio::test]
async fn a_second_writer_comes_between() {
    let (fake, client) = start().await;
    fake.change(|settings| *settings = json!({ "steps": [] }));
    let step =
        |name: &'static str| move |settings: &mut Value| settings["steps"].as_array_mut().unwrap().push(name.into());
    fake.second_writer(Moment::BeforeRead, step("before a read"));
    fake.second_writer(Moment::AfterRead, step("after a read"));
    fake.second_writer_always(Moment::AfterRead, step("after each read"));
    let steps = async || {
        let read = client.kisi_integration().await.unwrap();
        read.settings().extra.value("steps").unwrap()
    };
    assert_eq!(steps().await, json!(["before a read"]));
    assert_eq!(
        steps().await,
        json!(["before a read", "after a read", "after each read"])
    );
    fake.clear_second_writers();

    fake.second_writer(Moment::BeforeWrite, |settings| settings["lost"] = true.into());
    fake.second_writer(Moment::AfterWrite, |settings| settings["kept"] = true.into());
    enable(&client, true).await;
    assert_eq!(fake.settings_json(), json!({ "enabled": true, "kept": true }));
    // Also where the write is not carried out.
    fake.second_writer(Moment::BeforeWrite, |settings| settings["lost"] = false.into());
    fake.inject(Fault::rejected("busy"));
    client.delete_kisi_integration().await.unwrap_err();
    assert_eq!(fake.settings_json()["lost"], false);
}

#[tokio::test]
async fn editors_take_turns() {
    let (fake, first) = start().await;
    let second = client(&fake, "another");
    fake.take_turns();
    first.kisi_integration().await.unwrap();
    // The other has to wait for the write, and can be told not to.
    let waiting = second.with(|call| call.attempt_timeout(Duration::from_millis(100)));
    waiting.kisi_integration().await.unwrap_err();
    let (read, ()) = tokio::join!(second.kisi_integration(), async {
        tokio::time::sleep(Duration::from_millis(50)).await;
        enable(&first, true).await;
    });
    assert_eq!(read.unwrap().settings().enabled.copied(), Some(true));
    enable(&second, false).await;
    first.kisi_integration().await.unwrap();
    fake.end_turn("key");
    second.kisi_integration().await.unwrap();
}

#[tokio::test]
async fn what_arrived_can_be_asked_for_and_shows_no_secret() {
    let (fake, client) = start().await;
    let update = client
        .update_kisi_integration()
        .kisi_api_key("kisi-secret")
        .place(7, |place| place.rhombus_token("token-secret").name("HQ"));
    assert!(update.send().await.unwrap().is_clean());
    fake.inject(Fault::cut().times(1));
    client.kisi_integration().await.unwrap_err();
    assert_eq!(
        (
            fake.count(Operation::UpdateKisiIntegration),
            fake.count(Operation::GetKisiPlaces)
        ),
        (1, 0)
    );
    let requests = fake.requests();
    assert_eq!(requests.len(), 2);
    let request = &requests[0];
    assert_eq!(request.organization(), Some(&id(100)));
    assert_eq!(
        (request.method().as_str(), request.path()),
        ("POST", Operation::UpdateKisiIntegration.path())
    );
    assert_eq!(request.headers()["x-auth-scheme"], "api-token");
    assert!(request.is_from("key") && !request.is_from("another"));
    let body: UpdateKisiIntegrationRequest = request.body().unwrap();
    let settings = body.kisi_settings.get().unwrap();
    assert_eq!(settings.api_secret_key.get().unwrap().expose(), "kisi-secret");
    let place = json!({ "placeName": "HQ", "rhombusToken": "***" });
    assert_eq!(
        request.body_json(),
        json!({ "kisiSettings": { "apiSecretKey": "***", "placeToSettingsMap": { "7": place } } })
    );
    assert_eq!((requests[1].status(), requests[1].was_carried_out()), (None, false));
    let shown = format!("{fake:?} {requests:?} {:?} {:?}", Fault::none(), fake.settings());
    for secret in ["kisi-secret", "token-secret", "\"key\""] {
        assert!(!shown.contains(secret), "{secret} is in {shown}");
    }
    fake.forget();
    assert_eq!(fake.requests().len(), 0);
}

#[tokio::test]
async fn a_fake_begins_with_what_its_builder_says_or_not_at_all() {
    let organization = || Organization::new(id(1), "One");
    let wrong = Fake::builder()
        .organization(organization().settings(json!([1])))
        .start()
        .await;
    assert!(matches!(wrong, Err(StartError::Settings { .. })));
    let wrong = Fake::builder()
        .organization(organization())
        .organization(organization())
        .start()
        .await;
    assert!(matches!(wrong, Err(StartError::SameId(_))));
    let settings = json!({ "apiSecretKey": "kisi-secret", "enabled": true });
    let builder = Fake::builder().organization(organization().api_key("own-secret").settings(settings));
    let shown = format!("{builder:?}");
    assert!(
        !shown.contains("kisi-secret") && !shown.contains("own-secret"),
        "{shown}"
    );
    let fake = builder.start().await.unwrap();
    assert_eq!(fake.settings().unwrap().enabled.copied(), Some(true));
    client(&fake, "own-secret").kisi_integration().await.unwrap();
    client(&fake, "another").kisi_integration().await.unwrap_err();
}

#[tokio::test]
async fn a_client_that_loses_nothing_does_so_with_all_habits() {
    let fake = Fake::builder()
        .habits(Habits::all().warning("noted"))
        .start()
        .await
        .unwrap();
    let client = client(&fake, "key");
    let update = client
        .update_kisi_integration()
        .door(42, |door| door.name("Lobby").cameras([id(2), id(1)]));
    assert_eq!(update.send().await.unwrap().warning(), Some("noted"));
    for name in ["Entrance", "Main door"] {
        let current = client.kisi_integration().await.unwrap();
        let plan = current.plan(&current.edit(|settings| settings.door(42, |door| door.name(name))));
        assert_eq!(plan.changes().len(), 1, "{plan}");
        client.apply(plan).verify().await.unwrap();
    }
    let stored = fake.settings_json();
    assert!(stored["futureProperty"].is_object() && stored["doorInfoMap"]["42"]["futureProperty"].is_object());
    client.kisi_integration_v2().await.unwrap();
    client.kisi_places("key").await.unwrap();
    client.kisi_doors("key").await.unwrap();
    client.unlock_door_seen_by(7, 42, id(1)).await.unwrap();
    client.delete_kisi_integration().await.unwrap();
}

#[test]
fn it_needs_no_runtime_and_stops_when_it_is_dropped() {
    let fake = Fake::builder().start_blocking().unwrap();
    let address = fake.url().strip_prefix("http://").unwrap().to_owned();
    let open = std::net::TcpStream::connect(&address).unwrap();
    drop(fake);
    assert!(std::net::TcpStream::connect(&address).is_err());
    drop(open);
}
