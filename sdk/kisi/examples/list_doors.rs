//! Lists the doors of an organisation, without Tokio.
//!
//! ```text
//! RHOMBUS_API_KEY=... cargo run --example list_doors --features blocking
//! ```
#![allow(clippy::print_stdout)] // A command-line program prints.

use rhombus_kisi::blocking::Client;

pub(crate) fn main() -> Result<(), rhombus_kisi::Error> {
    let client = Client::from_env()?;
    for (place, id, door) in client.kisi_integration_v2()?.doors() {
        let name = door.door_name.as_deref().unwrap_or("no name");
        println!("door {id} at place {}: {name}", place.unwrap_or("none"));
    }
    Ok(())
}
