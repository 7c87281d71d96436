//! cargo-semver-checks on the crates that two documents give: it never asks for a larger bump than the comparison of the two
//! documents does.
//!
//! Minutes, and a tool that has to be installed, so that `cargo xtask ci` runs it and `cargo test` does not.
#![allow(
    clippy::unwrap_used,
    clippy::print_stderr,
    reason = "a test has to stop where its own documents are wrong"
)]

mod support;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::{Value, json};
use support::said;
use xtask::diff::{Bump, Selection, diff};
use xtask::document::Document;
use xtask::generate::{self, Package};
use xtask::normalise;

const CRATE: &str = "odd-doors";

/// A breaking release that the tool is shown as a minor one.
const SEEN: &str = "a property that goes";

/// An operation of the document that a release drops or deprecates.
const OPERATION: &str = "/answers/text";

/// A release: what it is, what it changes, and what the comparison of the documents asks for.
type Release = (&'static str, fn(&mut Value), Bump);

const RELEASES: [Release; 15] = [
    (
        "other words",
        |root| root["components"]["schemas"]["Kind"]["description"] = "Other.".into(),
        Bump::None,
    ),
    (
        "a property",
        |root| property(root, "Door", "floor", json!({ "type": "integer" })),
        Bump::Minor,
    ),
    (
        "an object of its own",
        |root| {
            property(
                root,
                "Door",
                "lock",
                json!({ "type": "object", "properties": { "code": { "type": "string" } } }),
            );
        },
        Bump::Minor,
    ),
    (
        "a list of a new enumeration",
        |root| {
            let kinds = json!({ "type": "array", "items": { "type": "string", "enum": ["IN", "OUT"] } });
            property(root, "Door", "ways", kinds);
        },
        Bump::Minor,
    ),
    (
        "a secret",
        |root| property(root, "Door", "apiToken", json!({ "type": "string" })),
        Bump::Minor,
    ),
    ("a value", |root| values(root, "Kind").push("BIRD".into()), Bump::Minor),
    (
        "a value that goes",
        |root| drop(values(root, "Kind").pop()),
        Bump::Major,
    ),
    (
        "an operation",
        |root| {
            root["paths"]["/lock"] = json!({ "post": {
            "operationId": "lockAll",
            "requestBody": { "content": { "application/json": { "schema": { "$ref": "#/components/schemas/Door" } } } },
            "responses": { "204": { "description": "Fine" } },
        } });
        },
        Bump::Minor,
    ),
    (
        "an operation that goes",
        |root| {
            let gone = root["paths"].as_object_mut().unwrap().remove(OPERATION);
            assert!(gone.is_some(), "the document has no {OPERATION}");
        },
        Bump::Major,
    ),
    (
        "an operation that is deprecated",
        |root| {
            let operation = root["paths"][OPERATION]["post"].as_object_mut().unwrap();
            operation.insert("deprecated".to_owned(), true.into());
        },
        Bump::Minor,
    ),
    (
        "a property that goes",
        |root| {
            root["components"]["schemas"]["Door"]["properties"]
                .as_object_mut()
                .unwrap()
                .remove("weight");
        },
        Bump::Major,
    ),
    (
        "another type",
        |root| property(root, "Door", "weight", json!({ "type": "string" })),
        Bump::Major,
    ),
    (
        "a parameter that can be left out",
        |root| {
            let parameter = json!({ "in": "query", "name": "page", "schema": { "type": "integer" } });
            root["paths"][OPERATION]["post"]["parameters"] = json!([parameter]);
        },
        Bump::Major,
    ),
    (
        "null where there was none",
        |root| {
            root["components"]["schemas"]["Door"]["properties"]["name"]["nullable"] = true.into();
        },
        Bump::Minor,
    ),
    (
        "a type of a union",
        |root| {
            root["components"]["schemas"]["Bird"] =
                json!({ "type": "object", "properties": { "type": { "type": "string" } } });
            let union = &mut root["components"]["schemas"]["ByMapping"];
            union["oneOf"]
                .as_array_mut()
                .unwrap()
                .push(json!({ "$ref": "#/components/schemas/Bird" }));
            union["discriminator"]["mapping"]["bird"] = "#/components/schemas/Bird".into();
        },
        Bump::Minor,
    ),
];

fn property(root: &mut Value, schema: &str, name: &str, value: Value) {
    root["components"]["schemas"][schema]["properties"][name] = value;
}

fn values<'a>(root: &'a mut Value, schema: &str) -> &'a mut Vec<Value> {
    root["components"]["schemas"][schema]["enum"].as_array_mut().unwrap()
}

