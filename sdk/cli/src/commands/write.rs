//! Writing plans, after a question.

use rhombus_kisi::{Applied, Effect, Error, Plan, Settings};
use serde_json::{Value, json};

use crate::arguments::Write;
use crate::failure::Failure;
use crate::output::Output;
use crate::question::ask;
use crate::session::Session;
use crate::status::Status;
use crate::stop::Stop;
use crate::table::{counted, table};

use super::result::{entry, failures, summary};

/// Applies the plans, if the user agrees; `None` is an organisation whose plan failed. Returns how it ended.
pub(super) async fn write<S: Settings>(
    session: &Session,
    plans: Vec<Result<Plan<S>, Failure>>,
    write: &Write,
    output: &mut Output,
) -> Result<Status, Failure> {
    let targets = session.targets();
    let pending: usize = plans.iter().flatten().filter(|plan| !plan.is_empty()).count();
    if pending > 0 && !write.yes {
        let question = format!("Write the changes of {}?", counted(pending, "organisation"));
        if !ask(&question)? {
            output.summary(Status::Pending, "nothing was written");
            output.json("written", json!(false));
            return Ok(Status::Pending);
        }
    }
    let has_warnings: Vec<bool> = plans
        .iter()
        .map(|plan| plan.as_ref().is_ok_and(|plan| !plan.warnings().is_empty()))
        .collect();
    let stop = Stop::on_ctrl_c();
    let work = session.work(stop);
    let plans: Vec<_> = plans.into_iter().map(|plan| plan.map_err(Some)).collect();
    let mut applied = work
        .run("applying", |client, at| {
            let plan = plans.get(at).and_then(|plan| plan.as_ref().ok()).cloned();
            async move {
                match plan {
                    Some(plan) => Ok(Some(client.apply(plan).verify().await.map_err(Error::from)?)),
                    None => Ok(None),
                }
            }
        })
        .await;
    // What could not be planned failed for that reason.
    for (applied, plan) in applied.iter_mut().zip(plans) {
        if let Err(Some(failure)) = plan {
            *applied = Err(failure);
        }
    }
    failures(targets, applied.iter(), output);
    let rows = targets
        .iter()
        .zip(&applied)
        .map(|(target, applied)| [target.name.clone(), result(applied)]);
    output.line(table(["organisation", "result"], rows));
    let entries = targets.iter().zip(&applied);
    let entries: Vec<Value> = entries
        .map(|(target, applied)| {
            entry(
                target,
                applied
                    .as_ref()
                    .map(|applied| json!({ "result": machine(applied.as_ref()) })),
            )
        })
        .collect();
    output.json("organizations", entries.into());
    let status = Status::worst(
        applied
            .iter()
            .zip(has_warnings)
            .map(|(applied, warns)| status(applied, warns)),
    );
    let count =
        |is: fn(&Result<Option<Applied>, Failure>) -> bool| applied.iter().filter(|applied| is(applied)).count();
    let parts = [
        (
            count(|applied| matches!(applied, Ok(Some(applied)) if applied.effect != Effect::Nothing)),
            "written",
        ),
        (
            count(|applied| matches!(applied, Ok(Some(applied)) if applied.effect == Effect::Nothing)),
            "up to date",
        ),
        (
            count(|applied| matches!(applied, Err(Failure::Interrupted))),
            "not begun",
        ),
        (
            count(|applied| matches!(applied, Err(failure) if !matches!(failure, Failure::Interrupted))),
            "failed",
        ),
    ];
    output.summary(status, &summary(applied.len(), &parts));
    Ok(status)
}

fn result(applied: &Result<Option<Applied>, Failure>) -> String {
    match applied {
        Ok(Some(applied)) => match (&applied.outcome, applied.effect) {
            (Some(outcome), _) => outcome.to_string(),
            (None, Effect::Nothing) => "up to date".to_owned(),
            (None, _) => "updated".to_owned(),
        },
        Ok(None) => String::new(),
        Err(Failure::Interrupted) => "not begun".to_owned(),
        Err(_) => "failed".to_owned(),
    }
}

fn machine(applied: Option<&Applied>) -> Value {
    let outcome = applied.and_then(|applied| applied.outcome.as_ref());
    json!({
        "effect": applied.map(|applied| match applied.effect {
            Effect::Nothing => "nothing",
            Effect::Written => "written",
            Effect::FoundWritten => "found-written",
            _ => "other",
        }),
        "warning": outcome.and_then(|outcome| outcome.warning()),
        "failedIds": outcome.map(|outcome| outcome.failed_ids().collect::<Vec<_>>()),
        "misconfiguredDoors": outcome.map(|outcome| outcome.misconfigured_doors().collect::<Vec<_>>()),
    })
}

fn status(applied: &Result<Option<Applied>, Failure>, warns: bool) -> Status {
    match applied {
        Err(_) => Status::Failed,
        Ok(Some(applied)) if applied.outcome.as_ref().is_some_and(|outcome| !outcome.is_clean()) => Status::Warnings,
        Ok(_) if warns => Status::Warnings,
        Ok(_) => Status::Done,
    }
}
