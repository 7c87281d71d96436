//! A generated crate as a part of somebody's project: its manifest, its neighbours, its workspace.
#![allow(clippy::unwrap_used, reason = "a test has to stop where its own documents are wrong")]

mod support;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use support::said;
use tempfile::TempDir;

/// A folder with a document in it.
fn folder() -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    fs::copy(support::fixture("doors.yaml"), folder.path().join("doors.yaml")).unwrap();
    folder
}

/// Runs `cargo xtask generate` in a folder for its document.
fn generate(folder: &Path, arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_xtask"))
        .args(["generate", "--spec", "doors.yaml", "--name", "my-doors"])
        .args(arguments)
        .current_dir(folder)
        .output()
        .unwrap()
}

#[track_caller]
fn generated(folder: &Path, arguments: &[&str]) -> String {
    let output = generate(folder, arguments);
    let said = said(&output);
    assert!(output.status.success(), "{said}");
    said
}

#[track_caller]
fn refused(folder: &Path, arguments: &[&str]) -> String {
    let output = generate(folder, arguments);
    let said = said(&output);
    assert!(!output.status.success(), "{said}");
    said
}

fn manifest(crate_folder: &Path) -> toml::Table {
    toml::from_str(&fs::read_to_string(crate_folder.join("Cargo.toml")).unwrap()).unwrap()
}

/// Every file below a folder, with what it holds.
fn files(folder: &Path) -> Vec<(PathBuf, Vec<u8>)> {
    let mut found = Vec::new();
    let mut pending = vec![folder.to_owned()];
    while let Some(folder) = pending.pop() {
        for entry in fs::read_dir(folder).unwrap().flatten() {
            if entry.file_type().unwrap().is_dir() {
                pending.push(entry.path());
            } else {
                found.push((entry.path(), fs::read(entry.path()).unwrap()));
            }
        }
    }
    found.sort();
    found
}

/// What cargo says of a manifest.
fn metadata(manifest: &Path) -> Result<serde_json::Value, String> {
    let mut cargo = Command::new(std::env::var_os("CARGO").unwrap());
    cargo.args([
        "metadata",
        "--no-deps",
        "--offline",
        "--format-version",
        "1",
        "--manifest-path",
    ]);
    let output = cargo.arg(manifest).output().unwrap();
    match output.status.success() {
        true => Ok(serde_json::from_slice(&output.stdout).unwrap()),
        false => Err(String::from_utf8_lossy(&output.stderr).into_owned()),
    }
}

#[test]
fn a_crate_lives_in_a_workspace_and_alone() {
    let folder = folder();
    let root = folder.path();
    let said = generated(root, &["--out", "alone/doors", "--httpmock"]);
    assert!(!said.contains("warning: cargo"), "{said}");
    assert!(metadata(&root.join("alone/doors/Cargo.toml")).is_ok());

    fs::create_dir_all(root.join("mine/app/src")).unwrap();
    fs::write(root.join("mine/app/src/lib.rs"), "").unwrap();
    let app = "[package]\nname = \"app\"\nversion = \"1.0.0\"\nedition = \"2024\"\n";
    fs::write(root.join("mine/app/Cargo.toml"), app).unwrap();
    fs::write(
        root.join("mine/Cargo.toml"),
        "[workspace]\nresolver = \"3\"\nmembers = [\"app\"]\n",
    )
    .unwrap();
    // Where the workspace does not list it, cargo's own advice is shown.
    let said = generated(root, &["--out", "mine/doors", "--httpmock"]);
    assert!(said.contains("workspace.members"), "{said}");
    let members = "[workspace]\nresolver = \"3\"\nmembers = [\"app\", \"doors\", \"doors/httpmock\"]\n";
    fs::write(root.join("mine/Cargo.toml"), members).unwrap();
    let said = generated(root, &["--out", "mine/doors", "--httpmock"]);
    assert!(said.contains("is up to date") && !said.contains("warning"), "{said}");
    let found = metadata(&root.join("mine/app/Cargo.toml")).unwrap();
    assert_eq!(found["workspace_members"].as_array().unwrap().len(), 3, "{found}");
    // The same crate, moved from alone into the workspace.
    fs::remove_dir_all(root.join("mine/doors")).unwrap();
    fs::rename(root.join("alone/doors"), root.join("mine/doors")).unwrap();
    assert!(metadata(&root.join("mine/doors/Cargo.toml")).is_ok());
}

