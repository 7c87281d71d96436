//! `cargo xtask generate`: from `spec/`, or any other document, to crates.

use std::process::ExitCode;

use crate::Result;

/// Arguments of `cargo xtask generate`.
#[derive(Debug, clap::Args)]
#[non_exhaustive]
pub struct Args {}

/// Runs `cargo xtask generate`.
pub fn run(_args: &Args) -> Result<ExitCode> {
    Ok(ExitCode::SUCCESS)
}
