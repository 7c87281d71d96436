//! What differs between two JSON values, property by property. A list is one value.

use std::collections::BTreeMap;

use super::{Json, JsonPath, Sameness, Shape};

/// One difference: the value on either side, `None` where the property is not there.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Difference {
    pub(crate) path: JsonPath,
    pub(crate) before: Option<Json>,
    pub(crate) after: Option<Json>,
}

/// Collects differences on the way through two documents.
#[derive(Debug)]
pub struct Differences {
    sameness: Sameness,
    /// The whole document's.
    shape: Shape,
    path: JsonPath,
    found: Vec<Difference>,
}

impl Differences {
    pub(crate) fn new(sameness: Sameness, shape: Shape) -> Self {
        Self::at(sameness, shape, JsonPath::default())
    }

    /// Begins somewhere inside a document of this shape.
    pub(crate) fn at(sameness: Sameness, shape: Shape, path: JsonPath) -> Self {
        Self {
            sameness,
            shape,
            path,
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
    pub(crate) fn compare(&mut self, before: Option<Json>, after: Option<Json>) {
        match (before, after) {
            (Some(Json::Object(before)), Some(Json::Object(after))) => self.compare_objects(before, after),
            // Most are, and need no shape.
            (before, after) if before == after => {}
            (before, after) => {
                let shape = self.shape.at(self.path.names());
                if !self.sameness.holds(shape, before.as_ref(), after.as_ref()) {
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
    pub(crate) fn compare_objects(&mut self, before: BTreeMap<Box<str>, Json>, mut after: BTreeMap<Box<str>, Json>) {
        for (name, value) in before {
            let other = after.remove(&name);
            self.within(&name, |differences| differences.compare(Some(value), other));
        }
        for (name, value) in after {
            self.within(&name, |differences| differences.compare(None, Some(value)));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Differences;
    use crate::compare::{Json, Sameness, Shape};

    fn paths(sameness: Sameness, before: &str, after: &str) -> Vec<String> {
        let mut differences = Differences::new(sameness, Shape::Unknown);
        differences.compare(Json::parse(before), Json::parse(after));
        differences
            .into_found()
            .iter()
            .map(|difference| difference.path.to_string())
            .collect()
    }

    #[test]
    fn each_side_is_looked_at() {
        let (before, after) = (r#"{"a":null,"b":{"c":1}}"#, r#"{"b":{"c":1,"d":null,"e":0}}"#);
        assert_eq!(paths(Sameness::Exact, before, after), ["$.a", "$.b.d", "$.b.e"]);
        assert_eq!(paths(Sameness::Meaning, before, after), ["$.b.e"]);
    }

    #[test]
    fn a_list_is_one_value() {
        assert_eq!(paths(Sameness::Exact, r#"{"a":[1,2]}"#, r#"{"a":[2,1]}"#), ["$.a"]);
    }

    #[test]
    fn an_empty_map_is_something() {
        assert_eq!(paths(Sameness::Meaning, r#"{"a":{}}"#, "{}"), ["$.a"]);
    }
}
