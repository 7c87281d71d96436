//! Reads the settings, sets one door, says which doors that changes, and writes: by hand.

#[path = "../change.rs"]
mod change;
#[path = "../client.rs"]
mod client;
#[path = "../types.rs"]
mod types;

use client::{Client, Error};
use types::Door;

#[tokio::main(flavor = "current_thread")]
async fn main() {
    if let Err(error) = run().await {
        eprintln!("{error}");
        std::process::exit(1);
    }
}

async fn run() -> Result<(), Error> {
    let variable = |name| std::env::var(name).unwrap_or_default();
    let client = Client::new(&variable("RHOMBUS_ENDPOINT_URL"), &variable("RHOMBUS_API_KEY"))?;
    let door = Door {
        door_name: Some("Lobby".to_owned()),
        clip_duration: Some(20),
        ..Door::default()
    };
    let (changed, response) = client
        .change(|settings| {
            let doors = settings.door_info_map.get_or_insert_default();
            doors.insert("42".to_owned(), door);
        })
        .await?;
    println!("{changed:?}");
    println!(
        "{:?} {:?} {:?}",
        response.warning_msg, response.failed_guids, response.misconfigured_doors
    );
    Ok(())
}
