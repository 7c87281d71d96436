//! Two changes of the same document, made apart, put together.

use std::collections::{BTreeMap, BTreeSet};

use rhombus_kisi_runtime::Kind;
use rhombus_kisi_runtime::walk::Walk;
use serde::de::DeserializeOwned;

use super::difference::json_differences;
use super::kind::{is_set, kind_at, may_change_by_itself};
use super::{Element, Json, JsonPath, Sameness, elements};

type Properties = BTreeMap<Box<str>, Json>;

/// What came of a merge.
pub(crate) struct Merged<T> {
    /// `None` where the two changes do not go together in one value of the type.
    pub(crate) value: Option<T>,
    /// Where both sides changed the same value to different ones, or one changed what the other took away.
    pub(crate) conflicts: Vec<JsonPath>,
}

/// A three-way merge: `base` is what both sides began with, `ours` what we made of it, `theirs` what it is now.
///
/// What one side alone has changed is taken from that side, lists of ids element by element. Where both have changed the
/// same value to different ones there is a conflict, unless `ours_wins`.
pub(crate) fn merge<T: Walk + DeserializeOwned>([base, ours, theirs]: [&T; 3], ours_wins: bool) -> Merged<T> {
    let [base, ours, theirs] = [base, ours, theirs].map(|side| Some(Json::of(side)));
    let mut merge = Merge::new(T::kind(), ours_wins);
    let merged = merge.values(T::kind(), base, ours, theirs);
    Merged {
        value: merged.and_then(|merged| merged.decode()),
        conflicts: merge.conflicts,
    }
}

struct Merge {
    /// The whole document's.
    root: Kind,
    path: JsonPath,
    ours_wins: bool,
    conflicts: Vec<JsonPath>,
}

impl Merge {
    fn new(root: Kind, ours_wins: bool) -> Self {
        Self {
            root,
            path: JsonPath::default(),
            ours_wins,
            conflicts: Vec::new(),
        }
    }

    /// Merges the values at the current path.
    fn values(&mut self, kind: Kind, base: Option<Json>, ours: Option<Json>, theirs: Option<Json>) -> Option<Json> {
        if base == ours {
            return theirs;
        }
        match (base, ours, theirs) {
            (Some(Json::Object(base)), Some(Json::Object(ours)), Some(Json::Object(theirs))) => {
                Some(Json::Object(self.objects(kind, base, ours, theirs)))
            }
            (None | Some(Json::Null), Some(Json::Object(ours)), Some(Json::Object(theirs))) => {
                Some(Json::Object(self.objects(kind, Properties::new(), ours, theirs)))
            }
            (base, ours, theirs) => self.others(kind, base, ours, theirs),
        }
    }

    /// Merges values of which not all are objects.
    fn others(&mut self, kind: Kind, base: Option<Json>, ours: Option<Json>, theirs: Option<Json>) -> Option<Json> {
        let same =
            |sameness: Sameness, a: &Option<Json>, b: &Option<Json>| sameness.holds(kind, a.as_ref(), b.as_ref());
        if same(Sameness::Exact, &base, &ours) {
            return theirs;
        }
        // Where both made the same change, ours may say `null` where theirs is absent.
        if same(Sameness::Meaning, &base, &theirs) || same(Sameness::Meaning, &ours, &theirs) {
            return ours;
        }
        match (base, ours, theirs) {
            // Entry by entry, too. Where they took the map away and we have nothing to add, it stays away.
            (Some(Json::Object(base)), Some(Json::Object(ours)), theirs @ (None | Some(Json::Null)))
                if matches!(kind, Kind::Map(_)) =>
            {
                let merged = self.objects(kind, base, ours, Properties::new());
                if merged.is_empty() {
                    theirs
                } else {
                    Some(Json::Object(merged))
                }
            }
            // What we changed inside of is gone, or is something else now: ours would come back as a stub.
            (Some(Json::Object(_)), ours @ Some(Json::Object(_)), _) => {
                self.conflicts.push(self.path.clone());
                ours
            }
            (base, ours, theirs) => self.leaves(kind, base, ours, theirs),
        }
    }

