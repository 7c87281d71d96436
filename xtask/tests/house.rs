//! What whoever depends on the SDK, or carries it on, finds: versions, manifests, pages and their links.
#![allow(clippy::unwrap_used, reason = "a test has to stop where the workspace is wrong")]

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap().to_owned()
}

fn read(path: &str) -> String {
    fs::read_to_string(root().join(path)).unwrap()
}

/// What cargo knows of the workspace with all features on, which is of more packages than with any other choice.
fn metadata() -> Value {
    let output = Command::new(env!("CARGO"))
        .args([
            "metadata",
            "--format-version",
            "1",
            "--locked",
            "--offline",
            "--all-features",
        ])
        .current_dir(root())
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice(&output.stdout).unwrap()
}

/// The workspace's packages below `sdk/`.
fn sdk(metadata: &Value) -> Vec<&Value> {
    let sdk = root().join("sdk");
    let packages = metadata["packages"].as_array().unwrap().iter();
    let sdk: Vec<_> = packages
        .filter(|package| Path::new(package["manifest_path"].as_str().unwrap()).starts_with(&sdk))
        .collect();
    assert!(sdk.len() >= 6, "{sdk:?}");
    sdk
}

/// A version's numbers.
fn numbers(version: &str) -> [u64; 3] {
    let mut parts = version.split('.').map(|part| part.parse().unwrap());
    [(); 3].map(|()| parts.next().unwrap_or_default())
}

/// The packages that a user of `package` builds: its normal dependencies and their build scripts', and so on.
fn built_with<'a>(metadata: &'a Value, package: &'a Value) -> BTreeSet<&'a str> {
    let nodes = metadata["resolve"]["nodes"].as_array().unwrap().iter();
    let nodes: BTreeMap<_, _> = nodes.map(|node| (node["id"].as_str().unwrap(), node)).collect();
    let mut pending = vec![package["id"].as_str().unwrap()];
    let mut seen = BTreeSet::new();
    while let Some(id) = pending.pop() {
        if !seen.insert(id) {
            continue;
        }
        for dependency in nodes[id]["deps"].as_array().unwrap() {
            let mut kinds = dependency["dep_kinds"].as_array().unwrap().iter();
            if kinds.any(|kind| kind["kind"] != "dev") {
                pending.push(dependency["pkg"].as_str().unwrap());
            }
        }
    }
    seen
}

#[test]
fn no_dependency_asks_for_a_later_rust_than_the_sdk() {
    let metadata = metadata();
    let packages = metadata["packages"].as_array().unwrap().iter();
    let by_id: BTreeMap<_, _> = packages.map(|one| (one["id"].as_str().unwrap(), one)).collect();
    let mut later = BTreeSet::new();
    let mut stated = BTreeSet::new();
    for package in sdk(&metadata) {
        let own = package["rust_version"].as_str().unwrap();
        stated.insert(own);
        for id in built_with(&metadata, package) {
            let dependency = by_id[id];
            let asks = dependency["rust_version"].as_str().unwrap_or("1.0");
            if numbers(asks) > numbers(own) {
                later.insert(format!(
                    "{} asks for {asks}, {} for {own}",
                    dependency["name"], package["name"]
                ));
            }
        }
    }
    assert!(later.is_empty(), "{later:#?}");
    let [stated] = stated.into_iter().collect::<Vec<_>>()[..] else {
        panic!("the SDK's crates ask for different versions of Rust");
    };
    assert!(
        read("README.md").contains(&format!("Rust {stated}")),
        "README does not state {stated}"
    );
}

#[test]
fn every_package_says_what_it_is() {
    let metadata = metadata();
    for package in sdk(&metadata) {
        let name = package["name"].as_str().unwrap();
        for field in ["description", "license", "readme"] {
            assert!(package[field].is_string(), "{name} has no {field}");
        }
        let counts = ["keywords", "categories"].map(|field| package[field].as_array().unwrap().len());
        assert!(
            (1..=5).contains(&counts[0]) && (1..=5).contains(&counts[1]),
            "{name}: {counts:?}"
        );
        // There is no address to give; RELEASING.md says what to do when there is one.
        assert!(package["repository"].is_null(), "{name}");
        let is_library = package["targets"]
            .as_array()
            .unwrap()
            .iter()
            .any(|target| target["kind"][0] == "lib");
        if is_library {
            assert_eq!(package["documentation"], format!("https://docs.rs/{name}"), "{name}");
        }
    }
}

/// docs.rs shows every feature, but for the one that would take another's place.
#[test]
fn the_documentation_has_every_feature() {
    let metadata = metadata();
    for package in sdk(&metadata) {
        let features = package["features"].as_object().unwrap();
        let shown = &package["metadata"]["docs"]["rs"];
        if features.is_empty() || shown["all-features"] == true {
            continue;
        }
        let default = features.get("default").and_then(Value::as_array);
        let shown = shown["features"].as_array().into_iter().chain(default).flatten();
        let shown: BTreeSet<_> = shown.map(|feature| feature.as_str().unwrap()).collect();
        let all = features.keys().map(String::as_str);
        let all: BTreeSet<_> = all.filter(|name| !["default", "native-tls"].contains(name)).collect();
        assert_eq!(shown, all, "{}", package["name"]);
    }
}

