//! The commands: each reads, prints, and returns how it ended.

mod apply;
mod completions;
mod diagnose;
mod migrate;
mod plan;
mod result;
mod show;
mod write;

use std::path::Path;

use rhombus_kisi::file::SettingsFile;

use crate::arguments::{Arguments, Command};
use crate::failure::Failure;
use crate::output::Output;
use crate::session::Session;
use crate::status::Status;

/// Runs the command that the user wants.
pub(crate) async fn run(arguments: &Arguments, output: &mut Output) -> Result<Status, Failure> {
    let common = &arguments.common;
    let open = async |file: Option<&Path>| -> Result<_, Failure> {
        let file = file.map(SettingsFile::read).transpose()?;
        let session = Session::open(common, file.as_ref()).await?;
        Ok((session, file.unwrap_or_default()))
    };
    match &arguments.command {
        Command::Completions { shell } => Ok(completions::run(*shell, output)),
        Command::Plan(desired) => {
            let (session, file) = open(Some(&desired.file)).await?;
            plan::run(&session, &file, output).await
        }
        Command::Apply { desired, write } => {
            let (session, file) = open(Some(&desired.file)).await?;
            let status = apply::run(&session, &file, write, output).await?;
            session.close()?;
            Ok(status)
        }
        Command::Diagnose(existing) => {
            let (session, _) = open(existing.file.as_deref()).await?;
            diagnose::run(&session, output).await
        }
        Command::Show { existing, v2 } => {
            let (session, _) = open(existing.file.as_deref()).await?;
            show::run(&session, *v2, output).await
        }
        Command::Migrate {
            existing,
            place,
            apply,
            write,
        } => {
            let (session, _) = open(existing.file.as_deref()).await?;
            let status = migrate::run(&session, place, apply.then_some(write), output).await?;
            session.close()?;
            Ok(status)
        }
    }
}
