use std::collections::BTreeMap;

use rhombus_kisi::file::SettingsFile;
use rhombus_kisi::types::KisiSettings;
use rhombus_kisi::{Plan, RhombusUuid};
use serde_json::{Value, json};

use super::result::{entry, failures, summary};
use crate::failure::Failure;
use crate::many::Target;
use crate::output::Output;
use crate::session::Session;
use crate::status::Status;
use crate::stop::Stop;
use crate::table::table;

/// Shows what the file would change.
pub(super) async fn run(session: &Session, file: &SettingsFile, output: &mut Output) -> Result<Status, Failure> {
    let plans = plans(session, file).await;
    show(session.targets(), &plans, output);
    let rows = session.targets().iter().zip(&plans).map(|(target, plan)| match plan {
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
    let entries = session.targets().iter().zip(&plans);
    let entries: Vec<Value> = entries
        .map(|(target, plan)| entry(target, plan.as_ref().map(|plan| json!({ "plan": plan }))))
        .collect();
    output.json("organizations", entries.into());
    let status = Status::worst(plans.iter().map(status));
    let count = |is: fn(&Plan) -> bool| plans.iter().flatten().filter(|plan| is(plan)).count();
    let parts = [
        (count(|plan| !plan.is_empty()), "with changes"),
        (count(|plan| plan.is_empty()), "up to date"),
        (count(|plan| !plan.warnings().is_empty()), "with warnings"),
        (plans.iter().filter(|plan| plan.is_err()).count(), "failed"),
    ];
    output.summary(status, &summary(plans.len(), &parts));
    Ok(status)
}

/// Reads each organisation's settings and plans the way from them to the file's.
pub(super) async fn plans(session: &Session, file: &SettingsFile) -> Vec<Result<Plan, Failure>> {
    let desired: BTreeMap<&RhombusUuid, &KisiSettings> = file
        .organizations
        .iter()
        .map(|entry| (&entry.id, &entry.settings))
        .collect();
    let of = |at: usize| {
        let target = session.targets().get(at).and_then(|target| target.id.as_ref());
        target.and_then(|id| desired.get(id).copied()).unwrap_or(&file.settings)
    };
    let work = session.work(Stop::default());
    work.run("planning", |client, at| async move {
        let current = client.kisi_integration().await?;
        Ok(current.plan(&current.merge(of(at))))
    })
    .await
}

/// Prints the plans that change something or warn of something, and the failures.
pub(super) fn show(targets: &[Target], plans: &[Result<Plan, Failure>], output: &Output) {
    for (target, plan) in targets.iter().zip(plans) {
        if let Ok(plan) = plan {
            let text = output.paint.plan(&plan.to_string());
            output.line(format!("{}: {text}", target.name));
        }
    }
    failures(targets, plans.iter(), output);
}

fn status(plan: &Result<Plan, Failure>) -> Status {
    match plan {
        Err(_) => Status::Failed,
        Ok(plan) if plan.refusal().is_some() => Status::Failed,
        Ok(plan) if !plan.warnings().is_empty() => Status::Warnings,
        Ok(plan) if !plan.is_empty() => Status::Pending,
        Ok(_) => Status::Done,
    }
}
