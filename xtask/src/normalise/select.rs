use std::collections::BTreeSet;
use std::path::Path;

use serde_json::Value;

use super::parts;
use crate::{Error, Result};

/// Which operations of a document are kept.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum Selection {
    /// All of them.
    #[default]
    All,
    /// Those with these operation ids.
    Ids(BTreeSet<String>),
    /// Those with this tag.
    Tag(String),
}

/// Takes out the operations that are not selected.
pub(super) fn apply(file: &Path, root: &mut Value, selection: &Selection) -> Result<()> {
    match selection {
        Selection::All => {}
        Selection::Ids(ids) => {
            let mut missing = ids.clone();
            parts::retain_operations(root, |_, _, operation| {
                let id = operation.get("operationId").and_then(Value::as_str).unwrap_or_default();
                missing.remove(id);
                ids.contains(id)
            });
            if let Some(id) = missing.first() {
                return Err(Error::document(
                    file,
                    "/paths",
                    format!("no operation has the id `{id}`"),
                ));
            }
        }
        Selection::Tag(tag) => {
            let has_tag = |operation: &Value| {
                let tags = operation.get("tags").and_then(Value::as_array);
                tags.is_some_and(|tags| tags.iter().any(|other| other.as_str() == Some(tag)))
            };
            let mut found = false;
            parts::retain_operations(root, |_, _, operation| {
                found |= has_tag(operation);
                has_tag(operation)
            });
            if !found {
                return Err(Error::document(
                    file,
                    "/paths",
                    format!("no operation has the tag `{tag}`"),
                ));
            }
        }
    }
    Ok(())
}
