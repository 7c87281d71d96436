//! A client over a transport of the caller's own.
#![allow(clippy::unwrap_used)] // In tests, that is what failing means.

mod support;

use std::collections::VecDeque;
use std::future::pending;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use rhombus_kisi::events::Event;
use rhombus_kisi::reqwest::StatusCode;
use rhombus_kisi::reqwest::header::HeaderMap;
use rhombus_kisi::{
    CallInfo, CallPhase, Client, ClientBuilder, Credentials, CredentialsError, Error, ErrorKind, Expiring, Request,
    Response, RetryPolicy, Transport, TransportFuture,
};
use support::{KEY, READ, UNLOCK, WRITE, send};
use tokio::time::Instant;

#[derive(Clone, Copy)]
enum Fate {
    NotSent,
    BreaksOff,
    Status(u16),
    Throttled,
    Never,
    Body(&'static str),
}
use Fate::{Body, BreaksOff, Never, NotSent, Status, Throttled};

/// Does to each request what a script says, and notes the requests.
#[derive(Clone, Default)]
struct Scripted(Arc<Mutex<(VecDeque<Fate>, Vec<Request>)>>);

impl Scripted {
    fn new(fates: impl IntoIterator<Item = Fate>) -> Self {
        Self(Arc::new(Mutex::new((fates.into_iter().collect(), Vec::new()))))
    }

    fn requests(&self) -> Vec<Request> {
        self.0.lock().unwrap().1.clone()
    }
}

impl std::fmt::Debug for Scripted {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        // What a careless transport shows.
        f.debug_list()
            .entries(
                self.requests()
                    .iter()
                    .map(|request| (request.clone(), request.headers.clone())),
            )
            .finish()
    }
}

impl Transport for Scripted {
    fn send(&self, request: Request) -> TransportFuture<'_> {
        let call = CallInfo::new(request.operation.id, 1);
        let fate = {
            let mut script = self.0.lock().unwrap();
            script.1.push(request);
            script.0.pop_front().unwrap_or(Body("{}"))
        };
        let response = |status: u16, body: &'static str| {
            Response::new(StatusCode::from_u16(status).unwrap(), HeaderMap::new(), body)
        };
        Box::pin(async move {
            match fate {
                NotSent => Err(Error::Connect {
                    call,
                    server: "nobody".into(),
                    reason: "refused".into(),
                    source: "refused".into(),
                }),
                BreaksOff => Err(Error::BrokenOff {
                    call,
                    source: "reset".into(),
                }),
                Status(status) => Ok(response(status, r#"{"msg":"not topsecret-key"}"#)),
                Throttled => {
                    let mut response = response(429, "");
                    response.headers.insert("retry-after", "7".parse().unwrap());
                    Ok(response)
                }
                Never => pending().await,
                Body(body) => Ok(response(200, body)),
            }
        })
    }
}

fn builder(transport: &Scripted) -> ClientBuilder {
    Client::builder().api_key(KEY).transport(transport.clone())
}

#[tokio::test(start_paused = true)]
async fn retries_are_by_what_the_operation_allows() {
    // How often each class is tried, of a transport that fails so twice.
    let table: [(Fate, [usize; 3]); 6] = [
        (NotSent, [3, 3, 1]),
        (BreaksOff, [3, 1, 1]),
        (Status(503), [3, 1, 1]),
        (Status(500), [1, 1, 1]),
        (Throttled, [3, 3, 1]),
        (Never, [2, 1, 1]),
    ];
    for (fate, attempts) in table {
        for (operation, expected) in [&READ, &WRITE, &UNLOCK].into_iter().zip(attempts) {
            let transport = Scripted::new([fate, fate]);
            let client = builder(&transport).build().unwrap();
            let result = send(&client, operation).await;
            let tried = transport.requests().len();
            assert_eq!(tried, expected, "{operation:?} {result:?}");
            match &result {
                Ok(response) => assert_eq!(response.attempts as usize, tried),
                Err(error) => assert_eq!(error.call().unwrap().attempts as usize, tried, "{error}"),
            }
        }
    }
}

#[tokio::test(start_paused = true)]
async fn limits_and_waits_hold() {
    let began = Instant::now();
    let transport = Scripted::new([Throttled]);
    send(&builder(&transport).build().unwrap(), &WRITE).await.unwrap();
    assert!(began.elapsed() >= Duration::from_secs(7));

    for (operation, limit) in [(&READ, 30), (&UNLOCK, 10)] {
        let began = Instant::now();
        let transport = Scripted::new([Never]);
        let client = builder(&transport).retry(RetryPolicy::none()).build().unwrap();
        let error = send(&client, operation).await.unwrap_err();
        assert_eq!((error.kind(), error.phase()), (ErrorKind::Timeout, CallPhase::Waiting));
        assert_eq!(began.elapsed().as_secs(), limit, "{error}");
    }

    let transport = Scripted::new([Body("{\"much\":1}")]);
    let client = builder(&transport).max_response_size(9).build().unwrap();
    assert_eq!(send(&client, &READ).await.unwrap_err().kind(), ErrorKind::TooLarge);
}

