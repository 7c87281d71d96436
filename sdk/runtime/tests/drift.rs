//! What a response has and the document of the API has not is found by names, and costs nothing where there is nothing.
#![allow(clippy::unwrap_used, clippy::panic)] // In tests, a broken set-up is a failed test.

use std::sync::Mutex;
use std::sync::atomic::{AtomicU32, Ordering};
use std::task::{Context, Poll, Waker};

use rhombus_kisi_runtime::drift::{Finding, FindingKind, Paths, Sighting};
use rhombus_kisi_runtime::http::{HeaderMap, Method, StatusCode};
use rhombus_kisi_runtime::{
    Error, Extra, Field, List, Map, Masker, Operation, Repeat, Request, Respond, Response, Secret, Secrets, Transport,
    TransportFuture, call, object, open_enum, respond, tagged_union,
};

#[derive(Clone, PartialEq)]
enum Colour {
    Red,
    Unrecognized(Box<str>),
}
open_enum!(Colour { Red = "RED" } Unrecognized);

/// The document has two, and this release a type for one.
#[derive(Clone, PartialEq)]
enum Brand {
    Kisi,
    Brivo,
    Unrecognized(Box<str>),
}
open_enum!(Brand { Kisi = "KISI", Brivo = "BRIVO" } Unrecognized);

#[derive(Clone, Debug, Default, PartialEq)]
struct Door {
    id: Field<i32>,
    colour: Field<Colour>,
    colours: Field<List<Colour>>,
    options: Field<Extra>,
    extra: Extra,
}
object!(Door { id = "id", colour = "colour", colours = "colours", options = "options" } extra);

#[derive(Clone, Debug, Default, PartialEq)]
struct Kisi {
    integration: Field<Brand>,
    token: Field<Secret>,
    doors: Field<Map<Door>>,
    inner: Field<Integration>,
    extra: Extra,
}
object!(Kisi { integration = "integration", token = "token", doors = "doors", inner = "inner" } extra);

#[derive(Clone, Debug, PartialEq)]
enum Integration {
    Kisi(Box<Kisi>),
    Unrecognized(Extra),
}
tagged_union!(Integration, "integration" { Kisi = "KISI" } Unrecognized);

#[derive(Clone, Debug, Default, PartialEq)]
struct Doors {
    doors: Field<Map<List<Door>>>,
    cameras: Field<List<Door>>,
    integration: Field<Integration>,
    extra: Extra,
}
object!(Doors { doors = "doors", cameras = "cameras", integration = "integration" } extra);
respond!(Doors);

static READ: Operation = Operation::new("read", Method::POST, "/read", Repeat::Safe);
static SOME: Operation = Operation::new("some", Method::POST, "/some", Repeat::Safe).partial(&["cameras"]);

/// Responds with one text, and keeps what is found in it.
#[derive(Debug)]
struct Canned {
    body: String,
    sightings: AtomicU32,
    found: Mutex<(Vec<Finding>, u64)>,
}

impl Transport for Canned {
    fn send(&self, _: Request) -> TransportFuture<'_> {
        let response = Response::new(StatusCode::OK, HeaderMap::new(), self.body.clone());
        Box::pin(async move { Ok(response) })
    }

    fn masker(&self, secrets: &Secrets) -> Masker {
        secrets.masker(["topsecret"])
    }

    fn drift(&self, sighting: &Sighting<'_>) {
        self.sightings.fetch_add(1, Ordering::Relaxed);
        *self.found.lock().unwrap() = sighting.findings(&Paths::default());
    }
}

/// What is found in a response, how many times, and how the call ended.
fn sighted<T: Respond>(operation: &'static Operation, body: &str) -> (Vec<Finding>, u64, u32, Result<T, Error>) {
    let canned = Canned {
        body: body.to_owned(),
        sightings: AtomicU32::new(0),
        found: Mutex::default(),
    };
    let result = {
        let mut call = std::pin::pin!(call::<T>(&canned, Request::new(operation)));
        match call.as_mut().poll(&mut Context::from_waker(Waker::noop())) {
            Poll::Ready(result) => result,
            Poll::Pending => panic!("it waits for nothing"),
        }
    };
    let (findings, others) = canned.found.into_inner().unwrap();
    (findings, others, canned.sightings.into_inner(), result)
}

