//! What has to hold of the project's own fragment and overlay, whatever the release: it hangs on no action of the overlay.
#![allow(
    clippy::unwrap_used,
    reason = "helpers of tests, which clippy does not know for tests"
)]

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use serde_json::Value;
use xtask::api::Api;
use xtask::document::Document;
use xtask::normalise::{self, Options};
use xtask::overlay::{Overlay, describe};

fn spec(name: &str) -> (PathBuf, String) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../spec").join(name);
    let text = std::fs::read_to_string(&path).unwrap();
    (path, text)
}

fn fragment() -> Value {
    serde_json::from_str(&spec("kisi.json").1).unwrap()
}

fn amended() -> Value {
    let (file, text) = spec("overlay.yaml");
    let mut document = fragment();
    Overlay::parse(&file, &text).unwrap().apply(&mut document);
    describe(&mut document);
    document
}

/// The document that the generator takes, of an overlay's or without one.
fn normalised(root: Value) -> Value {
    let (file, text) = spec("api.toml");
    let document = Document {
        file: "kisi.json".into(),
        root,
    };
    let options = Options {
        api: Api::parse(&file, &text).unwrap(),
        ..Options::default()
    };
    normalise::normalise(&document, &options).unwrap().document
}

/// A schema, and the pointer to it.
struct Place<'a> {
    pointer: String,
    schema: &'a Value,
    /// The property that it is the schema of, where it is of one.
    property: Option<&'a str>,
}

/// Every schema of the components, at whatever depth.
fn schemas(document: &Value) -> Vec<Place<'_>> {
    let mut places = Vec::new();
    let components = document["components"]["schemas"].as_object().unwrap();
    for (name, schema) in components {
        collect(format!("/components/schemas/{name}"), schema, None, &mut places);
    }
    places
}

fn collect<'a>(pointer: String, schema: &'a Value, property: Option<&'a str>, places: &mut Vec<Place<'a>>) {
    for (name, inner) in schema["properties"].as_object().into_iter().flatten() {
        collect(format!("{pointer}/properties/{name}"), inner, Some(name), places);
    }
    for key in ["items", "additionalProperties"] {
        if schema[key].is_object() {
            collect(format!("{pointer}/{key}"), &schema[key], None, places);
        }
    }
    for key in ["allOf", "oneOf", "anyOf"] {
        for (index, inner) in schema[key].as_array().into_iter().flatten().enumerate() {
            collect(format!("{pointer}/{key}/{index}"), inner, None, places);
        }
    }
    places.push(Place {
        pointer,
        schema,
        property,
    });
}

fn operations(document: &Value) -> Vec<&Value> {
    let paths = document["paths"].as_object().unwrap();
    paths
        .values()
        .flat_map(|item| item.as_object().unwrap().values())
        .collect()
}

fn says_something(value: &Value) -> bool {
    value.as_str().is_some_and(|text| !text.trim().is_empty())
}

#[test]
fn everything_has_words_of_its_own_or_plain_ones() {
    let document = amended();
    for operation in operations(&document) {
        assert!(says_something(&operation["summary"]), "{}", operation["operationId"]);
    }
    for place in schemas(&document) {
        if place.property.is_some() || place.pointer.matches('/').count() == 3 {
            assert!(says_something(&place.schema["description"]), "{}", place.pointer);
        }
    }
}

/// rustdoc reads them: a bracket is a link, an angle bracket a tag, and a URL has to stand in angle brackets.
#[test]
fn descriptions_are_plain_markdown() {
    let document = amended();
    let schemas = schemas(&document);
    let of_schemas = schemas
        .iter()
        .map(|place| (place.pointer.as_str(), &place.schema["description"]));
    let of_operations = operations(&document).into_iter().flat_map(|operation| {
        let id = operation["operationId"].as_str().unwrap();
        [(id, &operation["summary"]), (id, &operation["description"])]
    });
    for (pointer, text) in of_schemas.chain(of_operations) {
        let Some(text) = text.as_str() else { continue };
        assert!(text.ends_with('.'), "{pointer}: not a sentence: {text}");
        assert!(
            !text.contains(['[', ']', '<', '>']) && !text.contains("://"),
            "{pointer}: {text}"
        );
        assert_eq!(text.matches('`').count() % 2, 0, "{pointer}: an odd backtick: {text}");
    }
}

