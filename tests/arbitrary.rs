//! Whatever a server returns and whatever a caller writes: no panic, and nothing wrong goes out.
#![allow(clippy::unwrap_used, clippy::panic)] // In tests, a broken set-up is a failed test.
#![allow(deprecated)] // The first version of the API is tested too.

use std::sync::LazyLock;

use bytes::Bytes;
use http::HeaderValue;
use proptest::collection::{btree_map, vec};
use proptest::prelude::*;
use rhombus_kisi::{Client, RetryPolicy, types};
use rhombus_kisi_runtime::serde::Serialize;
use rhombus_kisi_runtime::{Error, Repeat, Request, Respond, RhombusUuid, SharedTransport, call, one_line};
use rhombus_kisi_tests::{Received, Reply, Response, Script, Server, Step, json, operation, request};
use serde_json::{Value, from_slice, to_value};
use tokio::runtime::Runtime;

static RUNTIME: LazyLock<Runtime> = LazyLock::new(|| Runtime::new().unwrap());

/// Servers that return what they were sent: as the body, and as the whole response.
static BODIES: LazyLock<Mirror> = LazyLock::new(|| Mirror::new(|request| json(200, "").body(&request.body).bytes()));
static RESPONSES: LazyLock<Mirror> = LazyLock::new(|| Mirror::new(|request| request.body.clone()));

struct Mirror {
    transport: SharedTransport,
    _server: Server,
}

impl Mirror {
    fn new(response: fn(&Received) -> Vec<u8>) -> Self {
        let script = Script::read().then(Step::Echo(response));
        let server = RUNTIME.block_on(Server::plain(vec![script]));
        Self {
            transport: client("key", &format!("http://{}", server.address()))
                .unwrap()
                .transport(),
            _server: server,
        }
    }

    /// Calls the server and has it return this.
    fn respond<T: Respond>(&self, bytes: impl Into<Bytes>) -> Result<T, Error> {
        let request = Request::new(operation(Repeat::Safe));
        let request = request.body(
            HeaderValue::from_static("application/octet-stream"),
            Into::<Bytes>::into(bytes),
        );
        RUNTIME.block_on(call(&*self.transport, request))
    }
}

fn client(key: &str, endpoint: &str) -> Result<Client, Error> {
    Client::builder()
        .api_key(key)
        .endpoint(endpoint)
        .retry(RetryPolicy::none())
        .build()
}

/// Any JSON, with the names that the responses have among its own.
fn any_json() -> impl Strategy<Value = Value> {
    let name = prop_oneof![
        Just("error".to_owned()),
        Just("authError".to_owned()),
        Just("errorMsg".to_owned()),
        Just("warningMsg".to_owned()),
        Just("failedGuids".to_owned()),
        Just("misconfiguredDoors".to_owned()),
        "kisiSettings|orgIntegrationV2|integration|places|placeToDoorMap|doorInfoMap|placeToSettingsMap",
        "apiSecretKey|rhombusToken|enabled|doorToCameraMap|defaultOptions|assignedCameraList|clipDuration|id|name",
        any::<String>(),
    ];
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        Just(Value::from("KISI")),
        any::<i32>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        any::<String>().prop_map(Value::from),
    ];
    leaf.prop_recursive(4, 64, 8, move |inner| {
        prop_oneof![
            vec(inner.clone(), 0..8).prop_map(Value::from),
            btree_map(name.clone(), inner, 0..8).prop_map(|map| Value::Object(map.into_iter().collect())),
        ]
    })
}

/// Any JSON, named as the responses' types have it, so that it gets into them.
fn decodes_or_says_why<T: Respond + Serialize>(body: &Value) -> Result<(), TestCaseError> {
    match BODIES.respond::<T>(body.to_string()) {
        Ok(response) => {
            let mut expected = body.clone();
            // The one text that is changed: it is there to be shown.
            if let Some(Value::String(warning)) = expected.get_mut("warningMsg") {
                *warning = one_line(warning, 1000);
            }
            prop_assert_eq!(to_value(response).unwrap(), expected);
        }
        Err(Error::Decode(error)) => prop_assert!(error.path.is_empty() || error.path.starts_with('$'), "{}", error),
        Err(error) => prop_assert!(
            matches!(error, Error::Refused { .. } | Error::IntegrationAuth { .. }),
            "{}",
            error
        ),
    }
    Ok(())
}

