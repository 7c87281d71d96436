//! Two programs change the same settings at once: what is kept, and what is a conflict.
//!
//! ```text
//! cargo run --example two_writers
//! ```
#![allow(clippy::print_stdout)] // A command-line program prints.

use std::error::Error;

use rhombus_kisi::{ApplyPhase, Client};
use rhombus_kisi_fake::{Fake, Moment, Organization, id};
use serde_json::{Value, json};

/// The other program renames the door.
fn rename(settings: &mut Value) {
    settings["doorInfoMap"]["42"]["doorName"] = "Entrance".into();
}

#[tokio::main]
pub(crate) async fn main() -> Result<(), Box<dyn Error>> {
    let settings = json!({ "doorInfoMap": { "42": { "doorName": "Lobby" } } });
    let organization = Organization::example().settings(settings);
    let fake = Fake::builder().organization(organization).start().await?;
    let client = Client::builder().api_key("a-key").endpoint(fake.url()).build()?;

    // It does so while this program adds a camera: both changes are kept.
    fake.second_writer(Moment::AfterRead, rename);
    let updated = client
        .update_kisi_settings(|settings| settings.door(42, |door| door.camera(id(1))))
        .await?;
    let door = &fake.settings_json()["doorInfoMap"]["42"];
    println!(
        "{} changes after {} attempts: {door}",
        updated.changes().len(),
        updated.attempts
    );
    assert_eq!(
        (&door["doorName"], &door["assignedCameraList"]),
        (&json!("Entrance"), &json!([id(1)]))
    );

    // Both give the door another name: a plan that was made before is a conflict.
    let current = client.kisi_integration().await?;
    let plan = current.plan(&current.edit(|settings| settings.door(42, |door| door.name("Main door"))));
    fake.change(|settings| settings["doorInfoMap"]["42"]["doorName"] = "Gate".into());
    match client.apply(plan.clone()).await {
        Ok(_) => return Err("the conflict went unnoticed".into()),
        Err(error) => {
            println!("{error}");
            assert_eq!(error.phase(), ApplyPhase::NothingWritten);
        }
    }

    // Whoever knows better can insist.
    client.apply(plan).overwrite().await?;
    assert_eq!(fake.settings_json()["doorInfoMap"]["42"]["doorName"], "Main door");
    Ok(())
}
