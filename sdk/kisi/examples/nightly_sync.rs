//! Keeps one rule in 40 organisations of a partner, every night: badge events save clips and leave seek points.
//!
//! ```text
//! cargo run --example nightly_sync
//! ```
#![allow(clippy::print_stdout, clippy::print_stderr)] // A command-line program prints.

use std::error::Error;
use std::process::ExitCode;

use rhombus_kisi::{ApplyError, Client, OrganizationResults, RhombusUuid};
use rhombus_kisi_fake::{Fake, Organization, id};

/// Brings the organisations in line, eight at a time. The result of each says how many settings were changed.
pub(crate) async fn sync(partner: &Client, organizations: &[RhombusUuid]) -> OrganizationResults<usize, Failed> {
    partner
        .for_each_organization(organizations)
        .concurrency(8)
        .on_progress(|progress| eprintln!("{} of {}", progress.done, progress.total))
        .run(async |client, _| {
            // What others change meanwhile is kept, and nothing is written where all is well.
            let updated = client
                .update_kisi_settings(|settings| settings.save_clips(true).create_seek_points(true))
                .await?;
            Ok(updated.changes().len())
        })
        .await
}

/// Why an organisation could not be brought in line. It says whether anything was written.
#[derive(Debug)]
pub(crate) struct Failed(pub(crate) String);

impl From<ApplyError> for Failed {
    fn from(error: ApplyError) -> Self {
        Self(error.to_string())
    }
}

impl From<rhombus_kisi::Error> for Failed {
    fn from(error: rhombus_kisi::Error) -> Self {
        Self(error.to_string())
    }
}

#[tokio::main]
async fn main() -> Result<ExitCode, Box<dyn Error>> {
    // In earnest: `Client::from_env()?`, with a partner's key, and the ids of `client.organizations()`.
    let ids: Vec<RhombusUuid> = (100..140).map(id).collect();
    let organizations = ids.iter().map(|id| Organization::new(id.clone(), "A client"));
    let fake = organizations
        .fold(Fake::builder(), |fake, one| fake.organization(one))
        .start()
        .await?;
    let partner = Client::builder()
        .partner_key("a-partner-key")
        .endpoint(fake.url())
        .build()?;

    let results = sync(&partner, &ids).await;
    for one in &results {
        match &one.result {
            Ok(0) => {}
            Ok(changes) => println!("{}: {changes} changed", one.id),
            Err(Failed(reason)) => println!("{}: {reason}", one.id),
        }
    }
    let failed = results.iter().filter(|one| one.result.is_err()).count();
    println!("{} organisations, {failed} failed", results.len());
    Ok(if failed == 0 {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}
