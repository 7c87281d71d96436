//! One command from a release of the vendor's document to the SDK, all of it or nothing.
#![allow(clippy::unwrap_used, reason = "a test has to stop where its own documents are wrong")]

mod support;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use serde_json::{Value, json};
use support::said;

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
        let workspace = Self { folder };
        // What the project's own release has lost is not what these tests take away.
        if workspace.read("spec/kisi.json").contains("\"x-gone\"") {
            let whole = workspace.refresh(there_again, &[]);
            assert_ne!(whole.status.code(), Some(3), "{}", said(&whole));
        }
        let changelog = workspace.folder.path().join("CHANGELOG.md");
        std::fs::write(changelog, "# Changelog\n\n## [Unreleased]\n").unwrap();
        workspace
    }

    fn fragment(&self) -> Value {
        serde_json::from_str(&self.read("spec/kisi.json")).unwrap()
    }

    fn read(&self, file: &str) -> String {
        std::fs::read_to_string(self.folder.path().join(file)).unwrap()
    }

    /// Refreshes from the fragment after an edit, without the step that runs cargo.
    fn refresh(&self, edit: impl FnOnce(&mut Value), args: &[&str]) -> Output {
        self.run(edit, &[&["--skip-tests"], args].concat())
    }

    /// Refreshes from the fragment after an edit.
    fn run(&self, edit: impl FnOnce(&mut Value), args: &[&str]) -> Output {
        let mut release = self.fragment();
        edit(&mut release);
        let file = self.folder.path().join("release.json");
        std::fs::write(&file, release.to_string()).unwrap();
        let output = Command::new(env!("CARGO_BIN_EXE_xtask"))
            .arg("refresh")
            .arg(&file)
            .arg("--root")
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
        let target = self.folder.path().join("target");
        files.retain(|file, _| !file.starts_with(&target));
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
            .read("sdk/kisi/schemas/kisi-settings.schema.json")
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
    let done = workspace.refresh(without, &["--forget"]);
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

#[test]
fn a_schema_under_another_name_and_an_id_without_its_format_change_nothing() {
    let workspace = Workspace::new();
    let types = workspace.read("sdk/client/src/types.rs");
    let fragment = workspace.read("spec/kisi.json");
    let other = |root: &mut Value| {
        let text = root
            .to_string()
            .replace("BadgeIntegrationDoorInfoType", "Door_Info")
            .replace("PlaceType", "KisiPlace");
        *root = serde_json::from_str(&text).unwrap();
    };
    let renamed = workspace.refresh(other, &[]);
    let report = said(&renamed);
    assert_eq!(renamed.status.code(), Some(0), "{report}");
    assert!(
        report.contains("this was \"BadgeIntegrationDoorInfoType\" before"),
        "{report}"
    );
    assert_eq!(workspace.read("spec/kisi.json"), fragment);

    let silent = workspace.refresh(
        |root| *root = serde_json::from_str(&root.to_string().replace("\"format\":\"RUUID\",", "")).unwrap(),
        &[],
    );
    assert_eq!(silent.status.code(), Some(0), "{}", said(&silent));
    assert!(!workspace.read("spec/kisi.json").contains("RUUID"));
    // All but the fingerprint.
    let code = |text: &str| text.lines().skip(2).map(str::to_owned).collect::<Vec<_>>();
    assert!(code(&workspace.read("sdk/client/src/types.rs")) == code(&types));
}

#[test]
fn a_property_that_is_gone_keeps_its_field_until_it_is_forgotten() {
    let workspace = Workspace::new();
    let without = |root: &mut Value| {
        for schema in ["KisiSettings", "IKisiType"] {
            let schema = &mut root["components"]["schemas"][schema]["properties"];
            schema.as_object_mut().unwrap().remove("defaultOptions");
        }
        let parts = &mut root["components"]["schemas"]["KisiType"]["allOf"][0]["properties"];
        parts.as_object_mut().unwrap().remove("defaultOptions");
        root["components"]["schemas"]
            .as_object_mut()
            .unwrap()
            .remove("BadgeIntegrationDefaultOptions");
    };
    let done = workspace.refresh(without, &[]);
    let report = said(&done);
    assert_eq!(done.status.code(), Some(2), "{report}");
    assert!(
        report.contains("there is no \"defaultOptions\" any more: its field stays"),
        "{report}"
    );
    assert!(
        report.contains(
            "breaking: `KisiSettings::default_options` (setter `default_options`): defaultOptions removed from the API; the field stays"
        ),
        "{report}"
    );
    let types = workspace.read("sdk/client/src/types.rs");
    let (before, _) = types
        .split_once("pub default_options: Field<BadgeIntegrationDefaultOptions>")
        .unwrap();
    let documentation = before.trim_end().lines().next_back().unwrap();
    assert!(
        documentation.ends_with("The API no longer has it: the server may ignore what is set here."),
        "{documentation}"
    );

    // It stays so, and is as it was once the API has it again.
    let again = workspace.refresh(|root| without_marks(root, without), &[]);
    assert_eq!(again.status.code(), Some(0), "{}", said(&again));
    assert!(workspace.read("sdk/client/src/types.rs") == types);
}

/// A release without what an import kept.
fn without_marks(root: &mut Value, without: impl FnOnce(&mut Value)) {
    there_again(root);
    without(root);
}

/// A release that has what an import kept: without the marks of it.
fn there_again(part: &mut Value) {
    if let Value::Object(object) = part {
        object.remove("x-gone");
        object.values_mut().for_each(there_again);
    } else if let Value::Array(list) = part {
        list.iter_mut().for_each(there_again);
    }
}

#[test]
fn a_step_that_fails_leaves_everything_as_it_was() {
    let workspace = Workspace::new();
    let before = workspace.files();
    // There is no manifest for cargo here, so that its first step fails.
    let failed = workspace.run(more, &[]);
    let report = said(&failed);
    assert_eq!(failed.status.code(), Some(3), "{report}");
    assert!(
        report.contains("== cargo check") && report.contains("nothing was changed"),
        "{report}"
    );
    assert_eq!(workspace.files(), before);
    let copy = workspace.folder.path().join("target");
    // The release was in the copy.
    let tried = std::fs::read_to_string(copy.join("refresh/spec/kisi.json")).unwrap();
    assert!(tried.contains("armsOnBadge"));
}

/// What the SDK that these tests belong to has found, of each kind one that a release may explain and one that none does.
fn findings() -> Value {
    let finding = |operation: &str, kind: &str, path: &str| json!({ "operation": operation, "kind": kind, "path": path, "responses": 1, "occurrences": 1 });
    let read = "getKisiIntegration";
    json!({ "version": "0.1.0", "others": 0, "findings": [
        finding(read, "unknown_property", "$.kisiSettings.armsOnBadge"),
        finding(read, "unknown_property", "$.kisiSettings.doorInfoMap.*.neverHeardOf"),
        finding("getKisiIntegrationV2", "unknown_property", "$.orgIntegrationV2.placeToSettingsMap.*.doorInfoMap.*.colour"),
        finding("getKisiIntegrationV2", "unknown_value", "$.orgIntegrationV2.integrationAuditMap.*.integrationAuditEvent"),
        finding("getKisiIntegrationV2", "unknown_variant", "$.orgIntegrationV2"),
        finding(read, "other_type", "$.kisiSettings.webhookId"),
        finding(read, "other_type", "$.kisiSettings.placeId"),
        finding("nobodyKnows", "unknown_property", "$.a"),
        finding(read, "unknown_kind", "no path\u{1b}[31m"),
    ] })
}

fn drifted(root: &mut Value) {
    more(root);
    settings(root)["webhookId"]["format"] = json!("int64");
    let schemas = &mut root["components"]["schemas"];
    schemas["BadgeIntegrationDoorInfoType"]["properties"]["colour"] = json!({ "type": "string" });
    let events = schemas["IntegrationAuditEventEnum"]["enum"].as_array_mut().unwrap();
    events.push(json!("RESTORE"));
    schemas["IntegrationEnum"]["enum"]
        .as_array_mut()
        .unwrap()
        .push(json!("NEW_LOCKS"));
}

#[test]
fn a_drift_report_is_explained_by_the_release_as_far_as_it_does() {
    let workspace = Workspace::new();
    let file = workspace.folder.path().join("drift.json");
    std::fs::write(&file, findings().to_string()).unwrap();
    let args = ["--dry-run", "--drift", file.to_str().unwrap()];
    let unchanged = workspace.refresh(|_| {}, &args);
    let report = said(&unchanged);
    assert!(
        report.contains("of 9 findings of the drift report the release explains 0:"),
        "{report}"
    );
    let report = said(&workspace.refresh(drifted, &args));
    let (_, lines) = report.split_once("the release explains 5:\n").unwrap();
    let lines: Vec<_> = lines.lines().take(9).map(str::trim).collect();
    let expected = [
        "unknown property at $.kisiSettings.armsOnBadge of getKisiIntegration: the release has the property",
        "unknown property at $.kisiSettings.doorInfoMap.*.neverHeardOf of getKisiIntegration: not explained",
        "unknown property at $.orgIntegrationV2.placeToSettingsMap.*.doorInfoMap.*.colour of getKisiIntegrationV2: the release has the property",
        "unknown value at $.orgIntegrationV2.integrationAuditMap.*.integrationAuditEvent of getKisiIntegrationV2: the release has the value \"RESTORE\"",
        "unknown variant at $.orgIntegrationV2 of getKisiIntegrationV2: the release has the type \"NEW_LOCKS\"",
        "other type at $.kisiSettings.webhookId of getKisiIntegration: the release has integer int64, not integer int32",
        "other type at $.kisiSettings.placeId of getKisiIntegration: not explained",
        "unknown property at $.a of nobodyKnows: not explained",
        "unknown kind at no path[31m of getKisiIntegration: not explained",
    ];
    assert_eq!(lines, expected, "{report}");
}

#[test]
fn what_is_no_drift_report_changes_nothing() {
    let workspace = Workspace::new();
    let before = workspace.files();
    let file = workspace.folder.path().join("../no-such-report.json");
    let missing = workspace.refresh(more, &["--drift", file.to_str().unwrap()]);
    assert_eq!(missing.status.code(), Some(3), "{}", said(&missing));
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(file.path(), "{}").unwrap();
    let wrong = workspace.refresh(more, &["--drift", file.path().to_str().unwrap()]);
    assert!(
        said(&wrong).contains("a report is what `Client::drift` returns"),
        "{}",
        said(&wrong)
    );
    assert_eq!(workspace.files(), before);
}
