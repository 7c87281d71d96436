//! From the first version of the settings to the second: what becomes of each setting, and what is lost.
//!
//! ```text
//! cargo run --example migrate_to_v2
//! ```
#![allow(clippy::print_stdout)] // A command-line program prints.

use std::error::Error;

use rhombus_kisi::Client;
use rhombus_kisi_fake::{Fake, Organization, id};
use serde_json::json;

#[tokio::main]
pub(crate) async fn main() -> Result<(), Box<dyn Error>> {
    let settings = json!({
        "apiSecretKey": "an-example-key-of-kisi",
        "saveClips": true,
        "doorInfoMap": { "42": { "doorName": "Lobby" }, "43": { "doorName": "Side door" } },
        "doorToCameraMap": { "42": [id(1)] },
    });
    let organization = Organization::example().settings(settings);
    let fake = Fake::builder().organization(organization).start().await?;
    let client = Client::builder().api_key("a-key").endpoint(fake.url()).build()?;

    // Which place a door belongs to Kisi knows; `place_of` says it where Kisi cannot be asked.
    let migration = client.migrate_kisi_to_v2().place_of(42, 7).await?;
    println!("{migration}");
    for step in migration.losses() {
        println!("LOST {step}");
    }

    // Nothing was written so far, and the first version's settings stay as they are.
    let applied = client.apply(migration.into_plan()).verify().await?;
    println!("=> {:?}", applied.effect);

    let current = client.kisi_integration_v2().await?;
    for (place, door, settings) in current.doors() {
        println!(
            "door {door} at place {}: {:?}",
            place.unwrap_or("none"),
            settings.door_name
        );
    }
    assert_eq!(current.doors().count(), 2);
    assert_eq!(current.cameras(42).count(), 1);
    Ok(())
}
