use rhombus_kisi::migrate::Migration;
use serde_json::{Value, json};

use super::result::{entry, failures, summary};
use super::write;
use crate::arguments::Write;
use crate::failure::Failure;
use crate::output::Output;
use crate::session::{Session, kisi_api_key};
use crate::status::Status;
use crate::stop::Stop;

/// Plans the way to the second version of the settings; goes it if `how` says how.
pub(super) async fn run(
    session: &Session,
    places: &[(i32, i32)],
    how: Option<&Write>,
    output: &mut Output,
) -> Result<Status, Failure> {
    let targets = session.targets();
    let work = session.work(Stop::default());
    let migrations = work
        .run("planning", |client, _| async move {
            let migrate = client.migrate_kisi_to_v2().places(places.iter().copied());
            let migrate = match kisi_api_key() {
                Some(key) => migrate.kisi_api_key(key),
                None => migrate,
            };
            Ok(migrate.await?)
        })
        .await;
    for (target, migration) in targets.iter().zip(&migrations) {
        if let Ok(migration) = migration {
            let text = output.paint.plan(&migration.to_string());
            output.line(format!("{}: {text}", target.name));
        }
    }
    let entries = targets.iter().zip(&migrations);
    let entries: Vec<Value> = entries
        .map(|(target, migration)| {
            entry(
                target,
                migration.as_ref().map(|migration| json!({ "migration": migration })),
            )
        })
        .collect();
    output.json("migrations", entries.into());
    let planned = Status::worst(migrations.iter().map(status));
    if let Some(how) = how {
        let plans = migrations
            .into_iter()
            .map(|migration| migration.map(Migration::into_plan))
            .collect();
        let written = write::write(session, plans, how, output).await?;
        // What is lost stays a warning; what was pending is written.
        let warned = Some(planned).filter(|planned| *planned == Status::Warnings);
        return Ok(Status::worst(warned.into_iter().chain([written])));
    }
    failures(targets, migrations.iter(), output);
    let count = |is: fn(&Migration) -> bool| migrations.iter().flatten().filter(|migration| is(migration)).count();
    let parts = [
        (count(|migration| !migration.plan().is_empty()), "to migrate"),
        (
            count(|migration| migration.plan().is_empty()),
            "with nothing to migrate",
        ),
        (count(|migration| migration.losses().next().is_some()), "with losses"),
        (
            migrations.iter().filter(|migration| migration.is_err()).count(),
            "failed",
        ),
    ];
    output.summary(planned, &summary(migrations.len(), &parts));
    Ok(planned)
}

fn status(migration: &Result<Migration, Failure>) -> Status {
    match migration {
        Err(_) => Status::Failed,
        Ok(migration) if migration.plan().is_empty() => Status::Done,
        Ok(migration) if migration.losses().next().is_some() => Status::Warnings,
        Ok(_) => Status::Pending,
    }
}
