//! What the fuzz targets begin with, and what once failed in them, run once each.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)] // In tests, that is what failing means.
#![allow(clippy::print_stdout)] // Says which input it was.

// The targets are a workspace of their own; what they do is here by its source.
#[path = "../fuzz/src/lib.rs"]
#[allow(unreachable_pub, reason = "there it is a library")]
mod fuzz;

use std::fs;
use std::path::Path;

/// What a target does with its bytes. That of `profiles` needs what only `--cfg fuzzing` shows.
type Target = fn(&[u8]);

const TARGETS: [(&str, Target); 4] = [
    ("document_import", fuzz::document_import),
    ("overlay", fuzz::overlay),
    ("responses", fuzz::responses),
    ("settings_files", fuzz::settings_files),
];

fn run(folder: &str) -> usize {
    let mut count = 0;
    for (name, target) in TARGETS {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR"))
            .join("../fuzz")
            .join(folder)
            .join(name);
        for entry in fs::read_dir(&folder).into_iter().flatten() {
            let file = entry.unwrap().path();
            println!("{}", file.display());
            target(&fs::read(file).unwrap());
            count += 1;
        }
    }
    count
}

#[test]
fn seeds() {
    assert!(run("seeds") >= 20);
}

#[test]
fn what_once_failed() {
    run("regressions");
}
