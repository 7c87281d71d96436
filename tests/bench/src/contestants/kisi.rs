use rhombus_kisi::Client;
use rhombus_kisi::types::KisiSettings;

use super::{Contestant, KEY};
use crate::Failure;
use crate::document::CHANGED_DOOR;

/// The SDK, with its default features.
pub struct Kisi(Client);

impl Contestant for Kisi {
    type Settings = KisiSettings;

    fn connect(server: &str) -> Result<Self, Failure> {
        let client = Client::builder()
            .api_key(KEY)
            .endpoint(server)
            // 100,000 doors are more than the default of 8 MiB lets through.
            .max_response_size(256 * 1024 * 1024)
            .build()?;
        Ok(Self(client))
    }

    async fn update(&self, settings: KisiSettings) -> Result<bool, Failure> {
        let outcome = self.0.update_kisi_integration().settings(settings).send().await?;
        Ok(outcome.is_clean())
    }

    async fn read(&self) -> Result<KisiSettings, Failure> {
        Ok(self.0.kisi_integration().await?.into_settings())
    }

    async fn change(&self) -> Result<usize, Failure> {
        let current = self.0.kisi_integration().await?;
        let desired = current.edit(|settings| settings.door(CHANGED_DOOR, |door| door.name("Main entrance")));
        let plan = current.plan(&desired);
        let changes = plan.changes().len();
        self.0.apply(plan).await?;
        Ok(changes)
    }
}
