//! Lists the doors of an organisation, and the cameras that watch them.
//!
//! ```text
//! RHOMBUS_API_KEY=... cargo run --example doors
//! ```
#![allow(clippy::print_stdout)] // A command-line program prints.

use rhombus_kisi::Client;

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let client = Client::from_env()?;
    let current = client.kisi_integration_v2().await?;
    for (id, place) in current.places() {
        println!("place {id}: {}", place.place_name.as_deref().unwrap_or("no name"));
    }
    for (place, id, door) in current.doors() {
        let name = door.door_name.as_deref().unwrap_or("no name");
        let cameras = door.assigned_camera_list.iter().flatten().count();
        println!(
            "door {id} at place {}: {name}, {cameras} cameras",
            place.unwrap_or("none")
        );
    }
    Ok(())
}
