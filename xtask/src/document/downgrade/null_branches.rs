//! A branch that is only null makes the whole nullable in 3.0.

use serde_json::{Map, Value};

use super::is_fact;

pub(super) fn lower(schema: &mut Map<String, Value>) {
    for key in ["anyOf", "oneOf"] {
        let Some(Value::Array(branches)) = schema.get_mut(key) else {
            continue;
        };
        let before = branches.len();
        branches.retain(|branch| !is_null(branch));
        if branches.len() == before {
            continue;
        }
        let only = if branches.len() == 1 { branches.pop() } else { None };
        let none = only.is_none() && branches.is_empty();
        if only.is_some() || none {
            schema.remove(key);
        }
        match only {
            // `anyOf: [{…}, {type: null}]` is what a generator writes for an optional value: that one, nullable.
            Some(Value::Object(only)) if !only.contains_key("$ref") && !schema.keys().any(|key| is_fact(key)) => {
                schema.extend(only);
            }
            Some(only) => match schema.get_mut("allOf") {
                Some(Value::Array(all)) => all.push(only),
                _ => {
                    schema.insert("allOf".into(), Value::Array(vec![only]));
                }
            },
            None if none => {
                schema.insert("enum".into(), Value::Array(vec![Value::Null]));
            }
            None => {}
        }
        // A list of types that came in with the only branch keeps saying the same.
        schema.insert("nullable".into(), Value::Bool(true));
    }
}

fn is_null(branch: &Value) -> bool {
    let only_null = |values: &Value| {
        values
            .as_array()
            .is_some_and(|values| values.as_slice() == [Value::Null])
    };
    branch
        .get("type")
        .is_some_and(|kind| kind == "null" || *kind == serde_json::json!(["null"]))
        || branch.get("const").is_some_and(Value::is_null)
        || branch.get("enum").is_some_and(only_null)
}
