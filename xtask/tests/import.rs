//! Importing: what is taken, what is left behind, what is said of it.
#![allow(clippy::unwrap_used, reason = "a test has to stop where its own documents are wrong")]

mod support;

use std::path::Path;
use std::process::{Command, Output};

use serde_json::{Value, json};
use support::{doors, fixture, operations};
use xtask::document::{Document, DuplicateKeys, to_text};
use xtask::import::{Import, Options, import};

const ALL: [&str; 4] = ["exportDoors", "findDoors", "findDoorsV2", "openDoor"];

fn imported(document: &Document, ids: &[&str]) -> Import {
    import(document, &operations(ids), &Options::new()).unwrap()
}

fn refused(document: &Document, ids: &[&str], options: &Options<'_>) -> String {
    import(document, &operations(ids), options).unwrap_err().to_string()
}

fn warnings(import: &Import) -> String {
    import.warnings.iter().map(|warning| format!("{warning}\n")).collect()
}

#[test]
fn the_fragment_has_what_the_operations_reach_and_none_of_the_prose() {
    let import = imported(&doors(), &ALL);
    let text = to_text(&import.fragment);
    assert!(!text.to_lowercase().contains("prose"), "{text}");
    assert!(
        !text.contains("NotReached") && !text.contains("Lost") && !text.contains("cameras"),
        "{text}"
    );
    assert_eq!(warnings(&import), "");
    insta::assert_snapshot!(text);
}

#[test]
fn every_kind_of_component_is_followed_and_no_other_is_kept() {
    let fragment = imported(&doors(), &["openDoor"]).fragment;
    let components = fragment["components"].as_object().unwrap();
    let names: Vec<String> = components
        .iter()
        .flat_map(|(section, named)| {
            named
                .as_object()
                .unwrap()
                .keys()
                .map(move |name| format!("{section}/{name}"))
        })
        .collect();
    assert_eq!(
        names,
        [
            "callbacks/Opened",
            "schemas/BaseResponse",
            "schemas/Door_OpenDoorWSRequest",
            "schemas/OpenedEvent",
            "securitySchemes/Partner",
        ]
    );
    // It has its own, so the document's counts for nothing.
    assert_eq!(fragment.get("security"), None);
}

#[test]
fn a_property_may_be_called_as_prose_is() {
    let fragment = imported(&doors(), &["findDoors"]).fragment;
    let request = &fragment["components"]["schemas"]["Door_FindDoorsWSRequest"];
    let names: Vec<_> = request["properties"].as_object().unwrap().keys().collect();
    assert_eq!(
        names,
        [
            "$ref",
            "description",
            "example",
            "kind",
            "limit",
            "tags",
            "title",
            "x-custom"
        ]
    );
    assert_eq!(request["properties"]["description"], json!({"type": "string"}));
    assert_eq!(request.get("title"), None);
}

#[test]
fn importing_a_fragment_gives_the_fragment() {
    let once = to_text(&imported(&doors(), &ALL).fragment);
    let fragment = Document::parse("fragment.json", &once).unwrap();
    let twice = imported(&fragment, &ALL);
    assert_eq!(to_text(&twice.fragment), once);
    assert_eq!(warnings(&twice), "");
    assert!(once.ends_with("}\n") && !once.contains('\r'));
}

#[test]
fn the_projects_own_fragment_imports_to_itself() {
    let spec = Path::new(env!("CARGO_MANIFEST_DIR")).join("../spec");
    let text = std::fs::read_to_string(spec.join("kisi.json")).unwrap();
    let list = std::fs::read_to_string(spec.join("api.toml")).unwrap();
    let list = xtask::api::Api::parse("api.toml".as_ref(), &list).unwrap();
    let fragment = Document::parse("kisi.json", &text).unwrap();
    let import = import(&fragment, &list, &Options::new()).unwrap();
    assert!(
        to_text(&import.fragment) == text,
        "spec/kisi.json is not as `cargo xtask import` writes it"
    );
    assert_eq!(warnings(&import), "");
}

