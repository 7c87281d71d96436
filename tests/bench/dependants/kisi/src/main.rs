//! Reads the settings, sends an update of one door, and says what came of both: with the SDK.

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
    let enabled = client.kisi_integration().await?.settings().enabled;
    println!("enabled: {enabled:?}");
    let outcome = client
        .update_kisi_integration()
        .enabled(true)
        .door(42, |door| {
            door.name("Lobby")
                .clip_duration(Duration::from_secs(20))
                .camera("AAAAAAAAAAAAAAAAAAAAAQ")
        })
        .send()
        .await?;
    println!("{outcome}");
    Ok(())
}
