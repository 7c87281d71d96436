//! A nightly sync, and seven tests of it: what a user writes for code that reads settings and brings them in line.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)] // In tests, that is what failing means.
// A later document may mark the first version of the API as deprecated.
#![allow(deprecated)]

use std::time::Duration;

use rhombus_kisi::types::{GetKisiIntegrationResponse, KisiSettings, UpdateOrgIntegrationsResponse};
use rhombus_kisi::{Client, Effect, Error, RetryPolicy};
use rhombus_kisi_httpmock::MockServerExt;
use rhombus_kisi_httpmock::httpmock::MockServer;

/// The code under test: names the lobby door, and says whether it had to.
async fn nightly_sync(client: &Client) -> Result<bool, Error> {
    let current = client.kisi_integration().await?;
    let desired = current.edit(|settings| settings.door(42, |door| door.name("Lobby")));
    let applied = client.apply(current.plan(&desired)).await?;
    Ok(applied.effect != Effect::Nothing)
}

fn client(server: &MockServer) -> Client {
    let policy = RetryPolicy::default()
        .base_backoff(Duration::from_millis(1))
        .max_backoff(Duration::from_millis(2));
    Client::builder()
        .api_key("a-key-of-rhombus")
        .endpoint(server.base_url())
        .retry(policy)
        .build()
        .unwrap()
}

/// Settings in which door 42 has this name.
fn settings(name: &str) -> KisiSettings {
    let text = format!(r#"{{"enabled":true,"doorInfoMap":{{"42":{{"doorName":"{name}","floor":3}}}}}}"#);
    serde_json::from_str(&text).unwrap()
}

/// The response to a read of such settings.
fn read(name: &str) -> GetKisiIntegrationResponse {
    let mut response = GetKisiIntegrationResponse::default();
    response.kisi_settings = settings(name).into();
    response
}

#[tokio::test]
async fn it_reads_the_settings() {
    let server = MockServer::start_async().await;
    let reads = server.get_kisi_integration(|when, then| {
        when.body(&Default::default());
        then.ok(&read("Lobby"));
    });
    nightly_sync(&client(&server)).await.unwrap();
    assert_eq!(reads.calls(), 1);
}

#[tokio::test]
async fn what_is_in_line_is_not_written() {
    let server = MockServer::start_async().await;
    server.get_kisi_integration(|_, then| drop(then.ok(&read("Lobby"))));
    let writes = server.update_kisi_integration(|_, then| drop(then.rejected("nothing should come")));
    assert!(!nightly_sync(&client(&server)).await.unwrap());
    assert_eq!(writes.calls(), 0);
}

#[tokio::test]
async fn a_change_is_one_write_of_everything_that_was_read() {
    let server = MockServer::start_async().await;
    server.get_kisi_integration(|_, then| drop(then.ok(&read("Door 42"))));
    let writes = server.update_kisi_integration(|when, then| {
        let mut wanted = rhombus_kisi::types::UpdateKisiIntegrationRequest::default();
        wanted.kisi_settings = settings("Lobby").into();
        when.body(&wanted);
        then.warning("one door needs a look");
    });
    assert!(nightly_sync(&client(&server)).await.unwrap());
    assert_eq!(writes.calls(), 1);
}

#[tokio::test]
async fn a_rejection_is_an_error_and_not_repeated() {
    let server = MockServer::start_async().await;
    server.get_kisi_integration(|_, then| drop(then.ok(&read("Door 42"))));
    let writes = server.update_kisi_integration(|_, then| drop(then.rejected("busy")));
    let error = nightly_sync(&client(&server)).await.unwrap_err();
    assert!(error.to_string().contains("busy"), "{error}");
    assert_eq!(writes.calls(), 1);
}

#[tokio::test]
async fn a_throttled_write_is_sent_again() {
    let server = MockServer::start_async().await;
    server.get_kisi_integration(|_, then| drop(then.ok(&read("Door 42"))));
    let writes = server.update_kisi_integration(|_, then| {
        then.rate_limited(0)
            .then()
            .server_error(503)
            .then()
            .ok(&UpdateOrgIntegrationsResponse::default());
    });
    assert!(nightly_sync(&client(&server)).await.unwrap());
    assert_eq!(writes.calls(), 3);
}

#[tokio::test]
async fn without_a_key_that_is_accepted_it_stops() {
    for status in [401, 403] {
        let server = MockServer::start_async().await;
        let reads = server.get_kisi_integration(|_, then| match status {
            401 => drop(then.unauthorized()),
            _ => drop(then.forbidden()),
        });
        let writes = server.update_kisi_integration(|_, then| drop(then.ok(&Default::default())));
        let error = nightly_sync(&client(&server)).await.unwrap_err();
        assert!(error.to_string().contains(&status.to_string()), "{error}");
        assert_eq!((reads.calls(), writes.calls()), (1, 0));
    }
}

#[tokio::test]
async fn what_somebody_else_changes_meanwhile_is_a_conflict() {
    let server = MockServer::start_async().await;
    server.get_kisi_integration(|_, then| drop(then.ok(&read("Door 42")).then().ok(&read("Entrance"))));
    let writes = server.update_kisi_integration(|_, then| drop(then.ok(&Default::default())));
    let error = nightly_sync(&client(&server)).await.unwrap_err();
    assert!(error.to_string().contains("$.doorInfoMap[\"42\"].doorName"), "{error}");
    assert_eq!(writes.calls(), 0);
}