#[tokio::test(start_paused = true)]
async fn an_earlier_attempt_that_is_unsure_is_remembered() {
    let transport = Scripted::new([BreaksOff].into_iter().chain([NotSent; 20]));
    let error = send(&builder(&transport).build().unwrap(), &READ).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Connect);
    assert!(error.may_have_been_carried_out(), "{error}");
}

#[tokio::test]
async fn the_transport_gets_credentials_that_do_not_show() {
    let transport = Scripted::new([Status(404), Status(403)]);
    let id = "AAAAAAAAAAAAAAAAAAAAAQ";
    let partner = Client::builder()
        .partner_key(KEY)
        .transport(transport.clone())
        .build()
        .unwrap();
    let client = partner.for_organization(id).unwrap();
    for kind in [ErrorKind::Status, ErrorKind::Forbidden] {
        let error = client.kisi_integration().await.unwrap_err();
        assert_eq!(error.kind(), kind);
        assert!(
            !error.report().contains(KEY) && !format!("{error:?}").contains(KEY),
            "{error:?}"
        );
        assert_eq!(error.organization().unwrap().as_str(), id);
        let said = error.decode::<serde_json::Value>().unwrap();
        assert_eq!(said["msg"], "not ***");
    }
    for request in transport.requests() {
        let header = |name: &str| request.headers[name].to_str().unwrap().to_owned();
        assert_eq!(header("x-auth-apikey"), KEY);
        assert_eq!(header("x-auth-scheme"), "partner-api-token");
        assert_eq!(header("x-auth-org"), id);
        assert!(request.secrets.iter().any(|secret| secret == KEY));
    }
    assert!(!format!("{transport:?} {client:?}").contains(KEY));
}

#[tokio::test]
async fn what_only_concerns_http_is_not_accepted_beside_it() {
    let build = |change: fn(ClientBuilder) -> ClientBuilder| change(builder(&Scripted::default())).build();
    for (change, name) in [
        (
            (|builder| builder.user_agent("me")) as fn(ClientBuilder) -> ClientBuilder,
            "user_agent",
        ),
        (|builder| builder.proxy("http://localhost:1"), "proxy"),
        (|builder| builder.http(|http| http), "http"),
        (|builder| builder.add_root_certificate("pem"), "add_root_certificate"),
    ] {
        let error = build(change).unwrap_err().to_string();
        assert!(error.contains(name) && error.contains("transport"), "{error}");
    }
    assert!(build(|builder| builder).is_ok());
}

#[test]
fn without_a_runtime_or_timers_it_is_an_error() {
    let client = builder(&Scripted::default()).build().unwrap();
    let error = futures_util::FutureExt::now_or_never(send(&client, &READ))
        .unwrap()
        .unwrap_err();
    assert!(error.to_string().contains("Tokio"), "{error}");
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    let error = runtime.block_on(send(&client, &READ)).unwrap_err();
    assert!(error.to_string().contains("no timers"), "{error}");
    // I/O is not needed.
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_time()
        .build()
        .unwrap();
    runtime.block_on(send(&client, &READ)).unwrap();
}

#[tokio::test]
async fn a_providers_credentials_are_renewed_over_it_and_both_are_masked() {
    let asked = Arc::new(Mutex::new(0));
    let counter = asked.clone();
    let provider = move || {
        let number = {
            let mut asked = counter.lock().unwrap();
            *asked += 1;
            *asked
        };
        async move {
            let key = format!("topsecret-key-{number}");
            Ok::<_, CredentialsError>(Expiring::never(Credentials::api_key(key)))
        }
    };
    let events = Arc::new(Mutex::new(Vec::new()));
    let told = events.clone();
    let script = Scripted::new([Status(401), Body("{}"), Status(500)]);
    let client = Client::builder()
        .credentials_provider(provider)
        .transport(script.clone())
        .retry(RetryPolicy::none())
        .on_event(move |event| {
            if let Event::CredentialsRefreshed { cause, error, .. } = event {
                told.lock().unwrap().push((cause.as_str(), error.is_some()));
            }
        })
        .build()
        .unwrap();
    send(&client, &UNLOCK).await.unwrap();
    let keys: Vec<_> = script
        .requests()
        .iter()
        .map(|request| request.headers["x-auth-apikey"].to_str().unwrap().to_owned())
        .collect();
    assert_eq!(keys, ["topsecret-key-1", "topsecret-key-2"]);
    assert_eq!(*asked.lock().unwrap(), 2);
    assert_eq!(*events.lock().unwrap(), [("expiring", false), ("unauthorized", false)]);
    // A server that quotes a key, the old one or the new.
    let error = send(&client, &READ).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Status);
    let masked = client
        .transport()
        .redact("topsecret-key-1 and topsecret-key-2".to_owned());
    let shown = format!("{error} {error:?} {client:?} {masked}");
    assert!(!shown.contains("topsecret-key"), "{shown}");
}
