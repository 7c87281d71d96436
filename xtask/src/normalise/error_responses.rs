use std::collections::BTreeMap;

use http::StatusCode;
use serde_json::{Map, Value};

use super::bodies::{is_binary, is_json};
use super::words::{pascal, unique};
use super::{Diagnostics, Operation, parts};

/// Where an operation keeps the types of its errors, so that they are reached. The generator does not read it.
const ERRORS: &str = "x-errors";

/// What an operation returns for a status, or for several, that is no success.
#[derive(Clone, Debug, PartialEq)]
pub struct ErrorResponse {
    /// The status as the document has it: `404`, `4XX` or `default`.
    pub status: String,
    /// The name of its schema; `None` for JSON without a type of its own.
    pub schema: Option<String>,
    /// What the document says of it, as Markdown.
    pub description: String,
}

impl ErrorResponse {
    /// The statuses, from the first to the last; `None` for all that have no response of their own.
    pub fn statuses(&self) -> Option<(u16, u16)> {
        match self.status.as_str() {
            "4XX" => Some((400, 499)),
            "5XX" => Some((500, 599)),
            status => status.parse().ok().map(|status| (status, status)),
        }
    }

    /// The name of its variant: that of the status.
    pub fn variant(&self) -> String {
        match (self.status.as_str(), self.statuses()) {
            ("4XX", _) => "ClientError".to_owned(),
            ("5XX", _) => "ServerError".to_owned(),
            (status, Some((code, _))) => {
                let reason = StatusCode::from_u16(code).ok().and_then(|code| code.canonical_reason());
                reason.map_or_else(|| format!("Status{status}"), pascal)
            }
            _ => "Default".to_owned(),
        }
    }
}

/// The name of the enumeration of an operation's errors, by the name of its method.
pub(crate) fn name(method: &str) -> String {
    format!("{}Error", pascal(method))
}

/// Notes for each operation which schemas its errors have. One without a name gets one.
pub(super) fn collect(root: &mut Value, operations: &mut BTreeMap<String, Operation>) {
    let mut taken = parts::schema_names(root);
    // By what they say: operations that share an error share its type.
    let mut named: BTreeMap<String, String> = BTreeMap::new();
    let mut found: Vec<(String, Value)> = Vec::new();
    parts::operations_mut(root, |_, method, operation| {
        let label = parts::label("", method, operation);
        let Some(described) = operations.get_mut(&label) else {
            return;
        };
        let mut kept = Map::new();
        for (status, response) in failures(operation) {
            // A status has one spelling: `4xx` and `4XX` are the same.
            let seen = described.errors.iter().any(|error| error.status == status);
            let Some(schema) = schema(response).filter(|_| !seen) else {
                continue;
            };
            let name = match parts::target(schema) {
                Some(target) => target.to_owned(),
                None => named
                    .entry(schema.to_string())
                    .or_insert_with(|| {
                        let status = if status == "default" { "" } else { status.as_str() };
                        let name = unique(pascal(&format!("{label} {status} problem")), &mut taken);
                        found.push((name.clone(), schema.clone()));
                        name
                    })
                    .clone(),
            };
            kept.insert(status.clone(), parts::reference(&name));
            described.errors.push(ErrorResponse {
                status: status.clone(),
                schema: Some(name),
                description: text(response),
            });
        }
        if !kept.is_empty() {
            operation[ERRORS] = kept.into();
        }
        // Digits come before the ranges, and these before the default.
        described.errors.sort_by_key(|error| {
            error
                .statuses()
                .map_or((u16::MAX, 0), |(first, last)| (last - first, first))
        });
    });
    if let Some(schemas) = parts::schemas_mut(root) {
        schemas.extend(found);
    }
}

/// The responses for 4xx and 5xx, and the default where it is not the success.
fn failures(operation: &Value) -> Vec<(String, &Value)> {
    let responses = operation.get("responses").and_then(Value::as_object);
    let succeeds = responses.is_some_and(|responses| responses.keys().any(|status| status.starts_with('2')));
    let each = responses.into_iter().flatten().filter_map(|(status, response)| {
        let status = match status.to_ascii_uppercase().as_str() {
            "DEFAULT" if succeeds => "default".to_owned(),
            range @ ("4XX" | "5XX") => range.to_owned(),
            code if code.starts_with(['4', '5']) && code.len() == 3 && code.parse::<u16>().is_ok() => code.to_owned(),
            _ => return None,
        };
        Some((status, response))
    });
    each.collect()
}

