use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};

use super::words::{snake, unique};
use super::{Diagnostics, Operation, parts};

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

/// Names that an argument cannot have: those of a body, and of methods that a mock has of its own.
const RESERVED: [&str; 5] = ["body", "form", "into_inner", "new", "self_"];

/// Names each parameter as its argument is named, and makes its type one that can be written as text.
pub(super) fn choose(root: &mut Value, operations: &mut BTreeMap<String, Operation>, diagnostics: &mut Diagnostics) {
    let mut new_paths: BTreeMap<String, String> = BTreeMap::new();
    parts::operations_mut(root, |path, method, operation| {
        let Some(described) = operations.get_mut(parts::label("", method, operation).as_str()) else {
            return;
        };
        let listed = operation.get("parameters").and_then(Value::as_array);
        let (in_path, others) = split(path, listed.into_iter().flatten(), described, diagnostics);
        let mut taken: BTreeSet<String> = RESERVED.map(str::to_owned).into();
        let mut new_path = path.to_owned();
        let mut new = Vec::new();
        // Those of the path come first: operations of one path then agree on their names.
        for (parameter, location) in in_path.into_iter().chain(others) {
            let name = text(&parameter, "name");
            let argument = unique(snake(&name), &mut taken);
            if location == Location::Path {
                new_path = new_path.replace(&format!("{{{name}}}"), &format!("{{{argument}}}"));
            }
            let required =
                location == Location::Path || parameter.get("required").and_then(Value::as_bool).unwrap_or(false);
            let schema = parameter.get("schema");
            let (schema, lost) = scalar(schema, location);
            let lost = lost.or_else(|| odd_style(&parameter, &schema));
            if let Some(lost) = lost {
                diagnostics.changed(&described.id, format!("its parameter `{name}` {lost}"));
            }
            new.push(json!({ "name": argument, "in": text(&parameter, "in"), "required": required, "schema": schema }));
            described.parameters.insert(
                argument,
                Parameter {
                    name,
                    location,
                    description: text(&parameter, "description"),
                },
            );
        }
        operation["parameters"] = new.into();
        if new_path != path {
            new_paths.insert(path.to_owned(), new_path);
        }
    });
    let Some(paths) = root.get_mut("paths").and_then(Value::as_object_mut) else {
        return;
    };
    for (old, new) in new_paths {
        let Some(item) = paths.remove(&old) else { continue };
        if paths.contains_key(&new) {
            // `/doors/{id}` and `/doors/{ID}` are one path, and no document may have both.
            leave_out(&item, operations, diagnostics);
        } else {
            paths.insert(new, item);
        }
    }
}

fn leave_out(item: &Value, operations: &mut BTreeMap<String, Operation>, diagnostics: &mut Diagnostics) {
    for operation in item.as_object().into_iter().flat_map(|item| item.values()) {
        let name = parts::label("", "", operation);
        if let Some(described) = operations.remove(&name) {
            let why = format!(
                "another path is the same but for the names of its parameters: `{}`",
                described.path
            );
            diagnostics.left_out(described.id, why);
        }
    }
}

fn text(parameter: &Value, key: &str) -> String {
    parameter
        .get(key)
        .and_then(Value::as_str)
        .unwrap_or_default()
        .to_owned()
}

type Placed = Vec<(Value, Location)>;

/// The parameters of the path, in its order and all of them, and the others that are offered.
fn split<'a>(
    path: &str,
    listed: impl Iterator<Item = &'a Value>,
    described: &Operation,
    diagnostics: &mut Diagnostics,
) -> (Placed, Placed) {
    let mut in_path = BTreeMap::new();
    let mut others = Vec::new();
    for parameter in listed {
        let name = text(parameter, "name");
        let location = match text(parameter, "in").as_str() {
            "header" => Location::Header,
            "path" => Location::Path,
            "query" => Location::Query,
            other => {
                let why = format!("its parameter `{name}` goes into `{other}`: it is not offered");
                diagnostics.changed(&described.id, why);
                continue;
            }
        };
        if location == Location::Path {
            in_path.insert(name, parameter.clone());
        } else if location == Location::Header && http::HeaderName::try_from(&name).is_err() {
            diagnostics.changed(
                &described.id,
                format!("its parameter `{name}` is no name for a header: it is not offered"),
            );
        } else {
            others.push((parameter.clone(), location));
        }
    }
    let mut ordered = Vec::new();
    for name in names_in(path) {
        let parameter = in_path.remove(name).unwrap_or_else(|| {
            // Taken out of the map already where the path has it twice.
            if !ordered.iter().any(|(parameter, _)| text(parameter, "name") == name) {
                diagnostics.changed(&described.id, format!("its path's `{name}` is not described: a text"));
            }
            json!({ "name": name, "in": "path" })
        });
        if !ordered.iter().any(|(parameter, _)| text(parameter, "name") == name) {
            ordered.push((parameter, Location::Path));
        }
    }
    for name in in_path.keys() {
        diagnostics.changed(
            &described.id,
            format!("its parameter `{name}` is not in its path: it is not offered"),
        );
    }
    (ordered, others)
}

/// The names in braces.
fn names_in(path: &str) -> impl Iterator<Item = &str> {
    path.split('{')
        .skip(1)
        .filter_map(|rest| rest.split_once('}').map(|(name, _)| name))
}