proptest! {
    #[test]
    fn any_bytes_as_a_body(body: Vec<u8>) {
        match BODIES.respond::<Reply>(body.clone()) {
            Ok(reply) => prop_assert_eq!(to_value(reply).unwrap(), from_slice::<Value>(&body).unwrap()),
            Err(error) => prop_assert!(matches!(error, Error::Decode(_)), "{}", error),
        }
    }

    #[test]
    fn any_json_as_a_body(body in any_json()) {
        let flag = |name| body.get(name) == Some(&Value::Bool(true));
        match BODIES.respond::<Reply>(body.to_string()) {
            Ok(reply) => {
                prop_assert!(body.is_object() && !flag("error") && !flag("authError"));
                prop_assert_eq!(to_value(reply).unwrap(), body);
            }
            Err(Error::Refused { .. }) => prop_assert!(flag("error")),
            Err(Error::IntegrationAuth { .. }) => prop_assert!(flag("authError")),
            Err(error) => prop_assert!(matches!(error, Error::Decode(_)), "{}", error),
        }
    }

    #[test]
    fn any_json_for_every_response(body in any_json()) {
        decodes_or_says_why::<types::GetKisiIntegrationResponse>(&body)?;
        decodes_or_says_why::<types::GetOrgIntegrationsV2Response>(&body)?;
        decodes_or_says_why::<types::GetKisiDoorsResponse>(&body)?;
        decodes_or_says_why::<types::GetBadgeIntegrationPlacesResponse>(&body)?;
        decodes_or_says_why::<types::UpdateOrgIntegrationsResponse>(&body)?;
        decodes_or_says_why::<types::BaseApiResponse>(&body)?;
    }

    #[test]
    fn any_text_as_a_cameras_id(id in prop_oneof![any::<String>(), "[A-Za-z0-9_-]{21}[AQgw]", "[ -~]{22}"]) {
        let good = id.parse::<RhombusUuid>().is_ok();
        RUNTIME.block_on(async {
            let server = Server::plain(vec![Script::respond(json(200, "{}"))]).await;
            let client = client("key", &format!("http://{}", server.address())).unwrap();
            let update = client.update_kisi_integration().door(1, |door| door.camera(id.as_str()));
            match update.send().await {
                Ok(_) => prop_assert!(good && server.requests()[0].text().contains(&id)),
                Err(error) => {
                    prop_assert!(!good && matches!(error, Error::Invalid { .. }), "{}", error);
                    prop_assert_eq!(server.connections(), 0);
                }
            }
            Ok(())
        })?;
    }

    #[test]
    fn any_bytes_as_an_response(response: Vec<u8>) {
        let error = RESPONSES.respond::<Reply>(response).unwrap_err();
        prop_assert!(matches!(error, Error::BrokenOff { .. }), "{}", error);
    }

    #[test]
    fn any_bytes_after_a_good_beginning(
        beginning in prop_oneof![
            Just("HTTP/1.1 200 OK\r\n"),
            Just("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"),
            Just("HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 9\r\n\r\n"),
            Just("HTTP/1.1 429 Wait\r\nRetry-After: "),
            Just("HTTP/1.1 302 Found\r\nLocation: "),
            Just("HTTP/1.1 500 Oops\r\n\r\n"),
            Just("HTTP/1.1 "),
        ],
        rest: Vec<u8>,
        end in prop_oneof![Just(""), Just("\r\n\r\n"), Just("0\r\n\r\n")],
    ) {
        let _ = RESPONSES.respond::<Reply>([beginning.as_bytes(), &rest, end.as_bytes()].concat());
    }

    #[test]
    fn any_text_as_a_key(key in prop_oneof![any::<String>(), "[ -~]{0,40}", "[!-~]{1,40}", "[!-~]*[\r\n\0é][!-~]*"]) {
        let good = !key.is_empty() && key.bytes().all(|byte| byte.is_ascii_graphic());
        RUNTIME.block_on(async {
            let server = Server::plain(vec![Script::respond(json(200, "{}"))]).await;
            let endpoint = format!("http://{}", server.address());
            match client(&key, &endpoint) {
                Ok(client) => {
                    prop_assert!(good);
                    let reply: Result<Reply, _> = call(&*client.transport(), request(Repeat::Safe).unwrap()).await;
                    prop_assert!(reply.is_ok());
                    let sent = server.requests();
                    prop_assert_eq!(sent[0].header("x-auth-apikey"), Some(key.as_str()));
                }
                Err(error) => {
                    prop_assert!(!good && matches!(error, Error::Config { .. }), "{}", error);
                    prop_assert_eq!(server.connections(), 0);
                }
            }
            Ok(())
        })?;
    }

    #[test]
    fn any_text_as_an_endpoint(
        endpoint in prop_oneof![
            any::<String>(),
            "https?://.*",
            "(http|https|ftp|file|ws)://[a-z0-9.:@\\[\\]%/?#-]{0,30}",
            "http://(127\\.0\\.0\\.1|localhost|\\[::1\\])[ -~]{0,10}",
        ],
    ) {
        if let Ok(client) = client("key", &endpoint) {
            let shown = format!("{client:?}");
            let local = ["http://127.", "http://localhost", "http://[::1]", "http://[::ffff:7f"];
            prop_assert!(shown.contains("https://") || local.iter().any(|start| shown.contains(start)), "{}", shown);
            prop_assert!(!shown.contains('?') && !shown.contains('#') && !endpoint.contains('\\'), "{}", shown);
            // A path may hold an `@`; in front of it, it would end a user's name.
            let authority = shown.split("://").nth(1).and_then(|rest| rest.split(['/', ',']).next()).unwrap_or_default();
            prop_assert!(!authority.is_empty() && !authority.contains('@'), "{}", shown);
        }
    }

    #[test]
    fn any_text_as_an_id(id in prop_oneof![any::<String>(), "[A-Za-z0-9_-]{22}", "[A-Za-z0-9_-]{21}[AQgw]", "[ -~]{22}"]) {
        let canonical = |character: char| character.is_ascii_alphanumeric() || "-_".contains(character);
        let good = id.len() == 22 && id.chars().all(canonical) && id.ends_with(['A', 'Q', 'g', 'w']);
        prop_assert_eq!(id.parse::<RhombusUuid>().is_ok(), good);
        let partner = Client::builder().partner_key("key").endpoint("http://127.0.0.1:9").build().unwrap();
        match partner.for_organization(id.as_str()) {
            Ok(_) => prop_assert!(good),
            Err(error) => prop_assert!(!good && error.call().is_none(), "{}", error),
        }
    }
}

#[test]
fn a_whole_response_comes_through() {
    // Otherwise the properties above could hold for want of any response.
    assert_eq!(
        RESPONSES.respond::<Reply>(Response::new(200, "{}").bytes()).unwrap(),
        Reply::default()
    );
    assert_eq!(BODIES.respond::<Reply>("{}").unwrap(), Reply::default());
}
