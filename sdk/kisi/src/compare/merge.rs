//! Two changes of the same document, made apart, put together.

use std::collections::{BTreeMap, BTreeSet};

use super::{Differences, Json, JsonPath, Sameness, Shape, elements};

type Properties = BTreeMap<Box<str>, Json>;

/// A three-way merge: `base` is what both sides began with, `ours` what we made of it, `theirs` what it is now.
///
/// What one side alone has changed is taken from that side, lists of ids element by element. Where both have changed the
/// same value to different ones there is a conflict.
#[derive(Debug)]
pub struct Merge {
    /// The whole document's.
    shape: Shape,
    path: JsonPath,
    /// Whether ours wins where both sides changed the same value.
    ours_wins: bool,
    conflicts: Vec<JsonPath>,
    /// Whether a merged value does not have the type of its property.
    broken: bool,
}

impl Merge {
    pub(crate) fn new(shape: Shape, ours_wins: bool) -> Self {
        Self {
            shape,
            path: JsonPath::default(),
            ours_wins,
            conflicts: Vec::new(),
            broken: false,
        }
    }

    /// Where both sides changed the same value to different ones, or one changed what the other took away.
    pub(crate) fn conflicts(&self) -> &[JsonPath] {
        &self.conflicts
    }

    pub(crate) fn is_broken(&self) -> bool {
        self.broken
    }

    /// A merged value in its type; the default where it has not got it, which is remembered.
    pub(crate) fn typed<T: Default>(&mut self, decoded: Option<T>) -> T {
        self.broken |= decoded.is_none();
        decoded.unwrap_or_default()
    }

    /// Runs `merge` one step further down.
    pub(crate) fn within<T>(&mut self, name: &str, merge: impl FnOnce(&mut Self) -> T) -> T {
        self.path.push(name);
        let merged = merge(self);
        self.path.pop();
        merged
    }

    /// Merges the values that stand at the current path.
    pub(crate) fn values(&mut self, base: Option<Json>, ours: Option<Json>, theirs: Option<Json>) -> Option<Json> {
        if base == ours {
            return theirs;
        }
        let shape = self.shape.at(self.path.names());
        if Sameness::Exact.holds(shape, base.as_ref(), ours.as_ref()) {
            return theirs;
        }
        let same = |a: &Option<Json>, b: &Option<Json>| Sameness::Meaning.holds(shape, a.as_ref(), b.as_ref());
        // Where both made the same change, ours may say `null` where theirs says nothing.
        if same(&base, &theirs) || same(&ours, &theirs) {
            return ours;
        }
        match (base, ours, theirs) {
            (Some(Json::Object(base)), Some(Json::Object(ours)), Some(Json::Object(theirs))) => {
                Some(Json::Object(self.objects(base, ours, theirs)))
            }
            (None | Some(Json::Null), Some(Json::Object(ours)), Some(Json::Object(theirs))) => {
                Some(Json::Object(self.objects(Properties::new(), ours, theirs)))
            }
            // What we changed inside of is gone, or is something else now: ours would come back as a stub.
            (Some(Json::Object(_)), ours @ Some(Json::Object(_)), _) => {
                self.conflicts.push(self.path.clone());
                ours
            }
            (base, ours, theirs) => self.leaves(shape, base, ours, theirs),
        }
    }

    /// Merges the properties of objects that stand at the current path.
    pub(crate) fn objects(&mut self, base: Properties, ours: Properties, mut theirs: Properties) -> Properties {
        let mut base = base;
        let mut names: BTreeSet<Box<str>> = base.keys().cloned().collect();
        names.extend(ours.keys().cloned());
        let mut ours = ours;
        for name in names {
            let (before, ours, now) = (base.remove(&name), ours.remove(&name), theirs.remove(&name));
            if let Some(merged) = self.within(&name, |merge| merge.values(before, ours, now)) {
                theirs.insert(name, merged);
            }
        }
        theirs
    }

    /// Merges values of which at most one side's is an object. All three differ.
    fn leaves(&mut self, shape: Shape, base: Option<Json>, ours: Option<Json>, theirs: Option<Json>) -> Option<Json> {
        if let (None | Some(Json::Null | Json::Array(_)), Some(Json::Array(list))) = (&base, &ours)
            && shape.is_set(
                elements(base.as_ref())
                    .iter()
                    .chain(list)
                    .chain(elements(theirs.as_ref())),
            )
        {
            match &theirs {
                Some(Json::Array(_)) => return Some(sets(elements(base.as_ref()), list, elements(theirs.as_ref()))),
                // An empty list is what some servers leave out.
                None | Some(Json::Null) if list.is_empty() => return theirs,
                _ => {}
            }
        }
        let conflicts = self.changed_by_somebody(base, theirs);
        if !self.ours_wins {
            self.conflicts.extend(conflicts);
        }
        ours
    }

