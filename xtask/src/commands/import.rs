//! `cargo xtask import`: from a release of the vendor's document to `spec/kisi.json`.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use crate::api::Api;
use crate::diff::{Selection, diff_by};
use crate::document::{self, Document, DuplicateKeys};
use crate::import::{self, Options};
use crate::{Error, Result};

/// Arguments of `cargo xtask import`.
#[derive(Debug, clap::Args)]
#[command(after_help = "Exit status: 0 done, or nothing to do; 1 with --check, the fragment is behind; 3 an error.")]
#[non_exhaustive]
pub struct Args {
    /// The vendor's document: JSON or YAML, OpenAPI 3.0, 3.1 or 3.2
    pub file: PathBuf,
    /// Writes nothing; the exit status is 1 if the fragment is behind the document
    #[arg(long)]
    pub check: bool,
    /// Writes nothing; shows what would change
    #[arg(long)]
    pub dry_run: bool,
    /// Makes a reference to nothing an opaque value, takes the last of keys that are there twice, and keeps an operation that
    /// the document lacks as a method that returns an error, each with a warning
    #[arg(long)]
    pub lenient: bool,
    /// Drops the properties that the document lacks: without it their fields stay, and say that the API no longer has them
    #[arg(long)]
    pub forget: bool,
    /// Where api.toml and kisi.json are
    #[arg(long, value_name = "DIR", default_value_os_t = super::spec_dir())]
    pub spec_dir: PathBuf,
}

/// The exit status of an error, which is not that of a fragment that is behind.
const ERROR: u8 = 3;

/// Runs `cargo xtask import`: prints what changed for the selected operations and what to do next. The exit status
/// is 1 where `--check` finds the fragment behind, and 3 after an error, which is printed.
pub fn run(args: &Args) -> Result<ExitCode> {
    Ok(run_import(args).unwrap_or_else(|error| {
        eprintln!("error: {error}");
        ExitCode::from(ERROR)
    }))
}

fn run_import(args: &Args) -> Result<ExitCode> {
    let duplicates = DuplicateKeys::by(args.lenient);
    let (source, repeated) = Document::load_with(&args.file, duplicates)?;
    let api = Api::load(&args.spec_dir.join("api.toml"))?;
    let target = args.spec_dir.join("kisi.json");
    let text_before = if target.exists() { Some(read(&target)?) } else { None };
    let before = text_before
        .as_ref()
        .map(|text| Document::parse(&target, text))
        .transpose()?;

    let options = Options::new()
        .lenient(args.lenient)
        .forget(args.forget)
        .before(before.as_ref());
    let imported = import::import(&source, &api, &options)?;
    for warning in repeated.iter().chain(&imported.warnings) {
        eprintln!("warning: {}{warning}", args.file.display());
    }

    let text = document::to_text(&imported.fragment);
    let fragment = target.display();
    if text_before.as_ref() == Some(&text) {
        println!("{fragment} is up to date with {}", args.file.display());
        return Ok(ExitCode::SUCCESS);
    }
    match &before {
        Some(before) => {
            let after = Document {
                file: args.file.clone(),
                root: imported.fragment,
            };
            print!("{}", diff_by(before, &after, &Selection::All, &api)?.to_text());
        }
        None => println!("{fragment} is new: {} operations", api.operations.len()),
    }
    if args.check {
        println!("{fragment} is behind: run `cargo xtask import {}`", args.file.display());
        return Ok(ExitCode::FAILURE);
    }
    if args.dry_run {
        println!("{fragment} would be written; nothing was");
        return Ok(ExitCode::SUCCESS);
    }
    write(&target, &text)?;
    println!("{fragment} written. Next: `cargo xtask generate`, then see what the compiler says of sdk/kisi");
    Ok(ExitCode::SUCCESS)
}

fn read(file: &Path) -> Result<String> {
    std::fs::read_to_string(file).map_err(|source| Error::Io {
        file: file.to_owned(),
        action: "read it",
        source,
    })
}

/// All of it or nothing: written beside it, then put in its place.
fn write(file: &Path, text: &str) -> Result<()> {
    let failed = |source| Error::Io {
        file: file.to_owned(),
        action: "write it",
        source,
    };
    let mut builder = tempfile::Builder::new();
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        // As for any new file; the umask takes from it what it takes.
        builder.permissions(std::fs::Permissions::from_mode(0o666));
    }
    let directory = file.parent().unwrap_or(Path::new("."));
    let mut beside = builder.prefix(".import").tempfile_in(directory).map_err(failed)?;
    std::io::Write::write_all(&mut beside, text.as_bytes()).map_err(failed)?;
    if let Ok(metadata) = std::fs::metadata(file) {
        beside
            .as_file()
            .set_permissions(metadata.permissions())
            .map_err(failed)?;
    }
    beside.persist(file).map_err(|error| failed(error.error))?;
    Ok(())
}
