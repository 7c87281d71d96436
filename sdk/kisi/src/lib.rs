//! The Kisi badge integration of Rhombus, as a Rust library.

pub use rhombus_kisi_runtime::{Error, Extra, Field, RhombusUuid, Secret};