/// In the newest style of the vendor's document they are at each operation, in others at the path, or a component of any
/// name.
#[test]
fn what_the_transport_sends_is_no_argument_wherever_it_is() {
    let header = serde_json::json!({ "in": "header", "name": "X-Auth-Scheme", "required": true, "schema": { "type": "string" } });
    let places: [fn(&mut Value, Value); 3] = [
        |root, header| root["paths"]["/new"]["post"]["parameters"] = serde_json::json!([header]),
        |root, header| root["paths"]["/new"]["parameters"] = serde_json::json!([header]),
        |root, header| {
            root["components"]["parameters"]["Any"] = header;
            root["paths"]["/new"]["parameters"] = serde_json::json!([{ "$ref": "#/components/parameters/Any" }]);
        },
    ];
    for place in places {
        let mut root = fragment();
        root["paths"]["/new"] = serde_json::json!({ "post": { "operationId": "new", "responses": {} } });
        place(&mut root, header.clone());
        let text = normalised(root).to_string().to_lowercase();
        assert!(text.contains("\"/new\"") && !text.contains("x-auth-"), "{text}");
    }
}

fn speaks_of_a_credential(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    ["token", "secret", "password", "api_key", "credential"]
        .iter()
        .any(|word| name.contains(word))
}

#[test]
fn every_string_named_like_a_credential_is_a_secret_without_the_overlay() {
    for root in [fragment(), amended()] {
        let document = normalised(root);
        let mut secrets = BTreeSet::new();
        for place in schemas(&document) {
            let Some(name) = place.property.filter(|name| speaks_of_a_credential(name)) else {
                continue;
            };
            // Of a map the values are the secrets; whether a credential is valid (a boolean) is none.
            let value = match place.schema["type"].as_str() {
                Some("string") => place.schema,
                Some("object") => &place.schema["additionalProperties"],
                _ => continue,
            };
            assert_eq!(value["format"], "password", "{} is not marked", place.pointer);
            secrets.insert(name.to_owned());
        }
        assert!(!secrets.is_empty());
    }
}

#[test]
fn only_strings_are_secrets() {
    for place in schemas(&normalised(amended())) {
        if place.schema["format"] == "password" {
            assert_eq!(place.schema["type"], "string", "{}", place.pointer);
        }
    }
}

#[test]
fn every_object_with_properties_keeps_what_it_does_not_know() {
    for place in schemas(&normalised(fragment())) {
        if place.schema["properties"].is_object() {
            let additional = &place.schema["additionalProperties"];
            assert!(
                additional.as_object().is_some_and(serde_json::Map::is_empty),
                "{}",
                place.pointer
            );
        }
    }
}

/// Descriptions must not bring a property back that the vendor has removed, nor change a type.
#[test]
fn nothing_is_added_but_words_and_marks() {
    let (before, after) = (fragment(), amended());
    let pointers =
        |document| -> BTreeSet<String> { schemas(document).into_iter().map(|place| place.pointer).collect() };
    let added: Vec<_> = pointers(&after).difference(&pointers(&before)).cloned().collect();
    assert!(added.is_empty(), "{added:?}");
    for place in schemas(&before) {
        let amended = after.pointer(&place.pointer).unwrap();
        for (key, value) in place.schema.as_object().unwrap() {
            let same = matches!(
                key.as_str(),
                "description" | "properties" | "allOf" | "oneOf" | "items" | "additionalProperties"
            );
            assert!(same || amended[key] == *value, "{}/{key}", place.pointer);
        }
    }
}
