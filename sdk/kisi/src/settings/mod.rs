//! The two forms that the settings have in the API, and what the wrapper needs to know of them.

pub(crate) mod outline;
pub(crate) mod shape;

mod v1;
mod v2;

use std::fmt;

use rhombus_kisi_runtime::{Error, Object};
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::Client;
use crate::plan::Warning;
use crate::plan::difference::{Difference, Differences, Sameness};
use crate::plan::inspect::Inspection;
use shape::Shape;

/// Settings that can be read, edited, planned and applied: [`KisiSettings`](crate::types::KisiSettings) of the first
/// version of the API, [`KisiIntegrationInput`](crate::types::KisiIntegrationInput) of the second.
///
/// The trait is sealed: what it takes to read and write them is the SDK's own.
pub trait Settings: Sealed {
    /// What an edit works on.
    type Editor: crate::editor::Editor<Settings = Self>;
}

/// What only the SDK implements.
pub trait Sealed:
    Object + Clone + fmt::Debug + PartialEq + Serialize + DeserializeOwned + Send + Sync + 'static
{
    /// What the settings hold, and what of it may be shown.
    #[doc(hidden)]
    const SHAPE: Shape;

    /// Reads the settings; `None` where the organisation has none.
    #[doc(hidden)]
    fn fetch(client: &Client) -> impl Future<Output = Result<Option<Self>, Error>> + Send;

    /// Writes the settings.
    #[doc(hidden)]
    fn store(self, client: &Client) -> impl Future<Output = Result<crate::UpdateOutcome, Error>> + Send;

    /// Adds what differs.
    #[doc(hidden)]
    fn compare(before: &Self, after: &Self, into: &mut Differences);

    /// Looks for what is probably not meant.
    #[doc(hidden)]
    fn inspect<'a>(&'a self, inspection: &mut Inspection<'a>);

    /// What a place is called.
    #[doc(hidden)]
    fn place_name(&self, place: &str) -> Option<&str>;

    /// What a door is called, at a place or at the root.
    #[doc(hidden)]
    fn door_name(&self, place: Option<&str>, door: &str) -> Option<&str>;
}

/// What differs between two states.
pub(crate) fn differences<S: Settings>(before: &S, after: &S, sameness: Sameness) -> Vec<Difference> {
    let mut differences = Differences::new(sameness);
    // Most often there is nothing to find, and equality needs no JSON.
    if before != after {
        S::compare(before, after, &mut differences);
    }
    differences.into_found()
}

/// What is probably not meant.
pub(crate) fn warnings<S: Settings>(settings: &S) -> Vec<Warning> {
    let mut inspection = Inspection::default();
    settings.inspect(&mut inspection);
    inspection.into_warnings()
}
