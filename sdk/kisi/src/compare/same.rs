//! When two values count as the same.

use std::collections::{BTreeMap, BTreeSet};

use rhombus_kisi_runtime::{Kind, without_facet};

use super::kind::{element, is_set};
use super::{Element, Json, could_stand_for};

/// What counts as the same. Lists of ids are sets in either: order and duplicates do not matter.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Sameness {
    /// `null` and "not there" differ: a plan shows both.
    Exact,
    /// `null` and "not there" are the same: both say that there is no value, and a server may return either. A mask is
    /// the same as a secret that it can hide.
    Meaning,
}

impl Sameness {
    /// Whether two values of this kind are the same.
    pub(crate) fn holds(self, kind: Kind, a: Option<&Json>, b: Option<&Json>) -> bool {
        match (self, a, b) {
            (_, Some(a), Some(b)) => self.values(kind, a, b),
            (Self::Exact, None, None) => true,
            (Self::Exact, ..) => false,
            (Self::Meaning, a, b) => a.or(b).is_none_or(Json::is_null),
        }
    }

    fn values(self, kind: Kind, a: &Json, b: &Json) -> bool {
        match (a, b) {
            (Json::Object(a), Json::Object(b)) => self.contains(kind, a, b) && self.contains(kind, b, a),
            (Json::Array(a), Json::Array(b)) if is_set(kind, a.iter().chain(b)) => self.set(a) == self.set(b),
            (Json::Array(a), Json::Array(b)) => {
                a.len() == b.len() && a.iter().zip(b).all(|(a, b)| self.values(element(kind), a, b))
            }
            (Json::String(a), Json::String(b)) if self == Self::Meaning && matches!(kind, Kind::Secret) => {
                a == b || could_stand_for(a, b) || could_stand_for(b, a)
            }
            (Json::String(a), Json::String(b)) if matches!(kind, Kind::Id) => without_facet(a) == without_facet(b),
            (a, b) => a == b,
        }
    }

    /// Whether each property of `part` is the same in `whole`.
    fn contains(self, kind: Kind, whole: &Properties, part: &Properties) -> bool {
        part.iter()
            .all(|(name, value)| self.holds(kind.of(name), Some(value), whole.get(name)))
    }

    fn set(self, list: &[Json]) -> BTreeSet<Element<'_>> {
        list.iter()
            .filter(|element| self == Self::Exact || !element.is_null())
            .map(Element::from)
            .collect()
    }
}

type Properties = BTreeMap<Box<str>, Json>;

/// The elements of a list; none where there is none.
pub(crate) fn elements(list: Option<&Json>) -> &[Json] {
    match list {
        Some(Json::Array(elements)) => elements,
        _ => &[],
    }
}

/// Whether `found` says all that `wanted` says; objects may say more, and so may sets. A secret may be left out.
pub(crate) fn says_all(kind: Kind, found: Option<&Json>, wanted: &Json) -> bool {
    match (found, wanted) {
        (None | Some(Json::Null), _) if matches!(kind, Kind::Secret) => true,
        (Some(Json::Object(found)), Json::Object(wanted)) => wanted
            .iter()
            .all(|(name, value)| says_all(kind.of(name), found.get(name), value)),
        (found, Json::Array(wanted)) if is_set(kind, elements(found).iter().chain(wanted)) => {
            let found = Sameness::Meaning.set(elements(found));
            Sameness::Meaning.set(wanted).is_subset(&found)
        }
        (found, wanted) => Sameness::Meaning.holds(kind, found, Some(wanted)),
    }
}

#[cfg(test)]
mod tests {
    use rhombus_kisi_runtime::Kind;

    use super::{Sameness, says_all};
    use crate::compare::Json;

    const IDS: Kind = Kind::List(|| Kind::Id);
    const NUMBERS: Kind = Kind::List(|| Kind::Int32);
    const TEXTS: Kind = Kind::List(|| Kind::Text);
    const A: &str = "AAAAAAAAAAAAAAAAAAAAAQ";
    const B: &str = "AAAAAAAAAAAAAAAAAAAAAg";

