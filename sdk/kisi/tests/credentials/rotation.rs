use std::future::ready;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use rhombus_kisi::{
    Client, Credentials, CredentialsError, Error, Expiring, Operation, Request, RequestBody, Response, Upload,
};
use rhombus_kisi_fake::{Fake, Operation as FakeOperation, Organization};
use tokio::task::JoinSet;

use crate::server::Server;
use crate::support::{READ, UNLOCK, WRITE};
use crate::vault::Vault;

const OLD: &str = "topsecret-old-key";
const NEW: &str = "topsecret-new-key";
const CALLS: usize = 64;

async fn send(client: &Client, operation: &'static Operation) -> Result<Response, Error> {
    client.transport().send(Request::new(operation).empty_json()).await
}

/// Makes calls at once, of each class in turn.
fn at_once(client: &Client) -> JoinSet<Result<Response, Error>> {
    let mut calls = JoinSet::new();
    for number in 0..CALLS {
        let (client, operation) = (client.clone(), [&READ, &WRITE, &UNLOCK][number % 3]);
        calls.spawn(async move { send(&client, operation).await });
    }
    calls
}

/// Fails where a text shows a key.
fn is_clean(error: &Error) {
    let mut shown = format!("{error} {error:?} {error:#?}");
    let mut source = std::error::Error::source(error);
    while let Some(inner) = source {
        shown.push_str(&format!(" {inner} {inner:?}"));
        source = inner.source();
    }
    assert!(!shown.contains("topsecret"), "{shown}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_key_is_rotated_under_64_calls_and_none_fails() {
    for status in [401, 403] {
        let (server, vault) = (Server::start(OLD, status).await, Vault::new(OLD));
        let client = server.builder().credentials_provider(vault.clone()).build().unwrap();
        assert_eq!(send(&client, &READ).await.unwrap().attempts, 1);
        assert_eq!((vault.asked(), server.done()), (1, 1));

        server.reject_together(CALLS);
        server.accept(NEW);
        vault.rotate(NEW);
        for response in at_once(&client).join_all().await {
            assert_eq!(response.unwrap().attempts, 2);
        }
        assert_eq!(vault.asked(), 2);
        assert_eq!((server.seen(OLD), server.seen(NEW)), (CALLS + 1, CALLS));
        assert_eq!(server.done(), CALLS + 1);
        assert_eq!(send(&client, &UNLOCK).await.unwrap().attempts, 1);
        assert_eq!(vault.asked(), 2);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_key_expires_under_64_calls_and_one_refresh_serves_all() {
    let lifetime = Duration::from_millis(200);
    let (server, vault) = (Server::start(OLD, 401).await, Vault::expiring(OLD, lifetime));
    let client = server.builder().credentials_provider(vault.clone()).build().unwrap();
    send(&client, &READ).await.unwrap();
    server.accept(NEW);
    vault.rotate(NEW);
    vault.close();
    tokio::time::sleep(2 * lifetime).await;
    let calls = at_once(&client);
    tokio::time::sleep(lifetime).await;
    assert_eq!((vault.asked(), server.all_seen()), (2, 1));
    vault.open();
    for response in calls.join_all().await {
        response.unwrap();
    }
    // The new one may expire under the last of them; what counts is that none went out with the old one.
    assert_eq!((server.seen(OLD), server.seen(NEW)), (1, CALLS));
}

#[tokio::test]
async fn an_unlock_that_was_rejected_is_carried_out_once() {
    let organization = Organization::new("AAAAAAAAAAAAAAAAAAAAAQ".parse().unwrap(), "HQ").api_key(OLD);
    let fake = Fake::builder().organization(organization).start().await.unwrap();
    let vault = Vault::new(OLD);
    let client = Client::builder()
        .endpoint(fake.url())
        .credentials_provider(vault.clone())
        .build()
        .unwrap();
    client.unlock_door(7, 42).await.unwrap();
    assert!(fake.rotate_key(OLD, NEW));
    vault.rotate(NEW);
    client.unlock_door(7, 43).await.unwrap();
    assert_eq!((fake.unlock_count(42), fake.unlock_count(43)), (1, 1));
    assert_eq!(fake.count(FakeOperation::UnlockKisiDoor), 3);
    assert_eq!(vault.asked(), 2);
}

#[tokio::test]
async fn what_is_rejected_twice_is_an_error_and_is_not_repeated_again() {
    for status in [401, 403] {
        let (server, vault) = (Server::start("another", status).await, Vault::new(OLD));
        let client = server.builder().credentials_provider(vault.clone()).build().unwrap();
        vault.rotate(OLD);
        let error = send(&client, &READ).await.unwrap_err();
        assert!(error.is_auth() && error.call().unwrap().attempts == 1, "{error}");
        assert_eq!((vault.asked(), server.all_seen()), (2, 1));

        // Others that are not accepted either.
        let server = Server::start("another", status).await;
        let asked = Arc::new(AtomicUsize::new(0));
        let counted = asked.clone();
        let provide = move || {
            let number = counted.fetch_add(1, Ordering::SeqCst);
            let key = Credentials::api_key(format!("topsecret-{number}"));
            ready(Ok(Expiring::never(key)))
        };
        let client = server.builder().credentials_provider(provide).build().unwrap();
        let error = send(&client, &UNLOCK).await.unwrap_err();
        assert!(error.is_auth() && !error.may_have_been_carried_out(), "{error}");
        assert_eq!(error.call().unwrap().attempts, 2);
        is_clean(&error);
        assert_eq!((asked.load(Ordering::SeqCst), server.all_seen()), (2, 2));
    }
}

#[tokio::test]
async fn the_repeat_takes_nothing_from_the_budget() {
    let (server, vault) = (Server::start("key-0", 401).await, Vault::new("key-0"));
    let client = server.builder().credentials_provider(vault.clone()).build().unwrap();
    // More than the budget has.
    for number in 1..=200 {
        send(&client, &WRITE).await.unwrap();
        let key = format!("key-{number}");
        server.accept(&key);
        vault.rotate(&key);
        assert_eq!(send(&client, &WRITE).await.unwrap().attempts, 2, "{number}");
    }
}

#[tokio::test]
async fn without_credentials_nothing_is_sent() {
    let (server, vault) = (Server::start(OLD, 401).await, Vault::new(OLD));
    vault.seal();
    let client = server.builder().credentials_provider(vault.clone()).build().unwrap();
    for operation in [&READ, &WRITE, &UNLOCK] {
        let error = send(&client, operation).await.unwrap_err();
        assert!(
            matches!(&error, Error::Credentials { transient: true, .. }),
            "{error:?}"
        );
        let text = error.to_string();
        assert!(
            text.contains("the vault is sealed") && text.ends_with("nothing was sent"),
            "{text}"
        );
        assert!(error.is_retryable() && !error.may_have_been_carried_out());
        assert_eq!(error.call().unwrap().attempts, 0);
        let source = std::error::Error::source(&error).unwrap();
        assert!(source.downcast_ref::<CredentialsError>().unwrap().is_transient());
    }
    assert_eq!(server.all_seen(), 0);
}

#[tokio::test]
async fn a_call_waits_for_credentials_no_longer_than_it_may_take() {
    let (server, vault) = (Server::start(OLD, 401).await, Vault::new(OLD));
    vault.close();
    let limit = Duration::from_millis(50);
    let client = server
        .builder()
        .unlock_timeout(limit)
        .credentials_provider(vault.clone())
        .build()
        .unwrap();
    let error = send(&client, &UNLOCK).await.unwrap_err();
    assert!(matches!(&error, Error::Credentials { .. }), "{error:?}");
    assert!(error.to_string().contains("did not return within"), "{error}");
    assert_eq!(server.all_seen(), 0);
    vault.open();
    send(&client, &READ).await.unwrap();
    assert_eq!(vault.asked(), 1);
}

#[tokio::test]
async fn a_stream_that_was_read_from_is_not_sent_again_but_the_next_call_has_the_new_key() {
    let (server, vault) = (Server::start(OLD, 401).await, Vault::new(OLD));
    let client = server.builder().credentials_provider(vault.clone()).build().unwrap();
    send(&client, &READ).await.unwrap();
    server.accept(NEW);
    vault.rotate(NEW);
    let transport = client.transport();
    let upload = || {
        let chunks = futures_util::stream::iter([Ok::<_, std::io::Error>(bytes::Bytes::from_static(b"{}"))]);
        let mut request = Request::new(&WRITE).empty_json();
        request.body = RequestBody::Stream(Upload::new(chunks).with_length(2));
        transport.send(request)
    };
    let error = upload().await.unwrap_err();
    assert!(matches!(error, Error::Unauthorized { .. }), "{error}");
    assert_eq!(error.call().unwrap().attempts, 1);
    while vault.asked() < 2 {
        tokio::task::yield_now().await;
    }
    assert_eq!(upload().await.unwrap().attempts, 1);
}

#[tokio::test]
async fn the_clients_of_all_organisations_share_the_credentials() {
    let (server, vault) = (Server::start(OLD, 403).await, Vault::of_partner(OLD));
    let partner = server.builder().credentials_provider(vault.clone()).build().unwrap();
    let clients = ["AAAAAAAAAAAAAAAAAAAAAQ", "AAAAAAAAAAAAAAAAAAAAAg"].map(|id| partner.for_organization(id).unwrap());
    for client in clients.iter().chain([&partner]) {
        send(client, &READ).await.unwrap();
    }
    assert_eq!(vault.asked(), 1);
    server.accept(NEW);
    vault.rotate(NEW);
    for client in &clients {
        send(client, &READ).await.unwrap();
    }
    assert_eq!(vault.asked(), 2);
    assert_eq!((server.seen(OLD), server.seen(NEW)), (4, 2));
}

#[tokio::test]
async fn only_a_partners_credentials_act_for_an_organisation() {
    let (server, vault) = (Server::start(OLD, 403).await, Vault::new(OLD));
    let id = "AAAAAAAAAAAAAAAAAAAAAQ";
    let builder = || server.builder().credentials_provider(vault.clone());
    let client = builder().organization(id.parse().unwrap()).build().unwrap();
    let own = builder().build().unwrap();
    for client in [client, own.for_organization(id).unwrap()] {
        let error = send(&client, &READ).await.unwrap_err();
        assert!(matches!(&error, Error::Invalid { .. }), "{error:?}");
        assert!(error.to_string().contains("only a partner's key"), "{error}");
    }
    assert_eq!(server.all_seen(), 0);
    // By now it is known.
    assert!(own.for_organization(id).is_err());
}

#[tokio::test]
async fn neither_the_old_key_nor_the_new_one_shows() {
    let (server, vault) = (Server::start(OLD, 403).await, Vault::new(OLD));
    let client = server.builder().credentials_provider(vault.clone()).build().unwrap();
    send(&client, &READ).await.unwrap();
    server.echo();
    server.accept("another");
    vault.rotate(NEW);
    let error = send(&client, &READ).await.unwrap_err();
    assert_eq!((server.seen(OLD), server.seen(NEW)), (2, 1));
    is_clean(&error);
    assert!(format!("{error:?}").contains("***"), "{error:?}");
    let both = client.transport().redact(format!("{OLD} and {NEW}"));
    assert_eq!(both, "*** and ***");
    assert!(!format!("{client:?}").contains("topsecret"));
}

#[tokio::test]
async fn a_token_is_sent_as_one() {
    let server = Server::start("short-lived", 401).await;
    let provide = || async {
        let token = Credentials::partner_access_token("short-lived");
        Ok(Expiring::after(token, Duration::from_secs(3600)))
    };
    let client = server.builder().credentials_provider(provide).build().unwrap();
    send(&client, &READ).await.unwrap();
    assert_eq!(server.done(), 1);
    assert!(format!("{client:?}").contains("partner-api-oauth-token"), "{client:?}");
}
