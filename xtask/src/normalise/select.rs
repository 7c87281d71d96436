use std::collections::BTreeSet;
use std::path::Path;

use serde_json::Value;

use super::parts;
use crate::api::matches;
use crate::document::route;
use crate::document::suggest::suggest;
use crate::{Error, Result};

/// Which operations of a document are kept.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub enum Selection {
    /// All of them.
    #[default]
    All,
    /// Those that an id or a tag names.
    Only {
        /// Operation ids, in which `*` is any text. An operation without an id goes by method and path: `GET /doors`.
        operations: BTreeSet<String>,
        /// Tags.
        tags: BTreeSet<String>,
    },
}

impl Selection {
    /// Those with these operation ids.
    pub fn operations<T: Into<String>>(ids: impl IntoIterator<Item = T>) -> Self {
        Self::Only {
            operations: ids.into_iter().map(Into::into).collect(),
            tags: BTreeSet::new(),
        }
    }

    /// Those with this tag.
    pub fn tag(tag: impl Into<String>) -> Self {
        Self::Only {
            operations: BTreeSet::new(),
            tags: BTreeSet::from([tag.into()]),
        }
    }
}

/// Takes out the operations that are not selected.
///
/// # Errors
/// [`Error::Document`] for an id or a tag that no operation has, with those that may be meant.
pub(super) fn apply(file: &Path, root: &mut Value, selection: &Selection) -> Result<()> {
    let Selection::Only { operations, tags } = selection else {
        return Ok(());
    };
    let (mut ids, mut all_tags) = (BTreeSet::new(), BTreeSet::new());
    let (mut found, mut found_tags) = (BTreeSet::new(), BTreeSet::new());
    parts::retain_operations(root, |path, method, operation| {
        let id = operation.get("operationId").and_then(Value::as_str);
        let id = id.map_or_else(|| route(method, path), str::to_owned);
        let named: Vec<&String> = operations.iter().filter(|pattern| matches(pattern, &id)).collect();
        let listed = operation.get("tags").and_then(Value::as_array).into_iter().flatten();
        let listed: Vec<&str> = listed.filter_map(Value::as_str).collect();
        let tagged: Vec<&String> = tags.iter().filter(|tag| listed.contains(&tag.as_str())).collect();
        let kept = !named.is_empty() || !tagged.is_empty();
        ids.insert(id);
        all_tags.extend(listed.into_iter().map(str::to_owned));
        found.extend(named);
        found_tags.extend(tagged);
        kept
    });
    let missing = |message: String| Err(Error::document(file, "/paths", message));
    if let Some(id) = operations.iter().find(|id| !found.contains(id)) {
        let what = if id.contains('*') { "fits" } else { "has the id" };
        return missing(format!("no operation {what} `{id}`{}", nearest(id, &ids)));
    }
    match tags.iter().find(|tag| !found_tags.contains(tag)) {
        Some(tag) => missing(format!("no operation has the tag `{tag}`{}", nearest(tag, &all_tags))),
        None => Ok(()),
    }
}

/// The names that may be meant, for the end of a message.
pub(crate) fn nearest(name: &str, all: &BTreeSet<String>) -> String {
    match suggest(name, all.iter().map(String::as_str)).as_slice() {
        [] => String::new(),
        near => format!("; near it are {}", near.join(", ")),
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use serde_json::{Value, json};

    use super::{Selection, apply};
    use crate::normalise::parts;

    fn selected(operations: &[&str], tags: &[&str]) -> Result<Vec<String>, String> {
        let operation = |id: &str, tags: &[&str]| json!({ "operationId": id, "tags": tags });
        let mut root = json!({ "paths": {
            "/a": { "get": operation("getDoor", &["Doors"]), "post": operation("openDoor", &["Doors", "Acts"]) },
            "/b": { "get": operation("getPlace", &["Places"]) },
            "/c": { "get": { "tags": "Doors" }, "post": { "operationId": 7, "tags": null } },
        } });
        let set = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect::<BTreeSet<_>>();
        let selection = Selection::Only {
            operations: set(operations),
            tags: set(tags),
        };
        apply("a.json".as_ref(), &mut root, &selection).map_err(|error| error.to_string())?;
        let mut left = Vec::new();
        parts::operations_mut(&mut root, |path, method, operation: &mut Value| {
            left.push(parts::label(path, method, operation));
        });
        Ok(left)
    }

    #[test]
    fn ids_patterns_and_tags_are_taken_together() {
        for (operations, tags, kept) in [
            (&["getDoor"][..], &[][..], &["getDoor"][..]),
            (&["get*"], &[], &["getDoor", "getPlace"]),
            (&["*Door", "getPlace"], &[], &["getDoor", "openDoor", "getPlace"]),
            (&[], &["Acts", "Places"], &["openDoor", "getPlace"]),
            (&["getPlace"], &["Acts"], &["openDoor", "getPlace"]),
            (&["GET /c", "POST *"], &[], &["GET /c", "POST /c"]),
            (&[], &[], &[]),
        ] {
            assert_eq!(selected(operations, tags).unwrap(), kept, "{operations:?} {tags:?}");
        }
    }

    #[test]
    fn what_no_operation_has_is_an_error_with_what_may_be_meant() {
        for (operations, tags, error) in [
            (
                &["getDor"][..],
                &[][..],
                "a.json#/paths: no operation has the id `getDor`; near it are \"getDoor\"",
            ),
            (&["getDoor", "fetch*"], &[], "a.json#/paths: no operation fits `fetch*`"),
            (
                &["getDoor"],
                &["doors"],
                "a.json#/paths: no operation has the tag `doors`; near it are \"Doors\"",
            ),
            (&[""], &[], "a.json#/paths: no operation has the id ``"),
        ] {
            let said = selected(operations, tags).unwrap_err();
            assert!(said.starts_with(error), "{said}");
        }
    }
}
