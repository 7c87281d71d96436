//! Read, edit, plan and apply in one call, again where somebody else was faster.

mod edited;
mod lane;
mod target;

use std::fmt;
use std::pin::Pin;
use std::time::Duration;

use rhombus_kisi_runtime::{ApplyPhase, Error};
use tokio::time::Instant;

use crate::plan::{Change, Rules, refusal, write};
use crate::types::{KisiIntegrationInput, KisiSettings};
use crate::{
    ApplyError, Client, Edit, Effect, Plan, Settings, SettingsEditor, SettingsEditorV2, Snapshot, UpdateOutcome,
};
pub use edited::Edited;
use lane::{Expectation, Lane};
use target::Target;

/// How often an update is tried, unless told otherwise.
const ATTEMPTS: u32 = 8;
/// Settings that were read longer ago are read again before they are written.
const STALE: Duration = Duration::from_millis(100);
/// The shortest and the longest wait before a change is confirmed, unless told otherwise.
const CONFIRM: [Duration; 2] = [Duration::from_millis(500), Duration::from_secs(10)];
/// How many times as long as our own reading and writing another writer's may take.
const SLOWER: u32 = 4;

type MakeEdit<'a, S> = Box<dyn Fn(Edit<S>) -> Result<Edit<S>, Error> + Send + 'a>;

/// An update of the settings in one call, once it is awaited. [`Client::update_kisi_settings`] makes one.
#[must_use = "nothing is sent until it is awaited"]
pub struct UpdateSettings<'a, S: Settings = KisiSettings> {
    client: Client,
    edit: MakeEdit<'a, S>,
    attempts: u32,
    confirm: Confirm,
    rules: Rules,
}

/// When it is made sure that a change was not overwritten.
#[derive(Clone, Copy, Debug)]
enum Confirm {
    /// After a wait that follows from how long reading and writing took.
    Measured,
    After(Duration),
    /// There is no other writer.
    Never,
}

/// The result of an update.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct UpdatedSettings<S: Settings = KisiSettings> {
    /// The plan of the last attempt: what was changed, and warnings about likely mistakes. Empty if the settings were that way
    /// already.
    pub plan: Plan<S>,
    /// The outcome of the write; `None` if there is none, for the reason in [`effect`](Self::effect).
    pub outcome: Option<UpdateOutcome>,
    /// What was done.
    pub effect: Effect,
    /// How often the settings were read and the edit was made, the first time included.
    pub attempts: u32,
}

impl<S: Settings> UpdatedSettings<S> {
    /// Returns what was changed.
    pub fn changes(&self) -> &[Change] {
        self.plan.changes()
    }
}

impl Client {
    /// Changes the settings in one call: reads them, makes the edit, and applies the plan. If somebody else changes the settings
    /// at the same time, all of that is done again, up to [`attempts`](UpdateSettings::attempts) times, after a random wait.
    ///
    /// The edit is made again at each attempt, so it is an `Fn`: it should not count or toggle. It returns the edit, or a `Result`
    /// of it with [`Error`], which ends the update with nothing written.
    ///
    /// # Several writers
    /// Within a process, the updates of one organisation are carried out one after the other: those of all clients with the same key,
    /// or of all that act for the same client organisation.
    ///
    /// Other processes are not kept out, for the API has no conditional write: one that has read the settings before this update
    /// and writes them afterwards undoes it. So the update waits for longer than another writer needs from reading to writing,
    /// and reads the settings again: if they are as if the change had never been made, it goes again. The wait is four times as
    /// long as this update's own reading and writing, and between 0.5 s and 10 s; [`confirm_after`](UpdateSettings::confirm_after)
    /// sets another, and [`single_writer`](UpdateSettings::single_writer) leaves it out.
    ///
    /// If all writers update this way, an update that returned `Ok` is lost only where another writer's request arrives later than
    /// that after its reading: when it was suspended in between, or where the network kept a request back. A writer that is not
    /// made with this method (the vendor's console, another program) may take longer. A location that somebody has changed to
    /// another value since counts as theirs, and is not changed back.
    ///
    /// # Time
    /// Each read has the client's [`timeout`](crate::CallOptions::timeout), and so have the writes of each attempt together.
    /// Dropping the future cancels what is under way; a write that was sent by then may be carried out.
    ///
    /// ```no_run
    /// # async fn example(client: rhombus_kisi::Client) -> Result<(), rhombus_kisi::Error> {
    /// let cam = "AAAAAAAAAAAAAAAAAAAAAQ";
    /// let updated = client.update_kisi_settings(|s| s.place(7, |p| p.door(43, |d| d.camera(cam)))).await?;
    /// println!("{} changes after {} attempts", updated.changes().len(), updated.attempts);
    ///
    /// let plan = client.update_kisi_settings(|s| s.enabled(false)).dry_run().await?;
    /// println!("{plan}");
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// Errors with [`ApplyError`], which says whether anything was written: those of [`apply`](Client::apply) and of the calls, the
    /// edit's own, [`Error::Conflict`] and [`Error::NotApplied`] if other writers were faster at every attempt.
    pub fn update_kisi_settings<'a, E>(
        &self,
        edit: impl Fn(SettingsEditor) -> E + Send + 'a,
    ) -> UpdateSettings<'a, KisiSettings>
    where
        E: Edited<KisiSettings>,
    {
        UpdateSettings::new(self, Box::new(move |settings| edit(settings).into_result()))
    }

    /// Changes the settings of the second version of the API in one call, as
    /// [`update_kisi_settings`](Self::update_kisi_settings) does those of the first.
    ///
    /// ```no_run
    /// # async fn example(client: rhombus_kisi::Client) -> Result<(), rhombus_kisi::Error> {
    /// let cam = "AAAAAAAAAAAAAAAAAAAAAQ";
    /// let updated = client
    ///     .update_kisi_settings_v2(|s| s.place(7, |p| p.door(43, |d| d.camera(cam))))
    ///     .attempts(3)
    ///     .await?;
    /// for warning in updated.plan.warnings() {
    ///     eprintln!("{warning}");
    /// }
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// Those of [`update_kisi_settings`](Self::update_kisi_settings).
    pub fn update_kisi_settings_v2<'a, E>(
        &self,
        edit: impl Fn(SettingsEditorV2) -> E + Send + 'a,
    ) -> UpdateSettings<'a, KisiIntegrationInput>
    where
        E: Edited<KisiIntegrationInput>,
    {
        UpdateSettings::new(self, Box::new(move |settings| edit(settings).into_result()))
    }
}

