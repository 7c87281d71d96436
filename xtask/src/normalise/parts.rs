//! The parts of a document that the passes visit: operations, components, and schemas in every place.

use std::collections::BTreeSet;

use serde_json::{Map, Value, json};

use super::{Diagnostics, hints};
use crate::document::grammar::is_extension;
use crate::document::{Document, pointer};
use crate::{Error, Result};

/// The HTTP methods that a path item may have.
pub(super) const METHODS: [&str; 8] = ["delete", "get", "head", "options", "patch", "post", "put", "trace"];

/// The prefix of a reference to a schema.
pub(super) const SCHEMAS: &str = "#/components/schemas/";

/// How many references may lead to one another.
const HOPS: usize = 32;

/// A copy of the document's root in which the parts that every pass visits are there and of the right type.
pub(super) fn prepare(document: &Document) -> Result<Value> {
    let mut root = document.root.clone();
    let fail = |pointer: &str, message: &str| Err(Error::document(&document.file, pointer, message));
    let Some(object) = root.as_object_mut() else {
        return fail("", "an OpenAPI document is an object");
    };
    if !object.get("paths").is_some_and(Value::is_object) {
        return fail("/paths", "an OpenAPI document has an object of paths");
    }
    // A blank key says as much as none.
    let blank = |value: Option<&Value>| value.is_none_or(Value::is_null);
    if blank(object.get("components")) {
        object.insert("components".to_owned(), json!({}));
    }
    let Some(components) = object.get_mut("components").and_then(Value::as_object_mut) else {
        return fail("/components", "components are an object");
    };
    if blank(components.get("schemas")) {
        components.insert("schemas".to_owned(), json!({}));
    }
    if !components.get("schemas").is_some_and(Value::is_object) {
        return fail("/components/schemas", "schemas are an object");
    }
    Ok(root)
}

/// The component schemas.
pub(super) fn schemas_mut(root: &mut Value) -> Option<&mut Map<String, Value>> {
    root.pointer_mut("/components/schemas").and_then(Value::as_object_mut)
}

/// The component schemas, to read.
pub(super) fn schemas(root: &Value) -> impl Iterator<Item = (&String, &Value)> {
    root.pointer("/components/schemas")
        .and_then(Value::as_object)
        .into_iter()
        .flatten()
}

/// The names of the component schemas.
pub(super) fn schema_names(root: &Value) -> BTreeSet<String> {
    schemas(root).map(|(name, _)| name.clone()).collect()
}

/// The name of the component schema that a schema refers to.
pub(super) fn target(schema: &Value) -> Option<&str> {
    schema.get("$ref")?.as_str()?.strip_prefix(SCHEMAS)
}

/// The name of the component schema that a reference of the document's leads to.
pub(super) fn component(reference: &str) -> Option<String> {
    let token = reference.strip_prefix(SCHEMAS)?;
    let token = percent_encoding::percent_decode_str(token).decode_utf8_lossy();
    // A longer pointer leads into a schema.
    (!token.contains('/')).then(|| token.replace("~1", "/").replace("~0", "~"))
}

/// A schema that refers to a component.
pub(super) fn reference(name: &str) -> Value {
    serde_json::json!({ "$ref": format!("{SCHEMAS}{name}") })
}

/// Points a schema at a component, and keeps what is said beside the reference.
pub(super) fn redirect(schema: &mut Value, name: &str) {
    let description = schema.get("description").filter(|text| text.is_string()).cloned();
    *schema = reference(name);
    if let Some(description) = description {
        schema["description"] = description;
    }
}

/// Calls `visit` with each operation: path, method, the operation.
pub(super) fn operations_mut(root: &mut Value, mut visit: impl FnMut(&str, &str, &mut Value)) {
    for (path, item) in root
        .get_mut("paths")
        .and_then(Value::as_object_mut)
        .into_iter()
        .flatten()
    {
        for (method, operation) in item.as_object_mut().into_iter().flatten() {
            if METHODS.contains(&method.as_str()) {
                visit(path, method, operation);
            }
        }
    }
}

