//! One state, seen through the two versions of the API.
//!
//! A version does not show what only the other has. What neither knows both show. So an update of one version leaves alone what
//! only the other one has: doors at the root of the settings, for one, have no form in the second version.

use rhombus_kisi_client::types::{KisiIntegration, KisiSettings};
use rhombus_kisi_runtime::Kind;
use rhombus_kisi_runtime::walk::Walk;
use serde_json::{Map, Value};

use crate::Operation;

/// The property that tells the integrations of the second version apart, and Kisi's value of it.
const TAG: (&str, &str) = ("integration", "KISI");

/// A version of the API.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Version {
    V1,
    V2,
}

/// What an update does with stored properties that it leaves out.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
#[non_exhaustive]
pub enum UpdateMode {
    /// They go: the update is the whole state.
    #[default]
    Replace,
    /// They stay, at every level; `null` takes a value away.
    Merge,
}

impl Version {
    pub(crate) fn of(operation: Operation) -> Self {
        match operation {
            Operation::DeleteKisiIntegrationV2
            | Operation::GetKisiIntegrationV2
            | Operation::UpdateKisiIntegrationV2 => Self::V2,
            _ => Self::V1,
        }
    }

    /// The kind of this version's settings.
    pub(crate) fn kind(self) -> Kind {
        match self {
            Self::V1 => KisiSettings::kind(),
            Self::V2 => KisiIntegration::kind(),
        }
    }

    /// The property of a read's response that holds the settings.
    pub(crate) fn property(self) -> &'static str {
        match self {
            Self::V1 => "kisiSettings",
            Self::V2 => "orgIntegrationV2",
        }
    }

    fn other(self) -> Self {
        match self {
            Self::V1 => Self::V2,
            Self::V2 => Self::V1,
        }
    }

    /// Whether only the other version has this property.
    fn hides(self, name: &str) -> bool {
        let is_tag = self == Self::V1 && name == TAG.0;
        is_tag || (self.other().kind().property(name).is_some() && self.kind().property(name).is_none())
    }

    /// The stored settings as this version shows them.
    pub(crate) fn show(self, stored: &Value) -> Value {
        let Value::Object(stored) = stored else {
            return Value::Null;
        };
        let shown = stored.iter().filter(|(name, _)| !self.hides(name));
        let mut shown: Map<_, _> = shown.map(|(name, value)| (name.clone(), value.clone())).collect();
        if self == Self::V2 {
            shown.entry(TAG.0).or_insert_with(|| TAG.1.into());
        }
        shown.into()
    }

    /// Whether an update of this version says of which integration it is, if it has to.
    pub(crate) fn is_of_kisi(self, update: &Value) -> bool {
        self == Self::V1 || update.get(TAG.0).and_then(Value::as_str) == Some(TAG.1)
    }

    /// Stores an update by this version.
    pub(crate) fn store(self, stored: &mut Value, update: Value, mode: UpdateMode) {
        match mode {
            UpdateMode::Merge => merge(stored, update),
            UpdateMode::Replace => {
                let mut before = std::mem::replace(stored, update);
                if let (Some(stored), Some(before)) = (stored.as_object_mut(), before.as_object_mut()) {
                    before.retain(|name, _| self.hides(name));
                    stored.extend(std::mem::take(before));
                }
            }
        }
    }
}

fn merge(stored: &mut Value, update: Value) {
    match (stored, update) {
        (Value::Object(stored), Value::Object(update)) => {
            for (name, value) in update {
                merge(stored.entry(name).or_insert(Value::Null), value);
            }
        }
        (stored, update) => *stored = update,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::{UpdateMode, Version};

    #[test]
    fn a_version_hides_what_only_the_other_has() {
        let stored = json!({ "enabled": true, "doorInfoMap": {}, "orgUuid": "x", "integration": "KISI", "future": 1 });
        assert_eq!(
            Version::V1.show(&stored),
            json!({ "enabled": true, "doorInfoMap": {}, "future": 1 })
        );
        assert_eq!(
            Version::V2.show(&stored),
            json!({ "enabled": true, "orgUuid": "x", "integration": "KISI", "future": 1 })
        );
        assert_eq!(Version::V2.show(&Value::Null), Value::Null);
    }

    #[test]
    fn an_update_replaces_or_merges_and_leaves_the_other_version_alone() {
        let before =
            json!({ "doorInfoMap": { "1": {} }, "placeToSettingsMap": { "7": { "a": 1, "b": 2 } }, "enabled": true });
        let update = json!({ "integration": "KISI", "placeToSettingsMap": { "7": { "a": null } } });
        let mut replaced = before.clone();
        Version::V2.store(&mut replaced, update.clone(), UpdateMode::Replace);
        assert_eq!(
            replaced,
            json!({ "doorInfoMap": { "1": {} }, "placeToSettingsMap": { "7": { "a": null } }, "integration": "KISI" })
        );
        let mut merged = before;
        Version::V2.store(&mut merged, update, UpdateMode::Merge);
        assert_eq!(
            merged,
            json!({ "doorInfoMap": { "1": {} }, "placeToSettingsMap": { "7": { "a": null, "b": 2 } }, "enabled": true, "integration": "KISI" })
        );
    }
}
