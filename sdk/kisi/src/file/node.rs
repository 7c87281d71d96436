//! What may be where in a settings file: what the types say of the settings, and the tables around them.

use std::fmt;

use rhombus_kisi_runtime::Kind;
use rhombus_kisi_runtime::walk::Walk;

use super::{kisi_id, words};
use crate::types::KisiSettings;

/// What may be at one location of a user's file.
#[derive(Clone, Copy, Debug)]
pub(super) enum Node {
    /// The settings, of a version of the API.
    Settings(fn() -> Kind),
    /// Something in them.
    Setting(Kind),
    /// A table that is no setting: its keys.
    Table(&'static [Key]),
    /// A list that is none.
    List(&'static Node),
    /// The dotted path of a setting.
    SettingPath,
}

/// A key of a table, and whether it has to be there.
type Key = (&'static str, Node, bool);

/// A key for editors, which is not a setting.
pub(super) const SCHEMA: &str = "$schema";

const TEXT: Node = Node::Setting(Kind::Text);
const CLEAR: Node = Node::List(&Node::SettingPath);

/// A file that names organisations.
pub(super) const ORGANIZATIONS: Node = Node::Table(&[
    (SCHEMA, TEXT, false),
    ("settings", Node::Settings(KisiSettings::kind), false),
    ("clear", CLEAR, false),
    ("organizations", Node::List(&ORGANIZATION), false),
]);

const ORGANIZATION: Node = Node::Table(&[
    ("id", Node::Setting(Kind::Id), true),
    ("name", TEXT, false),
    ("settings", Node::Settings(KisiSettings::kind), false),
    ("clear", CLEAR, false),
]);

impl Node {
    /// The keys of a table; `None` where it is none with certain keys.
    pub(super) fn keys(self) -> Option<Vec<&'static str>> {
        match self {
            Self::Settings(kind) => {
                let keys = Self::Setting(kind()).keys().unwrap_or_default();
                Some(keys.into_iter().chain([SCHEMA]).collect())
            }
            Self::Setting(Kind::Object(properties)) => Some(properties.iter().map(|property| property.name).collect()),
            Self::Table(keys) => Some(keys.iter().map(|(name, ..)| *name).collect()),
            _ => None,
        }
    }

    /// The keys that have to be there.
    pub(super) fn required(self) -> impl Iterator<Item = &'static str> {
        let keys = match self {
            Self::Table(keys) => keys,
            _ => &[],
        };
        keys.iter().filter(|(_, _, required)| *required).map(|(name, ..)| *name)
    }

    /// What may be under a key of a table.
    pub(super) fn at(self, name: &str) -> Option<Node> {
        match self {
            Self::Settings(_) if name == SCHEMA => Some(TEXT),
            Self::Settings(kind) => Self::Setting(kind()).at(name),
            // By its type, whatever its name speaks of.
            Self::Setting(kind) => kind.property(name).map(|property| Self::Setting((property.kind)())),
            Self::Table(keys) => keys.iter().find(|(key, ..)| *key == name).map(|(_, node, _)| *node),
            Self::List(_) | Self::SettingPath => None,
        }
    }

    /// Whether `null` may be under a key: it clears a setting.
    pub(super) fn takes_null(self, name: &str) -> bool {
        matches!(self, Self::Settings(_) | Self::Setting(_)) && name != SCHEMA
    }
}

/// What is wrong with the dotted path of a setting, such as `doorInfoMap.42.clipDuration`.
pub(super) fn check_setting_path(path: &str) -> Result<(), String> {
    let mut node = Node::Setting(KisiSettings::kind());
    for name in path.split('.') {
        node = match (node, node.keys()) {
            (Node::Setting(Kind::Map(value)), _) => {
                kisi_id::check(name)?;
                Node::Setting(value())
            }
            (_, Some(keys)) => node.at(name).ok_or_else(|| words::unknown(&keys, name))?,
            _ => return Err("the path goes on after a setting that has nothing inside".to_owned()),
        };
    }
    Ok(())
}

/// What is expected there.
impl fmt::Display for Node {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Settings(_) | Self::Table(_) => "a table of settings",
            Self::List(Self::SettingPath) => "a list of dotted paths of settings",
            Self::List(_) => "a list",
            Self::SettingPath => "the dotted path of a setting",
            Self::Setting(kind) => match kind {
                Kind::Boolean => "`true` or `false`",
                Kind::Int32 => "a whole number from -2147483648 to 2147483647",
                Kind::Int64 => "a whole number from -9223372036854775808 to 9223372036854775807",
                Kind::Number => "a number",
                Kind::Text | Kind::Secret | Kind::Enumeration(_) => {
                    "text; what looks like a number, a date or `true` is text in quotes"
                }
                Kind::Id => "a Rhombus id: text of 22 characters",
                Kind::List(element) if matches!(element(), Kind::Id) => "a list of Rhombus ids",
                Kind::List(_) => "a list",
                Kind::Map(_) => "a table by the ids of doors or places",
                Kind::Object(_) => "a table of settings",
                Kind::Unknown => "a value",
            },
        })
    }
}
