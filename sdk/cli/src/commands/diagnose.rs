use rhombus_kisi::diagnose::{Report, Severity};
use serde_json::Value;

use super::result::{entry, failures, summary};
use crate::failure::Failure;
use crate::output::Output;
use crate::session::{Session, kisi_api_key};
use crate::status::Status;
use crate::stop::Stop;
use crate::table::{counted, table};

/// Looks for what is wrong in each organisation.
pub(super) async fn run(session: &Session, output: &mut Output) -> Result<Status, Failure> {
    let targets = session.targets();
    let work = session.work(Stop::default());
    let reports = work
        .run("diagnosing", |client, _| async move {
            let diagnose = client.diagnose();
            let diagnose = match kisi_api_key() {
                Some(key) => diagnose.kisi_api_key(key),
                None => diagnose,
            };
            Ok(diagnose.await?)
        })
        .await;
    for (target, report) in targets.iter().zip(&reports) {
        if let Ok(report) = report {
            show(&target.name, report, output);
        }
    }
    failures(targets, reports.iter(), output);
    let entries = targets.iter().zip(&reports);
    let json = |report| serde_json::to_value(report).unwrap_or_default();
    let entries: Vec<Value> = entries
        .map(|(target, report)| entry(target, report.as_ref().map(json)))
        .collect();
    output.json("organizations", entries.into());
    let status = Status::worst(reports.iter().map(status));
    let count = |is: fn(Option<Severity>) -> bool| reports.iter().flatten().filter(|report| is(report.worst())).count();
    let parts = [
        (count(|worst| worst == Some(Severity::Error)), "with errors"),
        (count(|worst| worst == Some(Severity::Warning)), "with warnings"),
        (count(|worst| worst <= Some(Severity::Info)), "sound"),
        (reports.iter().filter(|report| report.is_err()).count(), "failed"),
    ];
    output.summary(status, &summary(reports.len(), &parts));
    Ok(status)
}

fn show(name: &str, report: &Report, output: &Output) {
    let findings = report.findings();
    output.line(format!("{name}: {}", counted(findings.len(), "finding")));
    if findings.is_empty() {
        return;
    }
    let rows = findings.iter().map(|finding| {
        [
            finding.severity().to_string(),
            finding.location.to_string(),
            finding.kind.to_string(),
            finding.kind.advice().to_owned(),
        ]
    });
    output.line(table(["", "where", "what", "what to do"], rows));
}

fn status(report: &Result<Report, Failure>) -> Status {
    match report.as_ref().map(Report::worst) {
        Err(_) | Ok(Some(Severity::Error)) => Status::Failed,
        Ok(Some(Severity::Warning)) => Status::Warnings,
        Ok(_) => Status::Done,
    }
}
