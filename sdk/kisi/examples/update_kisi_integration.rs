//! Updates a Kisi integration: against a fake server in this process or, with `--live`, for real.
//!
//! ```text
//! cargo run --example update_kisi_integration
//! cargo run --example update_kisi_integration -- --live settings.toml
//! ```
#![allow(clippy::print_stdout, clippy::print_stderr)] // A command-line program prints.

use std::io::{self, IsTerminal as _};
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;

use clap::Parser;
use rhombus_kisi::types::KisiSettings;
use rhombus_kisi::{Client, UpdateKisiIntegration, UpdateOutcome, file};
use rhombus_kisi_fake::{Fake, Fault, Request};

/// Updates a Kisi integration: against a fake server in this process or, with `--live`, for real.
///
/// Without a file it shows an update and what becomes of it. With one it shows what the file would change, asks, and changes it.
///
/// Exit code: 0 all went well, or there was no agreement; 1 it did not; 2 the command line or the file is wrong; 3 the server had
/// something to add (a warning, something that was not updated, a misconfigured door).
#[derive(Debug, Parser)]
struct Arguments {
    /// Desired settings, as TOML, JSON or YAML with the API's own keys; what is left out stays as it is
    #[arg(required_if_eq("live", "true"))]
    settings: Option<PathBuf>,

    /// Talk to the real server, with the credentials of RHOMBUS_API_KEY (or RHOMBUS_PROFILE and ~/.rhombus)
    #[arg(long)]
    live: bool,
}

type Failure = Box<dyn std::error::Error>;

#[tokio::main]
async fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let settings = match arguments.settings.map(file::read_settings).transpose() {
        Ok(settings) => settings,
        Err(error) => {
            eprintln!("error: {error}");
            return ExitCode::from(2);
        }
    };
    let done = match settings {
        Some(settings) => bring_in_line(&settings, arguments.live).await,
        None => rehearse().await,
    };
    done.unwrap_or_else(|error| {
        eprintln!("error: {error}");
        ExitCode::FAILURE
    })
}

/// An update of a few settings. It sends these and nothing else, so it is for an organisation that has none yet.
fn example(client: &Client) -> UpdateKisiIntegration {
    client
        .update_kisi_integration()
        .enabled(true)
        .kisi_api_key("an-example-key-of-kisi")
        .identify_faces_from_badge(true)
        .save_clips(true)
        .door(42, |door| {
            door.name("Lobby")
                .camera("AAAAAAAAAAAAAAAAAAAAAQ")
                .clip_duration(Duration::from_secs(20))
                .remote_unlock(false)
        })
        .place(7, |place| {
            place.name("HQ").door(43, |door| door.camera("AAAAAAAAAAAAAAAAAAAAAg"))
        })
}

/// Plans the way to the settings, asks, and goes it. What others have changed meanwhile is kept.
async fn bring_in_line(settings: &KisiSettings, live: bool) -> Result<ExitCode, Failure> {
    // Held to the end, for the server stops with it.
    let fake = if live { None } else { Some(Fake::start().await?) };
    let client = match &fake {
        Some(fake) => fake_client(fake)?,
        None => Client::from_env()?,
    };
    for warning in client.warnings() {
        eprintln!("warning: {warning}");
    }
    let current = client.kisi_integration().await?;
    let plan = current.plan(&current.merge(settings));
    println!("{plan}");
    if plan.is_empty() || !is_agreed()? {
        println!("Nothing was written.");
        return Ok(ExitCode::SUCCESS);
    }
    let applied = client.apply(plan).verify().await?;
    let outcome = applied.outcome.unwrap_or_default();
    println!("{outcome}");
    Ok(ExitCode::from(if outcome.is_clean() { 0 } else { 3 }))
}

/// Asks whether to go on; without a terminal nobody agrees.
fn is_agreed() -> io::Result<bool> {
    if !io::stdin().is_terminal() {
        eprintln!("There is no terminal to ask on.");
        return Ok(false);
    }
    println!("Write these changes? [y/N]");
    let mut answer = String::new();
    io::stdin().read_line(&mut answer)?;
    Ok(answer.trim().eq_ignore_ascii_case("y"))
}

fn fake_client(fake: &Fake) -> Result<Client, Failure> {
    println!(
        "A fake server in this process ({}); nothing leaves this machine.\n",
        fake.url()
    );
    Ok(Client::builder()
        .api_key("an-example-key-of-rhombus")
        .endpoint(fake.url())
        .build()?)
}

/// An update that is carried out, and one that is rejected.
async fn rehearse() -> Result<ExitCode, Failure> {
    let fake = Fake::start().await?;
    let client = fake_client(&fake)?;
    let update = example(&client);

    println!("1. An update");
    fake.inject(Fault::misconfigured_doors(["Lobby"]));
    let outcome: UpdateOutcome = update.clone().send().await?;
    if let Some(request) = fake.requests().last() {
        show(request);
    }
    println!("{:#}\n\n=> {outcome}\n", update.preview());

    println!("2. The same update, rejected (with status 200, as this API does)");
    fake.inject(Fault::rejected("the integration is being set up by somebody else"));
    match update.send().await {
        Ok(outcome) => Err(format!("the rejection went unnoticed: {outcome}").into()),
        Err(error) => {
            println!("=> {error}");
            Ok(ExitCode::SUCCESS)
        }
    }
}

/// Prints what the server saw. The key is no part of it.
fn show(request: &Request) {
    println!("{} {}", request.method(), request.path());
    for (name, value) in request.headers() {
        println!("{name}: {}", value.to_str().unwrap_or("?"));
    }
}
