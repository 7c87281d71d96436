//! The two forms that the settings have in the API, and what the wrapper needs to know of them.

pub(crate) mod outline;
pub(crate) mod secrets;

mod v1;
mod v2;

use std::fmt;

use rhombus_kisi_runtime::{Error, Object, Repeat};
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::Client;
use crate::compare::{Difference, Differences, Merge, Sameness, Shape};
use crate::plan::inspect::Inspection;
use crate::plan::{Warning, WarningKind};
use secrets::Secrets;

/// Settings that can be read, edited, planned and applied: [`KisiSettings`](crate::types::KisiSettings) of the first
/// version of the API, [`KisiIntegrationInput`](crate::types::KisiIntegrationInput) of the second.
///
/// The trait is sealed: what it takes to read and write them is the SDK's own.
pub trait Settings: Sealed {}

/// What only the SDK implements.
pub trait Sealed:
    Object + Clone + fmt::Debug + PartialEq + Serialize + DeserializeOwned + Send + Sync + 'static
{
    /// What the settings hold, and what of it may be shown.
    #[doc(hidden)]
    const SHAPE: Shape;

    /// Whether the operation that writes them may be repeated.
    #[doc(hidden)]
    const REPEAT: Repeat;

    /// The settings of an organisation that has none.
    #[doc(hidden)]
    fn blank() -> Self;

    /// Reads the settings; `None` where the organisation has none.
    #[doc(hidden)]
    fn fetch(client: &Client) -> impl Future<Output = Result<Option<Self>, Error>> + Send;

    /// Writes the settings, and gives them back.
    #[doc(hidden)]
    fn store(self, client: &Client) -> impl Future<Output = (Self, Result<crate::UpdateOutcome, Error>)> + Send;

    /// Adds what differs.
    #[doc(hidden)]
    fn compare(before: &Self, after: &Self, into: &mut Differences);

    /// Puts the changes from `base` to `ours` into `theirs`.
    #[doc(hidden)]
    fn merge(base: &Self, ours: &Self, theirs: Self, merge: &mut Merge) -> Self;

    /// Finds the secrets.
    #[doc(hidden)]
    fn secrets<'a>(&'a self, into: &mut Secrets<'a>);

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
    let mut differences = Differences::new(sameness, S::SHAPE);
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
    let mut warnings = inspection.into_warnings();
    let secrets = secrets(settings);
    let masks = secrets.known_masks().chain(&secrets.unknown_masks);
    warnings.extend(masks.map(|path| Warning {
        path: path.clone(),
        kind: WarningKind::MaskedSecret,
    }));
    warnings
}

/// The secrets that settings hold.
pub(crate) fn secrets<S: Settings>(settings: &S) -> Secrets<'_> {
    let mut secrets = Secrets::default();
    settings.secrets(&mut secrets);
    secrets
}
