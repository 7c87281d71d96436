//! `cargo xtask diff`: what changed between two documents.

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::process::ExitCode;

use super::pipe;
use crate::Result;
use crate::api::Api;
use crate::diff::{Class, Report, Selection, diff_by, rules};
use crate::document::{self, Document};

/// The exit status of an error, which is neither of those that say what changed.
const ERROR: u8 = 3;

/// Arguments of `cargo xtask diff`.
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Exit status: 0 nothing changed, or documentation only; 1 additive changes; 2 breaking \
                        changes; 3 an error."
)]
#[non_exhaustive]
pub struct Args {
    /// The document as it was: JSON or YAML, OpenAPI 3.0, 3.1 or 3.2
    #[arg(required_unless_present = "rules")]
    pub old: Option<PathBuf>,
    /// The document as it is
    #[arg(required_unless_present = "rules")]
    pub new: Option<PathBuf>,
    /// Only these operations, by operation id; by default those of api.toml
    #[arg(long, value_delimiter = ',', value_name = "ID")]
    pub operations: Option<Vec<String>>,
    /// Every operation of the two documents
    #[arg(long, conflicts_with = "operations")]
    pub all: bool,
    /// Where api.toml is
    #[arg(long, value_name = "DIR", default_value_os_t = super::spec_dir())]
    pub spec_dir: PathBuf,
    /// As text, or as JSON for programs
    #[arg(long, value_enum, default_value_t)]
    pub format: Format,
    /// Shows the table of what counts as what, as Markdown, and stops
    #[arg(long, exclusive = true)]
    pub rules: bool,
}

/// How the changes are shown.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq, clap::ValueEnum)]
#[non_exhaustive]
pub enum Format {
    /// As text
    #[default]
    Text,
    /// For programs
    Json,
}

/// Runs `cargo xtask diff`. The exit status says what the changes amount to: 0 nothing or documentation only,
/// 1 additive, 2 breaking, and 3 that there was an error, which is printed.
pub fn run(args: &Args) -> Result<ExitCode> {
    if args.rules {
        print!("{}", rules::table());
        return Ok(ExitCode::SUCCESS);
    }
    match report(args) {
        Ok(report) => {
            match args.format {
                Format::Text => print!("{}", report.to_text()),
                Format::Json => println!("{:#}", report.to_json()),
            }
            // Nobody waits for the status of what nobody reads.
            let closed = pipe::is_closed();
            Ok(ExitCode::from(if closed { 0 } else { status(report.class()) }))
        }
        Err(error) => {
            eprintln!("error: {error}");
            Ok(ExitCode::from(ERROR))
        }
    }
}

fn report(args: &Args) -> Result<Report> {
    // Both are there: the arguments' parser asks for them unless `--rules` is.
    let old = Document::load(args.old.clone().unwrap_or_default())?;
    let new = Document::load(args.new.clone().unwrap_or_default())?;
    let rules = args.spec_dir.join("api.toml");
    let api = if rules.exists() {
        Api::load(&rules)?
    } else {
        Api::default()
    };
    diff_by(&old, &new, &selection(args, &api, &old, &new), &api)
}

/// The operations that were asked for, or those of the SDK where a document has one of them.
fn selection(args: &Args, api: &Api, old: &Document, new: &Document) -> Selection {
    if let Some(ids) = &args.operations {
        return Selection::only(ids.iter().cloned());
    }
    let listed = [old, new]
        .into_iter()
        .flat_map(|document| document::operations(&document.root));
    let there: BTreeSet<String> = listed.filter_map(|located| located.id.map(str::to_owned)).collect();
    let ours: Vec<&String> = api.operations.keys().filter(|id| there.contains(*id)).collect();
    if args.all || ours.is_empty() {
        Selection::All
    } else {
        Selection::only(ours)
    }
}

/// The exit status for the gravest class of all changes.
pub(super) fn status(class: Option<Class>) -> u8 {
    match class {
        None | Some(Class::Documentation) => 0,
        Some(Class::Additive) => 1,
        Some(Class::Breaking) => 2,
    }
}