    /// Where the other side has changed what we take away or replace, but for what changes without anybody's doing.
    fn changed_by_somebody(&self, base: Option<Json>, theirs: Option<Json>) -> Vec<JsonPath> {
        let mut differences = Differences::at(Sameness::Meaning, self.shape, self.path.clone());
        // An unknown property that we change and somebody else too is a conflict; inside of what we take away it is not.
        let ours_is_unknown = self.shape.at(self.path.names()).is_unknown();
        differences.compare(base, theirs);
        let found = differences.into_found().into_iter().map(|difference| difference.path);
        found
            .filter(|path| ours_is_unknown || !self.shape.may_change_by_itself(path.names()))
            .collect()
    }
}

/// `theirs` without what we took out of `base` and with what we added to it.
fn sets(base: &[Json], ours: &[Json], theirs: &[Json]) -> Json {
    let (before, after): (BTreeSet<&Json>, BTreeSet<&Json>) = (base.iter().collect(), ours.iter().collect());
    let mut there: BTreeSet<&Json> = theirs.iter().collect();
    let kept = theirs
        .iter()
        .filter(|element| after.contains(element) || !before.contains(element));
    let mut merged: Vec<Json> = kept.cloned().collect();
    for element in ours {
        if !before.contains(element) && there.insert(element) {
            merged.push(element.clone());
        }
    }
    Json::Array(merged)
}

#[cfg(test)]
mod tests {
    use super::Merge;
    use crate::compare::{Json, ObjectShape, Shape};

    const SETTINGS: Shape = Shape::Object(&ObjectShape {
        names: &["name", "other", "ids", "doors", "apiKey", "stamp", "inner"],
        nested: &[
            ("doors", Shape::Map(&Shape::Object(&DOOR))),
            ("inner", Shape::Object(&DOOR)),
        ],
        kept: &["stamp"],
    });

    const DOOR: ObjectShape = ObjectShape {
        names: &["name", "ids"],
        nested: &[],
        kept: &[],
    };

    fn merge(ours_wins: bool, [base, ours, theirs]: [&str; 3]) -> (String, Vec<String>) {
        let json = |text: &str| Json::parse(text).unwrap_or_else(|| panic!("{text}"));
        let mut merge = Merge::new(SETTINGS, ours_wins);
        let merged = merge.values(Some(json(base)), Some(json(ours)), Some(json(theirs)));
        let paths = merge.conflicts().iter().map(ToString::to_string).collect();
        (merged.unwrap().to_value().to_string(), paths)
    }

    fn merges(documents: [&str; 3], expected: &str) {
        for ours_wins in [false, true] {
            let (merged, conflicts) = merge(ours_wins, documents);
            assert_eq!(conflicts, [""; 0], "{documents:?}");
            assert_eq!(merged, expected, "{documents:?}");
        }
    }

    /// A conflict that goes away where ours wins.
    fn conflicts(documents: [&str; 3], paths: &[&str], ours_wins: &str) {
        assert_eq!(merge(false, documents).1, paths, "{documents:?}");
        assert_eq!(
            merge(true, documents),
            (ours_wins.to_owned(), Vec::new()),
            "{documents:?}"
        );
    }

    fn always_conflicts(documents: [&str; 3], path: &str) {
        assert_eq!(merge(false, documents).1, [path], "{documents:?}");
        assert_eq!(merge(true, documents).1, [path], "{documents:?}");
    }

