//! Crates of their own for any document: what is not used is read leniently, and what is wrong is an error at once.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test has to stop where its own documents are wrong"
)]

mod support;

use serde_json::{Value, json};
use xtask::document::Document;
use xtask::generate::{self, Package, StandAlone};
use xtask::normalise::Selection;

fn generated(document: &Value) -> Result<StandAlone, xtask::Error> {
    let document = Document::parse("a.json", &document.to_string())?;
    let package = Package::stand_alone("made", None);
    generate::stand_alone(&document, Selection::All, &package, true)
}

/// A document of `count` operations, each with a schema of its own.
fn document(count: usize) -> Value {
    let mut paths = json!({});
    let mut schemas = json!({});
    for number in 0..count {
        let name = format!("Thing{number}");
        paths[format!("/{number}")] = json!({ "get": { "operationId": format!("get{number}"), "responses": {
            "200": { "description": "OK", "content": { "application/json": {
                "schema": { "$ref": format!("#/components/schemas/{name}") },
            } } },
        } } });
        schemas[name] = json!({ "type": "object", "properties": { "name": { "type": "string" } } });
    }
    json!({
        "openapi": "3.0.3", "info": { "title": "Things", "version": "1" },
        "paths": paths, "components": { "schemas": schemas },
    })
}

/// Sets what is at a pointer, whose parent is there.
fn set(document: &mut Value, pointer: &str, value: Value) {
    let (parent, key) = pointer.rsplit_once('/').unwrap();
    let key = key.replace("~1", "/");
    document.pointer_mut(parent).unwrap()[key] = value;
}

#[test]
fn what_the_generator_does_not_use_may_be_of_any_form() {
    let operation = "/paths/~10/get";
    let schema = "/components/schemas/Thing0";
    let places = [
        "/info".to_owned(),
        "/info/title".to_owned(),
        "/info/version".to_owned(),
        "/info/license".to_owned(),
        "/info/contact".to_owned(),
        "/info/summary".to_owned(),
        "/info/x-logo".to_owned(),
        "/servers".to_owned(),
        "/security".to_owned(),
        "/tags".to_owned(),
        "/externalDocs".to_owned(),
        "/x-more".to_owned(),
        "/components/securitySchemes".to_owned(),
        "/components/examples".to_owned(),
        "/components/x-more".to_owned(),
        "/paths/x-more".to_owned(),
        "/paths/~10/summary".to_owned(),
        "/paths/~10/description".to_owned(),
        "/paths/~10/servers".to_owned(),
        "/paths/~10/parameters".to_owned(),
        "/paths/~10/x-more".to_owned(),
        format!("{operation}/tags"),
        format!("{operation}/summary"),
        format!("{operation}/description"),
        format!("{operation}/externalDocs"),
        format!("{operation}/deprecated"),
        format!("{operation}/security"),
        format!("{operation}/servers"),
        format!("{operation}/callbacks"),
        format!("{operation}/parameters"),
        format!("{operation}/x-more"),
        format!("{operation}/responses/200/description"),
        format!("{operation}/responses/200/links"),
        format!("{operation}/responses/200/headers"),
        format!("{operation}/responses/404"),
        format!("{schema}/title"),
        format!("{schema}/description"),
        format!("{schema}/externalDocs"),
        format!("{schema}/example"),
        format!("{schema}/deprecated"),
        format!("{schema}/required"),
        format!("{schema}/nullable"),
        format!("{schema}/readOnly"),
        format!("{schema}/xml"),
        format!("{schema}/default"),
        format!("{schema}/minProperties"),
        format!("{schema}/properties/name/description"),
        format!("{schema}/properties/name/maxLength"),
        format!("{schema}/properties/name/pattern"),
        format!("{schema}/properties/name/format"),
        format!("{schema}/properties/name/x-more"),
    ];
    let values = [
        Value::Null,
        json!(true),
        json!(1.5),
        json!(""),
        json!("text"),
        json!([]),
        json!([{}, 1]),
        json!({}),
        json!({ "a": 1 }),
    ];
    for place in &places {
        for value in &values {
            let mut document = document(2);
            set(&mut document, place, value.clone());
            let made = generated(&document).unwrap_or_else(|error| panic!("{place}: {value}: {error}"));
            assert_eq!(made.operations, 2, "{place}: {value}: {:?}", made.left_out);
        }
    }
}

