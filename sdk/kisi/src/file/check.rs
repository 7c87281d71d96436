//! Rejects what the user cannot have meant, all of it at once, and makes JSON of the rest.

use std::collections::{BTreeMap, HashMap};

use rhombus_kisi_runtime::{Kind, RhombusUuid};

use super::fault::{Faults, Lines};
use super::node::{Node, SCHEMA, check_setting_path};
use super::tree::{Form, Key, Tree};
use super::{kisi_id, words};
use crate::compare::Json;
use crate::edit::secret;

/// The document as JSON without what is for editors, which is right only if no fault was added.
pub(super) fn check(node: Node, tree: &Tree, lines: &Lines<'_>, faults: &mut Faults) -> Json {
    Check { lines, faults }.value(node, None, tree, false)
}

struct Check<'a> {
    lines: &'a Lines<'a>,
    faults: &'a mut Faults,
}

impl Check<'_> {
    /// A value; `name` says which of the keys in the line it is under.
    fn value(&mut self, node: Node, name: Option<&str>, tree: &Tree, null: bool) -> Json {
        let value = match (node, &tree.form) {
            (_, Form::Null) if null => Ok(Json::Null),
            (Node::Setting(Kind::Unknown), _) => return self.anything(tree),
            (Node::Setting(Kind::Map(value)), Form::Table(entries)) => return self.map(value(), entries),
            (Node::Settings(_) | Node::Table(_) | Node::Setting(Kind::Object(_)), Form::Table(entries)) => {
                return self.object(node, tree.at, entries);
            }
            (Node::List(item), Form::List(items)) => {
                let items = items.iter().map(|tree| self.value(*item, None, tree, false));
                return Json::Array(items.collect());
            }
            // What the API itself lists may have gaps.
            (Node::Setting(Kind::List(element)), Form::List(items)) => {
                let items = items
                    .iter()
                    .map(|tree| self.value(Node::Setting(element()), None, tree, true));
                return Json::Array(items.collect());
            }
            (_, Form::Unusable(reason)) => Err((*reason).to_owned()),
            (_, Form::Date) => Err(format!("a date is not a setting; expected {node}")),
            (Node::Setting(kind), form) => leaf(kind, form),
            (Node::SettingPath, Form::Text(text)) => {
                check_setting_path(text).map(|()| Json::String(text.as_str().into()))
            }
            _ => Err(format!("expected {node}")),
        };
        value.unwrap_or_else(|message| match name {
            Some(name) => self.fault(tree.at, format!("`{name}`: {message}")),
            None => self.fault(tree.at, message),
        })
    }

    fn object(&mut self, node: Node, at: usize, entries: &[(Key, Tree)]) -> Json {
        let mut properties = BTreeMap::new();
        for (key, tree) in self.once(entries) {
            let name = key.name.as_str();
            match node.at(name) {
                Some(inner) => {
                    let value = self.value(inner, Some(name), tree, node.takes_null(name));
                    properties.insert(name.into(), value);
                }
                None => {
                    let message = words::unknown(&node.keys().unwrap_or_default(), name);
                    self.faults.push(key.at, message);
                }
            }
        }
        for name in node.required().filter(|name| !properties.contains_key(*name)) {
            self.faults.push(at, format!("`{name}` is missing here"));
        }
        properties.remove(SCHEMA);
        Json::Object(properties)
    }

    fn map(&mut self, value: Kind, entries: &[(Key, Tree)]) -> Json {
        let entries = self.once(entries).into_iter().map(|(key, tree)| {
            if let Err(message) = kisi_id::check(&key.name) {
                self.faults.push(key.at, message);
            }
            (
                key.name.as_str().into(),
                self.value(Node::Setting(value), None, tree, true),
            )
        });
        Json::Object(entries.collect())
    }

    /// A value of which no type says anything.
    fn anything(&mut self, tree: &Tree) -> Json {
        match &tree.form {
            Form::Null => Json::Null,
            Form::Bool(value) => Json::Bool(*value),
            Form::Whole(whole) => number(*whole),
            Form::Real(real) => Json::of(real),
            Form::Text(text) => Json::String(text.as_str().into()),
            Form::List(items) => Json::Array(items.iter().map(|tree| self.anything(tree)).collect()),
            Form::Table(entries) => {
                let entries = self.once(entries).into_iter();
                Json::Object(
                    entries
                        .map(|(key, tree)| (key.name.as_str().into(), self.anything(tree)))
                        .collect(),
                )
            }
            Form::Date => self.fault(tree.at, "a date is not a setting; expected a value"),
            Form::Unusable(reason) => self.fault(tree.at, *reason),
        }
    }

    /// The entries whose key is not in the table already.
    fn once<'t>(&mut self, entries: &'t [(Key, Tree)]) -> Vec<&'t (Key, Tree)> {
        let mut seen = HashMap::new();
        let mut once = Vec::with_capacity(entries.len());
        for entry in entries {
            let key = &entry.0;
            match seen.insert(key.name.as_str(), key.at) {
                None => once.push(entry),
                Some(before) => {
                    let line = self.lines.line(before);
                    self.faults
                        .push(key.at, format!("the same key is in line {line} already"));
                }
            }
        }
        once
    }

    fn fault(&mut self, at: usize, message: impl Into<String>) -> Json {
        self.faults.push(at, message);
        Json::Null
    }
}

/// A value with nothing inside, and what is wrong with it.
fn leaf(kind: Kind, form: &Form) -> Result<Json, String> {
    let text = |text: &str| Json::String(text.into());
    match (kind, form) {
        (Kind::Boolean, Form::Bool(value)) => Ok(Json::Bool(*value)),
        (Kind::Int32, Form::Whole(whole)) if i32::try_from(*whole).is_ok() => Ok(number(*whole)),
        (Kind::Int64, Form::Whole(whole)) if i64::try_from(*whole).is_ok() => Ok(number(*whole)),
        (Kind::Number, Form::Whole(whole)) => Ok(number(*whole)),
        (Kind::Number, Form::Real(real)) => Ok(Json::of(real)),
        (Kind::Text | Kind::Enumeration(_), Form::Text(value)) => Ok(text(value)),
        (Kind::Secret, Form::Text(value)) => secret::check(value).map(|()| text(value)).map_err(str::to_owned),
        (Kind::Id, Form::Text(value)) => match value.parse::<RhombusUuid>() {
            // The JSON Schema has no facets.
            Ok(id) if id.as_str() != value => Err("a Rhombus id has no `.v0` in the settings: leave it out".to_owned()),
            Ok(_) => Ok(text(value)),
            Err(error) => Err(error.to_string()),
        },
        _ => Err(format!("expected {}", Node::Setting(kind))),
    }
}

fn number(whole: i128) -> Json {
    Json::Verbatim(whole.to_string().into())
}
