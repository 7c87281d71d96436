//! The manifests of the generated crates.

use super::layout::Package;

/// The client crate's manifest.
pub(super) fn client(package: &Package) -> String {
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
name = "{name}"
description = "A generated client of the Rhombus API"
version = "0.1.0"
edition = "2024"
publish = false

[features]
schemars = ["rhombus-kisi-runtime/schemars"]

[dependencies]
rhombus-kisi = {kisi}
rhombus-kisi-runtime = {runtime}

# A workspace of its own, wherever the folder stands.
[workspace]
members = ["."]
exclude = ["httpmock"]
"#,
            kisi = dependency(sdk.as_deref(), "kisi"),
            runtime = dependency(sdk.as_deref(), "runtime"),
        ),
    }
}

/// The mock crate's manifest.
pub(super) fn httpmock(package: &Package, needs_regex: bool) -> String {
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

[lints]
workspace = true
"#,
            name = package.httpmock(),
            common = COMMON,
        ),
        Package::StandAlone { name, .. } => format!(
            r#"[package]
name = "{mock}"
description = "Typed httpmock helpers for {name}"
version = "0.1.0"
edition = "2024"
publish = false

[dependencies]
httpmock = {{ version = "0.9", default-features = false }}
{regex}serde_json = "1"
{name} = {{ path = ".." }}

[workspace]
"#,
            mock = package.httpmock(),
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

fn dependency(sdk: Option<&str>, folder: &str) -> String {
    match sdk {
        Some(sdk) => format!("{{ path = \"{}/{folder}\" }}", sdk.replace('\\', "/")),
        None => format!("{:?}", env!("CARGO_PKG_VERSION")),
    }
}
