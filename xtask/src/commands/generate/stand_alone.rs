//! `cargo xtask generate --spec`: a crate of its own for any document.

use std::path::Path;
use std::process::{Command, ExitCode};
use std::time::Instant;

use super::{Args, repeat, report, workspace};
use crate::api::Api;
use crate::document::Document;
use crate::generate::{self, Package, StandAlone, StandAlonePackage, output};
use crate::normalise::Selection;
use crate::{Error, Result};

/// Generates the crate `name` for the document `spec` in the folder `out`.
pub(super) fn run(args: &Args, spec: &Path, out: &Path, name: &str) -> Result<ExitCode> {
    let start = Instant::now();
    let document = Document::load(spec)?;
    let package = package(args, out, name)?;
    let api = rules(args, spec, &document)?;
    let made = generate::stand_alone_by(&document, &api, selection(args), &package, args.httpmock)?;
    // Before anything else is said or written: this may be the folder of something else.
    let lacking = lacking(out, &made)?;
    let changes = output::compare(
        out,
        &made.files,
        if args.httpmock { &["src", "httpmock"] } else { &["src"] },
    )?;
    for entry in &made.left_out {
        println!(
            "{}  {}: {}",
            if entry.operation { "left out" } else { " changed" },
            entry.what,
            entry.why
        );
    }
    for note in &made.access {
        println!("    note  {note}");
    }
    let without = made.left_out.iter().filter(|entry| entry.operation).count();
    println!(
        "{name}: {} operations, {} types, {without} operations left out; {} ms",
        made.operations,
        made.types,
        start.elapsed().as_millis()
    );
    for line in &lacking {
        eprintln!("warning: {line}");
    }
    if !args.httpmock && out.join("httpmock/Cargo.toml").exists() {
        eprintln!(
            "warning: {}: made by an earlier run, and left as it is: add --httpmock, or delete it",
            out.join("httpmock").display()
        );
    }
    if args.check && !changes.is_empty() {
        print!("{}", changes.diff());
        return Ok(ExitCode::FAILURE);
    }
    if changes.is_empty() {
        println!("{} is up to date", out.display());
    } else {
        output::write(out, &changes)?;
        if args.verbose {
            report(&changes);
        }
        println!("written to {}", out.display());
    }
    taken_by_cargo(out, &made);
    Ok(if args.check && !lacking.is_empty() {
        ExitCode::FAILURE
    } else {
        ExitCode::SUCCESS
    })
}

fn selection(args: &Args) -> Selection {
    if args.operations.is_empty() && args.tag.is_empty() {
        return Selection::All;
    }
    Selection::Only {
        operations: args.operations.iter().cloned().collect(),
        tags: args.tag.iter().cloned().collect(),
    }
}

/// The name of a file with the rules of the documents beside it.
const RULES: &str = "api.toml";

/// The rules of the document's API: those of a file, and of `--repeat`.
fn rules(args: &Args, spec: &Path, document: &Document) -> Result<Api> {
    let beside = spec.with_file_name(RULES);
    let file = args.rules.clone().or_else(|| beside.is_file().then_some(beside));
    let mut api = Api::default();
    if let Some(file) = file {
        api = Api::load(&file)?;
        println!("rules of {}", file.display());
        for line in repeat::unknown(&api, &file, document) {
            eprintln!("warning: {line}");
        }
    }
    repeat::add(&args.repeat, document, &mut api)?;
    Ok(api)
}

fn package(args: &Args, out: &Path, name: &str) -> Result<Package> {
    let sdk = args.sdk.source(out, &workspace(args))?;
    let package = StandAlonePackage::new(name, sdk)
        .license(args.license.clone())
        .repository(args.repository.clone());
    Ok(package.into())
}

/// What the manifests that are there lack: each is written once.
///
/// # Errors
/// [`Error::Output`] where one is of another crate.
fn lacking(out: &Path, made: &StandAlone) -> Result<Vec<String>> {
    let mut lines = Vec::new();
    for (path, there) in output::kept(out, &made.files)? {
        let file = out.join(&path);
        let wanted = made.files.get(&path).map(String::as_str).unwrap_or_default();
        match generate::lacks(&there, wanted) {
            Ok(lacking) => lines.extend(
                lacking
                    .iter()
                    .map(|line| format!("{}: it lacks {line}", file.display())),
            ),
            Err(message) => return Err(Error::Output { file, message }),
        }
    }
    Ok(lines)
}

/// Says where cargo does not take the crates as they are, such as in a workspace that does not list them.
fn taken_by_cargo(out: &Path, made: &StandAlone) {
    for manifest in made.files.keys().filter(|path| path.ends_with("Cargo.toml")) {
        let mut cargo = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
        cargo.args([
            "metadata",
            "--no-deps",
            "--offline",
            "--quiet",
            "--format-version",
            "1",
            "--manifest-path",
        ]);
        // Without cargo there is nothing to say.
        let Ok(output) = cargo.arg(out.join(manifest)).output() else {
            return;
        };
        if !output.status.success() {
            eprintln!(
                "warning: cargo does not take the crate yet:\n{}",
                String::from_utf8_lossy(&output.stderr).trim()
            );
        }
    }
}
