use std::fmt;
use std::ops::{Deref, DerefMut};

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// Properties that the server sent and this release has no field for.
///
/// They are kept as they came and written back after the known ones, so that a read, an edit and a write lose
/// nothing. `Debug` shows their names only: nobody knows yet whether a new property is a secret.
///
/// ```
/// use rhombus_kisi_runtime::Extra;
///
/// let mut extra = Extra::default();
/// extra.insert("badgeAuthDisablesAlarmMonitoring".to_owned(), true.into());
/// assert_eq!(format!("{extra:?}"), r#"{"badgeAuthDisablesAlarmMonitoring": ..}"#);
/// ```
#[derive(Clone, Default, Deserialize, Eq, PartialEq, Serialize)]
#[serde(transparent)]
pub struct Extra(Map<String, Value>);

impl Extra {
    /// The properties, by value.
    pub fn into_inner(self) -> Map<String, Value> {
        self.0
    }
}

impl Deref for Extra {
    type Target = Map<String, Value>;

    fn deref(&self) -> &Self::Target {
        &self.0
    }
}

impl DerefMut for Extra {
    fn deref_mut(&mut self) -> &mut Self::Target {
        &mut self.0
    }
}

impl From<Map<String, Value>> for Extra {
    fn from(map: Map<String, Value>) -> Self {
        Self(map)
    }
}

impl fmt::Debug for Extra {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_map()
            .entries(self.0.keys().map(|name| (name, format_args!(".."))))
            .finish()
    }
}
