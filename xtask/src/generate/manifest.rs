//! The manifests of the generated crates.

use super::header::Header;
use super::package::{Package, Source, StandAlone};

/// The client crate's manifest, for a client of `title`.
///
/// # Errors
/// Where the crate's name is none.
pub(super) fn client(package: &Package, header: &Header, title: &str) -> Result<String, String> {
    let text = match package {
        Package::Sdk => format!("{}\n{}", header.text("#"), sdk_client(package)),
        Package::StandAlone(package) => stand_alone_client(package, title),
    };
    checked(package.client(), text)
}

fn sdk_client(package: &Package) -> String {
    format!(
        r#"[package]
name = "{name}"
description = "The generated client of the Kisi operations of the Rhombus API; use it through rhombus-kisi"
{common}documentation = "https://docs.rs/{name}"
readme = "README.md"
# The guard compares this crate with the workspace's spec/, which a published package has not.
exclude = ["build.rs"]

[package.metadata.docs.rs]
all-features = true

[features]
schemars = ["rhombus-kisi-runtime/schemars"]

[dependencies]
rhombus-kisi-runtime.workspace = true

[lints]
workspace = true
"#,
        name = package.client(),
        common = COMMON,
    )
}

/// What a manifest says of itself that is its crate's own from the day that it is written.
const ONCE: &str =
    "# Written once by `cargo xtask generate`, which only checks it from then on: edit it as you like.\n\n";

fn stand_alone_client(package: &StandAlone, title: &str) -> String {
    format!(
        r#"{ONCE}{head}
[features]
schemars = ["rhombus-kisi-runtime/schemars"]

[dependencies]
# Its features are for the crate that makes the client to choose.
rhombus-kisi = {kisi}
rhombus-kisi-runtime = {runtime}
"#,
        head = head(package, &package.name, &format!("A generated client of {title}")),
        kisi = dependency(&package.sdk, "kisi", ", default-features = false"),
        runtime = dependency(&package.sdk, "runtime", ""),
    )
}

/// The table that every package has.
fn head(package: &StandAlone, name: &str, description: &str) -> String {
    let mut text = format!(
        "[package]\nname = {}\ndescription = {}\nversion = {}\nedition = \"2024\"\nrust-version = {}\nreadme = \"README.md\"\n",
        quoted(name),
        quoted(description),
        quoted(FIRST_VERSION),
        quoted(RUST_VERSION),
    );
    match &package.license {
        Some(license) => text.push_str(&format!("license = {}\n", quoted(license))),
        None => text
            .push_str("# Without a license nobody may use it: `license = \"…\"` in place of this.\npublish = false\n"),
    }
    if let Some(repository) = &package.repository {
        text.push_str(&format!("repository = {}\n", quoted(repository)));
    }
    text
}

/// The oldest Rust that builds a generated crate: that of the SDK.
const RUST_VERSION: &str = "1.88";

/// The version of a crate that was just made.
const FIRST_VERSION: &str = "0.1.0";

/// The mock crate's manifest.
///
/// # Errors
/// As for the client.
pub(super) fn httpmock(package: &Package, header: &Header, needs_regex: bool) -> Result<String, String> {
    let regex = if needs_regex { "regex = \"1\"\n" } else { "" };
    let text = match package {
        Package::Sdk => format!("{}\n{}", header.text("#"), sdk_httpmock(package, regex)),
        Package::StandAlone(package) => stand_alone_httpmock(package, regex),
    };
    checked(&package.httpmock(), text)
}

fn sdk_httpmock(package: &Package, regex: &str) -> String {
    format!(
        r#"[package]
name = "{name}"
description = "Typed httpmock helpers for the Kisi operations of the Rhombus API, for the tests of code that uses rhombus-kisi"
{common}documentation = "https://docs.rs/{name}"
readme = "README.md"

[dependencies]
httpmock.workspace = true
{regex}rhombus-kisi-client.workspace = true
serde_json.workspace = true

[dev-dependencies]
# By path alone: nothing that is published needs it.
rhombus-kisi = {{ path = "../kisi" }}
tokio = {{ workspace = true, features = ["macros", "rt"] }}

[lints]
workspace = true
"#,
        name = package.httpmock(),
        common = COMMON,
    )
}

fn stand_alone_httpmock(package: &StandAlone, regex: &str) -> String {
    let name = &package.name;
    format!(
        r#"{ONCE}{head}
[dependencies]
httpmock = {{ version = "0.9", default-features = false }}
{regex}serde_json = "1"
{name} = {{ path = "..", version = "{FIRST_VERSION}" }}
"#,
        head = head(
            package,
            &format!("{name}-httpmock"),
            &format!("Typed httpmock helpers for {name}")
        ),
    )
}

/// The manifest, if it is that of this crate when read.
fn checked(name: &str, text: String) -> Result<String, String> {
    let read: toml::Table = toml::from_str(&text).map_err(|error| format!("Cargo.toml: {}", error.message()))?;
    let said = read.get("package").and_then(|package| package.get("name")?.as_str());
    if said == Some(name) && is_crate_name(name) {
        Ok(text)
    } else {
        Err(format!("Cargo.toml: {name:?} is no name for a crate"))
    }
}

/// Whether a crate can have the name, and code name it by that.
pub(crate) fn is_crate_name(name: &str) -> bool {
    let starts = name.starts_with(|first: char| first.is_ascii_alphabetic());
    let allowed = |character: char| character.is_ascii_alphanumeric() || matches!(character, '-' | '_');
    starts && name.chars().all(allowed) && syn::parse_str::<syn::Ident>(&name.replace('-', "_")).is_ok()
}

/// A text as TOML writes it.
fn quoted(text: &str) -> String {
    toml::Value::from(text).to_string()
}

const COMMON: &str = "version.workspace = true
edition.workspace = true
rust-version.workspace = true
license.workspace = true
authors.workspace = true
keywords.workspace = true
categories.workspace = true
";

/// A dependency on a crate of the SDK, with what is to be said of it beside where it is.
fn dependency(source: &Source, folder: &str, more: &str) -> String {
    let place = match source {
        // Where `\` separates folders; elsewhere it is part of a name.
        Source::Path(sdk) if cfg!(windows) => {
            format!("path = {}, ", quoted(&format!("{}/{folder}", sdk.replace('\\', "/"))))
        }
        Source::Path(sdk) => format!("path = {}, ", quoted(&format!("{sdk}/{folder}"))),
        Source::Git { url, rev: None } => format!("git = {}, ", quoted(url)),
        Source::Git { url, rev: Some(rev) } => format!("git = {}, rev = {}, ", quoted(url), quoted(rev)),
        Source::Version(_) => String::new(),
    };
    format!("{{ {place}version = {}{more} }}", quoted(source.version()))
}

#[cfg(test)]
mod tests {
    use super::RUST_VERSION;

    #[test]
    fn a_generated_crate_asks_for_the_rust_of_the_sdk() {
        let workspace: toml::Table = toml::from_str(include_str!("../../../Cargo.toml")).unwrap();
        assert_eq!(
            workspace["workspace"]["package"]["rust-version"].as_str(),
            Some(RUST_VERSION)
        );
    }
}
