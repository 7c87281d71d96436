//! What a caller does about each kind of error.
//!
//! ```text
//! cargo run --example match_errors
//! ```
#![allow(clippy::print_stdout)] // A command-line program prints.

use std::error::Error as StdError;

use rhombus_kisi::{Client, Error, RetryPolicy};
use rhombus_kisi_fake::{Fake, Fault};

/// What to do about an error, the most certain cases first.
fn advice(error: &Error) -> &'static str {
    match error {
        Error::Invalid { .. } | Error::Config { .. } => "correct the program: nothing was sent",
        Error::Unauthorized { .. } | Error::Forbidden { .. } => "check the key, its region and its permissions",
        Error::IntegrationAuth { .. } => "store a new API key of Kisi in the settings",
        Error::Refused { .. } => "show the server's message to whoever asked for this",
        Error::RateLimited { .. } => "wait as long as `retry_after` says",
        error if error.may_have_been_carried_out() => "read the settings before sending it again",
        error if error.is_retryable() => "try again later",
        _ => "report it",
    }
}

#[tokio::main]
pub(crate) async fn main() -> Result<(), Box<dyn StdError>> {
    let fake = Fake::start().await?;
    let builder = Client::builder().api_key("a-key").endpoint(fake.url());
    let client = builder.retry(RetryPolicy::none()).build()?;

    let faults = [
        Fault::forbidden(),
        Fault::auth_error(),
        Fault::rejected("the integration is being set up by somebody else"),
        Fault::rate_limited(9),
        // The connection breaks after the request was sent: nobody knows whether it was carried out.
        Fault::cut(),
    ];
    for fault in faults {
        fake.inject(fault);
        match client.update_kisi_integration().enabled(true).send().await {
            Ok(outcome) => return Err(format!("the fault went unnoticed: {outcome}").into()),
            Err(error) => println!("{error}\n=> {}\n", advice(&error)),
        }
    }

    // A reading call never leaves doubt.
    fake.inject(Fault::cut());
    let error = client
        .kisi_integration()
        .await
        .err()
        .ok_or("the fault went unnoticed")?;
    println!("{error}\n=> {}", advice(&error));
    assert_eq!(advice(&error), "try again later");
    Ok(())
}
