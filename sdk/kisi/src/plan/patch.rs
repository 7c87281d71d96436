//! Changes carried over to another state of the same document.

use serde_json::{Map, Value};

use super::JsonPath;

/// Puts `target` where `path` says, `None` taking out what is there. What else the document holds stays as it is.
///
/// Unless it shall `replace`, an object is laid over an object that stands there already.
pub(crate) fn put(document: &mut Value, path: &JsonPath, target: Option<&Value>, replace: bool) {
    let names: Vec<&str> = path.names().collect();
    let Some((last, parents)) = names.split_last() else {
        *document = target.cloned().unwrap_or_default();
        return;
    };
    let mut at = document;
    for name in parents {
        if target.is_none() && !at.get(name).is_some_and(Value::is_object) {
            return;
        }
        at = object(at).entry((*name).to_owned()).or_insert(Value::Null);
    }
    let parent = object(at);
    match target {
        // An object that is new goes over what came there meanwhile.
        Some(target) if !replace => lay_over(parent.entry((*last).to_owned()).or_insert(Value::Null), target.clone()),
        Some(target) => {
            parent.insert((*last).to_owned(), target.clone());
        }
        None => {
            parent.remove(*last);
        }
    }
}

/// The value as an object, after making it one where it is something else.
fn object(value: &mut Value) -> &mut Map<String, Value> {
    if !value.is_object() {
        *value = Value::Object(Map::new());
    }
    match value {
        Value::Object(map) => map,
        _ => unreachable!("made an object above"),
    }
}

/// The document with `patch` laid over it: objects property by property, all else whole, `null` as `null`.
pub(crate) fn lay_over(document: &mut Value, patch: Value) {
    match (document, patch) {
        (Value::Object(document), Value::Object(patch)) => {
            for (name, value) in patch {
                lay_over(document.entry(name).or_insert(Value::Null), value);
            }
        }
        (document, patch) => *document = patch,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::{lay_over, put};
    use crate::plan::JsonPath;

    #[test]
    fn a_change_goes_where_its_path_says_and_nowhere_else() {
        let mut document = json!({"a": {"b": 1, "c": 2}, "d": null});
        put(&mut document, &JsonPath::from_names(["a", "b"]), Some(&json!(3)), true);
        put(
            &mut document,
            &JsonPath::from_names(["d", "e"]),
            Some(&json!(null)),
            true,
        );
        put(&mut document, &JsonPath::from_names(["a", "c"]), None, true);
        put(&mut document, &JsonPath::from_names(["x", "y"]), None, true);
        assert_eq!(document, json!({"a": {"b": 3}, "d": {"e": null}}));
    }

    #[test]
    fn a_new_object_goes_over_another() {
        let mut document = json!({"a": {"b": 1}});
        put(
            &mut document,
            &JsonPath::from_names(["a"]),
            Some(&json!({"c": 2})),
            false,
        );
        assert_eq!(document, json!({"a": {"b": 1, "c": 2}}));
        put(
            &mut document,
            &JsonPath::from_names(["a"]),
            Some(&json!({"c": 2})),
            true,
        );
        assert_eq!(document, json!({"a": {"c": 2}}));
    }

    #[test]
    fn what_a_patch_leaves_out_stays() {
        let mut document = json!({"a": {"b": 1, "c": [1, 2]}, "d": 4});
        lay_over(&mut document, json!({"a": {"c": [3]}, "d": null, "e": {}}));
        assert_eq!(document, json!({"a": {"b": 1, "c": [3]}, "d": null, "e": {}}));
    }
}
