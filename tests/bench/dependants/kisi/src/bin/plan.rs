//! Reads the settings, sets one door, says what that changes, and writes: with the SDK.

use std::time::Duration;

use rhombus_kisi::{Client, Error};

#[tokio::main(flavor = "current_thread")]
async fn main() {
    if let Err(error) = run().await {
        eprintln!("{error}");
        std::process::exit(1);
    }
}

async fn run() -> Result<(), Error> {
    let variable = |name| std::env::var(name).unwrap_or_default();
    let client = Client::builder()
        .api_key(variable("RHOMBUS_API_KEY"))
        .endpoint(variable("RHOMBUS_ENDPOINT_URL"))
        .build()?;
    let current = client.kisi_integration().await?;
    let desired =
        current.edit(|settings| settings.door(42, |door| door.name("Lobby").clip_duration(Duration::from_secs(20))));
    let plan = current.plan(&desired);
    println!("{plan}");
    if let Some(outcome) = client.apply(plan).await?.outcome {
        println!("{outcome}");
    }
    Ok(())
}
