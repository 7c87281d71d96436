//! What a call does when the server does not do its part.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test ends there")]

mod support;

use std::time::{Duration, Instant};

use rhombus_kisi::{Error, Operation, RetryPolicy, TimeoutPhase};
use support::{KEY, OK, READ, Step, UNLOCK, WRITE, builder, send, server};
use tokio::net::TcpListener;

const TOO_MANY: Step =
    Step::Answer("HTTP/1.1 429 Too Many Requests\r\nretry-after: 1\r\ncontent-length: 4\r\n\r\nslow");
const LATER: Step =
    Step::Answer("HTTP/1.1 429 Too Many Requests\r\nretry-after: 3600\r\ncontent-length: 4\r\n\r\nslow");
const UNAVAILABLE: Step = Step::Answer("HTTP/1.1 503 Service Unavailable\r\ncontent-length: 4\r\n\r\ndown");

/// Sends once and tells how many requests the server saw.
async fn outcome(script: &[Step], operation: &'static Operation) -> (Result<u32, Error>, usize) {
    let (address, log) = server(script.to_vec()).await;
    let client = builder(address).build().unwrap();
    let result = send(&client, operation).await.map(|response| response.attempts);
    (result, log.requests().len())
}

#[tokio::test]
async fn what_is_refused_is_tried_again_by_every_operation() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    drop(listener);
    let client = builder(address).build().unwrap();
    for operation in [&READ, &WRITE, &UNLOCK] {
        let error = send(&client, operation).await.unwrap_err();
        assert!(
            matches!(&error, Error::Connect { server, .. } if *server == address.to_string()),
            "{error:?}"
        );
        assert_eq!(error.call().unwrap().attempts, 4);
        assert!(error.is_retryable() && !error.may_have_been_carried_out());
    }
}

#[tokio::test]
async fn after_a_reset_only_what_is_safe_is_sent_again() {
    assert!(matches!(outcome(&[Step::Reset, Step::Reset], &READ).await, (Ok(3), 3)));
    for operation in [&WRITE, &UNLOCK] {
        let (result, requests) = outcome(&[Step::Reset], operation).await;
        let error = result.unwrap_err();
        assert!(matches!(error, Error::BrokenOff { .. }), "{error:?}");
        assert!(error.may_have_been_carried_out());
        assert_eq!(requests, 1);
    }
}

#[tokio::test]
async fn after_502_to_504_only_what_is_safe_is_sent_again() {
    assert!(matches!(outcome(&[UNAVAILABLE], &READ).await, (Ok(2), 2)));
    for operation in [&WRITE, &UNLOCK] {
        assert!(
            matches!(outcome(&[UNAVAILABLE], operation).await, (Err(Error::Status { excerpt, .. }), 1) if excerpt == "down")
        );
    }
    let (result, requests) = outcome(&[UNAVAILABLE; 4], &READ).await;
    assert_eq!((result.unwrap_err().call().unwrap().attempts, requests), (4, 4));
}

#[tokio::test]
async fn after_429_all_but_what_never_repeats_waits() {
    for operation in [&READ, &WRITE] {
        let begun = Instant::now();
        assert!(matches!(outcome(&[TOO_MANY], operation).await, (Ok(2), 2)));
        let took = begun.elapsed();
        assert!(
            took >= Duration::from_secs(1) && took < Duration::from_secs(3),
            "{took:?}"
        );
    }
    let (result, requests) = outcome(&[TOO_MANY], &UNLOCK).await;
    let error = result.unwrap_err();
    assert_eq!(error.retry_after(), Some(Duration::from_secs(1)));
    assert_eq!(requests, 1);
}

#[tokio::test]
async fn a_wait_past_the_deadline_is_not_begun_and_holds_back_its_organisation_only() {
    let (address, log) = server([LATER]).await;
    let partner = builder(address).partner_key(KEY).build().unwrap();
    let first = partner.for_organization([1; 16]).unwrap();
    let begun = Instant::now();
    let error = send(&first, &READ).await.unwrap_err();
    assert_eq!(error.retry_after(), Some(Duration::from_secs(3600)));

    // The same organisation by another handle: nothing is sent.
    let again = partner
        .for_organization([1; 16])
        .unwrap()
        .with(|call| call.timeout(Duration::from_secs(10)));
    let error = send(&again, &READ).await.unwrap_err();
    assert!(matches!(error, Error::RateLimited { .. }), "{error:?}");
    assert_eq!(error.call().unwrap().attempts, 0);
    assert_eq!(log.requests().len(), 1);

    send(&partner.for_organization([2; 16]).unwrap(), &READ).await.unwrap();
    // Who does without retries does without waiting.
    send(&first.with(|call| call.retry(RetryPolicy::none())), &READ)
        .await
        .unwrap();
    assert_eq!(log.requests().len(), 3);
    assert!(begun.elapsed() < Duration::from_secs(2));
}

#[tokio::test]
async fn limits_hold() {
    let hang = Step::AnswerAndHang("");
    let (address, log) = server([hang; 8]).await;
    let client = builder(address)
        .attempt_timeout(Duration::from_millis(100))
        .timeout(Duration::from_millis(250))
        .build()
        .unwrap();
    let begun = Instant::now();
    let error = send(&client, &WRITE).await.unwrap_err();
    assert!(
        matches!(error, Error::Timeout { phase: TimeoutPhase::Attempt, limit, .. } if limit.as_millis() == 100),
        "{error:?}"
    );
    assert_eq!(log.requests().len(), 1);
    let error = send(&client, &READ).await.unwrap_err();
    assert!(
        matches!(error, Error::Timeout { phase: TimeoutPhase::Overall, limit, .. } if limit.as_millis() == 250),
        "{error:?}"
    );
    assert!(error.may_have_been_carried_out());
    assert!(begun.elapsed() < Duration::from_millis(600), "{:?}", begun.elapsed());
}

