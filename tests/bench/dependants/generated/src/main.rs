//! Reads the settings, sets one door, and says what came of it: with the generated client alone.
#![allow(deprecated, reason = "all contestants call the first version of the API")]

mod transport;

use std::sync::Arc;

use rhombus_kisi_client::{Client, types};
use rhombus_kisi_runtime::Error;

#[tokio::main(flavor = "current_thread")]
async fn main() {
    if let Err(error) = run().await {
        eprintln!("{error}");
        std::process::exit(1);
    }
}

async fn run() -> Result<(), Error> {
    let variable = |name| std::env::var(name).unwrap_or_default();
    let transport = transport::Plain::new(&variable("RHOMBUS_ENDPOINT_URL"), &variable("RHOMBUS_API_KEY"))?;
    let client = Client::new(Arc::new(transport));
    let mut settings = client
        .get_kisi_integration(&Default::default())
        .await?
        .kisi_settings
        .into_option()
        .unwrap_or_default();
    let mut door = types::BadgeIntegrationDoorInfo::default();
    door.door_name = "Lobby".into();
    door.clip_duration = 20.into();
    settings
        .door_info_map
        .get_or_default()
        .insert("42".to_owned(), Some(door));
    let mut request = types::UpdateKisiIntegrationRequest::default();
    request.kisi_settings = settings.into();
    let answer = client.update_kisi_integration(&request).await?;
    println!(
        "{:?} {:?} {:?}",
        answer.warning_msg, answer.failed_guids, answer.misconfigured_doors
    );
    Ok(())
}
