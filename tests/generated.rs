//! The generated crates: fresh, the same on every run, guarded, and never made from bad input.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)] // In tests, that is what failing means.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use rhombus_kisi::types::KisiSettings;
use serde_json::Value;
use xtask::generate::{self, INPUTS, Inputs, output};

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

fn inputs() -> Inputs {
    Inputs::read(&root().join("spec")).unwrap()
}

#[test]
fn what_is_checked_in_is_what_spec_gives() {
    let files = generate::sdk(&inputs()).unwrap();
    let changes = output::compare(&root(), &files, &["sdk/client", "sdk/httpmock", "sdk/kisi/src/edit"]).unwrap();
    assert!(changes.is_empty(), "run `cargo xtask generate`\n{}", changes.diff());
}

#[test]
fn two_runs_give_the_same_bytes() {
    let (one, other) = (generate::sdk(&inputs()).unwrap(), generate::sdk(&inputs()).unwrap());
    assert_eq!(one, other);
    assert!(one.values().all(|text| !text.contains('\r') && text.ends_with('\n')));
}

#[test]
fn every_generated_file_says_so() {
    let inputs = inputs();
    for (path, text) in generate::sdk(&inputs).unwrap() {
        // JSON has no comments, and a README is prose.
        if path
            .extension()
            .is_some_and(|extension| extension == "rs" || extension == "toml")
        {
            assert!(
                text.contains("@generated") && text.contains(&inputs.fingerprint()),
                "{}",
                path.display()
            );
        }
    }
}

/// The text of the mock crate where the rules lack these roles.
fn mocks_without(roles: &[&str]) -> String {
    let mut inputs = inputs();
    let rules = inputs.api.1.lines();
    let without = |line: &&str| !roles.iter().any(|role| line.starts_with(&format!("{role} = ")));
    inputs.api.1 = rules.filter(without).collect::<Vec<_>>().join("\n");
    let mut files = generate::sdk(&inputs).unwrap();
    files.remove(Path::new("sdk/httpmock/src/lib.rs")).unwrap()
}

#[test]
fn a_mock_says_of_a_response_what_its_roles_do() {
    let has = |text: &str, helper: &str| text.contains(&format!("pub fn {helper}"));
    let all = mocks_without(&[]);
    for helper in [
        "rejected(self, message: &str) -> Self",
        "auth_error(self) -> Self",
        "warning(self, message: &str) -> Self",
    ] {
        assert!(has(&all, helper), "{helper}");
    }
    let none = mocks_without(&["error", "integration_auth", "warning"]);
    for helper in ["rejected", "auth_error", "warning"] {
        assert!(!has(&none, helper), "{helper}");
    }
    assert!(has(&mocks_without(&["message"]), "rejected(self) -> Self"));
}

/// A folder with a copy of `spec/` and of the guard, where the guard expects them.
struct Guarded {
    folder: PathBuf,
}

impl Guarded {
    fn new(name: &str) -> Self {
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
        let _ = fs::remove_dir_all(&folder);
        fs::create_dir_all(folder.join("spec")).unwrap();
        fs::create_dir_all(folder.join("sdk/client")).unwrap();
        for input in INPUTS {
            fs::copy(root().join("spec").join(input), folder.join("spec").join(input)).unwrap();
        }
        let guard = folder.join("guard");
        let source = root().join("sdk/client/build.rs");
        let rustc = std::env::var_os("RUSTC").unwrap_or_else(|| "rustc".into());
        let built = Command::new(rustc)
            .args(["--edition", "2024", "-o"])
            .arg(&guard)
            .arg(source)
            .status()
            .unwrap();
        assert!(built.success(), "the guard needs nothing but the standard library");
        Self { folder }
    }

    fn run(&self) -> String {
        let output = Command::new(self.folder.join("guard"))
            .env("CARGO_MANIFEST_DIR", self.folder.join("sdk/client"))
            .output();
        String::from_utf8(output.unwrap().stdout).unwrap()
    }
}

