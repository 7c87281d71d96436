//! The setters of a document with properties of every kind: each, compiled and run, puts on the wire what it says.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)] // In tests, that is what failing means.

// Not among the other helpers: it needs the generator, which they do without.
#[allow(dead_code)] // Each test takes what it needs of it.
#[path = "support/roundtrip.rs"]
mod roundtrip;

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::path::Path;
use std::process::Command;

use serde_json::{Value, json};
use xtask::document::Document;
use xtask::generate::setters::{Form, Key, Kind, Named};
use xtask::generate::{self, Inputs, Sdk};
use xtask::normalise::Shape;

/// The SDK of a release with these properties beside those that there are.
fn sdk() -> Sdk {
    let root = roundtrip::workspace();
    let mut inputs = Inputs::read(&root.join("spec")).unwrap();
    let every_kind = Document::load(root.join("xtask/tests/fixtures/settings.yaml")).unwrap();
    let mut schemas = every_kind.root["components"]["schemas"].as_object().unwrap().clone();
    let settings = schemas.remove("Settings").unwrap();
    let mut fragment: Value = serde_json::from_str(&inputs.fragment.1).unwrap();
    let all = fragment["components"]["schemas"].as_object_mut().unwrap();
    let properties = all["KisiSettings"]["properties"].as_object_mut().unwrap();
    properties.extend(settings["properties"].as_object().unwrap().clone());
    all.extend(schemas);
    inputs.fragment.1 = fragment.to_string();
    generate::sdk_with_diagnostics(&inputs).unwrap()
}

/// A call of a setter, and what it puts on the wire; `None` where it puts nothing there.
struct Case {
    call: String,
    wire: Option<Value>,
}

/// What a setter is given, and what that is on the wire.
struct Sample {
    code: String,
    ty: String,
    wire: Value,
}

fn sample(kind: &Kind, sdk: &Sdk) -> Sample {
    let uuid = "AAAAAAAAAAAAAAAAAAAAAQ";
    let (code, ty, wire) = match kind {
        Kind::Bool => ("true".to_owned(), "bool", json!(true)),
        Kind::I32 => ("7".to_owned(), "i32", json!(7)),
        Kind::I64 => ("70000000000".to_owned(), "i64", json!(70_000_000_000_i64)),
        Kind::F64 => ("1.5".to_owned(), "f64", json!(1.5)),
        Kind::Text => ("\"text\"".to_owned(), "String", json!("text")),
        Kind::Secret => (
            "\"some-secret\"".to_owned(),
            "rhombus_kisi::Secret",
            json!("some-secret"),
        ),
        Kind::Id => (format!("{uuid:?}"), "RhombusUuid", json!(uuid)),
        Kind::Seconds => ("Duration::from_secs(7)".to_owned(), "Duration", json!(7)),
        Kind::Milliseconds => ("Duration::from_millis(7)".to_owned(), "Duration", json!(7)),
        Kind::Type(path) => {
            let shape = path
                .strip_prefix("types::")
                .and_then(|name| sdk.normalised.shapes.get(name));
            let wire = match (path.as_str(), shape) {
                (_, Some(Shape::Enum(values))) => json!(values.values().next().unwrap()),
                (path, _) if path.starts_with("::rhombus_kisi_runtime::List") => json!([null]),
                ("::serde_json::Value", _) => json!([1, {"a": null}]),
                _ => json!({"future": 1}),
            };
            let wire = if path.starts_with("::rhombus_kisi_runtime::Map") {
                json!({"a": null})
            } else {
                wire
            };
            let path = path.replace("::rhombus_kisi_runtime", "rhombus_kisi");
            (
                format!("of::<{path}>({:?})", wire.to_string()),
                path.leak() as &str,
                wire,
            )
        }
    };
    Sample {
        code,
        ty: ty.to_owned(),
        wire,
    }
}

fn key(key: Key) -> (&'static str, &'static str) {
    match key {
        Key::Number => ("7", "7"),
        Key::Text => ("\"a key\"", "a key"),
    }
}