/// Removes the operations that `keep` does not keep, and the paths that have none left.
pub(super) fn retain_operations(root: &mut Value, mut keep: impl FnMut(&str, &str, &Value) -> bool) {
    let Some(paths) = root.get_mut("paths").and_then(Value::as_object_mut) else {
        return;
    };
    for (path, item) in paths.iter_mut() {
        if let Some(item) = item.as_object_mut() {
            item.retain(|method, operation| !METHODS.contains(&method.as_str()) || keep(path, method, operation));
        }
    }
    paths.retain(|_, item| {
        item.as_object()
            .is_some_and(|item| item.keys().any(|key| METHODS.contains(&key.as_str())))
    });
}

/// What to call an operation in a note: its id, or its method and path.
pub(super) fn label(path: &str, method: &str, operation: &Value) -> String {
    match operation.get("operationId").and_then(Value::as_str) {
        Some(id) => id.to_owned(),
        None => format!("{} {path}", method.to_uppercase()),
    }
}

/// Puts shared parameters, bodies, responses and path items where they are referred to, path-level parameters at
/// each operation, and takes out what is no operation. An operation that is not there is left out.
pub(super) fn inline(root: &mut Value, diagnostics: &mut Diagnostics) {
    let source = root.clone();
    let Some(paths) = root.get_mut("paths").and_then(Value::as_object_mut) else {
        return;
    };
    paths.retain(|path, _| !is_extension(path));
    let mut lost = Vec::new();
    for (path, item) in paths.iter_mut() {
        let resolved = resolve(&source, item).and_then(|item| match item.is_object() {
            true => Ok(item),
            false => Err("is no object"),
        });
        match resolved {
            Ok(resolved) => *item = resolved,
            Err(why) => {
                lost.push(path.clone());
                diagnostics.left_out(path, format!("its path item {why}"));
                continue;
            }
        }
        let Some(item) = item.as_object_mut() else { continue };
        let shared = item
            .remove("parameters")
            .and_then(|list| list.as_array().cloned())
            .unwrap_or_default();
        let servers = item.contains_key("servers");
        item.retain(|key, _| METHODS.contains(&key.as_str()));
        let methods: Vec<String> = item.keys().cloned().collect();
        for method in methods {
            let Some(operation) = item.get_mut(&method) else {
                continue;
            };
            let name = label(path, &method, operation);
            if servers || operation.get("servers").is_some() {
                diagnostics.changed(&name, "it has a server of its own: the client's is used");
            }
            if operation.get("callbacks").is_some() {
                diagnostics.changed(&name, "its callbacks are requests of the server's: they are left out");
            }
            if let Err(why) = inline_operation(&source, operation, &shared) {
                diagnostics.left_out(name, why);
                item.remove(&method);
            }
        }
    }
    for path in lost {
        paths.remove(&path);
    }
    if let Some(components) = root.get_mut("components").and_then(Value::as_object_mut) {
        components.retain(|kind, _| kind == "schemas");
    }
}

fn inline_operation(source: &Value, operation: &mut Value, shared: &[Value]) -> Result<(), String> {
    let operation = operation.as_object_mut().ok_or("it is no object")?;
    operation.remove("callbacks");
    let own = operation
        .remove("parameters")
        .and_then(|list| list.as_array().cloned())
        .unwrap_or_default();
    let mut parameters: Vec<Value> = Vec::new();
    for parameter in shared.iter().chain(&own) {
        let parameter = resolve(source, parameter).map_err(|why| format!("a parameter {why}"))?;
        let key = |parameter: &Value| (parameter.get("in").cloned(), parameter.get("name").cloned());
        // An operation's own parameter takes the place of the path's.
        parameters.retain(|other| key(other) != key(&parameter));
        parameters.push(parameter);
    }
    operation.insert("parameters".to_owned(), parameters.into());
    if let Some(body) = operation.get_mut("requestBody") {
        *body = resolve(source, body).map_err(|why| format!("its request body {why}"))?;
    }
    for response in operation
        .get_mut("responses")
        .and_then(Value::as_object_mut)
        .into_iter()
        .flatten()
    {
        *response.1 = resolve(source, response.1).map_err(|why| format!("a response {why}"))?;
    }
    Ok(())
}

