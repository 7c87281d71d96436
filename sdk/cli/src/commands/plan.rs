use rhombus_kisi::types::{KisiIntegrationInput, KisiSettings};
use rhombus_kisi::{Plan, Settings};
use serde_json::{Value, json};

use super::result::{entry, failures, summary};
use crate::failure::Failure;
use crate::many::Target;
use crate::output::Output;
use crate::session::Session;
use crate::status::Status;
use crate::stop::Stop;
use crate::table::table;
use crate::wanted::Wanted;

/// Shows what the file would change.
pub(super) async fn run(session: &Session, wanted: &Wanted, v2: bool, output: &mut Output) -> Result<Status, Failure> {
    Ok(match v2 {
        true => report(session, &second_version(session, wanted).await, output),
        false => report(session, &first_version(session, wanted).await, output),
    })
}

fn report<S: Settings>(session: &Session, plans: &[Result<Plan<S>, Failure>], output: &mut Output) -> Status {
    show(session.targets(), plans, output);
    let rows = session.targets().iter().zip(plans).map(|(target, plan)| match plan {
        Ok(plan) => {
            let result = if plan.is_empty() {
                "up to date"
            } else {
                "changes pending"
            };
            [
                target.name.clone(),
                plan.changes().len().to_string(),
                plan.warnings().len().to_string(),
                result.to_owned(),
            ]
        }
        Err(_) => [target.name.clone(), String::new(), String::new(), "failed".to_owned()],
    });
    output.line(table(["organisation", "changes", "warnings", "result"], rows));
    let entries = session.targets().iter().zip(plans);
    let entries: Vec<Value> = entries
        .map(|(target, plan)| entry(target, plan.as_ref().map(|plan| json!({ "plan": plan }))))
        .collect();
    output.json("organizations", entries.into());
    let status = Status::worst(plans.iter().map(status));
    let count = |is: fn(&Plan<S>) -> bool| plans.iter().flatten().filter(|plan| is(plan)).count();
    let parts = [
        (count(|plan| !plan.is_empty()), "with changes"),
        (count(|plan| plan.is_empty()), "up to date"),
        (count(|plan| !plan.warnings().is_empty()), "with warnings"),
        (plans.iter().filter(|plan| plan.is_err()).count(), "failed"),
    ];
    output.summary(status, &summary(plans.len(), &parts));
    status
}

type Plans<S> = Vec<Result<Plan<S>, Failure>>;

/// Reads each organisation's settings and plans the way from them to the file's.
pub(super) async fn first_version(session: &Session, wanted: &Wanted) -> Plans<KisiSettings> {
    let work = session.work(Stop::default());
    let planning = work.run("planning", |client, at| async move {
        let current = client.kisi_integration().await?;
        let settings = wanted.first_version(&client, part(session, at)).await?;
        Ok(current.plan(&current.merge(&settings)))
    });
    planning.await
}

/// The same by the second version of the API.
pub(super) async fn second_version(session: &Session, wanted: &Wanted) -> Plans<KisiIntegrationInput> {
    let work = session.work(Stop::default());
    let planning = work.run("planning", |client, at| async move {
        let current = client.kisi_integration_v2().await?;
        let settings = wanted.second_version(&client, part(session, at)).await?;
        Ok(current.plan(&current.merge(&settings)))
    });
    planning.await
}

/// Which of the file's organisations it is.
fn part(session: &Session, at: usize) -> Option<usize> {
    session.targets().get(at)?.part
}

/// Prints the plans that change something or warn of something, and the failures.
pub(super) fn show<S: Settings>(targets: &[Target], plans: &[Result<Plan<S>, Failure>], output: &Output) {
    for (target, plan) in targets.iter().zip(plans) {
        if let Ok(plan) = plan {
            let text = output.paint.plan(&plan.to_string());
            output.line(format!("{}: {text}", target.name));
        }
    }
    failures(targets, plans.iter(), output);
}

fn status<S: Settings>(plan: &Result<Plan<S>, Failure>) -> Status {
    match plan {
        Err(_) => Status::Failed,
        Ok(plan) if plan.refusal().is_some() => Status::Failed,
        Ok(plan) if !plan.warnings().is_empty() => Status::Warnings,
        Ok(plan) if !plan.is_empty() => Status::Pending,
        Ok(_) => Status::Done,
    }
}
