//! What responses had and the document of the API does not have, counted by operation and place: names, never values.

mod log;
mod report;

pub(crate) use log::DriftLog;
pub use report::{DriftFinding, DriftReport};
pub use rhombus_kisi_runtime::drift::FindingKind;
