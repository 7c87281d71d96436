//! Read, plan, apply, by hand.

use super::client::{Client, Error};
use super::types::{Response, KisiSettings};

impl Client {
    /// Reads, changes, says which doors change, looks whether anybody else has changed the settings, and writes.
    pub async fn change(&self, change: impl FnOnce(&mut KisiSettings)) -> Result<(Vec<String>, Response), Error> {
        let before = self.read().await?.unwrap_or_default();
        let mut after = before.clone();
        change(&mut after);
        let changed = changed_doors(&before, &after);
        if self.read().await?.unwrap_or_default() != before {
            return Err(Error::Refused("the settings have changed meanwhile".to_owned()));
        }
        let response = self.update(&after).await?;
        Ok((changed, response))
    }
}

fn changed_doors(before: &KisiSettings, after: &KisiSettings) -> Vec<String> {
    let (Some(before), Some(after)) = (&before.door_info_map, &after.door_info_map) else {
        return Vec::new();
    };
    let changed = after.iter().filter(|(id, door)| before.get(*id) != Some(door));
    let removed = before.keys().filter(|id| !after.contains_key(*id));
    changed.map(|(id, _)| id).chain(removed).cloned().collect()
}
