//! Brings an organisation in line with a settings file, as a job of a deployment does.
//!
//! ```text
//! cargo run --example settings_file
//! ```
#![allow(clippy::print_stdout)] // A command-line program prints.

use std::error::Error;

use rhombus_kisi::file::{Format, parse_settings};
use rhombus_kisi::types::KisiSettings;
use rhombus_kisi::{Client, Effect};
use rhombus_kisi_fake::{Fake, Operation};

const SETTINGS: &str = r#"
saveClips = true

[placeToSettingsMap.7.doorInfoMap.42]
doorName = "Lobby"
assignedCameraList = ["AAAAAAAAAAAAAAAAAAAAAQ"]
clipDuration = 20
"#;

/// Makes the settings what the file says; what it leaves out stays as it is.
pub(crate) async fn bring_in_line(client: &Client, settings: &KisiSettings) -> Result<Effect, rhombus_kisi::Error> {
    let current = client.kisi_integration().await?;
    let plan = current.plan(&current.merge(settings));
    println!("{plan}");
    Ok(client.apply(plan).await?.effect)
}

#[tokio::main]
pub(crate) async fn main() -> Result<(), Box<dyn Error>> {
    // From a file: `read_settings("kisi-settings.yaml")`.
    let settings = parse_settings(SETTINGS, Format::Toml, "settings.toml")?;
    // A key that nobody knows is an error with its line and the nearest known key.
    if let Err(error) = parse_settings("saveClip = true", Format::Toml, "wrong.toml") {
        println!("{error}\n");
    }

    let fake = Fake::start().await?;
    let client = Client::builder().api_key("a-key").endpoint(fake.url()).build()?;
    println!("{:?}\n", bring_in_line(&client, &settings).await?);
    // A second run finds nothing to do, and writes nothing.
    println!("{:?}", bring_in_line(&client, &settings).await?);
    assert_eq!(fake.count(Operation::UpdateKisiIntegration), 1);
    Ok(())
}
