use std::collections::BTreeSet;
use std::path::Path;

use serde_json::Value;

use super::parts;
use crate::document::suggest::suggest;
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
            let mut all = BTreeSet::new();
            parts::retain_operations(root, |_, _, operation| {
                let id = operation.get("operationId").and_then(Value::as_str).unwrap_or_default();
                missing.remove(id);
                all.insert(id.to_owned());
                ids.contains(id)
            });
            if let Some(id) = missing.first() {
                return Err(Error::document(
                    file,
                    "/paths",
                    format!("no operation has the id `{id}`{}", nearest(id, &all)),
                ));
            }
        }
        Selection::Tag(tag) => {
            let has_tag = |operation: &Value| {
                let tags = operation.get("tags").and_then(Value::as_array).into_iter().flatten();
                tags.filter_map(Value::as_str).any(|other| other == tag)
            };
            let mut found = false;
            let mut all = BTreeSet::new();
            parts::retain_operations(root, |_, _, operation| {
                found |= has_tag(operation);
                let tags = operation.get("tags").and_then(Value::as_array).into_iter().flatten();
                all.extend(tags.filter_map(Value::as_str).map(str::to_owned));
                has_tag(operation)
            });
            if !found {
                return Err(Error::document(
                    file,
                    "/paths",
                    format!("no operation has the tag `{tag}`{}", nearest(tag, &all)),
                ));
            }
        }
    }
    Ok(())
}

/// The names that may be meant, for the end of a message.
fn nearest(name: &str, all: &BTreeSet<String>) -> String {
    match suggest(name, all.iter().map(String::as_str)).as_slice() {
        [] => String::new(),
        near => format!("; near it are {}", near.join(", ")),
    }
}
