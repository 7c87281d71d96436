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
    StandAlone(StandAlone),
}

/// A crate of its own, as its manifest describes it.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct StandAlone {
    /// Its name.
    pub name: String,
    /// Where cargo gets the SDK from.
    pub sdk: Source,
    /// Its license, an SPDX expression; without one it is not published.
    pub license: Option<String>,
    /// The URL of its repository.
    pub repository: Option<String>,
}

/// Where cargo gets the SDK's crates from.
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum Source {
    /// The folder of the SDK's crates, relative to the crate's own.
    Path(String),
    /// A git repository, and the revision where it is not the newest.
    Git {
        /// Its URL.
        url: String,
        /// The commit, or another name of a revision.
        rev: Option<String>,
    },
    /// A registry, and the version.
    Version(String),
}

/// The version of the SDK that this generator belongs to.
const VERSION: &str = env!("CARGO_PKG_VERSION");

impl Default for Source {
    /// The registry, and the version that the generator belongs to.
    fn default() -> Self {
        Self::Version(VERSION.to_owned())
    }
}

impl Source {
    /// The version that the crate needs, which a package needs wherever the SDK is.
    pub(super) fn version(&self) -> &str {
        match self {
            Self::Version(version) => version,
            Self::Git { .. } | Self::Path(_) => VERSION,
        }
    }
}

impl StandAlone {
    /// A crate of this name that gets the SDK from `sdk`.
    pub fn new(name: impl Into<String>, sdk: Source) -> Self {
        Self {
            name: name.into(),
            sdk,
            license: None,
            repository: None,
        }
    }

    /// Sets the license, an SPDX expression.
    #[must_use]
    pub fn license(mut self, license: Option<String>) -> Self {
        self.license = license;
        self
    }

    /// Sets the URL of the repository.
    #[must_use]
    pub fn repository(mut self, repository: Option<String>) -> Self {
        self.repository = repository;
        self
    }
}

impl From<StandAlone> for Package {
    fn from(package: StandAlone) -> Self {
        Self::StandAlone(package)
    }
}

impl Package {
    /// A crate of its own, by the folder of the SDK's crates relative to it, or by the SDK's version.
    pub fn stand_alone(name: impl Into<String>, sdk: Option<String>) -> Self {
        StandAlone::new(name, sdk.map_or_else(Source::default, Source::Path)).into()
    }

    /// The client crate's name.
    pub(super) fn client(&self) -> &str {
        match self {
            Self::Sdk => "rhombus-kisi-client",
            Self::StandAlone(package) => &package.name,
        }
    }

    /// The mock crate's name.
    pub(super) fn httpmock(&self) -> String {
        match self {
            Self::Sdk => "rhombus-kisi-httpmock".to_owned(),
            Self::StandAlone(package) => format!("{}-httpmock", package.name),
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
