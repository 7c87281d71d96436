use serde::ser::{Serialize, SerializeStruct, Serializer};
use serde_json::Value;

use super::JsonPath;
use super::difference::{Difference, says_all};
use super::patch::put;
use crate::settings::shape::Shape;

/// One difference between the settings as they are and as they shall be.
///
/// What may be a secret (an API key, a token, a property that this release does not know) is never shown: of it,
/// [`kind`](Self::kind) is all there is to see.
#[derive(Clone)]
pub struct Change {
    path: JsonPath,
    subject: String,
    kind: ChangeKind,
    shape: Shape,
    before: Option<Value>,
    after: Option<Value>,
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
    pub(crate) fn new(difference: Difference, shape: Shape, subject: String) -> Self {
        let Difference { path, before, after } = difference;
        let kind = match (&before, &after) {
            (_, None) => ChangeKind::Removed,
            (_, Some(Value::Null)) => ChangeKind::Cleared,
            (None | Some(Value::Null), _) => ChangeKind::Set,
            _ => ChangeKind::Changed,
        };
        Self {
            path,
            subject,
            kind,
            shape,
            before,
            after,
        }
    }

    /// Where it is.
    pub fn path(&self) -> &JsonPath {
        &self.path
    }

    /// What it is about, in people's words, such as `place 7 "HQ", door 43 "Lobby", clipDuration`.
    pub fn subject(&self) -> &str {
        &self.subject
    }

    /// What happens to it.
    pub fn kind(&self) -> ChangeKind {
        self.kind
    }

    /// Whether the values are kept from view, because they are secrets or may be.
    pub fn is_secret(&self) -> bool {
        self.shape.is_hidden()
    }

    /// The value before; `None` where there was none, or where it is secret. Secrets inside are masked.
    pub fn before(&self) -> Option<Value> {
        self.show(self.before.as_ref())
    }

    /// The value after; `None` where there is none, or where it is secret. Secrets inside are masked.
    pub fn after(&self) -> Option<Value> {
        self.show(self.after.as_ref())
    }

    fn show(&self, value: Option<&Value>) -> Option<Value> {
        value
            .filter(|_| !self.is_secret())
            .map(|value| self.shape.redact(value))
    }

    /// Whether a document says what the change wants it to. It may say more, and secrets are not looked at.
    pub(crate) fn is_in(&self, document: &Value) -> bool {
        let found = self.path.names().try_fold(document, |at, name| at.get(name));
        match &self.after {
            None => found.is_none_or(Value::is_null),
            Some(wanted) => {
                let (found, wanted) = (found.unwrap_or(&Value::Null), self.shape.redact(wanted));
                says_all(&self.shape.redact(found), &wanted)
            }
        }
    }

    /// Carries the change over to another state of the same document.
    pub(crate) fn put_into(&self, document: &mut Value) {
        put(document, &self.path, self.after.as_ref(), self.kind != ChangeKind::Set);
    }
}

/// Shows what [`Display`](std::fmt::Display) would: no secret.
impl std::fmt::Debug for Change {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Change")
            .field("path", &self.path.to_string())
            .field("kind", &self.kind)
            .field("before", &self.before())
            .field("after", &self.after())
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
