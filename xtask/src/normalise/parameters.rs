use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};

use super::words::{snake, unique};
use super::{Notes, Operation, parts};

/// One parameter of an operation.
#[derive(Clone, Debug, PartialEq)]
pub struct Parameter {
    /// The vendor's name.
    pub name: String,
    /// Where it goes.
    pub location: Location,
    /// What the document says of it, as Markdown.
    pub description: String,
}

/// Where a parameter goes.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Location {
    /// Into a header.
    Header,
    /// Into the path.
    Path,
    /// Into the query.
    Query,
}

/// Names each parameter as its argument is named, and makes its type one that can be written as text.
pub(super) fn settle(root: &mut Value, operations: &mut BTreeMap<String, Operation>, notes: &mut Notes) {
    let mut new_paths = BTreeMap::new();
    parts::operations_mut(root, |path, method, operation| {
        let Some(described) = operations.get_mut(parts::label("", method, operation).as_str()) else {
            return;
        };
        let old = operation
            .get("parameters")
            .and_then(Value::as_array)
            .cloned()
            .unwrap_or_default();
        let mut taken: BTreeSet<String> = ["body", "self_"].map(str::to_owned).into();
        let mut new_path = path.to_owned();
        let mut new = Vec::new();
        for parameter in old {
            let text = |key: &str| {
                parameter
                    .get(key)
                    .and_then(Value::as_str)
                    .unwrap_or_default()
                    .to_owned()
            };
            let name = text("name");
            let location = match text("in").as_str() {
                "header" => Location::Header,
                "path" => Location::Path,
                "query" => Location::Query,
                other => {
                    notes.changed(
                        &described.id,
                        format!("its parameter `{name}` goes into `{other}`: it is not offered"),
                    );
                    continue;
                }
            };
            let argument = unique(snake(&name), &mut taken);
            if location == Location::Path {
                new_path = new_path.replace(&format!("{{{name}}}"), &format!("{{{argument}}}"));
            }
            let required =
                location == Location::Path || parameter.get("required").and_then(Value::as_bool).unwrap_or(false);
            new.push(json!({ "name": argument, "in": text("in"), "required": required, "schema": scalar(parameter.get("schema"), location) }));
            described.parameters.insert(
                argument,
                Parameter {
                    name,
                    location,
                    description: text("description"),
                },
            );
        }
        operation["parameters"] = new.into();
        if new_path != path {
            new_paths.insert(path.to_owned(), new_path);
        }
    });
    if let Some(paths) = root.get_mut("paths").and_then(Value::as_object_mut) {
        for (old, new) in new_paths {
            if let Some(item) = paths.remove(&old) {
                paths.insert(new, item);
            }
        }
    }
}

/// The argument's type: a scalar, or in a query a list of them. All else is text that the caller writes.
fn scalar(schema: Option<&Value>, location: Location) -> Value {
    let plain = |schema: &Value| match schema.get("type").and_then(Value::as_str) {
        Some("integer") => Some(
            json!({ "type": "integer", "format": schema.get("format").cloned().unwrap_or_else(|| "int64".into()) }),
        ),
        Some("number") => Some(json!({ "type": "number" })),
        Some("boolean") => Some(json!({ "type": "boolean" })),
        _ => None,
    };
    let text = json!({ "type": "string" });
    let Some(schema) = schema else { return text };
    if location == Location::Query && schema.get("type").and_then(Value::as_str) == Some("array") {
        let items = schema.get("items").and_then(plain).unwrap_or(text);
        return json!({ "type": "array", "items": items });
    }
    plain(schema).unwrap_or(text)
}