    #[test]
    fn what_one_side_changed_is_taken_from_it() {
        merges(
            [r#"{"name":1}"#, r#"{"name":2}"#, r#"{"name":1,"other":3}"#],
            r#"{"name":2,"other":3}"#,
        );
        merges(
            [r#"{"name":1}"#, r#"{"name":1,"other":2}"#, r#"{"name":3}"#],
            r#"{"name":3,"other":2}"#,
        );
        merges([r#"{"name":1}"#, r#"{}"#, r#"{"name":1,"x":2}"#], r#"{"x":2}"#);
        merges(
            [r#"{"name":1,"x":1}"#, r#"{"name":null,"x":1}"#, r#"{"name":1}"#],
            r#"{"name":null}"#,
        );
        merges(
            [
                r#"{"doors":{"1":{"name":1},"2":{}}}"#,
                r#"{"doors":{"1":{"name":2},"2":{}}}"#,
                r#"{"doors":{"1":{"name":1,"x":3},"4":{}}}"#,
            ],
            r#"{"doors":{"1":{"name":2,"x":3},"4":{}}}"#,
        );
        // Numbers that no type knows, too.
        merges(
            [r#"{"x":[1,2]}"#, r#"{"x":[2,1]}"#, r#"{"x":[1,2],"y":1}"#],
            r#"{"x":[2,1],"y":1}"#,
        );
    }

    #[test]
    fn the_same_change_twice_is_one() {
        merges([r#"{"name":1}"#, r#"{"name":2}"#, r#"{"name":2}"#], r#"{"name":2}"#);
        merges([r#"{"name":1}"#, r#"{"name":null}"#, r#"{}"#], r#"{"name":null}"#);
        merges([r#"{"name":1}"#, r#"{}"#, r#"{"name":null}"#], r#"{}"#);
        merges(
            [r#"{"doors":{"1":{}}}"#, r#"{"doors":{}}"#, r#"{"doors":{"1":null}}"#],
            r#"{"doors":{}}"#,
        );
        merges(
            [
                r#"{"apiKey":"old"}"#,
                r#"{"apiKey":"new-key"}"#,
                r#"{"apiKey":"****-key"}"#,
            ],
            r#"{"apiKey":"new-key"}"#,
        );
    }

    #[test]
    fn the_same_value_changed_twice_is_a_conflict() {
        conflicts(
            [r#"{"name":1}"#, r#"{"name":2}"#, r#"{"name":3}"#],
            &["$.name"],
            r#"{"name":2}"#,
        );
        conflicts(
            [r#"{}"#, r#"{"name":2}"#, r#"{"name":3}"#],
            &["$.name"],
            r#"{"name":2}"#,
        );
        conflicts(
            [r#"{"name":1}"#, r#"{"name":2}"#, r#"{}"#],
            &["$.name"],
            r#"{"name":2}"#,
        );
        conflicts([r#"{"name":1}"#, r#"{}"#, r#"{"name":3}"#], &["$.name"], r#"{}"#);
        conflicts([r#"{"x":1}"#, r#"{"x":2}"#, r#"{"x":3}"#], &["$.x"], r#"{"x":2}"#);
        conflicts(
            [r#"{"x":[1,2]}"#, r#"{"x":[3,4]}"#, r#"{"x":[5,6]}"#],
            &["$.x"],
            r#"{"x":[3,4]}"#,
        );
        conflicts(
            [
                r#"{"apiKey":"old"}"#,
                r#"{"apiKey":"new-key"}"#,
                r#"{"apiKey":"****else"}"#,
            ],
            &["$.apiKey"],
            r#"{"apiKey":"new-key"}"#,
        );
        conflicts(
            [
                r#"{"doors":{}}"#,
                r#"{"doors":{"1":{"name":1}}}"#,
                r#"{"doors":{"1":{"name":2}}}"#,
            ],
            &["$.doors[\"1\"].name"],
            r#"{"doors":{"1":{"name":1}}}"#,
        );
    }

    #[test]
    fn what_is_gone_stays_gone() {
        let ours = r#"{"doors":{"1":{"name":2}}}"#;
        for theirs in [r#"{"doors":{}}"#, r#"{"doors":{"1":null}}"#, r#"{"doors":{"1":"x"}}"#] {
            always_conflicts([r#"{"doors":{"1":{"name":1}}}"#, ours, theirs], "$.doors[\"1\"]");
        }
        always_conflicts([r#"{"inner":{"name":1}}"#, r#"{"inner":{"name":2}}"#, "{}"], "$.inner");
        always_conflicts([r#"{"x":{"a":1}}"#, r#"{"x":{"a":2}}"#, r#"{"x":null}"#], "$.x");
    }

    #[test]
    fn what_we_take_away_may_have_changed_by_itself_and_not_by_somebody() {
        let (base, ours) = (r#"{"doors":{"1":{"name":1,"seenMs":1}}}"#, r#"{"doors":{}}"#);
        merges(
            [base, ours, r#"{"doors":{"1":{"name":1,"seenMs":2,"x":{}}}}"#],
            r#"{"doors":{}}"#,
        );
        conflicts(
            [base, ours, r#"{"doors":{"1":{"name":2,"seenMs":2}}}"#],
            &["$.doors[\"1\"].name"],
            r#"{"doors":{}}"#,
        );
        merges(
            [r#"{"stamp":1}"#, r#"{"stamp":null}"#, r#"{"stamp":2}"#],
            r#"{"stamp":null}"#,
        );
    }

    #[test]
    fn sets_merge_element_by_element() {
        let merged = |base: &str, ours: &str, theirs: &str, expected: &str| {
            let [base, ours, theirs, expected] =
                [base, ours, theirs, expected].map(|list| format!("{{\"ids\":{list}}}"));
            merges([&base, &ours, &theirs], &expected);
        };
        merged("[1]", "[1,2]", "[1,3]", "[1,3,2]");
        merged("[1,2]", "[2]", "[2,1,3]", "[2,3]");
        merged("[1,2]", "[2]", "[1]", "[]");
        merged("[1,2]", "[2]", "[2]", "[2]");
        merged("[1]", "[1,2,2]", "[3,1,1]", "[3,1,1,2]");
        merged("[1]", "[1,1]", "[3]", "[3]");
        merged("[1]", "[2]", "[1,2]", "[2]");
        merged("null", "[1]", "[2]", "[2,1]");
        merged("[1]", "[]", "null", "null");
        merged(
            "[\"a\"]",
            "[\"a\",\"b\"]",
            "[\"c\",\"a\",null]",
            "[\"c\",\"a\",null,\"b\"]",
        );
        conflicts(
            [r#"{"ids":[1]}"#, r#"{"ids":[1,2]}"#, "{}"],
            &["$.ids"],
            r#"{"ids":[1,2]}"#,
        );
        conflicts(
            [r#"{"ids":[1]}"#, r#"{"ids":null}"#, r#"{"ids":[1,2]}"#],
            &["$.ids"],
            r#"{"ids":null}"#,
        );
    }
}
