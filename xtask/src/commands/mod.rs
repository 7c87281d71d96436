//! The commands: they read and write files, and print; all else is done by the other modules.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::Parser;

/// As the standard library's, but it does not panic where nobody reads on.
macro_rules! print {
    ($($argument:tt)*) => { $crate::commands::pipe::out(::std::format_args!($($argument)*), "") };
}

/// The same with a line's end.
macro_rules! println {
    ($($argument:tt)*) => { $crate::commands::pipe::out(::std::format_args!($($argument)*), "\n") };
}

/// The same for errors.
macro_rules! eprintln {
    ($($argument:tt)*) => { $crate::commands::pipe::err(::std::format_args!($($argument)*), "\n") };
}

pub mod bench;
pub mod ci;
pub mod copy;
pub mod diff;
pub mod generate;
pub mod import;
pub mod overlay;
mod pipe;
pub mod public_api;
pub mod refresh;
mod seed;

/// The build tasks of this workspace.
#[derive(Debug, Parser)]
#[command(name = "cargo xtask", bin_name = "cargo xtask", version)]
#[non_exhaustive]
pub enum Command {
    /// Takes what the SDK needs out of a release of the vendor's document, into spec/kisi.json
    Import(import::Args),
    /// Brings the SDK to a release of the vendor's document: import, diff, generate, test, all or nothing
    Refresh(refresh::Args),
    /// Shows what changed between two documents, and what it means for the SDK
    Diff(diff::Args),
    /// Tells where spec/overlay.yaml does not fit the fragment, and what it does not describe
    Overlay(overlay::Args),
    /// Makes the client crates from spec/, or from any other document
    Generate(generate::Args),
    /// Measures what the SDK costs, against the same by hand
    Bench(bench::Args),
    /// Shows how the public API of the crates differs from the lists in tests/public-api
    PublicApi(public_api::Args),
    /// Checks everything that has to hold before a change lands
    Ci(ci::Args),
}

impl Command {
    /// Runs the task; an error goes to standard error and makes the exit code 1.
    pub fn run(self) -> ExitCode {
        let outcome = match self {
            Self::Import(args) => import::run(&args),
            Self::Refresh(args) => refresh::run(&args),
            Self::Diff(args) => diff::run(&args),
            Self::Overlay(args) => overlay::run(&args),
            Self::Generate(args) => generate::run(&args),
            Self::Bench(args) => bench::run(&args),
            Self::PublicApi(args) => public_api::run(&args),
            Self::Ci(args) => ci::run(&args),
        };
        outcome.unwrap_or_else(|error| {
            eprintln!("error: {error}");
            ExitCode::FAILURE
        })
    }
}

/// The workspace's folder.
fn workspace() -> PathBuf {
    let xtask = Path::new(env!("CARGO_MANIFEST_DIR"));
    xtask.parent().unwrap_or(xtask).to_owned()
}

/// The workspace's `spec/`.
fn spec_dir() -> PathBuf {
    workspace().join("spec")
}
