use rhombus_kisi_runtime::{Kind, one_line};
use serde::ser::{Serialize, SerializeStruct, Serializer};
use serde_json::Value;

use crate::compare::{
    Difference, Json, JsonPath, could_stand_for, elements, is_among, is_hidden, is_set, looks_like_a_mask, redact,
    says_all,
};

/// One difference between the current and the desired settings.
///
/// What may be a secret (an API key, a token, a property that this release does not know) is never shown, only its
/// [`kind`](Self::kind).
#[derive(Clone)]
pub struct Change {
    path: JsonPath,
    subject: String,
    kind: ChangeKind,
    holds: Kind,
    before: Option<Json>,
    after: Option<Json>,
}

/// What happens to a property.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq, serde::Serialize)]
#[serde(rename_all = "lowercase")]
#[non_exhaustive]
pub enum ChangeKind {
    /// It had no value and gets one.
    Set,
    /// It had another value.
    Changed,
    /// It becomes `null`, which is sent.
    Cleared,
    /// It is left out of what is sent.
    Removed,
}

impl Change {
    /// A change by its two sides; `subject` is what a person would call the thing that changes.
    pub(crate) fn new(difference: Difference, holds: Kind, subject: String) -> Self {
        let Difference { path, before, after } = difference;
        let kind = match (&before, &after) {
            (_, None) => ChangeKind::Removed,
            (_, Some(Json::Null)) => ChangeKind::Cleared,
            (None | Some(Json::Null), _) => ChangeKind::Set,
            _ => ChangeKind::Changed,
        };
        Self {
            path,
            subject,
            kind,
            holds,
            before,
            after,
        }
    }

    /// Returns the path of the property.
    pub fn path(&self) -> &JsonPath {
        &self.path
    }

    /// Returns what changes, in plain words, such as `place 7 "HQ", door 43 "Lobby", clipDuration`.
    pub fn subject(&self) -> &str {
        &self.subject
    }

    /// Returns what happens to the property.
    pub fn kind(&self) -> ChangeKind {
        self.kind
    }

    /// Returns whether the values are hidden, because they are secrets or may be.
    pub fn is_secret(&self) -> bool {
        is_hidden(self.holds)
    }

    /// Returns the value before; `None` if there was none, or if it is secret. Secrets inside are masked.
    pub fn before(&self) -> Option<Value> {
        self.show(self.before.as_ref())
    }

    /// Returns the value after; `None` if there is none, or if it is secret. Secrets inside are masked.
    pub fn after(&self) -> Option<Value> {
        self.show(self.after.as_ref())
    }

    fn show(&self, value: Option<&Json>) -> Option<Value> {
        value
            .filter(|_| !self.is_secret())
            .map(|value| redact(self.holds, value).to_value())
    }

    /// Whether settings that are read back say what the change wants them to. They may say more than that.
    ///
    /// What was removed or cleared must not be there. A secret may be left out or masked, but not be another.
    pub(crate) fn is_in(&self, document: &Json) -> bool {
        let found = self.path.names().try_fold(document, |at, name| at.get(name));
        let Some(wanted) = self.after.as_ref().filter(|wanted| !wanted.is_null()) else {
            return found.is_none_or(Json::is_null);
        };
        match (found, wanted) {
            (Some(Json::String(found)), Json::String(wanted)) if self.is_secret() && looks_like_a_mask(found) => {
                found == wanted || could_stand_for(found, wanted)
            }
            (found, Json::Array(wanted)) if self.is_set_change(found) => {
                let (found, before) = (elements(found), elements(self.before.as_ref()));
                let added = wanted.iter().filter(|element| !is_among(before, element));
                let removed = before.iter().filter(|element| !is_among(wanted, element));
                added
                    .filter(|element| !element.is_null())
                    .all(|element| is_among(found, element))
                    && removed
                        .filter(|element| !element.is_null())
                        .all(|element| !is_among(found, element))
            }
            (found, wanted) => says_all(self.holds, found, wanted),
        }
    }

    /// Whether both sides and what was found are sets of ids: then somebody else may add and remove some too.
    fn is_set_change(&self, found: Option<&Json>) -> bool {
        let lists = [found, self.before.as_ref(), self.after.as_ref()];
        is_set(self.holds, lists.into_iter().flat_map(elements))
    }
}

/// How many characters of a value are shown.
const LENGTH: usize = 2000;

/// A value on one line, and not at length: a server may have chosen it.
pub(super) fn shown(value: &Value) -> String {
    one_line(&value.to_string(), LENGTH)
}

/// Shows what [`Display`](std::fmt::Display) would: no secret.
impl std::fmt::Debug for Change {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Change")
            .field("path", &self.path.to_string())
            .field("kind", &self.kind)
            .field("before", &self.before().as_ref().map(shown))
            .field("after", &self.after().as_ref().map(shown))
            .finish()
    }
}

