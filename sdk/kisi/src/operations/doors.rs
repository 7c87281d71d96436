// The document prefers the second version of the API for some of these; the wrapper has both.
#![allow(deprecated)]

use std::collections::BTreeMap;

use rhombus_kisi_runtime::{Error, List, Map, Secret};

use super::checked;
use crate::Client;
use crate::types::{Door, GetKisiDoorsRequest};

/// Kisi's doors, by the place that they belong to.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct KisiDoors {
    by_place: BTreeMap<i32, Vec<Door>>,
    unplaced: BTreeMap<String, Vec<Door>>,
}

impl KisiDoors {
    /// Returns the doors of a place; none for a place that was not listed.
    pub fn of(&self, place: i32) -> &[Door] {
        self.by_place.get(&place).map(Vec::as_slice).unwrap_or_default()
    }

    /// Returns the places and their doors, in the order of the places' ids.
    pub fn iter(&self) -> impl Iterator<Item = (i32, &[Door])> {
        self.by_place.iter().map(|(place, doors)| (*place, doors.as_slice()))
    }

    /// Returns the doors that the server listed under a key that is not a place's id, by that key.
    pub fn unplaced(&self) -> impl Iterator<Item = (&str, &[Door])> {
        self.unplaced
            .iter()
            .map(|(key, doors)| (key.as_str(), doors.as_slice()))
    }

    fn collect(map: Map<List<Door>>) -> Self {
        let mut collected = Self::default();
        for (place, doors) in map.into_inner() {
            let doors = doors.into_iter().flatten().collect();
            match place.parse() {
                Ok(id) => collected.by_place.insert(id, doors),
                Err(_) => collected.unplaced.insert(place, doors),
            };
        }
        collected
    }
}

impl Client {
    /// Lists the doors that a Kisi API key can see, through Rhombus: the ids for [`door`](crate::SettingsEditor::door).
    ///
    /// ```no_run
    /// # async fn example(client: rhombus_kisi::Client, kisi_key: String) -> Result<(), rhombus_kisi::Error> {
    /// for (place, doors) in client.kisi_doors(kisi_key).await?.iter() {
    ///     println!("place {place}: {} doors", doors.len());
    /// }
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// Errors with [`Error::Invalid`] if the text cannot be a key; nothing is sent then. Errors with
    /// [`Error::IntegrationAuth`] if Kisi rejects the key. Those of the call.
    pub async fn kisi_doors(&self, kisi_api_key: impl Into<Secret>) -> Result<KisiDoors, Error> {
        let mut request = GetKisiDoorsRequest::default();
        request.api_secret_key = checked(kisi_api_key.into())?.into();
        let response = self.api().get_kisi_doors(&request).await?;
        Ok(KisiDoors::collect(response.place_to_door_map.unwrap_or_default()))
    }
}
