use super::{Contestant, KEY};
use crate::Failure;
use crate::document::CHANGED_DOOR;

// The very files of the dependant whose build is measured.
#[path = "../../dependants/floor/src/change.rs"]
mod change;
#[path = "../../dependants/floor/src/client.rs"]
mod client;
#[path = "../../dependants/floor/src/types.rs"]
mod types;

/// By hand: reqwest and serde.
pub struct Floor(client::Client);

impl Contestant for Floor {
    type Settings = types::KisiSettings;

    fn connect(server: &str) -> Result<Self, Failure> {
        Ok(Self(client::Client::new(server, KEY)?))
    }

    async fn update(&self, settings: Self::Settings) -> Result<bool, Failure> {
        let response = self.0.update(&settings).await?;
        let clean = |list: Option<Vec<String>>| list.is_none_or(|list| list.is_empty());
        Ok(response.warning_msg.is_none() && clean(response.failed_guids) && clean(response.misconfigured_doors))
    }

    async fn read(&self) -> Result<Self::Settings, Failure> {
        Ok(self.0.read().await?.ok_or("no settings")?)
    }

    async fn change(&self) -> Result<usize, Failure> {
        let change = |settings: &mut types::KisiSettings| {
            let doors = settings.door_info_map.get_or_insert_default();
            doors.entry(CHANGED_DOOR.to_string()).or_default().door_name = Some("Main entrance".to_owned());
        };
        Ok(self.0.change(change).await?.0.len())
    }
}
