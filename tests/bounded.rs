//! What a response costs is a small multiple of its length, whatever is in it. `tests/bench` has the times.
#![allow(clippy::unwrap_used, clippy::panic)] // In tests, a broken set-up is a failed test.
#![allow(deprecated)] // Both versions of the API are tried.

use bytes::Bytes;
use http::{HeaderMap, StatusCode};
use rhombus_kisi::types::{GetKisiIntegrationResponse, GetOrgIntegrationsV2Response, UpdateKisiIntegrationRequest};
use rhombus_kisi::{Error, Extra, Secret};
use rhombus_kisi_runtime::{Repeat, Request, Respond, Response, Transport, TransportFuture, call};
use rhombus_kisi_tests::{Authority, Reply, Script, Server, builder, json, operation, printed};
use serde::Serialize;
use serde::de::DeserializeOwned;

/// As long as is quickly read without optimisation. What is counted grows with it.
const LENGTH: usize = 256 * 1024;

/// What may be allocated at once for each byte of unknown JSON, the body itself not counted.
const TIMES: f64 = 3.0;

/// An object or a list filled up with members.
fn filled(open: &str, close: &str, member: impl Fn(usize) -> String) -> String {
    filled_to(LENGTH, open, close, member)
}

fn filled_to(length: usize, open: &str, close: &str, member: impl Fn(usize) -> String) -> String {
    let mut text = open.to_owned();
    for number in 0.. {
        if text.len() >= length {
            break;
        }
        if number > 0 {
            text.push(',');
        }
        text += &member(number);
    }
    text + close
}

/// A short name, another one for each number.
fn name(mut number: usize) -> String {
    let mut name = String::new();
    loop {
        name.push(char::from(b'a' + (number % 26) as u8));
        number /= 26;
        if number == 0 {
            return name;
        }
    }
}