/// The schema of a response's JSON that says something.
fn schema(response: &Value) -> Option<&Value> {
    let content = response.get("content")?.as_object()?;
    let schemas = content
        .iter()
        .filter(|(name, _)| is_json(name))
        .filter_map(|(_, media)| media.get("schema"));
    schemas
        .filter(|schema| !is_binary(schema))
        .find(|schema| schema.as_object().is_some_and(|schema| !schema.is_empty()))
}

fn text(response: &Value) -> String {
    response
        .get("description")
        .and_then(Value::as_str)
        .unwrap_or_default()
        .to_owned()
}

/// Leaves untyped what is no type after all: a list, a scalar, one of several that nothing tells apart.
pub(super) fn mark_untyped(root: &Value, operations: &mut BTreeMap<String, Operation>, diagnostics: &mut Diagnostics) {
    let types = parts::schema_names(root);
    for operation in operations.values_mut() {
        for error in &mut operation.errors {
            if error.schema.as_ref().is_some_and(|name| !types.contains(name)) {
                error.schema = None;
                let status = &error.status;
                let why = format!("its response for {status} is no object with a type: an opaque JSON value");
                diagnostics.changed(&operation.id, why);
            }
        }
    }
}

/// Whether a status has a type among the errors of an operation.
pub(super) fn is_typed(operation: &Operation, status: &str) -> bool {
    operation
        .errors
        .iter()
        .any(|error| error.status.eq_ignore_ascii_case(status))
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use crate::normalise::{Diagnostics, operation_ids, parts};

    #[test]
    fn each_declared_error_has_a_type() {
        let json_of = |schema: Value| json!({ "description": "Why.", "content": { "application/problem+json": { "schema": schema } } });
        let inline = json!({ "type": "object", "properties": { "code": { "type": "integer" } } });
        let responses = json!({
            "200": json_of(json!({})), "default": json_of(inline.clone()), "4XX": json_of(inline), "404": json_of(parts::reference("Problem")),
            "4xx": json_of(json!({ "type": "boolean" })), "+404": json_of(parts::reference("Problem")),
            "409": json_of(json!({ "type": "array", "items": {} })), "410": { "description": "Gone." }, "302": json_of(parts::reference("Problem")), "500": json_of(json!({})),
        });
        let mut root = json!({
            "paths": { "/a": { "get": { "operationId": "getA", "responses": responses } }, "/b": { "get": { "operationId": "getB", "responses": { "default": json_of(json!({ "type": "string" })) } } } },
            "components": { "schemas": { "Problem": {}, "GetA4XxProblem": {} } },
        });
        let mut diagnostics = Diagnostics::default();
        let mut operations = operation_ids::assign(&mut root, &mut diagnostics);
        super::collect(&mut root, &mut operations);
        root["components"]["schemas"]
            .as_object_mut()
            .unwrap()
            .remove("GetA409Problem");
        super::mark_untyped(&root, &mut operations, &mut diagnostics);
        let errors = &operations["get_a"].errors;
        let named: Vec<_> = errors
            .iter()
            .map(|error| (error.status.as_str(), error.variant(), error.schema.as_deref()))
            .collect();
        let name = named[3].2.unwrap();
        assert_eq!(
            named,
            [
                ("404", "NotFound".to_owned(), Some("Problem")),
                ("409", "Conflict".to_owned(), None),
                ("4XX", "ClientError".to_owned(), Some(name)),
                ("default", "Default".to_owned(), Some(name)),
            ]
        );
        assert_eq!(errors[0].description, "Why.");
        assert_eq!(diagnostics.sorted().len(), 1);
        assert!(operations["get_b"].errors.is_empty(), "its default is its success");
        let reached = root.pointer("/paths/~1a/get/x-errors").unwrap();
        assert_eq!(reached["404"], parts::reference("Problem"));
    }
}
