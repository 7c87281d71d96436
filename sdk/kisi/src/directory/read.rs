use std::fmt;
use std::pin::Pin;

use futures_util::future::try_join;
use rhombus_kisi_runtime::{Error, RhombusUuid, Secret};

use super::Directory;
use super::entry::{Camera, Door, Location, Place};
use crate::compare::looks_like_a_mask;
use crate::operations::KisiDoors;
use crate::{Client, types};

/// The reading of a [`Directory`], once it is awaited. [`Client::directory`] makes one.
#[must_use = "nothing is sent until it is awaited"]
pub struct ReadDirectory {
    client: Client,
    kisi_api_key: Option<Secret>,
}

impl Client {
    /// Reads the organisation's cameras and locations, and the places and doors that Kisi has, to find them by name.
    ///
    /// Kisi lists its places for a Kisi API key: the one in the settings, or that given by
    /// [`kisi_api_key`](ReadDirectory::kisi_api_key). Without one that Kisi accepts the directory has cameras and locations alone, and
    /// [`Directory::without_kisi`] says why.
    ///
    /// ```no_run
    /// # async fn example(client: rhombus_kisi::Client, kisi_key: String) -> Result<(), rhombus_kisi::Error> {
    /// let dir = client.directory().kisi_api_key(kisi_key).await?;
    /// println!("{} cameras, {} doors", dir.cameras().len(), dir.doors().len());
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// Those of the calls. [`Error::IntegrationAuth`] if Kisi rejects the key that was given.
    pub fn directory(&self) -> ReadDirectory {
        ReadDirectory {
            client: self.clone(),
            kisi_api_key: None,
        }
    }
}

impl ReadDirectory {
    /// Sets the Kisi API key that places and doors are listed with, in place of the one in the settings.
    pub fn kisi_api_key(mut self, key: impl Into<Secret>) -> Self {
        self.kisi_api_key = Some(key.into());
        self
    }

    async fn run(self) -> Result<Directory, Error> {
        let Self { client, kisi_api_key } = self;
        let api = client.api();
        let (camera_request, location_request) = Default::default();
        let (cameras, locations) = try_join(
            api.get_minimal_camera_state_list(&camera_request),
            api.get_locations(&location_request),
        )
        .await?;
        let mut directory = Directory {
            cameras: cameras.camera_states.into_iter().flatten().filter_map(camera).collect(),
            locations: locations.locations.into_iter().flatten().filter_map(location).collect(),
            ..Directory::default()
        };
        let (key, is_given) = match kisi_api_key {
            Some(key) => (Ok(key), true),
            None => (stored_key(&client).await?, false),
        };
        let key = match key {
            Ok(key) => key,
            Err(reason) => {
                directory.without_kisi = Some(format!("{reason}; give the directory one with `kisi_api_key`"));
                return Ok(directory);
            }
        };
        match try_join(client.kisi_places(key.clone()), client.kisi_doors(key)).await {
            Ok((places, doors)) => {
                directory.places = places.into_iter().filter_map(place).collect();
                directory.doors = doors_of(&doors);
            }
            Err(error @ (Error::IntegrationAuth { .. } | Error::Invalid { .. })) if !is_given => {
                directory.without_kisi = Some(format!("the Kisi key in the settings does not work: {error}"));
            }
            Err(error) => return Err(error),
        }
        Ok(directory)
    }
}

/// The Kisi key in the settings, of the second version or else of the first, or why there is none.
async fn stored_key(client: &Client) -> Result<Result<Secret, &'static str>, Error> {
    let mut key = match client.kisi_integration_v2().await {
        Ok(current) => current.into_settings().api_secret_key.into_option(),
        // Another integration is there, and the first version may be Kisi's.
        Err(Error::UnexpectedIntegration { .. }) => None,
        Err(error) => return Err(error),
    };
    if key.as_ref().is_none_or(is_useless) {
        let first = client
            .kisi_integration()
            .await?
            .into_settings()
            .api_secret_key
            .into_option();
        key = first.or(key);
    }
    Ok(match key {
        Some(key) if is_useless(&key) => Err("the server shows only a mask of the Kisi key in the settings"),
        Some(key) => Ok(key),
        None => Err("the settings have no Kisi key"),
    })
}

fn is_useless(key: &Secret) -> bool {
    key.expose().is_empty() || looks_like_a_mask(key.expose())
}

fn camera(state: types::CameraState) -> Option<Camera> {
    Some(Camera {
        id: RhombusUuid::from_server(state.uuid.get()?.without_facet()),
        name: state.name.unwrap_or_default(),
        location: state.location_uuid.into_option(),
        status: state.connection_status.into_option(),
        serial_number: state.serial_number.into_option(),
    })
}

fn location(location: types::Location) -> Option<Location> {
    Some(Location {
        id: location.uuid.into_option()?,
        name: location.name.unwrap_or_default(),
    })
}

fn place(place: types::Place) -> Option<Place> {
    Some(Place {
        id: place.id.into_option()?,
        name: place.name.unwrap_or_default(),
    })
}

fn doors_of(doors: &KisiDoors) -> Vec<Door> {
    let by_place = doors.iter();
    let doors = by_place.flat_map(|(place, doors)| {
        doors.iter().filter_map(move |door| {
            Some(Door {
                id: door.id.copied()?,
                name: door.name.get().cloned().unwrap_or_default(),
                place,
            })
        })
    });
    doors.collect()
}

impl IntoFuture for ReadDirectory {
    type Output = Result<Directory, Error>;
    type IntoFuture = Pin<Box<dyn Future<Output = Self::Output> + Send>>;

    fn into_future(self) -> Self::IntoFuture {
        Box::pin(self.run())
    }
}

impl fmt::Debug for ReadDirectory {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ReadDirectory")
            .field("client", &self.client)
            .finish_non_exhaustive()
    }
}
