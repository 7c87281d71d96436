//! What a client does besides what it was asked for is told, once each, and no callback can break a call.
#![allow(clippy::unwrap_used, clippy::panic)] // In tests, a broken set-up is a failed test.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use rhombus_kisi::events::Event;
use rhombus_kisi::{Client, ClientBuilder, RetryPolicy};
use rhombus_kisi_fake::{Fake, Fault, Organization, Partner, id};
use serde_json::json;

type Told = Arc<Mutex<Vec<String>>>;

async fn start() -> Fake {
    let settings = json!({ "enabled": true, "apiSecretKey": "key-of-kisi" });
    let organization = Organization::new(id(100), "Example")
        .api_key("topsecret-key")
        .settings(settings);
    let partner = Partner::new().api_key("partner-topsecret").client(id(100));
    Fake::builder()
        .organization(organization)
        .partner(partner)
        .start()
        .await
        .unwrap()
}

/// A builder whose client keeps what it tells of.
fn builder(fake: &Fake) -> (ClientBuilder, Told) {
    let told = Told::default();
    let keep = told.clone();
    let retry = RetryPolicy::default().base_backoff(Duration::from_millis(5));
    let builder = Client::builder().endpoint(fake.url()).retry(retry);
    let builder = builder.on_event(move |event| {
        let line = match event {
            Event::Retry {
                operation,
                organization,
                attempts,
                wait,
                error,
                ..
            } => {
                assert!(!wait.is_zero() && *wait < Duration::from_secs(60));
                let status = error.status().map(|status| status.as_u16());
                format!("retry {operation} {organization:?} {attempts} {status:?}")
            }
            Event::QuotaWait {
                operation,
                organization,
                wait,
                ..
            } => {
                assert!(!wait.is_zero() && *wait < Duration::from_secs(60));
                format!("wait {operation} {organization:?}")
            }
            other => other.name().to_owned(),
        };
        assert!(!format!("{event:?}").contains("topsecret"), "{event:?}");
        keep.lock().unwrap().push(line);
    });
    (builder, told)
}

#[tokio::test]
async fn each_retry_is_told_with_its_reason() {
    let fake = start().await;
    let (builder, told) = builder(&fake);
    let client = builder.api_key("topsecret-key").build().unwrap();
    client.kisi_integration().await.unwrap();
    assert!(told.lock().unwrap().is_empty(), "a call that succeeds tells nothing");
    fake.inject_each([Fault::status(503), Fault::status(502)]);
    client.kisi_integration().await.unwrap();
    // The last attempt has no retry.
    fake.inject(Fault::forbidden());
    client.kisi_integration().await.unwrap_err();
    assert_eq!(
        *told.lock().unwrap(),
        [
            "retry getKisiIntegration None 1 Some(503)",
            "retry getKisiIntegration None 2 Some(502)"
        ]
    );
}

#[tokio::test]
async fn a_wait_for_quota_is_told_with_its_organisation() {
    let fake = start().await;
    let (builder, told) = builder(&fake);
    let partner = builder.partner_key("partner-topsecret").build().unwrap();
    let client = partner.for_organization(id(100)).unwrap();
    fake.inject(Fault::rate_limited(1));
    let hasty = client.with(|call| call.retry(RetryPolicy::none()));
    hasty.kisi_integration().await.unwrap_err();
    assert!(told.lock().unwrap().is_empty());
    client.kisi_integration().await.unwrap();
    assert_eq!(
        *told.lock().unwrap(),
        [format!("wait getKisiIntegration Some(\"{}\")", id(100))]
    );
}

#[tokio::test]
async fn a_callback_that_panics_breaks_no_call() {
    let fake = start().await;
    let (builder, told) = builder(&fake);
    let builder = builder.on_event(|_| panic!("of the user")).api_key("topsecret-key");
    fake.inject(Fault::status(503));
    builder.build().unwrap().kisi_integration().await.unwrap();
    assert_eq!(told.lock().unwrap().len(), 1);
}

#[tokio::test]
async fn a_callback_may_use_the_client() {
    let fake = start().await;
    let slot = Arc::<Mutex<Option<Client>>>::default();
    let (used, reports) = (slot.clone(), Told::default());
    let keep = reports.clone();
    let builder = Client::builder().api_key("topsecret-key").endpoint(fake.url());
    let client = builder
        .on_event(move |_| {
            let report = used.lock().unwrap().as_ref().unwrap().drift();
            keep.lock().unwrap().push(report.to_string());
        })
        .build()
        .unwrap();
    *slot.lock().unwrap() = Some(client.clone());
    fake.inject(Fault::garbage_of(r#"{"future":1}"#));
    client.kisi_integration().await.unwrap();
    assert!(reports.lock().unwrap()[0].contains("$.future"));
}
