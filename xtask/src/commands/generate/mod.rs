//! `cargo xtask generate`: from `spec/`, or any other document, to crates.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Instant;

use crate::Result;
use crate::api::Api;
use crate::document::Document;
use crate::generate::{self, Inputs, Package, output};
use crate::normalise::Selection;

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
    /// With --spec: the operations by their ids
    #[arg(long, value_delimiter = ',', value_name = "ID", requires = "spec", conflicts_with_all = ["tag", "all"])]
    pub operations: Vec<String>,
    /// With --spec: the operations with this tag
    #[arg(long, requires = "spec", conflicts_with = "all")]
    pub tag: Option<String>,
    /// With --spec: every operation
    #[arg(long, requires = "spec")]
    pub all: bool,
    /// With --spec: the folder of the crate
    #[arg(long, value_name = "DIR", requires = "spec")]
    pub out: Option<PathBuf>,
    /// With --spec: the name of the crate
    #[arg(long, requires = "spec", value_parser = crate_name)]
    pub name: Option<String>,
    /// With --spec: the rules of the document's API, of the form of spec/api.toml; by default there are none
    #[arg(long, value_name = "FILE", requires = "spec")]
    pub rules: Option<PathBuf>,
    /// With --spec: make its mock crate too, in the folder httpmock/
    #[arg(long, requires = "spec")]
    pub httpmock: bool,
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

/// Runs `cargo xtask generate`.
///
/// # Errors
/// Whatever is wrong with the document or the disk.
pub fn run(args: &Args) -> Result<ExitCode> {
    match (&args.spec, &args.out, &args.name) {
        (Some(spec), Some(out), Some(name)) => stand_alone(args, spec, out, name),
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

fn stand_alone(args: &Args, spec: &Path, out: &Path, name: &str) -> Result<ExitCode> {
    let start = Instant::now();
    let document = Document::load(spec)?;
    let selection = match &args.tag {
        Some(tag) => Selection::Tag(tag.clone()),
        None if args.operations.is_empty() => Selection::All,
        None => Selection::Ids(args.operations.iter().cloned().collect::<BTreeSet<_>>()),
    };
    let sdk = std::path::absolute(workspace(args).join("sdk")).ok();
    let package = Package::stand_alone(name, sdk.map(|sdk| sdk.to_string_lossy().into_owned()));
    let api = args.rules.as_deref().map(Api::load).transpose()?.unwrap_or_default();
    let made = generate::stand_alone_by(&document, &api, selection, &package, args.httpmock)?;
    let changes = output::compare(out, &made.files, &["src", "httpmock"])?;
    for entry in &made.left_out {
        println!(
            "{}  {}: {}",
            if entry.operation { "left out" } else { " changed" },
            entry.what,
            entry.why
        );
    }
    let without = made.left_out.iter().filter(|entry| entry.operation).count();
    println!(
        "{name}: {} operations, {} types, {without} operations left out; {} ms",
        made.operations,
        made.types,
        start.elapsed().as_millis()
    );
    if changes.is_empty() {
        println!("{} is up to date", out.display());
        return Ok(ExitCode::SUCCESS);
    }
    if args.check {
        print!("{}", changes.diff());
        return Ok(ExitCode::FAILURE);
    }
    output::write(out, &changes)?;
    if args.verbose {
        report(&changes);
    }
    println!("written to {}", out.display());
    Ok(ExitCode::SUCCESS)
}
