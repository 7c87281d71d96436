//! Connections that never open: nothing was sent, and every error says so.

#![allow(clippy::unwrap_used, reason = "a test ends there")]
#![cfg(any(feature = "rustls", feature = "native-tls"))]

mod support;

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use rhombus_kisi::{Client, ClientBuilder, Error, RetryPolicy, TimeoutPhase};
use support::{KEY, READ, Step, UNLOCK, WRITE, send, server};
use tokio::net::TcpListener;

/// A server that takes connections and never responds to the TLS greeting.
async fn mute() -> (SocketAddr, Arc<AtomicUsize>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let seen = Arc::new(AtomicUsize::new(0));
    let count = seen.clone();
    tokio::spawn(async move {
        let mut open = Vec::new();
        while let Ok((stream, _)) = listener.accept().await {
            count.fetch_add(1, Ordering::SeqCst);
            open.push(stream);
        }
    });
    (address, seen)
}

fn builder(address: SocketAddr) -> ClientBuilder {
    Client::builder()
        .api_key(KEY)
        .endpoint(format!("https://{address}"))
        .no_proxy()
        .retry(RetryPolicy::none())
}

#[tokio::test]
async fn whichever_limit_passes_it_is_the_connection_that_never_opened() {
    let (address, _) = mute().await;
    let short = Duration::from_millis(30);
    let clients = [
        builder(address).connect_timeout(short),
        builder(address).attempt_timeout(short),
        builder(address).timeout(short),
        builder(address)
            .timeout(short)
            .attempt_timeout(short)
            .connect_timeout(short),
        builder(address)
            .attempt_timeout(short)
            .connect_timeout(short + Duration::from_millis(1)),
        builder(address).http(move |http| http.timeout(short)),
    ];
    for client in clients.map(|builder| builder.build().unwrap()) {
        for operation in [&READ, &WRITE, &UNLOCK] {
            for _ in 0..3 {
                let error = send(&client, operation).await.unwrap_err();
                assert!(
                    matches!(
                        error,
                        Error::Timeout {
                            phase: TimeoutPhase::Connect,
                            ..
                        }
                    ),
                    "{error:?}"
                );
                assert!(!error.may_have_been_carried_out() && error.is_retryable());
                assert!(error.to_string().contains("no connection was opened within"), "{error}");
                assert!(error.to_string().contains("nothing was sent"), "{error}");
            }
        }
    }
}

#[tokio::test]
async fn no_unlock_whose_connection_never_opened_may_have_been_carried_out() {
    let (address, connections) = mute().await;
    let client = builder(address)
        .unlock_timeout(Duration::from_millis(25))
        .build()
        .unwrap();
    let patient = client.with(|call| call.retry(RetryPolicy::default()));
    for _ in 0..20 {
        let error = send(&patient, &UNLOCK).await.unwrap_err();
        assert!(
            matches!(error, Error::Timeout { phase: TimeoutPhase::Connect, limit, .. } if limit.as_millis() == 25),
            "{error:?}"
        );
        assert!(!error.may_have_been_carried_out());
        assert_eq!(error.call().unwrap().attempts, 1);
    }
    assert!(connections.load(Ordering::SeqCst) <= 20);
}

#[tokio::test]
async fn a_request_that_left_is_never_said_not_to() {
    let (address, log) = server([Step::RespondAndHang(""); 20]).await;
    let client = support::builder(address)
        .unlock_timeout(Duration::from_secs(1))
        .build()
        .unwrap();
    let calls: Vec<_> = (0..20)
        .map(|_| {
            let client = client.clone();
            tokio::spawn(async move { send(&client, &UNLOCK).await.unwrap_err() })
        })
        .collect();
    let mut unsure = 0;
    for call in calls {
        unsure += usize::from(call.await.unwrap().may_have_been_carried_out());
    }
    assert!(unsure >= log.requests().len() && unsure > 0);
}