/// The calls of all methods of a property, and what they leave of an object that had nothing.
fn cases(named: &Named, sdk: &Sdk) -> Vec<Case> {
    let mut cases = Vec::new();
    let mut case = |call: String, wire: Option<Value>| cases.push(Case { call, wire });
    match (&named.property.form, named.methods.as_slice()) {
        (Form::Value(kind), [set, maybe, clear]) => {
            let Sample { code, ty, wire } = sample(kind, sdk);
            case(format!("{set}({code})"), Some(wire.clone()));
            case(format!("{maybe}(Some({code}))"), Some(wire));
            case(format!("{maybe}(None::<{ty}>)"), None);
            case(format!("{clear}()"), Some(json!(null)));
        }
        (Form::List(kind, _), [set, maybe, clear, item @ ..]) => {
            let Sample { code, ty, wire } = sample(kind, sdk);
            case(format!("{set}([{code}, {code}])"), Some(json!([wire, wire])));
            case(format!("{maybe}(Some([{code}]))"), Some(json!([wire])));
            case(format!("{maybe}(None::<Vec<{ty}>>)"), None);
            case(format!("{clear}()"), Some(json!(null)));
            if let [add, remove] = item {
                case(format!("{add}({code}).{add}({code})"), Some(json!([wire])));
                case(format!("{add}({code}).{remove}({code})"), Some(json!([])));
                case(format!("{remove}({code})"), None);
            }
        }
        (Form::Object(_), [edit, clear]) => {
            case(format!("{edit}(|object| object)"), None);
            case(
                format!("{edit}(|object| object.with(|object| drop(object.extra.insert_value(\"future\", 1.into()))))"),
                Some(json!({"future": 1})),
            );
            case(format!("{clear}()"), Some(json!(null)));
        }
        (Form::Map(of, _), [edit, remove, clear_entry, clear]) => {
            let (key, name) = key(*of);
            case(format!("{edit}({key}, |object| object)"), None);
            case(
                format!(
                    "{edit}({key}, |object| object.with(|object| drop(object.extra.insert_value(\"future\", 1.into()))))"
                ),
                Some(json!({name: {"future": 1}})),
            );
            case(format!("{clear_entry}({key})"), Some(json!({name: null})));
            case(format!("{clear_entry}({key}).{remove}({key})"), Some(json!({})));
            case(format!("{remove}({key})"), None);
            case(format!("{clear}()"), Some(json!(null)));
        }
        (Form::Values(of, kind) | Form::Lists(of, kind), [set, maybe, remove, clear_entry, clear]) => {
            let is_list = matches!(named.property.form, Form::Lists(..));
            let Sample {
                mut code,
                mut ty,
                mut wire,
            } = sample(kind, sdk);
            if is_list {
                (code, ty, wire) = (format!("[{code}]"), format!("Vec<{ty}>"), json!([wire]));
            }
            let (key, name) = key(*of);
            case(format!("{set}({key}, {code})"), Some(json!({name: wire})));
            case(format!("{maybe}({key}, Some({code}))"), Some(json!({name: wire})));
            case(format!("{maybe}({key}, None::<{ty}>)"), None);
            case(format!("{clear_entry}({key})"), Some(json!({name: null})));
            case(format!("{set}({key}, {code}).{remove}({key})"), Some(json!({})));
            case(format!("{clear}()"), Some(json!(null)));
        }
        (form, methods) => panic!("{form:?} has the methods {methods:?}"),
    }
    cases
}

/// A way from the settings to an object in them.
#[derive(Clone, Default)]
struct Way {
    /// The calls that open it.
    before: String,
    /// What closes them.
    after: String,
    /// The names on the wire.
    wire: Vec<String>,
}

/// The shortest way to each type.
fn ways(root: &str, sdk: &Sdk) -> BTreeMap<String, Way> {
    let mut ways = BTreeMap::from([(root.to_owned(), Way::default())]);
    let mut pending = std::collections::VecDeque::from([root.to_owned()]);
    while let Some(name) = pending.pop_front() {
        let way = ways[&name].clone();
        let ty = sdk.setters.types.iter().find(|ty| ty.name == name).unwrap();
        for named in &ty.properties {
            let (inner, argument, more) = match &named.property.form {
                Form::Object(inner) => (inner, String::new(), None),
                Form::Map(of, inner) => (inner, format!("{}, ", key(*of).0), Some(key(*of).1.to_owned())),
                _ => continue,
            };
            if !ways.contains_key(inner) {
                let mut further = way.clone();
                further.before += &format!("{}({argument}|object| object.", named.setter());
                further.after += ")";
                further.wire.push(named.property.wire.clone());
                further.wire.extend(more);
                ways.insert(inner.clone(), further);
                pending.push_back(inner.clone());
            }
        }
    }
    ways
}

