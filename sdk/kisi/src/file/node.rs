use rhombus_kisi_runtime::Object;
use serde_json::{Map, Value};

use crate::types::{BadgeIntegrationDefaultOptions, BadgeIntegrationDoorInfo, BadgeIntegrationSettings, KisiSettings};

/// What may stand in a place of a user's file.
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
}

#[derive(Debug)]
pub(super) struct ObjectNode {
    /// The keys, in some slices because constants cannot be joined.
    pub(super) names: &'static [&'static [&'static str]],
    /// The keys whose values are more than [`Node::Value`].
    pub(super) nested: &'static [(&'static str, Node)],
    /// What is wrong with a value, by its key.
    pub(super) check: fn(&str, &Value) -> Result<(), String>,
}

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
}

/// A file of settings and nothing else.
pub(super) const SETTINGS: Node = Node::Object(&ObjectNode {
    names: &[KisiSettings::NAMES, &["$schema"]],
    nested: &[
        ("defaultOptions", Node::Object(&DEFAULT_OPTIONS)),
        ("doorInfoMap", DOORS),
        ("doorToCameraMap", Node::Map(&IDS)),
        ("placeToSettingsMap", Node::Map(&Node::Object(&PLACE))),
        ("enablingUserUuid", Node::RhombusId),
        ("$schema", Node::Text),
    ],
    check: check::<KisiSettings>,
});

/// A file that names organisations.
pub(super) const ORGANIZATIONS: Node = Node::Object(&ObjectNode {
    names: &[&["$schema", "settings", "clear", "organizations"]],
    nested: &[
        ("$schema", Node::Text),
        ("settings", SETTINGS),
        ("clear", Node::List(&Node::SettingPath)),
        ("organizations", Node::List(&Node::Object(&ORGANIZATION))),
    ],
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
    check: |_, _| Ok(()),
};

const DEFAULT_OPTIONS: ObjectNode = ObjectNode {
    names: &[BadgeIntegrationDefaultOptions::NAMES],
    nested: &[],
    check: check::<BadgeIntegrationDefaultOptions>,
};

const DOORS: Node = Node::Map(&Node::Object(&DOOR));

const DOOR: ObjectNode = ObjectNode {
    names: &[BadgeIntegrationDoorInfo::NAMES],
    nested: &[("assignedCameraList", IDS), ("locationUuid", Node::RhombusId)],
    check: check::<BadgeIntegrationDoorInfo>,
};

const PLACE: ObjectNode = ObjectNode {
    names: &[BadgeIntegrationSettings::NAMES],
    nested: &[("doorInfoMap", DOORS)],
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
        Err(error) => Err(expectation(&error.to_string())),
    }
}

/// What was expected. What stood there instead is not said: it may be a secret.
pub(super) fn expectation(message: &str) -> String {
    match message.rsplit_once("expected ") {
        Some((_, expected)) => format!("expected {expected}"),
        None => "a value of another form is expected".to_owned(),
    }
}

/// What is wrong with the dotted path of a setting, such as `doorInfoMap.42.clipDuration`.
pub(super) fn check_setting_path(path: &str) -> Result<(), String> {
    let mut node = SETTINGS;
    for name in path.split('.') {
        node = match node {
            Node::Object(object) if object.knows(name) => object.of(name),
            Node::Object(object) => return Err(super::strict::unknown(object, name)),
            Node::Map(entry) if name.parse::<i32>().is_ok() => *entry,
            Node::Map(_) => {
                return Err(format!(
                    "`{name}` is no id of a door or a place, which is a whole number"
                ));
            }
            _ => return Err(format!("nothing is inside of what stands before `{name}`")),
        };
    }
    Ok(())
}
