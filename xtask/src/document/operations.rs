use serde_json::{Map, Value};

use super::grammar::METHODS;
use super::pointer;

/// An operation and where it is.
#[derive(Clone, Debug)]
pub struct Located<'a> {
    /// The operation id; a document may leave it out, and may give one to several operations.
    pub id: Option<&'a str>,
    /// The HTTP method, in lower case as in the document.
    pub method: &'a str,
    /// The path.
    pub path: &'a str,
    /// The JSON pointer of the operation.
    pub pointer: String,
    /// The operation.
    pub operation: &'a Value,
    /// The path item that it is in.
    pub item: &'a Map<String, Value>,
}

impl Located<'_> {
    /// Method and path, as messages name an operation: `POST /api/…`.
    pub fn route(&self) -> String {
        route(self.method, self.path)
    }
}

/// Method and path, as messages name an operation: `POST /api/…`.
pub fn route(method: &str, path: &str) -> String {
    format!("{} {path}", method.to_ascii_uppercase())
}

/// The operations under `paths`, by path and method.
pub fn operations(root: &Value) -> Vec<Located<'_>> {
    let mut found = Vec::new();
    let paths = root.get("paths").and_then(Value::as_object);
    for (path, item) in paths.into_iter().flatten().filter(|(path, _)| !path.starts_with("x-")) {
        let Some(item) = item.as_object() else { continue };
        for (method, operation) in item {
            if METHODS.contains(&method.as_str()) {
                found.push(Located {
                    id: operation.get("operationId").and_then(Value::as_str),
                    method,
                    path,
                    pointer: pointer::join(["paths", path, method]),
                    operation,
                    item,
                });
            }
        }
    }
    found.sort_by(|a, b| (a.path, a.method).cmp(&(b.path, b.method)));
    found
}
