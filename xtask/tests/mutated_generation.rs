//! No document makes generation panic or take for ever, and every error says where.

mod support;

use std::cell::Cell;
use std::path::Path;
use std::time::Duration;

use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};
use serde_json::Value;
use support::mutate::{Mutation, mutated, mutation};
use support::{cases, cpu_time};
use xtask::document::{Document, downgrade};
use xtask::generate::{self, Inputs, Package};
use xtask::normalise::{self, Selection};

/// Documents that go through the passes, where almost all that can go wrong does: small ones, and ones with every oddity.
const NORMALISED: [u32; 2] = [400, 50];

/// Documents that become crates, which takes far longer.
const GENERATED: u32 = 10;

/// Far more processor time than any takes.
const SOON: Duration = Duration::from_secs(20);

/// Runs `check` on mutated copies of a document. It says whether the document was taken; the response is how many were.
fn on_mutated(original: &Value, count: u32, check: impl Fn(&Value) -> Result<bool, TestCaseError>) -> u32 {
    let taken = Cell::new(0);
    let config = Config {
        cases: count,
        failure_persistence: None,
        max_shrink_time: 60_000,
        ..Config::default()
    };
    let mutations = proptest::collection::vec(mutation(), 1..4);
    let outcome = TestRunner::new(config).run(&mutations, |mutations: Vec<Mutation>| {
        let before = cpu_time();
        taken.set(taken.get() + u32::from(check(&mutated(original, &mutations))?));
        if let (Some(before), Some(after)) = (before, cpu_time()) {
            prop_assert!(after - before < SOON, "took {:?}", after - before);
        }
        Ok(())
    });
    assert!(
        outcome.is_ok(),
        "{}",
        outcome.err().map(|error| error.to_string()).unwrap_or_default()
    );
    taken.get()
}

/// The document with every oddity.
fn odd() -> Value {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/fixtures/odd.yaml");
    let mut root = Document::load(file).map(|document| document.root).unwrap_or_default();
    // The search for what the generator refuses would take most of the time.
    let paths = root.get_mut("paths").and_then(Value::as_object_mut);
    assert!(paths.is_some_and(|paths| paths.remove("/broken/{brace").is_some()));
    root
}

/// Has `then` take the document; one that cannot even be read says where.
fn parsed(root: &Value, then: impl FnOnce(&Document) -> xtask::Result<()>) -> Result<bool, TestCaseError> {
    match Document::parse("mutated.json", &root.to_string()).and_then(|document| then(&document)) {
        Ok(()) => Ok(true),
        Err(error) => names_its_place(&error, "mutated.json").map(|()| false),
    }
}

#[test]
fn the_passes_answer_whatever_the_document() {
    for (original, count) in [support::doors().root, odd()].iter().zip(NORMALISED) {
        let count = cases(count);
        let taken = on_mutated(original, count, |root| {
            parsed(root, |document| {
                let lowered = downgrade::to_3_0(document)?;
                let document = Document {
                    file: document.file.clone(),
                    root: lowered.root,
                };
                normalise::normalise(&document, &normalise::Options::default()).map(drop)
            })
        });
        assert!(taken > count * 7 / 10, "{taken} of {count}");
    }
}

#[test]
fn a_crate_is_made_whatever_the_document() {
    let taken = on_mutated(&odd(), cases(GENERATED), |root| {
        parsed(root, |document| {
            let package = Package::stand_alone("mutated", None);
            let made = generate::stand_alone(document, Selection::All, &package, true)?;
            assert!(made.files.contains_key(Path::new("src/lib.rs")));
            Ok(())
        })
    });
    assert!(taken > cases(GENERATED) / 2, "{taken}");
}

#[test]
fn the_sdk_is_made_or_refused_whatever_the_fragment() {
    let spec = Path::new(env!("CARGO_MANIFEST_DIR")).join("../spec");
    let inputs = Inputs::read(&spec);
    assert!(inputs.is_ok(), "{inputs:?}");
    let Ok(inputs) = inputs else { return };
    let fragment = serde_json::from_str(&inputs.fragment.1).unwrap_or_default();
    on_mutated(&fragment, cases(GENERATED), |root| {
        let mut inputs = inputs.clone();
        inputs.fragment.1 = root.to_string();
        match generate::sdk(&inputs) {
            Ok(_) => Ok(true),
            Err(error @ xtask::Error::Overlay { .. }) => {
                prop_assert!(error.to_string().starts_with("spec/overlay.yaml: action "), "{error}");
                Ok(false)
            }
            Err(error) => names_its_place(&error, "spec/kisi.json").map(|()| false),
        }
    });
}

#[test]
fn the_sdk_is_made_or_refused_whatever_the_overlay() {
    let spec = Path::new(env!("CARGO_MANIFEST_DIR")).join("../spec");
    let inputs = Inputs::read(&spec);
    assert!(inputs.is_ok(), "{inputs:?}");
    let Ok(inputs) = inputs else { return };
    let overlay = Document::parse("overlay.yaml", &format!("openapi: 3.0.3\n{}", inputs.overlay.1));
    let overlay = overlay.map(|document| document.root).unwrap_or_default();
    assert!(overlay.get("actions").is_some());
    on_mutated(&overlay, cases(GENERATED), |root| {
        let mut inputs = inputs.clone();
        let mut root = root.clone();
        root.as_object_mut().map(|root| root.remove("openapi"));
        inputs.overlay.1 = root.to_string();
        match generate::sdk(&inputs) {
            Ok(_) => Ok(true),
            Err(error) => {
                let message = error.to_string();
                let named = message.starts_with("spec/kisi.json#/") || message.starts_with("spec/overlay.yaml");
                prop_assert!(named, "no file and place in {message:?}");
                Ok(false)
            }
        }
    });
}

fn names_its_place(error: &xtask::Error, file: &str) -> Result<(), TestCaseError> {
    let message = error.to_string();
    let place = message.strip_prefix(file).and_then(|rest| rest.strip_prefix('#'));
    let named = place.is_some_and(|place| place.starts_with('/') || place.starts_with(':'));
    prop_assert!(named, "no file and pointer in {message:?}");
    Ok(())
}