#[test]
fn the_sdk_comes_by_path_git_or_version() {
    let folder = folder();
    let root = folder.path();
    let sdk = |name: &str, source: &[&str]| {
        let out = format!("deep/er/{name}");
        generated(root, &[&["--out", &out], source].concat());
        let manifest = manifest(&root.join(out));
        (
            manifest["dependencies"]["rhombus-kisi-runtime"].clone(),
            manifest["dependencies"]["rhombus-kisi"].clone(),
        )
    };
    let version = env!("CARGO_PKG_VERSION");

    let (runtime, kisi) = sdk("path", &[]);
    let path = runtime["path"].as_str().unwrap();
    assert!(path.starts_with("..") && path.ends_with("/sdk/runtime"), "{path}");
    assert!(
        root.join("deep/er/path").join(path).join("Cargo.toml").is_file(),
        "{path}"
    );
    assert_eq!(
        (runtime["version"].as_str(), kisi["version"].as_str()),
        (Some(version), Some(version))
    );

    let (runtime, kisi) = sdk("git", &["--sdk", "git=https://git.example/sdk.git#0a1b2c"]);
    for dependency in [runtime, kisi] {
        assert_eq!(dependency["git"].as_str(), Some("https://git.example/sdk.git"));
        assert_eq!(
            (dependency["rev"].as_str(), dependency["version"].as_str()),
            (Some("0a1b2c"), Some(version))
        );
        assert_eq!(dependency.get("path"), None);
    }

    let (runtime, kisi) = sdk("version", &["--sdk", "version=7.1"]);
    assert_eq!(
        (runtime["version"].as_str(), kisi["version"].as_str()),
        (Some("7.1"), Some("7.1"))
    );
    assert_eq!(kisi["default-features"].as_bool(), Some(false));

    for (source, error) in [
        ("svn=a", "git=URL#REV"),
        ("path=/nowhere", "--sdk path=DIR"),
        ("git=", "wants a text"),
    ] {
        let said = refused(root, &["--out", "none", "--sdk", source]);
        assert!(said.contains(error), "{said}");
    }
    assert!(!root.join("none").exists());
}

#[test]
fn a_license_and_a_repository_are_the_crates_if_given() {
    let folder = folder();
    let root = folder.path();
    let given = [
        "--license",
        "MIT OR \"Apache-2.0\"",
        "--repository",
        "https://git.example/doors",
    ];
    generated(root, &[&["--out", "given", "--httpmock"], &given[..]].concat());
    for place in ["given", "given/httpmock"] {
        let package = manifest(&root.join(place))["package"].clone();
        assert_eq!(package["license"].as_str(), Some("MIT OR \"Apache-2.0\""));
        assert_eq!(package["repository"].as_str(), Some("https://git.example/doors"));
        assert_eq!(
            (package.get("publish"), package["readme"].as_str()),
            (None, Some("README.md"))
        );
    }
    generated(root, &["--out", "without"]);
    let package = manifest(&root.join("without"))["package"].clone();
    assert_eq!(
        (package.get("license"), package["publish"].as_bool()),
        (None, Some(false))
    );
}

#[test]
fn a_manifest_is_its_owners_once_it_is_written() {
    let folder = folder();
    let root = folder.path();
    generated(root, &["--out", "doors", "--httpmock"]);
    let file = root.join("doors/Cargo.toml");
    let edited = fs::read_to_string(&file)
        .unwrap()
        .replace("0.1.0\"\nedition", "3.2.1\"\nedition")
        + "log = \"0.4\"\n";
    fs::write(&file, &edited).unwrap();
    let said = generated(
        root,
        &["--out", "doors", "--httpmock", "--license", "MIT", "--sdk", "version"],
    );
    assert!(!said.contains("warning"), "{said}");
    assert_eq!(fs::read_to_string(&file).unwrap(), edited);

    // What the code needs and the manifest lacks is said, and `--check` fails.
    let lacking: String = edited
        .lines()
        .filter(|line| !line.starts_with("rhombus-kisi-runtime"))
        .map(|line| format!("{line}\n"))
        .collect();
    fs::write(&file, &lacking).unwrap();
    let said = generated(root, &["--out", "doors", "--httpmock"]);
    assert!(said.contains("it lacks `rhombus-kisi-runtime = {"), "{said}");
    refused(root, &["--out", "doors", "--httpmock", "--check"]);
    assert_eq!(fs::read_to_string(&file).unwrap(), lacking);
    // The mock crate of an earlier run stays, and is spoken of.
    let said = generated(root, &["--out", "doors"]);
    assert!(
        said.contains("add --httpmock, or delete it") && root.join("doors/httpmock/src/lib.rs").exists(),
        "{said}"
    );
}

#[test]
fn what_is_not_generated_is_safe() {
    let folder = folder();
    let root = folder.path();
    let other = root.join("other");
    fs::create_dir_all(other.join("src")).unwrap();
    let manifest = "[package]\nname = \"other\"\nversion = \"1.0.0\"\n";
    fs::write(other.join("Cargo.toml"), manifest).unwrap();
    fs::write(other.join("src/lib.rs"), "// mine\n").unwrap();
    let before = files(&other);
    assert!(refused(root, &["--out", "other"]).contains("the crate `other`, not of `my-doors`"));
    // Of the same name, but written by hand.
    fs::write(other.join("Cargo.toml"), manifest.replace("other", "my-doors")).unwrap();
    assert!(refused(root, &["--out", "other"]).contains("src/lib.rs: it was not generated here"));
    fs::write(other.join("Cargo.toml"), "[workspace]\n").unwrap();
    assert!(refused(root, &["--out", "other"]).contains("of no crate"));
    fs::write(other.join("Cargo.toml"), manifest).unwrap();
    assert_eq!(files(&other), before);
}

