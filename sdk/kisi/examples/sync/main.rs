//! Brings the Kisi settings of one organisation or of many in line with a file.
//!
//! ```text
//! cargo run --example sync -- examples/kisi.toml            # what would change
//! cargo run --example sync -- examples/kisi.toml --apply    # change it
//! ```
#![allow(clippy::print_stdout, clippy::print_stderr)] // A command-line program prints.

mod demo;
mod table;
mod work;

use std::path::PathBuf;
use std::process::ExitCode;

use clap::Parser;
use rhombus_kisi::Client;
use rhombus_kisi::file::SettingsFile;

/// Brings the Kisi settings of one organisation or of many in line with a file.
///
/// Without `--live` the server is a fake one in this process, which keeps its state in a file.
///
/// Exit code: 0 all went well; 1 some organisation failed; 2 the command line or the file is wrong.
#[derive(Debug, Parser)]
struct Arguments {
    /// The desired settings, as TOML, JSON or YAML: examples/kisi.toml shows the form
    file: PathBuf,

    /// Make the changes; without it they are only shown
    #[arg(long)]
    apply: bool,

    /// Talk to the real server, with the credentials of RHOMBUS_API_KEY (or RHOMBUS_PROFILE and ~/.rhombus): a partner's
    /// where the file names organisations
    #[arg(long)]
    live: bool,

    /// How many organisations are worked on at a time
    #[arg(long, default_value_t = 4)]
    concurrency: usize,

    /// Where the fake server keeps its state
    #[arg(long, default_value = "target/sync-example.json", conflicts_with = "live")]
    state: PathBuf,
}

#[tokio::main]
async fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let file = match SettingsFile::read(&arguments.file) {
        Ok(file) => file,
        Err(error) => {
            eprintln!("error: {error}");
            return ExitCode::from(2);
        }
    };
    match run(&arguments, &file).await {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::FAILURE
        }
    }
}

async fn run(arguments: &Arguments, file: &SettingsFile) -> Result<bool, Box<dyn std::error::Error>> {
    // Held to the end, for the server stops with it.
    let mut fake = None;
    let client = if arguments.live {
        Client::from_env()?
    } else {
        let fake = fake.insert(demo::start(file, &arguments.state).await?);
        println!(
            "A fake server in this process; its state is in {}.\n",
            arguments.state.display()
        );
        let builder = Client::builder().endpoint(fake.url());
        match file.organizations.is_empty() {
            true => builder.api_key("example").build()?,
            false => builder.partner_key("example").build()?,
        }
    };
    for warning in client.warnings() {
        eprintln!("warning: {warning}");
    }
    let work = work::Work::new(client, file, arguments.concurrency);
    let mut rows = work.plan().await;
    for row in &rows {
        if let Ok(plan) = &row.plan {
            println!("{}: {plan}", row.name);
        }
    }
    if arguments.apply {
        work.apply(&mut rows).await;
    }
    if let Some(fake) = &fake {
        demo::keep(fake, &arguments.state)?;
    }
    println!("\n{}", table::table(&rows));
    Ok(rows.iter().all(work::Row::is_ok))
}
