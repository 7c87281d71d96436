//! What may be where in a settings file, as data.

use std::fmt;

use rhombus_kisi_runtime::Object;
use serde_json::{Map, Value};

use super::{kisi_id, words};
use crate::types::{BadgeIntegrationDefaultOptions, BadgeIntegrationDoorInfo, BadgeIntegrationSettings, KisiSettings};

/// What may be at one location of a user's file.
#[derive(Clone, Copy, Debug)]
pub(super) enum Node {
    /// An object with these keys and no others.
    Object(&'static ObjectNode),
    /// A map from Kisi's ids of doors or places.
    Map(&'static Node),
    /// A list of one kind of thing.
    List(&'static Node),
    /// A Rhombus id.
    RhombusId,
    /// Text.
    Text,
    /// The dotted path of a setting.
    SettingPath,
    /// Whatever the type of the object around it takes.
    Value,
    /// The same, and it is a secret.
    Secret,
}

#[derive(Debug)]
pub(super) struct ObjectNode {
    /// The keys, in some slices because constants cannot be joined.
    pub(super) names: &'static [&'static [&'static str]],
    /// The keys whose values are more than [`Node::Value`].
    pub(super) nested: &'static [(&'static str, Node)],
    /// The keys that have to be there.
    pub(super) required: &'static [&'static str],
    /// Whether a value may be `null`, which clears a setting.
    pub(super) null: bool,
    /// What is wrong with a value, by its key.
    pub(super) check: fn(&str, &Value) -> Result<(), String>,
}

/// A key for editors, which is not a setting.
pub(super) const SCHEMA: &str = "$schema";

impl ObjectNode {
    pub(super) fn names(&self) -> impl Iterator<Item = &'static str> {
        self.names.iter().copied().flatten().copied()
    }

    pub(super) fn knows(&self, name: &str) -> bool {
        self.names().any(|known| known == name)
    }

    pub(super) fn of(&self, name: &str) -> Node {
        self.nested
            .iter()
            .find(|(nested, _)| *nested == name)
            .map_or(Node::Value, |(_, node)| *node)
    }

    pub(super) fn takes_null(&self, name: &str) -> bool {
        self.null && name != SCHEMA
    }
}

/// A file of settings and nothing else.
pub(super) const SETTINGS: Node = Node::Object(&ObjectNode {
    names: &[KisiSettings::NAMES, &[SCHEMA]],
    nested: &[
        ("apiSecretKey", Node::Secret),
        ("defaultOptions", Node::Object(&DEFAULT_OPTIONS)),
        ("doorInfoMap", DOORS),
        ("doorToCameraMap", Node::Map(&IDS)),
        ("placeToSettingsMap", Node::Map(&Node::Object(&PLACE))),
        ("enablingUserUuid", Node::RhombusId),
        ("rhombusToken", Node::Secret),
        (SCHEMA, Node::Text),
    ],
    required: &[],
    null: true,
    check: check::<KisiSettings>,
});

/// A file that names organisations.
pub(super) const ORGANIZATIONS: Node = Node::Object(&ObjectNode {
    names: &[&[SCHEMA, "settings", "clear", "organizations"]],
    nested: &[
        (SCHEMA, Node::Text),
        ("settings", SETTINGS),
        ("clear", Node::List(&Node::SettingPath)),
        ("organizations", Node::List(&Node::Object(&ORGANIZATION))),
    ],
    required: &[],
    null: false,
    check: |_, _| Ok(()),
});

const ORGANIZATION: ObjectNode = ObjectNode {
    names: &[&["id", "name", "settings", "clear"]],
    nested: &[
        ("id", Node::RhombusId),
        ("name", Node::Text),
        ("settings", SETTINGS),
        ("clear", Node::List(&Node::SettingPath)),
    ],
    required: &["id"],
    null: false,
    check: |_, _| Ok(()),
};

const DEFAULT_OPTIONS: ObjectNode = ObjectNode {
    names: &[BadgeIntegrationDefaultOptions::NAMES],
    nested: &[],
    required: &[],
    null: true,
    check: check::<BadgeIntegrationDefaultOptions>,
};

const DOORS: Node = Node::Map(&Node::Object(&DOOR));