#[test]
fn the_guard_stops_a_build_from_another_spec() {
    let guarded = Guarded::new("guard");
    assert!(!guarded.run().contains("cargo::error"));
    for input in INPUTS {
        let file = guarded.folder.join("spec").join(input);
        let text = fs::read_to_string(&file).unwrap();
        fs::write(&file, text.replacen('e', "E", 1)).unwrap();
        let output = guarded.run();
        let errors: Vec<&str> = output
            .lines()
            .filter(|line| line.starts_with("cargo::error="))
            .collect();
        assert_eq!(errors.len(), 1, "{input}");
        assert!(errors[0].ends_with("run `cargo xtask generate`"), "{}", errors[0]);
        // Another checkout's line endings are no change.
        fs::write(&file, text.replace('\n', "\r\n")).unwrap();
        assert!(!guarded.run().contains("cargo::error"), "{input}");
        fs::write(&file, text).unwrap();
    }
}

/// One of two generated files may come from elsewhere, such as a merge.
#[test]
fn the_guard_stops_a_build_with_setters_from_another_spec() {
    let guarded = Guarded::new("guard_of_setters");
    let setters = "sdk/kisi/src/edit/generated.rs";
    let file = guarded.folder.join(setters);
    fs::create_dir_all(file.parent().unwrap()).unwrap();
    fs::copy(root().join(setters), &file).unwrap();
    assert!(!guarded.run().contains("cargo::error"));
    let text = fs::read_to_string(&file).unwrap();
    fs::write(&file, text.replace(&inputs().fingerprint(), "0")).unwrap();
    assert!(
        guarded
            .run()
            .contains(&format!("cargo::error={setters} is of another spec/"))
    );
}

/// The message of a generation from inputs of which one was changed.
fn refusal(input: &str, change: impl Fn(&str) -> String) -> String {
    let mut inputs = inputs();
    let text = match input {
        "kisi.json" => &mut inputs.fragment.1,
        "api.toml" => &mut inputs.api.1,
        _ => &mut inputs.overlay.1,
    };
    let changed = change(text);
    assert_ne!(&changed, text, "the change does not apply");
    *text = changed;
    generate::sdk(&inputs)
        .expect_err("it was generated all the same")
        .to_string()
}

/// The message without the numbers that move with every edit of `spec/`.
fn without_numbers(message: &str) -> String {
    let mut masked = message.to_owned();
    for word in ["line ", "column ", "action "] {
        if let Some(at) = masked.find(word).map(|at| at + word.len()) {
            let digits = masked[at..].chars().take_while(char::is_ascii_digit).count();
            masked.replace_range(at..at + digits, "N");
        }
    }
    masked
        .lines()
        .filter(|line| !line.contains(" | ") && !line.trim_end().ends_with('|'))
        .collect::<Vec<_>>()
        .join("\n")
}

const FRAGMENT: &str = r##"{
  "openapi": "3.0.3",
  "info": { "title": "A", "version": "1" },
  "paths": { "/unlock": { "post": {
    "operationId": "unlockKisiDoor",
    "responses": { "200": { "description": "", "content": { "application/json": { "schema": {
      "$ref": "#/components/schemas/Settings"
    } } } } }
  } } },
  "components": { "schemas": { "Settings": { "type": "object" } } }
}"##;

