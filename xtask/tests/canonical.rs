//! The same facts in another form give the same fragment, byte for byte, and no difference; other facts give another.
#![allow(clippy::unwrap_used, reason = "a test has to stop where its own documents are wrong")]

mod support;

use std::path::Path;

use serde_json::{Map, Value, json};
use support::doors;
use xtask::api::Api;
use xtask::diff::{Selection, diff_by};
use xtask::document::grammar::Kind;
use xtask::document::visit::visit_mut;
use xtask::document::{Document, to_text};
use xtask::import::{Options, import};

fn rules(ids: &[&str]) -> Api {
    let mut api = Api::parse("api.toml".as_ref(), include_str!("../../spec/api.toml")).unwrap();
    if !ids.is_empty() {
        api.operations = ids.iter().map(|id| ((*id).to_owned(), Default::default())).collect();
    }
    api
}

/// Documents, each with the rules by which its operations are taken: one of our own, and the vendor's where it is at hand.
fn documents() -> Vec<(Document, Api)> {
    let mut documents = vec![(doors(), rules(&["exportDoors", "findDoors", "findDoorsV2", "openDoor"]))];
    let spec = Path::new(env!("CARGO_MANIFEST_DIR")).join("../spec/kisi.json");
    documents.push((Document::load(spec).unwrap(), rules(&[])));
    if let Some(file) = std::env::var_os("RHOMBUS_DOCUMENT") {
        documents.push((Document::load(file).unwrap(), rules(&[])));
    }
    documents
}

fn fragment(document: &Document, api: &Api) -> String {
    to_text(&import(document, api, &Options::new()).unwrap().fragment)
}

fn each(root: &mut Value, kind: Kind, mut act: impl FnMut(&mut Map<String, Value>)) {
    visit_mut(Kind::Document, root, &mut String::new(), &mut |found, value, _| {
        if let Some(object) = value.as_object_mut().filter(|_| found == kind) {
            act(object);
        }
    });
}

/// A component for each parameter, response and request body that is at an operation.
fn by_reference(root: &mut Value) {
    for (kind, section) in [
        (Kind::Parameter, "parameters"),
        (Kind::Response, "responses"),
        (Kind::RequestBody, "requestBodies"),
    ] {
        let mut components = Map::new();
        let paths = root["paths"].as_object_mut().unwrap();
        for value in paths.values_mut() {
            visit_mut(Kind::PathItem, value, &mut String::new(), &mut |found, value, _| {
                if found == kind && value.get("$ref").is_none() {
                    let name = format!("Moved{}{}", components.len(), section);
                    components.insert(name.clone(), value.clone());
                    *value = json!({ "$ref": format!("#/components/{section}/{name}") });
                }
            });
        }
        let section = &mut root["components"][section];
        if section.is_null() {
            *section = json!({});
        }
        section.as_object_mut().unwrap().extend(components);
    }
}

/// Every parameter of a path at each of its operations.
fn parameters_at_operations(root: &mut Value) {
    each(root, Kind::PathItem, |item| {
        let Some(Value::Array(shared)) = item.remove("parameters") else {
            return;
        };
        for (_, operation) in item.iter_mut().filter(|(_, value)| value.get("responses").is_some()) {
            let own = operation["parameters"].as_array().cloned().unwrap_or_default();
            operation["parameters"] = own.into_iter().chain(shared.clone()).collect();
        }
    });
}

fn success_by_default(root: &mut Value) {
    each(root, Kind::Operation, |operation| {
        let responses = operation.get_mut("responses").and_then(Value::as_object_mut).unwrap();
        if responses.keys().filter(|status| status.starts_with('2')).count() == 1
            && let Some(success) = responses.remove("200")
        {
            responses.insert("default".to_owned(), success);
        }
    });
}