const DOOR: ObjectNode = ObjectNode {
    names: &[BadgeIntegrationDoorInfo::NAMES],
    nested: &[("assignedCameraList", IDS), ("locationUuid", Node::RhombusId)],
    required: &[],
    null: true,
    check: check::<BadgeIntegrationDoorInfo>,
};

const PLACE: ObjectNode = ObjectNode {
    names: &[BadgeIntegrationSettings::NAMES],
    nested: &[("doorInfoMap", DOORS), ("rhombusToken", Node::Secret)],
    required: &[],
    null: true,
    check: check::<BadgeIntegrationSettings>,
};

const IDS: Node = Node::List(&Node::RhombusId);

/// Whether an object of type `T` takes the value under that key.
fn check<T: Object + serde::de::DeserializeOwned>(name: &str, value: &Value) -> Result<(), String> {
    // Not a key of the settings.
    if T::known(name).is_none() {
        return Ok(());
    }
    let object = Map::from_iter([(name.to_owned(), value.clone())]);
    match T::deserialize(Value::Object(object)) {
        Ok(_) => Ok(()),
        Err(error) => Err(words::expected(&error.to_string()).to_owned()),
    }
}

/// What is wrong with the dotted path of a setting, such as `doorInfoMap.42.clipDuration`.
pub(super) fn check_setting_path(path: &str) -> Result<(), String> {
    let mut node = SETTINGS;
    for name in path.split('.') {
        node = match node {
            Node::Object(object) if name != SCHEMA && object.knows(name) => object.of(name),
            Node::Object(object) => return Err(words::unknown(object, name)),
            Node::Map(entry) => {
                kisi_id::check(name)?;
                *entry
            }
            _ => return Err("the path goes on after a setting that has nothing inside".to_owned()),
        };
    }
    Ok(())
}

impl fmt::Display for Node {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Object(_) => "a table of settings",
            Self::Map(_) => "a table by the ids of doors or places",
            Self::List(Self::RhombusId) => "a list of Rhombus ids",
            Self::List(Self::SettingPath) => "a list of dotted paths of settings",
            Self::List(_) => "a list",
            Self::RhombusId => "a Rhombus id: text of 22 characters",
            Self::Text | Self::Secret => words::TEXT,
            Self::SettingPath => "the dotted path of a setting",
            Self::Value => "a plain value",
        })
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use serde_json::Value;

    use super::{DEFAULT_OPTIONS, DOOR, Node, ObjectNode, PLACE, SETTINGS};

    /// The schema comes from the document, so a secret that a release adds cannot be forgotten here.
    #[test]
    fn secrets_and_ids_are_those_of_the_schema() {
        let text = std::fs::read_to_string(concat!(
            env!("CARGO_MANIFEST_DIR"),
            "/../../spec/kisi-settings.schema.json"
        ));
        let schema: Value = serde_json::from_str(&text.unwrap()).unwrap();
        let Node::Object(settings) = SETTINGS else {
            unreachable!()
        };
        let table: [(&str, &ObjectNode); 4] = [
            ("/properties", settings),
            ("/$defs/BadgeIntegrationSettings/properties", &PLACE),
            ("/$defs/BadgeIntegrationDoorInfo/properties", &DOOR),
            ("/$defs/BadgeIntegrationDefaultOptions/properties", &DEFAULT_OPTIONS),
        ];
        for (pointer, object) in table {
            let properties = schema.pointer(pointer).unwrap().as_object().unwrap();
            let of_schema = |wanted: fn(&Value) -> bool| -> BTreeSet<&str> {
                let found = properties.iter().filter(|(_, property)| wanted(property));
                found.map(|(name, _)| name.as_str()).collect()
            };
            let of_table = |wanted: fn(&Node) -> bool| -> BTreeSet<&str> {
                let found = object.nested.iter().filter(|(_, node)| wanted(node));
                found.map(|(name, _)| *name).collect()
            };
            let secrets = of_table(|node| matches!(node, Node::Secret));
            assert_eq!(
                of_schema(|property| property["format"] == "password"),
                secrets,
                "{pointer}"
            );
            let ids = of_table(|node| matches!(node, Node::RhombusId));
            assert_eq!(
                of_schema(|property| property["pattern"] == "^[A-Za-z0-9_-]{21}[AQgw]$"),
                ids,
                "{pointer}"
            );
        }
    }
}
