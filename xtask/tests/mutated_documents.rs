//! No document makes a task panic or take for ever, and every error says where.

mod support;

use std::cell::{Cell, RefCell};
use std::time::Duration;

use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};
use support::mutate::{mutated, mutation};
use support::{cases, cpu_time};
use xtask::diff::{Selection, diff};
use xtask::document::{Document, to_text};
use xtask::import::{Options, import};

const CASES: u32 = 500;

/// Far more processor time than any takes.
const SOON: Duration = Duration::from_secs(10);

/// How many cases got through, so that a test of nothing but refusals is seen for what it is.
#[derive(Debug, Default)]
struct Tally {
    loaded: u32,
    done: u32,
}

/// Runs `check` on documents with one to three mutations, half of which call themselves 3.1. It says whether the
/// document was taken.
fn on_mutated_documents(check: impl Fn(&Document, &Document) -> Result<bool, TestCaseError>) -> Tally {
    let original = support::doors();
    let tally = RefCell::new(Tally::default());
    let config = Config {
        cases: cases(CASES),
        failure_persistence: None,
        ..Config::default()
    };
    let inputs = (proptest::collection::vec(mutation(), 1..4), any::<bool>());
    let outcome = TestRunner::new(config).run(&inputs, |(mutations, later)| {
        let before = cpu_time();
        let mut root = mutated(&original.root, &mutations);
        if let (true, Some(root)) = (later, root.as_object_mut()) {
            root.insert("openapi".into(), "3.1.0".into());
        }
        match Document::parse("mutated.json", &root.to_string()) {
            Ok(document) => {
                let mut tally = tally.borrow_mut();
                tally.loaded += 1;
                tally.done += u32::from(check(&original, &document)?);
            }
            Err(error) => names_its_place(&error)?,
        }
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
    tally.into_inner()
}

#[test]
fn import_answers_whatever_the_document() {
    let operations = support::operations(&["exportDoors", "findDoors", "openDoor"]);
    let tally = on_mutated_documents(|original, document| {
        let options = Options::new().before(Some(original));
        match import(document, &operations, &options) {
            Ok(import) => again(&import.fragment, &operations, false).map(|()| true),
            Err(error) => {
                names_its_place(&error)?;
                match import(document, &operations, &options.lenient(true)) {
                    Ok(import) => again(&import.fragment, &operations, true)?,
                    Err(error) => names_its_place(&error)?,
                }
                Ok(false)
            }
        }
    });
    let of = cases(CASES) / 10;
    assert!(tally.loaded > of * 7 && tally.done > of * 4, "{tally:?}");
}

#[test]
fn diff_answers_whatever_the_document() {
    let mutated_first = Cell::new(false);
    let tally = on_mutated_documents(|original, document| {
        mutated_first.set(!mutated_first.get());
        let (old, new) = if mutated_first.get() {
            (document, original)
        } else {
            (original, document)
        };
        match diff(old, new, &Selection::All) {
            Ok(report) => {
                let pointers = report.changes.iter().map(|change| &change.pointer);
                for pointer in pointers.filter(|pointer| !pointer.is_empty()) {
                    prop_assert!(pointer.starts_with('/'), "{pointer}");
                }
                prop_assert!(!report.to_text().is_empty());
                Ok(true)
            }
            Err(error) => names_its_place(&error).map(|()| false),
        }
    });
    let of = cases(CASES) / 10;
    assert!(tally.loaded > of * 7 && tally.done > of * 7, "{tally:?}");
}

/// A fragment imports to itself, byte for byte.
fn again(fragment: &serde_json::Value, operations: &xtask::api::Api, lenient: bool) -> Result<(), TestCaseError> {
    let text = to_text(fragment);
    let failed = |error: xtask::Error| TestCaseError::fail(format!("the fragment is refused: {error}"));
    let read = Document::parse("fragment.json", &text).map_err(failed)?;
    let import = import(&read, operations, &Options::new().lenient(lenient)).map_err(failed)?;
    let again = to_text(&import.fragment);
    if again != text {
        let difference = similar::TextDiff::from_lines(&text, &again).unified_diff().to_string();
        return Err(TestCaseError::fail(format!(
            "imported once more it differs:\n{difference}"
        )));
    }
    Ok(())
}

fn names_its_place(error: &xtask::Error) -> Result<(), TestCaseError> {
    let message = error.to_string();
    let place = message.strip_prefix("mutated.json#");
    let named = place.is_some_and(|place| place.starts_with('/') || place.starts_with(':'));
    prop_assert!(named, "no file and pointer in {message:?}");
    Ok(())
}