#[test]
fn the_readme_is_short_and_leads_to_every_page_of_the_guide() {
    let readme = read("README.md");
    assert!(readme.lines().count() <= 120, "{} lines", readme.lines().count());
    let guide = "sdk/kisi/src/guide";
    let module = read(&format!("{guide}/mod.rs"));
    let mut pages = 0;
    for entry in fs::read_dir(root().join(guide)).unwrap() {
        let file = entry.unwrap().file_name().into_string().unwrap();
        let Some(page) = file.strip_suffix(".md") else { continue };
        assert!(
            module.contains(&format!("include_str!(\"{file}\")]\npub mod {page} {{}}")),
            "{page} is no module"
        );
        assert!(
            module.contains(&format!("[`{page}`]")),
            "{page} is not in the guide's table"
        );
        assert!(
            readme.contains(&format!("{guide}/{file})")),
            "README does not lead to {page}"
        );
        pages += 1;
    }
    assert!(pages >= 11, "{pages}");
}

/// The pages of the workspace, by what git knows.
fn pages() -> Vec<PathBuf> {
    let mut pages = Vec::new();
    let mut pending = vec![root()];
    while let Some(folder) = pending.pop() {
        for entry in fs::read_dir(folder).unwrap().flatten() {
            let path = entry.path();
            let name = entry.file_name();
            if path.is_dir() && name != "target" && name != ".git" && name != "fixtures" {
                pending.push(path);
            } else if path.extension().is_some_and(|extension| extension == "md") {
                pages.push(path);
            }
        }
    }
    assert!(pages.len() > 20, "{pages:?}");
    pages
}

/// The targets of a page's links that are neither addresses nor places in the page.
fn links(page: &str) -> BTreeSet<String> {
    use pulldown_cmark::{Event, Options, Parser, Tag};
    let events = Parser::new_ext(page, Options::ENABLE_TABLES);
    let links = events.filter_map(|event| match event {
        Event::Start(Tag::Link { dest_url, .. } | Tag::Image { dest_url, .. }) => Some(dest_url.into_string()),
        _ => None,
    });
    links
        .filter(|link| !link.contains(':') && !link.starts_with('#'))
        .collect()
}

#[test]
fn every_link_leads_to_a_file() {
    assert_eq!(
        links("[a](b.md) [c](https://d) [e](#f) ![g](h.svg) [i]\n\n[i]: j.md\n").len(),
        3
    );
    let mut broken = Vec::new();
    for page in pages() {
        for link in links(&fs::read_to_string(&page).unwrap()) {
            let file = link.split('#').next().unwrap_or_default();
            if !page.parent().unwrap().join(file).exists() {
                broken.push(format!("{}: {link}", page.display()));
            }
        }
    }
    assert!(broken.is_empty(), "{broken:#?}");
}

/// Words that sound translated, or mean something else to whoever knows HTTP and Rust: *returns*, *is*, *corrects*, *users*, *decides*.
const AVOIDED: [&str; 11] = [
    "answer", "answers", "mend", "mended", "mends", "people", "settle", "settled", "settles", "stands", "stood",
];

/// The words of what users read: pages, documentation of the SDK's items, descriptions of the API.
fn prose() -> Vec<(PathBuf, String)> {
    let mut prose: Vec<_> = pages()
        .into_iter()
        .filter(|page| !page.starts_with(root().join("tests")) && !page.ends_with("CHANGELOG.md"))
        .map(|page| (page.clone(), fs::read_to_string(page).unwrap()))
        .collect();
    prose.push((root().join("spec/overlay.yaml"), read("spec/overlay.yaml")));
    let mut pending = vec![root().join("sdk")];
    while let Some(folder) = pending.pop() {
        for entry in fs::read_dir(folder).unwrap().flatten() {
            let path = entry.path();
            if path.is_dir() && path.file_name().is_some_and(|name| name != "tests") {
                pending.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                let text = fs::read_to_string(&path).unwrap();
                let lines = text.lines().map(str::trim_start);
                let documentation: Vec<_> = lines
                    .filter(|line| line.starts_with("///") || line.starts_with("//!"))
                    .collect();
                prose.push((path, documentation.join("\n")));
            }
        }
    }
    assert!(prose.len() > 150, "{}", prose.len());
    prose
}

/// The words of a text that are avoided.
fn avoided(text: &str) -> BTreeSet<String> {
    let words = text.split(|character: char| !character.is_alphanumeric());
    words
        .map(str::to_lowercase)
        .filter(|word| AVOIDED.contains(&word.as_str()))
        .collect()
}

#[test]
fn what_users_read_is_in_plain_words() {
    assert_eq!(avoided("It answers, and People settled.").len(), 3);
    let mut found = Vec::new();
    for (path, text) in prose() {
        let words = avoided(&text);
        if !words.is_empty() {
            found.push(format!("{}: {words:?}", path.display()));
        }
    }
    assert!(found.is_empty(), "{found:#?}");
}
