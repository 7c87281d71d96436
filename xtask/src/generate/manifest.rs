//! The manifests of the generated crates.

use super::package::Package;

/// The client crate's manifest, for a client of `title`.
///
/// # Errors
/// Where the crate's name is none.
pub(super) fn client(package: &Package, title: &str) -> Result<String, String> {
    checked(package.client(), client_text(package, title))
}

fn client_text(package: &Package, title: &str) -> String {
    match package {
        Package::Sdk => format!(
            r#"[package]
name = "{name}"
description = "The generated client of the Kisi operations of the Rhombus API; use it through rhombus-kisi"
{common}documentation = "https://docs.rs/{name}"
readme = "README.md"
# The guard compares this crate with the workspace's spec/, which a published package has not.
exclude = ["build.rs"]

[features]
schemars = ["rhombus-kisi-runtime/schemars"]

[dependencies]
rhombus-kisi-runtime.workspace = true

[lints]
workspace = true
"#,
            name = package.client(),
            common = COMMON,
        ),
        Package::StandAlone { name, sdk } => format!(
            r#"[package]
name = {name}
description = {description}
version = "0.1.0"
edition = "2024"
publish = false

[features]
schemars = ["rhombus-kisi-runtime/schemars"]

[dependencies]
rhombus-kisi = {kisi}
rhombus-kisi-runtime = {runtime}

# A workspace of its own, wherever the folder is.
[workspace]
members = ["."]
exclude = ["httpmock"]
"#,
            name = quoted(name),
            description = quoted(&format!("A generated client of {title}")),
            kisi = dependency(sdk.as_deref(), "kisi"),
            runtime = dependency(sdk.as_deref(), "runtime"),
        ),
    }
}

/// The mock crate's manifest.
///
/// # Errors
/// As for the client.
pub(super) fn httpmock(package: &Package, needs_regex: bool) -> Result<String, String> {
    checked(&package.httpmock(), httpmock_text(package, needs_regex))
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

fn httpmock_text(package: &Package, needs_regex: bool) -> String {
    let regex = if needs_regex { "regex = \"1\"\n" } else { "" };
    match package {
        Package::Sdk => format!(
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
        ),
        Package::StandAlone { name, .. } => format!(
            r#"[package]
name = {mock}
description = {description}
version = "0.1.0"
edition = "2024"
publish = false

[dependencies]
httpmock = {{ version = "0.9", default-features = false }}
{regex}serde_json = "1"
{name} = {{ path = ".." }}

[workspace]
"#,
            mock = quoted(&package.httpmock()),
            description = quoted(&format!("Typed httpmock helpers for {name}")),
        ),
    }
}

const COMMON: &str = "version.workspace = true
edition.workspace = true
rust-version.workspace = true
license.workspace = true
authors.workspace = true
keywords.workspace = true
categories.workspace = true
";

fn path(path: &str) -> String {
    format!("{{ path = {} }}", quoted(path))
}

fn dependency(sdk: Option<&str>, folder: &str) -> String {
    match sdk {
        // Where `\` separates folders; elsewhere it is part of a name.
        Some(sdk) if cfg!(windows) => path(&format!("{}/{folder}", sdk.replace('\\', "/"))),
        Some(sdk) => path(&format!("{sdk}/{folder}")),
        None => quoted(env!("CARGO_PKG_VERSION")),
    }
}
