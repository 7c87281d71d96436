use std::collections::BTreeMap;

use rhombus_kisi_runtime::{RhombusUuid, Secret};
use serde::Serialize;
use serde_json::Value;

use crate::id;

/// An organisation that the fake begins with: its keys, and what is in it.
///
/// What is not said is not checked. An organisation without credentials accepts every key, and one without places lets every door be unlocked.
///
/// ```
/// use rhombus_kisi_fake::{Organization, id};
///
/// let organization = Organization::new(id(100), "Example")
///     .api_key("a-key-of-rhombus")
///     .place(7, "HQ")
///     .door(7, 42, "Lobby")
///     .location(id(10), "Main street")
///     .camera(id(1), "Lobby camera", id(10))
///     .settings(serde_json::json!({ "enabled": true }));
/// assert_eq!(organization.id(), &id(100));
/// ```
#[derive(Clone, Debug)]
pub struct Organization {
    pub(crate) id: RhombusUuid,
    pub(crate) name: String,
    pub(crate) credentials: Credentials,
    pub(crate) places: BTreeMap<i32, Place>,
    pub(crate) locations: Vec<(RhombusUuid, String)>,
    pub(crate) cameras: Vec<Camera>,
    /// The settings, or why they have no JSON form.
    pub(crate) settings: Result<Settings, String>,
}

/// Settings as JSON. `Debug` shows none, for they hold secrets.
#[derive(Clone, Default)]
pub(crate) struct Settings(pub(crate) Value);

impl std::fmt::Debug for Settings {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(if self.0.is_null() { "none" } else { "***" })
    }
}

/// The credentials that an organisation or a partner has.
#[derive(Clone, Debug, Default)]
pub(crate) struct Credentials {
    pub(crate) keys: Vec<Secret>,
    pub(crate) tokens: Vec<Secret>,
}

impl Credentials {
    pub(crate) fn is_empty(&self) -> bool {
        self.keys.is_empty() && self.tokens.is_empty()
    }
}

/// A place of Kisi.
#[derive(Clone, Debug, Default)]
pub(crate) struct Place {
    pub(crate) name: String,
    pub(crate) doors: BTreeMap<i32, String>,
}

/// A camera of Rhombus.
#[derive(Clone, Debug)]
pub(crate) struct Camera {
    pub(crate) id: RhombusUuid,
    pub(crate) name: String,
    pub(crate) location: RhombusUuid,
    pub(crate) is_mummified: bool,
    pub(crate) status: String,
}

impl Organization {
    /// Returns an organisation without credentials, cameras, places or settings.
    pub fn new(id: RhombusUuid, name: impl Into<String>) -> Self {
        Self {
            id,
            name: name.into(),
            credentials: Credentials::default(),
            places: BTreeMap::new(),
            locations: Vec::new(),
            cameras: Vec::new(),
            settings: Ok(Settings::default()),
        }
    }

    /// Returns the organisation that a fake has if none is added: place 7 (`HQ`) with doors 42 (`Lobby`) and 43 (`Side
    /// door`), cameras [`id(1)`](id()) and [`id(2)`](id()) at location [`id(10)`](id()), no settings, and every key accepted.
    pub fn example() -> Self {
        Self::new(id(100), "Example")
            .place(7, "HQ")
            .door(7, 42, "Lobby")
            .door(7, 43, "Side door")
            .location(id(10), "HQ")
            .camera(id(1), "Lobby camera", id(10))
            .camera(id(2), "Side camera", id(10))
    }

    /// Returns the organisation's id.
    pub fn id(&self) -> &RhombusUuid {
        &self.id
    }

    /// Adds an API key: schemes `api-token` and, with a client certificate, `api`.
    ///
    /// The fake speaks plain HTTP, so it sees no certificate.
    #[must_use]
    pub fn api_key(mut self, key: impl Into<Secret>) -> Self {
        self.credentials.keys.push(key.into());
        self
    }

    /// Adds an OAuth access token: scheme `api-oauth-token`.
    #[must_use]
    pub fn access_token(mut self, token: impl Into<Secret>) -> Self {
        self.credentials.tokens.push(token.into());
        self
    }

    /// Adds a place of Kisi, or renames it.
    #[must_use]
    pub fn place(mut self, place: i32, name: impl Into<String>) -> Self {
        self.places.entry(place).or_default().name = name.into();
        self
    }

    /// Adds a door of Kisi, or renames it, at a place that is added if need be.
    #[must_use]
    pub fn door(mut self, place: i32, door: i32, name: impl Into<String>) -> Self {
        self.places.entry(place).or_default().doors.insert(door, name.into());
        self
    }

    /// Adds a location of Rhombus.
    #[must_use]
    pub fn location(mut self, id: RhombusUuid, name: impl Into<String>) -> Self {
        self.locations.push((id, name.into()));
        self
    }

    /// Adds a camera at a location.
    #[must_use]
    pub fn camera(mut self, id: RhombusUuid, name: impl Into<String>, location: RhombusUuid) -> Self {
        self.cameras.push(Camera {
            id,
            name: name.into(),
            location,
            is_mummified: false,
            status: "GREEN".to_owned(),
        });
        self
    }

    /// Adds a camera that was taken out of service: it is listed only if the request asks for such (`includeMummified`).
    #[must_use]
    pub fn mummified_camera(mut self, id: RhombusUuid, name: impl Into<String>, location: RhombusUuid) -> Self {
        self = self.camera(id, name, location);
        if let Some(camera) = self.cameras.last_mut() {
            camera.is_mummified = true;
        }
        self
    }

    /// Sets the connection status of the last camera that was added, such as `RED`. It is `GREEN` unless set.
    #[must_use]
    pub fn camera_status(mut self, status: impl Into<String>) -> Self {
        if let Some(camera) = self.cameras.last_mut() {
            camera.status = status.into();
        }
        self
    }

    /// Sets the stored settings, of either version: JSON, or the client's type. `null` means that there is no integration.
    #[must_use]
    pub fn settings(mut self, settings: impl Serialize) -> Self {
        self.settings = serde_json::to_value(settings)
            .map(Settings)
            .map_err(|error| error.to_string());
        self
    }
}