#[test]
fn each_setter_puts_on_the_wire_what_it_says() {
    let sdk = sdk();
    let versions = [
        ("KisiSettings", "update_kisi_integration", json!({})),
        (
            "KisiIntegrationInput",
            "update_kisi_integration_v2",
            json!({"integration": "KISI"}),
        ),
    ];
    let mut lines = String::new();
    let mut expected = Vec::new();
    for (root, method, blank) in versions {
        for (name, way) in ways(root, &sdk) {
            let ty = sdk.setters.types.iter().find(|ty| ty.name == name).unwrap();
            for named in &ty.properties {
                for case in cases(named, &sdk) {
                    let Way { before, after, wire } = &way;
                    let call = format!("client.{method}().{before}{}{after}", case.call);
                    writeln!(lines, "    show({call}.request());").unwrap();
                    let mut settings = blank.clone();
                    // An object within another is not there, where all that is done to it is to clear or leave it as it is.
                    if let Some(value) = case.wire {
                        let at = wire.iter().fold(&mut settings, |at, name| &mut at[name.as_str()]);
                        at[named.property.wire.as_str()] = value;
                    }
                    expected.push((call, settings));
                }
            }
        }
    }
    let folder = roundtrip::target().join("tmp/roundtrip/setters");
    write(&sdk, &folder, &lines);
    let libraries = roundtrip::Libraries::find(&folder.join("out"));
    let crates = [("rhombus_kisi_client", "client"), ("rhombus_kisi", "kisi")];
    for (name, part) in crates {
        let said = libraries.compile(name, "lib", &folder.join("sdk").join(part), "src/lib.rs");
        assert!(!said.contains("generated.rs"), "{said}");
    }
    libraries.compile("program", "bin", &folder.join("program"), "main.rs");
    let program = folder
        .join("out")
        .join(format!("program{}", std::env::consts::EXE_SUFFIX));
    let output = Command::new(program).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let text = String::from_utf8(output.stdout).unwrap();
    let found: Vec<Value> = text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(found.len(), expected.len());
    assert!(found.len() > 300, "{}", found.len());
    for ((call, expected), found) in expected.iter().zip(&found) {
        assert_eq!(found, expected, "{call}");
    }
}

/// Writes the SDK's crates and the program.
fn write(sdk: &Sdk, folder: &Path, lines: &str) {
    let kisi = roundtrip::workspace().join("sdk/kisi");
    copy(&kisi, &folder.join("sdk/kisi"));
    for (path, text) in &sdk.files {
        roundtrip::keep(&folder.join(path), text);
    }
    roundtrip::keep(
        &folder.join("program/Cargo.toml"),
        "[dependencies]\nrhombus-kisi = \"0\"\nserde_json = \"1\"\nserde = \"1\"\n",
    );
    let program = format!(
        r#"use std::time::Duration;

use rhombus_kisi::{{Client, Error, RhombusUuid, types}};

fn show<T: serde::Serialize>(request: Result<T, Error>) {{
    let request = serde_json::to_value(request.expect("it can be sent")).expect("a request is JSON");
    println!("{{}}", request["kisiSettings"]);
}}

fn of<T: serde::de::DeserializeOwned>(json: &str) -> T {{
    serde_json::from_str(json).expect("the sample is of its type")
}}

fn main() {{
    let client = Client::builder().api_key("key").build().expect("a key is enough");
{lines}}}
"#
    );
    roundtrip::keep(&folder.join("program/main.rs"), &program);
}

fn copy(from: &Path, to: &Path) {
    for entry in fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let to = to.join(entry.file_name());
        if entry.file_type().unwrap().is_dir() {
            copy(&entry.path(), &to);
        } else {
            fs::create_dir_all(to.parent().unwrap()).unwrap();
            fs::copy(entry.path(), to).unwrap();
        }
    }
}
