//! `cargo xtask public-api`: the public API of each crate as a list, which a change shows in review.

use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode, Output};

use similar::TextDiff;

use super::ci::missing;
use crate::{Error, Result};

/// Arguments of `cargo xtask public-api`.
#[derive(Clone, Debug, Default, clap::Args)]
#[non_exhaustive]
pub struct Args {
    /// Write the lists instead of comparing with them
    #[arg(long)]
    pub update: bool,
}

/// The crates that users name, and the features that their lists are made with: all but `native-tls`, which needs the platform's headers.
const CRATES: [(&str, &str); 5] = [
    ("rhombus-kisi", SHOWN),
    ("rhombus-kisi-client", "schemars"),
    ("rhombus-kisi-fake", ""),
    ("rhombus-kisi-httpmock", ""),
    ("rhombus-kisi-runtime", "schemars"),
];

/// The features of `rhombus-kisi` that have something public.
const SHOWN: &str = "blocking,diagnose,directory,file,gzip,http2,metrics,migrate,oauth,schemars,socks,tower,tracing";

/// Where the lists are, below the workspace's folder.
const LISTS: &str = "tests/public-api";

/// What it asks for, and how it is installed.
const NEEDS: &str = "nightly Rust and cargo-public-api are needed: run `rustup toolchain install nightly --profile minimal` and \
                     `cargo install --locked cargo-public-api@0.52.0`";

/// Runs `cargo xtask public-api`.
///
/// # Errors
/// [`Error::Io`] where cargo cannot be started, or a list not be read or written.
pub fn run(args: &Args) -> Result<ExitCode> {
    let root = super::workspace();
    if !has_tools(&root)? {
        // Without them nothing can be updated, allowed or not.
        let skipped = missing("public-api", NEEDS) && !args.update;
        return Ok(if skipped { ExitCode::SUCCESS } else { ExitCode::FAILURE });
    }
    let mut same = true;
    for (name, features) in CRATES {
        let output = list(&root, name, features)?;
        if !output.status.success() {
            eprintln!("{name}: {}", String::from_utf8_lossy(&output.stderr).trim_end());
            return Ok(ExitCode::FAILURE);
        }
        let now = String::from_utf8_lossy(&output.stdout).into_owned();
        let file = root.join(LISTS).join(format!("{name}.txt"));
        if args.update {
            write(&file, &now)?;
            println!("{name}: {} lines", now.lines().count());
            continue;
        }
        let before = read(&file)?;
        for line in differences(&before, &now) {
            same = false;
            println!("{name}: {line}");
        }
    }
    if same {
        return Ok(ExitCode::SUCCESS);
    }
    println!(
        "the public API has changed: if that is meant, run `cargo xtask public-api --update` and look at the lists in {LISTS}"
    );
    Ok(ExitCode::FAILURE)
}

/// The lines that one list has and the other has not.
fn differences(before: &str, now: &str) -> Vec<String> {
    let diff = TextDiff::from_lines(before, now);
    let changes = diff
        .iter_all_changes()
        .filter(|change| change.tag() != similar::ChangeTag::Equal);
    changes
        .map(|change| format!("{}{}", change.tag(), change.value().trim_end()))
        .collect()
}

fn has_tools(root: &Path) -> Result<bool> {
    let nightly = cargo(root, &["+nightly", "--version"])?;
    Ok(nightly.status.success() && cargo(root, &["public-api", "--version"])?.status.success())
}

fn list(root: &Path, name: &str, features: &str) -> Result<Output> {
    // Neither blanket nor automatic nor derived implementations, which say nothing of what somebody wrote.
    let mut arguments = vec!["+nightly", "public-api", "--color", "never", "-sss", "--package", name];
    if !features.is_empty() {
        arguments.extend(["--features", features]);
    }
    cargo(root, &arguments)
}

/// Runs cargo as rustup gives it: the one that runs this program is of one toolchain alone, and takes no `+nightly`.
fn cargo(root: &Path, arguments: &[&str]) -> Result<Output> {
    Command::new("cargo")
        .args(arguments)
        .current_dir(root)
        .env_remove("CARGO")
        .env_remove("RUSTUP_TOOLCHAIN")
        .env_remove("RUSTFLAGS")
        .output()
        .map_err(|source| Error::Io {
            file: "cargo".into(),
            action: "start it",
            source,
        })
}

/// The list that there is; none is an empty one.
fn read(file: &Path) -> Result<String> {
    match std::fs::read_to_string(file) {
        Ok(text) => Ok(text.replace("\r\n", "\n")),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(String::new()),
        Err(source) => Err(Error::Io {
            file: file.to_owned(),
            action: "read it",
            source,
        }),
    }
}

fn write(file: &Path, text: &str) -> Result<()> {
    let folder = file.parent().map(PathBuf::from).unwrap_or_default();
    let written = std::fs::create_dir_all(folder).and_then(|()| std::fs::write(file, text));
    written.map_err(|source| Error::Io {
        file: file.to_owned(),
        action: "write it",
        source,
    })
}

#[cfg(test)]
mod tests {
    use super::differences;

    #[test]
    fn what_is_new_and_what_is_gone_is_told() {
        let before = "pub mod a\npub fn a::b()\n";
        assert!(differences(before, before).is_empty());
        assert_eq!(
            differences(before, "pub mod a\npub fn a::b() -> u8\n"),
            ["-pub fn a::b()", "+pub fn a::b() -> u8"]
        );
        assert_eq!(differences("", before).len(), 2);
    }
}
