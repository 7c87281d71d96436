//! Assigns a camera to a door, both by name.
//!
//! ```text
//! cargo run --example names
//! ```
#![allow(clippy::print_stdout)] // A command-line program prints.

use std::error::Error;

use rhombus_kisi::Client;
use rhombus_kisi_fake::{Fake, Organization};
use serde_json::json;

/// Adds the camera to the door, and returns what was changed.
pub(crate) async fn assign(client: &Client, door: &str, camera: &str) -> Result<String, Box<dyn Error>> {
    let directory = client.directory().await?;
    // An unknown name is an error with the names that may be meant.
    let (door, camera) = (directory.door(door)?, directory.camera(camera)?);
    let updated = client
        .update_kisi_settings(|settings| settings.place(door.place, |place| place.door(door.id, |d| d.camera(camera))))
        .await?;
    Ok(directory.named(&updated.plan).to_string())
}

#[tokio::main]
pub(crate) async fn main() -> Result<(), Box<dyn Error>> {
    // In earnest: `Client::from_env()?`.
    let settings = json!({ "apiSecretKey": "an-example-key-of-kisi" });
    let organization = Organization::example().settings(settings);
    let fake = Fake::builder().organization(organization).start().await?;
    let client = Client::builder().api_key("a-key").endpoint(fake.url()).build()?;

    for camera in client.directory().await?.cameras() {
        println!("camera {}: {}", camera.id, camera.name);
    }
    println!("{}", assign(&client, "Side door", "Side camera").await?);
    if let Err(error) = assign(&client, "Side door", "Sid camera").await {
        println!("{error}");
    }
    assert_eq!(client.kisi_integration().await?.cameras(43).count(), 1);
    Ok(())
}
