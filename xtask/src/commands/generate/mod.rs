//! `cargo xtask generate`: from `spec/`, or any other document, to crates.

mod repeat;
mod sdk_source;
mod stand_alone;

use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Instant;

use crate::Result;
use crate::generate::{self, Inputs, output};

pub use repeat::RepeatRule;
pub use sdk_source::SdkSource;

/// The folders that the SDK's generation owns.
pub(super) const OWNED: [&str; 3] = ["sdk/client", "sdk/httpmock", "sdk/kisi/src/edit"];

/// Arguments of `cargo xtask generate`.
#[derive(Clone, Debug, Default, clap::Args)]
#[non_exhaustive]
pub struct Args {
    /// Write nothing; exit with 1 and a diff where a generated file is stale or was edited by hand
    #[arg(long)]
    pub check: bool,
    /// Say what is done and how long it takes
    #[arg(short, long)]
    pub verbose: bool,
    /// A document to make a stand-alone client crate from, instead of spec/
    #[arg(long, value_name = "FILE", requires = "out", requires = "name")]
    pub spec: Option<PathBuf>,
    /// With --spec: these operations, by their ids, in which `*` is any text; beside those of --tag
    #[arg(
        long,
        value_delimiter = ',',
        value_name = "ID",
        requires = "spec",
        conflicts_with = "all"
    )]
    pub operations: Vec<String>,
    /// With --spec: the operations with this tag; can be given several times
    #[arg(long, requires = "spec", conflicts_with = "all")]
    pub tag: Vec<String>,
    /// With --spec: every operation
    #[arg(long, requires = "spec")]
    pub all: bool,
    /// With --spec: the folder of the crate
    #[arg(long, value_name = "DIR", requires = "spec")]
    pub out: Option<PathBuf>,
    /// With --spec: the name of the crate
    #[arg(long, requires = "spec", value_parser = crate_name)]
    pub name: Option<String>,
    /// With --spec: operations (an id, in which `*` is any text) that may be sent again after a failure. CLASS is `read` (it
    /// changes nothing; the default), `safe`, `if-not-carried-out` or `never`, as spec/api.toml describes them
    #[arg(long, value_delimiter = ',', value_name = "ID[=CLASS]", requires = "spec")]
    pub repeat: Vec<RepeatRule>,
    /// With --spec: the rules of the document's API, of the form of spec/api.toml; by default those of a file api.toml beside
    /// the document, or none
    #[arg(long, value_name = "FILE", requires = "spec")]
    pub rules: Option<PathBuf>,
    /// With --spec: make its mock crate too, in the folder httpmock/
    #[arg(long, requires = "spec")]
    pub httpmock: bool,
    /// With --spec: where cargo gets the SDK from: `path` (this checkout) or `path=DIR` (another one), `git=URL` or
    /// `git=URL#REV`, `version` (this one) or `version=X` of the registry
    #[arg(
        long,
        value_name = "SOURCE",
        requires = "spec",
        default_value = "path",
        hide_default_value = true
    )]
    pub sdk: SdkSource,
    /// With --spec: the license of the crate, an SPDX expression; a crate without one is not published
    #[arg(long, value_name = "SPDX", requires = "spec", value_parser = one_line)]
    pub license: Option<String>,
    /// With --spec: the URL of the crate's repository
    #[arg(long, value_name = "URL", requires = "spec", value_parser = one_line)]
    pub repository: Option<String>,
    /// The workspace's folder
    #[arg(long, hide = true, value_name = "DIR")]
    pub root: Option<PathBuf>,
}

/// A name that a crate can have, and that code can name it by.
fn crate_name(name: &str) -> std::result::Result<String, String> {
    if generate::is_crate_name(name) {
        Ok(name.to_owned())
    } else {
        Err("a crate's name is of letters, digits, `-` and `_`, begins with a letter and is no keyword".to_owned())
    }
}

/// A text that is of one line and not blank.
fn one_line(text: &str) -> std::result::Result<String, String> {
    let text = text.trim();
    if text.is_empty() || text.contains(char::is_control) {
        Err("a text of one line is expected".to_owned())
    } else {
        Ok(text.to_owned())
    }
}

/// Runs `cargo xtask generate`.
///
/// # Errors
/// Whatever is wrong with the document or the disk.
pub fn run(args: &Args) -> Result<ExitCode> {
    match (&args.spec, &args.out, &args.name) {
        (Some(spec), Some(out), Some(name)) => stand_alone::run(args, spec, out, name),
        _ => sdk(args),
    }
}

/// The workspace's folder.
fn workspace(args: &Args) -> PathBuf {
    args.root.clone().unwrap_or_else(super::workspace)
}

fn sdk(args: &Args) -> Result<ExitCode> {
    let start = Instant::now();
    let root = workspace(args);
    let inputs = Inputs::read(&root.join("spec"))?;
    let sdk = generate::sdk_with_diagnostics(&inputs)?;
    notes(&inputs, &sdk);
    let files = sdk.files;
    let changes = output::compare(&root, &files, &OWNED)?;
    if args.verbose {
        println!(
            "inputs {}, fingerprint {}",
            generate::INPUTS.join(", "),
            inputs.fingerprint()
        );
        for (path, text) in &files {
            println!("{:>7} lines  {}", text.lines().count(), path.display());
        }
        println!("generated in {} ms", start.elapsed().as_millis());
    }
    if changes.is_empty() {
        println!("the generated crates are up to date");
        return Ok(ExitCode::SUCCESS);
    }
    if args.check {
        print!("{}", changes.diff());
        println!("the generated crates differ from what spec/ gives: run `cargo xtask generate`");
        return Ok(ExitCode::FAILURE);
    }
    output::write(&root, &changes)?;
    report(&changes);
    Ok(ExitCode::SUCCESS)
}

/// What does not stop a generation, and is to be looked at all the same.
fn notes(inputs: &Inputs, sdk: &generate::Sdk) {
    for misfit in &sdk.misfits {
        eprintln!("warning: {}: {misfit}", inputs.overlay.0.display());
    }
    for pointer in &sdk.undescribed {
        eprintln!(
            "warning: {}#{pointer}: not described by the overlay",
            inputs.fragment.0.display()
        );
    }
    for note in &sdk.setters.notes {
        eprintln!("warning: {note}");
    }
    for entry in sdk.left_out.iter().filter(|entry| entry.operation) {
        eprintln!("warning: left out {}: {}", entry.what, entry.why);
    }
}

fn report(changes: &output::Changes) {
    for (path, _, old) in &changes.write {
        println!(
            "{} {}",
            if old.is_some() { "changed" } else { "  added" },
            path.display()
        );
    }
    for (path, _) in &changes.remove {
        println!("removed {}", path.display());
    }
}
