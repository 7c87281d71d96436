use std::fmt;

use rhombus_kisi_runtime::Error;

use crate::settings::quoted;

/// Why nothing was found by an id or a name.
///
/// Names are shown on one line and cut off. As an [`Error`] it is [`Error::Invalid`].
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum LookupError {
    /// There is none.
    NotFound {
        /// What was looked for: `camera`, `Kisi door`, …
        what: &'static str,
        /// The id or the name.
        text: String,
        /// The names that may be meant, the nearest first; at most three.
        near: Vec<String>,
    },
    /// There are several of this name. Use the id.
    Ambiguous {
        /// What was looked for.
        what: &'static str,
        /// The name.
        text: String,
        /// The ids of those that have it.
        ids: Vec<String>,
    },
    /// The directory has no places and doors, because Kisi did not list them.
    WithoutKisi {
        /// What was looked for.
        what: &'static str,
        /// Why, and what to do.
        reason: String,
    },
}

/// How many of those that have the same name are listed.
const LISTED: usize = 10;

impl LookupError {
    fn what(&self) -> &'static str {
        match self {
            Self::NotFound { what, .. } | Self::Ambiguous { what, .. } | Self::WithoutKisi { what, .. } => what,
        }
    }

    /// The message without the text that was looked for, which may be a secret in the wrong place.
    #[cfg(feature = "file")]
    pub(crate) fn without_text(&self) -> String {
        let what = self.what();
        match self {
            Self::NotFound { near, .. } if near.is_empty() => format!("there is no {what} with this name or id"),
            Self::NotFound { near, .. } => {
                format!("there is no {what} of this name; did you mean {}?", alternatives(near))
            }
            Self::Ambiguous { ids, .. } => format!("several have this name ({what}): {}; use the id", listed(ids)),
            Self::WithoutKisi { reason, .. } => format!("{what}: {reason}"),
        }
    }

    fn reason(&self) -> String {
        match self {
            Self::NotFound { text, near, .. } if near.is_empty() => {
                format!("there is none with the id or the name {}", quoted(text))
            }
            Self::NotFound { text, near, .. } => {
                format!(
                    "there is none called {}; did you mean {}?",
                    quoted(text),
                    alternatives(near)
                )
            }
            Self::Ambiguous { text, ids, .. } => {
                format!("several are called {}: {}; use the id", quoted(text), listed(ids))
            }
            Self::WithoutKisi { reason, .. } => reason.clone(),
        }
    }
}

fn alternatives(near: &[String]) -> String {
    let near: Vec<_> = near.iter().map(|name| quoted(name)).collect();
    near.join(" or ")
}

fn listed(ids: &[String]) -> String {
    let more = ids.len().saturating_sub(LISTED);
    let listed: Vec<_> = ids.iter().take(LISTED).map(String::as_str).collect();
    let more = if more > 0 {
        format!(" and {more} more")
    } else {
        String::new()
    };
    format!("{}{more}", listed.join(", "))
}

impl fmt::Display for LookupError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.what(), self.reason())
    }
}

impl std::error::Error for LookupError {}

impl From<LookupError> for Error {
    fn from(error: LookupError) -> Self {
        Self::invalid(error.what(), error.reason())
    }
}
