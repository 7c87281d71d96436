use std::net::SocketAddr;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use rhombus_kisi::providers::{OAuth, OAuthBuilder, OAuthError};
use rhombus_kisi::{Client, CredentialsError, Error, Request};

use crate::server::Server;
use crate::support::{READ, Step, nobody, server};

const REFRESH: &str = "topsecret-refresh-1";
const CLIENT_SECRET: &str = "topsecret-client/1";

fn json(status: u16, body: &str) -> Step {
    let head = format!("HTTP/1.1 {status} X\r\ncontent-type: application/json\r\ncontent-length: ");
    Step::Respond(format!("{head}{}\r\n\r\n{body}", body.len()).leak())
}

/// The first access token, and another refresh token.
fn first() -> Step {
    json(
        200,
        r#"{"access_token":"topsecret-access-1","refresh_token":"topsecret-refresh-2","expires_in":3600}"#,
    )
}

/// The second access token, and no other refresh token.
fn second() -> Step {
    json(200, r#"{"access_token":"topsecret-access-2","expires_in":3600}"#)
}

fn oauth(address: SocketAddr) -> OAuthBuilder {
    OAuth::builder("client 1", REFRESH)
        .client_secret(CLIENT_SECRET)
        .token_url(format!("http://{address}/oauth/token"))
}

async fn read(client: &Client) -> Result<u32, Error> {
    let sent = client.transport().send(Request::new(&READ).empty_json()).await;
    sent.map(|response| response.attempts)
}

/// All that is shown of an error.
fn shown(error: &Error) -> String {
    let mut shown = format!("{error} {error:?} {error:#?}");
    let mut source = std::error::Error::source(error);
    while let Some(inner) = source {
        shown.push_str(&format!(" {inner} {inner:?}"));
        source = inner.source();
    }
    assert!(!shown.contains("topsecret"), "{shown}");
    shown
}

/// The error of the endpoint under that of a call.
fn of_endpoint(error: &Error) -> &OAuthError {
    let source = std::error::Error::source(error).unwrap();
    let source = source.downcast_ref::<CredentialsError>().unwrap();
    let source = std::error::Error::source(source).unwrap();
    source
        .downcast_ref::<Arc<dyn std::error::Error + Send + Sync>>()
        .map_or_else(
            || source.downcast_ref::<OAuthError>().unwrap(),
            |shared| shared.downcast_ref::<OAuthError>().unwrap(),
        )
}

#[tokio::test]
async fn a_refresh_token_gets_access_tokens_and_the_next_one_is_stored_before_it_is_used() {
    let (address, log) = server([first(), second()]).await;
    let stored = Arc::new(Mutex::new(Vec::new()));
    let (store, before) = (stored.clone(), log.clone());
    let oauth = oauth(address).store_refresh_token(move |token| {
        let (store, requests) = (store.clone(), before.requests().len());
        async move {
            store.lock().unwrap().push((requests, token.expose().to_owned()));
            Ok::<_, std::io::Error>(())
        }
    });
    let api = Server::start("topsecret-access-1", 401).await;
    let client = api
        .builder()
        .credentials_provider(oauth.build().unwrap())
        .build()
        .unwrap();
    assert_eq!(read(&client).await.unwrap(), 1);
    assert_eq!(*stored.lock().unwrap(), [(1, "topsecret-refresh-2".to_owned())]);
    // Revoked, it is refreshed.
    api.accept("topsecret-access-2");
    assert_eq!(read(&client).await.unwrap(), 2);

    let requests = log.requests();
    assert_eq!(requests.len(), 2);
    for (request, refresh) in requests.iter().zip(["topsecret-refresh-1", "topsecret-refresh-2"]) {
        let (head, body) = request.split_once("\r\n\r\n").unwrap();
        let head = head.to_ascii_lowercase();
        assert!(head.starts_with("post /oauth/token http/1.1\r\n"), "{head}");
        assert!(
            head.contains("\r\ncontent-type: application/x-www-form-urlencoded\r\n"),
            "{head}"
        );
        assert!(!head.contains("x-auth"), "{head}");
        // "client+1:topsecret-client%2F1"
        assert!(
            request.contains("Basic Y2xpZW50KzE6dG9wc2VjcmV0LWNsaWVudCUyRjE="),
            "{head}"
        );
        assert_eq!(body, format!("grant_type=refresh_token&refresh_token={refresh}"));
    }
    assert_eq!(stored.lock().unwrap().len(), 1);
}

#[tokio::test]
async fn where_basic_is_rejected_the_secret_is_in_the_body() {
    let (address, log) = server([json(401, r#"{"error":"invalid_client"}"#), first(), second()]).await;
    let api = Server::start("topsecret-access-1", 401).await;
    let client = api
        .builder()
        .credentials_provider(oauth(address).build().unwrap())
        .build()
        .unwrap();
    assert_eq!(read(&client).await.unwrap(), 1);
    api.accept("topsecret-access-2");
    assert_eq!(read(&client).await.unwrap(), 2);
    let requests = log.requests();
    assert_eq!(requests.len(), 3);
    for request in &requests[1..] {
        assert!(!request.contains("authorization"), "{request}");
        assert!(
            request.ends_with("&client_id=client%201&client_secret=topsecret-client%2F1"),
            "{request}"
        );
    }
}

#[tokio::test]
async fn an_access_token_that_there_is_already_is_used_first() {
    let (address, log) = server([first()]).await;
    let api = Server::start("topsecret-access-0", 401).await;
    let oauth = oauth(address)
        .access_token("topsecret-access-0", Duration::from_secs(600))
        .of_partner();
    let client = api
        .builder()
        .credentials_provider(oauth.build().unwrap())
        .build()
        .unwrap();
    assert_eq!(read(&client).await.unwrap(), 1);
    assert_eq!(log.requests().len(), 0);
    assert!(format!("{client:?}").contains("partner-api-oauth-token"));
    api.accept("topsecret-access-1");
    assert_eq!(read(&client).await.unwrap(), 2);
}

#[tokio::test]
async fn a_refresh_token_that_was_not_stored_is_stored_before_anything_else() {
    let (address, log) = server([first(), second()]).await;
    let asked = Arc::new(AtomicUsize::new(0));
    let counted = asked.clone();
    let oauth = oauth(address).store_refresh_token(move |_| {
        let is_first = counted.fetch_add(1, Ordering::SeqCst) == 0;
        async move {
            match is_first {
                true => Err("the disk is full"),
                false => Ok(()),
            }
        }
    });
    let oauth = Arc::new(oauth.build().unwrap());
    let api = Server::start("topsecret-access-1", 401).await;
    let client = || {
        let shared = oauth.clone();
        let provide = move || {
            let shared = shared.clone();
            async move { rhombus_kisi::ProvideCredentials::credentials(&*shared).await }
        };
        api.builder().credentials_provider(provide).build().unwrap()
    };
    let error = read(&client()).await.unwrap_err();
    assert!(matches!(of_endpoint(&error), OAuthError::Store(_)), "{error:?}");
    assert!(shown(&error).contains("the disk is full"));
    assert!(error.is_retryable());
    assert_eq!(api.all_seen(), 0);
    assert_eq!(read(&client()).await.unwrap(), 1);
    assert_eq!((asked.load(Ordering::SeqCst), log.requests().len()), (2, 1));
}

#[tokio::test]
async fn what_is_wrong_with_the_endpoint_is_told_and_nothing_is_sent() {
    const LARGE: &str = "HTTP/1.1 200 OK\r\ncontent-length: 70000\r\n\r\n";
    let respond = Step::Respond;
    // What it does, what the error says, and whether it may be transient.
    let table = [
        (Step::Reset, "broke before", true),
        (
            Step::RespondAndHang("HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\n{"),
            "no whole response",
            true,
        ),
        (
            respond("HTTP/1.1 200 OK\r\ncontent-length: 6\r\n\r\n<html>"),
            "not JSON",
            false,
        ),
        (
            respond("HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{}"),
            "no access token",
            false,
        ),
        (Step::Flood(LARGE, "xxxxxxxxxxxxxxxx"), "larger than 65536 bytes", false),
        (
            Step::Flood("HTTP/1.1 200 OK\r\n\r\n", "xxxxxxxxxxxxxxxx"),
            "larger than 65536 bytes",
            false,
        ),
        (
            respond("HTTP/1.1 302 Found\r\nlocation: https://evil.example/?t=1\r\ncontent-length: 0\r\n\r\n"),
            "a redirect to evil.example, which is not followed",
            false,
        ),
        (respond("HTTP/1.1 500 X\r\ncontent-length: 0\r\n\r\n"), "500", true),
        (respond("HTTP/1.1 503 X\r\ncontent-length: 0\r\n\r\n"), "503", true),
        (
            respond("HTTP/1.1 429 X\r\nretry-after: 7\r\ncontent-length: 0\r\n\r\n"),
            "quota",
            true,
        ),
        (respond("HTTP/1.1 404 X\r\ncontent-length: 0\r\n\r\n"), "404", false),
        (
            json(
                400,
                r#"{"error":"invalid_grant","error_description":"no topsecret-refresh-1,\n topsecret-client/1"}"#,
            ),
            "rejected the request: invalid_grant (no ***, ***)",
            false,
        ),
    ];
    for (step, expected, transient) in table {
        let (address, log) = server([step, step]).await;
        let api = Server::start("topsecret-access-1", 401).await;
        let limit = match expected {
            "no whole response" => Duration::from_millis(500),
            _ => Duration::from_secs(25),
        };
        let provider = oauth(address).timeout(limit).build().unwrap();
        let client = api.builder().credentials_provider(provider).build().unwrap();
        let error = read(&client).await.unwrap_err();
        let shown = shown(&error);
        assert!(matches!(&error, Error::Credentials { .. }), "{shown}");
        assert!(shown.contains(expected), "{expected}: {shown}");
        assert_eq!(error.is_retryable(), transient, "{shown}");
        of_endpoint(&error);
        assert_eq!((api.all_seen(), log.requests().len()), (0, 1), "{shown}");
    }
}

#[tokio::test]
async fn an_endpoint_that_is_down_is_told() {
    let socket = nobody();
    let api = Server::start("topsecret-access-1", 401).await;
    let provider = oauth(socket.local_addr().unwrap()).build().unwrap();
    let client = api.builder().credentials_provider(provider).build().unwrap();
    let error = read(&client).await.unwrap_err();
    assert!(shown(&error).contains("no connection to 127.0.0.1"), "{error}");
    assert!(matches!(of_endpoint(&error), OAuthError::Endpoint(inner) if matches!(**inner, Error::Connect { .. })));
    assert_eq!(api.all_seen(), 0);
}

#[test]
fn what_is_wrong_is_said_and_tokens_are_not_shown() {
    let build = |builder: OAuthBuilder| {
        assert!(!format!("{builder:?}").contains("topsecret"), "{builder:?}");
        let error = builder.build().unwrap_err().to_string();
        assert!(!error.contains("topsecret"), "{error}");
        error
    };
    let local = |id: &str, token: &str| OAuth::builder(id, token).token_url("http://127.0.0.1:9/token");
    assert!(build(local("", REFRESH)).contains("the client id is empty"));
    assert!(build(local("id", "")).contains("the refresh token is empty"));
    assert!(build(local("id", REFRESH).timeout(Duration::ZERO)).contains("`timeout` is zero"));
    for url in [
        "http://example.com/token",
        "https://topsecret@example.com/token",
        "topsecret",
    ] {
        assert!(
            build(local("id", REFRESH).token_url(url)).contains("the token endpoint cannot be used"),
            "{url}"
        );
    }
    let provider = local("id", REFRESH).client_secret(CLIENT_SECRET).build().unwrap();
    assert!(!format!("{provider:?}").contains("topsecret"), "{provider:?}");
}
