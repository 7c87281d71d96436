//! Unlocks a physical door: now or not at all, and never twice.
//!
//! ```text
//! cargo run --example unlock_door
//! ```
#![allow(clippy::print_stdout)] // A command-line program prints.

use std::error::Error as StdError;
use std::time::Duration;

use rhombus_kisi::{Client, Error};
use rhombus_kisi_fake::{Fake, Fault, Operation};

/// Unlocks the door, and says what the caller can tell the person in front of it.
pub(crate) async fn let_in(client: &Client, place: i32, door: i32) -> Result<&'static str, Error> {
    match client.unlock_door(place, door).await {
        Ok(_) => Ok("come in"),
        // Whether it opened is not known, and trying again could open it when nobody is watching.
        Err(error) if error.may_have_been_carried_out() => Ok("try the door"),
        Err(error) if error.is_retryable() => Ok("the door did not open; please ring again"),
        Err(error) => Err(error),
    }
}

#[tokio::main]
pub(crate) async fn main() -> Result<(), Box<dyn StdError>> {
    let fake = Fake::start().await?;
    let builder = Client::builder().api_key("a-key").endpoint(fake.url());
    // Nobody waits longer in front of a door.
    let client = builder.unlock_timeout(Duration::from_secs(5)).build()?;

    println!("{}", let_in(&client, 7, 42).await?);
    assert_eq!(fake.unlock_count(42), 1);

    // The door opens, but the response is lost: the request is not sent again.
    fake.inject(Fault::cut().carried_out().on(Operation::UnlockKisiDoor));
    assert_eq!(let_in(&client, 7, 42).await?, "try the door");
    assert_eq!(fake.unlock_count(42), 2);

    // A server that is busy did not open it, and is not asked a second time either.
    fake.inject(Fault::rate_limited(1).on(Operation::UnlockKisiDoor));
    println!("{}", let_in(&client, 7, 42).await?);
    assert_eq!((fake.unlock_count(42), fake.count(Operation::UnlockKisiDoor)), (2, 3));
    Ok(())
}
