use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};

use super::words::{pascal, unique, words};
use super::{Diagnostics, parts};
use crate::api::Names;

/// The name that a schema gets in Rust, by the rules of `spec/api.toml`:
///
/// 1. the module in front goes (`Integration_DoorType` is `DoorType`), and so does an interface's `I`;
/// 2. each of the endings becomes another, or nothing, in the order of the rules;
/// 3. capitals fold (`ParPOS` is `ParPos`).
///
/// ```
/// use xtask::api::Api;
/// use xtask::normalise::rust_name;
///
/// let rules = r#"names = { module = "_", endings = [["WSRequest", "Request"], ["Type", ""]] }"#;
/// let names = Api::parse("api.toml".as_ref(), rules)?.names;
/// assert_eq!(rust_name(&names, "Integration_UpdateKisiIntegrationWSRequest"), "UpdateKisiIntegrationRequest");
/// assert_eq!(rust_name(&names, "ParPOSType"), "ParPos");
/// # Ok::<(), xtask::Error>(())
/// ```
pub fn rust_name(rules: &Names, name: &str) -> String {
    shorten(rules, without_module(rules, name))
}

/// The name behind its module's.
pub(super) fn without_module<'a>(rules: &Names, name: &'a str) -> &'a str {
    split(rules, name).1
}

fn split<'a>(rules: &Names, name: &'a str) -> (&'a str, &'a str) {
    let module = rules.module.as_deref().filter(|separator| !separator.is_empty());
    module
        .and_then(|separator| name.rsplit_once(separator))
        .unwrap_or(("", name))
}

/// The same with the modules kept in front, for where the short name is taken.
fn long_name(rules: &Names, name: &str) -> String {
    let (modules, last) = split(rules, name);
    // Without its `I` an interface would take the name of the type that it is the input form of.
    let interface = rules.interface.as_deref().filter(|_| is_interface(rules, &words(last)));
    pascal(&format!(
        "{modules}_{}{}",
        interface.unwrap_or_default(),
        shorten(rules, last)
    ))
}

/// Names that generated code uses for something else.
const RESERVED: [&str; 14] = [
    "Box",
    "Extra",
    "Field",
    "Known",
    "List",
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

/// `IKisi` is the words `I` and `Kisi`; `IoT` and a plain `I` are no interfaces.
fn is_interface(rules: &Names, words: &[String]) -> bool {
    words.len() > 1 && words.first() == rules.interface.as_ref()
}

fn shorten(rules: &Names, name: &str) -> String {
    let mut words = words(name);
    if is_interface(rules, &words) {
        words.remove(0);
    }
    for (ending, instead) in &rules.endings {
        let ending = super::words::words(ending);
        if !ending.is_empty() && words.len() > ending.len() && words.ends_with(&ending) {
            words.truncate(words.len() - ending.len());
            words.extend(super::words::words(instead));
        }
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

/// Gives every component schema its Rust name, and returns what each was called.
///
/// `x-rust-name` overrides the rules. Where several schemas get one name, the one that an overlay gave it keeps it, and the
/// others keep their modules in front, and then count: a new schema of a release never stops it.
pub(super) fn rename(root: &mut Value, rules: &Names, diagnostics: &mut Diagnostics) -> BTreeMap<String, String> {
    let mut by_name: BTreeMap<String, Vec<(bool, String)>> = BTreeMap::new();
    for (original, schema) in parts::schemas(root) {
        let said = schema.get("x-rust-name").and_then(Value::as_str);
        let name = match said {
            Some(name) => free(pascal(name)),
            None => rust_name(rules, original),
        };
        by_name
            .entry(name)
            .or_default()
            .push((said.is_some(), original.clone()));
    }
    let mut taken = BTreeSet::new();
    let mut renamed = BTreeMap::new();
    let mut collided = Vec::new();
    for (name, originals) in by_name {
        let alone = originals.len() == 1;
        for (said, original) in originals {
            if (alone || said) && taken.insert(name.clone()) {
                renamed.insert(original, name.clone());
            } else {
                collided.push(original);
            }
        }
    }
    for original in collided {
        let name = unique(long_name(rules, &original), &mut taken);
        let short = rust_name(rules, &original);
        if name != short {
            diagnostics.changed(&original, format!("its short name `{short}` is taken: `{name}`"));
        }
        renamed.insert(original, name);
    }
    apply(root, &renamed);
    renamed.into_iter().map(|(original, name)| (name, original)).collect()
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
    use serde_json::json;

    use super::{rename, rust_name};
    use crate::api::{Api, Names};
    use crate::normalise::Diagnostics;

    fn rules() -> Names {
        let text = include_str!("../../../spec/api.toml");
        Api::parse("api.toml".as_ref(), text).unwrap().names
    }

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
            assert_eq!(rust_name(&rules(), name), expected, "{name}");
        }
        for (name, expected) in [("Door_FindWSRequest", "DoorFindWsRequest"), ("KindType", "KindType")] {
            assert_eq!(rust_name(&Names::default(), name), expected, "{name}");
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
        let originals = rename(&mut root, &rules(), &mut Diagnostics::default());
        assert_eq!(originals["DoorFindRequest"], "Door_FindWSRequest");
        let reference = root.pointer("/components/schemas/DoorFindRequest/items/$ref").unwrap();
        assert_eq!(reference, "#/components/schemas/CameraFindRequest");
    }

    #[test]
    fn what_the_overlay_names_keeps_its_name() {
        let mut root = colliding();
        root["components"]["schemas"]["Door_FindWSRequest"]["x-rust-name"] = json!("FindRequest");
        let mut diagnostics = Diagnostics::default();
        let originals = rename(&mut root, &rules(), &mut diagnostics);
        assert_eq!(originals["FindRequest"], "Door_FindWSRequest");
        assert_eq!(originals["CameraFindRequest"], "Camera_FindWSRequest");
        assert_eq!(diagnostics.sorted().len(), 1);
    }
}
