//! `cargo xtask ci`: everything that has to hold before a change lands, in one target directory.

use std::path::Path;
use std::process::{Command, ExitCode};
use std::time::Instant;

use crate::{Error, Result};

/// Arguments of `cargo xtask ci`.
#[derive(Clone, Debug, Default, clap::Args)]
#[non_exhaustive]
pub struct Args {
    /// Run only the steps whose names contain this text
    #[arg(value_name = "STEP")]
    pub only: Option<String>,
    /// Go on after a step that fails
    #[arg(long)]
    pub keep_going: bool,
}

/// One step: its name, the arguments of cargo, and what it adds to the environment.
struct Step {
    name: &'static str,
    arguments: &'static [&'static str],
    environment: &'static [(&'static str, &'static str)],
}

const fn step(name: &'static str, arguments: &'static [&'static str]) -> Step {
    Step {
        name,
        arguments,
        environment: &[],
    }
}

/// Every feature but the platform's own TLS, which needs the platform's headers.
const FEATURES: &str =
    "rhombus-kisi/file,rhombus-kisi/gzip,rhombus-kisi/http2,rhombus-kisi/schemars,rhombus-kisi/tracing";

/// The steps, the quick ones first.
const STEPS: [Step; 6] = [
    step("fmt", &["fmt", "--all", "--check"]),
    step("generate", &["xtask", "generate", "--check"]),
    step(
        "clippy",
        &[
            "clippy",
            "--workspace",
            "--all-targets",
            "--features",
            FEATURES,
            "--",
            "-D",
            "warnings",
        ],
    ),
    step("test", &["test", "--workspace"]),
    Step {
        name: "doc",
        arguments: &["doc", "--workspace", "--no-deps", "--features", FEATURES],
        environment: &[("RUSTDOCFLAGS", "-D warnings")],
    },
    // Each crate from its package alone, as a user gets it.
    step(
        "package",
        &[
            "package",
            "--workspace",
            "--exclude",
            "xtask",
            "--exclude",
            "rhombus-kisi-tests",
            "--allow-dirty",
            "--quiet",
        ],
    ),
];

/// Runs `cargo xtask ci`.
///
/// # Errors
/// [`Error::Io`] where cargo cannot be started.
pub fn run(args: &Args) -> Result<ExitCode> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap_or(Path::new("."));
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let chosen = |name: &str| args.only.as_deref().is_none_or(|only| name.contains(only));
    let mut failed = Vec::new();
    for step in STEPS.iter().filter(|step| chosen(step.name)) {
        println!("== {}: cargo {}", step.name, step.arguments.join(" "));
        let start = Instant::now();
        let status = Command::new(&cargo)
            .args(step.arguments)
            .envs(step.environment.iter().copied())
            .current_dir(root)
            .status()
            .map_err(|source| Error::Io {
                file: cargo.clone().into(),
                action: "start it",
                source,
            })?;
        println!(
            "== {}: {} after {} s",
            step.name,
            if status.success() { "passed" } else { "FAILED" },
            start.elapsed().as_secs()
        );
        if !status.success() {
            failed.push(step.name);
            if !args.keep_going {
                break;
            }
        }
    }
    match failed.as_slice() {
        [] => Ok(ExitCode::SUCCESS),
        names => {
            println!("== failed: {}", names.join(", "));
            Ok(ExitCode::FAILURE)
        }
    }
}
