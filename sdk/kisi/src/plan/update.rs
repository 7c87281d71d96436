//! Read, merge, write; and all three again where the write failed.

use std::time::Duration;

use rhombus_kisi_runtime::{ApplyPhase, Error};
use tokio::time::Instant;

use super::error::ApplyError;
use super::plan::Plan;
use crate::compare::{JsonPath, Sameness, differences, merge};
use crate::retry::{Failure, Retry};
use crate::settings::{Settings, secrets};
use crate::{Client, UpdateOutcome};

/// The result of applying a plan.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Applied {
    /// The outcome of the update; `None` if there is none, for the reason in [`effect`](Self::effect).
    pub outcome: Option<UpdateOutcome>,
    /// What was done.
    pub effect: Effect,
}

/// What applying a plan did.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[non_exhaustive]
pub enum Effect {
    /// There was nothing to change: the plan is empty, or the settings were that way already when they were read again.
    Nothing,
    /// The settings were written, and the server confirmed it.
    Written,
    /// A write was sent and its response was lost or inconclusive; the settings were read again and hold every change.
    FoundWritten,
}

/// What may be written.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Rules {
    /// The plan's value where somebody else has changed the same location.
    pub(crate) overwrite: bool,
    /// Nothing where there is any difference.
    pub(crate) strict: bool,
    /// A mask that the server returned in the place of a secret.
    pub(crate) masked_secrets: bool,
    /// Settings that were read longer ago are read again before they are written.
    pub(crate) max_age: Option<Duration>,
}

/// How often settings that are too old by the time of the write are read again, in all: a slow machine must not read for ever.
const STALE_READS: u32 = 3;

/// Carries out a plan that is not empty.
pub(crate) async fn write<S: Settings>(
    client: &Client,
    plan: &mut Plan<S>,
    rules: Rules,
) -> Result<Applied, ApplyError> {
    let http = client.http();
    let mut phase = ApplyPhase::NothingWritten;
    let mut retry: Option<Retry<'_>> = None;
    let (mut attempts, mut stale) = (0, 0);
    loop {
        let limited = retry.as_ref().map(|retry| Client::new(http.limited(retry.left())));
        let reader = limited.as_ref().unwrap_or(client);
        let failed = |error| ApplyError::new(phase, error);
        let now = S::fetch(reader).await.map_err(failed)?;
        let read = Instant::now();
        let Some(body) = body(plan, now, rules).map_err(failed)? else {
            let effect = match phase {
                ApplyPhase::NothingWritten => Effect::Nothing,
                _ => Effect::FoundWritten,
            };
            return Ok(Applied { outcome: None, effect });
        };
        if let Body::Merged(settings) = &body
            && let Some(error) = masked(settings, rules)
        {
            return Err(failed(error));
        }
        if rules.max_age.is_some_and(|age| read.elapsed() > age) && stale < STALE_READS {
            stale += 1;
            continue;
        }
        let retry = retry.get_or_insert_with(|| http.retry(S::REPEAT));
        let writer = Client::new(http.limited(retry.left()).once());
        attempts += 1;
        let result = match body {
            Body::Merged(settings) => settings.store(&writer).await.1,
            // PERF: lent, for they are needed once more where this fails, and can be large.
            Body::Planned => {
                let (settings, result) = plan.take_settings().store(&writer).await;
                plan.give_back(settings);
                result
            }
        };
        let error = match result {
            Ok(outcome) => {
                retry.give_back();
                return Ok(Applied {
                    outcome: Some(outcome),
                    effect: Effect::Written,
                });
            }
            Err(error) => error,
        };
        if error.may_have_been_carried_out() {
            phase = ApplyPhase::PerhapsWritten;
        }
        let failure = Failure::from(error);
        match retry.wait(&failure, attempts) {
            Some(wait) => tokio::time::sleep(wait).await,
            None => return Err(ApplyError::new(phase, failure.error)),
        }
    }
}

enum Body<S> {
    /// The plan's own settings: nothing has changed meanwhile.
    Planned,
    /// The settings as they are now, with the plan's changes.
    Merged(S),
}

/// What has to be written so that the settings, as they are now, hold the plan's changes; `None` where they do already.
fn body<S: Settings>(plan: &Plan<S>, now: Option<S>, rules: Rules) -> Result<Option<Body<S>>, Error> {
    let Some(now) = now.or_else(|| (!plan.exists()).then(S::blank)) else {
        return Err(conflict([JsonPath::default()].iter()));
    };
    let theirs = differences(plan.before(), &now, Sameness::Meaning);
    if theirs.is_empty() {
        return Ok(Some(Body::Planned));
    }
    if rules.strict {
        return Err(conflict(theirs.iter().map(|difference| &difference.path)));
    }
    let merged = merge([plan.before(), plan.settings(), &now], rules.overwrite);
    if !merged.conflicts.is_empty() {
        return Err(conflict(merged.conflicts.iter()));
    }
    let merged = merged.value.ok_or_else(|| {
        let reason = "it does not fit the settings as they are now; read them again";
        Error::invalid("the plan", reason)
    })?;
    let is_there = differences(&now, &merged, Sameness::Exact).is_empty();
    Ok((!is_there).then_some(Body::Merged(merged)))
}

fn conflict<'a>(paths: impl Iterator<Item = &'a JsonPath>) -> Error {
    Error::Conflict {
        paths: paths.map(ToString::to_string).collect(),
    }
}

/// The error for a mask that would be written as a secret.
pub(super) fn masked<S: Settings>(settings: &S, rules: Rules) -> Option<Error> {
    if rules.masked_secrets {
        return None;
    }
    let secrets = secrets(settings);
    let path = secrets.known_masks().next()?;
    let reason = "the server returned a mask instead of the secret, and written back it could replace the secret: \
                  set the secret in the edit, or apply with `allow_masked_secrets()`";
    Some(Error::invalid(path.to_string(), reason))
}
