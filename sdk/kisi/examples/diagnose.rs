//! Why does the integration not work? A report of what is wrong, where, and what to do.
//!
//! ```text
//! cargo run --example diagnose
//! ```
#![allow(clippy::print_stdout)] // A command-line program prints.

use std::error::Error;

use rhombus_kisi::Client;
use rhombus_kisi_fake::{Fake, Operation, Organization, id};
use serde_json::json;

#[tokio::main]
pub(crate) async fn main() -> Result<(), Box<dyn Error>> {
    // Two maps contradict one another, one camera does not exist, and the integration is switched off.
    let settings = json!({
        "enabled": false,
        "apiSecretKey": "an-example-key-of-kisi",
        "doorToCameraMap": { "42": [id(1)] },
        "placeToSettingsMap": { "7": { "doorInfoMap": { "42": { "assignedCameraList": [id(9)] } } } },
    });
    let organization = Organization::example().settings(settings);
    let fake = Fake::builder().organization(organization).start().await?;
    let client = Client::builder().api_key("a-key").endpoint(fake.url()).build()?;

    let report = client.diagnose().await?;
    println!("{report}\n");
    for finding in report.findings() {
        // For programs: a code that does not change, and advice.
        println!("{}: {}", finding.kind.code(), finding.kind.advice());
    }
    assert!(!report.is_sound());

    // It only reads.
    assert_eq!(fake.count(Operation::UpdateKisiIntegration), 0);
    assert!(fake.unlocks().is_empty());
    Ok(())
}
