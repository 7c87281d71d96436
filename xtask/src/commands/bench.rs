//! `cargo xtask bench`: what the SDK costs, against the same by hand.

use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};

use crate::{Error, Result};

/// Arguments of `cargo xtask bench`.
#[derive(Clone, Debug, Default, clap::Args)]
#[non_exhaustive]
pub struct Args {
    /// Few repetitions and no cold builds; prints the table and writes nothing
    #[arg(long)]
    pub quick: bool,
    /// Only these parts: call, change, load, build, generation; prints them and writes nothing
    #[arg(long, value_delimiter = ',', value_name = "PART")]
    pub only: Vec<String>,
    /// The whole API's document, to measure its generation too
    #[arg(long, value_name = "FILE")]
    pub document: Option<PathBuf>,
}

/// Runs `cargo xtask bench`: builds the bench, which is a workspace of its own, and starts it.
///
/// # Errors
/// [`Error::Io`] where cargo or the bench cannot be started.
pub fn run(args: &Args) -> Result<ExitCode> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap_or(Path::new("."));
    let manifest = root.join("tests/bench/Cargo.toml");
    // Whoever builds elsewhere (`CARGO_TARGET_DIR`) builds this elsewhere too.
    let target = std::env::var_os("CARGO_TARGET_DIR")
        .map_or_else(|| root.join("target"), PathBuf::from)
        .join("bench");

    let mut build = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    build.args(["build", "--quiet", "--release", "--bins", "--manifest-path"]);
    build.arg(&manifest).arg("--target-dir").arg(&target);
    if !succeeds(build, &manifest)? {
        return Ok(ExitCode::FAILURE);
    }

    let program = target.join("release/bench");
    let mut bench = Command::new(&program);
    bench.arg("--root").arg(root).arg("--target").arg(&target);
    if args.quick {
        bench.arg("--quick");
    }
    for part in &args.only {
        bench.args(["--only", part]);
    }
    if let Some(document) = &args.document {
        bench.arg("--document").arg(document);
    }
    // What the measured clients would take from here belongs to whoever runs this.
    for name in [
        "HTTP_PROXY",
        "HTTPS_PROXY",
        "ALL_PROXY",
        "http_proxy",
        "https_proxy",
        "all_proxy",
    ] {
        bench.env_remove(name);
    }
    let succeeded = succeeds(bench, &program)?;
    Ok(if succeeded {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}

fn succeeds(mut command: Command, file: &Path) -> Result<bool> {
    let status = command.status().map_err(|source| Error::Io {
        file: file.to_owned(),
        action: "run it",
        source,
    })?;
    Ok(status.success())
}