/// What the document says in 3.0 and in 3.1 is the same, and so is the fragment.
#[test]
fn the_same_api_in_openapi_3_1_gives_the_same_fragment() {
    fn raise(value: &mut Value, in_properties: bool) {
        match value {
            Value::Object(object) => {
                if !in_properties
                    && object.get("nullable") == Some(&json!(true))
                    && object.get("type").is_some_and(Value::is_string)
                {
                    object.remove("nullable");
                    let kind = object["type"].take();
                    object.insert("type".into(), json!([kind, "null"]));
                }
                for (key, value) in object.iter_mut() {
                    raise(value, key == "properties" && !in_properties);
                }
            }
            Value::Array(values) => values.iter_mut().for_each(|value| raise(value, false)),
            _ => {}
        }
    }
    let mut later = doors();
    raise(&mut later.root, false);
    later.root["openapi"] = json!("3.1.0");
    assert_ne!(later.root["components"], doors().root["components"]);
    let import = imported(&later, &ALL);
    assert_eq!(to_text(&import.fragment), to_text(&imported(&doors(), &ALL).fragment));
    assert_eq!(warnings(&import), "");
}

#[test]
fn json_gives_what_yaml_gives() {
    let json = Document::parse("doors.json", &doors().root.to_string()).unwrap();
    assert_eq!(imported(&json, &ALL).fragment, imported(&doors(), &ALL).fragment);
}

#[test]
fn an_operation_that_is_gone_is_an_error_that_says_what_became_of_it() {
    let before = imported(&doors(), &ALL).fragment;
    let before = Document::parse("kisi.json", &to_text(&before)).unwrap();
    let mut after = doors();
    let paths = after.root["paths"].as_object_mut().unwrap();
    let mut find = paths.remove("/api/doors/findDoors").unwrap();
    find["post"]["operationId"] = json!("FindDoorsV3");
    paths.insert("/api/v3/findDoors".into(), find);
    paths["/api/doors/openDoor"]["post"]["operationId"] = json!("unlatchDoor");
    paths.remove("/api/doors/findDoorsV2");
    let options = Options::new().before(Some(&before));
    let ids = ["exportDoors", "findDoors", "findDoorsV2", "openDoor", "sing"];
    insta::assert_snapshot!(refused(&after, &ids, &options));
}

#[test]
fn an_operation_that_has_moved_is_taken_with_a_warning() {
    let before = doors();
    let mut after = doors();
    let paths = after.root["paths"].as_object_mut().unwrap();
    let open = paths.remove("/api/doors/openDoor").unwrap();
    paths.insert("/api/v2/openDoor".into(), open);
    let options = Options::new().before(Some(&before));
    let import = import(&after, &operations(&["openDoor"]), &options).unwrap();
    assert_eq!(
        warnings(&import),
        "#/paths/~1api~1v2~1openDoor/post: openDoor moved here from POST /api/doors/openDoor\n"
    );
}

#[test]
fn a_dangling_reference_is_an_error_only_where_it_is_reached() {
    assert_eq!(warnings(&imported(&doors(), &["findDoors"])), "");
    let strict = refused(&doors(), &["getDoor"], &Options::new());
    let lenient = import(&doors(), &operations(&["getDoor"]), &Options::new().lenient(true)).unwrap();
    assert_eq!(
        lenient.fragment["components"]["schemas"]["Lost"]["properties"],
        json!({"camera": {}, "elsewhere": {}, "circle": {}})
    );
    insta::assert_snapshot!(format!("{strict}\n\n{}", warnings(&lenient)));
}

#[test]
fn an_operation_id_that_stands_twice_takes_both_and_says_so() {
    let lenient = import(&doors(), &operations(&["getDoor"]), &Options::new().lenient(true)).unwrap();
    let paths: Vec<_> = lenient.fragment["paths"].as_object().unwrap().keys().collect();
    assert_eq!(paths, ["/api/cameras/getDoor", "/api/doors/getDoor"]);
    assert!(warnings(&lenient).contains("POST /api/cameras/getDoor and POST /api/doors/getDoor: all are taken"));
}

#[test]
fn what_is_not_of_openapis_form_is_an_error_with_its_place() {
    let mut document = doors();
    document.root["paths"]["/api/doors/openDoor"]["post"]["responses"] = json!([]);
    assert_eq!(
        refused(&document, &["openDoor"], &Options::new()),
        "doors.yaml#/paths/~1api~1doors~1openDoor/post/responses: responses is expected here, not an array"
    );
}

#[test]
fn only_warnings_of_what_is_kept_are_given() {
    let mut document = doors();
    document.root["openapi"] = json!("3.1.0");
    for name in ["NotReached", "OpenedEvent"] {
        document.root["components"]["schemas"][name]["propertyNames"] = json!({"pattern": "^a"});
    }
    let import = imported(&document, &["openDoor"]);
    assert_eq!(
        warnings(&import),
        "#/components/schemas/OpenedEvent/propertyNames: left out: OpenAPI 3.0 cannot express `propertyNames`\n"
    );
}

