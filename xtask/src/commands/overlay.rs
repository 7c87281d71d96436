//! `cargo xtask overlay`: whether the overlay fits the fragment.

use std::path::PathBuf;
use std::process::ExitCode;

use crate::Result;
use crate::generate::Inputs;

/// Arguments of `cargo xtask overlay`.
#[derive(Clone, Debug, clap::Args)]
#[command(after_help = "Exit status: 0 it fits; 1 with --check, an action does not fit, or an error.")]
#[non_exhaustive]
pub struct Args {
    /// Makes an action that does not fit an error; what is not described is none
    #[arg(long)]
    pub check: bool,
    /// Where api.toml, kisi.json and overlay.yaml are
    #[arg(long, value_name = "DIR", default_value_os_t = super::spec_dir())]
    pub spec_dir: PathBuf,
}

/// Runs `cargo xtask overlay`: prints the actions that do not fit, and what has a plain description because the overlay gives
/// none.
///
/// # Errors
/// Whatever is wrong with the inputs.
pub fn run(args: &Args) -> Result<ExitCode> {
    let inputs = Inputs::read(&args.spec_dir)?;
    let amended = inputs.amended()?;
    for misfit in &amended.misfits {
        println!("{}: {misfit}", inputs.overlay.0.display());
    }
    for pointer in &amended.undescribed {
        println!("not described: {}#{pointer}", inputs.fragment.0.display());
    }
    println!(
        "{} actions that do not fit, {} places that are not described",
        amended.misfits.len(),
        amended.undescribed.len()
    );
    Ok(if args.check && !amended.misfits.is_empty() {
        ExitCode::FAILURE
    } else {
        ExitCode::SUCCESS
    })
}