#[cfg(unix)]
#[test]
fn what_is_not_generated_is_safe_behind_links() {
    use std::os::unix::fs::symlink;

    let folder = folder();
    let root = folder.path();
    let other = root.join("other");
    fs::create_dir_all(other.join("src")).unwrap();
    fs::write(
        other.join("Cargo.toml"),
        "[package]\nname = \"other\"\nversion = \"1.0.0\"\n",
    )
    .unwrap();
    fs::write(other.join("src/lib.rs"), "// mine\n").unwrap();
    let before = files(&other);
    symlink(&other, root.join("link")).unwrap();
    refused(root, &["--out", "link"]);
    for (place, target) in [
        ("src", "src"),
        ("Cargo.toml", "Cargo.toml"),
        ("httpmock", ""),
        ("README.md", "new"),
    ] {
        let out = root.join(format!("with-{place}"));
        fs::create_dir(&out).unwrap();
        symlink(other.join(target), out.join(place)).unwrap();
        let said = refused(root, &["--out", out.to_str().unwrap(), "--httpmock"]);
        assert!(said.contains("it is a link"), "{place}: {said}");
        assert_eq!(fs::read_dir(&out).unwrap().count(), 1, "{place}");
    }
    assert_eq!(files(&other), before);
    // A folder of ours behind a link is ours, and the SDK is found from where it really is.
    fs::create_dir_all(root.join("deep/er/real")).unwrap();
    symlink(root.join("deep/er/real"), root.join("ours")).unwrap();
    generated(root, &["--out", "ours"]);
    let path = manifest(&root.join("deep/er/real"))["dependencies"]["rhombus-kisi"]["path"].clone();
    assert!(
        root.join("deep/er/real")
            .join(path.as_str().unwrap())
            .join("Cargo.toml")
            .is_file(),
        "{path}"
    );
}

/// What the constants of the operations say of repeating them, by id.
fn repeats(crate_folder: &Path) -> Vec<(String, String)> {
    let text = fs::read_to_string(crate_folder.join("src/operations.rs")).unwrap();
    let text: String = text.split_whitespace().collect();
    let constants = text.split("Operation::new(").skip(1);
    let mut found: Vec<_> = constants
        .map(|constant| {
            let id = constant.split('"').nth(1).unwrap().to_owned();
            let repeat = constant.split("Repeat::").nth(1).unwrap().split(';').next().unwrap();
            let repeat = repeat.split(".accept(").next().unwrap();
            (id, repeat.replace([',', ')', '('], ""))
        })
        .collect();
    found.sort();
    found
}

#[test]
fn operations_are_chosen_and_said_to_be_safe_by_id_pattern_and_tag() {
    let folder = folder();
    let root = folder.path();
    let all: Vec<String> = {
        generated(root, &["--out", "all"]);
        repeats(&root.join("all")).into_iter().map(|(id, _)| id).collect()
    };
    let (first, second) = (all[0].clone(), all[1].clone());
    let both = format!("{first},{second}");
    let two = |repeat: &str| generated(root, &["--out", "two", "--operations", &both, "--repeat", repeat]);
    let said = two(&format!("*,{second}=never"));
    assert!(said.contains("my-doors: 2 operations"), "{said}");
    assert_eq!(
        repeats(&root.join("two")),
        [
            (first.clone(), "Safe.read_only".to_owned()),
            (second.clone(), "Never".to_owned())
        ]
    );
    // The rules beside the document are taken without being named, and `--repeat` goes before them.
    let rules =
        format!("[operations]\n\"*\" = {{ repeat = \"safe\" }}\n{second} = {{ read = true }}\nopenNothing = {{}}\n");
    fs::write(root.join("api.toml"), rules).unwrap();
    let said = two(&format!("{second}=never"));
    assert!(
        said.contains("rules of api.toml") && said.contains("no operation `openNothing`"),
        "{said}"
    );
    assert_eq!(
        repeats(&root.join("two")),
        [(first.clone(), "Safe".to_owned()), (second.clone(), "Never".to_owned())]
    );
    for (arguments, error) in [
        (["--operations", "nothing*"], "no operation fits `nothing*`"),
        (["--tag", "Nothing"], "no operation has the tag `Nothing`"),
        (["--repeat", "nothing"], "no operation fits --repeat `nothing`"),
        (["--repeat", "*=often"], "`often` is none of"),
    ] {
        let said = refused(root, &[&["--out", "none"], &arguments[..]].concat());
        assert!(said.contains(error), "{said}");
    }
}
