//! The report that `Client::drift` returns, as JSON.

use std::fs;
use std::path::Path;

use serde::Deserialize;

use crate::{Error, Result};

/// A report.
#[derive(Clone, Debug, Deserialize)]
#[non_exhaustive]
pub struct DriftReport {
    /// What was found.
    pub findings: Vec<Finding>,
    /// How many times something was found that is not listed.
    #[serde(default)]
    pub others: u64,
}

/// Something that responses have and the document has not.
#[derive(Clone, Debug, Deserialize)]
#[non_exhaustive]
pub struct Finding {
    /// The operation id.
    pub operation: String,
    /// `unknown_property`, `unknown_value`, `unknown_variant` or `other_type`; later SDKs may have others.
    pub kind: String,
    /// Where: `$.kisiSettings.doorInfoMap.*.badgeColour`.
    pub path: String,
    /// In how many responses.
    #[serde(default)]
    pub responses: u64,
}

/// A step of a path.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(super) enum Step {
    /// To a property.
    Property(String),
    /// To the values of a map.
    Values,
    /// To the elements of a list.
    Elements,
}

impl DriftReport {
    /// Reads a report.
    ///
    /// # Errors
    /// If the file cannot be read, or is no report.
    pub fn load(file: &Path) -> Result<Self> {
        let text = fs::read_to_string(file).map_err(|source| Error::Io {
            file: file.to_owned(),
            action: "read it",
            source,
        })?;
        serde_json::from_str(&text).map_err(|error| Error::Syntax {
            file: file.to_owned(),
            message: format!("{error}; a report is what `Client::drift` returns, written by serde_json"),
        })
    }
}

/// Returns the steps of a path; `None` if it is none.
pub(super) fn steps(path: &str) -> Option<Vec<Step>> {
    let mut rest = path.strip_prefix('$')?;
    let mut steps = Vec::new();
    while !rest.is_empty() {
        if let Some(after) = rest.strip_prefix("[]") {
            steps.push(Step::Elements);
            rest = after;
        } else if let Some(quoted) = rest.strip_prefix('[') {
            let mut names = serde_json::Deserializer::from_str(quoted).into_iter::<String>();
            steps.push(Step::Property(names.next()?.ok()?));
            rest = quoted.get(names.byte_offset()..)?.strip_prefix(']')?;
        } else {
            let name = rest.strip_prefix('.')?;
            let end = name.find(['.', '[']).unwrap_or(name.len());
            let (name, after) = name.split_at(end);
            steps.push(match name {
                "*" => Step::Values,
                _ => Step::Property(name.to_owned()),
            });
            rest = after;
        }
    }
    Some(steps)
}

#[cfg(test)]
mod tests {
    use super::{Step, steps};

    #[test]
    fn paths_are_read_as_they_are_written() {
        let property = |name: &str| Step::Property(name.to_owned());
        assert_eq!(steps("$"), Some(Vec::new()));
        assert_eq!(
            steps(r#"$.a.*[].b["odd \"]. name"].c"#),
            Some(vec![
                property("a"),
                Step::Values,
                Step::Elements,
                property("b"),
                property("odd \"]. name"),
                property("c"),
            ])
        );
        for path in ["", "a", "$a", "$[0]", "$[\"a", "$[\"a\"", "$]"] {
            assert_eq!(steps(path), None, "{path}");
        }
    }
}