    /// Merges the properties of objects at the current path.
    fn objects(
        &mut self,
        kind: Kind,
        mut base: Properties,
        mut ours: Properties,
        mut theirs: Properties,
    ) -> Properties {
        let names: BTreeSet<Box<str>> = base.keys().chain(ours.keys()).cloned().collect();
        for name in names {
            let [before, ours, now] = [&mut base, &mut ours, &mut theirs].map(|side| side.remove(&name));
            self.path.push(&name);
            if let Some(merged) = self.values(kind.of(&name), before, ours, now) {
                theirs.insert(name, merged);
            }
            self.path.pop();
        }
        theirs
    }

    /// Merges values of which at most one side's is an object. All three differ.
    fn leaves(&mut self, kind: Kind, base: Option<Json>, ours: Option<Json>, theirs: Option<Json>) -> Option<Json> {
        if let (None | Some(Json::Null | Json::Array(_)), Some(Json::Array(list))) = (&base, &ours)
            && is_set(
                kind,
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
        // An unknown property that we change and somebody else too is a conflict; inside of what we take away it is not.
        let ours_is_unknown = matches!(kind_at(self.root, self.path.names()), Kind::Unknown);
        let found = json_differences(self.root, &self.path, [base, theirs], Sameness::Meaning);
        let paths = found.into_iter().map(|difference| difference.path);
        paths
            .filter(|path| ours_is_unknown || !may_change_by_itself(self.root, path.names()))
            .collect()
    }
}

fn set(list: &[Json]) -> BTreeSet<Element<'_>> {
    list.iter().map(Element::from).collect()
}

/// `theirs` without what we took out of `base` and with what we added to it.
fn sets(base: &[Json], ours: &[Json], theirs: &[Json]) -> Json {
    let (before, after, mut there) = (set(base), set(ours), set(theirs));
    let kept = theirs
        .iter()
        .filter(|element| after.contains(&Element::from(*element)) || !before.contains(&Element::from(*element)));
    let mut merged: Vec<Json> = kept.cloned().collect();
    for element in ours {
        if !before.contains(&Element::from(element)) && there.insert(Element::from(element)) {
            merged.push(element.clone());
        }
    }
    Json::Array(merged)
}

#[cfg(test)]
mod tests {
    use rhombus_kisi_runtime::{Kind, Property};

    use super::Merge;
    use crate::compare::Json;

    const fn property(name: &'static str, kind: fn() -> Kind) -> Property {
        let read_only = false;
        Property { name, kind, read_only }
    }

    const SETTINGS: Kind = Kind::Object(&[
        property("name", || Kind::Int32),
        property("other", || Kind::Int32),
        property("ids", || Kind::List(|| Kind::Id)),
        property("doors", || Kind::Map(|| DOOR)),
        property("apiKey", || Kind::Secret),
        Property {
            read_only: true,
            ..property("stamp", || Kind::Int64)
        },
        property("inner", || DOOR),
    ]);

    const DOOR: Kind = Kind::Object(&[
        property("name", || Kind::Int32),
        property("ids", || Kind::List(|| Kind::Id)),
    ]);

    fn merge(ours_wins: bool, documents: [&str; 3]) -> (String, Vec<String>) {
        let [base, ours, theirs] = documents.map(|text| Some(Json::of_text(text)));
        let mut merge = Merge::new(SETTINGS, ours_wins);
        let merged = merge.values(SETTINGS, base, ours, theirs);
        let paths = merge.conflicts.iter().map(ToString::to_string).collect();
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
    fn what_we_left_alone_stays_in_their_form() {
        // Both sides made the same change, and the server says `null` where it said nothing.
        merges(
            [
                r#"{"inner":{"name":1}}"#,
                r#"{"inner":{"name":2}}"#,
                r#"{"inner":{"ids":null,"name":2},"other":null}"#,
            ],
            r#"{"inner":{"ids":null,"name":2},"other":null}"#,
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
    fn a_map_that_is_gone_is_an_empty_one() {
        let (base, gone) = (r#"{"doors":{"1":{"name":1}},"other":1}"#, r#"{"name":3,"other":1}"#);
        let added = r#"{"doors":{"1":{"name":1},"2":{"name":2}},"other":1}"#;
        merges([base, added, gone], r#"{"doors":{"2":{"name":2}},"name":3,"other":1}"#);
        merges([added, base, gone], gone);
        always_conflicts(
            [base, r#"{"doors":{"1":{"name":2}},"other":1}"#, gone],
            "$.doors[\"1\"]",
        );
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
