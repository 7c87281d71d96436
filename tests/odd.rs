//! Documents that make other generators give up: the crates made from them compile, and lose nothing.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)] // In tests, that is what failing means.
#![allow(clippy::print_stdout)] // Says what was skipped, and how much was tried.

// Not among the other helpers: it needs the generator, which they do without.
#[allow(dead_code)] // Each test takes what it needs of it.
#[path = "support/roundtrip.rs"]
mod roundtrip;

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Mutex;

use rhombus_kisi_tests::{Instances, cases, same};
use roundtrip::{Method, Roundtrip};
use serde_json::Value;
use xtask::api::Api;
use xtask::document::Document;
use xtask::generate::{self, Package, StandAlone};
use xtask::normalise::{self, Normalised, Options, Selection, Shape};

/// How many random instances of each type are sent through it.
fn rounds() -> u64 {
    cases(20).into()
}

fn odd() -> Document {
    Document::load(Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/odd.yaml")).unwrap()
}

/// The rules of the vendor whose oddities the document has.
fn rules() -> Api {
    Api::load(&Path::new(env!("CARGO_MANIFEST_DIR")).join("../spec/api.toml")).unwrap()
}

fn sdk() -> String {
    let sdk = Path::new(env!("CARGO_MANIFEST_DIR")).join("../sdk");
    std::path::absolute(sdk).unwrap().display().to_string()
}

fn made(document: &Document, selection: Selection) -> StandAlone {
    let package = Package::stand_alone(Roundtrip::crate_name(), Some(sdk()));
    generate::stand_alone_by(document, &rules(), selection, &package, true).unwrap()
}

fn table(made: &StandAlone) -> String {
    let lines = made.left_out.iter().map(|entry| {
        let what = if entry.operation { "left out" } else { "changed" };
        format!("{what} {}: {}", entry.what, entry.why)
    });
    lines.collect::<Vec<_>>().join("\n")
}

#[test]
fn what_is_lost_is_said() {
    insta::assert_snapshot!(table(&made(&odd(), Selection::All)));
}

#[test]
fn the_code_of_an_odd_document() {
    let made = made(&odd(), Selection::All);
    let outline: Vec<String> = ["src/types.rs", "src/client.rs"]
        .into_iter()
        .flat_map(|file| made.files[Path::new(file)].lines())
        .map(str::trim_end)
        .filter(|line| !line.trim_start().starts_with("//") && !line.is_empty() && !line.contains("schemars"))
        .map(str::to_owned)
        .collect();
    insta::assert_snapshot!(outline.join("\n"));
}

/// The schema of an operation's body or of its response, in the document as it is.
fn schema<'a>(root: &'a Value, path: &str, method: &str, response: bool) -> Option<&'a Value> {
    let operation = root.get("paths")?.get(path)?.get(method.to_ascii_lowercase())?;
    let resolve = |value: &'a Value| match value.get("$ref").and_then(Value::as_str) {
        Some(reference) => root.pointer(&reference[1..]),
        None => Some(value),
    };
    let content = |holder: &'a Value| {
        let content = resolve(holder)?.get("content")?.as_object()?;
        let json = content
            .iter()
            .find(|(name, _)| name.contains("json") || *name == "*/*" || name.contains("form"))?;
        Some(json.1.get("schema").unwrap_or(&Value::Null))
    };
    if !response {
        return content(operation.get("requestBody")?);
    }
    let responses = operation.get("responses")?.as_object()?;
    let success = responses.iter().find(|(status, _)| status.starts_with('2'));
    content(success.map(|(_, response)| response).or(responses.get("default"))?)
}

/// Random instances of every type that JSON becomes in the methods of this document, by the numbers of these.
fn instances(
    document: &Document,
    normalised: &Normalised,
    methods: &[(usize, &Method)],
    named: &BTreeMap<(String, String), String>,
) -> Vec<(usize, Value)> {
    let mut values = Vec::new();
    let mut without = Vec::new();
    for (at, method) in methods {
        let operation = &normalised.operations[&method.name];
        for (side, ty) in [method.body.as_deref(), Some(method.response.as_str())]
            .into_iter()
            .enumerate()
        {
            let Some(ty) = ty.filter(|ty| *ty != "()" && !ty.contains("Byte")) else {
                continue;
            };
            let number = at * 2 + side;
            let Some(schema) = schema(&document.root, &operation.path, &operation.method, side == 1) else {
                without.push(format!("{} {ty}", method.name));
                continue;
            };
            for round in 0..rounds() {
                let mut instances = Instances::new(&document.root, named, number as u64 * rounds() + round);
                let value = if ty.starts_with("Vec <") || ty.starts_with("Vec<") && side == 0 {
                    instances.whole_list(schema)
                } else {
                    instances.of(schema)
                };
                values.push((number, value));
            }
        }
    }
    assert_eq!(without, Vec::<String>::new(), "types without a schema");
    values
}

