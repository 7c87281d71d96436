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
    /// List the steps and their commands, and run none
    #[arg(long)]
    pub list: bool,
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
    /// Of a tool that is not made of Rust's: it is installed by `.ci/run`, or by whoever runs the step.
    Tool(&'static str, &'static [&'static str]),
}
use Run::{Built, Cargo, Hack, Tool, Xtask};

/// Where `.ci/run` installs tools, below the workspace's folder. They go before those of `PATH`.
const TOOLS: &str = if cfg!(windows) {
    "target/ci-tools/Scripts"
} else {
    "target/ci-tools/bin"
};

const fn step(name: &'static str, commands: &'static [Run]) -> Step {
    Step {
        name,
        commands,
        environment: &[],
    }
}

/// Every feature but the platform's own TLS, which needs the platform's headers.
const FEATURES: &str = "rhombus-kisi/blocking,rhombus-kisi/diagnose,rhombus-kisi/directory,rhombus-kisi/file,rhombus-kisi/gzip,rhombus-kisi/http2,rhombus-kisi/metrics,rhombus-kisi/migrate,rhombus-kisi/oauth,rhombus-kisi/schemars,rhombus-kisi/tower,rhombus-kisi/tracing";

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
const STEPS: &[Step] = &[
    step("fmt", &[Cargo(&["fmt", "--all", "--check"])]),
    step("typos", &[Tool("typos", &[])]),
    // Whether GitHub can read the workflows, and what somebody else could make of them.
    step(
        "workflows",
        &[
            Tool(
                "check-jsonschema",
                &[
                    "--builtin-schema",
                    "vendor.github-workflows",
                    ".github/workflows/ci.yml",
                    ".github/workflows/refresh.yml",
                    ".github/workflows/release.yml",
                    ".github/workflows/fuzz.yml",
                    ".github/workflows/audit.yml",
                ],
            ),
            Tool("zizmor", &["--offline", "--quiet", ".github/workflows"]),
        ],
    ),
    // That each link of a page leads to a file; of those to items, rustdoc looks after.
    step("links", &[Cargo(&["test", "--workspace", "--test", "house", "link"])]),
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
                alone!("metrics"),
                alone!("oauth"),
                alone!("tower"),
                alone!("tracing"),
            ],
        )],
        environment: &[],
    },
    // Five times as many cases as `cargo test` tries by default.
    Step {
        name: "test",
        commands: &[Cargo(&["test", "--workspace"])],
        environment: &[("RHOMBUS_CASES", "5"), ("PROPTEST_CASES", "1280")],
    },
    step(
        "examples",
        &[
            Cargo(&["build", "--quiet", "--workspace", "--bins", "--examples"]),
            Built("examples/diagnose", &[]),
            Built("examples/match_errors", &[]),
            Built("examples/migrate_to_v2", &[]),
            Built("examples/names", &[]),
            Built("examples/nightly_sync", &[]),
            Built("examples/review_plan", &[]),
            Built("examples/settings_file", &[]),
            Built("examples/two_writers", &[]),
            Built("examples/unlock_door", &[]),
            Built("examples/update_kisi_integration", &[]),
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
    // Whether the public API is the one that was looked at: it asks for nightly Rust and cargo-public-api.
    step("public-api", &[Xtask(&["public-api"])]),
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
    if args.list {
        for step in STEPS.iter().filter(|step| chosen(step.name)) {
            println!("{}", step.name);
            for run in step.commands {
                println!("    {}", run.line());
            }
        }
        return Ok(ExitCode::SUCCESS);
    }
    let mut failed = Vec::new();
    for step in STEPS.iter().filter(|step| chosen(step.name)) {
        let start = Instant::now();
        let mut passed = true;
        if step.name == PACKAGE {
            forget_packages();
        }
        for run in step.commands.iter().flat_map(|run| run.here(step.name)) {
            println!("== {}: {}", step.name, run.line());
            let (program, arguments) = run.command(root)?;
            let status = Command::new(&program)
                .args(arguments)
                .envs(step.environment.iter().copied())
                .current_dir(root)
                .status();
            passed &= match status {
                Ok(status) => status.success(),
                Err(error) if error.kind() == std::io::ErrorKind::NotFound && matches!(run, Tool(..)) => missing(
                    step.name,
                    &format!("{0} is not installed: run `pip install {0}`", program.display()),
                ),
                Err(source) => {
                    return Err(Error::Io {
                        file: program,
                        action: "start it",
                        source,
                    });
                }
            };
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

/// Says that a step cannot run here, and returns whether that is allowed.
pub(super) fn missing(step: &str, reason: &str) -> bool {
    let allowed = std::env::var_os("RHOMBUS_CI_ALLOW_SKIP").is_some_and(|value| value == "1");
    match allowed {
        true => println!("== {step}: SKIPPED, {reason}"),
        false => println!("== {step}: {reason} (RHOMBUS_CI_ALLOW_SKIP=1 goes on without it)"),
    }
    allowed
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
            Built(name, arguments) | Tool(name, arguments) => ((*name).to_owned(), *arguments),
        };
        format!("{before} {}", arguments.join(" ")).trim_end().to_owned()
    }

    /// The program and its arguments.
    fn command(&self, root: &Path) -> Result<(PathBuf, &'static [&'static str])> {
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
            Tool(name, arguments) => {
                let installed = root.join(TOOLS).join(format!("{name}{}", std::env::consts::EXE_SUFFIX));
                let program = Some(installed).filter(|file| file.exists());
                (program.unwrap_or_else(|| name.into()), arguments)
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

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::{Built, STEPS, Tool};

    /// The files of a folder of the workspace, by their names up to the last dot.
    fn files(folder: &str, extension: &str) -> BTreeSet<String> {
        let paths = super::entries(&super::super::workspace().join(folder)).into_iter();
        let paths = paths.filter(|path| path.extension().is_some_and(|own| own == extension));
        paths
            .map(|path| path.file_stem().unwrap().to_string_lossy().into_owned())
            .collect()
    }

    #[test]
    fn every_example_that_ends_is_run() {
        let runs = STEPS.iter().flat_map(|step| step.commands);
        let run: BTreeSet<_> = runs
            .filter_map(|run| match run {
                Built(name, _) => name.strip_prefix("examples/").map(str::to_owned),
                _ => None,
            })
            .collect();
        let mut all = files("sdk/kisi/examples", "rs");
        // Some talk to the real server, one is a service. Tests run them.
        for elsewhere in ["doors", "list_doors", "record", "web_service"] {
            assert!(all.remove(elsewhere), "{elsewhere}");
        }
        assert_eq!(run, all);
    }

    #[test]
    fn every_workflow_is_checked() {
        let runs = STEPS.iter().flat_map(|step| step.commands);
        let checked: BTreeSet<_> = runs
            .filter_map(|run| match run {
                Tool("check-jsonschema", arguments) => Some(*arguments),
                _ => None,
            })
            .flatten()
            .filter_map(|argument| {
                Some(
                    argument
                        .strip_prefix(".github/workflows/")?
                        .strip_suffix(".yml")?
                        .to_owned(),
                )
            })
            .collect();
        let all = files(".github/workflows", "yml");
        assert!(all.len() >= 5 && checked == all, "{checked:?} {all:?}");
    }
}
