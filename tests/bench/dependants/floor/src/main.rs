//! Reads the settings, sends an update of one door, and says what came of both: by hand.

mod client;
mod types;

use std::collections::BTreeMap;

use client::{Client, Error};
use types::{Door, KisiSettings};

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
    let enabled = client.read().await?.and_then(|settings| settings.enabled);
    println!("enabled: {enabled:?}");
    let door = Door {
        door_name: Some("Lobby".to_owned()),
        clip_duration: Some(20),
        assigned_camera_list: Some(vec!["AAAAAAAAAAAAAAAAAAAAAQ".to_owned()]),
        ..Door::default()
    };
    let settings = KisiSettings {
        enabled: Some(true),
        door_info_map: Some(BTreeMap::from([("42".to_owned(), door)])),
        ..KisiSettings::default()
    };
    let response = client.update(&settings).await?;
    if let Some(warning) = &response.warning_msg {
        println!("warning: {warning}");
    }
    for id in response.failed_guids.iter().flatten() {
        println!("not updated: {id}");
    }
    for door in response.misconfigured_doors.iter().flatten() {
        println!("misconfigured: {door}");
    }
    Ok(())
}
