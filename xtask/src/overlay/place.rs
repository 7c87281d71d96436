//! Places in a document, as a JSONPath finds them.

use std::{fmt, ptr};

use serde_json::Value;
use serde_json_path::{JsonPath, NormalizedPath};

/// The way from the root of a document to one of its values.
#[derive(Clone, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub(super) struct Place(Vec<Step>);

#[derive(Clone, Debug, Eq, Ord, PartialEq, PartialOrd)]
enum Step {
    Name(String),
    Index(usize),
}

impl Place {
    /// All places that the path matches, each once, the last and innermost first: a change of one then leaves
    /// the way to all that follow as it is.
    pub(super) fn all(path: &JsonPath, document: &Value) -> Vec<Self> {
        // The path's own way to locate what it finds copies the way to every value that it passes: with `..` to all
        // there are. Looking afterwards where the found values are is quicker then.
        let mut places = if path.to_string().contains("..") {
            let mut found: Vec<*const Value> = path.query(document).iter().map(|value| ptr::from_ref(*value)).collect();
            // Few are found and many looked at: no hash is as quick as a search in few.
            found.sort_unstable();
            found.dedup();
            let mut places = Vec::new();
            locate(document, &found, &mut Vec::new(), &mut places);
            places
        } else {
            path.query_located(document).locations().map(Self::of).collect()
        };
        places.sort_unstable_by(|a, b| b.cmp(a));
        places.dedup();
        places
    }

    fn of(location: &NormalizedPath<'_>) -> Self {
        let steps = location.iter().filter_map(|element| match element.as_name() {
            Some(name) => Some(Step::Name(name.to_owned())),
            None => element.as_index().map(Step::Index),
        });
        Self(steps.collect())
    }

    /// The value at this place.
    pub(super) fn find<'a>(&self, document: &'a mut Value) -> Option<&'a mut Value> {
        walk(&self.0, document)
    }

    /// Takes the value at this place out of what holds it. `None` for the root, which nothing holds.
    pub(super) fn take(&self, document: &mut Value) -> Option<Value> {
        let (last, way) = self.0.split_last()?;
        match (walk(way, document)?, last) {
            (Value::Object(map), Step::Name(name)) => map.remove(name),
            (Value::Array(values), Step::Index(index)) if *index < values.len() => Some(values.remove(*index)),
            _ => None,
        }
    }

    pub(super) fn is_root(&self) -> bool {
        self.0.is_empty()
    }
}

/// A step that is not copied yet.
#[derive(Clone, Copy)]
enum StepRef<'a> {
    Name(&'a str),
    Index(usize),
}

/// Adds the places of those values in `value`, which is at the end of `way`, that are among `found`.
fn locate<'a>(value: &'a Value, found: &[*const Value], way: &mut Vec<StepRef<'a>>, places: &mut Vec<Place>) {
    if places.len() == found.len() {
        return;
    }
    if found.binary_search(&ptr::from_ref(value)).is_ok() {
        let steps = way.iter().map(|step| match *step {
            StepRef::Name(name) => Step::Name(name.to_owned()),
            StepRef::Index(index) => Step::Index(index),
        });
        places.push(Place(steps.collect()));
    }
    let mut enter = |step, value| {
        way.push(step);
        locate(value, found, way, places);
        way.pop();
    };
    match value {
        Value::Object(map) => map
            .iter()
            .for_each(|(name, value)| enter(StepRef::Name(name.as_str()), value)),
        Value::Array(values) => values
            .iter()
            .enumerate()
            .for_each(|(index, value)| enter(StepRef::Index(index), value)),
        _ => {}
    }
}

fn walk<'a>(way: &[Step], document: &'a mut Value) -> Option<&'a mut Value> {
    way.iter().try_fold(document, |value, step| match step {
        Step::Name(name) => value.as_object_mut()?.get_mut(name),
        Step::Index(index) => value.as_array_mut()?.get_mut(*index),
    })
}

/// As a JSON pointer (RFC 6901).
impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|step| match step {
            Step::Name(name) => write!(f, "/{}", escape(name)),
            Step::Index(index) => write!(f, "/{index}"),
        })
    }
}

/// A name as a JSON pointer writes it.
pub(super) fn escape(name: &str) -> String {
    name.replace('~', "~0").replace('/', "~1")
}

/// What a value is, as a message says it.
pub(super) fn kind(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "a boolean",
        Value::Number(_) => "a number",
        Value::String(_) => "a string",
        Value::Array(_) => "an array",
        Value::Object(_) => "an object",
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;
    use serde_json_path::JsonPath;

    use super::Place;

    fn places(path: &str, document: &serde_json::Value) -> Vec<String> {
        let path = JsonPath::parse(path).unwrap();
        Place::all(&path, document).iter().map(ToString::to_string).collect()
    }

    #[test]
    fn the_last_and_innermost_come_first() {
        let mut list: Vec<_> = (0..12).map(|n| json!(n)).collect();
        list[2] = json!({ "a/b": { "c~d": 1 } });
        let document = json!({ "list": list });
        assert_eq!(
            places("$.list[10, 9, 2, 11]", &document),
            ["/list/11", "/list/10", "/list/9", "/list/2"]
        );
        assert_eq!(places("$.list[2]..*", &document), ["/list/2/a~1b/c~0d", "/list/2/a~1b"]);
    }

    #[test]
    fn a_place_that_matches_twice_counts_once() {
        assert_eq!(places("$['a', 'a']", &json!({ "a": 1 })), ["/a"]);
        assert_eq!(places("$", &json!({})), [""]);
    }
}
