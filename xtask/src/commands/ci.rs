//! `cargo xtask ci`: everything that has to hold before a change lands, in one target directory.

use std::path::{Path, PathBuf};
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

/// One step: its name, its commands, and what they add to the environment.
struct Step {
    name: &'static str,
    commands: &'static [Run],
    environment: &'static [(&'static str, &'static str)],
}

/// A command of a step, by its arguments.
enum Run {
    /// Of cargo.
    Cargo(&'static [&'static str]),
    /// Of this program: `cargo xtask …` would build it once more, with other features of what it depends on.
    Xtask(&'static [&'static str]),
    /// Of cargo-hack where it is installed; where it is not, the commands of cargo that check less.
    Hack(&'static [&'static str], &'static [Run]),
    /// Of an example or a binary that is built, for the same reason: where it is beside this program.
    Built(&'static str, &'static [&'static str]),
}
use Run::{Built, Cargo, Hack, Xtask};

const fn step(name: &'static str, commands: &'static [Run]) -> Step {
    Step {
        name,
        commands,
        environment: &[],
    }
}

/// Every feature but the platform's own TLS, which needs the platform's headers.
const FEATURES: &str = "rhombus-kisi/blocking,rhombus-kisi/diagnose,rhombus-kisi/directory,rhombus-kisi/file,rhombus-kisi/gzip,rhombus-kisi/http2,rhombus-kisi/migrate,rhombus-kisi/schemars,rhombus-kisi/tower,rhombus-kisi/tracing";

/// What checks the SDK with these features and no others.
macro_rules! alone {
    ($features:literal) => {
        Cargo(&[
            "check",
            "--quiet",
            "--package",
            "rhombus-kisi",
            "--no-default-features",
            "--features",
            $features,
        ])
    };
}

/// The step that packs and builds the packages.
const PACKAGE: &str = "package";

/// The steps, the quick ones first.
const STEPS: [Step; 12] = [
    step("fmt", &[Cargo(&["fmt", "--all", "--check"])]),
    step("generate", &[Xtask(&["generate", "--check"])]),
    step("overlay", &[Xtask(&["overlay", "--check"])]),
    step(
        "clippy",
        &[Cargo(&[
            "clippy",
            "--workspace",
            "--all-targets",
            "--features",
            FEATURES,
            "--",
            "-D",
            "warnings",
        ])],
    ),
    Step {
        name: "features",
        commands: &[Hack(
            // Each alone, each pair, none and all. The platform's own TLS needs the platform's headers; SOCKS, compressed
            // responses and HTTP/2 only switch on features of the HTTP library, so that they are one.
            &[
                "hack",
                "check",
                "--quiet",
                "--package",
                "rhombus-kisi",
                "--feature-powerset",
                "--depth",
                "2",
                "--exclude-features",
                "default,native-tls",
                "--group-features",
                "gzip,http2,socks",
            ],
            &[
                alone!(""),
                alone!("rustls"),
                alone!("http2"),
                alone!("gzip"),
                alone!("socks"),
                alone!("profile"),
                alone!("schemars"),
                alone!("file"),
                alone!("migrate"),
                alone!("diagnose"),
                alone!("directory"),
                alone!("blocking"),
                alone!("tower"),
                alone!("tracing"),
            ],
        )],
        environment: &[],
    },
    // Ten times as many cases as `cargo test` tries by default; of those whose number is proptest's own, five times.
    Step {
        name: "test",
        commands: &[Cargo(&["test", "--workspace"])],
        environment: &[("RHOMBUS_CASES", "10"), ("PROPTEST_CASES", "1280")],
    },
    step(
        "examples",
        &[
            Cargo(&["build", "--quiet", "--workspace", "--bins", "--examples"]),
            Built("examples/update_kisi_integration", &[]),
            Built("examples/nightly_sync", &[]),
            Built("rhombus-kisi", &["apply", "examples/kisi.toml", "--yes"]),
        ],
    ),
    Step {
        name: "doc",
        commands: &[Cargo(&["doc", "--workspace", "--no-deps", "--features", FEATURES])],
        environment: &[("RUSTDOCFLAGS", "-D warnings")],
    },
    // A release, and a crate for another part of the API, each from the document to a program that uses it, in a copy of the
    // workspace.
    step(
        "fingertips",
        // Of the workspace, not of the package, which would be built once more.
        &[Cargo(&[
            "test",
            "--workspace",
            "--test",
            "fingertips",
            "--test",
            "cameras",
            "--",
            "--ignored",
            "--test-threads",
            "1",
        ])],
    ),
    // Whether cargo-semver-checks, where it is installed, ever asks for more than `cargo xtask diff`.
    step(
        "semver",
        &[Cargo(&[
            "test",
            "--workspace",
            "--test",
            "semver",
            "--",
            "--ignored",
            "--nocapture",
        ])],
    ),
    // Each crate from its package alone, as a user gets it.
    step(
        PACKAGE,
        &[Cargo(&[
            "package",
            "--workspace",
            "--exclude",
            "xtask",
            "--exclude",
            "rhombus-kisi-tests",
            "--allow-dirty",
            "--quiet",
        ])],
    ),
    // That the targets build; `fuzz/README.md` says how to run them.
    Step {
        name: "fuzz",
        commands: &[Cargo(&[
            "check",
            "--quiet",
            "--manifest-path",
            "fuzz/Cargo.toml",
            "--target-dir",
            "target",
        ])],
        environment: &[("RUSTFLAGS", "--cfg fuzzing -D warnings")],
    },
];

/// Runs `cargo xtask ci`.
///
/// # Errors
/// [`Error::Io`] where a step's program cannot be started.
pub fn run(args: &Args) -> Result<ExitCode> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap_or(Path::new("."));
    let chosen = |name: &str| args.only.as_deref().is_none_or(|only| name.contains(only));
    let mut failed = Vec::new();
    for step in STEPS.iter().filter(|step| chosen(step.name)) {
        let start = Instant::now();
        let mut passed = true;
        if step.name == PACKAGE {
            forget_packages();
        }
        for run in step.commands.iter().flat_map(|run| run.here(step.name)) {
            println!("== {}: {}", step.name, run.line());
            let (program, arguments) = run.command()?;
            let status = Command::new(&program)
                .args(arguments)
                .envs(step.environment.iter().copied())
                .current_dir(root)
                .status()
                .map_err(|source| Error::Io {
                    file: program,
                    action: "start it",
                    source,
                })?;
            passed &= status.success();
        }
        println!(
            "== {}: {} after {} s",
            step.name,
            if passed { "passed" } else { "FAILED" },
            start.elapsed().as_secs()
        );
        if !passed {
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

/// Whether cargo-hack is installed.
fn has_hack() -> bool {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let asked = Command::new(cargo).args(["hack", "--version"]).output();
    asked.is_ok_and(|output| output.status.success())
}

impl Run {
    /// The commands of it that can run here; a line says where they are others.
    fn here(&self, step: &str) -> Vec<&Self> {
        match self {
            Hack(_, instead) if !has_hack() => {
                println!(
                    "== {step}: cargo-hack is not installed, so that each feature is checked alone and no pair of them"
                );
                instead.iter().collect()
            }
            run => vec![run],
        }
    }

    /// The command as one types it.
    fn line(&self) -> String {
        let (before, arguments) = match self {
            Cargo(arguments) | Hack(arguments, _) => ("cargo".to_owned(), *arguments),
            Xtask(arguments) => ("cargo xtask".to_owned(), *arguments),
            Built(name, arguments) => ((*name).to_owned(), *arguments),
        };
        format!("{before} {}", arguments.join(" "))
    }

    /// The program and its arguments.
    fn command(&self) -> Result<(PathBuf, &'static [&'static str])> {
        let own = || {
            std::env::current_exe().map_err(|source| Error::Io {
                file: "xtask".into(),
                action: "find it",
                source,
            })
        };
        Ok(match self {
            Cargo(arguments) | Hack(arguments, _) => (
                std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()).into(),
                arguments,
            ),
            Xtask(arguments) => (own()?, arguments),
            Built(name, arguments) => {
                let file = format!("{name}{}", std::env::consts::EXE_SUFFIX);
                (own()?.with_file_name(file), arguments)
            }
        })
    }
}

/// Removes what cargo unpacked of the workspace's packages in an earlier run.
///
/// `cargo package` builds against a registry in the target directory and unpacks from it once for each name and version:
/// without this, a change between two releases is checked against the packages of an earlier run.
fn forget_packages() {
    let home = std::env::var_os("CARGO_HOME").map(PathBuf::from);
    let Some(home) = home.or_else(|| std::env::home_dir().map(|home| home.join(".cargo"))) else {
        return;
    };
    for registry in entries(&home.join("registry/src")) {
        // A registry in a folder has no host, so that the name of its cache starts with the dash before the hash.
        if !name(&registry).starts_with('-') {
            continue;
        }
        for package in entries(&registry) {
            if name(&package).starts_with("rhombus-kisi") {
                // What stays is seen by the step itself.
                let _ = std::fs::remove_dir_all(package);
            }
        }
    }
}

fn entries(folder: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
    entries.map(|entry| entry.path()).collect()
}

fn name(path: &Path) -> std::borrow::Cow<'_, str> {
    path.file_name().unwrap_or_default().to_string_lossy()
}
