use serde_json::{Map, Value};

use super::extract::Extract;
use super::{component, unexpected};
use crate::Result;
use crate::document::grammar::{Kind, METHODS};
use crate::document::{Document, Located, pointer};

/// Sections of `components`, and what is in them.
const SECTIONS: [(&str, Kind); 7] = [
    ("schemas", Kind::Schema),
    ("responses", Kind::Response),
    ("parameters", Kind::Parameter),
    ("requestBodies", Kind::RequestBody),
    ("headers", Kind::Header),
    ("securitySchemes", Kind::SecurityScheme),
    ("callbacks", Kind::Callback),
];

/// Puts the operations, and every component that they reach, into the fragment.
pub(super) fn fill(
    source: &Document,
    selected: &[Located<'_>],
    extract: &mut Extract<'_>,
    fragment: &mut Map<String, Value>,
) -> Result<()> {
    servers(source, extract, fragment)?;
    security(source, selected, extract, fragment)?;
    fragment.insert("paths".into(), paths(selected, extract)?);

    let mut components = Map::new();
    while let Some((section, name)) = extract.next_component() {
        let Some((_, kind)) = SECTIONS.iter().find(|(known, _)| *known == section) else {
            continue;
        };
        let place = component(section, &name);
        // Only what is there is ever asked for.
        let Some(value) = source.root.pointer(&place) else {
            continue;
        };
        if let Some(value) = extract.part(*kind, value, &place)? {
            let section = components.entry(section).or_insert_with(|| Value::Object(Map::new()));
            if let Value::Object(section) = section {
                section.insert(name, value);
            }
        }
    }
    if !components.is_empty() {
        fragment.insert("components".into(), Value::Object(components));
    }
    Ok(())
}

fn servers(source: &Document, extract: &mut Extract<'_>, fragment: &mut Map<String, Value>) -> Result<()> {
    let Some(servers) = source.root.get("servers") else {
        return Ok(());
    };
    let Value::Array(servers) = servers else {
        return Err(unexpected(source, "/servers", "an array", servers));
    };
    let mut kept = Vec::new();
    for (index, server) in servers.iter().enumerate() {
        kept.extend(extract.part(Kind::Server, server, &format!("/servers/{index}"))?);
    }
    fragment.insert("servers".into(), Value::Array(kept));
    Ok(())
}

/// What the document requires of every operation that does not say otherwise, if there is one.
fn security(
    source: &Document,
    selected: &[Located<'_>],
    extract: &mut Extract<'_>,
    fragment: &mut Map<String, Value>,
) -> Result<()> {
    let inherited = selected
        .iter()
        .any(|located| located.operation.get("security").is_none());
    if let Some(security) = source.root.get("security").filter(|_| inherited) {
        let security = extract.requirements(security, "/security")?;
        fragment.insert("security".into(), security);
    }
    Ok(())
}

/// The paths of the selected operations, with what their path items say for all of their operations.
fn paths(selected: &[Located<'_>], extract: &mut Extract<'_>) -> Result<Value> {
    let mut paths = Map::new();
    for located in selected {
        if !paths.contains_key(located.path) {
            let shared = located.item.iter().filter(|(key, _)| !METHODS.contains(&key.as_str()));
            let shared = Value::Object(shared.map(|(key, value)| (key.clone(), value.clone())).collect());
            let shared = extract.part(Kind::PathItem, &shared, &pointer::join(["paths", located.path]))?;
            paths.insert(
                located.path.to_owned(),
                shared.unwrap_or_else(|| Value::Object(Map::new())),
            );
        }
        let operation = extract.part(Kind::Operation, located.operation, &located.pointer)?;
        if let (Some(Value::Object(item)), Some(operation)) = (paths.get_mut(located.path), operation) {
            item.insert(located.method.to_owned(), operation);
        }
    }
    Ok(Value::Object(paths))
}
