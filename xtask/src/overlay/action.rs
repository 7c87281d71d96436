use std::path::Path;

use serde_json::Value;
use serde_json_path::JsonPath;

use crate::Error;

/// One step of an overlay: a change of every place that the target matches.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Action {
    /// The places, as a JSONPath. It is to match at least one, and only objects and arrays.
    pub target: String,
    /// The same, parsed.
    pub path: JsonPath,
    /// What happens there.
    pub change: Change,
}

/// What an action does at each place.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum Change {
    /// Merge this into an object, or append it to an array.
    Update(Value),
    /// Remove the place from the object or array that holds it.
    Remove,
}

pub(super) fn error(file: &Path, number: usize, target: &str, message: String) -> Error {
    Error::Overlay {
        file: file.to_owned(),
        action: number,
        target: target.to_owned(),
        message,
    }
}