impl Serialize for Change {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut change = serializer.serialize_struct("Change", 6)?;
        change.serialize_field("path", &self.path)?;
        change.serialize_field("subject", &self.subject)?;
        change.serialize_field("kind", &self.kind)?;
        change.serialize_field("secret", &self.is_secret())?;
        for (name, value) in [("before", self.before()), ("after", self.after())] {
            match value {
                Some(value) => change.serialize_field(name, &value)?,
                None => change.skip_field(name)?,
            }
        }
        change.end()
    }
}

#[cfg(test)]
mod tests {
    use rhombus_kisi_runtime::Kind;

    use super::{Change, ChangeKind};
    use crate::compare::{Difference, Json, JsonPath};

    const IDS: Kind = Kind::List(|| Kind::Id);
    const A: &str = "AAAAAAAAAAAAAAAAAAAAAQ";
    const B: &str = "AAAAAAAAAAAAAAAAAAAAAg";
    const C: &str = "AAAAAAAAAAAAAAAAAAAAAw";

    /// A change of `$.at`; an empty text is no value.
    fn change(holds: Kind, before: &str, after: &str) -> Change {
        let [before, after] = [before, after].map(json);
        let path = JsonPath::from_names(["at"]);
        Change::new(Difference { path, before, after }, holds, "at".to_owned())
    }

    fn json(text: &str) -> Option<Json> {
        Json::parse(&text.replace("A!", A).replace("B!", B).replace("C!", C))
    }

    fn is_in(change: &Change, found: &str) -> bool {
        let document = if found.is_empty() {
            "{}".to_owned()
        } else {
            format!("{{\"at\":{found}}}")
        };
        change.is_in(&json(&document).unwrap())
    }

    #[test]
    fn a_change_is_found_or_missed() {
        for (holds, before, after, found, missed) in [
            (
                Kind::Text,
                r#""a""#,
                r#""b""#,
                &[r#""b""#][..],
                &["", "null", r#""a""#, r#""***""#][..],
            ),
            (Kind::Text, "", r#""***""#, &[r#""***""#], &[r#""b""#]),
            (Kind::Text, r#""a""#, "", &["", "null"], &[r#""a""#, "{}", r#""""#]),
            (Kind::Text, r#""a""#, "null", &["", "null"], &[r#""a""#]),
            (Kind::Secret, r#""a""#, "null", &["", "null"], &[r#""****""#]),
            (
                Kind::Secret,
                r#""old""#,
                r#""new-key""#,
                &["", "null", r#""new-key""#, r#""****-key""#, r#""***""#],
                &[r#""old""#, r#""****kisi""#, "1"],
            ),
            // A mask that is written on purpose is found again, and no other.
            (
                Kind::Secret,
                "",
                r#""****-key""#,
                &[r#""****-key""#],
                &[r#""****kisi""#],
            ),
            (
                IDS,
                r#"["A!"]"#,
                r#"["B!",null]"#,
                &[r#"["B!"]"#, r#"["C!","B!"]"#],
                &["", "null", "[]", r#"["A!"]"#, r#"["A!","B!"]"#, r#"["C!"]"#],
            ),
            (
                IDS,
                r#"["A!","B!",null]"#,
                r#"["B!"]"#,
                &["", "[]", "[null]", r#"["C!"]"#],
                &[r#"["A!","B!"]"#],
            ),
            (IDS, "", "[]", &["", "[]", "null", r#"["A!"]"#], &[]),
            (
                Kind::List(|| Kind::Text),
                r#"["x"]"#,
                r#"["x","y"]"#,
                &[r#"["x","y"]"#],
                &[r#"["y"]"#, r#"["x","y","z"]"#, r#"["y","x"]"#, ""],
            ),
        ] {
            let change = change(holds, before, after);
            assert_eq!((change.path().to_string().as_str(), change.subject()), ("$.at", "at"));
            for value in found {
                assert!(is_in(&change, value), "{before} -> {after}: {value}");
            }
            for value in missed {
                assert!(!is_in(&change, value), "{before} -> {after}: {value}");
            }
        }
    }

    #[test]
    fn what_happens_follows_from_the_two_sides() {
        for (before, after, kind) in [
            ("", "1", ChangeKind::Set),
            ("null", "1", ChangeKind::Set),
            ("1", "2", ChangeKind::Changed),
            ("1", "null", ChangeKind::Cleared),
            ("", "null", ChangeKind::Cleared),
            ("1", "", ChangeKind::Removed),
        ] {
            assert_eq!(change(Kind::Int32, before, after).kind(), kind, "{before} -> {after}");
        }
    }

    #[test]
    fn debug_shows_values_and_no_secret() {
        let shown = format!("{:?}", change(Kind::Text, r#""a""#, r#""b""#));
        for part in ["$.at", "Changed", "a", "b"] {
            assert!(shown.contains(part), "{shown}");
        }
        let hidden = format!("{:?}", change(Kind::Secret, r#""hunter2""#, r#""hunter3""#));
        assert!(hidden.contains("$.at") && !hidden.contains("hunter"), "{hidden}");
    }
}