/// Sends random instances of every type that JSON becomes through the generated crate.
fn lose_nothing(
    document: &Document,
    normalised: &Normalised,
    roundtrip: &Roundtrip,
    named: &BTreeMap<(String, String), String>,
) {
    let methods: Vec<_> = roundtrip.methods().iter().enumerate().collect();
    survive(roundtrip, &instances(document, normalised, &methods, named));
}

/// Sends these values through the types of the methods with these numbers.
fn survive(roundtrip: &Roundtrip, values: &[(usize, Value)]) {
    let written = roundtrip.round_trip(values);
    assert_eq!(written.len(), values.len());
    let mut failures = Vec::new();
    for ((number, value), written) in values.iter().zip(&written) {
        let method = &roundtrip.methods()[number / 2];
        match written {
            Ok(written) if same(value, written) => {}
            Ok(written) => failures.push(format!(
                "{} ({number}) lost something:\n  {value}\n  {written}",
                method.name
            )),
            Err(error) => failures.push(format!("{} ({number}): {error}:\n  {value}", method.name)),
        }
    }
    let count = failures.len();
    failures.truncate(5);
    assert!(
        failures.is_empty(),
        "{count} of {} failed:\n{}",
        values.len(),
        failures.join("\n")
    );
    println!(
        "{} instances of {} methods' types lost nothing",
        values.len(),
        roundtrip.methods().len()
    );
}

fn normalised(document: &Document, selection: Selection) -> Normalised {
    normalised_by(document, selection, rules())
}

fn normalised_by(document: &Document, selection: Selection, api: Api) -> Normalised {
    let lowered = xtask::document::downgrade::to_3_0(document).unwrap();
    let document = Document {
        file: document.file.clone(),
        root: lowered.root,
    };
    let options = Options { selection, api };
    normalise::normalise(&document, &options).unwrap()
}

/// The programs go by one name: one is built and run at a time.
static ONE_PROOF: Mutex<()> = Mutex::new(());

