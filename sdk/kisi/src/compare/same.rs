//! When two values count as the same.

use std::collections::{BTreeMap, BTreeSet};

use rhombus_kisi_runtime::RhombusUuid;

use super::{Json, Shape, could_stand_for};

/// What counts as the same. Lists of ids are sets in either: order and duplicates do not matter.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Sameness {
    /// `null` and "not there" differ: a plan shows both.
    Exact,
    /// `null` and "not there" are the same: both say that there is no value, and a server may answer either. A mask is
    /// the same as a secret that it can stand for.
    Meaning,
}

impl Sameness {
    /// Whether two values of this shape are the same.
    pub(crate) fn holds(self, shape: Shape, a: Option<&Json>, b: Option<&Json>) -> bool {
        match (self, a, b) {
            (_, Some(a), Some(b)) => self.values(shape, a, b),
            (Self::Exact, None, None) => true,
            (Self::Exact, ..) => false,
            (Self::Meaning, a, b) => a.or(b).is_none_or(Json::is_null),
        }
    }

    fn values(self, shape: Shape, a: &Json, b: &Json) -> bool {
        match (a, b) {
            (Json::Object(a), Json::Object(b)) => self.contains(shape, a, b) && self.contains(shape, b, a),
            (Json::Array(a), Json::Array(b)) if shape.is_set(a.iter().chain(b)) => self.set(a) == self.set(b),
            (Json::Array(a), Json::Array(b)) => {
                a.len() == b.len() && a.iter().zip(b).all(|(a, b)| self.values(shape.element(), a, b))
            }
            (Json::String(a), Json::String(b)) if self == Self::Meaning && shape.is_secret() => {
                a == b || could_stand_for(a, b) || could_stand_for(b, a)
            }
            (a, b) => a == b,
        }
    }

    /// Whether each property of `part` is the same in `whole`.
    fn contains(self, shape: Shape, whole: &Properties, part: &Properties) -> bool {
        part.iter()
            .all(|(name, value)| self.holds(shape.of(name), Some(value), whole.get(name)))
    }