/// What a value refers to, after its chain of references; or why that is nothing.
fn resolve(source: &Value, value: &Value) -> Result<Value, &'static str> {
    let mut value = value;
    for _ in 0..HOPS {
        let Some(reference) = value.get("$ref") else {
            return Ok(value.clone());
        };
        let pointer = reference.as_str().and_then(pointer::of_reference);
        value = pointer
            .and_then(|pointer| pointer::resolve(source, &pointer))
            .ok_or("refers to nothing")?;
    }
    Err("refers to itself")
}

/// Calls `visit` with every schema of the document, the inner ones first, and with a name for it: that of its
/// component, or of its operation, and the properties that lead to it.
pub(super) fn visit_schemas(root: &mut Value, visit: &mut dyn FnMut(&str, &mut Value)) {
    visit_whole_schemas(root, &mut |name, schema| visit_schema(name, schema, visit));
}

/// The same for the schemas that are in operations alone.
pub(super) fn visit_inline_schemas(root: &mut Value, visit: &mut dyn FnMut(&str, &mut Value)) {
    visit_whole_inline_schemas(root, &mut |name, schema| visit_schema(name, schema, visit));
}

/// Calls `visit` with every schema of the document that is in no other.
pub(super) fn visit_whole_schemas(root: &mut Value, visit: &mut dyn FnMut(&str, &mut Value)) {
    for (name, schema) in schemas_mut(root).into_iter().flatten() {
        visit(name, schema);
    }
    visit_whole_inline_schemas(root, visit);
}

fn visit_whole_inline_schemas(root: &mut Value, visit: &mut dyn FnMut(&str, &mut Value)) {
    operations_mut(root, |path, method, operation| {
        let name = label(path, method, operation);
        for parameter in operation
            .get_mut("parameters")
            .and_then(Value::as_array_mut)
            .into_iter()
            .flatten()
        {
            let name = format!(
                "{name} {}",
                parameter.get("name").and_then(Value::as_str).unwrap_or_default()
            );
            if let Some(schema) = parameter.get_mut("schema") {
                visit(&name, schema);
            }
            for (_, media) in parameter
                .get_mut("content")
                .and_then(Value::as_object_mut)
                .into_iter()
                .flatten()
            {
                if let Some(schema) = media.get_mut("schema") {
                    visit(&name, schema);
                }
            }
        }
        let mut content = |holder: &mut Value, suffix: &str| {
            for (_, media) in holder
                .get_mut("content")
                .and_then(Value::as_object_mut)
                .into_iter()
                .flatten()
            {
                if let Some(schema) = media.get_mut("schema") {
                    visit(&format!("{name} {suffix}"), schema);
                }
            }
        };
        if let Some(body) = operation.get_mut("requestBody") {
            content(body, "Request");
        }
        for (_, response) in operation
            .get_mut("responses")
            .and_then(Value::as_object_mut)
            .into_iter()
            .flatten()
        {
            content(response, "Response");
        }
    });
}

/// Calls `visit` with a schema's inner schemas, then with itself.
pub(super) fn visit_schema(name: &str, schema: &mut Value, visit: &mut dyn FnMut(&str, &mut Value)) {
    if let Some(object) = schema.as_object_mut() {
        for (property, inner) in object
            .get_mut("properties")
            .and_then(Value::as_object_mut)
            .into_iter()
            .flatten()
        {
            visit_schema(&format!("{name} {property}"), inner, visit);
        }
        for (key, suffix) in [("items", "Item"), ("additionalProperties", "Value"), ("not", "Not")] {
            if let Some(inner) = object.get_mut(key).filter(|inner| inner.is_object()) {
                visit_schema(&format!("{name} {suffix}"), inner, visit);
            }
        }
        for key in ["allOf", "oneOf", "anyOf"] {
            for inner in object.get_mut(key).and_then(Value::as_array_mut).into_iter().flatten() {
                visit_schema(name, inner, visit);
            }
        }
    }
    hints::kept(schema, |schema| visit(name, schema));
}

/// Whether a schema has properties of its own.
pub(super) fn has_properties(schema: &Value) -> bool {
    schema
        .get("properties")
        .and_then(Value::as_object)
        .is_some_and(|properties| !properties.is_empty())
}
