//! A manifest that was written once and is its crate's own: whether the generated code still builds with it.

use toml::{Table, Value};

/// Returns what a manifest lacks of the one that would be written now, a line for each.
///
/// ```
/// use xtask::generate::lacks;
///
/// let wanted = "package = { name = 'a', edition = '2024' }\ndependencies = { serde_json = '1' }";
/// let there = "package = { name = 'a', edition = '2024', version = '3.0.0' }";
/// assert_eq!(lacks(there, wanted)?, ["`serde_json = \"1\"` under [dependencies]"]);
/// assert!(lacks("package = { name = 'b' }", wanted).is_err());
/// # Ok::<(), String>(())
/// ```
///
/// # Errors
/// Where it is not TOML, or of another crate: then nothing is to be written beside it.
pub fn lacks(there: &str, wanted: &str) -> Result<Vec<String>, String> {
    let read =
        |text: &str| toml::from_str::<Table>(text).map_err(|error| format!("it is not TOML: {}", error.message()));
    let (there, wanted) = (read(there)?, read(wanted)?);
    let package = |table: &Table, key: &str| table.get("package").and_then(|package| package.get(key)).cloned();
    let name = |table: &Table| package(table, "name").and_then(|name| name.as_str().map(str::to_owned));
    let ours = name(&wanted).unwrap_or_default();
    match name(&there) {
        Some(name) if name == ours => {}
        Some(name) => {
            return Err(format!(
                "it is the manifest of the crate `{name}`, not of `{ours}`: give another --out, or --name {name}"
            ));
        }
        None => {
            return Err("it is the manifest of no crate: give another --out, a folder of the crate's own".to_owned());
        }
    }
    let mut lacking = Vec::new();
    // What the crate inherits from its workspace is not seen here; the compiler sees it.
    let edition = package(&there, "edition");
    let inherited = edition.as_ref().is_some_and(Value::is_table);
    if !inherited && edition != package(&wanted, "edition") {
        lacking.extend(package(&wanted, "edition").map(|edition| format!("`edition = {edition}` under [package]")));
    }
    for (dependency, wanted) in entries(&wanted, "dependencies") {
        let found = there.get("dependencies").and_then(|found| found.get(dependency));
        match found {
            None => lacking.push(format!("`{dependency} = {wanted}` under [dependencies]")),
            Some(found) if found.get("optional").and_then(Value::as_bool) == Some(true) => {
                lacking.push(format!("`{dependency}` without `optional` under [dependencies]"));
            }
            Some(_) => {}
        }
    }
    for (feature, wanted) in entries(&wanted, "features") {
        let found = there.get("features").and_then(|found| found.get(feature)?.as_array());
        let has = |item: &Value| found.is_some_and(|found| found.contains(item));
        if !wanted.as_array().into_iter().flatten().all(has) {
            lacking.push(format!("`{feature} = {wanted}` under [features]"));
        }
    }
    Ok(lacking)
}

fn entries<'a>(manifest: &'a Table, table: &str) -> impl Iterator<Item = (&'a String, &'a Value)> {
    manifest.get(table).and_then(Value::as_table).into_iter().flatten()
}

#[cfg(test)]
mod tests {
    use super::lacks;

    const WANTED: &str = r#"
        package = { name = "made", edition = "2024" }
        features = { schemars = ["rhombus-kisi-runtime/schemars"] }
        dependencies = { regex = "1", rhombus-kisi-runtime = { version = "0.1.0" } }
    "#;

    #[test]
    fn what_is_edited_by_hand_is_enough_where_the_code_builds_with_it() {
        let there = r#"
            package = { name = "made", edition.workspace = true, version = "4.0.0", publish = ["mine"] }
            features = { default = [], schemars = ["dep:more", "rhombus-kisi-runtime/schemars"] }
            dependencies = { regex.workspace = true, rhombus-kisi-runtime = { git = "https://a.example" }, log = "0.4" }
        "#;
        assert_eq!(lacks(there, WANTED), Ok(Vec::new()));
    }

    #[test]
    fn what_is_missing_is_said_with_its_table() {
        let there = r#"
            package = { name = "made", edition = "2021" }
            features = { schemars = [] }
            dependencies = { rhombus-kisi-runtime = { version = "0.1.0", optional = true } }
        "#;
        insta::assert_snapshot!(lacks(there, WANTED).unwrap().join("\n"), @r#"
        `edition = "2024"` under [package]
        `regex = "1"` under [dependencies]
        `rhombus-kisi-runtime` without `optional` under [dependencies]
        `schemars = ["rhombus-kisi-runtime/schemars"]` under [features]
        "#);
    }

    #[test]
    fn the_manifest_of_something_else_is_an_error() {
        for (there, error) in [
            ("[package]\nname = 'other'", "of the crate `other`, not of `made`"),
            ("[workspace]", "of no crate"),
            ("[package", "not TOML"),
        ] {
            let said = lacks(there, WANTED).unwrap_err();
            assert!(said.contains(error), "{said}");
        }
    }
}
