//! What several tests use.
#![allow(dead_code, reason = "every test takes what it needs of it")]
#![allow(clippy::unwrap_used, reason = "a test has to stop where its own documents are wrong")]

pub(crate) mod mutate;

use std::path::PathBuf;

use xtask::document::Document;
use xtask::operations::Operations;

/// The place of a fixture.
pub(crate) fn fixture(name: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
        .join("tests/fixtures")
        .join(name)
}

/// The document of our own with the vendor's oddities.
pub(crate) fn doors() -> Document {
    let text = std::fs::read_to_string(fixture("doors.yaml")).unwrap();
    Document::parse("doors.yaml", &text).unwrap()
}

/// A list of operations.
pub(crate) fn operations(ids: &[&str]) -> Operations {
    let lines: Vec<_> = ids.iter().map(|id| format!("{id} = {{}}\n")).collect();
    Operations::parse("operations.toml".as_ref(), &format!("[operations]\n{}", lines.concat())).unwrap()
}
