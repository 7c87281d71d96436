//! A crate for another part of the API, from the document to a program that uses it together with the SDK.
//!
//! The test makes a copy of the workspace and has cargo build in it: minutes, so that `cargo xtask ci` runs it and
//! `cargo test` does not. The copy is that of `fingertips`, so that little is built twice.
#![allow(clippy::unwrap_used, reason = "a test has to stop where its own documents are wrong")]

mod support;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use xtask::commands::copy::Copy;

/// Runs a command, and returns what it says.
fn run(command: &mut Command) -> String {
    let output = command.output().unwrap();
    let said = support::said(&output);
    assert!(output.status.success(), "{command:?}:\n{said}");
    said
}

/// Generates the crate for cameras and locations, with the SDK from `sdk`.
fn generate(root: &Path, out: &Path, sdk: &str) -> String {
    let mut xtask = Command::new(env!("CARGO_BIN_EXE_xtask"));
    xtask.args([
        "generate",
        "--name",
        "rhombus-cameras",
        "--httpmock",
        "--license",
        "MIT OR Apache-2.0",
        "--spec",
    ]);
    xtask.arg(support::fixture("cameras.yaml"));
    xtask.args([
        "--tag",
        "Location Webservice",
        "--operations",
        "getMinimal*",
        "--repeat",
        "get*",
        "--rules",
    ]);
    xtask.arg(root.join("spec/api.toml"));
    run(xtask.args(["--sdk", sdk, "--root"]).arg(root).arg("--out").arg(out))
}

/// A program that uses the crate and the SDK, whose manifest has these dependencies on the SDK.
fn program(folder: &Path, sdk: &str) {
    let manifest = format!(
        "[package]\nname = \"map-cameras\"\nversion = \"0.1.0\"\nedition = \"2024\"\npublish = false\n\n[dependencies]\n{sdk}\
         rhombus-cameras = {{ path = \"../cameras\" }}\nrhombus-cameras-httpmock = {{ path = \"../cameras/httpmock\" }}\nserde_json = \"1\"\n\
         tokio = {{ version = \"1\", features = [\"macros\", \"rt-multi-thread\"] }}\n"
    );
    fs::create_dir_all(folder.join("src")).unwrap();
    fs::write(folder.join("Cargo.toml"), manifest).unwrap();
    fs::copy(support::fixture("map_cameras.rs"), folder.join("src/main.rs")).unwrap();
}

#[test]
#[ignore = "builds a copy of the workspace: `cargo xtask ci` runs it"]
fn a_crate_for_cameras_maps_them_to_doors() {
    let root = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("..");
    let copy = Copy::of(&root, &root.join("target/fingertips")).unwrap();
    let root = copy.root().canonicalize().unwrap();
    let manifest = fs::read_to_string(root.join("Cargo.toml")).unwrap();
    let members = manifest.replace(
        "members = [",
        "members = [\"cameras\", \"cameras/httpmock\", \"map-cameras\", ",
    );
    fs::write(root.join("Cargo.toml"), members).unwrap();
    program(
        &root.join("map-cameras"),
        "rhombus-kisi = { path = \"../sdk/kisi\" }\nrhombus-kisi-httpmock = { path = \"../sdk/httpmock\" }\n",
    );
    let said = generate(&root, &root.join("cameras"), "path");
    assert!(
        said.contains("2 operations") && !said.contains("left out  ") && !said.contains("warning: cargo"),
        "{said}"
    );

    // Used with the SDK in one program.
    // Of the workspace, not of the package, whose dependencies would be built once more, with fewer features.
    let said = run(copy
        .cargo()
        .args(["run", "--quiet", "--offline", "--bin", "map-cameras"]));
    assert!(said.contains("1 cameras mapped"), "{said}");
    // Documented without a warning.
    let crates = ["-p", "rhombus-cameras", "-p", "rhombus-cameras-httpmock"];
    run(copy
        .cargo()
        .env("RUSTDOCFLAGS", "-D warnings")
        .args(["doc", "--quiet", "--offline", "--no-deps"])
        .args(crates));
    // Packaged, and what it depends on with it, as long as that is in no registry.
    let sdk = [
        "rhombus-kisi",
        "rhombus-kisi-client",
        "rhombus-kisi-httpmock",
        "rhombus-kisi-runtime",
    ];
    let sdk = sdk.iter().flat_map(|name| ["-p", name]);
    run(copy
        .cargo()
        .args(["package", "--quiet", "--offline", "--allow-dirty", "--no-verify"])
        .args(crates)
        .args(sdk));
    let package = copy.root().join("target/package/rhombus-cameras-0.1.0.crate");
    assert!(package.is_file(), "{}", package.display());
}

