//! Whatever the text in a document: the code made from it is the code that a harmless text gives.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "in tests, that is what failing means"
)]

mod hostile {
    pub(crate) mod judge;
    pub(crate) mod places;
    pub(crate) mod texts;
}
mod support;

use std::path::{Path, PathBuf};
use std::process::Command;

use hostile::judge::Judge;
use hostile::places::{Place, places, replaced};
use hostile::texts::{harmless, hostile};
use serde_json::{Value, json};
use xtask::document::{Document, to_text};
use xtask::generate::{self, Files, Inputs, Package};
use xtask::import::{Options, import};
use xtask::normalise::Selection;
use xtask::overlay::Overlay;

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

fn spec() -> Inputs {
    Inputs::read(&root().join("spec")).unwrap()
}

/// What became of a document: the files and how much was left out, or why there are none.
type Outcome = Result<(Files, usize), String>;

fn stand_alone(document: &Value) -> Outcome {
    let package = Package::stand_alone("hostile", None);
    let document = Document::parse("hostile.json", &document.to_string()).map_err(|error| error.to_string())?;
    let made = generate::stand_alone(&document, Selection::All, &package, true).map_err(|error| error.to_string())?;
    let left_out = made.left_out.iter().filter(|entry| entry.operation).count();
    Ok((made.files, left_out))
}

/// Puts hostile text at every place of a document, some at a time, and compares with harmless text there.
fn throw(document: &Value, rounds: usize, make: impl Fn(&Value) -> Outcome) {
    let baseline = make(document).unwrap().0;
    let judge = Judge::new(&baseline);
    let all = places(document);
    let (names, structure): (Vec<Place>, Vec<Place>) = all.into_iter().partition(|place| !place.is_structure);
    assert!(names.len() > 30 && structure.len() > 30);
    let (mut made, mut refused) = (0, Vec::new());
    for round in 0..support::cases(rounds as u32) as usize {
        let mut chosen: Vec<&Place> = names.iter().skip(round % rounds).step_by(rounds).collect();
        // What the document is held together by costs the operation, or all: one at a time.
        chosen.extend(structure.get(round * 7 % structure.len()).filter(|_| round % 2 == 1));
        let texts = |kind: &dyn Fn(usize) -> String| {
            let pairs = chosen
                .iter()
                .enumerate()
                .map(|(at, place)| (*place, kind(at + round * 5)));
            replaced(document, &pairs.collect::<Vec<_>>())
        };
        let outcome = make(&texts(&hostile));
        match outcome {
            Ok((files, left_out)) => {
                made += 1;
                judge.alone(&files);
                if let Ok((twin, twin_left_out)) = make(&texts(&|at| harmless(&hostile(at))))
                    && left_out == twin_left_out
                {
                    judge.beside(&files, &twin);
                }
            }
            Err(message) => {
                assert!(message.contains("#/"), "no place: {message}");
                refused.push(message);
            }
        }
    }
    assert!(made * 2 > rounds, "{made} of {rounds}: {refused:?}");
}

#[test]
fn a_document_of_doors() {
    throw(&support::doors().root, 4, stand_alone);
}

#[test]
fn a_document_of_oddities() {
    let file = root().join("tests/fixtures/odd.yaml");
    throw(&Document::load(file).unwrap().root, 4, stand_alone);
}

#[test]
fn the_fragment_of_the_sdk() {
    let inputs = spec();
    // With the overlay's own text in it: the overlay names places that hostile names are no longer at.
    let mut fragment = serde_json::from_str(&inputs.fragment.1).unwrap();
    let overlay = Overlay::parse(&inputs.overlay.0, &inputs.overlay.1).unwrap();
    assert!(overlay.apply(&mut fragment).is_empty());
    let rules: toml::Table = toml::from_str(&inputs.api.1).unwrap();
    throw(&fragment, 3, |fragment| {
        let mut inputs = inputs.clone();
        inputs.fragment.1 = fragment.to_string();
        inputs.overlay.1 = NO_OVERLAY.to_owned();
        inputs.api.1 = rules_of(&rules, fragment);
        sdk(&inputs)
    });
}

