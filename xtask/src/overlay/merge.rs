//! The merge of an update into a value.

use serde_json::Value;

use super::place::{escape, kind};

/// Merges an update into a value of the same shape: objects key by key, an array at the other's end, a scalar
/// in the other's place.
///
/// # Errors
/// Where the shapes differ: the message names the place, below `at`.
pub(super) fn merge(into: &mut Value, update: &Value, at: &str) -> Result<(), String> {
    match (into, update) {
        (Value::Object(into), Value::Object(update)) => update.iter().try_for_each(|(name, update)| {
            let Some(value) = into.get_mut(name) else {
                into.insert(name.clone(), update.clone());
                return Ok(());
            };
            merge(value, update, &format!("{at}/{}", escape(name)))
        }),
        (Value::Array(into), Value::Array(update)) => {
            into.extend(update.iter().cloned());
            Ok(())
        }
        (into, update) if is_scalar(into) && is_scalar(update) => {
            *into = update.clone();
            Ok(())
        }
        (into, update) => Err(format!(
            "#{at} is {}, the update {}: the two do not merge",
            kind(into),
            kind(update)
        )),
    }
}

fn is_scalar(value: &Value) -> bool {
    !value.is_object() && !value.is_array()
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::merge;

    fn merged(mut into: Value, update: &Value) -> Result<Value, String> {
        merge(&mut into, update, "").map(|()| into)
    }

    #[test]
    fn objects_merge_key_by_key() {
        let update = json!({ "b": { "d": 2 }, "e": {} });
        let expected = json!({ "a": 1, "b": { "c": 1, "d": 2 }, "e": {} });
        assert_eq!(merged(json!({ "a": 1, "b": { "c": 1 } }), &update), Ok(expected));
    }

    #[test]
    fn arrays_are_put_end_to_end() {
        let merged = merged(json!({ "enum": ["A"] }), &json!({ "enum": ["B", "A"] }));
        assert_eq!(merged, Ok(json!({ "enum": ["A", "B", "A"] })));
    }

    #[test]
    fn scalars_replace_scalars_of_any_type() {
        for scalar in [json!(null), json!(true), json!(1), json!("text")] {
            assert_eq!(
                merged(json!({ "a": "old" }), &json!({ "a": scalar })),
                Ok(json!({ "a": scalar }))
            );
        }
    }

    #[test]
    fn different_shapes_are_refused() {
        for (into, update) in [(json!(true), json!({})), (json!({}), json!([])), (json!([]), json!(1))] {
            let error = merged(json!({ "a/b": into }), &json!({ "a/b": update })).unwrap_err();
            assert!(error.starts_with("#/a~1b is "), "{error}");
        }
    }
}
