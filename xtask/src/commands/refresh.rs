//! `cargo xtask refresh`: from a release of the vendor's document to the SDK, in one step or not at all.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use super::copy::Copy;
use super::diff::status;
use crate::api::Api;
use crate::diff::{Bump, Report, Selection, diff_by};
use crate::document::{self, Document, DuplicateKeys};
use crate::generate::{self, Inputs, Sdk, output};
use crate::import::{self, Import, Options};
use crate::refresh::drift::{DriftReport, Explained, explain};
use crate::refresh::{self, Notice, Side};
use crate::{Error, Result};

/// Arguments of `cargo xtask refresh`.
#[derive(Clone, Debug, Default, clap::Args)]
#[command(
    after_help = "Exit status: 0 nothing changed, or documentation only; 1 additive changes; 2 breaking changes; 3 an \
                  error, and everything is as it was."
)]
#[non_exhaustive]
pub struct Args {
    /// The vendor's document: JSON or YAML, OpenAPI 3.0, 3.1 or 3.2
    pub file: PathBuf,
    /// Writes nothing and runs no tests; shows what would change
    #[arg(long)]
    pub dry_run: bool,
    /// Goes on without what the document lacks: a method that needs it returns an error
    #[arg(long)]
    pub lenient: bool,
    /// Drops the properties that the document lacks: without it their fields stay, and say that the API no longer has them
    #[arg(long)]
    pub forget: bool,
    /// Runs no tests
    #[arg(long)]
    pub skip_tests: bool,
    /// Says which findings of this report the release explains: what `Client::drift` returns, as JSON
    #[arg(long, value_name = "REPORT")]
    pub drift: Option<PathBuf>,
    /// The workspace's folder
    #[arg(long, hide = true, value_name = "DIR")]
    pub root: Option<PathBuf>,
}

/// The exit status of an error, which is not one of those that say what changed.
const ERROR: u8 = 3;

/// What a release can break, as arguments of cargo.
const TESTS: [&[&str]; 3] = [
    &["check", "--quiet", "--workspace", "--all-targets"],
    &[
        "test",
        "--quiet",
        "-p",
        "rhombus-kisi",
        "-p",
        "rhombus-kisi-client",
        "-p",
        "rhombus-kisi-httpmock",
    ],
    &[
        "test",
        "--quiet",
        "-p",
        "rhombus-kisi-tests",
        "--test",
        "generated",
        "--test",
        "lossless",
        "--test",
        "operations",
        "--test",
        "setters",
        "--test",
        "wire",
    ],
];

/// Where the release is tried, below the workspace's folder.
const COPY: &str = "target/refresh";

/// Runs `cargo xtask refresh`: imports, compares, generates, tests, and puts all of it in its place, or nothing.
pub fn run(args: &Args) -> Result<ExitCode> {
    match refreshed(args) {
        Ok(status) => Ok(ExitCode::from(status)),
        Err(error) => {
            eprintln!("error: {error}\nnothing was changed");
            Ok(ExitCode::from(ERROR))
        }
    }
}

/// A release as the SDK would be after it.
struct Release {
    imported: Import,
    sdk: Sdk,
    report: Report,
    notices: Vec<Notice>,
    /// All files that would be written.
    files: generate::Files,
    /// What is not described by the overlay, by name and place.
    undescribed: Vec<String>,
    /// The findings of a drift report.
    drift: Option<Vec<Explained>>,
}

fn refreshed(args: &Args) -> Result<u8> {
    let root = args.root.clone().unwrap_or_else(super::workspace);
    let release = release(args, &root)?;
    tell(args, &release);
    let changes = output::compare(&root, &release.files, &super::generate::OWNED)?;
    let status = status(release.report.class());
    if changes.is_empty() {
        println!("the SDK is up to date with {}", args.file.display());
        return Ok(status);
    }
    if args.dry_run {
        println!(
            "{} files would be written; nothing was",
            changes.write.len() + changes.remove.len()
        );
        return Ok(status);
    }
    if !args.skip_tests {
        test(&root, &changes, steps(&release.sdk))?;
    }
    // All of them, or none.
    output::write(&root, &changes)?;
    println!("{} files written", changes.write.len() + changes.remove.len());
    Ok(status)
}