/// The rules with a list of all its operations.
fn rules_of(rules: &toml::Table, fragment: &Value) -> String {
    let paths = fragment["paths"]
        .as_object()
        .into_iter()
        .flat_map(|paths| paths.values());
    let operations = paths.filter_map(Value::as_object).flat_map(|path| path.values());
    let ids = operations.filter_map(|operation| operation["operationId"].as_str());
    let ids = ids.map(|id| (id.to_owned(), toml::Table::new().into()));
    let mut rules = rules.clone();
    rules.insert("operations".to_owned(), ids.collect::<toml::Table>().into());
    rules.to_string()
}

const NO_OVERLAY: &str =
    "overlay: 1.0.0\ninfo: { title: None, version: '1' }\nactions: [{ target: $.info, update: {} }]\n";

/// JSON that is YAML too, whatever is in it.
fn in_ascii(value: &Value) -> String {
    let mut escaped = String::new();
    for character in format!("{value:#}").chars() {
        if matches!(character, '\n' | ' '..='~') {
            escaped.push(character);
        } else {
            for unit in character.encode_utf16(&mut [0; 2]) {
                escaped.push_str(&format!("\\u{unit:04x}"));
            }
        }
    }
    escaped
}

fn sdk(inputs: &Inputs) -> Outcome {
    let sdk = generate::sdk_with_diagnostics(inputs).map_err(|error| error.to_string())?;
    // What is no name of a header is left out of its operation, and its twin may be one.
    Ok((sdk.files, sdk.left_out.len()))
}

#[test]
fn the_overlay_of_the_sdk() {
    let inputs = spec();
    let overlay = Document::parse("overlay.yaml", &format!("openapi: 3.0.3\n{}", inputs.overlay.1)).unwrap();
    let mut overlay = overlay.root;
    overlay.as_object_mut().unwrap().remove("openapi");
    let judge = Judge::new(&sdk(&inputs).unwrap().0);
    let all = places(&overlay);
    let words = ["description", "x-setter", "x-item", "x-unit", "x-key"];
    let described: Vec<&Place> = all.iter().filter(|place| words.contains(&place.last())).collect();
    assert!(described.len() > 120);
    for round in 0..support::cases(2) as usize {
        // Keys are among them, and YAML has none of more than 1,024 characters, written as `\u0000` or not.
        let hostile = |at| hostile(at).chars().take(160).collect::<String>();
        let with = |kind: &dyn Fn(usize) -> String| {
            let pairs = described
                .iter()
                .enumerate()
                .map(|(at, place)| (*place, kind(at + round * 7)));
            let mut inputs = inputs.clone();
            inputs.overlay.1 = in_ascii(&replaced(&overlay, &pairs.collect::<Vec<_>>()));
            sdk(&inputs).unwrap().0
        };
        let files = with(&hostile);
        judge.alone(&files);
        judge.beside(&files, &with(&|at| harmless(&hostile(at))));
    }
}

/// The way in which a document once had code of its own compiled: a value with line breaks became a block comment, in
/// which a line stood for a call of a macro, which held a property's name, which ended the comment.
#[test]
fn a_value_that_looks_like_a_place_for_our_code() {
    let inputs = spec();
    let mut vendor: Value = serde_json::from_str(&inputs.fragment.1).unwrap();
    let settings = vendor
        .pointer_mut("/components/schemas/KisiSettings/properties")
        .unwrap();
    settings["*/ pub mod pwned { pub fn pwned() {} } /*"] = json!({ "type": "string" });
    let values = vendor.pointer_mut("/components/schemas/IntegrationEnum/enum").unwrap();
    let places = (0..200).map(|number| format!("laid_out_later!({number}usize);\n"));
    values
        .as_array_mut()
        .unwrap()
        .push(format!("X\n{}", places.collect::<String>()).into());
    let vendor = Document::parse("vendor.json", &vendor.to_string()).unwrap();
    let operations = inputs.rules().unwrap();
    let fragment = import(&vendor, &operations, &Options::new()).unwrap().fragment;
    let mut attacked = inputs.clone();
    attacked.fragment.1 = to_text(&fragment);
    assert!(attacked.fragment.1.contains("laid_out_later") && attacked.fragment.1.contains("pwned"));
    let files = generate::sdk(&attacked).unwrap();
    let types = syn::parse_file(&files[Path::new("sdk/client/src/types.rs")]).unwrap();
    let modules = types
        .items
        .iter()
        .filter(|item| matches!(item, syn::Item::Mod(_) | syn::Item::Fn(_)));
    assert_eq!(modules.count(), 0);
    let judge = Judge::new(&generate::sdk(&inputs).unwrap());
    judge.alone(&files);
}