#[tokio::test]
async fn a_proxy_that_wants_a_password_is_asked_once() {
    let (address, log) =
        server([Step::RespondAndClose("HTTP/1.1 407 Who are you\r\ncontent-length: 0\r\n\r\n"); 9]).await;
    let client = Client::builder()
        .api_key(KEY)
        .endpoint("https://api.example")
        .proxy(format!("http://user:hunter2@{address}"))
        .build()
        .unwrap();
    for operation in [&READ, &WRITE, &UNLOCK] {
        let error = send(&client, operation).await.unwrap_err();
        let text = error.to_string();
        assert!(
            text.contains(&format!("the proxy {address}")) && text.contains("407"),
            "{text}"
        );
        assert!(!format!("{text}{error:?}").contains("hunter2"), "{error:?}");
        assert!(
            matches!(error, Error::Connect { .. }) && !error.may_have_been_carried_out(),
            "{error:?}"
        );
        assert_eq!(error.call().unwrap().attempts, 1);
    }
    // One question each, and no key in any.
    let requests = log.requests();
    assert_eq!(requests.len(), 3);
    assert!(
        requests
            .iter()
            .all(|request| request.starts_with("CONNECT api.example:443") && !request.contains(KEY))
    );
}

#[tokio::test]
async fn a_proxy_on_this_machine_serves_an_endpoint_on_this_machine() {
    let denied = Step::Respond("HTTP/1.1 407 Who are you\r\ncontent-length: 0\r\n\r\n");
    let (address, log) = server([support::OK, denied]).await;
    let client = Client::builder()
        .api_key(KEY)
        .endpoint("http://localhost:9")
        .proxy(format!("http://{address}"))
        .build()
        .unwrap();
    send(&client, &WRITE).await.unwrap();
    let error = send(&client, &WRITE).await.unwrap_err();
    assert!(
        error.to_string().contains(&format!("the proxy {address} wants")),
        "{error}"
    );
    assert!(!error.may_have_been_carried_out());
    assert!(log.requests()[0].starts_with("POST http://localhost:9/api/write "));
}

#[tokio::test]
async fn a_proxy_that_is_not_there_is_named() {
    let socket = support::nobody();
    let nobody = socket.local_addr().unwrap();
    let client = Client::builder()
        .api_key(KEY)
        .endpoint("https://api.example")
        .proxy(format!("http://{nobody}"))
        .build()
        .unwrap();
    let text = send(&client, &UNLOCK).await.unwrap_err().to_string();
    assert!(
        text.contains("refused") && text.contains(&format!("the proxy {nobody}")),
        "{text}"
    );
}

/// Runs the test `name` of this file alone, in a process with this proxy in its environment.
fn run_with_proxy(name: &str, proxy: &str) -> String {
    let output = std::process::Command::new(std::env::current_exe().unwrap())
        .args([name, "--exact", "--ignored", "--nocapture"])
        .env("HTTPS_PROXY", proxy)
        .env_remove("NO_PROXY")
        .env_remove("no_proxy")
        .output()
        .unwrap();
    String::from_utf8_lossy(&output.stdout).into_owned()
}

#[tokio::test]
#[ignore = "is run by the test below, with an environment of its own"]
async fn say_what_comes_of_the_environment() {
    let builder = Client::builder().api_key(KEY).endpoint("https://api.example");
    let result = match builder.build() {
        Ok(client) => send(&client, &UNLOCK).await.map(drop),
        Err(error) => Err(error),
    };
    #[allow(clippy::print_stdout, reason = "the other process reads it")]
    {
        println!("{}", result.unwrap_err());
    }
}

#[tokio::test]
async fn the_proxy_of_the_environment_is_used_or_an_error() {
    let (address, log) = server([Step::RespondAndClose(
        "HTTP/1.1 407 Who are you\r\ncontent-length: 0\r\n\r\n",
    )])
    .await;
    for (proxy, expected) in [
        (
            "socks://hunter2".to_owned(),
            "variable `HTTPS_PROXY` cannot be used".to_owned(),
        ),
        (format!("http://{address}"), format!("the proxy {address} wants")),
    ] {
        let run = move || run_with_proxy("say_what_comes_of_the_environment", &proxy);
        let said = tokio::task::spawn_blocking(run).await.unwrap();
        assert!(said.contains(&expected) && !said.contains("hunter2"), "{said}");
    }
    assert_eq!(log.requests().len(), 1);
}