#[test]
fn bad_input_is_refused_with_file_and_place() {
    // A fragment of the test's own: what comes first in the project's differs from release to release.
    let fragment = |from: &str, to: &str| refusal("kisi.json", |_| FRAGMENT.replacen(from, to, 1));
    let cases = [
        ("not JSON", refusal("kisi.json", |_| FRAGMENT[..100].to_owned())),
        ("not OpenAPI", refusal("kisi.json", |_| "{\"a\": 1}".to_owned())),
        (
            "no paths",
            refusal("kisi.json", |_| "{\"openapi\": \"3.0.3\", \"info\": {}}".to_owned()),
        ),
        ("3.1", fragment("\"3.0.3\"", "\"3.1.0\"")),
        (
            "a dangling reference",
            fragment("#/components/schemas/Settings", "#/components/schemas/Nowhere"),
        ),
        (
            "no such key",
            refusal("api.toml", |text| {
                text.replacen("[operations]", "[operations]\nunlock = { retry = 3 }", 1)
            }),
        ),
        (
            "an overlay that is none",
            refusal("overlay.yaml", |_| "overlay: 1.0.0\nactions: 3\n".to_owned()),
        ),
    ];
    for (name, message) in &cases {
        assert!(message.starts_with("spec/"), "{name}: {message}");
    }
    let table: Vec<String> = cases
        .iter()
        .map(|(name, message)| format!("{name}: {}", without_numbers(message)))
        .collect();
    insta::assert_snapshot!(table.join("\n"));
}

/// A release may lack what the overlay speaks of, and what the rules list.
#[test]
fn what_a_release_lacks_stops_nothing_and_is_said() {
    let mut inputs = inputs();
    let already = generate::sdk_with_diagnostics(&inputs).unwrap().misfits.len();
    inputs.overlay.1 = inputs
        .overlay
        .1
        .replacen("schemas.KisiSettings", "schemas.KisiSetting", 1);
    inputs.api.1 = inputs
        .api
        .1
        .replacen("[operations]", "[operations]\nopenKisiDoor = {}", 1);
    let sdk = generate::sdk_with_diagnostics(&inputs).unwrap();
    let said: Vec<String> = sdk.misfits.iter().map(ToString::to_string).collect();
    assert_eq!(said.len(), already + 1);
    let misfit = "($.components.schemas.KisiSetting): the target matches nothing";
    assert!(said.iter().any(|said| said.ends_with(misfit)), "{said:?}");
    assert!(
        sdk.undescribed.contains(&"/components/schemas/KisiSettings".to_owned()),
        "{:?}",
        sdk.undescribed
    );
    let lacking: Vec<_> = sdk
        .left_out
        .iter()
        .filter(|entry| entry.operation)
        .map(|entry| entry.what.as_str())
        .collect();
    assert_eq!(lacking, ["openKisiDoor"]);
}

/// The names of an object's properties, and of those of the objects that it refers to, by type.
fn properties(schema: &Value, name: &str) -> BTreeSet<String> {
    let definitions = |name: &str| schema.pointer(&format!("/$defs/{name}")).unwrap_or(schema);
    let object = definitions(name)["properties"].as_object().unwrap();
    object.keys().filter(|key| *key != "$schema").cloned().collect()
}

#[test]
fn the_schema_files_say_what_the_types_say() {
    let of_types = Value::from(schemars::schema_for!(KisiSettings));
    let text = fs::read_to_string(root().join("sdk/kisi/schemas/kisi-settings.schema.json")).unwrap();
    let of_file: Value = serde_json::from_str(&text).unwrap();
    let types = [
        "KisiSettings",
        "BadgeIntegrationSettings",
        "BadgeIntegrationDoorInfo",
        "BadgeIntegrationDefaultOptions",
    ];
    for name in types {
        assert_eq!(properties(&of_types, name), properties(&of_file, name), "{name}");
    }
    let fragment: Value = serde_json::from_str(&inputs().fragment.1).unwrap();
    let of_document = fragment["components"]["schemas"]["KisiSettings"]["properties"]
        .as_object()
        .unwrap();
    let of_document: BTreeSet<String> = of_document.keys().cloned().collect();
    assert_eq!(properties(&of_file, "KisiSettings"), of_document);
    assert_eq!(of_file["additionalProperties"], Value::Bool(false));
    let described = of_file["properties"]
        .as_object()
        .unwrap()
        .values()
        .all(|property| property["description"].is_string());
    assert!(described, "an editor shows what a setting is for");
}