/// Nullable as 3.1 says it: a list of types, or `anyOf` with null.
fn later_version(root: &mut Value) {
    root["openapi"] = json!("3.1.0");
    each(root, Kind::Schema, |schema| {
        if schema.get("nullable") != Some(&json!(true)) {
            return;
        }
        schema.remove("nullable");
        if schema.get("enum").is_none() && schema.get("type").is_some_and(Value::is_string) {
            let kind = schema["type"].take();
            schema.insert("type".to_owned(), json!([kind, "null"]));
        } else {
            let inner = Value::Object(std::mem::take(schema));
            schema.insert("anyOf".to_owned(), json!([inner, { "type": "null" }]));
        }
    });
}

/// An `allOf` around each reference, with words beside it, as 3.0 has it.
fn wrapped(root: &mut Value) {
    let mut inside = false;
    visit_mut(Kind::Document, root, &mut String::new(), &mut |kind, value, place| {
        // A union's list, and what is wrapped already, are no places for it.
        inside = place.contains("/oneOf/") || place.contains("/allOf/") || place.contains("/anyOf/");
        if kind == Kind::Schema && !inside && value.get("$ref").is_some_and(Value::is_string) {
            *value = json!({ "allOf": [value.take()], "description": "Words", "example": { "a": 1 } });
        }
    });
}

fn said_aloud(root: &mut Value) {
    each(root, Kind::Schema, |schema| {
        if schema.contains_key("$ref") {
            return;
        }
        for key in ["nullable", "deprecated", "readOnly"] {
            schema.entry(key).or_insert(json!(false));
        }
        if let Some(Value::Array(values)) = schema.get_mut("enum") {
            values.reverse();
        }
        if schema.contains_key("properties") {
            schema.entry("additionalProperties").or_insert(json!(true));
        }
    });
    each(root, Kind::Parameter, |parameter| {
        if parameter.get("in") == Some(&json!("header")) {
            parameter.insert("style".to_owned(), json!("simple"));
            parameter.insert("explode".to_owned(), json!(false));
        }
    });
    each(root, Kind::RequestBody, |body| {
        let _ = body.entry("required").or_insert(json!(false));
    });
}

