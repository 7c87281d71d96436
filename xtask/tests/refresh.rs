//! One command from a release of the vendor's document to the SDK, all of it or nothing.
#![allow(clippy::unwrap_used, reason = "a test has to stop where its own documents are wrong")]

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use serde_json::{Value, json};

/// A copy of what the command reads and writes.
struct Workspace {
    folder: tempfile::TempDir,
}

impl Workspace {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
        for part in ["spec", "sdk/client", "sdk/httpmock", "sdk/kisi/src/edit"] {
            copy(&root.join(part), &folder.path().join(part));
        }
        std::fs::write(folder.path().join("CHANGELOG.md"), "# Changelog\n\n## [Unreleased]\n").unwrap();
        Self { folder }
    }

    fn fragment(&self) -> Value {
        serde_json::from_str(&self.read("spec/kisi.json")).unwrap()
    }

    fn read(&self, file: &str) -> String {
        std::fs::read_to_string(self.folder.path().join(file)).unwrap()
    }

    /// Refreshes from the fragment after an edit.
    fn refresh(&self, edit: impl FnOnce(&mut Value), args: &[&str]) -> Output {
        let mut release = self.fragment();
        edit(&mut release);
        let file = self.folder.path().join("release.json");
        std::fs::write(&file, release.to_string()).unwrap();
        let output = Command::new(env!("CARGO_BIN_EXE_xtask"))
            .arg("refresh")
            .arg(&file)
            .args(["--skip-tests", "--root"])
            .arg(self.folder.path())
            .args(args)
            .output()
            .unwrap();
        std::fs::remove_file(file).unwrap();
        output
    }

    fn files(&self) -> BTreeMap<PathBuf, Vec<u8>> {
        let mut files = BTreeMap::new();
        collect(self.folder.path(), &mut files);
        files
    }
}

fn copy(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).unwrap();
    for entry in std::fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let to = to.join(entry.file_name());
        if entry.file_type().unwrap().is_dir() {
            copy(&entry.path(), &to);
        } else {
            std::fs::copy(entry.path(), to).unwrap();
        }
    }
}

fn collect(folder: &Path, files: &mut BTreeMap<PathBuf, Vec<u8>>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            collect(&path, files);
        } else {
            files.insert(path.clone(), std::fs::read(path).unwrap());
        }
    }
}

fn said(output: &Output) -> String {
    format!(
        "{}{}",
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr)
    )
}

fn settings(root: &mut Value) -> &mut Value {
    &mut root["components"]["schemas"]["KisiSettings"]["properties"]
}

/// A new property of every kind, with nobody to describe it.
fn more(root: &mut Value) {
    let properties = settings(root);
    properties["armsOnBadge"] = json!({ "type": "boolean" });
    properties["lobbyCameraUuid"] = json!({ "type": "string" });
    properties["holdSeconds"] = json!({ "type": "integer", "format": "int32" });
    properties["relay"] = json!({ "type": "object", "properties": { "relayToken": { "type": "string" } } });
    properties["tokensByPlace"] = json!({ "type": "object", "additionalProperties": { "type": "string" } });
}

#[test]
fn a_new_property_reaches_types_schema_and_changelog_without_an_edit() {
    let workspace = Workspace::new();
    let before = workspace.files();
    let dry = workspace.refresh(more, &["--dry-run"]);
    assert_eq!(dry.status.code(), Some(1), "{}", said(&dry));
    assert_eq!(workspace.files(), before);

    let done = workspace.refresh(more, &[]);
    assert_eq!(done.status.code(), Some(1), "{}", said(&done));
    let report = said(&done);
    assert!(
        report.contains("a new minor version")
            && report.contains("`KisiSettings::arms_on_badge` (setter `arms_on_badge`)"),
        "{report}"
    );
    assert!(
        report.contains("with plain words until spec/overlay.yaml describes it"),
        "{report}"
    );
    let types = workspace.read("sdk/client/src/types.rs");
    for line in [
        "pub arms_on_badge: Field<bool>",
        "pub lobby_camera_uuid: Field<RhombusUuid>",
        "pub hold_seconds: Field<i32>",
        "pub relay_token: Field<Secret>",
    ] {
        assert!(types.contains(line), "{line}");
    }
    assert!(types.contains("The `armsOnBadge` of the API's `KisiSettings`."));
    assert!(
        workspace
            .read("spec/kisi-settings.schema.json")
            .contains("lobbyCameraUuid")
    );
    let changelog = workspace.read("CHANGELOG.md");
    assert!(
        changelog
            .contains("### Added\n\n- `KisiSettings::arms_on_badge` (setter `arms_on_badge`): armsOnBadge added.\n"),
        "{changelog}"
    );

    let again = workspace.refresh(|_| {}, &[]);
    assert_eq!(again.status.code(), Some(0), "{}", said(&again));
    assert!(said(&again).contains("is up to date"));
    assert_eq!(workspace.read("CHANGELOG.md"), changelog);
}

#[test]
fn what_is_gone_is_breaking_and_stops_nothing() {
    let workspace = Workspace::new();
    let without = |root: &mut Value| {
        settings(root).as_object_mut().unwrap().remove("migrated");
        let update = root["components"]["schemas"].as_object_mut().unwrap();
        for schema in update.values_mut() {
            for part in [schema.pointer_mut("/properties"), None].into_iter().flatten() {
                part.as_object_mut().unwrap().remove("warningMsg");
            }
        }
    };
    let done = workspace.refresh(without, &[]);
    let report = said(&done);
    assert_eq!(done.status.code(), Some(2), "{report}");
    assert!(
        report.contains("breaking: `KisiSettings::migrated` (setter `migrated`): migrated removed"),
        "{report}"
    );
    assert!(report.contains("spec/overlay.yaml no longer fits"), "{report}");
    assert!(
        workspace
            .read("CHANGELOG.md")
            .contains("### Removed\n\n- **Breaking:** ")
    );
}

#[test]
fn an_operation_that_is_gone_is_an_error_that_changes_nothing_unless_leniency_is_asked_for() {
    let workspace = Workspace::new();
    let without = |root: &mut Value| {
        let paths = root["paths"].as_object_mut().unwrap();
        paths.retain(|path, _| !path.ends_with("getKisiPlaces"));
    };
    let before = workspace.files();
    let refused = workspace.refresh(without, &[]);
    assert_eq!(refused.status.code(), Some(3));
    let message = said(&refused);
    assert!(
        message.contains("With it goes `Client::kisi_places`") && message.contains("--lenient"),
        "{message}"
    );
    assert_eq!(workspace.files(), before);

    let lenient = workspace.refresh(without, &["--lenient"]);
    assert_eq!(lenient.status.code(), Some(2), "{}", said(&lenient));
    let client = workspace.read("sdk/client/src/client.rs");
    let (_, method) = client.split_once("pub async fn get_kisi_places(").unwrap();
    assert!(
        method.contains("the API no longer has this operation; nothing was sent"),
        "{method}"
    );
    assert!(workspace.read("CHANGELOG.md").contains("`Client::kisi_places`"));
}
