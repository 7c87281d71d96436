use rhombus_kisi_runtime::RhombusUuid;

/// A door that was unlocked.
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub struct Unlock {
    /// The organisation that it was unlocked for.
    pub organization: RhombusUuid,
    /// Kisi's id of the place.
    pub place: i32,
    /// Kisi's id of the door.
    pub door: i32,
    /// The camera that it was unlocked from, as the request said; `None` if it named none.
    pub camera: Option<RhombusUuid>,
}
