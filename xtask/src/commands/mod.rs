//! The commands: they read and write files, and print; all else is done by the other modules.
#![allow(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "this is where the tasks speak to people"
)]

use std::process::ExitCode;

use clap::Parser;

pub mod bench;
pub mod ci;
pub mod diff;
pub mod generate;
pub mod import;

/// The build tasks of this workspace.
#[derive(Debug, Parser)]
#[command(name = "cargo xtask", bin_name = "cargo xtask", version)]
#[non_exhaustive]
pub enum Command {
    /// Takes what the SDK needs out of a release of the vendor's document, into spec/kisi.json
    Import(import::Args),
    /// Shows what changed between two documents, and what it means for the SDK
    Diff(diff::Args),
    /// Makes the client crates from spec/, or from any other document
    Generate(generate::Args),
    /// Measures what the SDK costs, against the same by hand
    Bench(bench::Args),
    /// Checks everything that has to hold before a change lands
    Ci(ci::Args),
}

impl Command {
    /// Runs the task; an error goes to standard error and makes the exit code 1.
    pub fn run(self) -> ExitCode {
        let outcome = match self {
            Self::Import(args) => import::run(&args),
            Self::Diff(args) => diff::run(&args),
            Self::Generate(args) => generate::run(&args),
            Self::Bench(args) => bench::run(&args),
            Self::Ci(args) => ci::run(&args),
        };
        outcome.unwrap_or_else(|error| {
            eprintln!("error: {error}");
            ExitCode::FAILURE
        })
    }
}