impl<'a, S: Settings> UpdateSettings<'a, S> {
    fn new(client: &Client, edit: MakeEdit<'a, S>) -> Self {
        Self {
            client: client.clone(),
            edit,
            attempts: ATTEMPTS,
            confirm: Confirm::Measured,
            rules: Rules {
                max_age: Some(STALE),
                ..Rules::default()
            },
        }
    }

    /// Sets how often the update is tried at most, the first time included: 8 by default, at least 1. A write that fails in a
    /// transient way is retried within an attempt, by the client's [`RetryPolicy`](crate::RetryPolicy).
    pub fn attempts(mut self, attempts: u32) -> Self {
        self.attempts = attempts.max(1);
        self
    }

    /// Makes the edit again if anything has changed between its reading and the write. Without this, the edit's changes are merged
    /// into the settings as they are by then, as [`apply`](Client::apply) does.
    pub fn strict(mut self) -> Self {
        self.rules.strict = true;
        self
    }

    /// Sets how long after the write the settings are read again, to see that no other process has undone the change. It should
    /// be longer than any writer takes from reading the settings to writing them.
    pub fn confirm_after(mut self, wait: Duration) -> Self {
        self.confirm = Confirm::After(wait);
        self
    }

    /// Returns as soon as the settings are written, without the wait and the read that tell whether another process has undone
    /// the change: for an organisation whose settings nobody else writes.
    pub fn single_writer(mut self) -> Self {
        self.confirm = Confirm::Never;
        self
    }

    /// Writes back what looks like a mask of a secret, as [`Apply::allow_masked_secrets`](crate::Apply::allow_masked_secrets) does.
    pub fn allow_masked_secrets(mut self) -> Self {
        self.rules.masked_secrets = true;
        self
    }

    /// Returns the plan, and writes nothing.
    ///
    /// # Errors
    /// Those of reading the settings, and the edit's own. A value that cannot be sent is the plan's
    /// [`refusal`](Plan::refusal).
    pub async fn dry_run(self) -> Result<Plan<S>, Error> {
        let Self { client, edit, .. } = self;
        let read = S::fetch(&client).await?;
        planned(&client, &*edit, read)
    }

    async fn run(self) -> Result<UpdatedSettings<S>, ApplyError> {
        let Self {
            client,
            edit,
            attempts: limit,
            confirm,
            rules,
        } = self;
        let lane = Lane::of(client.http().identity());
        let mut progress = Progress::default();
        loop {
            progress.attempts += 1;
            let turn = lane.turn().await;
            let read = S::fetch(&client).await.map_err(|error| progress.failed(error))?;
            let mut plan = planned(&client, &*edit, read).map_err(|error| progress.failed(error))?;
            if let Some(error) = refusal(&client, &plan, rules) {
                return Err(progress.failed(error));
            }
            if plan.is_empty() {
                return Ok(progress.finish(plan));
            }
            let begun = Instant::now();
            let (effect, lost) = match write(&client, &mut plan, rules).await {
                Ok(applied) => {
                    progress.wrote(&plan, applied.effect, applied.outcome);
                    let wait = confirm.wait(begun.elapsed());
                    // Others follow this change, even where it is not confirmed itself.
                    let expectation = lane.expect(Target::of(&plan));
                    drop(turn);
                    match wait.filter(|_| applied.effect != Effect::Nothing) {
                        Some(wait) => {
                            tokio::time::sleep(wait).await;
                            let lost = lost(&client, &lane, &expectation).await;
                            (applied.effect, lost.map_err(|error| progress.failed(error))?)
                        }
                        None => (applied.effect, Vec::new()),
                    }
                }
                Err(error) if error.conflicts().is_empty() || progress.attempts >= limit => {
                    return Err(progress.failed_while_writing(error));
                }
                Err(error) => {
                    progress.met(error.phase());
                    drop(turn);
                    (Effect::Nothing, error.conflicts().to_vec())
                }
            };
            if lost.is_empty() {
                progress.effect = effect;
                return Ok(progress.finish(plan));
            }
            if progress.attempts >= limit {
                return Err(progress.failed(Error::NotApplied { paths: lost }));
            }
            tokio::time::sleep(client.http().backoff(progress.attempts)).await;
        }
    }
}

