//! The commands: each reads, prints, and returns how it ended.

mod apply;
mod completions;
mod diagnose;
mod directory;
mod migrate;
mod plan;
mod result;
mod show;
mod write;

use std::path::Path;

use crate::arguments::{Arguments, Command};
use crate::failure::Failure;
use crate::output::Output;
use crate::session::Session;
use crate::status::Status;
use crate::wanted::Wanted;

/// Runs the command that the user wants.
pub(crate) async fn run(arguments: &Arguments, output: &mut Output) -> Result<Status, Failure> {
    let common = &arguments.common;
    let open = async |file: Option<&Path>| {
        let wanted = file.map(Wanted::read).transpose()?;
        Session::open(common, wanted.as_ref()).await
    };
    match &arguments.command {
        Command::Completions { shell } => Ok(completions::run(*shell, output)),
        Command::Plan(desired) => {
            let wanted = Wanted::read(&desired.file)?;
            let session = Session::open(common, Some(&wanted)).await?;
            plan::run(&session, &wanted, desired.v2, output).await
        }
        Command::Apply { desired, write } => {
            let wanted = Wanted::read(&desired.file)?;
            let session = Session::open(common, Some(&wanted)).await?;
            let status = match desired.v2 {
                true => apply::run(&session, plan::second_version(&session, &wanted).await, write, output).await?,
                false => apply::run(&session, plan::first_version(&session, &wanted).await, write, output).await?,
            };
            session.close()?;
            Ok(status)
        }
        Command::Diagnose(existing) => {
            let session = open(existing.file.as_deref()).await?;
            diagnose::run(&session, output).await
        }
        Command::Show { existing, v2 } => {
            let session = open(existing.file.as_deref()).await?;
            show::run(&session, *v2, output).await
        }
        Command::Directory { existing, clients } => {
            let session = open(existing.file.as_deref()).await?;
            match clients {
                true => directory::clients(&session, output).await,
                false => directory::run(&session, output).await,
            }
        }
        Command::Migrate {
            existing,
            place,
            apply,
            write,
        } => {
            let session = open(existing.file.as_deref()).await?;
            let status = migrate::run(&session, place, apply.then_some(write), output).await?;
            session.close()?;
            Ok(status)
        }
    }
}