/// rustdoc itself, on the documentation of a hostile document: it warns of nothing and compiles nothing.
#[test]
fn rustdoc_finds_nothing_in_hostile_documentation() {
    let inputs = spec();
    let mut fragment: Value = serde_json::from_str(&inputs.fragment.1).unwrap();
    let schema = fragment.pointer_mut("/components/schemas/KisiSettings").unwrap();
    let properties = schema["properties"].as_object_mut().unwrap();
    for at in 0..hostile::texts::COUNT * 2 {
        let text = hostile(at);
        properties.insert(
            format!("described{at}"),
            json!({ "type": "string", "description": text }),
        );
        properties.insert(format!("{text}named"), json!({ "type": "string" }));
    }
    let mut hostile = inputs.clone();
    hostile.fragment.1 = fragment.to_string();
    let files = generate::sdk(&hostile).unwrap();
    let documented = ["sdk/client/src/types.rs", "sdk/kisi/src/edit/generated.rs"];
    let docs = documented.map(|file| hostile::judge::documentation(&files[Path::new(file)]));
    assert!(
        docs.iter()
            .all(|docs| docs.len() > 100 && docs.iter().any(|doc| doc.contains("pwned")))
    );
    let docs = docs.concat();
    let items = docs.iter().enumerate().map(|(at, doc)| {
        let lines = doc.lines().map(|line| format!("///{line}\n"));
        format!("{}pub struct S{at};\n", lines.collect::<String>())
    });
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("lib.rs");
    std::fs::write(
        &file,
        format!(
            "#![deny(warnings, rustdoc::all)]\n#![allow(rustdoc::missing_crate_level_docs)]\n{}",
            items.collect::<String>()
        ),
    )
    .unwrap();
    let rustdoc = |arguments: &[&str]| {
        let output = Command::new("rustdoc")
            .args(["--edition=2024"])
            .args(arguments)
            .arg(&file)
            .current_dir(folder.path())
            .output()
            .unwrap();
        let said = String::from_utf8_lossy(&output.stderr).into_owned() + &String::from_utf8_lossy(&output.stdout);
        assert!(output.status.success(), "{said}");
        said
    };
    rustdoc(&["-o", "doc"]);
    assert!(rustdoc(&["--test"]).contains("running 0 tests"));
}

#[test]
fn a_name_that_no_crate_can_have_is_an_error() {
    let document = support::doors();
    for name in ["", "a\"\nb", "9", "a b", "fn", "a]"] {
        let package = Package::stand_alone(name, Some("/a\"\\\n[x]".to_owned()));
        let error = generate::stand_alone(&document, Selection::All, &package, true)
            .unwrap_err()
            .to_string();
        assert!(error.starts_with("doors.yaml#/"), "{error}");
    }
    let package = Package::stand_alone("fine", Some("/a\"\\\n[x]".to_owned()));
    let made = generate::stand_alone(&document, Selection::All, &package, true).unwrap();
    let manifest: toml::Table = toml::from_str(&made.files[Path::new("Cargo.toml")]).unwrap();
    assert_eq!(
        manifest["dependencies"]["rhombus-kisi"]["path"].as_str(),
        Some("/a\"\\\n[x]/kisi")
    );
}
