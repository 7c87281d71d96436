//! What a call does when the server does not do its part.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test ends there"
)]

mod support;

use std::time::{Duration, Instant};

use rhombus_kisi::{Error, Operation, Repeat, RetryPolicy, TimeoutPhase};
use support::{KEY, OK, READ, Step, UNLOCK, WRITE, builder, send, server};
use tokio::net::{TcpListener, TcpSocket};

const TOO_MANY: Step =
    Step::Respond("HTTP/1.1 429 Too Many Requests\r\nretry-after: 1\r\ncontent-length: 4\r\n\r\nslow");
const LATER: Step =
    Step::Respond("HTTP/1.1 429 Too Many Requests\r\nretry-after: 3600\r\ncontent-length: 4\r\n\r\nslow");
const UNAVAILABLE: Step = Step::Respond("HTTP/1.1 503 Service Unavailable\r\ncontent-length: 4\r\n\r\ndown");

/// Sends once and tells how many requests the server saw.
async fn outcome(script: &[Step], operation: &'static Operation) -> (Result<u32, Error>, usize) {
    let (address, log) = server(script.to_vec()).await;
    let client = builder(address).build().unwrap();
    let result = send(&client, operation).await.map(|response| response.attempts);
    (result, log.requests().len())
}

#[tokio::test]
async fn a_connection_that_is_refused_is_tried_again_but_for_what_happens_now() {
    let nobody = support::nobody();
    let address = nobody.local_addr().unwrap();
    let client = builder(address).build().unwrap();
    for operation in [&READ, &WRITE, &UNLOCK] {
        let error = send(&client, operation).await.unwrap_err();
        assert!(
            matches!(&error, Error::Connect { server, .. } if **server == *address.to_string()),
            "{error:?}"
        );
        assert!(
            error
                .to_string()
                .contains("the connection was refused; nothing was sent"),
            "{error}"
        );
        let attempts = if operation.repeat == Repeat::Never { 1 } else { 4 };
        assert_eq!(error.call().unwrap().attempts, attempts);
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
        assert!(took >= Duration::from_secs(1), "{took:?}");
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

    // What is to happen now does not wait, whatever the policy and however long it could.
    for client in [&first, &again.with(|call| call.retry(RetryPolicy::none()))] {
        let error = send(client, &UNLOCK).await.unwrap_err();
        assert!(matches!(error, Error::RateLimited { .. }), "{error:?}");
        assert_eq!(error.call().unwrap().attempts, 0);
        assert!(!error.may_have_been_carried_out() && error.retry_after().unwrap() <= Duration::from_secs(60));
        assert!(error.to_string().contains("nothing was sent"), "{error}");
    }
    assert_eq!(log.requests().len(), 1);

    send(&partner.for_organization([2; 16]).unwrap(), &READ).await.unwrap();
    // Who does without retries does without waiting.
    send(&first.with(|call| call.retry(RetryPolicy::none())), &READ)
        .await
        .unwrap();
    assert_eq!(log.requests().len(), 3);
}

#[tokio::test]
async fn limits_hold() {
    let hang = Step::RespondAndHang("");
    let (address, log) = server([hang; 8]).await;
    let client = builder(address)
        .attempt_timeout(Duration::from_millis(1000))
        .timeout(Duration::from_millis(2500))
        .build()
        .unwrap();
    let error = send(&client, &WRITE).await.unwrap_err();
    assert!(
        matches!(error, Error::Timeout { phase: TimeoutPhase::Attempt, limit, .. } if limit.as_millis() == 1000),
        "{error:?}"
    );
    assert_eq!(log.requests().len(), 1);
    let error = send(&client, &READ).await.unwrap_err();
    assert!(
        matches!(error, Error::Timeout { phase: TimeoutPhase::Overall, limit, .. } if limit.as_millis() == 2500),
        "{error:?}"
    );
    assert!(error.may_have_been_carried_out());
}

#[tokio::test]
async fn an_endless_body_ends() {
    let chunked = "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n";
    let announced = "HTTP/1.1 200 OK\r\ncontent-length: 100000\r\n\r\n";
    for script in [Step::Flood(chunked, "5\r\nxxxxx\r\n"), Step::RespondAndHang(announced)] {
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
    let error = send(&client, &WRITE).await.unwrap_err();
    assert!(matches!(error, Error::Timeout { .. }), "{error:?}");
}

#[tokio::test]
async fn a_body_of_many_pieces_is_whole() {
    let (address, _) = server([Step::Respond(
        "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n1\r\n[\r\n3\r\n1,2\r\n1\r\n]\r\n0\r\n\r\n",
    )])
    .await;
    let client = builder(address).build().unwrap();
    assert_eq!(send(&client, &READ).await.unwrap().body, "[1,2]");
}

#[tokio::test]
async fn a_short_body_is_broken_off() {
    for response in [
        "HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\n{}",
        "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n5\r\n{}",
        "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\nxyz\r\n{}",
        "nonsense\r\n\r\n",
    ] {
        let (result, requests) = outcome(&[Step::RespondAndClose(response)], &WRITE).await;
        assert!(matches!(result, Err(Error::BrokenOff { .. })), "{response}: {result:?}");
        assert_eq!(requests, 1);
    }
}

#[tokio::test]
async fn a_status_is_told_whatever_becomes_of_its_body() {
    let hang = Step::RespondAndHang("HTTP/1.1 403 Forbidden\r\ncontent-length: 100\r\n\r\nno topsecr");
    let (address, _) = server([hang]).await;
    let client = builder(address)
        .attempt_timeout(Duration::from_secs(2))
        .build()
        .unwrap();
    match send(&client, &READ).await.unwrap_err() {
        Error::Forbidden { excerpt, .. } => assert_eq!(excerpt, "no ***"),
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn keys_that_the_server_quotes_are_masked() {
    let echo = Step::Respond(
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
    let (result, requests) = outcome(&[Step::Respond(redirect)], &READ).await;
    let error = result.unwrap_err();
    assert!(error.may_have_been_carried_out());
    assert!(
        matches!(&error, Error::Redirect { host: Some(host), .. } if host == "localhost"),
        "{error:?}"
    );
    assert_eq!((requests, seen.requests().len()), (1, 0));
}

#[tokio::test]
async fn an_unsure_attempt_is_not_forgotten() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move {
        let (mut stream, _) = listener.accept().await.unwrap();
        drop(listener);
        // Nobody listens there from now on, no other test either.
        let held = TcpSocket::new_v4().unwrap();
        held.set_reuseaddr(true).unwrap();
        held.bind(address).unwrap();
        support::request(&mut stream).await;
        drop(stream);
        std::future::pending::<()>().await;
    });
    let client = builder(address).build().unwrap();
    let error = send(&client, &READ).await.unwrap_err();
    assert!(matches!(error, Error::Connect { .. }), "{error:?}");
    assert!(error.may_have_been_carried_out());
}

#[tokio::test]
async fn a_dropped_call_leaves_the_client_usable() {
    let (address, log) = server([Step::RespondAndHang(""), OK]).await;
    let client = builder(address).build().unwrap();
    let arrives = async {
        while log.requests().is_empty() {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    };
    tokio::select! {
        ended = send(&client, &READ) => panic!("{ended:?}"),
        () = arrives => {}
    }
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

#[tokio::test]
async fn successes_fill_the_budget() {
    let mut script = vec![UNAVAILABLE; 160];
    script.extend([OK; 5]);
    script.extend([UNAVAILABLE, OK, UNAVAILABLE, OK, UNAVAILABLE]);
    let (address, log) = server(script).await;
    let client = builder(address).build().unwrap();
    for _ in 0..60 {
        send(&client, &READ).await.unwrap_err();
    }
    for _ in 0..5 {
        send(&client, &READ).await.unwrap();
    }
    // Five successes pay for a retry, and its success gives back what it took.
    for _ in 0..2 {
        assert_eq!(send(&client, &READ).await.unwrap().attempts, 2);
    }
    assert_eq!(log.requests().len(), 169);
}

#[tokio::test]
async fn a_body_of_exactly_the_limit_is_accepted() {
    let chunked = "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n";
    let announced = format!("HTTP/1.1 200 OK\r\ncontent-length: 1000\r\n\r\n{}", " ".repeat(1000));
    let in_one = format!("{chunked}3e8\r\n{}\r\n0\r\n\r\n", " ".repeat(1000));
    let piece = format!("64\r\n{}\r\n", " ".repeat(100));
    let in_pieces = format!("{chunked}{}0\r\n\r\n", piece.repeat(10));
    for response in [announced, in_one, in_pieces] {
        let response: &'static str = response.leak();
        let (address, _) = server([Step::Respond(response); 2]).await;
        let exact = builder(address).max_response_size(1000).build().unwrap();
        assert_eq!(send(&exact, &READ).await.unwrap().body.len(), 1000);
        let (address, _) = server([Step::Respond(response); 2]).await;
        let less = builder(address).max_response_size(999).build().unwrap();
        let error = send(&less, &READ).await.unwrap_err();
        assert!(matches!(error, Error::TooLarge { limit: 999, .. }), "{error:?}");
    }
}

#[tokio::test]
async fn a_read_carries_nothing_out() {
    static LOOK: Operation =
        Operation::new("look", rhombus_kisi::reqwest::Method::POST, "/api/look", Repeat::Safe).read_only();
    let broken = Step::RespondAndClose("HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\n{}");
    let moved = Step::Respond("HTTP/1.1 303 See Other\r\ncontent-length: 0\r\n\r\n");
    for script in [[Step::Reset; 4], [UNAVAILABLE; 4], [broken; 4], [moved; 4]] {
        let error = outcome(&script, &LOOK).await.0.unwrap_err();
        assert!(!error.may_have_been_carried_out(), "{error:?}");
        assert!(!error.to_string().contains("carried out"), "{error}");
        let error = outcome(&script, &WRITE).await.0.unwrap_err();
        assert!(error.may_have_been_carried_out(), "{error:?}");
        assert!(error.to_string().contains("may have been carried out"), "{error}");
    }
    // The vendor's operations that read are known as such.
    let (address, _) = server([Step::Respond("HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n[]")]).await;
    let error = builder(address).build().unwrap().kisi_integration().await.unwrap_err();
    assert!(
        matches!(error, Error::Decode(_)) && !error.may_have_been_carried_out(),
        "{error:?}"
    );
}

#[tokio::test]
async fn a_limit_of_zero_is_refused_by_each_call() {
    let (address, log) = server([]).await;
    let client = builder(address).build().unwrap();
    let zero = Duration::ZERO;
    let table = [
        (client.with(|call| call.timeout(zero)), "`timeout`"),
        (client.with(|call| call.attempt_timeout(zero)), "`attempt_timeout`"),
        (client.with(|call| call.unlock_timeout(zero)), "`unlock_timeout`"),
    ];
    for (client, name) in table {
        for operation in [&READ, &WRITE, &UNLOCK] {
            let error = send(&client, operation).await.unwrap_err();
            assert!(
                matches!(&error, Error::Invalid { what, .. } if what == name),
                "{error:?}"
            );
            assert!(error.to_string().ends_with("nothing was sent"), "{error}");
        }
    }
    assert_eq!(log.connections(), 0);
}

/// What a test does not wait for.
const HOUR: Duration = Duration::from_secs(3600);

#[tokio::test]
async fn an_unlock_has_a_limit_of_its_own() {
    let (address, log) = server([Step::RespondAndHang(""); 2]).await;
    let short = Duration::from_millis(300);
    let client = builder(address)
        .attempt_timeout(HOUR)
        .timeout(HOUR)
        .unlock_timeout(short);
    let client = client.build().unwrap();
    // The shorter of the two holds.
    let other = client.with(|call| call.timeout(short).unlock_timeout(HOUR));
    for client in [client, other] {
        let call = tokio::time::timeout(Duration::from_secs(60), send(&client, &UNLOCK));
        let error = call.await.expect("the limit holds").unwrap_err();
        assert!(
            matches!(error, Error::Timeout { phase: TimeoutPhase::Overall, limit, .. } if limit == short),
            "{error:?}"
        );
        assert!(error.may_have_been_carried_out());
    }
    assert_eq!(log.requests().len(), 2);
    // Of anything else it is no limit.
    let (address, _) = server([Step::RespondAndHang("")]).await;
    let client = builder(address)
        .timeout(2 * short)
        .unlock_timeout(short)
        .build()
        .unwrap();
    let error = send(&client, &WRITE).await.unwrap_err();
    assert!(
        matches!(error, Error::Timeout { limit, .. } if limit == 2 * short),
        "{error:?}"
    );
}

#[tokio::test]
async fn an_unlock_does_not_wait_for_a_quota() {
    let minute = Step::Respond("HTTP/1.1 429 Too Many Requests\r\nretry-after: 60\r\ncontent-length: 0\r\n\r\n");
    let (address, log) = server([minute]).await;
    let client = builder(address)
        .attempt_timeout(HOUR)
        .timeout(HOUR)
        .unlock_timeout(HOUR);
    let client = client.build().unwrap();
    let hasty = client.with(|call| call.retry(RetryPolicy::none()));
    send(&hasty, &READ).await.unwrap_err();
    for client in [&client, &hasty] {
        let call = tokio::time::timeout(Duration::from_secs(20), send(client, &UNLOCK));
        let error = call.await.expect("it fails at once").unwrap_err();
        assert!(matches!(error, Error::RateLimited { .. }), "{error:?}");
        assert_eq!(error.call().unwrap().attempts, 0);
    }
    assert_eq!(log.requests().len(), 1);
}

#[tokio::test]
async fn a_name_that_is_unknown_is_told_as_such() {
    struct Nobody;

    impl reqwest::dns::Resolve for Nobody {
        fn resolve(&self, _: reqwest::dns::Name) -> reqwest::dns::Resolving {
            Box::pin(async { Err("no such name".into()) })
        }
    }

    let client = rhombus_kisi::Client::builder()
        .api_key(support::KEY)
        .endpoint("https://api.example")
        .no_proxy()
        .http(|http| http.dns_resolver(Nobody))
        .build()
        .unwrap();
    let error = send(&client, &UNLOCK).await.unwrap_err();
    let text = error.to_string();
    assert!(
        text.contains("api.example") && text.contains("DNS") && text.contains("nothing was sent"),
        "{text}"
    );
}