/// A form of a document.
type Form = (&'static str, fn(&mut Value));

const FORMS: [Form; 6] = [
    ("parameters, responses and bodies by reference", by_reference),
    ("parameters at operations", parameters_at_operations),
    ("the success under `default`", success_by_default),
    ("nullable as in 3.1", later_version),
    ("references wrapped", wrapped),
    ("defaults said aloud", said_aloud),
];

#[test]
fn another_form_gives_the_same_fragment_and_no_difference() {
    for (document, api) in documents() {
        let expected = fragment(&document, &api);
        let mut all = document.clone();
        for (name, form) in FORMS {
            let mut other = document.clone();
            form(&mut other.root);
            form(&mut all.root);
            // A fragment may have the form already; the document with all oddities has none of them.
            let same = other.root == document.root && document.file == Path::new("doors.yaml");
            assert!(!same, "{name} does nothing");
            let found = fragment(&other, &api);
            let differs = || {
                similar::TextDiff::from_lines(&expected, &found)
                    .unified_diff()
                    .to_string()
            };
            assert!(found == expected, "{name}:\n{}", differs());
            let ids = api.operations.keys().cloned();
            let report = diff_by(&document, &other, &Selection::only(ids), &api).unwrap();
            let changes: Vec<_> = report
                .changes
                .iter()
                .filter(|change| change.rule != "prose-changed")
                .collect();
            assert!(changes.is_empty(), "{name}: {changes:?}");
        }
        let together = fragment(&all, &api);
        let differs = similar::TextDiff::from_lines(&expected, &together)
            .unified_diff()
            .to_string();
        assert!(together == expected, "all forms at once:\n{differs}");
    }
}

#[test]
fn other_facts_give_another_fragment() {
    let facts: [fn(&mut Value); 5] = [
        |root| root["components"]["schemas"]["Tree"]["properties"]["children"] = json!({ "type": "string" }),
        |root| root["components"]["schemas"]["DoorEnum"]["enum"][0] = json!("STEEL"),
        |root| root["components"]["schemas"]["BaseResponse"]["nullable"] = json!(false),
        |root| root["components"]["parameters"]["Scheme"]["required"] = json!(false),
        |root| root["components"]["schemas"]["WoodDoor"]["additionalProperties"] = json!(false),
    ];
    let api = rules(&["exportDoors", "findDoors", "findDoorsV2", "openDoor"]);
    for (number, fact) in facts.iter().enumerate() {
        let mut other = doors();
        fact(&mut other.root);
        assert_ne!(fragment(&other, &api), fragment(&doors(), &api), "fact {number}");
    }
}

/// An operation that a release no longer has is kept as the fragment had it, where leniency is asked for.
#[test]
fn an_operation_that_is_gone_keeps_its_method() {
    let api = rules(&["findDoors", "openDoor"]);
    let before = Document::parse("kisi.json", &fragment(&doors(), &api)).unwrap();
    let mut after = doors();
    after.root["paths"]
        .as_object_mut()
        .unwrap()
        .remove("/api/doors/openDoor");
    after.root["components"]["schemas"]
        .as_object_mut()
        .unwrap()
        .remove("Door_OpenDoorWSRequest");
    let options = Options::new().lenient(true).before(Some(&before));
    let kept = import(&after, &api, &options).unwrap();
    let open = &kept.fragment["paths"]["/api/doors/openDoor"]["post"];
    assert_eq!((&open["x-gone"], &open["deprecated"]), (&json!(true), &json!(true)));
    assert!(kept.fragment["components"]["schemas"]["Door_OpenDoorWSRequest"].is_object());
    let warning = kept
        .warnings
        .iter()
        .map(ToString::to_string)
        .find(|warning| warning.contains("openDoor"))
        .unwrap();
    assert!(
        warning.contains("its method returns an error and sends nothing"),
        "{warning}"
    );
    // It is gone for `diff`, and stays as it is when it is imported again.
    let kept_document = Document::parse("kisi.json", &to_text(&kept.fragment)).unwrap();
    let report = diff_by(&before, &kept_document, &Selection::All, &api).unwrap();
    let rules: Vec<_> = report.changes.iter().map(|change| change.rule).collect();
    assert_eq!(rules, ["operation-removed"]);
    assert_eq!(fragment(&kept_document, &api), to_text(&kept.fragment));
    let again = import(&after, &api, &Options::new().lenient(true).before(Some(&kept_document))).unwrap();
    assert_eq!(again.fragment, kept.fragment);
    // Without a fragment before there is nothing to keep.
    let alone = import(&after, &api, &Options::new().lenient(true)).unwrap();
    assert_eq!(alone.fragment["paths"].get("/api/doors/openDoor"), None);
}

/// An operation that is optional stops no release, and others that are gone are told alone.
#[test]
fn an_optional_operation_that_is_gone_stops_nothing() {
    let mut api = rules(&["findDoors", "openDoor"]);
    let before = Document::parse("kisi.json", &fragment(&doors(), &api)).unwrap();
    let mut after = doors();
    let paths = after.root["paths"].as_object_mut().unwrap();
    paths.remove("/api/doors/openDoor");
    let options = || Options::new().before(Some(&before));
    let error = import(&after, &api, &options()).unwrap_err().to_string();
    assert!(error.contains("openDoor"), "{error}");

    api.operations.get_mut("openDoor").unwrap().optional = true;
    let kept = import(&after, &api, &options()).unwrap();
    assert_eq!(
        kept.fragment["paths"]["/api/doors/openDoor"]["post"]["x-gone"],
        json!(true)
    );
    let warnings: Vec<_> = kept.warnings.iter().map(ToString::to_string).collect();
    assert!(
        warnings.iter().any(|warning| warning.contains("openDoor")),
        "{warnings:?}"
    );

    let paths = after.root["paths"].as_object_mut().unwrap();
    paths.retain(|_, item| item["post"]["operationId"] != "findDoors");
    let error = import(&after, &api, &options()).unwrap_err().to_string();
    assert!(error.contains("findDoors") && !error.contains("openDoor"), "{error}");
}