/// Without rules no property of a document is more than data, and nothing is sent that it does not ask for.
#[test]
fn another_vendors_document_is_taken_as_it_is() {
    let _one = ONE_PROOF.lock();
    let document = Document::load(Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/plain.yaml")).unwrap();
    let package = Package::stand_alone(Roundtrip::crate_name(), Some(sdk()));
    let made = generate::stand_alone(&document, Selection::All, &package, true).unwrap();
    let roundtrip = Roundtrip::new("plain", &made, include_str!("fixtures/plain_calls.rs"));
    assert_eq!(roundtrip.build(), "");
    assert!(roundtrip.round_trip(&[]).is_empty());
}

/// Names that Rust keeps, that generated code uses, and that mix digits and capitals keep their operations.
#[test]
fn no_name_costs_an_operation() {
    let _one = ONE_PROOF.lock();
    let document = Document::load(Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/names.yaml")).unwrap();
    let package = Package::stand_alone(Roundtrip::crate_name(), Some(sdk()));
    let made = generate::stand_alone(&document, Selection::All, &package, true).unwrap();
    let lost: Vec<_> = made.left_out.iter().filter(|entry| entry.operation).collect();
    assert!(lost.is_empty(), "{lost:?}");
    assert_eq!(made.operations, 9);
    let roundtrip = Roundtrip::new("names", &made, "pub fn run() {}");
    assert_eq!(roundtrip.build(), "");
    let options = Options::default();
    let normalised = normalise::normalise(&document, &options).unwrap();
    lose_nothing(&document, &normalised, &roundtrip, &BTreeMap::new());
}

/// Each form of a parameter and of a body is what OpenAPI says that it is.
#[test]
fn what_goes_over_the_wire_is_what_the_document_says() {
    let _one = ONE_PROOF.lock();
    let document = Document::load(Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/wire.yaml")).unwrap();
    let package = Package::stand_alone(Roundtrip::crate_name(), Some(sdk()));
    let made = generate::stand_alone(&document, Selection::All, &package, true).unwrap();
    insta::assert_snapshot!(table(&made));
    let roundtrip = Roundtrip::new("wire", &made, include_str!("fixtures/wire_calls.rs"));
    assert_eq!(roundtrip.build(), "");
    assert!(roundtrip.round_trip(&[]).is_empty());
}

/// Documents of a few lines, each for a kind of fault that a document of another vendor had.
const SMALL: [&str; 13] = [
    "composed", "errors", "files", "forms", "keys", "lenient", "media", "names", "notes", "numbers", "repeat",
    "siblings", "styles",
];

/// One crate is compiled of all of them: a build for each would take too long.
#[test]
fn small_documents_compile_and_lose_nothing() {
    let _one = ONE_PROOF.lock();
    let fixtures = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/small");
    let rules = "[operations]\nlistValves = { read = true, repeat = \"safe\" }\n";
    let rules = Api::parse(Path::new("api.toml"), rules).unwrap();
    let package = Package::stand_alone(Roundtrip::crate_name(), Some(sdk()));
    let documents = SMALL.map(|name| Document::load(fixtures.join(format!("{name}.yaml"))).unwrap());
    let made = SMALL.iter().zip(&documents).map(|(name, document)| {
        let api = if *name == "repeat" {
            rules.clone()
        } else {
            Api::default()
        };
        let made = generate::stand_alone_by(document, &api, Selection::All, &package, true).unwrap();
        (*name, made)
    });
    let made: Vec<_> = made.collect();
    let said = made.iter().map(|(name, made)| format!("# {name}\n{}", table(made)));
    insta::assert_snapshot!(said.collect::<Vec<_>>().join("\n"));
    let notes = made
        .iter()
        .find(|(name, _)| *name == "notes")
        .map(|(_, made)| made.access.concat())
        .unwrap();
    assert!(
        notes.contains("https://notes.example/api/v3") && notes.contains("`token`"),
        "{notes}"
    );
    let roundtrip = Roundtrip::of_many("small", &made, include_str!("fixtures/small_calls.rs"));
    assert_eq!(roundtrip.build(), "");
    let mut values = Vec::new();
    for (name, document) in SMALL.iter().zip(&documents) {
        let normalised = normalised_by(document, Selection::All, Api::default());
        let methods = roundtrip.methods().iter().enumerate();
        let methods: Vec<_> = methods
            .filter(|(_, method)| method.module.as_deref() == Some(*name))
            .collect();
        assert!(!methods.is_empty(), "{name}");
        values.extend(instances(document, &normalised, &methods, &BTreeMap::new()));
    }
    survive(&roundtrip, &values);
}

#[test]
fn an_odd_document_compiles_and_loses_nothing() {
    let _one = ONE_PROOF.lock();
    let document = odd();
    let made = made(&document, Selection::All);
    let roundtrip = Roundtrip::new("odd", &made, include_str!("fixtures/odd_calls.rs"));
    assert_eq!(roundtrip.build(), "");
    assert_eq!(roundtrip.document(), "");
    let named = [
        ("AvigilonAltaType", "AVIGILON_ALTA"),
        ("NineOneOneCellularType", "NINEONEONE_CELLULAR"),
        ("ParPOSType", "PAR_POS"),
    ];
    let named = named.map(|(schema, tag)| (("gadget".to_owned(), schema.to_owned()), tag.to_owned()));
    lose_nothing(
        &document,
        &normalised(&document, Selection::All),
        &roundtrip,
        &named.into(),
    );
}

/// The values that names match in a document, by property and type.
fn matched(normalised: &Normalised) -> BTreeMap<(String, String), String> {
    let unions = normalised.shapes.values().filter_map(|shape| match shape {
        Shape::Union(union) => Some(union),
        _ => None,
    });
    let variants = unions.flat_map(|union| union.variants.iter().map(|variant| (&union.property, variant)));
    variants
        .filter_map(|(property, variant)| {
            let original = normalised.originals.get(&variant.schema)?;
            Some(((property.clone(), original.clone()), variant.tag.clone()))
        })
        .collect()
}

/// For a document that is at hand and is not ours to keep here: `RHOMBUS_DOCUMENT` names it, `RHOMBUS_TAG` a part of it.
#[test]
fn the_document_at_hand_compiles_and_loses_nothing() {
    let Some(file) = std::env::var_os("RHOMBUS_DOCUMENT") else {
        println!("skipped: RHOMBUS_DOCUMENT names no document");
        return;
    };
    let document = Document::load(file).unwrap();
    let selection = std::env::var("RHOMBUS_TAG").map_or(Selection::All, Selection::tag);
    let made = made(&document, selection.clone());
    let normalised = normalised(&document, selection);
    let left_out = made.left_out.iter().filter(|entry| entry.operation).count();
    assert_eq!(made.operations + left_out, normalised.operations.len() + left_out);
    println!("{}\n{} operations, {left_out} left out", table(&made), made.operations);
    let roundtrip = Roundtrip::new("at-hand", &made, "pub fn run() {}");
    assert_eq!(roundtrip.build(), "");
    lose_nothing(&document, &normalised, &roundtrip, &matched(&normalised));
}
