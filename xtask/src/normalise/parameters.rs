use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};

use super::parameter_style::{self, Style};
use super::paths::{self, names_in};
use super::words::{snake, unique};
use super::{Diagnostics, Operation, bodies, parameter_type, parts};

/// One parameter of an operation.
#[derive(Clone, Debug, PartialEq)]
pub struct Parameter {
    /// The vendor's name.
    pub name: String,
    /// Where it goes.
    pub location: Location,
    /// How it is written there.
    pub style: Style,
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

/// Header parameters that OpenAPI says to ignore: the content types and the credentials have their own places in a document.
const IGNORED: [&str; 3] = ["accept", "authorization", "content-type"];

/// Headers of the connection, which the transport sets.
const CONNECTION: [&str; 8] = [
    "connection",
    "content-length",
    "expect",
    "host",
    "te",
    "trailer",
    "transfer-encoding",
    "upgrade",
];

/// Names each parameter as its argument is named, and makes its type one that can be written.
pub(super) fn choose(root: &mut Value, operations: &mut BTreeMap<String, Operation>, diagnostics: &mut Diagnostics) {
    let source = json!({ "components": root.get("components") });
    let mut new_paths: BTreeMap<String, String> = BTreeMap::new();
    let mut lost_paths: Vec<(String, String)> = Vec::new();
    parts::operations_mut(root, |key, method, operation| {
        let Some(described) = operations.get_mut(parts::label("", method, operation).as_str()) else {
            return;
        };
        let place = match paths::split(key) {
            Ok(place) => place,
            Err(why) => {
                lost_paths.push((key.to_owned(), why));
                return;
            }
        };
        if let Some(fragment) = place.fragment {
            let why = format!("`#{fragment}` in its path is a fragment, which is never sent");
            diagnostics.changed(&described.id, why);
        }
        described.path = place.path.to_owned();
        described.query.clone_from(&place.query);
        let listed = operation.get("parameters").and_then(Value::as_array);
        let (in_path, others) = split(&place, listed.into_iter().flatten(), described, diagnostics);
        let mut taken: BTreeSet<String> = RESERVED.map(str::to_owned).into();
        let mut new_path = place.path.to_owned();
        let mut new = Vec::new();
        // Those of the path come first: operations of one path then agree on their names.
        for (parameter, name, location) in in_path.into_iter().chain(others) {
            let argument = unique(snake(&name), &mut taken);
            if location == Location::Path {
                new_path = new_path.replace(&format!("{{{name}}}"), &format!("{{{argument}}}"));
            }
            let required =
                location == Location::Path || parameter.get("required").and_then(Value::as_bool).unwrap_or(false);
            let (schema, style, lost) = written(&source, &parameter, location);
            for lost in lost {
                diagnostics.changed(&described.id, format!("its parameter `{name}` {lost}"));
            }
            let place = match location {
                Location::Header => "header",
                Location::Path => "path",
                Location::Query => "query",
            };
            new.push(json!({ "name": argument, "in": place, "required": required, "schema": schema }));
            described.parameters.insert(
                argument,
                Parameter {
                    name,
                    location,
                    style,
                    description: text(&parameter, "description"),
                },
            );
        }
        operation["parameters"] = new.into();
        if let bodies::Body::Parts(form) = &mut described.body {
            for file in &mut form.files {
                file.argument = unique(snake(&file.name), &mut taken);
            }
        }
        if let Some(rest) = key.get(place.path.len()..).filter(|rest| !rest.is_empty()) {
            // The generator's paths have neither; it has only to tell them apart.
            new_path.extend(rest.chars().filter(|character| !matches!(character, '{' | '}')));
        }
        if new_path != key {
            new_paths.insert(key.to_owned(), new_path);
        }
    });
    let Some(paths) = root.get_mut("paths").and_then(Value::as_object_mut) else {
        return;
    };
    for (key, why) in lost_paths {
        if let Some(item) = paths.remove(&key) {
            leave_out(&item, operations, diagnostics, |_| why.clone());
        }
    }
    for (old, new) in new_paths {
        let Some(item) = paths.remove(&old) else { continue };
        if paths.contains_key(&new) {
            // `/doors/{id}` and `/doors/{ID}` are one path, and no document may have both.
            leave_out(&item, operations, diagnostics, |described| {
                let path = &described.path;
                format!("another path is the same but for the names of its parameters: `{path}`")
            });
        } else {
            paths.insert(new, item);
        }
    }
}

/// The schema of a parameter's argument, the style that it is written in, and what is lost of it.
fn written(source: &Value, parameter: &Value, location: Location) -> (Value, Style, Vec<String>) {
    let content = parameter.get("content").and_then(Value::as_object);
    let (style, schema, mut lost) = match content.and_then(|content| content.iter().next()) {
        Some((media_type, media)) if bodies::is_json(media_type) => (Style::JSON, media.get("schema"), Vec::new()),
        Some((media_type, _)) => {
            let lost = format!("is `{media_type}`: the caller writes it as text");
            (Style::default_of(location), None, vec![lost])
        }
        None => {
            let (style, lost) = parameter_style::of(parameter, location);
            (style, parameter.get("schema"), lost.into_iter().collect())
        }
    };
    let (schema, untyped) = parameter_type::argument(source, schema, style, location);
    lost.extend(untyped);
    (schema, style, lost)
}

fn leave_out(
    item: &Value,
    operations: &mut BTreeMap<String, Operation>,
    diagnostics: &mut Diagnostics,
    why: impl Fn(&Operation) -> String,
) {
    for operation in item.as_object().into_iter().flat_map(|item| item.values()) {
        let name = parts::label("", "", operation);
        if let Some(described) = operations.remove(&name) {
            let why = why(&described);
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

/// A parameter, its name on the wire, and where it goes.
type Placed = Vec<(Value, String, Location)>;

/// The parameters of the path, in its order and all of them, and the others that are offered.
fn split<'a>(
    place: &paths::PathKey<'_>,
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
        } else if let Some(why) = unsendable(&name, location) {
            diagnostics.changed(
                &described.id,
                format!("its parameter `{name}` {why}: it is not offered"),
            );
        } else {
            others.push((parameter.clone(), name, location));
        }
    }
    let mut ordered: Placed = Vec::new();
    let mut in_query: Placed = Vec::new();
    let in_order = names_in(place.path).map(|name| (name, None));
    let behind = place.parameters.iter().map(|(wire, name)| (*name, Some(wire)));
    for (name, wire) in in_order.chain(behind) {
        let seen = |(parameter, ..): &(Value, String, Location)| text(parameter, "name") == name;
        if ordered.iter().any(seen) && wire.is_none() {
            continue;
        }
        let parameter = in_path.remove(name).unwrap_or_else(|| {
            diagnostics.changed(&described.id, format!("its path's `{name}` is not described: a text"));
            json!({ "name": name, "in": "path" })
        });
        match wire {
            None => ordered.push((parameter, name.to_owned(), Location::Path)),
            Some(wire) => {
                let mut parameter = parameter;
                parameter["required"] = true.into();
                in_query.push((parameter, wire.clone(), Location::Query));
            }
        }
    }
    for name in in_path.keys() {
        diagnostics.changed(
            &described.id,
            format!("its parameter `{name}` is not in its path: it is not offered"),
        );
    }
    in_query.extend(others);
    (ordered, in_query)
}

/// Why a parameter of this name cannot be sent.
fn unsendable(name: &str, location: Location) -> Option<&'static str> {
    if location != Location::Header {
        return None;
    }
    let lower = name.to_ascii_lowercase();
    if http::HeaderName::try_from(name).is_err() {
        Some("is no name for a header")
    } else if IGNORED.contains(&lower.as_str()) {
        Some("is a header that OpenAPI has other places for, and ignores as a parameter")
    } else if CONNECTION.contains(&lower.as_str()) {
        Some("is a header of the connection, which the transport sets")
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::{Location, Style};
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
            let Style {
                name,
                explode,
                allow_reserved,
            } = parameter.style;
            let style = if parameter.style == Style::default_of(parameter.location) {
                String::new()
            } else {
                format!(", {name} {explode} {allow_reserved}")
            };
            format!("{argument}={} in {location}{style}", parameter.name)
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
            { "name": "Accept", "in": "header" },
            { "name": "transfer-encoding", "in": "header" },
            { "name": "nested", "in": "query", "schema": { "type": "array", "items": { "type": "array", "items": { "type": "string" } } } },
            { "name": "open", "in": "query", "schema": { "anyOf": [{ "type": "string" }, { "type": "integer" }] } },
            { "name": "xml", "in": "query", "content": { "application/xml": { "schema": { "type": "object" } } } },
            { "name": "where", "in": "query", "content": { "application/json": { "schema": { "type": "array", "items": {} } } } },
            { "name": "odd", "in": "query", "style": "matrix", "schema": { "type": "string" } },
            { "name": "c", "in": "cookie" },
            { "name": "filter", "in": "query", "style": "deepObject", "schema": { "type": "object" } },
            { "name": "ids", "in": "query", "explode": false, "schema": { "type": "array", "items": { "type": "string" } } },
        ] } } }),
        );
        assert!(paths.get("/a/{door_id}/{type_}/{new2}").is_some(), "{paths}");
        insta::assert_snapshot!(described.join("\n"), @r"
        door_id=doorId in path
        door_id2=door_id in query
        filter=filter in query, DEEP_OBJECT true false
        ids=ids in query, FORM false false
        nested=nested in query
        new2=new in path
        odd=odd in query
        open=open in query
        type_=type in path
        where_=where in query, JSON false false
        x_a=X-A in header
        xml=xml in query
        a: its parameter `Accept` is a header that OpenAPI has other places for, and ignores as a parameter: it is not offered
        a: its parameter `c` goes into `cookie`: it is not offered
        a: its parameter `gone` is not in its path: it is not offered
        a: its parameter `nested` holds lists or objects in others, which its style has no form for: the caller writes it as text
        a: its parameter `not a header` is no name for a header: it is not offered
        a: its parameter `odd` has the style `matrix`, which is none of its location's: the default is used
        a: its parameter `open` is not of one simple type: the caller writes it as text
        a: its parameter `transfer-encoding` is a header of the connection, which the transport sets: it is not offered
        a: its parameter `xml` is `application/xml`: the caller writes it as text
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
