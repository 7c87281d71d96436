//! What a method takes and returns: where that changes, code that calls it compiles no longer, whatever the server still takes.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::rules::Rule;
use super::{Change, Direction};
use crate::document::{operations, pointer};
use crate::normalise::{Body, ErrorResponse, Normalised, Operation, ResponseBody};

/// The methods whose arguments or whose return type are others, and those that lose the type of an error.
pub(super) fn changed(before: &Normalised, after: &Normalised) -> Vec<Change> {
    let (then, now) = (by_route(before), by_route(after));
    let mut changes = Vec::new();
    for (route, (new, signature)) in &now {
        let Some((old, former)) = then.get(route) else { continue };
        let id = &new.id;
        let pointer = pointer::join(["paths", &new.path, &new.method.to_ascii_lowercase()]);
        if former != signature {
            let message = format!("the method of `{id}` was `{former}` and is `{signature}`");
            changes.push(Change::new(Rule::SignatureChanged, None, &pointer, message));
        }
        let there: BTreeSet<&str> = new.errors.iter().map(status).collect();
        for lost in old.errors.iter().filter(|error| !there.contains(status(error))) {
            let message = format!("the type of the error {} of `{id}` is gone", lost.status);
            let rule = Rule::ErrorTypeRemoved;
            changes.push(Change::new(rule, Some(Direction::Response), &pointer, message));
        }
    }
    changes
}

fn status(error: &ErrorResponse) -> &str {
    &error.status
}

/// A path, and an HTTP method.
type Route<'a> = (&'a str, &'a str);

/// The operations, each with its method's signature. What the import kept and the API no longer has is left out.
fn by_route(normalised: &Normalised) -> BTreeMap<Route<'_>, (&Operation, String)> {
    let required = required(&normalised.document);
    let there = normalised.operations.iter().filter(|(_, operation)| !operation.gone);
    there
        .map(|(name, operation)| {
            let none = BTreeSet::new();
            let signature = signature(operation, required.get(name.as_str()).unwrap_or(&none));
            let route = (operation.path.as_str(), operation.method.as_str());
            (route, (operation, signature))
        })
        .collect()
}

/// The parameters that cannot be left out, by the method.
fn required(document: &Value) -> BTreeMap<&str, BTreeSet<&str>> {
    let methods = operations(document).into_iter().filter_map(|located| {
        let parameters = located.operation.get("parameters").and_then(Value::as_array);
        let required = parameters.into_iter().flatten().filter(|parameter| {
            parameter.get("required") == Some(&Value::Bool(true))
                || parameter.get("in").and_then(Value::as_str) == Some("path")
        });
        let names = required.filter_map(|parameter| parameter.get("name")?.as_str());
        Some((located.id?, names.collect()))
    });
    methods.collect()
}

/// The arguments, those that can be left out with a question mark, and what is returned.
fn signature(operation: &Operation, required: &BTreeSet<&str>) -> String {
    let optional = |is_optional: bool| if is_optional { "?" } else { "" };
    let mut arguments: Vec<String> = operation
        .parameters
        .keys()
        .map(|name| format!("{name}{}", optional(!required.contains(name.as_str()))))
        .collect();
    let body = match &operation.body {
        Body::None | Body::EmptyJson => None,
        Body::Json => Some("JSON"),
        Body::Form(_) => Some("form"),
        Body::Multipart => Some("multipart"),
        Body::Parts(parts) if parts.fields => Some("fields"),
        Body::Parts(_) => Some("files"),
        Body::Bytes(_) => Some("bytes"),
    };
    arguments.extend(body.map(|body| format!("body{}: {body}", optional(operation.body_optional))));
    if let Body::Parts(parts) = &operation.body {
        let files = parts.files.iter().map(|file| {
            let several = if file.several { "[]" } else { "" };
            format!("{}{several}{}", file.argument, optional(!file.required))
        });
        arguments.extend(files);
    }
    let returned = match operation.response {
        ResponseBody::Empty => "nothing",
        ResponseBody::Json => "JSON",
        ResponseBody::Bytes => "bytes",
        ResponseBody::Stream => "a stream",
    };
    format!("({}) -> {returned}", arguments.join(", "))
}
