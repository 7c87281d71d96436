//! What differs between two values, property by property. A list is one value.

use std::collections::BTreeMap;

use rhombus_kisi_runtime::Kind;
use rhombus_kisi_runtime::walk::{Compare, Path, ToJson, Walk};

use super::kind::kind_at;
use super::{Json, JsonPath, Sameness};

/// One difference: the value on either side, `None` where the property is not there.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Difference {
    pub(crate) path: JsonPath,
    pub(crate) before: Option<Json>,
    pub(crate) after: Option<Json>,
}

/// What differs between two values of one type. Only that becomes JSON.
pub(crate) fn differences<T: Walk>(before: &T, after: &T, sameness: Sameness) -> Vec<Difference> {
    let mut differences = Differences::new(sameness, T::kind());
    before.compare(after, Path::ROOT, &mut differences);
    differences.found
}

/// What differs between two values at a path of a document of kind `root`.
pub(crate) fn json_differences(
    root: Kind,
    path: &JsonPath,
    [before, after]: [Option<Json>; 2],
    sameness: Sameness,
) -> Vec<Difference> {
    let mut differences = Differences::new(sameness, root);
    differences.json(kind_at(root, path.names()), &mut path.clone(), before, after);
    differences.found
}

struct Differences {
    sameness: Sameness,
    /// The whole document's.
    root: Kind,
    found: Vec<Difference>,
}

impl Differences {
    fn new(sameness: Sameness, root: Kind) -> Self {
        Self {
            sameness,
            root,
            found: Vec::new(),
        }
    }

    fn json(&mut self, kind: Kind, path: &mut JsonPath, before: Option<Json>, after: Option<Json>) {
        match (before, after) {
            (Some(Json::Object(before)), Some(Json::Object(after))) => self.objects(kind, path, before, after),
            (before, after) if self.sameness.holds(kind, before.as_ref(), after.as_ref()) => {}
            (before, after) => self.found.push(Difference {
                path: path.clone(),
                before,
                after,
            }),
        }
    }

    fn objects(&mut self, kind: Kind, path: &mut JsonPath, before: Properties, mut after: Properties) {
        let mut property = |name: &str, before, after| {
            path.push(name);
            self.json(kind.of(name), path, before, after);
            path.pop();
        };
        for (name, value) in before {
            let other = after.remove(&name);
            property(&name, Some(value), other);
        }
        for (name, value) in after {
            property(&name, None, Some(value));
        }
    }
}

type Properties = BTreeMap<Box<str>, Json>;

impl Compare for Differences {
    fn differ(&mut self, path: Path<'_>, before: Option<&dyn ToJson>, after: Option<&dyn ToJson>) {
        let [before, after] = [before, after].map(|side| side.map(|value| Json::of_text(&value.to_json())));
        let mut path = JsonPath::from_names(path.names());
        self.json(kind_at(self.root, path.names()), &mut path, before, after);
    }
}

#[cfg(test)]
mod tests {
    use rhombus_kisi_runtime::Kind;

    use super::json_differences;
    use crate::compare::{Json, JsonPath, Sameness};

    fn paths(sameness: Sameness, before: &str, after: &str) -> Vec<String> {
        let sides = [before, after].map(Json::parse);
        let found = json_differences(Kind::Unknown, &JsonPath::default(), sides, sameness);
        found.iter().map(|difference| difference.path.to_string()).collect()
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
