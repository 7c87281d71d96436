//! Updates a Kisi integration: against a fake server in this process or, with `--live`, for real.
//!
//! ```text
//! cargo run --example update_kisi_integration
//! cargo run --example update_kisi_integration -- --live settings.toml
//! ```
#![allow(clippy::print_stdout, clippy::print_stderr)] // A command-line program prints.

use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;

use clap::Parser;
use rhombus_kisi::types::KisiSettings;
use rhombus_kisi::{Client, UpdateKisiIntegration, UpdateOutcome, file};
use rhombus_kisi_fake::{Fake, Fault, Request};

/// Updates a Kisi integration: against a fake server in this process or, with `--live`, for real.
///
/// Exit code: 0 the update was carried out; 1 it was not; 2 the command line or the file is wrong; 3 it was carried out and
/// the server had something to add (a warning, something that was not updated, a misconfigured door; only with `--live`).
#[derive(Debug, Parser)]
struct Arguments {
    /// Settings to send, as TOML, JSON or YAML with the API's own keys [default: the ones in this example]
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
        Some(settings) if arguments.live => live(settings).await,
        settings => rehearse(settings).await,
    };
    done.unwrap_or_else(|error| {
        eprintln!("error: {error}");
        ExitCode::FAILURE
    })
}

/// The update that is sent where no file says another.
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

/// The real thing.
async fn live(settings: KisiSettings) -> Result<ExitCode, Failure> {
    let client = Client::from_env()?;
    for warning in client.warnings() {
        eprintln!("warning: {warning}");
    }
    let update = client.update_kisi_integration().settings(settings);
    println!("Sending {:#}", update.preview());
    let outcome = update.send().await?;
    println!("{outcome}");
    Ok(if outcome.is_clean() {
        ExitCode::SUCCESS
    } else {
        ExitCode::from(3)
    })
}

/// The same against a fake: an update that is carried out, and one that is rejected.
async fn rehearse(settings: Option<KisiSettings>) -> Result<ExitCode, Failure> {
    let fake = Fake::start().await?;
    println!(
        "A fake server in this process ({}); nothing leaves this machine.\n",
        fake.url()
    );
    let client = Client::builder()
        .api_key("an-example-key-of-rhombus")
        .endpoint(fake.url())
        .build()?;
    let update = match settings {
        Some(settings) => client.update_kisi_integration().settings(settings),
        None => example(&client),
    };

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
