/// An operation that the fake serves.
///
/// ```
/// use rhombus_kisi_fake::Operation;
///
/// let operation = Operation::UpdateKisiIntegration;
/// assert_eq!(operation.id(), "updateKisiIntegration");
/// assert_eq!(Operation::of_path(operation.path()), Some(operation));
/// ```
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
#[non_exhaustive]
pub enum Operation {
    /// Deletes the integration, by the first version of the API.
    DeleteKisiIntegration,
    /// Deletes the integration, by the second version.
    DeleteKisiIntegrationV2,
    /// Lists Kisi's doors.
    GetKisiDoors,
    /// Reads the settings, by the first version.
    GetKisiIntegration,
    /// Reads the settings, by the second version.
    GetKisiIntegrationV2,
    /// Lists Kisi's places.
    GetKisiPlaces,
    /// Lists the organisation's locations.
    GetLocations,
    /// Lists the organisation's cameras.
    GetMinimalCameraStateList,
    /// Lists a partner's client organisations.
    GetPartnerClientsV2,
    /// Unlocks a door.
    UnlockKisiDoor,
    /// Writes the settings, by the first version.
    UpdateKisiIntegration,
    /// Writes the settings, by the second version.
    UpdateKisiIntegrationV2,
}

impl Operation {
    /// Every operation that the fake serves.
    pub const ALL: [Self; 12] = [
        Self::DeleteKisiIntegration,
        Self::DeleteKisiIntegrationV2,
        Self::GetKisiDoors,
        Self::GetKisiIntegration,
        Self::GetKisiIntegrationV2,
        Self::GetKisiPlaces,
        Self::GetLocations,
        Self::GetMinimalCameraStateList,
        Self::GetPartnerClientsV2,
        Self::UnlockKisiDoor,
        Self::UpdateKisiIntegration,
        Self::UpdateKisiIntegrationV2,
    ];

    /// Returns the operation id of the vendor's document.
    pub const fn id(self) -> &'static str {
        match self {
            Self::DeleteKisiIntegration => "deleteKisiIntegration",
            Self::DeleteKisiIntegrationV2 => "deleteKisiIntegrationV2",
            Self::GetKisiDoors => "getKisiDoors",
            Self::GetKisiIntegration => "getKisiIntegration",
            Self::GetKisiIntegrationV2 => "getKisiIntegrationV2",
            Self::GetKisiPlaces => "getKisiPlaces",
            Self::GetLocations => "getLocations",
            Self::GetMinimalCameraStateList => "getMinimalCameraStateList",
            Self::GetPartnerClientsV2 => "getPartnerClientsV2",
            Self::UnlockKisiDoor => "unlockKisiDoor",
            Self::UpdateKisiIntegration => "updateKisiIntegration",
            Self::UpdateKisiIntegrationV2 => "updateKisiIntegrationV2",
        }
    }

    /// Returns the path below the server's URL.
    pub const fn path(self) -> &'static str {
        match self {
            Self::DeleteKisiIntegration => "/api/integrations/accessControl/deleteKisiIntegration",
            Self::DeleteKisiIntegrationV2 => "/api/integrations/accessControl/deleteKisiIntegrationV2",
            Self::GetKisiDoors => "/api/integrations/accessControl/getKisiDoors",
            Self::GetKisiIntegration => "/api/integrations/accessControl/getKisiIntegration",
            Self::GetKisiIntegrationV2 => "/api/integrations/accessControl/getKisiIntegrationV2",
            Self::GetKisiPlaces => "/api/integrations/accessControl/getKisiPlaces",
            Self::GetLocations => "/api/location/getLocations",
            Self::GetMinimalCameraStateList => "/api/camera/getMinimalCameraStateList",
            Self::GetPartnerClientsV2 => "/api/partner/getClientsV2",
            Self::UnlockKisiDoor => "/api/integrations/accessControl/unlockKisiDoor",
            Self::UpdateKisiIntegration => "/api/integrations/accessControl/updateKisiIntegration",
            Self::UpdateKisiIntegrationV2 => "/api/integrations/accessControl/updateKisiIntegrationV2",
        }
    }

    /// Returns the operation at this path.
    pub fn of_path(path: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|operation| operation.path() == path)
    }

    /// Returns whether it reads the settings, by either version.
    pub const fn reads_settings(self) -> bool {
        matches!(self, Self::GetKisiIntegration | Self::GetKisiIntegrationV2)
    }

    /// Returns whether it updates or deletes the settings, by either version.
    pub const fn writes_settings(self) -> bool {
        matches!(
            self,
            Self::DeleteKisiIntegration
                | Self::DeleteKisiIntegrationV2
                | Self::UpdateKisiIntegration
                | Self::UpdateKisiIntegrationV2
        )
    }
}
