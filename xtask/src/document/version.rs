//! Which OpenAPI a document is written in.

use std::path::Path;

use serde_json::Value;

use crate::{Error, Result};

/// The version that fragments are written in, and that the generator takes.
pub const TARGET: &str = "3.0.3";

/// A version of OpenAPI that can be read.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub enum Version {
    /// 3.0.x
    V3_0,
    /// 3.1.x
    V3_1,
    /// 3.2.x
    V3_2,
}

impl Version {
    /// The version that a document states.
    ///
    /// # Errors
    /// [`Error::Document`] where it states none, or one that is not 3.0, 3.1 or 3.2.
    pub fn of(file: &Path, root: &Value) -> Result<Self> {
        const READ: &str = "OpenAPI 3.0, 3.1 and 3.2 are read";
        let Some(object) = root.as_object() else {
            return Err(Error::document(
                file,
                "",
                format!("not an OpenAPI document but {}: {READ}", kind(root)),
            ));
        };
        let Some(stated) = object.get("openapi") else {
            if let Some(swagger) = object.get("swagger") {
                let message = format!("this is Swagger {}: convert it first; {READ}", text(swagger));
                return Err(Error::document(file, "/swagger", message));
            }
            return Err(Error::document(
                file,
                "",
                format!("no `openapi`, so not an OpenAPI document: {READ}"),
            ));
        };
        let stated = text(stated);
        let mut parts = stated.split('.');
        match (parts.next(), parts.next()) {
            (Some("3"), Some("0")) => Ok(Self::V3_0),
            (Some("3"), Some("1")) => Ok(Self::V3_1),
            (Some("3"), Some("2")) => Ok(Self::V3_2),
            _ => Err(Error::document(file, "/openapi", format!("OpenAPI {stated}: {READ}"))),
        }
    }
}

/// YAML reads an unquoted `3.1` as a number.
fn text(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

/// What a value is, for messages.
pub(crate) fn kind(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "a boolean",
        Value::Number(_) => "a number",
        Value::String(_) => "text",
        Value::Array(_) => "an array",
        Value::Object(_) => "an object",
    }
}
