use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use serde_json::Value;

use super::words::{pascal, unique, words};
use super::{Notes, parts};
use crate::{Error, Result};

/// The name that a schema of the vendor's gets in Rust. This is the one rule:
///
/// 1. the module before an underscore goes (`Integration_DoorType` is `DoorType`);
/// 2. `WS` and `Ws` before `Request` and `Response` go, and so does an interface's `I`;
/// 3. `TypeEnum`, `EnumType` and `Enum` at the end become `Kind`, and `Type` at the end goes;
/// 4. capitals fold (`ParPOS` is `ParPos`).
///
/// ```
/// use xtask::normalise::rust_name;
///
/// assert_eq!(rust_name("Integration_UpdateKisiIntegrationWSRequest"), "UpdateKisiIntegrationRequest");
/// assert_eq!(rust_name("IntegrationEnum"), "IntegrationKind");
/// assert_eq!(rust_name("ParPOSType"), "ParPos");
/// ```
pub fn rust_name(name: &str) -> String {
    shorten(name.rsplit('_').next().unwrap_or(name))
}

/// The same with the modules kept in front, for where the short name is taken.
fn long_name(name: &str) -> String {
    let (modules, last) = name.rsplit_once('_').unwrap_or(("", name));
    // Without its `I` an interface would take the name of the type that it is the input form of.
    let interface = if words(last).first().is_some_and(|first| first == "I") {
        "I"
    } else {
        ""
    };
    pascal(&format!("{modules}_{interface}{}", shorten(last)))
}

/// Names that generated code uses for something else.
const RESERVED: [&str; 14] = [
    "BTreeMap",
    "Box",
    "Extra",
    "Field",
    "Known",
    "Map",
    "Multipart",
    "Option",
    "RhombusUuid",
    "Secret",
    "Self_",
    "String",
    "Value",
    "Vec",
];

fn shorten(name: &str) -> String {
    let mut words = words(name);
    if let [.., marker, last] = words.as_slice()
        && marker.eq_ignore_ascii_case("ws")
        && (last == "Request" || last == "Response")
    {
        words.remove(words.len() - 2);
    }
    // `IKisi` is the words `I` and `Kisi`; `IoT` and a plain `I` are no interfaces.
    if words.len() > 1 && words[0] == "I" {
        words.remove(0);
    }
    let ends = |words: &[String], suffix: &[&str]| {
        words.len() > suffix.len() && words[words.len() - suffix.len()..].iter().eq(suffix)
    };
    for suffix in [&["Type", "Enum"][..], &["Enum", "Type"], &["Enum"]] {
        if ends(&words, suffix) {
            words.truncate(words.len() - suffix.len());
            words.push("Kind".to_owned());
            break;
        }
    }
    if ends(&words, &["Type"]) {
        words.pop();
    }
    free(pascal(&words.join("_")))
}

fn free(name: String) -> String {
    if RESERVED.contains(&name.as_str()) {
        format!("{}Object", name.trim_end_matches('_'))
    } else {
        name
    }
}

/// Gives every component schema its Rust name, and answers what each was called.
///
/// `x-rust-name` overrides the rule. Where two schemas get one name, an overlaid document is in error, since its overlay can say
/// better; any other keeps the modules in front, and then counts.
pub(super) fn rename(
    file: &Path,
    root: &mut Value,
    overlaid: bool,
    notes: &mut Notes,
) -> Result<BTreeMap<String, String>> {
    let mut by_name: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for (original, schema) in parts::schemas(root) {
        let name = match schema.get("x-rust-name").and_then(Value::as_str) {
            Some(name) => free(pascal(name)),
            None => rust_name(original),
        };
        by_name.entry(name).or_default().push(original.clone());
    }
    let mut taken = BTreeSet::new();
    let mut renamed = BTreeMap::new();
    let mut collided = Vec::new();
    for (name, originals) in by_name {
        match originals.as_slice() {
            [original] => {
                taken.insert(name.clone());
                renamed.insert(original.clone(), name);
            }
            _ if overlaid => {
                return Err(Error::document(
                    file,
                    format!("/components/schemas/{}", originals[1]),
                    format!(
                        "{} would all be called `{name}` in Rust; give all but one an `x-rust-name` in the overlay",
                        originals.join(", ")
                    ),
                ));
            }
            _ => collided.extend(originals),
        }
    }
    for original in collided {
        let name = unique(long_name(&original), &mut taken);
        let short = rust_name(&original);
        if name != short {
            notes.changed(&original, format!("its short name `{short}` is taken: `{name}`"));
        }
        renamed.insert(original, name);
    }
    apply(root, &renamed);
    Ok(renamed.into_iter().map(|(original, name)| (name, original)).collect())
}

