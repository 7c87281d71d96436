//! Read, plan, review, apply: what would change is looked at before anything is written.
//!
//! ```text
//! cargo run --example review_plan
//! ```
#![allow(clippy::print_stdout)] // A command-line program prints.

use std::error::Error;

use rhombus_kisi::{Client, Plan};
use rhombus_kisi_fake::{Fake, Operation, Organization, id};
use serde_json::json;

/// The rule of this house: no door may lose a camera.
fn is_agreed(plan: &Plan) -> bool {
    let lost = |change: &rhombus_kisi::plan::Change| {
        let cameras = |value: Option<serde_json::Value>| value.and_then(|list| list.as_array().map(Vec::len));
        change.path().to_string().contains("assignedCameraList") && cameras(change.after()) < cameras(change.before())
    };
    plan.warnings().is_empty() && !plan.changes().iter().any(lost)
}

#[tokio::main]
pub(crate) async fn main() -> Result<(), Box<dyn Error>> {
    let door = json!({ "doorName": "Lobby", "assignedCameraList": [id(1)] });
    let settings = json!({ "placeToSettingsMap": { "7": { "doorInfoMap": { "42": door } } } });
    let organization = Organization::example().settings(settings);
    let fake = Fake::builder().organization(organization).start().await?;
    let client = Client::builder().api_key("a-key").endpoint(fake.url()).build()?;

    let current = client.kisi_integration().await?;
    let more = current.edit(|s| s.place(7, |p| p.door(42, |door| door.camera(id(2)).name("Front lobby"))));
    let fewer = current.edit(|s| s.place(7, |p| p.door(42, |door| door.cameras([] as [&str; 0]))));

    for desired in [more, fewer] {
        let plan = current.plan(&desired);
        println!("{plan}");
        if is_agreed(&plan) {
            // What others have changed meanwhile is kept; `verify` reads the settings back.
            let applied = client.apply(plan).verify().await?;
            println!("=> {:?}\n", applied.effect);
        } else {
            println!("=> not agreed, nothing was written\n");
        }
    }
    assert_eq!(client.kisi_integration().await?.cameras(42).count(), 2);
    assert_eq!(fake.count(Operation::UpdateKisiIntegration), 1);
    Ok(())
}
