//! Names for ids: cameras, locations, Kisi's places and doors, and a partner's client organisations. Feature `directory`.

mod annotate;
mod entry;
mod error;
mod find;
mod organizations;
mod read;

pub use annotate::Named;
pub use entry::{Camera, ClientOrganization, Door, Location, Place};
pub use error::LookupError;
pub use organizations::Organizations;
pub use read::ReadDirectory;

use find::find;

/// What an organisation has, by name: its cameras and locations, and Kisi's places and doors.
///
/// [`Client::directory`](crate::Client::directory) reads one. It stays as it was read: read another to see what has changed.
///
/// Something is found by its id; else by exactly its name; else by its name in other case. The error for a name that several have
/// lists their ids, that for one that none has the names that may be meant.
///
/// ```no_run
/// # async fn example(client: rhombus_kisi::Client) -> Result<(), rhombus_kisi::Error> {
/// let dir = client.directory().await?;
/// let (place, door, camera) = (dir.place("HQ")?, dir.door("Front lobby")?, dir.camera("Lobby North")?);
/// client.update_kisi_settings(|s| s.place(place.id, |p| p.door(door.id, |d| d.camera(camera)))).await?;
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug, Default)]
pub struct Directory {
    cameras: Vec<Camera>,
    locations: Vec<Location>,
    places: Vec<Place>,
    doors: Vec<Door>,
    /// Why Kisi listed no places and doors.
    without_kisi: Option<String>,
}

impl Directory {
    /// Returns the cameras.
    pub fn cameras(&self) -> &[Camera] {
        &self.cameras
    }

    /// Returns the locations.
    pub fn locations(&self) -> &[Location] {
        &self.locations
    }

    /// Returns Kisi's places; none if [`without_kisi`](Self::without_kisi) says why.
    pub fn places(&self) -> &[Place] {
        &self.places
    }

    /// Returns Kisi's doors, place by place; none if [`without_kisi`](Self::without_kisi) says why.
    pub fn doors(&self) -> &[Door] {
        &self.doors
    }

    /// Returns why there are no places and doors: the settings have no Kisi key, or only a mask of it, or Kisi rejected it.
    pub fn without_kisi(&self) -> Option<&str> {
        self.without_kisi.as_deref()
    }

    /// Returns the camera with this id or name. The id may have its facet (`.v0`).
    ///
    /// # Errors
    /// Errors with [`LookupError`] if there is none, or several.
    pub fn camera(&self, id_or_name: impl AsRef<str>) -> Result<&Camera, LookupError> {
        find(self.cameras.iter(), id_or_name.as_ref())
    }

    /// Returns the location with this id or name.
    ///
    /// # Errors
    /// Errors with [`LookupError`] if there is none, or several.
    pub fn location(&self, id_or_name: impl AsRef<str>) -> Result<&Location, LookupError> {
        find(self.locations.iter(), id_or_name.as_ref())
    }

    /// Returns the place of Kisi with this id or name.
    ///
    /// # Errors
    /// Errors with [`LookupError`] if there is none, or several, or if the directory has no places.
    pub fn place(&self, id_or_name: impl AsRef<str>) -> Result<&Place, LookupError> {
        let found = find(self.places.iter(), id_or_name.as_ref());
        found.map_err(|error| self.explained("Kisi place", error))
    }

    /// Returns the door of Kisi with this id or name, at whatever place.
    ///
    /// # Errors
    /// Errors with [`LookupError`] if there is none, or several (see [`door_at`](Self::door_at)), or if the directory has no doors.
    pub fn door(&self, id_or_name: impl AsRef<str>) -> Result<&Door, LookupError> {
        let found = find(self.doors.iter(), id_or_name.as_ref());
        found.map_err(|error| self.explained("Kisi door", error))
    }

    /// Returns the door of Kisi with this id or name at this place.
    ///
    /// ```no_run
    /// # async fn example(client: rhombus_kisi::Client) -> Result<(), rhombus_kisi::Error> {
    /// let dir = client.directory().await?;
    /// let door = dir.door_at(dir.place("HQ")?, "Front lobby")?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// Errors with [`LookupError`] if there is none, or several.
    pub fn door_at(&self, place: &Place, id_or_name: impl AsRef<str>) -> Result<&Door, LookupError> {
        let at_place = self.doors.iter().filter(|door| door.place == place.id);
        find(at_place, id_or_name.as_ref())
    }

    fn explained(&self, what: &'static str, error: LookupError) -> LookupError {
        match &self.without_kisi {
            Some(reason) => LookupError::WithoutKisi {
                what,
                reason: reason.clone(),
            },
            None => error,
        }
    }
}