    fn json(text: &str) -> Json {
        Json::parse(&text.replace("A!", A).replace("B!", B)).unwrap()
    }

    fn same(sameness: Sameness, kind: Kind, a: &str, b: &str) -> bool {
        let (a, b) = (json(a), json(b));
        let there = sameness.holds(kind, Some(&a), Some(&b));
        assert_eq!(sameness.holds(kind, Some(&b), Some(&a)), there);
        there
    }

    #[test]
    fn a_list_of_ids_is_a_set_and_another_is_a_list() {
        use Sameness::{Exact, Meaning};
        for sameness in [Exact, Meaning] {
            let same = |kind, a, b| same(sameness, kind, a, b);
            assert!(same(IDS, r#"["A!","B!"]"#, r#"["B!","A!","B!"]"#));
            assert!(same(NUMBERS, "[1,2]", "[2,1,1]"));
            assert!(same(IDS, r#"["x"]"#, r#"["x","x"]"#));
            assert!(same(TEXTS, r#"["A!","B!"]"#, r#"["B!","A!"]"#));
            assert!(!same(TEXTS, r#"["x","y"]"#, r#"["y","x"]"#));
            assert!(!same(IDS, r#"["A!"]"#, r#"["B!"]"#), "as many, and others");
            assert!(!same(IDS, r#"["A!"]"#, r#"["A!","B!"]"#));
            assert!(
                same(IDS, r#"["A!"]"#, r#"["A!.v0","A!"]"#),
                "a camera, by its device or its facet"
            );
            assert!(same(Kind::Id, r#""A!""#, r#""A!.v0""#));
            assert!(!same(IDS, r#"["A!"]"#, r#"["A!.v1"]"#));
            assert!(!same(Kind::Text, r#""A!""#, r#""A!.v0""#));
            assert!(same(Kind::Unknown, r#"["A!","B!.v0"]"#, r#"["B!.v0","A!"]"#));
            assert!(!same(Kind::Unknown, r#"["x","y"]"#, r#"["y","x"]"#));
            assert!(!same(Kind::Unknown, "[1,2]", "[2,1]"));
            assert!(!same(Kind::Unknown, "[1]", "[1,1]"));
            assert!(!same(Kind::Unknown, "[1,2]", "[1,3]"));
            assert!(!same(Kind::Secret, "[1,2]", "[2,1]"));
        }
        assert!(same(Meaning, IDS, r#"["A!",null]"#, r#"["A!"]"#));
        assert!(!same(Exact, IDS, r#"["A!",null]"#, r#"["A!"]"#));
    }

    #[test]
    fn null_and_absent_differ_in_form_and_not_in_meaning() {
        let (null, zero) = (json("null"), json("0"));
        for (a, b, exact, meaning) in [
            (None, None, true, true),
            (None, Some(&null), false, true),
            (Some(&null), Some(&null), true, true),
            (None, Some(&zero), false, false),
            (Some(&null), Some(&zero), false, false),
        ] {
            for (a, b) in [(a, b), (b, a)] {
                assert_eq!(Sameness::Exact.holds(Kind::Text, a, b), exact);
                assert_eq!(Sameness::Meaning.holds(Kind::Text, a, b), meaning);
            }
        }
        let (a, b) = (r#"{"a":null,"b":{"c":1}}"#, r#"{"b":{"c":1,"d":null}}"#);
        assert!(same(Sameness::Meaning, Kind::Unknown, a, b));
        assert!(!same(Sameness::Exact, Kind::Unknown, a, b));
    }

    #[test]
    fn numbers_are_compared_digit_for_digit() {
        let (a, b) = ("123456789012345678901234567890", "123456789012345678901234567891");
        assert!(!same(Sameness::Meaning, Kind::Unknown, a, b));
    }

    #[test]
    fn a_mask_means_the_secret_that_it_can_stand_for() {
        let same = |kind, a, b| same(Sameness::Meaning, kind, a, b);
        assert!(same(Kind::Secret, r#""****abcd""#, r#""kisi-abcd""#));
        assert!(!same(Kind::Secret, r#""****abcd""#, r#""kisi-abce""#));
        assert!(!same(Kind::Secret, r#""****abcd""#, r#""****abce""#));
        assert!(!same(Kind::Text, r#""****abcd""#, r#""kisi-abcd""#));
    }

    #[test]
    fn a_server_may_say_more_than_it_was_told() {
        let all = |kind, found, wanted| says_all(kind, Some(&json(found)), &json(wanted));
        assert!(all(Kind::Unknown, r#"{"a":1,"b":2}"#, r#"{"a":1,"c":null}"#));
        assert!(!all(Kind::Unknown, r#"{"a":1}"#, r#"{"a":1,"c":2}"#));
        assert!(all(IDS, r#"["A!","B!"]"#, r#"["B!"]"#));
        assert!(!all(IDS, r#"["A!"]"#, r#"["B!"]"#));
        assert!(says_all(Kind::Secret, None, &json(r#""key""#)));
        assert!(!says_all(IDS, None, &json(r#""key""#)));
        assert!(says_all(IDS, None, &json("[]")));
        assert!(!says_all(IDS, None, &json(r#"["A!"]"#)));
    }

    #[test]
    fn neither_side_may_say_more() {
        for sameness in [Sameness::Exact, Sameness::Meaning] {
            assert!(!same(sameness, Kind::Unknown, r#"{"a":1}"#, r#"{"a":1,"b":2}"#));
            assert!(!same(
                sameness,
                Kind::Unknown,
                r#"{"a":{"b":[1]}}"#,
                r#"{"a":{"b":[1,{}]}}"#
            ));
            assert!(!same(sameness, Kind::Unknown, "{}", "[]"));
            assert!(!same(sameness, TEXTS, r#"["x"]"#, r#"["x",null]"#));
        }
    }

    #[test]
    fn a_secret_is_the_same_as_itself_and_its_mask_is_another_value() {
        const SECRETS: Kind = Kind::List(|| Kind::Secret);
        for sameness in [Sameness::Exact, Sameness::Meaning] {
            assert!(same(sameness, Kind::Secret, r#""kisi-abcd""#, r#""kisi-abcd""#));
            assert!(same(sameness, Kind::Secret, r#""****abcd""#, r#""****abcd""#));
            let is_meant = sameness == Sameness::Meaning;
            assert_eq!(
                same(sameness, Kind::Secret, r#""****abcd""#, r#""kisi-abcd""#),
                is_meant
            );
            assert_eq!(
                same(sameness, SECRETS, r#"["a","****abcd"]"#, r#"["a","kisi-abcd"]"#),
                is_meant
            );
            assert!(!same(sameness, SECRETS, r#"["****abcd"]"#, r#"["kisi-abce"]"#));
        }
    }

    #[test]
    fn what_is_left_out_is_said_only_of_a_secret() {
        let says = |kind, found: Option<&str>, wanted| says_all(kind, found.map(json).as_ref(), &json(wanted));
        for found in [None, Some("null")] {
            assert!(says(Kind::Secret, found, r#""key""#));
            assert!(!says(Kind::Text, found, r#""key""#));
            assert!(says(Kind::Text, found, "null"));
            assert!(!says(Kind::Unknown, found, r#"{"a":1}"#));
        }
        assert!(!says(Kind::Secret, Some(r#""other""#), r#""key""#));
        assert!(says(Kind::Secret, Some(r#""****key""#), r#""key""#));
        assert!(!says(TEXTS, Some(r#"["x","y"]"#), r#"["x"]"#), "a list is no set");
        assert!(says(TEXTS, Some(r#"["x","y"]"#), r#"["x","y"]"#));
        assert!(says(IDS, Some(r#"["A!"]"#), r#"[null,"A!"]"#));
        assert!(!says(IDS, Some(r#""A!""#), r#"["A!"]"#));
    }
}
