#![allow(deprecated, reason = "all contestants call the first version of the API")]

use std::sync::Arc;

use rhombus_kisi_client::{Client, Field, List};
use rhombus_kisi_client::types::{KisiSettings, UpdateKisiIntegrationRequest};

use super::{Contestant, KEY};
use crate::Failure;
use crate::document::CHANGED_DOOR;

// The very file of the dependant whose build is measured.
#[path = "../../dependants/generated/src/transport.rs"]
mod transport;

/// The generated client over the least transport.
pub struct Generated(Client);

impl Contestant for Generated {
    type Settings = KisiSettings;

    fn connect(server: &str) -> Result<Self, Failure> {
        Ok(Self(Client::new(Arc::new(transport::Plain::new(server, KEY)?))))
    }

    async fn update(&self, settings: KisiSettings) -> Result<bool, Failure> {
        let mut request = UpdateKisiIntegrationRequest::default();
        request.kisi_settings = settings.into();
        let response = self.0.update_kisi_integration(&request).await?;
        let clean = |list: &Field<List<String>>| list.get().is_none_or(List::is_empty);
        Ok(!response.warning_msg.is_value() && clean(&response.failed_guids) && clean(&response.misconfigured_doors))
    }

    async fn read(&self) -> Result<KisiSettings, Failure> {
        let response = self.0.get_kisi_integration(&Default::default()).await?;
        Ok(response.kisi_settings.into_option().ok_or("no settings")?)
    }

    /// What the floor does, with the generated types.
    async fn change(&self) -> Result<usize, Failure> {
        let before = self.read().await?;
        let mut after = before.clone();
        let doors = after.door_info_map.get_or_default();
        doors.entry_or_default(CHANGED_DOOR.to_string()).door_name = "Main entrance".into();
        let (Some(was), Some(is)) = (before.door_info_map.get(), after.door_info_map.get()) else {
            return Err("no doors".into());
        };
        let changed = is.iter().filter(|(id, door)| was.get(id) != Some(*door)).count();
        if self.read().await? != before {
            return Err("changed meanwhile".into());
        }
        self.update(after).await?;
        Ok(changed)
    }
}
