//! Refuses what the user cannot have meant, all of it at once, and makes JSON of the rest.

use std::collections::HashMap;

use rhombus_kisi_runtime::RhombusUuid;
use serde_json::{Map, Number, Value};

use super::fault::{Faults, Lines};
use super::node::{Node, ObjectNode, check_setting_path};
use super::tree::{Key, Kind, Tree};
use super::{kisi_id, words};
use crate::edit::secret;

/// The document as JSON, which is right only if no fault was added.
pub(super) fn check(node: Node, tree: &Tree, lines: &Lines<'_>, faults: &mut Faults) -> Value {
    Check { lines, faults }.value(node, tree, false)
}

struct Check<'a> {
    lines: &'a Lines<'a>,
    faults: &'a mut Faults,
}

impl Check<'_> {
    fn value(&mut self, node: Node, tree: &Tree, null: bool) -> Value {
        match (node, &tree.kind) {
            (_, Kind::Unusable(reason)) => self.fault(tree.at, *reason),
            (_, Kind::Null) if null => Value::Null,
            (Node::Object(object), Kind::Table(entries)) => self.object(object, tree.at, entries),
            (Node::Map(entry), Kind::Table(entries)) => self.map(*entry, entries),
            (Node::List(item), Kind::List(items)) => {
                // What the API itself lists may have gaps.
                let null = matches!(item, Node::RhombusId);
                items.iter().map(|tree| self.value(*item, tree, null)).collect()
            }
            (Node::RhombusId, Kind::Text(text)) => self.text(tree.at, text, |text| match text.parse::<RhombusUuid>() {
                Ok(_) => Ok(()),
                Err(error) => Err(error.to_string()),
            }),
            (Node::SettingPath, Kind::Text(text)) => self.text(tree.at, text, check_setting_path),
            (Node::Secret, Kind::Text(text)) => {
                self.text(tree.at, text, |text| secret::check(text).map_err(str::to_owned))
            }
            (Node::Text, Kind::Text(text)) => Value::from(text.as_str()),
            (node, _) => self.fault(tree.at, format!("expected {node}")),
        }
    }

    /// A value under a key of an object.
    fn property(&mut self, object: &'static ObjectNode, key: &Key, tree: &Tree) -> Value {
        let name = key.name.as_str();
        let node = object.of(name);
        if !matches!(node, Node::Value) {
            // `name` says which of the keys in the line it is.
            let mut inner = Faults::default();
            let lines = self.lines;
            let value = Check {
                lines,
                faults: &mut inner,
            }
            .value(node, tree, object.takes_null(name));
            for fault in inner.into_sorted() {
                let here = fault.at == tree.at && !matches!(tree.kind, Kind::Table(_) | Kind::List(_));
                let message = if here {
                    format!("`{name}`: {}", fault.message)
                } else {
                    fault.message
                };
                self.faults.push(fault.at, message);
            }
            return value;
        }
        match &tree.kind {
            Kind::List(items) if (object.check)(name, &Value::Array(Vec::new())).is_ok() => {
                let items = items.iter().map(|item| {
                    let value = self.plain(name, item);
                    self.checked(object, name, item.at, &Value::Array(vec![value.clone()]));
                    value
                });
                items.collect()
            }
            Kind::List(_) | Kind::Table(_) => {
                // The content does not matter for what is said of it.
                let empty = if matches!(tree.kind, Kind::List(_)) {
                    Value::Array(Vec::new())
                } else {
                    Value::Object(Map::new())
                };
                self.checked(object, name, tree.at, &empty);
                Value::Null
            }
            _ => {
                let value = self.plain(name, tree);
                self.checked(object, name, tree.at, &value);
                value
            }
        }
    }

    fn checked(&mut self, object: &ObjectNode, name: &str, at: usize, value: &Value) {
        if let Err(message) = (object.check)(name, value) {
            self.faults.push(at, format!("`{name}`: {message}"));
        }
    }

    /// A plain value as JSON; `null`, which every setting takes, after a fault.
    fn plain(&mut self, name: &str, tree: &Tree) -> Value {
        match &tree.kind {
            Kind::Null => Value::Null,
            Kind::Bool(value) => Value::Bool(*value),
            Kind::Whole(whole) => Value::Number(number(*whole)),
            Kind::Real(real) => Number::from_f64(*real).map_or(Value::Null, Value::Number),
            Kind::Text(text) => Value::from(text.as_str()),
            Kind::Date => self.fault(
                tree.at,
                format!("`{name}`: a date is not a setting; expected {}", words::TEXT),
            ),
            Kind::Unusable(reason) => self.fault(tree.at, format!("`{name}`: {reason}")),
            // No type takes lists of lists or of tables here, and says so.
            Kind::List(_) => Value::Array(Vec::new()),
            Kind::Table(_) => Value::Object(Map::new()),
        }
    }

    fn object(&mut self, object: &'static ObjectNode, at: usize, entries: &[(Key, Tree)]) -> Value {
        let mut properties = Map::new();
        for (key, tree) in self.once(entries) {
            if object.knows(&key.name) {
                properties.insert(key.name.clone(), self.property(object, key, tree));
            } else {
                self.faults.push(key.at, words::unknown(object, &key.name));
            }
        }
        for name in object.required {
            if !properties.contains_key(*name) {
                self.faults.push(at, format!("`{name}` is missing here"));
            }
        }
        Value::Object(properties)
    }

    fn map(&mut self, entry: Node, entries: &[(Key, Tree)]) -> Value {
        let mut properties = Map::new();
        for (key, tree) in self.once(entries) {
            if let Err(message) = kisi_id::check(&key.name) {
                self.faults.push(key.at, message);
            }
            properties.insert(key.name.clone(), self.value(entry, tree, true));
        }
        Value::Object(properties)
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

    fn text(&mut self, at: usize, text: &str, check: impl Fn(&str) -> Result<(), String>) -> Value {
        match check(text) {
            Ok(()) => Value::from(text),
            Err(message) => self.fault(at, message),
        }
    }

    fn fault(&mut self, at: usize, message: impl Into<String>) -> Value {
        self.faults.push(at, message);
        Value::Null
    }
}

/// A whole number; one that no integer type of the API holds is refused by its type.
fn number(whole: i128) -> Number {
    i64::try_from(whole)
        .map(Number::from)
        .or_else(|_| u64::try_from(whole).map(Number::from))
        .ok()
        .or_else(|| Number::from_f64(whole as f64))
        .unwrap_or_else(|| Number::from(0))
}