/// The examples that were found, each a real document's.
#[test]
fn what_documents_leave_blank_is_no_loss() {
    for edit in [
        "info: { title: Weather, version: 1.0 }",
        "info: { title: 7, version: 2026-03-01, license: {} }",
        "info: { title: t, version: '1', license: { url: 'https://a.example' }, contact: nobody }",
        "info: { title: t, version: '1' }\ntags:",
        "info: { title: t, version: '1' }\nservers: [{ url: 'https://a.example:{port}', variables: { port: { default: 8443, enum: [8443, 443] } } }]",
        "info: { title: t, version: '1' }\nexternalDocs:\nsecurity:\nservers:\ncomponents:",
        "info: { title: t, version: '1' }\ncomponents: { schemas: }",
        "info:",
    ] {
        let text = format!(
            "openapi: 3.0.3\n{edit}\npaths:\n  /now: {{ get: {{ operationId: now, responses: {{ '204': {{ description: }} }} }} }}\n"
        );
        let document = Document::parse("a.yaml", &text).unwrap_or_else(|error| panic!("{edit}: {error}"));
        let package = Package::stand_alone("made", None);
        let made = generate::stand_alone(&document, Selection::All, &package, true);
        assert_eq!(
            made.unwrap_or_else(|error| panic!("{edit}: {error}")).operations,
            1,
            "{edit}"
        );
    }
}

#[test]
fn what_is_needed_and_wrong_is_an_error_with_its_place() {
    for (place, value, message) in [
        ("/paths", json!(null), "a.json#/paths: "),
        ("/paths", json!([]), "a.json#/paths: "),
        ("/components", json!([1]), "a.json#/components: "),
        ("/components/schemas", json!("none"), "a.json#/components/schemas: "),
    ] {
        let mut document = document(2);
        set(&mut document, place, value.clone());
        let error = generated(&document).unwrap_err().to_string();
        assert!(error.starts_with(message), "{place}: {value}: {error}");
    }
}

/// Operations that the generator does not take, each for a reason of its own.
#[test]
fn each_operation_that_is_left_out_has_its_own_reason() {
    let mut document = document(40);
    let paths = document["paths"].as_object_mut().unwrap();
    for number in (0_usize..40).step_by(2) {
        let item = paths.remove(&format!("/{number}")).unwrap();
        let broken = if number.is_multiple_of(4) { "{brace" } else { "brace}" };
        paths.insert(format!("/{number}/{broken}"), item);
    }
    let made = generated(&document).unwrap();
    assert_eq!(made.operations, 20);
    let left_out: Vec<_> = made.left_out.iter().filter(|entry| entry.operation).collect();
    assert_eq!(left_out.len(), 20);
    for entry in left_out {
        let number: usize = entry.what["get".len()..].parse().unwrap();
        let own = if number.is_multiple_of(4) {
            "unterminated"
        } else {
            "unexpected }"
        };
        assert!(entry.why.contains(own), "{}: {}", entry.what, entry.why);
    }
}

#[test]
fn a_document_of_which_nothing_can_be_made_says_so_of_each_operation() {
    let mut document = document(100);
    let paths = document["paths"].as_object_mut().unwrap();
    *paths = std::mem::take(paths)
        .into_iter()
        .map(|(path, item)| (format!("{path}/{{brace"), item))
        .collect();
    let made = generated(&document).unwrap();
    assert_eq!((made.operations, made.left_out.len()), (0, 100));
}

/// The README of the crate says what its client needs, and what no operation is is not one that is lost.
#[test]
fn the_server_and_the_key_are_said_and_extensions_are_no_operations() {
    let mut document = document(2);
    set(&mut document, "/servers", json!([{ "url": "https://a.example/v3" }]));
    set(
        &mut document,
        "/components/securitySchemes",
        json!({ "key": { "type": "apiKey", "in": "header", "name": "X-Key" } }),
    );
    set(
        &mut document,
        "/paths/x-more",
        json!({ "get": { "operationId": "none" } }),
    );
    set(&mut document, "/paths/x-text", json!("more"));
    let made = generated(&document).unwrap();
    assert_eq!((made.operations, made.left_out.as_slice()), (2, &[][..]));
    let readme = &made.files[std::path::Path::new("README.md")];
    for text in ["`https://a.example/v3`", "begin behind `/v3`", "the header `X-Key`"] {
        assert!(readme.contains(text), "{text}: {readme}");
        assert!(made.access.concat().contains(text), "{text}");
    }
}