/// A home for cargo that shares the real one's registries, so that a repository that is here for a moment leaves no trace there.
#[cfg(unix)]
fn home(folder: &Path) -> PathBuf {
    let real = std::env::var_os("CARGO_HOME").map(PathBuf::from);
    let real = real.unwrap_or_else(|| std::env::home_dir().unwrap().join(".cargo"));
    let home = folder.join("home");
    fs::create_dir(&home).unwrap();
    for shared in ["registry", "config.toml"]
        .into_iter()
        .filter(|shared| real.join(shared).exists())
    {
        std::os::unix::fs::symlink(real.join(shared), home.join(shared)).unwrap();
    }
    home
}

/// The SDK and the crate name one revision of one repository: cargo then takes them for one SDK.
#[cfg(unix)]
#[test]
#[ignore = "makes a repository of a copy of the workspace: `cargo xtask ci` runs it"]
fn the_sdk_from_one_git_revision_is_one_sdk() {
    let root = PathBuf::from(env!("CARGO_MANIFEST_DIR"))
        .join("..")
        .canonicalize()
        .unwrap();
    let folder = tempfile::tempdir().unwrap();
    let copy = Copy::of(&root, &folder.path().join("sdk.git")).unwrap();
    let git = |arguments: &[&str]| {
        let name = [
            "-c",
            "user.name=a",
            "-c",
            "user.email=a@a.example",
            "-c",
            "commit.gpgsign=false",
        ];
        run(Command::new("git").args(name).args(arguments).current_dir(copy.root()))
    };
    git(&["init", "--quiet"]);
    git(&["add", "--all"]);
    git(&["commit", "--quiet", "--message", "All of it"]);
    let rev = git(&["rev-parse", "HEAD"]).trim().to_owned();
    let url = format!("file://{}", copy.root().display());

    let mine = folder.path().join("mine");
    let source = format!("git = \"{url}\", rev = \"{rev}\"");
    program(
        &mine.join("map-cameras"),
        &format!("rhombus-kisi = {{ {source} }}\nrhombus-kisi-httpmock = {{ {source} }}\n"),
    );
    generate(&root, &mine.join("cameras"), &format!("git={url}#{rev}"));
    fs::write(
        mine.join("Cargo.toml"),
        "[workspace]\nresolver = \"3\"\nmembers = [\"cameras\", \"cameras/httpmock\", \"map-cameras\"]\n",
    )
    .unwrap();
    fs::copy(root.join("Cargo.lock"), mine.join("Cargo.lock")).unwrap();
    let mut cargo = copy.cargo();
    cargo.args([
        "tree",
        "--quiet",
        "-p",
        "map-cameras",
        "--edges",
        "normal",
        "--prefix",
        "none",
        "--no-dedupe",
    ]);
    let tree = run(cargo.env("CARGO_HOME", home(folder.path())).current_dir(&mine));
    let mut runtimes: Vec<&str> = tree
        .lines()
        .filter(|line| line.starts_with("rhombus-kisi-runtime "))
        .collect();
    runtimes.sort_unstable();
    runtimes.dedup();
    assert_eq!(runtimes.len(), 1, "{runtimes:?}");
    assert!(runtimes.concat().contains(&rev[..7]), "{runtimes:?}");
}
