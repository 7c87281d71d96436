use rhombus_kisi_runtime::RhombusUuid;

/// How far the work for many organisations has come.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct Progress<'a> {
    /// The organisation that has just been done.
    pub id: &'a RhombusUuid,
    /// Whether its work succeeded.
    pub is_ok: bool,
    /// How many are done, this one included.
    pub done: usize,
    /// How many of those failed.
    pub failed: usize,
    /// How many there are.
    pub total: usize,
}