fn run(spec: &Path, args: &[&str]) -> Output {
    let xtask = env!("CARGO_BIN_EXE_xtask");
    let doors = fixture("doors.yaml");
    Command::new(xtask)
        .arg("import")
        .arg(doors)
        .arg("--spec-dir")
        .arg(spec)
        .args(args)
        .output()
        .unwrap()
}

fn spec_dir() -> tempfile::TempDir {
    let spec = tempfile::tempdir().unwrap();
    std::fs::write(
        spec.path().join("api.toml"),
        "[operations]\nfindDoors = {}\nopenDoor = {}\n",
    )
    .unwrap();
    spec
}

#[test]
fn the_command_writes_once_and_then_has_nothing_to_do() {
    let spec = spec_dir();
    let fragment = spec.path().join("kisi.json");

    let check = run(spec.path(), &["--check"]);
    assert_eq!(check.status.code(), Some(1), "{check:?}");
    let dry = run(spec.path(), &["--dry-run"]);
    assert_eq!(dry.status.code(), Some(0), "{dry:?}");
    assert!(!fragment.exists());

    let first = run(spec.path(), &[]);
    assert_eq!(first.status.code(), Some(0), "{first:?}");
    assert!(
        String::from_utf8_lossy(&first.stdout).contains("cargo xtask generate"),
        "{first:?}"
    );
    let written = std::fs::read_to_string(&fragment).unwrap();
    let modified = std::fs::metadata(&fragment).unwrap().modified().unwrap();

    assert_eq!(run(spec.path(), &["--check"]).status.code(), Some(0));
    let second = run(spec.path(), &[]);
    assert!(
        String::from_utf8_lossy(&second.stdout).contains("is up to date"),
        "{second:?}"
    );
    assert_eq!(std::fs::read_to_string(&fragment).unwrap(), written);
    assert_eq!(std::fs::metadata(&fragment).unwrap().modified().unwrap(), modified);
    let files: Vec<_> = std::fs::read_dir(spec.path())
        .unwrap()
        .map(|entry| entry.unwrap().file_name())
        .collect();
    assert_eq!(files.len(), 2, "{files:?}");
}

#[test]
fn the_command_shows_what_changed_for_the_selected_operations() {
    let spec = spec_dir();
    run(spec.path(), &[]);
    let fragment = spec.path().join("kisi.json");
    let older = std::fs::read_to_string(&fragment)
        .unwrap()
        .replace("\"wood\"", "\"timber\"");
    std::fs::write(&fragment, &older).unwrap();

    let check = run(spec.path(), &["--check"]);
    assert_eq!(check.status.code(), Some(1));
    let shown = String::from_utf8_lossy(&check.stdout).replace(&spec.path().display().to_string(), "spec");
    insta::assert_snapshot!(shown.replace(&fixture("").display().to_string(), ""));
    assert_eq!(std::fs::read_to_string(&fragment).unwrap(), older);
}

#[test]
fn an_error_of_the_command_has_its_own_exit_status() {
    let spec = spec_dir();
    std::fs::write(spec.path().join("api.toml"), "[operations]\nopenDor = {}\n").unwrap();
    let output = run(spec.path(), &["--check"]);
    assert_eq!(output.status.code(), Some(3));
    assert!(
        String::from_utf8_lossy(&output.stderr).contains("the nearest are \"openDoor\""),
        "{output:?}"
    );
    assert_eq!(run(spec.path(), &["--chek"]).status.code(), Some(3));
}

#[test]
fn leniently_the_last_of_two_keys_counts() {
    let text = r#"{"openapi": "3.0.3", "info": {"title": "A", "version": "1"}, "paths": {"/a": {"post": {"operationId": "a", "operationId": "b"}}}}"#;
    let error = Document::parse("a.json", text).unwrap_err().to_string();
    assert!(
        error.starts_with("a.json#/paths/~1a/post/operationId: line 1, column "),
        "{error}"
    );
    let (document, warnings) = Document::parse_with("a.json", text, DuplicateKeys::LastWins).unwrap();
    assert_eq!(warnings.len(), 1);
    assert!(imported(&document, &["b"]).fragment["paths"]["/a"]["post"].is_object());
}
