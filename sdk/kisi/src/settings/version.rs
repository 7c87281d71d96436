use std::fmt;

use rhombus_kisi_runtime::walk::Walk;
use rhombus_kisi_runtime::{Error, Object, Repeat, RhombusUuid};
use serde::de::DeserializeOwned;

use super::view::Maps;
use crate::Client;
use crate::types::{BadgeIntegrationDoorInfo, BadgeIntegrationSettings};

/// Settings that can be read, edited, planned and applied: [`KisiSettings`](crate::types::KisiSettings) of the first
/// version of the API, [`KisiIntegrationInput`](crate::types::KisiIntegrationInput) of the second.
///
/// The methods return the doors and the places, without the steps through maps of which every part may be absent or
/// `null`. A [`Snapshot`](crate::Snapshot) has them too.
///
/// ```
/// use rhombus_kisi::{Settings, types::KisiSettings};
///
/// let settings: KisiSettings = serde_json::from_str(
///     r#"{"doorInfoMap":{"42":{"doorName":"Lobby"}},"placeToSettingsMap":{"7":{"doorInfoMap":{"43":{}}}}}"#,
/// )?;
/// let ids: Vec<_> = settings.doors().map(|(place, door, _)| (place, door)).collect();
/// assert_eq!(ids, [(None, "42"), (Some("7"), "43")]);
/// # Ok::<(), serde_json::Error>(())
/// ```
///
/// The trait is sealed.
pub trait Settings: Sealed {
    /// Returns the door with this id, at the root of the settings or else at the first place that has it.
    ///
    /// ```
    /// use rhombus_kisi::{Settings, types::KisiSettings};
    ///
    /// let settings: KisiSettings = serde_json::from_str(r#"{"doorInfoMap":{"42":{"clipDuration":20},"43":null}}"#)?;
    /// assert_eq!(settings.door(42).and_then(|door| door.clip_duration.copied()), Some(20));
    /// assert!(settings.door(43).is_none());
    /// # Ok::<(), serde_json::Error>(())
    /// ```
    fn door(&self, id: i32) -> Option<&BadgeIntegrationDoorInfo> {
        self.maps().door(&id.to_string())
    }

    /// Returns the doors: those at the root, then those of each place. Each comes with the id of its place, if it is at one,
    /// and its own.
    ///
    /// ```
    /// use rhombus_kisi::{Settings, types::KisiIntegrationInput};
    ///
    /// let settings: KisiIntegrationInput =
    ///     serde_json::from_str(r#"{"placeToSettingsMap":{"7":{"doorInfoMap":{"43":{"doorName":"Side"}}}}}"#)?;
    /// for (place, id, door) in settings.doors() {
    ///     assert_eq!((place, id, door.door_name.as_deref()), (Some("7"), "43", Some("Side")));
    /// }
    /// # Ok::<(), serde_json::Error>(())
    /// ```
    fn doors(&self) -> impl Iterator<Item = (Option<&str>, &str, &BadgeIntegrationDoorInfo)> {
        self.maps().doors()
    }

    /// Returns the place with this id.
    ///
    /// ```
    /// use rhombus_kisi::{Settings, types::KisiSettings};
    ///
    /// let settings: KisiSettings = serde_json::from_str(r#"{"placeToSettingsMap":{"7":{"placeName":"HQ"}}}"#)?;
    /// assert_eq!(settings.place(7).and_then(|place| place.place_name.as_deref()), Some("HQ"));
    /// # Ok::<(), serde_json::Error>(())
    /// ```
    fn place(&self, id: i32) -> Option<&BadgeIntegrationSettings> {
        self.maps().place(&id.to_string())
    }

    /// Returns the places, each with its id.
    ///
    /// ```
    /// use rhombus_kisi::{Settings, types::KisiSettings};
    ///
    /// let settings: KisiSettings = serde_json::from_str(r#"{"placeToSettingsMap":{"7":{},"8":null}}"#)?;
    /// assert_eq!(settings.places().map(|(id, _)| id).collect::<Vec<_>>(), ["7"]);
    /// # Ok::<(), serde_json::Error>(())
    /// ```
    fn places(&self) -> impl Iterator<Item = (&str, &BadgeIntegrationSettings)> {
        self.maps().places()
    }

    /// Returns the cameras that watch a door, wherever the settings name them. One that they name twice comes twice.
    ///
    /// ```
    /// use rhombus_kisi::{Settings, types::KisiSettings};
    ///
    /// let settings: KisiSettings = serde_json::from_str(
    ///     r#"{"doorInfoMap":{"42":{"assignedCameraList":["AAAAAAAAAAAAAAAAAAAAAQ",null]}},
    ///         "doorToCameraMap":{"42":["AAAAAAAAAAAAAAAAAAAAAg"]}}"#,
    /// )?;
    /// let cameras: Vec<_> = settings.cameras(42).map(|camera| camera.as_str()).collect();
    /// assert_eq!(cameras, ["AAAAAAAAAAAAAAAAAAAAAQ", "AAAAAAAAAAAAAAAAAAAAAg"]);
    /// # Ok::<(), serde_json::Error>(())
    /// ```
    fn cameras(&self, door: i32) -> impl Iterator<Item = &RhombusUuid> {
        self.maps().cameras(door.to_string())
    }
}

/// What only the SDK implements: what differs from version to version.
pub trait Sealed: Object + Walk + Clone + Default + fmt::Debug + DeserializeOwned + Send + Sync + 'static {
    /// The request that writes them.
    #[doc(hidden)]
    type Request;

    /// Whether the operation that writes them may be repeated.
    #[doc(hidden)]
    const REPEAT: Repeat;

    /// Adds what an update has to say beside what its setters were given.
    #[doc(hidden)]
    fn complete(&mut self) {}

    /// The settings of an organisation that has none.
    #[doc(hidden)]
    fn blank() -> Self {
        let mut blank = Self::default();
        blank.complete();
        blank
    }

    /// The request that writes the settings.
    #[doc(hidden)]
    fn into_request(self) -> Self::Request;

    /// Reads the settings; `None` where the organisation has none.
    #[doc(hidden)]
    fn fetch(client: &Client) -> impl Future<Output = Result<Option<Self>, Error>> + Send;

    /// Writes the settings, and gives them back.
    #[doc(hidden)]
    fn store(self, client: &Client) -> impl Future<Output = (Self, Result<crate::UpdateOutcome, Error>)> + Send;

    /// Where the doors and the places are.
    #[doc(hidden)]
    fn maps(&self) -> Maps<'_>;
}
