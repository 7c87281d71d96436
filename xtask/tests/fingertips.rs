//! From the document to the user's fingertips: what a release brings can be used, and what it takes stops nothing, without one
//! edit by hand.
//!
//! Each test makes a copy of the workspace, refreshes it, and has cargo build in it: minutes, so that `cargo xtask ci` runs them
//! and `cargo test` does not.
#![allow(clippy::unwrap_used, reason = "a test has to stop where its own documents are wrong")]

use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::{Value, json};
use xtask::api::Api;
use xtask::commands::copy::Copy;

/// A copy of the workspace at a release that was made by an edit of the fragment.
fn refreshed(name: &str, edit: impl FnOnce(&mut Value)) -> Copy {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let copy = Copy::of(&root, &root.join("target/fingertips")).unwrap();
    let fragment = std::fs::read_to_string(copy.root().join("spec/kisi.json")).unwrap();
    let mut release: Value = serde_json::from_str(&fragment).unwrap();
    edit(&mut release);
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join(name);
    std::fs::write(&file, release.to_string()).unwrap();
    let output = Command::new(env!("CARGO_BIN_EXE_xtask"))
        .arg("refresh")
        .arg(file)
        .args(["--skip-tests", "--root"])
        .arg(copy.root())
        .output()
        .unwrap();
    let status = output.status.code().unwrap();
    let said = String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr);
    assert!((1..=2).contains(&status), "{status}: {said}");
    copy
}

/// Runs cargo in the copy.
fn cargo(copy: &Copy, arguments: &[&str]) -> String {
    let output = copy.cargo().args(arguments).output().unwrap();
    let said = String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "cargo {}:\n{said}", arguments.join(" "));
    said
}

#[test]
#[ignore = "builds a copy of the workspace: `cargo xtask ci` runs it"]
fn a_user_can_use_what_a_release_brings() {
    let copy = refreshed("more.json", |root| {
        let schemas = &mut root["components"]["schemas"];
        let properties = &mut schemas["KisiSettings"]["properties"];
        properties["armsOnBadge"] = json!({ "type": "boolean" });
        properties["lobbyCameraUuid"] = json!({ "type": "string", "format": "RUUID" });
        properties["holdSeconds"] = json!({ "type": "integer", "format": "int32" });
        properties["relay"] = json!({ "type": "object", "properties": {
            "relayToken": { "type": "string" },
            "port": { "type": "integer", "format": "int32" },
        } });
        properties["limitsByPlace"] =
            json!({ "type": "object", "additionalProperties": { "type": "integer", "format": "int64" } });
        let values = schemas["IntegrationAuditEventEnum"]["enum"].as_array_mut().unwrap();
        values.push("CREATE".into());
    });

    let schema = std::fs::read_to_string(copy.root().join("sdk/kisi/schemas/kisi-settings.schema.json")).unwrap();
    let schema: Value = serde_json::from_str(&schema).unwrap();
    let kind = |pointer: &str| schema.pointer(pointer).map(|kind| kind.to_string());
    assert_eq!(
        kind("/properties/armsOnBadge/type").as_deref(),
        Some(r#"["boolean","null"]"#)
    );
    assert!(kind("/properties/lobbyCameraUuid/pattern").unwrap().contains("{21}"));
    assert_eq!(
        kind("/properties/holdSeconds/type").as_deref(),
        Some(r#"["integer","null"]"#)
    );
    assert!(
        kind("/properties/limitsByPlace/patternProperties")
            .unwrap()
            .contains("integer")
    );
    let relay = kind("/properties/relay/anyOf/0/$ref").unwrap();
    let relay = relay.trim_matches(['"', '#']);
    assert_eq!(
        kind(&format!("{relay}/properties/relayToken/format")).as_deref(),
        Some("\"password\"")
    );

    let program = std::fs::read_to_string(fixture("fingertips.rs")).unwrap();
    std::fs::write(copy.root().join("sdk/kisi/examples/fingertips.rs"), program).unwrap();
    // Of the workspace, not of the package, whose dependencies would be built once more, with fewer features.
    let said = cargo(&copy, &["run", "--quiet", "--example", "fingertips"]);
    assert!(said.contains("all of it"), "{said}");
}

/// The poorest release that still has the operations: nothing but what tells the types of a union apart, and what a response is
/// refused by. The workspace compiles, and its tests pass.
#[test]
#[ignore = "builds a copy of the workspace: `cargo xtask ci` runs it"]
fn what_a_release_takes_stops_nothing() {
    let api = Api::load(&Path::new(env!("CARGO_MANIFEST_DIR")).join("../spec/api.toml")).unwrap();
    let copy = refreshed("less.json", |root| {
        let is_needed =
            |property: &str| api.unions.keep.contains_key(property) || api.response.error.as_deref() == Some(property);
        for (_, schema) in root["components"]["schemas"].as_object_mut().unwrap() {
            for place in ["/properties", "/allOf/0/properties"] {
                if let Some(properties) = schema.pointer_mut(place).and_then(Value::as_object_mut) {
                    // What leads to the settings stays.
                    properties.retain(|property, value| is_needed(property) || value.get("$ref").is_some());
                }
            }
        }
    });
    cargo(&copy, &["check", "--quiet", "--workspace", "--all-targets"]);
    cargo(&copy, &["test", "--quiet", "--workspace", "--lib"]);
}

fn fixture(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures").join(name)
}
