//! One form for a fragment, however the document that it is from says the same facts.

use std::collections::BTreeSet;

use serde_json::{Map, Value};

use super::neutral;
use crate::document::grammar::{Kind, METHODS};
use crate::document::visit::visit_mut;
use crate::document::{plain, pointer};

/// The sections whose components are put where they are referred to. Schemas have names that count; callbacks may refer to
/// themselves.
const INLINED: [&str; 4] = ["headers", "parameters", "requestBodies", "responses"];

/// How many references may lead to one another; the extraction has refused circles.
const HOPS: usize = 64;

/// Brings a fragment into its one form.
pub(super) fn apply(fragment: &mut Value) {
    plain::to_plain(fragment);
    visit_mut(Kind::Document, fragment, &mut String::new(), &mut |kind, value, _| {
        if kind == Kind::Responses {
            name_success(value);
        }
    });
    let source = fragment.clone();
    let paths = fragment.get_mut("paths").and_then(Value::as_object_mut);
    for (path, item) in paths.into_iter().flatten() {
        let Some(item) = item.as_object_mut() else { continue };
        let shared = item.remove("parameters").and_then(into_list).unwrap_or_default();
        for (method, operation) in item.iter_mut().filter(|(key, _)| METHODS.contains(&key.as_str())) {
            if let Some(operation) = operation.as_object_mut() {
                let place = pointer::join(["paths", path, method]);
                canonical_operation(&source, operation, &shared, &place);
            }
        }
    }
    prune(fragment);
}

/// With no other success the default response is that of the success, for the generator too.
fn name_success(responses: &mut Value) {
    if let Some(responses) = responses.as_object_mut()
        && !responses.keys().any(|status| status.starts_with('2'))
        && let Some(default) = responses.remove("default")
    {
        responses.insert("200".to_owned(), default);
    }
}

fn into_list(value: Value) -> Option<Vec<Value>> {
    match value {
        Value::Array(values) => Some(values),
        _ => None,
    }
}

fn canonical_operation(source: &Value, operation: &mut Map<String, Value>, shared: &[Value], place: &str) {
    let own = operation.remove("parameters").and_then(into_list).unwrap_or_default();
    let mut parameters: Vec<Value> = Vec::new();
    let key = |parameter: &Value| {
        let text = |key: &str| {
            parameter
                .get(key)
                .and_then(Value::as_str)
                .unwrap_or_default()
                .to_owned()
        };
        (text("in"), text("name"))
    };
    for parameter in shared.iter().chain(&own) {
        let parameter = resolved(source, parameter);
        // An operation's own parameter takes the place of the path's.
        parameters.retain(|other| key(other) != key(&parameter));
        parameters.push(parameter);
    }
    // Their order is no fact of the API, and would be one of the generated method.
    parameters.sort_by_cached_key(key);
    if !parameters.is_empty() {
        operation.insert("parameters".to_owned(), parameters.into());
    }
    if let Some(body) = operation.get_mut("requestBody") {
        *body = resolved(source, body);
    }
    let Some(responses) = operation.get_mut("responses").and_then(Value::as_object_mut) else {
        return;
    };
    for (status, response) in responses.iter_mut().filter(|(status, _)| !status.starts_with("x-")) {
        *response = resolved(source, response);
        let place = format!("{place}/responses/{status}");
        response["description"] = neutral::response(&place).into();
        let headers = response.get_mut("headers").and_then(Value::as_object_mut);
        for (_, header) in headers.into_iter().flatten() {
            *header = resolved(source, header);
        }
    }
}

/// What a value refers to, after its references; one that leads nowhere stays as it is.
fn resolved(source: &Value, value: &Value) -> Value {
    let mut found = value;
    for _ in 0..HOPS {
        let Some(reference) = found.get("$ref").and_then(Value::as_str) else {
            return found.clone();
        };
        match pointer::of_reference(reference).and_then(|place| source.pointer(&place)) {
            Some(next) => found = next,
            None => break,
        }
    }
    value.clone()
}

/// Takes out the components that nothing refers to any more.
fn prune(fragment: &mut Value) {
    let mut reached: BTreeSet<String> = BTreeSet::new();
    let mut pending: Vec<&Value> = fragment.get("paths").into_iter().collect();
    while let Some(value) = pending.pop() {
        match value {
            Value::Object(object) => {
                if let Some(place) = object
                    .get("$ref")
                    .and_then(Value::as_str)
                    .and_then(pointer::of_reference)
                    && let Some(target) = fragment.pointer(&place)
                    && reached.insert(place.into_owned())
                {
                    pending.push(target);
                }
                pending.extend(object.values());
            }
            Value::Array(values) => pending.extend(values),
            _ => {}
        }
    }
    let Some(components) = fragment.get_mut("components").and_then(Value::as_object_mut) else {
        return;
    };
    for (section, named) in components.iter_mut() {
        if INLINED.contains(&section.as_str())
            && let Some(named) = named.as_object_mut()
        {
            named.retain(|name, _| reached.contains(&super::component(section, name)));
        }
    }
    components.retain(|_, named| named.as_object().is_none_or(|named| !named.is_empty()));
    if components.is_empty()
        && let Some(fragment) = fragment.as_object_mut()
    {
        fragment.remove("components");
    }
}