impl Confirm {
    /// How long to wait after a write that took so long, with the reading before it.
    fn wait(self, took: Duration) -> Option<Duration> {
        let [shortest, longest] = CONFIRM;
        match self {
            Self::Measured => Some(took.saturating_mul(SLOWER).clamp(shortest, longest)),
            Self::After(wait) => Some(wait),
            Self::Never => None,
        }
    }
}

/// The plan of the edit of what was read.
fn planned<S: Settings>(
    client: &Client,
    edit: &dyn Fn(Edit<S>) -> Result<Edit<S>, Error>,
    read: Option<S>,
) -> Result<Plan<S>, Error> {
    let current = Snapshot::read(read, Some(client.http().identity()));
    let mut failed = None;
    let desired = current.edit(|settings| {
        edit(settings).unwrap_or_else(|error| {
            failed = Some(error);
            Edit::default()
        })
    });
    match failed {
        Some(error) => Err(error),
        None => Ok(current.plan(&desired)),
    }
}

/// Reads the settings again, and returns where the change is no longer there.
async fn lost<S: Settings>(client: &Client, lane: &Lane, expectation: &Expectation<S>) -> Result<Vec<String>, Error> {
    let _turn = lane.turn().await;
    let found = S::fetch(client).await?;
    // Where the integration was deleted since, that came after the change.
    let lost = found
        .zip(expectation.target())
        .map(|(found, target)| target.lost(&found));
    Ok(lost.iter().flatten().map(ToString::to_string).collect())
}

/// How far an update has come.
struct Progress<S: Settings> {
    attempts: u32,
    phase: ApplyPhase,
    effect: Effect,
    outcome: Option<UpdateOutcome>,
    /// What was written last.
    plan: Option<Plan<S>>,
}

impl<S: Settings> Default for Progress<S> {
    fn default() -> Self {
        Self {
            attempts: 0,
            phase: ApplyPhase::NothingWritten,
            effect: Effect::Nothing,
            outcome: None,
            plan: None,
        }
    }
}

impl<S: Settings> Progress<S> {
    fn wrote(&mut self, plan: &Plan<S>, effect: Effect, outcome: Option<UpdateOutcome>) {
        if effect != Effect::Nothing {
            self.phase = ApplyPhase::Written;
            self.effect = effect;
            self.outcome = outcome.or_else(|| self.outcome.take());
            self.plan = Some(plan.clone());
        }
    }

    /// Notes how far an attempt came that failed.
    fn met(&mut self, phase: ApplyPhase) {
        if self.phase == ApplyPhase::NothingWritten {
            self.phase = phase;
        }
        if phase == ApplyPhase::PerhapsWritten && self.effect == Effect::Nothing {
            self.effect = Effect::FoundWritten;
        }
    }

    fn finish(self, plan: Plan<S>) -> UpdatedSettings<S> {
        UpdatedSettings {
            // An attempt that finds everything in place has an empty plan, which says nothing of what an earlier one wrote.
            plan: if plan.is_empty() {
                self.plan.unwrap_or(plan)
            } else {
                plan
            },
            outcome: self.outcome,
            effect: self.effect,
            attempts: self.attempts,
        }
    }

    fn failed(&mut self, error: Error) -> ApplyError {
        match self.phase {
            ApplyPhase::Written => ApplyError::after(self.outcome.take(), error),
            phase => ApplyError::new(phase, error),
        }
    }

    fn failed_while_writing(&mut self, error: ApplyError) -> ApplyError {
        self.met(error.phase());
        self.failed(error.into_error())
    }
}

impl<'a, S: Settings> IntoFuture for UpdateSettings<'a, S> {
    type Output = Result<UpdatedSettings<S>, ApplyError>;
    type IntoFuture = Pin<Box<dyn Future<Output = Self::Output> + Send + 'a>>;

    fn into_future(self) -> Self::IntoFuture {
        Box::pin(self.run())
    }
}

impl<S: Settings> fmt::Debug for UpdateSettings<'_, S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("UpdateSettings")
            .field("client", &self.client)
            .field("attempts", &self.attempts)
            .field("confirm", &self.confirm)
            .field("rules", &self.rules)
            .finish_non_exhaustive()
    }
}