#[test]
#[ignore = "needs cargo-semver-checks and minutes: `cargo xtask ci` runs it"]
fn the_tool_never_asks_for_more_than_the_comparison_does() {
    let found = Command::new("cargo").args(["semver-checks", "--version"]).output();
    if !found.is_ok_and(|output| output.status.success()) {
        eprintln!("SKIPPED: there is no cargo-semver-checks (`cargo install --locked cargo-semver-checks`)");
        return;
    }
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let document = Document::load(root.join("tests/fixtures/odd.yaml")).unwrap();
    let bench = Bench::new(&root);
    let old = bench.described(&document, "old");
    for (name, change, expected) in RELEASES {
        let mut release = document.root.clone();
        change(&mut release);
        let release = Document::parse("new.json", &release.to_string()).unwrap();
        let report = diff(&document, &release, &Selection::All).unwrap();
        assert_eq!(report.bump(), expected, "{name}: {}", report.to_text());
        let allowed = match expected {
            // Nothing is more than that; one of them shows that the tool sees anything.
            Bump::Major if name != SEEN => continue,
            Bump::Minor | Bump::Major => "minor",
            _ => "patch",
        };
        let new = bench.described(&release, "new");
        let output = Command::new("cargo")
            .args(["semver-checks", "--color", "never", "--release-type", allowed])
            .arg("--baseline-rustdoc")
            .arg(&old)
            .arg("--current-rustdoc")
            .arg(new)
            .current_dir(&bench.folder)
            .output()
            .unwrap();
        assert_eq!(
            output.status.success(),
            name != SEEN,
            "{name}, as {allowed}:\n{}",
            said(&output)
        );
        assert!(said(&output).contains("Checked"), "{name}: {}", said(&output));
    }
}

/// A workspace with the generated crate in it, the runtime, and as little as it needs of the wrapper.
struct Bench {
    folder: PathBuf,
}

impl Bench {
    fn new(root: &Path) -> Self {
        let folder = root.join("target/semver");
        let mut manifest: toml::Table = toml::from_str(&fs::read_to_string(root.join("Cargo.toml")).unwrap()).unwrap();
        let workspace = manifest["workspace"].as_table_mut().unwrap();
        workspace.insert(
            "members".to_owned(),
            toml::Value::from(vec!["client", "kisi", "runtime"]),
        );
        workspace.remove("exclude");
        let dependencies = workspace["dependencies"].as_table_mut().unwrap();
        dependencies.retain(|_, dependency| dependency.get("path").is_none());
        let profile = manifest["profile"]["dev"].as_table_mut().unwrap();
        profile.remove("package");
        write(&folder.join("Cargo.toml"), &manifest.to_string());
        fs::copy(root.join("Cargo.lock"), folder.join("Cargo.lock")).unwrap();

        let runtime = root.join("sdk/runtime");
        write(
            &folder.join("runtime/Cargo.toml"),
            &fs::read_to_string(runtime.join("Cargo.toml")).unwrap(),
        );
        write(
            &folder.join("runtime/README.md"),
            &fs::read_to_string(runtime.join("README.md")).unwrap(),
        );
        copy(&runtime.join("src"), &folder.join("runtime/src"));
        write(
            &folder.join("kisi/Cargo.toml"),
            "[package]\nname = \"rhombus-kisi\"\nversion = \"0.1.0\"\nedition = \"2024\"\n\n\
            [dependencies]\nrhombus-kisi-runtime = { path = \"../runtime\" }\n",
        );
        write(
            &folder.join("kisi/src/lib.rs"),
            "pub struct Client(rhombus_kisi_runtime::SharedTransport);\n\n\
            impl Client {\n    pub fn transport(&self) -> rhombus_kisi_runtime::SharedTransport {\n        self.0.clone()\n    }\n}\n",
        );
        Self { folder }
    }

    /// Generates the crate for a document and has rustdoc describe it; returns where the description is.
    fn described(&self, document: &Document, name: &str) -> PathBuf {
        let package = Package::stand_alone(CRATE, Some("..".to_owned()));
        let made = generate::stand_alone(document, normalise::Selection::All, &package, false).unwrap();
        for (path, text) in made.files {
            let text = match text.split_once("# A workspace of its own") {
                Some((manifest, _)) if path == Path::new("Cargo.toml") => manifest.to_owned(),
                _ => text,
            };
            write(&self.folder.join("client").join(path), &text);
        }
        let output = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()))
            .args([
                "rustdoc",
                "--quiet",
                "-p",
                CRATE,
                "--lib",
                "--",
                "-Zunstable-options",
                "--output-format=json",
            ])
            .args([
                "--document-private-items",
                "--document-hidden-items",
                "--cap-lints=allow",
            ])
            .env("RUSTC_BOOTSTRAP", "1")
            .env_remove("CARGO_TARGET_DIR")
            .current_dir(&self.folder)
            .output()
            .unwrap();
        assert!(output.status.success(), "{}", said(&output));
        let to = self.folder.join(format!("{name}.json"));
        let from = format!("target/doc/{}.json", CRATE.replace('-', "_"));
        fs::copy(self.folder.join(from), &to).unwrap();
        to
    }
}

/// Writes a file whose text has changed.
fn write(file: &Path, text: &str) {
    if fs::read_to_string(file).ok().as_deref() != Some(text) {
        fs::create_dir_all(file.parent().unwrap()).unwrap();
        fs::write(file, text).unwrap();
    }
}

fn copy(from: &Path, to: &Path) {
    for entry in fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let to = to.join(entry.file_name());
        if entry.file_type().unwrap().is_dir() {
            copy(&entry.path(), &to);
        } else {
            write(&to, &fs::read_to_string(entry.path()).unwrap());
        }
    }
}
