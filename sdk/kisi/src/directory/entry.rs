use rhombus_kisi_runtime::RhombusUuid;

use crate::types;

/// A camera of the organisation.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Camera {
    /// Its id as the settings have it, without the facet that it is listed with.
    pub id: RhombusUuid,
    /// Its name; empty if it has none.
    pub name: String,
    /// The location that it is at.
    pub location: Option<RhombusUuid>,
    /// Whether it is connected: [`Green`](types::DeviceStatus::Green) if it is.
    pub status: Option<types::DeviceStatus>,
    /// The device's serial number.
    pub serial_number: Option<String>,
}

/// A location of Rhombus. It is not a place of Kisi.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Location {
    /// Its id.
    pub id: RhombusUuid,
    /// Its name; empty if it has none.
    pub name: String,
}

/// A place of Kisi.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Place {
    /// Kisi's id.
    pub id: i32,
    /// Its name; empty if it has none.
    pub name: String,
}

/// A door of Kisi.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Door {
    /// Kisi's id.
    pub id: i32,
    /// Its name; empty if it has none.
    pub name: String,
    /// The place that it belongs to.
    pub place: i32,
}

/// A client organisation of a partner.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct ClientOrganization {
    /// Its id.
    pub id: RhombusUuid,
    /// Its name; empty if it has none.
    pub name: String,
    /// Whether the partner may act for it; `None` if the server does not say.
    pub has_access: Option<bool>,
}

/// What is found by its id or by its name.
pub(super) trait Entry {
    /// What it is called in messages.
    const WHAT: &'static str;

    /// Whether this text is its id.
    fn has_id(&self, text: &str) -> bool;

    fn name(&self) -> &str;

    /// The id, and where there may be several of the name, which one it is.
    fn describe(&self) -> String;
}

macro_rules! entries {
    ($($type:ident $what:literal $entry:ident: $has_id:expr, $describe:expr;)*) => {$(
        impl Entry for $type {
            const WHAT: &'static str = $what;

            fn has_id(&self, text: &str) -> bool {
                let $entry = self;
                $has_id(text)
            }

            fn name(&self) -> &str {
                &self.name
            }

            fn describe(&self) -> String {
                let $entry = self;
                $describe
            }
        }
    )*};
}

entries! {
    Camera "camera" camera: |text: &str| is_id(&camera.id, text), camera.id.to_string();
    Location "location" location: |text: &str| is_id(&location.id, text), location.id.to_string();
    ClientOrganization "organisation" client: |text: &str| is_id(&client.id, text), client.id.to_string();
    Place "Kisi place" place: |text: &str| text.parse() == Ok(place.id), place.id.to_string();
    Door "Kisi door" door: |text: &str| text.parse() == Ok(door.id), format!("{} at place {}", door.id, door.place);
}

fn is_id(id: &RhombusUuid, text: &str) -> bool {
    RhombusUuid::from_server(text).without_facet() == id.without_facet()
}

/// For the setters that take a camera's id.
impl From<&Camera> for RhombusUuid {
    fn from(camera: &Camera) -> Self {
        camera.id.clone()
    }
}

/// For the setters that take a location's id.
impl From<&Location> for RhombusUuid {
    fn from(location: &Location) -> Self {
        location.id.clone()
    }
}

/// For [`Client::for_organization`](crate::Client::for_organization).
impl From<&ClientOrganization> for RhombusUuid {
    fn from(organization: &ClientOrganization) -> Self {
        organization.id.clone()
    }
}

/// For the setters that take a place's id.
impl From<&Place> for i32 {
    fn from(place: &Place) -> Self {
        place.id
    }
}

/// For the setters that take a door's id.
impl From<&Door> for i32 {
    fn from(door: &Door) -> Self {
        door.id
    }
}