fn found(body: &str) -> Vec<String> {
    let (findings, others, ..) = sighted::<Doors>(&READ, body);
    assert_eq!(others, 0);
    let line = |finding: &Finding| format!("{} {} {}", finding.kind, finding.path, finding.count);
    findings.iter().map(line).collect()
}

#[test]
fn what_the_document_has_is_not_looked_at() {
    for body in [
        "{}",
        r#"{"doors":{"hunter22":[null,{"id":1,"colour":"RED","options":{"anything":{"goes":1}}}],"2":null}}"#,
        r#"{"integration":{"integration":"KISI","token":"hunter22","doors":{"1":{"id":1.0}}}}"#,
    ] {
        let (.., sightings, result) = sighted::<Doors>(&READ, body);
        assert!(result.is_ok());
        assert_eq!(sightings, 0, "{body}");
    }
}

#[test]
fn each_kind_is_found_in_its_place() {
    for (body, expected) in [
        (r#"{"new":{"inner":"hunter22"}}"#, "unknown_property $.new 1"),
        (
            r#"{"doors":{"hunter22":[null,{"x":1},{"x":2}],"2":[{"x":3}]}}"#,
            "unknown_property $.doors.*[].x 3",
        ),
        (
            r#"{"integration":{"integration":"KISI","doors":{"hunter22":{"x":1}}}}"#,
            "unknown_property $.integration.doors.*.x 1",
        ),
        (
            r#"{"cameras":[{"colour":"hunter22"}]}"#,
            "unknown_value $.cameras[].colour 1",
        ),
        (
            r#"{"cameras":[{"colours":["RED","hunter22",null]}]}"#,
            "unknown_value $.cameras[].colours[] 1",
        ),
        (
            r#"{"integration":{"integration":"hunter22","x":1}}"#,
            "unknown_variant $.integration 1",
        ),
        (r#"{"integration":{"x":1}}"#, "unknown_variant $.integration 1"),
        (
            r#"{"integration":{"integration":7,"x":1}}"#,
            "other_type $.integration.integration 1",
        ),
        (
            r#"{"integration":{"integration":"KISI","inner":{"integration":"hunter22"}}}"#,
            "unknown_variant $.integration.inner 1",
        ),
    ] {
        assert_eq!(found(body), [expected], "{body}");
    }
    // The document has them, and there is no type for them.
    for body in [
        r#"{"integration":{"integration":"BRIVO","x":1}}"#,
        r#"{"integration":{}}"#,
    ] {
        assert_eq!(found(body), [""; 0], "{body}");
    }
}

#[test]
fn a_value_of_another_type_fails_the_call_and_has_its_place() {
    for (body, path) in [
        (r#"{"doors":{"hunter22":[null,{"id":"hunter22"}]}}"#, "$.doors.*[].id"),
        (r#"{"doors":{"hunter22":{"id":1}}}"#, "$.doors.*"),
        (r#"{"cameras":[{"id":3000000000}]}"#, "$.cameras[].id"),
        (r#"{"cameras":{}}"#, "$.cameras"),
        (r#"{"integration":[]}"#, "$.integration"),
        (
            r#"{"integration":{"integration":"KISI","doors":{"hunter22":{"id":"x"}}}}"#,
            "$.integration.doors.*.id",
        ),
        (
            r#"{"integration":{"integration":"KISI","inner":{"integration":"KISI","doors":{"1":{"colour":7}}}}}"#,
            "$.integration.inner.doors.*.colour",
        ),
        ("[]", "$"),
    ] {
        let (findings, _, sightings, result) = sighted::<Doors>(&READ, body);
        assert!(matches!(result, Err(Error::Decode(_))), "{body}");
        assert_eq!(sightings, 1);
        let [finding] = &findings[..] else {
            panic!("{findings:?}")
        };
        assert_eq!(
            (finding.kind, finding.path.as_str()),
            (FindingKind::OtherType, path),
            "{body}"
        );
    }
    // What is no JSON, or too deep, is no change of the API.
    let deep = format!(r#"{{"x":{}{}}}"#, "[".repeat(125), "]".repeat(125));
    for body in ["<html>", "", r#"{"doors":"#, &deep] {
        let (.., sightings, result) = sighted::<Doors>(&READ, body);
        assert!(matches!(result, Err(Error::Decode(_))), "{body}");
        assert_eq!(sightings, 0, "{body}");
    }
}

#[test]
fn what_one_response_noted_is_not_told_of_the_next() {
    assert_eq!(found(r#"{"new":1}"#).len(), 1);
    let broken = r#"{"integration":{"integration":"KISI","doors":{"1":{"id":"x"}}}}"#;
    assert_eq!(found(broken).len(), 1);
    assert_eq!(found("{}").len(), 0);
    assert_eq!(found(r#"{"cameras":{}}"#), ["other_type $.cameras 1"]);
}

#[test]
fn of_an_object_with_some_of_its_properties_the_others_are_no_drift() {
    let body = r#"{"cameras":[{"more":1,"colour":"NEW"}],"new":1}"#;
    let (findings, ..) = sighted::<Doors>(&SOME, body);
    let paths: Vec<_> = findings.iter().map(|finding| finding.path.as_str()).collect();
    assert_eq!(paths, ["$.new", "$.cameras[].colour"]);
    assert_eq!(found(body).len(), 3);
}

#[test]
fn hostile_names_are_masked_bounded_and_on_one_line() {
    let id = "AAAAAAAAAAAAAAAAAAAAAQ.v0";
    let long = "x".repeat(1_000_000);
    let id_of_camera = "kX2nP9qLzR4tVb7yWm1s0A";
    let body = format!(
        r#"{{"{long}":1,"a\u001b[31m\u202e\nb":1,"the topsecret key":1,"{id_of_camera}":1,"{id}":1,"12345678":1,"":1}}"#
    );
    let (findings, ..) = sighted::<Doors>(&READ, &body);
    let text = findings
        .iter()
        .map(|finding| finding.path.as_str())
        .collect::<Vec<_>>()
        .join("\n");
    for finding in &findings {
        assert!(finding.path.chars().count() < 80, "{}", finding.path);
        assert!(
            finding
                .path
                .chars()
                .all(|character| !character.is_control() && character != '\u{202e}')
        );
    }
    assert!(
        !text.contains("topsecret") && !text.contains(id) && !text.contains(id_of_camera),
        "{text}"
    );
    assert!(text.contains(r#"["the *** key"]"#) && text.contains("$.*"), "{text}");
}

#[test]
fn a_hundred_thousand_different_names_stay_bounded() {
    let mut body = "{".to_owned();
    for number in 0..100_000 {
        body.push_str(&format!("\"name{number}\":1,"));
    }
    body.push_str("\"last\":1}");
    let (findings, others, sightings, result) = sighted::<Doors>(&READ, &body);
    assert!(result.is_ok());
    assert_eq!((findings.len(), sightings), (256, 1));
    assert_eq!(others, 100_001 - 256);
}

#[test]
fn a_list_or_a_map_of_objects_is_a_response_too() {
    let (findings, ..) = sighted::<Vec<Door>>(&READ, r#"[{"x":1},{"x":1}]"#);
    assert_eq!((findings[0].path.as_str(), findings[0].count), ("$[].x", 2));
    let (findings, ..) = sighted::<Map<Door>>(&READ, r#"{"hunter22":{"colour":"NEW"}}"#);
    assert_eq!(findings[0].path, "$.*.colour");
    let (findings, .., result) = sighted::<List<Door>>(&READ, r#"[{"id":"hunter22"}]"#);
    assert!(result.is_err());
    assert_eq!(findings[0].path, "$[].id");
    let (.., sightings, result) = sighted::<serde_json::Value>(&READ, r#"{"anything":1}"#);
    assert!(result.is_ok() && sightings == 0);
}

#[test]
fn the_walk_ends_early_and_misses_nothing() {
    // A name that comes twice is one property, so there is less to find than was noted.
    let doors = r#""doors":{"1":[{"x":1,"x":2}],"2":[{"x":3,"y":1}]}"#;
    for (body, expected) in [
        (format!(r#"{{"new":1,"cameras":[{{"z":1}}],{doors}}}"#), 4),
        (format!(r#"{{"new":1,{doors}}}"#), 3),
        (format!(r#"{{{doors},"integration":{{"integration":"BRIVO"}}}}"#), 2),
        (format!(r#"{{{doors},"integration":{{"integration":"NEW"}}}}"#), 3),
    ] {
        assert_eq!(found(&body).len(), expected, "{body}");
    }
}
