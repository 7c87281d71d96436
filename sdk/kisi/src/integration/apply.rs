use std::fmt;
use std::pin::Pin;
use std::sync::Arc;

use rhombus_kisi_runtime::Error;

use super::snapshot::from_json;
use crate::plan::difference::{Difference, Sameness};
use crate::plan::{Change, Plan};
use crate::settings::outline::json;
use crate::settings::{self, Settings};
use crate::{Client, UpdateOutcome};

/// Carries a plan out, once it is awaited. [`Client::apply`] makes one.
#[must_use = "nothing is sent until it is awaited"]
pub struct Apply<S: Settings = crate::types::KisiSettings> {
    client: Client,
    plan: Plan<S>,
    overwrite: bool,
    verify: bool,
}

/// What came of a plan.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Applied {
    /// What the server said to the update; `None` where the plan was empty and nothing was sent.
    pub outcome: Option<UpdateOutcome>,
}

impl Client {
    /// Carries out a plan.
    ///
    /// An empty plan sends nothing. Otherwise the settings are read again right before they are written, and where they
    /// have changed since the snapshot, in any place, nothing is written: the body of an update is the whole state, so that
    /// writing it would undo the other change. `null` and "not there" count as the same, for a server may answer either.
    ///
    /// That narrows the window in which two writers can undo each other's work to the time between this read and the write,
    /// one round trip; it does not close it, for the API has no conditional write. Where several people or programs write
    /// the settings of one organisation, let one of them do it, or agree on a lock elsewhere.
    ///
    /// The body is what was read with the planned changes made: unknown properties, `null`s and odd ids go back as they came.
    ///
    /// ```no_run
    /// # async fn example(client: rhombus_kisi::Client) -> Result<(), rhombus_kisi::Error> {
    /// let current = client.kisi_integration().await?;
    /// let plan = current.plan(&current.edit(|settings| settings.enabled(false)));
    /// let applied = client.apply(plan).verify().await?;
    /// if let Some(outcome) = applied.outcome.filter(|outcome| !outcome.is_clean()) {
    ///     eprintln!("{outcome}");
    /// }
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// [`Error::Invalid`] where the edit was given a value that cannot be sent; [`Error::Conflict`] where the settings have
    /// changed since they were read; [`Error::NotApplied`] from [`verify`](Apply::verify); those of the calls.
    pub fn apply<S: Settings>(&self, plan: Plan<S>) -> Apply<S> {
        Apply {
            client: self.clone(),
            plan,
            overwrite: false,
            verify: false,
        }
    }
}

impl<S: Settings> Apply<S> {
    /// Writes even where the settings have changed since the snapshot.
    ///
    /// The plan's changes are then made to the settings as they are now: what somebody else has changed meanwhile stays,
    /// except in the very places that the plan changes too. Where the plan adds or replaces a list, its list is written.
    pub fn overwrite(mut self) -> Self {
        self.overwrite = true;
        self
    }

    /// Reads the settings back after writing, and fails with [`Error::NotApplied`] where they do not say what was written.
    ///
    /// Only the places that the plan changes are looked at. Secrets are left out, for a server may answer a mask; and it may
    /// say more than it was told, such as a default in a door that is new.
    pub fn verify(mut self) -> Self {
        self.verify = true;
        self
    }

    async fn run(self) -> Result<Applied, Error> {
        let Self {
            client,
            plan,
            overwrite,
            verify,
        } = self;
        if let Some(problem) = plan.problem() {
            return Err(problem.to_error());
        }
        if plan.is_empty() {
            return Ok(Applied { outcome: None });
        }
        let now = S::fetch(&client).await?.unwrap_or_default();
        let conflicts = settings::differences(plan.before(), &now, Sameness::Meaning);
        if !conflicts.is_empty() && !overwrite {
            return Err(Error::Conflict {
                paths: paths(conflicts),
            });
        }
        let (after, changes) = plan.into_parts();
        let body = if conflicts.is_empty() {
            drop(now);
            Arc::unwrap_or_clone(after)
        } else {
            rebase(&now, &changes).ok_or_else(|| {
                Error::invalid(
                    "the plan",
                    "it does not fit the settings as they are now; read them again",
                )
            })?
        };
        let outcome = S::store(body, &client).await?;
        if verify {
            check::<S>(&client, &changes).await?;
        }
        Ok(Applied { outcome: Some(outcome) })
    }
}

fn paths(differences: Vec<Difference>) -> Vec<String> {
    differences
        .iter()
        .map(|difference| difference.path.to_string())
        .collect()
}

/// The settings as they are now, with the changes made.
fn rebase<S: Settings>(now: &S, changes: &[Change]) -> Option<S> {
    let mut document = json(now);
    for change in changes {
        change.put_into(&mut document);
    }
    from_json(document)
}

/// Reads the settings back and compares what was changed.
async fn check<S: Settings>(client: &Client, changes: &[Change]) -> Result<(), Error> {
    let written = json(&S::fetch(client).await?.unwrap_or_default());
    let paths: Vec<String> = changes
        .iter()
        .filter(|change| !change.is_secret() && !change.is_in(&written))
        .map(|change| change.path().to_string())
        .collect();
    if paths.is_empty() {
        Ok(())
    } else {
        Err(Error::NotApplied { paths })
    }
}

impl<S: Settings> IntoFuture for Apply<S> {
    type Output = Result<Applied, Error>;
    type IntoFuture = Pin<Box<dyn Future<Output = Self::Output> + Send>>;

    fn into_future(self) -> Self::IntoFuture {
        Box::pin(self.run())
    }
}

impl<S: Settings> fmt::Debug for Apply<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Apply")
            .field("plan", &self.plan)
            .field("overwrite", &self.overwrite)
            .field("verify", &self.verify)
            .finish_non_exhaustive()
    }
}
