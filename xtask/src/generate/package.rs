//! Which crates are made, and what they are called.

use super::docs;
use crate::document::Document;

/// Which crate is generated.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum Package {
    /// The SDK's own, in its workspace.
    Sdk,
    /// A crate of its own.
    StandAlone {
        /// Its name.
        name: String,
        /// The folder of the SDK's crates, relative to it, where it is to use them by path.
        sdk: Option<String>,
    },
}

impl Package {
    /// A crate of its own.
    pub fn stand_alone(name: impl Into<String>, sdk: Option<String>) -> Self {
        Self::StandAlone { name: name.into(), sdk }
    }

    /// The client crate's name.
    pub(super) fn client(&self) -> &str {
        match self {
            Self::Sdk => "rhombus-kisi-client",
            Self::StandAlone { name, .. } => name,
        }
    }

    /// The mock crate's name.
    pub(super) fn httpmock(&self) -> String {
        match self {
            Self::Sdk => "rhombus-kisi-httpmock".to_owned(),
            Self::StandAlone { name, .. } => format!("{name}-httpmock"),
        }
    }

    /// The client crate's name as code names it.
    pub(super) fn client_path(&self) -> String {
        self.client().replace('-', "_")
    }
}

/// The document's title as part of a sentence.
pub(super) fn title(document: &Document) -> String {
    let title = document.root.pointer("/info/title").and_then(|title| title.as_str());
    match docs::phrase(title.unwrap_or_default()) {
        title if title.is_empty() => "the API".to_owned(),
        title => title,
    }
}