fn apply(root: &mut Value, renamed: &BTreeMap<String, String>) {
    if let Some(schemas) = parts::schemas_mut(root) {
        *schemas = std::mem::take(schemas)
            .into_iter()
            .map(|(original, schema)| (renamed.get(&original).cloned().unwrap_or(original), schema))
            .collect();
    }
    // A mapping may give a reference or a bare name.
    let rename = |value: &str| {
        let name = parts::component(value).unwrap_or_else(|| value.to_owned());
        renamed.get(&name).cloned()
    };
    parts::visit_schemas(root, &mut |_, schema| {
        if let Some(name) = parts::target(schema).and_then(|name| renamed.get(name).cloned()) {
            parts::redirect(schema, &name);
        }
        let mapping = schema
            .pointer_mut("/discriminator/mapping")
            .and_then(Value::as_object_mut);
        for (_, value) in mapping.into_iter().flatten() {
            if let Some(name) = value.as_str().and_then(rename) {
                *value = format!("{}{name}", parts::SCHEMAS).into();
            }
        }
    });
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use serde_json::json;

    use super::{rename, rust_name};
    use crate::normalise::Notes;

    #[test]
    fn the_rule() {
        let cases = [
            (
                "Integration_UpdateOrgIntegrationsWSResponse",
                "UpdateOrgIntegrationsResponse",
            ),
            ("Mobile_LoginToOrg2FARequiredResponse", "LoginToOrg2FaRequiredResponse"),
            ("IKisiType", "Kisi"),
            ("IBaseIntegrationType", "BaseIntegration"),
            ("IntegrationAuditEventEnum", "IntegrationAuditEventKind"),
            ("ShellyDeviceTypeEnum", "ShellyDeviceKind"),
            ("LockdownEventOriginatorEnumType", "LockdownEventOriginatorKind"),
            ("NineOneOneCellularType", "NineOneOneCellular"),
            ("KisiSettings", "KisiSettings"),
            ("Type", "Type"),
            ("IoTDevice", "IoTDevice"),
            ("FieldType", "FieldObject"),
            ("self", "SelfObject"),
        ];
        for (name, expected) in cases {
            assert_eq!(rust_name(name), expected, "{name}");
        }
    }

    fn colliding() -> serde_json::Value {
        json!({ "paths": {}, "components": { "schemas": {
            "Camera_FindWSRequest": {}, "Door_FindWSRequest": { "items": { "$ref": "#/components/schemas/Camera_FindWSRequest" } },
        } } })
    }

    #[test]
    fn what_collides_keeps_its_module() {
        let mut root = colliding();
        let originals = rename(Path::new("x.json"), &mut root, false, &mut Notes::default()).unwrap();
        assert_eq!(originals["DoorFindRequest"], "Door_FindWSRequest");
        let reference = root.pointer("/components/schemas/DoorFindRequest/items/$ref").unwrap();
        assert_eq!(reference, "#/components/schemas/CameraFindRequest");
    }

    #[test]
    fn an_overlaid_document_has_to_say_better() {
        let error = rename(Path::new("x.json"), &mut colliding(), true, &mut Notes::default()).unwrap_err();
        insta::assert_snapshot!(error, @"x.json#/components/schemas/Door_FindWSRequest: Camera_FindWSRequest, Door_FindWSRequest would all be called `FindRequest` in Rust; give all but one an `x-rust-name` in the overlay");
    }
}
