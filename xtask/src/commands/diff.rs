//! `cargo xtask diff`: what changed between two documents.

use std::process::ExitCode;

use crate::Result;

/// Arguments of `cargo xtask diff`.
#[derive(Debug, clap::Args)]
#[non_exhaustive]
pub struct Args {}

/// Runs `cargo xtask diff`.
pub fn run(_args: &Args) -> Result<ExitCode> {
    Ok(ExitCode::SUCCESS)
}
