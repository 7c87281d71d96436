use std::fmt;
use std::pin::Pin;

use rhombus_kisi_runtime::{ApplyPhase, Error};

use super::change::Change;
use super::error::ApplyError;
use super::plan::Plan;
use super::update::{Applied, Effect, Rules, masked, write};
use crate::Client;
use crate::compare::Json;
use crate::settings::Settings;

/// Applies a plan, once it is awaited. [`Client::apply`] makes one.
#[must_use = "nothing is sent until it is awaited"]
pub struct Apply<S: Settings = crate::types::KisiSettings> {
    client: Client,
    plan: Plan<S>,
    rules: Rules,
    verify: bool,
}

impl Client {
    /// Applies a plan, as a three-way merge: between the settings that the plan began with, the desired ones, and those
    /// that the server has now.
    ///
    /// An empty plan sends nothing. Otherwise the settings are read again, and the plan's changes are made to them as they
    /// are now. What others have changed elsewhere is kept: other properties, other doors, other cameras of the same door
    /// (lists of ids are sets), and what the server changes by itself. Only what somebody else has changed to another value
    /// in the very location that the plan changes, or has removed while the plan changes something inside of it, is a
    /// [conflict](Error::Conflict): then nothing is written. `null` and absent are equal. Unknown properties,
    /// `null`s and odd ids go back as they came.
    ///
    /// A write is never retried as it is. If it fails in a transient way (429, no connection, 502 to 504, a reset, the
    /// attempt's time limit), the settings are read and merged again before the next one, as often as the client's
    /// [`RetryPolicy`](crate::RetryPolicy) allows. If that read shows that the write was carried out after all, there is
    /// no next one ([`Effect::FoundWritten`]).
    ///
    /// The API has no conditional write. A change that is made between the read and the write, one round trip, is lost; and so
    /// is one that comes before a write that is still under way when its response is given up. If several programs write the
    /// settings of one organisation all the time, use one writer or a lock elsewhere.
    ///
    /// Each read has the client's [`timeout`](crate::CallOptions::timeout); the writes, with the waits and the reads between
    /// them, have it once together.
    ///
    /// Dropping the future cancels what is under way; a write that was sent by then may be carried out.
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
    /// Errors with [`ApplyError`], which says whether anything was written. It contains [`Error::Invalid`] if the edit was given
    /// a value that cannot be sent, if the plan belongs to another organisation, or if a mask would be written back as a
    /// secret; [`Error::Conflict`]; [`Error::NotApplied`] from [`verify`](Apply::verify); those of the calls.
    pub fn apply<S: Settings>(&self, plan: Plan<S>) -> Apply<S> {
        Apply {
            client: self.clone(),
            plan,
            rules: Rules::default(),
            verify: false,
        }
    }
}

impl<S: Settings> Apply<S> {
    /// Writes the plan's value where somebody else has changed the same location to another value.
    ///
    /// What somebody has removed stays a conflict where the plan changes something inside of it: a door that is gone does not
    /// come back with the one property that the plan sets.
    pub fn overwrite(mut self) -> Self {
        self.rules.overwrite = true;
        self
    }

    /// Makes any difference from the settings that the plan began with a conflict.
    ///
    /// `null` and absent are equal; the order and the duplicates in a list of ids do not matter. It takes precedence over
    /// [`overwrite`](Self::overwrite).
    pub fn strict(mut self) -> Self {
        self.rules.strict = true;
        self
    }

    /// Writes back what looks like a mask of a secret (`****abcd`), as the server returned it.
    ///
    /// Without this, such settings are a validation error: the mask could replace the secret. Use it only if the server is
    /// known to understand its own masks.
    pub fn allow_masked_secrets(mut self) -> Self {
        self.rules.masked_secrets = true;
        self
    }

    /// Reads the settings back after writing, and errors with [`Error::NotApplied`] if they differ from what was written.
    ///
    /// Only the locations that the plan changes are compared, and in a set of ids only those that it adds or removes. A secret
    /// may be left out or masked, and the server may return more than was written, such as a default in a new door.
    pub fn verify(mut self) -> Self {
        self.verify = true;
        self
    }

    async fn run(self) -> Result<Applied, ApplyError> {
        let Self {
            client,
            mut plan,
            rules,
            verify,
        } = self;
        let refuse = |error| ApplyError::new(ApplyPhase::NothingWritten, error);
        refusal(&client, &plan, rules).map_or(Ok(()), |error| Err(refuse(error)))?;
        if plan.is_empty() {
            return Ok(Applied {
                outcome: None,
                effect: Effect::Nothing,
            });
        }
        let applied = write(&client, &mut plan, rules).await?;
        if verify && applied.effect != Effect::Nothing {
            return match check::<S>(&client, plan.changes()).await {
                Ok(()) => Ok(applied),
                Err(error) => Err(ApplyError::after(applied.outcome, error)),
            };
        }
        Ok(applied)
    }
}

/// The validation error of a plan, before anything is sent.
pub(crate) fn refusal<S: Settings>(client: &Client, plan: &Plan<S>, rules: Rules) -> Option<Error> {
    if let Some(problem) = plan.problem() {
        return Some(problem.to_error());
    }
    if plan.owner().is_some_and(|owner| *owner != client.http().identity()) {
        return Some(Error::invalid(
            "the plan",
            "it was made from the settings of another organisation; read those of this one",
        ));
    }
    if plan.is_empty() {
        return None;
    }
    masked(plan.settings(), rules)
}

/// Reads the settings back and compares what was changed.
async fn check<S: Settings>(client: &Client, changes: &[Change]) -> Result<(), Error> {
    let found = Json::of(&S::fetch(client).await?.unwrap_or_else(S::blank));
    let paths: Vec<String> = changes
        .iter()
        .filter(|change| !change.is_in(&found))
        .map(|change| change.path().to_string())
        .collect();
    if paths.is_empty() {
        Ok(())
    } else {
        Err(Error::NotApplied { paths })
    }
}

impl<S: Settings> IntoFuture for Apply<S> {
    type Output = Result<Applied, ApplyError>;
    type IntoFuture = Pin<Box<dyn Future<Output = Self::Output> + Send>>;

    fn into_future(self) -> Self::IntoFuture {
        Box::pin(self.run())
    }
}

impl<S: Settings> fmt::Debug for Apply<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Apply")
            .field("plan", &self.plan)
            .field("rules", &self.rules)
            .field("verify", &self.verify)
            .finish_non_exhaustive()
    }
}
