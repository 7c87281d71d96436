use std::collections::BTreeMap;
use std::fmt;
use std::pin::Pin;
use std::sync::Arc;

use rhombus_kisi_runtime::walk::Walk;
use rhombus_kisi_runtime::{Error, Secret};

use super::carry::{Carried, carry, doors_without_a_place};
use super::migration::Migration;
use super::places::{add, by_kisi, by_settings};
use crate::compare::{Json, looks_like_a_mask};
use crate::types::{KisiIntegrationInput, KisiSettings};
use crate::{Client, Desired};

/// Plans a migration, once it is awaited. [`Client::migrate_kisi_to_v2`] makes one.
#[must_use = "nothing is read until it is awaited"]
pub struct MigrateKisiToV2 {
    client: Client,
    places: BTreeMap<String, String>,
    kisi_api_key: Option<Secret>,
}

impl Client {
    /// Plans the way from the settings of the first version of the API to those of the second.
    ///
    /// Nothing is written: [`Migration::plan`] is what would be, and [`Client::apply`] does it. The settings of the first
    /// version stay as they are.
    ///
    /// | first version | second version |
    /// | --- | --- |
    /// | a property that both have | the same |
    /// | an option at the root (`saveClips` …) | `defaultOptions`, which is switched on unless it is switched off already |
    /// | a door of `doorInfoMap` | the `doorInfoMap` of its place |
    /// | the cameras of `doorToCameraMap` | the `assignedCameraList` of that door |
    /// | `webhookId`, `rhombusToken` and `placeId` at the root | the place that `placeId` names |
    /// | anything else | lost, and listed in [`Migration::losses`] |
    ///
    /// A door's place is the one that the caller names, or else the one that it is under in the settings, or else Kisi's own,
    /// or else the one that `placeId` at the root names. Kisi is asked only if there is a door whose place the first two do not
    /// say, and with the key of the settings, unless one is given.
    ///
    /// Where the second version has a value already, it is kept; lists of ids get what they lack.
    ///
    /// ```no_run
    /// # async fn example(client: rhombus_kisi::Client) -> Result<(), rhombus_kisi::Error> {
    /// let migration = client.migrate_kisi_to_v2().place_of(42, 7).await?;
    /// println!("{migration}");
    /// if migration.losses().next().is_none() {
    ///     client.apply(migration.into_plan()).verify().await?;
    /// }
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// Errors with [`Error::UnexpectedIntegration`] if the organisation has an integration of another type, and with
    /// [`Error::IntegrationAuth`] if Kisi rejects the key. Those of the calls.
    pub fn migrate_kisi_to_v2(&self) -> MigrateKisiToV2 {
        MigrateKisiToV2 {
            client: self.clone(),
            places: BTreeMap::new(),
            kisi_api_key: None,
        }
    }
}

impl MigrateKisiToV2 {
    /// Says which place a door belongs to, by Kisi's ids.
    pub fn place_of(mut self, door: i32, place: i32) -> Self {
        self.places.insert(door.to_string(), place.to_string());
        self
    }

    /// Says which places doors belong to: pairs of a door's and a place's id.
    pub fn places(self, places: impl IntoIterator<Item = (i32, i32)>) -> Self {
        places
            .into_iter()
            .fold(self, |this, (door, place)| this.place_of(door, place))
    }

    /// Sets Kisi's key, for the case that the server returns a mask instead. It becomes part of the settings.
    pub fn kisi_api_key(mut self, key: impl Into<Secret>) -> Self {
        self.kisi_api_key = Some(key.into());
        self
    }

    async fn run(self) -> Result<Migration, Error> {
        let Self {
            client,
            mut places,
            kisi_api_key,
        } = self;
        let v1 = client.kisi_integration().await?;
        let v2 = client.kisi_integration_v2().await?;
        let [before, there] = [Json::of(v1.settings()), Json::of(v2.settings())];
        if !v1.exists() {
            let plan = v2.plan(&v2.edit(|settings| settings));
            return Ok(Migration::new(Vec::new(), plan));
        }
        add(&mut places, by_settings(&before));
        add(&mut places, by_settings(&there));
        if !doors_without_a_place(&before, &places).is_empty()
            && let Some(key) = kisi_api_key.as_ref().or_else(|| usable_key(v1.settings()))
        {
            add(&mut places, by_kisi(&client.kisi_doors(key.clone()).await?));
        }
        let kinds = [KisiSettings::kind(), KisiIntegrationInput::kind()];
        let Carried { settings, steps } = carry(&before, there, kinds, &places);
        let mut settings: KisiIntegrationInput = settings.decode().ok_or_else(|| {
            let reason = "what they become has no form in the second version; migrate a part of them by hand";
            Error::invalid("the settings", reason)
        })?;
        if let Some(key) = kisi_api_key {
            settings.api_secret_key = key.into();
        }
        let plan = v2.plan(&Desired::new(Arc::new(settings), None));
        Ok(Migration::new(steps, plan))
    }
}

/// Kisi's key in the settings, unless it is masked.
fn usable_key(settings: &KisiSettings) -> Option<&Secret> {
    let key = settings.api_secret_key.get()?;
    (!key.is_empty() && !looks_like_a_mask(key.expose())).then_some(key)
}

impl IntoFuture for MigrateKisiToV2 {
    type Output = Result<Migration, Error>;
    type IntoFuture = Pin<Box<dyn Future<Output = Self::Output> + Send>>;

    fn into_future(self) -> Self::IntoFuture {
        Box::pin(self.run())
    }
}

impl fmt::Debug for MigrateKisiToV2 {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("MigrateKisiToV2")
            .field("places", &self.places)
            .field("kisi_api_key", &self.kisi_api_key)
            .finish_non_exhaustive()
    }
}