#[tokio::test]
async fn an_endless_body_ends() {
    let chunked = "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n";
    let announced = "HTTP/1.1 200 OK\r\ncontent-length: 100000\r\n\r\n";
    for script in [Step::Flood(chunked, "5\r\nxxxxx\r\n"), Step::AnswerAndHang(announced)] {
        let (address, _) = server([script]).await;
        let client = builder(address).max_response_size(10_000).build().unwrap();
        let error = send(&client, &READ).await.unwrap_err();
        assert!(matches!(error, Error::TooLarge { limit: 10_000, .. }), "{error:?}");
    }
    // Under the limit it is the time that ends it, also where there is always something to read.
    let (address, _) = server([Step::Flood(chunked, "1\r\nx\r\n")]).await;
    let client = builder(address)
        .max_response_size(u64::MAX)
        .timeout(Duration::from_millis(200))
        .build()
        .unwrap();
    let begun = Instant::now();
    let error = send(&client, &WRITE).await.unwrap_err();
    assert!(matches!(error, Error::Timeout { .. }), "{error:?}");
    assert!(begun.elapsed() < Duration::from_secs(2), "{:?}", begun.elapsed());
}

#[tokio::test]
async fn a_body_of_many_pieces_is_whole() {
    let (address, _) = server([Step::Answer(
        "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n1\r\n[\r\n3\r\n1,2\r\n1\r\n]\r\n0\r\n\r\n",
    )])
    .await;
    let client = builder(address).build().unwrap();
    assert_eq!(send(&client, &READ).await.unwrap().body, "[1,2]");
}

#[tokio::test]
async fn a_short_body_is_broken_off() {
    for answer in [
        "HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\n{}",
        "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n5\r\n{}",
        "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\nxyz\r\n{}",
        "nonsense\r\n\r\n",
    ] {
        let (result, requests) = outcome(&[Step::AnswerAndClose(answer)], &WRITE).await;
        assert!(matches!(result, Err(Error::BrokenOff { .. })), "{answer}: {result:?}");
        assert_eq!(requests, 1);
    }
}

#[tokio::test]
async fn a_status_is_told_whatever_becomes_of_its_body() {
    let hang = Step::AnswerAndHang("HTTP/1.1 403 Forbidden\r\ncontent-length: 100\r\n\r\nno topsecr");
    let (address, _) = server([hang]).await;
    let client = builder(address)
        .attempt_timeout(Duration::from_millis(100))
        .build()
        .unwrap();
    match send(&client, &READ).await.unwrap_err() {
        Error::Forbidden { excerpt, .. } => assert_eq!(excerpt, "no ***"),
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn keys_that_the_server_quotes_are_masked() {
    let echo = Step::Answer(
        "HTTP/1.1 400 Bad Request\r\ncontent-length: 74\r\n\r\n{\"error\":\"x\",\"msg\":\"topsecret-key kisi-secret dG9wc2VjcmV0LWtleQ== \\\"\"}   ",
    );
    match outcome(&[echo], &READ).await.0.unwrap_err() {
        Error::Status { excerpt, .. } => assert_eq!(excerpt, "*** *** ***== \""),
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn redirects_are_not_followed() {
    let (elsewhere, seen) = server([]).await;
    let redirect: &'static str = Box::leak(
        format!(
            "HTTP/1.1 307 Temporary Redirect\r\nlocation: http://localhost:{}/x?y\r\ncontent-length: 0\r\n\r\n",
            elsewhere.port()
        )
        .into_boxed_str(),
    );
    let (result, requests) = outcome(&[Step::Answer(redirect)], &READ).await;
    let error = result.unwrap_err();
    assert!(
        matches!(&error, Error::Redirect { host: Some(host), .. } if host == "localhost"),
        "{error:?}"
    );
    assert_eq!((requests, seen.requests().len()), (1, 0));

    // A client of the caller's that follows them all the same is found out.
    let (address, _) = server([Step::Answer(redirect)]).await;
    let given = reqwest::Client::builder().no_proxy().build().unwrap();
    let client = builder(address).http_client(given).build().unwrap();
    let error = send(&client, &READ).await.unwrap_err();
    assert!(
        matches!(&error, Error::Redirect { host: Some(host), .. } if host == "localhost"),
        "{error:?}"
    );
    assert!(error.may_have_been_carried_out());
    assert!(error.to_string().contains("Policy::none()"), "{error}");
}

#[tokio::test]
async fn an_unsure_attempt_is_not_forgotten() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move {
        let (mut stream, _) = listener.accept().await.unwrap();
        drop(listener);
        support::request(&mut stream).await;
    });
    let client = builder(address).build().unwrap();
    let error = send(&client, &READ).await.unwrap_err();
    assert!(matches!(error, Error::Connect { .. }), "{error:?}");
    assert!(error.may_have_been_carried_out());
}

#[tokio::test]
async fn a_dropped_call_leaves_the_client_usable() {
    let (address, log) = server([Step::AnswerAndHang(""), OK]).await;
    let client = builder(address).build().unwrap();
    let cut = tokio::time::timeout(Duration::from_millis(50), send(&client, &READ)).await;
    assert!(cut.is_err());
    assert_eq!(send(&client, &READ).await.unwrap().attempts, 1);
    assert_eq!(log.requests().len(), 2);
}

#[tokio::test]
async fn the_budget_ends_retries() {
    let (address, log) = server([UNAVAILABLE; 400]).await;
    let client = builder(address).build().unwrap();
    for _ in 0..60 {
        send(&client, &READ).await.unwrap_err();
    }
    // 60 calls, and the 100 retries that 500 tokens pay for.
    assert_eq!(log.requests().len(), 160);
}
