use rhombus_kisi_runtime::RhombusUuid;

/// Returns the id with this number, for organisations, cameras and locations of a test.
///
/// ```
/// assert_eq!(rhombus_kisi_fake::id(1).as_str(), "AAAAAAAAAAAAAAAAAAAAAQ");
/// assert_eq!(rhombus_kisi_fake::id(2).as_str(), "AAAAAAAAAAAAAAAAAAAAAg");
/// ```
pub const fn id(number: u32) -> RhombusUuid {
    let [a, b, c, d] = number.to_be_bytes();
    RhombusUuid::from_bytes([0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, a, b, c, d])
}
