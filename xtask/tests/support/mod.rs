//! What several tests use.
#![allow(dead_code, reason = "every test takes what it needs of it")]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a test has to stop where its own documents are wrong"
)]

pub(crate) mod mutate;

use std::path::PathBuf;
use std::process::Output;
use std::time::Duration;

use xtask::api::Api;
use xtask::document::Document;

/// How many cases a property is tried with: so many times the default as the variable `RHOMBUS_CASES` says.
pub(crate) fn cases(default: u32) -> u32 {
    let Some(multiplier) = std::env::var_os("RHOMBUS_CASES") else {
        return default;
    };
    let multiplier: Option<u32> = multiplier.to_str().and_then(|number| number.parse().ok());
    default.saturating_mul(
        multiplier.expect("RHOMBUS_CASES is a whole number, by which the default counts are multiplied"),
    )
}

/// How long this thread has had a processor, which no load of the machine changes; `None` where the system does not say.
pub(crate) fn cpu_time() -> Option<Duration> {
    let text = std::fs::read_to_string("/proc/thread-self/schedstat").ok()?;
    text.split(' ').next()?.parse().ok().map(Duration::from_nanos)
}

/// All that a program said.
pub(crate) fn said(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr)
}

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
pub(crate) fn operations(ids: &[&str]) -> Api {
    let lines: Vec<_> = ids.iter().map(|id| format!("{id} = {{}}\n")).collect();
    Api::parse("api.toml".as_ref(), &format!("[operations]\n{}", lines.concat())).unwrap()
}
