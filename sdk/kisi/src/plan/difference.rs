//! What differs between two JSON values, property by property. A list is one value.

use serde_json::{Map, Value};

use super::JsonPath;

/// When two values count as the same.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Sameness {
    /// `null` and "not there" differ: a plan shows both.
    Exact,
    /// `null` and "not there" are the same: both say that there is no value, and a server may answer either.
    Meaning,
}

/// One difference: the value on either side, `None` where the property is not there.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Difference {
    pub(crate) path: JsonPath,
    pub(crate) before: Option<Value>,
    pub(crate) after: Option<Value>,
}

/// Collects differences on the way through two documents.
#[derive(Debug)]
pub struct Differences {
    pub(crate) sameness: Sameness,
    path: JsonPath,
    found: Vec<Difference>,
}

impl Differences {
    pub(crate) fn new(sameness: Sameness) -> Self {
        Self {
            sameness,
            path: JsonPath::default(),
            found: Vec::new(),
        }
    }

    pub(crate) fn into_found(self) -> Vec<Difference> {
        self.found
    }

    /// Runs `walk` one step further down.
    pub(crate) fn within(&mut self, name: &str, walk: impl FnOnce(&mut Self)) {
        self.path.push(name);
        walk(self);
        self.path.pop();
    }

    /// Compares two values that stand at the current path.
    pub(crate) fn compare(&mut self, before: Option<Value>, after: Option<Value>) {
        match (before, after) {
            (Some(Value::Object(before)), Some(Value::Object(after))) => self.compare_objects(before, after),
            (before, after) => {
                if !same(self.sameness, before.as_ref(), after.as_ref()) {
                    self.found.push(Difference {
                        path: self.path.clone(),
                        before,
                        after,
                    });
                }
            }
        }
    }

    /// Compares the properties of two objects that stand at the current path.
    pub(crate) fn compare_objects(&mut self, before: Map<String, Value>, mut after: Map<String, Value>) {
        for (name, value) in before {
            let other = after.remove(&name);
            self.within(&name, |differences| differences.compare(Some(value), other));
        }
        for (name, value) in after {
            self.within(&name, |differences| differences.compare(None, Some(value)));
        }
    }
}

/// Whether two values are the same.
pub(crate) fn same(sameness: Sameness, a: Option<&Value>, b: Option<&Value>) -> bool {
    match sameness {
        Sameness::Exact => a == b,
        Sameness::Meaning => same_meaning(a.unwrap_or(&Value::Null), b.unwrap_or(&Value::Null)),
    }
}

fn same_meaning(a: &Value, b: &Value) -> bool {
    match (a, b) {
        (Value::Object(a), Value::Object(b)) => contains(a, b) && contains(b, a),
        (Value::Array(a), Value::Array(b)) => a.len() == b.len() && a.iter().zip(b).all(|(a, b)| same_meaning(a, b)),
        (a, b) => a == b,
    }
}

/// Whether each property of `part` has the same meaning in `whole`.
fn contains(whole: &Map<String, Value>, part: &Map<String, Value>) -> bool {
    part.iter()
        .all(|(name, value)| same_meaning(value, whole.get(name).unwrap_or(&Value::Null)))
}

/// Whether `found` says all that `wanted` says; objects may say more.
pub(crate) fn says_all(found: &Value, wanted: &Value) -> bool {
    match (found, wanted) {
        (Value::Object(found), Value::Object(wanted)) => wanted
            .iter()
            .all(|(name, value)| says_all(found.get(name).unwrap_or(&Value::Null), value)),
        (found, wanted) => same_meaning(found, wanted),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::{Differences, Sameness, says_all};

    fn paths(sameness: Sameness, before: Value, after: Value) -> Vec<String> {
        let mut differences = Differences::new(sameness);
        differences.compare(Some(before), Some(after));
        differences
            .into_found()
            .iter()
            .map(|difference| difference.path.to_string())
            .collect()
    }

    #[test]
    fn null_and_absent_differ_in_form_and_not_in_meaning() {
        let (before, after) = (json!({"a": null, "b": {"c": 1}}), json!({"b": {"c": 1, "d": null}}));
        assert_eq!(paths(Sameness::Exact, before.clone(), after.clone()), ["$.a", "$.b.d"]);
        assert!(paths(Sameness::Meaning, before, after).is_empty());
    }

    #[test]
    fn a_list_is_one_value() {
        let paths = paths(Sameness::Exact, json!({"a": [1, 2]}), json!({"a": [2, 1]}));
        assert_eq!(paths, ["$.a"]);
    }

    #[test]
    fn an_empty_map_is_something() {
        assert_eq!(paths(Sameness::Meaning, json!({"a": {}}), json!({})), ["$.a"]);
    }

    #[test]
    fn a_server_may_say_more_than_it_was_told() {
        assert!(says_all(&json!({"a": 1, "b": 2}), &json!({"a": 1, "c": null})));
        assert!(!says_all(&json!({"a": 1}), &json!({"a": 1, "c": 2})));
    }
}