/// The argument's type: a scalar, or in a query a list of them. All else is text that the caller writes, and said.
fn scalar(schema: Option<&Value>, location: Location) -> (Value, Option<String>) {
    let plain = |schema: &Value| match schema.get("type").and_then(Value::as_str) {
        Some("integer") => {
            let format = schema
                .get("format")
                .and_then(Value::as_str)
                .filter(|format| *format == "int32");
            Some(json!({ "type": "integer", "format": format.unwrap_or("int64") }))
        }
        Some("number") => Some(json!({ "type": "number" })),
        Some("boolean") => Some(json!({ "type": "boolean" })),
        _ => None,
    };
    let as_text = |schema: &Value| {
        let kind = schema.get("type").and_then(Value::as_str);
        let lost = if schema.get("enum").is_some() {
            Some("is one of some values: any text is taken".to_owned())
        } else if kind == Some("string") {
            None
        } else {
            Some("is not of one simple type: the caller writes it as text".to_owned())
        };
        (json!({ "type": "string" }), lost)
    };
    let Some(schema) = schema else {
        return (json!({ "type": "string" }), None);
    };
    if location == Location::Query && schema.get("type").and_then(Value::as_str) == Some("array") {
        let items = schema.get("items").unwrap_or(&Value::Null);
        let (items, lost) = plain(items).map_or_else(|| as_text(items), |items| (items, None));
        return (json!({ "type": "array", "items": items }), lost);
    }
    plain(schema).map_or_else(|| as_text(schema), |schema| (schema, None))
}

/// A list is written as one parameter an element; said where the document wants another way.
fn odd_style(parameter: &Value, schema: &Value) -> Option<String> {
    let exploded = parameter.get("explode").and_then(Value::as_bool).unwrap_or(true);
    let form = parameter.get("style").and_then(Value::as_str).unwrap_or("form") == "form";
    let is_list = schema.get("type").and_then(Value::as_str) == Some("array");
    (is_list && !(exploded && form))
        .then(|| "is a list in another style: it is sent as one parameter an element".to_owned())
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::Location;
    use crate::normalise::{Diagnostics, operation_ids};

    fn chosen(paths: Value) -> (Value, Vec<String>) {
        let mut root = json!({ "paths": paths });
        let mut diagnostics = Diagnostics::default();
        let mut operations = operation_ids::assign(&mut root, &mut diagnostics);
        super::choose(&mut root, &mut operations, &mut diagnostics);
        let described = operations.values().flat_map(|operation| &operation.parameters);
        let described = described.map(|(argument, parameter)| {
            let location = match parameter.location {
                Location::Header => "header",
                Location::Path => "path",
                Location::Query => "query",
            };
            format!("{argument}={} in {location}", parameter.name)
        });
        let described = described.chain(
            diagnostics
                .sorted()
                .into_iter()
                .map(|note| format!("{}: {}", note.what, note.why)),
        );
        (root["paths"].clone(), described.collect())
    }

    #[test]
    fn arguments_are_named_and_what_is_lost_is_said() {
        let (paths, described) = chosen(
            json!({ "/a/{doorId}/{type}/{new}": { "get": { "operationId": "a", "parameters": [
            { "name": "door_id", "in": "query", "schema": { "type": "array", "items": { "type": "integer", "format": "int32" } } },
            { "name": "type", "in": "path", "schema": { "type": "string", "enum": ["A"] } },
            { "name": "doorId", "in": "path", "schema": { "type": "integer" } },
            { "name": "gone", "in": "path" },
            { "name": "X-A", "in": "header", "schema": { "type": "object" } },
            { "name": "not a header", "in": "header" },
            { "name": "c", "in": "cookie" },
            { "name": "filter", "in": "query", "style": "deepObject", "schema": { "type": "object" } },
            { "name": "ids", "in": "query", "explode": false, "schema": { "type": "array", "items": { "type": "string" } } },
        ] } } }),
        );
        assert!(paths.get("/a/{door_id}/{type_}/{new2}").is_some(), "{paths}");
        insta::assert_snapshot!(described.join("\n"), @r"
        door_id=doorId in path
        door_id2=door_id in query
        filter=filter in query
        ids=ids in query
        new2=new in path
        type_=type in path
        x_a=X-A in header
        a: its parameter `X-A` is not of one simple type: the caller writes it as text
        a: its parameter `c` goes into `cookie`: it is not offered
        a: its parameter `filter` is not of one simple type: the caller writes it as text
        a: its parameter `gone` is not in its path: it is not offered
        a: its parameter `ids` is a list in another style: it is sent as one parameter an element
        a: its parameter `not a header` is no name for a header: it is not offered
        a: its parameter `type` is one of some values: any text is taken
        a: its path's `new` is not described: a text
        ");
    }

    #[test]
    fn paths_that_are_one_are_left_out_by_name() {
        let (paths, described) = chosen(json!({
            "/a/{id}": { "get": { "operationId": "a" } }, "/a/{ID}": { "get": { "operationId": "b" } },
        }));
        assert_eq!(paths.as_object().unwrap().len(), 1);
        assert!(
            described.iter().any(|line| line.starts_with("b: another path")),
            "{described:?}"
        );
    }
}