/// Imports, compares and generates, in memory.
fn release(args: &Args, root: &Path) -> Result<Release> {
    let findings = args.drift.as_deref().map(DriftReport::load).transpose()?;
    let before = Inputs::read(&root.join("spec"))?;
    let api = before.rules()?;
    let duplicates = DuplicateKeys::by(args.lenient);
    let (source, repeated) = Document::load_with(&args.file, duplicates)?;
    let old = Document::parse(&before.fragment.0, &before.fragment.1)?;
    // By the whole release: the import leaves out what the rules do not keep.
    let drift = findings.map(|findings| explain(&findings, &old.root, &source.root));
    let options = Options::new()
        .lenient(args.lenient)
        .forget(args.forget)
        .before(Some(&old));
    let mut imported = import::import(&source, &api, &options)?;
    imported.warnings.splice(0..0, repeated);
    let new = Document {
        file: args.file.clone(),
        root: imported.fragment.clone(),
    };
    let report = diff_by(&old, &new, &Selection::All, &api)?;

    let mut after = before.clone();
    after.fragment.1 = document::to_text(&imported.fragment);
    let sdk = generate::sdk_with_diagnostics(&after)?;
    let old_names = generate::normalised(&before)?;
    let (was, is) = (Side::new(&old, &old_names), Side::new(&new, &sdk.normalised));
    let notices = refresh::notices(&report, was, is, &api);
    let undescribed = refresh::places(&sdk.undescribed, is);

    let mut files = sdk.files.clone();
    files.insert(PathBuf::from("spec/kisi.json"), after.fragment.1);
    let changelog = root.join("CHANGELOG.md");
    if !notices.is_empty() && changelog.exists() {
        files.insert(
            PathBuf::from("CHANGELOG.md"),
            refresh::enter(&read(&changelog)?, &notices),
        );
    }
    check_rules(&api, &sdk);
    Ok(Release {
        imported,
        sdk,
        report,
        notices,
        files,
        undescribed,
        drift,
    })
}

/// Says which roles no response plays any more.
fn check_rules(api: &Api, sdk: &Sdk) {
    if api.response.error.is_some() && sdk.normalised.roles.is_empty() {
        println!(
            "warning: no response has a property that says how the call went: look at [response] in spec/api.toml"
        );
    }
}

/// The report.
fn tell(args: &Args, release: &Release) {
    for warning in &release.imported.warnings {
        println!("warning: {}{warning}", args.file.display());
    }
    print!("{}", release.report.to_text());
    if !release.notices.is_empty() {
        println!("\nfor users of the SDK (entered in CHANGELOG.md):");
        for notice in &release.notices {
            println!("  {}{}", if notice.breaking { "breaking: " } else { "" }, notice.text);
        }
    }
    for entry in release.sdk.left_out.iter().filter(|entry| entry.operation) {
        println!("left out {}: {}", entry.what, entry.why);
    }
    if !release.undescribed.is_empty() {
        println!("\nwith plain words until spec/overlay.yaml describes it:");
        release.undescribed.iter().for_each(|place| println!("  {place}"));
    }
    if !release.sdk.misfits.is_empty() {
        println!("\nspec/overlay.yaml no longer fits (`cargo xtask overlay --check` fails until it does):");
        release.sdk.misfits.iter().for_each(|misfit| println!("  {misfit}"));
    }
    if let Some(findings) = &release.drift {
        tell_drift(findings);
    }
    if release.report.bump() > Bump::None || !release.undescribed.is_empty() {
        println!("");
    }
}

/// What the release has to say of a drift report.
fn tell_drift(findings: &[Explained]) {
    let explained = findings.iter().filter(|finding| finding.explanation.is_some()).count();
    println!(
        "\nof {} findings of the drift report the release explains {explained}:",
        findings.len()
    );
    for Explained {
        finding, explanation, ..
    } in findings
    {
        match explanation {
            Some(explanation) => println!("  {finding}: {explanation}"),
            None => println!("  {finding}: not explained"),
        }
    }
}

/// What is run: that everything compiles, and the tests, but for those of a method whose operation is gone.
fn steps(sdk: &Sdk) -> &'static [&'static [&'static str]] {
    let gone: Vec<&str> = (sdk.normalised.operations.values())
        .filter(|operation| operation.gone)
        .map(|operation| operation.id.as_str())
        .collect();
    if gone.is_empty() {
        return &TESTS;
    }
    println!(
        "the tests are not run, only compiled: those that call {} cannot pass until they, and the wrapper's methods, go too",
        gone.join(", ")
    );
    TESTS.get(..1).unwrap_or_default()
}

/// Runs what a release can break on a copy of the workspace with the changes in it.
fn test(root: &Path, changes: &output::Changes, steps: &[&[&str]]) -> Result<()> {
    let failed = |action| {
        move |source| Error::Io {
            file: root.to_owned(),
            action,
            source,
        }
    };
    let copy = Copy::of(root, &root.join(COPY)).map_err(failed("make a copy of it"))?;
    output::write(copy.root(), changes)?;
    for arguments in steps {
        println!("== cargo {}", arguments.join(" "));
        let status = copy.cargo().args(*arguments).status();
        if !status.map_err(failed("run cargo for it"))?.success() {
            return Err(Error::Syntax {
                file: copy.root().to_owned(),
                message: format!(
                    "`cargo {}` fails in this copy of the workspace with the release in it",
                    arguments.join(" ")
                ),
            });
        }
    }
    Ok(())
}

fn read(file: &Path) -> Result<String> {
    fs::read_to_string(file).map_err(|source| Error::Io {
        file: file.to_owned(),
        action: "read it",
        source,
    })
}