    fn set(self, list: &[Json]) -> BTreeSet<&Json> {
        list.iter()
            .filter(|element| self == Self::Exact || !element.is_null())
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
pub(crate) fn says_all(shape: Shape, found: Option<&Json>, wanted: &Json) -> bool {
    match (found, wanted) {
        (None | Some(Json::Null), _) if shape.is_secret() => true,
        (Some(Json::Object(found)), Json::Object(wanted)) => wanted
            .iter()
            .all(|(name, value)| says_all(shape.of(name), found.get(name), value)),
        (found, Json::Array(wanted)) if shape.is_set(elements(found).iter().chain(wanted)) => {
            let found = Sameness::Meaning.set(elements(found));
            Sameness::Meaning.set(wanted).is_subset(&found)
        }
        (found, wanted) => Sameness::Meaning.holds(shape, found, Some(wanted)),
    }
}

impl Shape {
    /// Whether a list of these elements is a set. Every list that this release knows holds ids; of another, it is one if
    /// all that is in it are ids of Rhombus.
    pub(crate) fn is_set<'a>(self, elements: impl Iterator<Item = &'a Json>) -> bool {
        let mut elements = elements.filter(|element| !element.is_null());
        match self {
            Self::Plain => elements.all(|element| matches!(element, Json::String(_) | Json::Verbatim(_))),
            Self::Unknown => {
                let mut elements = elements.peekable();
                elements.peek().is_some() && elements.all(is_id)
            }
            Self::Object(_) | Self::Map(_) | Self::Secret => false,
        }
    }
}

/// A Rhombus id, with or without the facet of a camera that follows it.
fn is_id(value: &Json) -> bool {
    match value {
        Json::String(text) => text
            .split('.')
            .next()
            .is_some_and(|id| id.parse::<RhombusUuid>().is_ok()),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::{Sameness, says_all};
    use crate::compare::{Json, Shape};

    const A: &str = "AAAAAAAAAAAAAAAAAAAAAQ";
    const B: &str = "AAAAAAAAAAAAAAAAAAAAAg";

    fn json(text: &str) -> Json {
        Json::parse(&text.replace("A!", A).replace("B!", B)).unwrap()
    }

    fn same(sameness: Sameness, shape: Shape, a: &str, b: &str) -> bool {
        let (a, b) = (json(a), json(b));
        let there = sameness.holds(shape, Some(&a), Some(&b));
        assert_eq!(sameness.holds(shape, Some(&b), Some(&a)), there);
        there
    }

    #[test]
    fn a_list_of_ids_is_a_set_and_another_is_a_list() {
        use Sameness::{Exact, Meaning};
        for sameness in [Exact, Meaning] {
            let same = |shape, a, b| same(sameness, shape, a, b);
            assert!(same(Shape::Plain, r#"["A!","B!"]"#, r#"["B!","A!","B!"]"#));
            assert!(same(Shape::Plain, "[1,2]", "[2,1,1]"));
            assert!(same(Shape::Plain, r#"["x"]"#, r#"["x","x"]"#));
            assert!(!same(Shape::Plain, r#"["A!"]"#, r#"["B!"]"#), "as many, and others");
            assert!(!same(Shape::Plain, r#"["A!"]"#, r#"["A!","B!"]"#));
            assert!(!same(Shape::Plain, r#"["A!"]"#, r#"["A!.v0"]"#));
            assert!(same(Shape::Unknown, r#"["A!","B!.v0"]"#, r#"["B!.v0","A!"]"#));
            assert!(!same(Shape::Unknown, r#"["x","y"]"#, r#"["y","x"]"#));
            assert!(!same(Shape::Unknown, "[1,2]", "[2,1]"));
            assert!(!same(Shape::Unknown, "[1]", "[1,1]"));
            assert!(!same(Shape::Unknown, "[1,2]", "[1,3]"));
            assert!(!same(Shape::Secret, "[1,2]", "[2,1]"));
        }
        assert!(same(Meaning, Shape::Plain, r#"["A!",null]"#, r#"["A!"]"#));
        assert!(!same(Exact, Shape::Plain, r#"["A!",null]"#, r#"["A!"]"#));
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
                assert_eq!(Sameness::Exact.holds(Shape::Plain, a, b), exact);
                assert_eq!(Sameness::Meaning.holds(Shape::Plain, a, b), meaning);
            }
        }
        let (a, b) = (r#"{"a":null,"b":{"c":1}}"#, r#"{"b":{"c":1,"d":null}}"#);
        assert!(same(Sameness::Meaning, Shape::Unknown, a, b));
        assert!(!same(Sameness::Exact, Shape::Unknown, a, b));
    }

    #[test]
    fn numbers_are_compared_digit_for_digit() {
        let (a, b) = ("123456789012345678901234567890", "123456789012345678901234567891");
        assert!(!same(Sameness::Meaning, Shape::Unknown, a, b));
    }

    #[test]
    fn a_mask_means_the_secret_that_it_can_stand_for() {
        let same = |shape, a, b| same(Sameness::Meaning, shape, a, b);
        assert!(same(Shape::Secret, r#""****abcd""#, r#""kisi-abcd""#));
        assert!(!same(Shape::Secret, r#""****abcd""#, r#""kisi-abce""#));
        assert!(!same(Shape::Secret, r#""****abcd""#, r#""****abce""#));
        assert!(!same(Shape::Plain, r#""****abcd""#, r#""kisi-abcd""#));
    }

    #[test]
    fn a_server_may_say_more_than_it_was_told() {
        let all = |shape, found, wanted| says_all(shape, Some(&json(found)), &json(wanted));
        assert!(all(Shape::Unknown, r#"{"a":1,"b":2}"#, r#"{"a":1,"c":null}"#));
        assert!(!all(Shape::Unknown, r#"{"a":1}"#, r#"{"a":1,"c":2}"#));
        assert!(all(Shape::Plain, r#"["A!","B!"]"#, r#"["B!"]"#));
        assert!(!all(Shape::Plain, r#"["A!"]"#, r#"["B!"]"#));
        assert!(says_all(Shape::Secret, None, &json(r#""key""#)));
        assert!(!says_all(Shape::Plain, None, &json(r#""key""#)));
        assert!(says_all(Shape::Plain, None, &json("[]")));
        assert!(!says_all(Shape::Plain, None, &json(r#"["A!"]"#)));
    }
}