/// The worst unknown JSON that we know of, inside of an object that begins and ends so.
fn worst(open: &str, close: &str) -> Vec<(&'static str, String)> {
    let list = |member: fn(usize) -> String| filled(&format!(r#"{open}"z":["#), &format!("]{close}"), member);
    let members = |member: fn(usize) -> String| filled(open, close, member);
    vec![
        ("tiny properties", members(|number| format!(r#""{}":1"#, name(number)))),
        ("one property again and again", members(|_| r#""a":1"#.to_owned())),
        (
            "escaped names",
            members(|number| format!(r#""\u0061{}":1"#, name(number))),
        ),
        (
            "tiny objects by name",
            members(|number| format!(r#""{}":{{"b":1}}"#, name(number))),
        ),
        ("tiny objects", list(|_| "{}".to_owned())),
        ("tiny lists", list(|_| "[]".to_owned())),
        ("tiny strings", list(|_| r#""""#.to_owned())),
        ("numbers", list(|_| "1".to_owned())),
        ("nesting", list(|_| "[".repeat(100) + &"]".repeat(100))),
        ("a huge number", format!(r#"{open}"z":{}{close}"#, "9".repeat(LENGTH))),
        ("a huge name", format!(r#"{open}"{}":1{close}"#, "x".repeat(LENGTH))),
    ]
}

/// How many bytes are allocated at most while this is read, for each byte of it; `None` where it is refused.
fn peak<T: DeserializeOwned + Serialize>(text: &str) -> (f64, bool) {
    let mut read = false;
    let counted = allocation_counter::measure(|| {
        let value = serde_json::from_slice::<T>(text.as_bytes());
        read = value.is_ok();
        drop(value);
    });
    (counted.bytes_max as f64 / text.len() as f64, read)
}

#[test]
fn unknown_json_takes_little_more_memory_than_it_is_long() {
    let (v1, root) = ((r#"{"kisiSettings":{"#, "}}"), ("{", "}"));
    for (open, close) in [v1, root, (r#"{"kisiSettings":{"doorInfoMap":{"7":{"#, "}}}}")] {
        for (what, text) in worst(open, close) {
            let (times, read) = peak::<GetKisiIntegrationResponse>(&text);
            assert!(read && times <= TIMES, "{what} in {open}: {times:.2} times");
        }
    }
    for open in [
        r#"{"orgIntegrationV2":{"integration":"KISI","#,
        r#"{"orgIntegrationV2":{"integration":"FUTURE","#,
        r#"{"orgIntegrationV2":{"#,
    ] {
        for (what, text) in worst(open, "}}") {
            let (times, read) = peak::<GetOrgIntegrationsV2Response>(&text);
            assert!(read && times <= TIMES, "{what} in {open}: {times:.2} times");
        }
    }
}

#[test]
fn what_is_refused_takes_little_memory_too() {
    let deep = "[".repeat(LENGTH / 2) + &"]".repeat(LENGTH / 2);
    for text in [
        format!(r#"{{"orgIntegrationV2":{{"integration":"KISI","z":{deep}}}}}"#),
        format!(r#"{{"orgIntegrationV2":{{"integration":"FUTURE","z":{deep}}}}}"#),
        format!(r#"{{"orgIntegrationV2":{deep}}}"#),
        format!(r#"{{"z":{deep}}}"#),
        deep,
    ] {
        let (times, read) = peak::<GetOrgIntegrationsV2Response>(&text);
        assert!(!read && times <= TIMES, "{times:.2} times");
    }
}

/// The server that gave a read 20,000 strings under a name from the future refuses the update and quotes some of them.
#[tokio::test(flavor = "multi_thread")]
async fn many_secrets_are_found_and_masked_in_time() {
    let tokens: Vec<String> = (0..20_000).map(|number| format!("tk-{number:05}")).collect();
    let read = serde_json::json!({ "kisiSettings": { "enabled": true, "futureTokens": tokens } });
    let refused = serde_json::json!({ "error": true, "errorMsg": format!("bad {}", tokens[..100].join(" ")) });
    let server = Server::plain(vec![
        Script::respond(json(200, &read.to_string())),
        Script::respond(json(200, &refused.to_string())),
    ])
    .await;
    // The call's limit is one of seconds, and what was once done took a minute.
    let client = builder(&format!("http://{}", server.address()), &Authority::new())
        .build()
        .unwrap();
    let settings = client.kisi_integration().await.unwrap().settings().clone();
    assert!(settings.extra.get("futureTokens").unwrap().get().len() > 200_000);
    let error = client
        .update_kisi_integration()
        .settings(settings)
        .send()
        .await
        .unwrap_err();
    assert!(matches!(&error, Error::Refused { .. }), "{error}");
    let shown = printed(&error);
    assert!(shown.contains("bad ***") && !shown.contains("tk-"), "{shown}");
    assert_eq!(server.count(), 2);
}

/// Responds to every request with the same body.
#[derive(Debug)]
struct Says(Bytes);

impl Transport for Says {
    fn send(&self, _: Request) -> TransportFuture<'_> {
        Box::pin(async { Ok(Response::new(StatusCode::OK, HeaderMap::new(), self.0.clone())) })
    }
}

/// What is allocated for a call with a body of this length, and the body not counted.
fn allocated(says: &'static str, length: usize) -> u64 {
    let mut update = UpdateKisiIntegrationRequest::default();
    let settings = update.kisi_settings.get_or_default();
    settings.api_secret_key = Secret::from("topsecret-key").into();
    settings.enabling_user = "x".repeat(length).into();
    let request = Request::new(operation(Repeat::Safe)).json(&update).unwrap();
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    let transport = Says(Bytes::from_static(says.as_bytes()));
    let counted = allocation_counter::measure(|| {
        let reply: Reply = runtime.block_on(call(&transport, request)).unwrap();
        drop(reply);
    });
    counted.bytes_total
}

#[test]
fn a_warning_costs_its_text_however_long_the_request_was() {
    let warning = r#"{"warningMsg":"no topsecret-key in the doors of one place"}"#;
    assert_eq!(allocated(warning, 10), allocated(warning, 10_000_000));
    assert!(allocated(warning, 10) < allocated("{}", 10) + 2_000);
}

#[test]
fn a_property_costs_what_it_is_long() {
    // A door with one unknown property: the box, and its text.
    let counted = allocation_counter::measure(|| {
        let extra: Extra = serde_json::from_str(r#"{"floor":3}"#).unwrap();
        drop(extra);
    });
    assert!(counted.bytes_max <= 64 && counted.count_total <= 2, "{counted:?}");
}

/// How long a response may be by default.
const LARGEST: usize = 8 * 1024 * 1024;

/// What lists and maps of a response of that length may take at once, and what is allowed besides: for texts, which are as
/// long as they came, and for the error.
const MOST: u64 = 4 * LARGEST as u64 + MARGIN;
const MARGIN: u64 = 1024 * 1024;

/// Reads a response as a call does; what that allocates at most, and the error.
fn call_peak<T: Respond>(body: String) -> (u64, Option<Error>) {
    let transport = Says(body.into());
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    let mut failed = None;
    let counted = allocation_counter::measure(|| {
        let read: Result<T, Error> = runtime.block_on(call(&transport, Request::new(operation(Repeat::Safe))));
        failed = read.err();
    });
    (counted.bytes_max, failed)
}

/// Responses of the largest length in which few bytes decode to much.
fn worst_typed(open: &str, close: &str) -> Vec<(&'static str, bool, String)> {
    let members = |name: &str, member: &dyn Fn(usize) -> String| {
        filled_to(LARGEST, &format!("{open}{name}"), &format!("}}{close}"), member)
    };
    let places = r#""placeToSettingsMap":{"#;
    let place = r#""placeToSettingsMap":{"7":{"doorInfoMap":{"#;
    vec![
        ("empty places", false, members(places, &|n| format!(r#""{n}":{{}}"#))),
        ("places of null", false, members(places, &|n| format!(r#""{n}":null"#))),
        (
            "places of one empty door",
            false,
            members(places, &|n| format!(r#""{n}":{{"doorInfoMap":{{"":{{}}}}}}"#)),
        ),
        (
            "places of one id",
            false,
            members(places, &|n| format!(r#""{n}":{{"misconfiguredDoors":[1]}}"#)),
        ),
        (
            "places with a property from the future",
            false,
            members(places, &|n| format!(r#""{n}":{{"a":1}}"#)),
        ),
        (
            "one place again and again",
            true,
            members(places, &|_| r#""7":{}"#.to_owned()),
        ),
        (
            "empty doors",
            false,
            members(place, &|n| format!(r#""{n}":{{}}"#)) + "}}",
        ),
        (
            "empty doors, backwards",
            false,
            members(place, &|n| format!(r#""{}":{{}}"#, 10_000_000 - n)) + "}}",
        ),
        (
            "doors of an empty camera",
            false,
            members(place, &|n| format!(r#""{n}":{{"assignedCameraList":[""]}}"#)) + "}}",
        ),
        (
            "one door of many cameras",
            true,
            filled_to(
                LARGEST,
                &format!(r#"{open}{place}"1":{{"assignedCameraList":["#),
                &format!("]}}}}}}}}{close}"),
                |_| r#""AAAAAAAAAAAAAAAAAAAAAQ""#.to_owned(),
            ),
        ),
        (
            "cameras of null",
            false,
            filled_to(
                LARGEST,
                &format!(r#"{open}{place}"1":{{"assignedCameraList":["#),
                &format!("]}}}}}}}}{close}"),
                |_| "null".to_owned(),
            ),
        ),
    ]
}

#[test]
fn a_typed_response_takes_at_most_four_times_its_length() {
    fn check<T: Respond>(open: &str, close: &str) {
        for (what, read, body) in worst_typed(open, close) {
            let (peak, error) = call_peak::<T>(body);
            assert!(peak <= MOST, "{what}: {peak} bytes");
            match error {
                None => assert!(read, "{what}"),
                Some(Error::Decode(error)) => {
                    assert!(
                        !read && error.expected.contains("expected fewer elements"),
                        "{what}: {error}"
                    );
                    assert!(error.path.contains("Map["), "{what}: {}", error.path);
                }
                Some(other) => panic!("{what}: {other}"),
            }
        }
    }
    check::<GetKisiIntegrationResponse>(r#"{"kisiSettings":{"#, "}}");
    check::<GetOrgIntegrationsV2Response>(r#"{"orgIntegrationV2":{"integration":"KISI","#, "}}");
}

#[test]
fn a_large_response_of_ordinary_doors_is_read() {
    let door = |number: usize| {
        format!(
            r#""{number}":{{"doorName":"Door {number}","assignedCameraList":["AAAAAAAAAAAAAAAAAAAAAQ","AAAAAAAAAAAAAAAAAAAAAg"],"clipDuration":20,"remoteUnlock":true}}"#
        )
    };
    let doors: Vec<String> = (0..20_000).map(door).collect();
    let twenty_thousand = format!(r#"{{"kisiSettings":{{"doorInfoMap":{{{}}}}}}}"#, doors.join(","));
    let as_many_as_fit = filled_to(LARGEST, r#"{"kisiSettings":{"doorInfoMap":{"#, "}}}", door);
    for body in [twenty_thousand, as_many_as_fit] {
        let (peak, error) = call_peak::<GetKisiIntegrationResponse>(body);
        assert!(error.is_none() && peak <= MOST, "{peak} bytes, {error:?}");
    }
}
