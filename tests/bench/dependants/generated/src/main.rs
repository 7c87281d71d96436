//! Reads the settings, sends an update of one door, and says what came of both: with the generated client alone.
#![allow(deprecated, reason = "all contestants call the first version of the API")]

mod transport;

use std::sync::Arc;

use rhombus_kisi_client::{Client, types};
use rhombus_kisi_runtime::{Error, RhombusUuid};

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
    let settings = client.get_kisi_integration(&Default::default()).await?.kisi_settings;
    let enabled = settings.get().and_then(|settings| settings.enabled.get());
    println!("enabled: {enabled:?}");
    let mut door = types::BadgeIntegrationDoorInfo::default();
    door.door_name = "Lobby".into();
    door.clip_duration = 20.into();
    door.assigned_camera_list = [RhombusUuid::from_server("AAAAAAAAAAAAAAAAAAAAAQ")].into();
    let mut settings = types::KisiSettings::default();
    settings.enabled = true.into();
    settings.door_info_map = [("42", door)].into();
    let mut request = types::UpdateKisiIntegrationRequest::default();
    request.kisi_settings = settings.into();
    let response = client.update_kisi_integration(&request).await?;
    if let Some(warning) = response.warning_msg.get() {
        println!("warning: {warning}");
    }
    for id in response.failed_guids.iter().flatten() {
        println!("not updated: {id}");
    }
    for door in response.misconfigured_doors.iter().flatten() {
        println!("misconfigured: {door}");
    }
    Ok(())
}
