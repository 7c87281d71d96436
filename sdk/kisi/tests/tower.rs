//! Services of tower under a client.
#![allow(clippy::unwrap_used)] // In tests, that is what failing means.

mod support;

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use axum::extract::Request;
use axum::http::StatusCode;
use axum::routing::any;
use axum::{Json, Router, body::Body};
use rhombus_kisi::tower::ServiceTransport;
use rhombus_kisi::{CallPhase, Client, ErrorKind, RetryPolicy};
use serde_json::{Value, json};
use support::{KEY, READ, UNLOCK, WRITE, send};
use tower::{ServiceBuilder, load_shed::error::Overloaded};

type Transport<S> = ServiceTransport<S, Body>;

#[tokio::test]
async fn a_router_in_process_is_a_server() {
    let answer = |request: Request| async move {
        let (head, body) = request.into_parts();
        let sent: Value = serde_json::from_slice(&axum::body::to_bytes(body, 1000).await.unwrap()).unwrap();
        assert_eq!(head.headers["x-auth-apikey"], KEY);
        assert_eq!(head.headers["content-type"], "application/json");
        let path = head.uri.path().to_owned();
        Json(json!({ "kisiSettings": { "enabled": true, "path": path, "sent": sent } }))
    };
    let router = Router::new().fallback(any(answer));
    let client = Client::builder()
        .api_key(KEY)
        .transport(Transport::new(router))
        .build()
        .unwrap();
    let settings = client.kisi_integration().await.unwrap().settings().clone();
    assert_eq!(settings.enabled.get(), Some(&true));
    let path = settings.extra.value("path").unwrap();
    assert!(path.as_str().unwrap().ends_with("getKisiIntegration"), "{path}");
}

#[tokio::test(start_paused = true)]
async fn a_concurrency_limit_holds_and_calls_wait_for_it() {
    let (now, most) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)));
    let (counted, seen) = (now.clone(), most.clone());
    let router = Router::new().fallback(any(async move || {
        let running = counted.fetch_add(1, Ordering::SeqCst) + 1;
        seen.fetch_max(running, Ordering::SeqCst);
        tokio::time::sleep(Duration::from_secs(1)).await;
        counted.fetch_sub(1, Ordering::SeqCst);
        Json(json!({}))
    }));
    let service = ServiceBuilder::new().concurrency_limit(3).service(router);
    let client = Client::builder()
        .api_key(KEY)
        .transport(Transport::new(service))
        .build()
        .unwrap();
    let calls = (0..12).map(|_| send(&client, &WRITE));
    let results = futures_util::future::join_all(calls).await;
    assert!(results.iter().all(Result::is_ok));
    assert_eq!(most.load(Ordering::SeqCst), 3);
}

#[tokio::test]
async fn a_refusal_of_a_layer_is_retried_where_nothing_was_sent() {
    let router = Router::new().fallback(any(async || Json(json!({}))));
    // Of no use: it never has a place.
    let service = ServiceBuilder::new().load_shed().concurrency_limit(0).service(router);
    let policy = RetryPolicy::default().base_backoff(Duration::from_millis(1));
    let client = |transport: Transport<_>| {
        Client::builder()
            .api_key(KEY)
            .retry(policy.clone())
            .transport(transport)
            .build()
            .unwrap()
    };
    let knows = client(Transport::new(service.clone()).not_sent(|error| error.is::<Overloaded>()));
    let error = send(&knows, &WRITE).await.unwrap_err();
    assert_eq!(
        (error.kind(), error.phase()),
        (ErrorKind::Connect, CallPhase::Connecting),
        "{error}"
    );
    assert!(
        error.call().unwrap().attempts > 1 && !error.may_have_been_carried_out(),
        "{error}"
    );
    let error = send(&client(Transport::new(service)), &WRITE).await.unwrap_err();
    assert_eq!(
        (error.kind(), error.call().unwrap().attempts),
        (ErrorKind::BrokenOff, 1),
        "{error}"
    );
    assert!(error.may_have_been_carried_out());
}

#[tokio::test]
async fn responses_are_judged_as_those_over_http() {
    let router = Router::new().fallback(any(async || {
        (StatusCode::NOT_FOUND, format!("no {KEY} here, and kisi-secret"))
    }));
    let client = Client::builder()
        .api_key(KEY)
        .transport(Transport::new(router))
        .build()
        .unwrap();
    let error = send(&client, &UNLOCK).await.unwrap_err();
    assert_eq!(error.status(), Some(StatusCode::NOT_FOUND));
    assert!(!error.may_have_been_carried_out(), "{error}");

    let router = Router::new().fallback(any(async || "x".repeat(100)));
    let small = Transport::new(router).max_response_size(99);
    let client = Client::builder().api_key(KEY).transport(small).build().unwrap();
    assert_eq!(send(&client, &READ).await.unwrap_err().kind(), ErrorKind::TooLarge);
}

#[tokio::test]
async fn an_endpoint_goes_before_the_path() {
    let router = Router::new().fallback(any(async |request: Request| {
        Json(json!({ "uri": request.uri().to_string() }))
    }));
    let transport = Transport::new(router).endpoint("https://api.example/base/").unwrap();
    let client = Client::builder().api_key(KEY).transport(transport).build().unwrap();
    let response = send(&client, &READ).await.unwrap();
    let said: Value = serde_json::from_slice(&response.body).unwrap();
    assert_eq!(said["uri"], "https://api.example/base/api/read");
    for bad in ["", "/path", "no uri", "https://a/?key=1"] {
        assert!(Transport::new(Router::<()>::new()).endpoint(bad).is_err(), "{bad}");
    }
}
