//! What a caller adjusts at the HTTP library's builder, and what stays as it is whatever is adjusted.

#![allow(clippy::unwrap_used, reason = "a test ends there")]

mod support;

use std::io;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use rhombus_kisi::{Error, reqwest};
use support::{KEY, READ, Step, UNLOCK, WRITE, builder, send, server};
use tracing_subscriber::filter::LevelFilter;

/// All that is logged.
#[derive(Clone, Default)]
struct Written(Arc<Mutex<Vec<u8>>>);

impl io::Write for Written {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

fn redirect(status: &str, to: SocketAddr) -> Step {
    let text = format!("HTTP/1.1 {status}\r\nlocation: http://{to}/api/unlock\r\ncontent-length: 0\r\n\r\n");
    Step::Respond(text.leak())
}

/// Everything that is dangerous, turned on.
fn reckless(http: reqwest::ClientBuilder, proxy: SocketAddr) -> reqwest::ClientBuilder {
    let again = reqwest::retry::for_host("127.0.0.1")
        .max_retries_per_request(3)
        .classify_fn(|attempt| attempt.retryable());
    let http = http
        .redirect(reqwest::redirect::Policy::limited(10))
        .retry(again)
        .referer(true)
        .https_only(false)
        .connection_verbose(true)
        .pool_max_idle_per_host(10)
        .proxy(reqwest::Proxy::all(format!("http://{proxy}")).unwrap())
        .connect_timeout(Duration::from_secs(3600));
    #[cfg(any(feature = "rustls", feature = "native-tls"))]
    let http = http
        .tls_danger_accept_invalid_certs(true)
        .tls_danger_accept_invalid_hostnames(true)
        .tls_version_min(reqwest::tls::Version::TLS_1_0);
    http
}

#[tokio::test]
async fn nothing_that_keeps_the_key_safe_can_be_undone() {
    let written = Written::default();
    let writer = written.clone();
    tracing_subscriber::fmt()
        .with_max_level(LevelFilter::TRACE)
        .with_writer(move || writer.clone())
        .init();
    let (elsewhere, at_elsewhere) = server([]).await;
    let (proxy, at_proxy) = server([]).await;
    for status in [
        "301 Moved",
        "302 Found",
        "303 See Other",
        "307 Temporary Redirect",
        "308 Permanent Redirect",
    ] {
        let (address, log) = server([redirect(status, elsewhere)]).await;
        let client = builder(address)
            .http(move |http| reckless(http, proxy))
            .build()
            .unwrap();
        let error = send(&client, &UNLOCK).await.unwrap_err();
        assert!(matches!(error, Error::Redirect { .. }), "{error:?}");
        assert!(error.may_have_been_carried_out());
        assert_eq!(log.requests().len(), 1);
    }
    // To the same URL, and broken off: once all the same.
    let (address, log) = server([]).await;
    let (itself, at_itself) = server([redirect("307 Temporary Redirect", address), Step::Reset]).await;
    let client = builder(itself).http(move |http| reckless(http, proxy)).build().unwrap();
    send(&client, &UNLOCK).await.unwrap_err();
    send(&client, &UNLOCK).await.unwrap_err();
    assert_eq!((at_itself.requests().len(), at_itself.connections()), (2, 2));
    assert_eq!(log.requests().len(), 0);
    // Reads and writes go out on connections that are used again.
    for operation in [&READ, &WRITE] {
        send(&client, operation).await.unwrap();
    }
    assert_eq!((at_elsewhere.connections(), at_proxy.connections()), (0, 0));
    let text = String::from_utf8_lossy(&written.0.lock().unwrap()).into_owned();
    assert!(text.contains("reqwest") || text.contains("hyper"), "nothing was logged");
    assert!(
        !text.contains(KEY) && !text.contains("kisi-secret"),
        "a secret was logged"
    );
}

// Elsewhere a machine has one loopback address, unless it is told otherwise.
#[cfg(target_os = "linux")]
#[tokio::test]
async fn localhost_stays_this_machine() {
    let (address, log) = server([]).await;
    // The port is that of the URL whatever is resolved, so the other place has to have it too.
    let elsewhere = tokio::net::TcpListener::bind(("127.0.0.2", address.port()))
        .await
        .unwrap();
    let other = elsewhere.local_addr().unwrap();
    let client = builder(address)
        .endpoint(format!("http://localhost:{}", address.port()))
        .http(move |http| http.resolve("localhost", other))
        .build()
        .unwrap();
    send(&client.with(|call| call.timeout(Duration::from_secs(20))), &WRITE)
        .await
        .unwrap();
    assert_eq!(log.requests().len(), 1);
}

#[tokio::test]
async fn what_may_be_adjusted_is() {
    let (address, log) = server([]).await;
    let mine = |http: reqwest::ClientBuilder| {
        let headers = [
            ("x-gateway", "g"),
            ("x-auth-apikey", "another"),
            ("x-auth-scheme", "another"),
        ];
        let headers = headers.map(|(name, value)| (name.parse().unwrap(), value.parse().unwrap()));
        http.user_agent("mine/1").default_headers(headers.into_iter().collect())
    };
    let adjusted = builder(address).http(|http| http.user_agent("first/1")).http(mine);
    for operation in [&READ, &UNLOCK] {
        send(&adjusted.clone().build().unwrap(), operation).await.unwrap();
    }
    send(&adjusted.user_agent("builder/1").build().unwrap(), &READ)
        .await
        .unwrap();
    let requests = log.requests();
    for (request, agent) in requests.iter().zip(["mine/1", "mine/1", "builder/1"]) {
        assert!(request.contains(&format!("user-agent: {agent}\r\n")), "{request}");
        assert!(
            request.contains("x-gateway: g\r\n") && !request.contains("another"),
            "{request}"
        );
    }
}
