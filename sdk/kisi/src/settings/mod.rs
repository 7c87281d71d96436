//! The two forms that the settings have in the API, and what the wrapper needs to know of them.

mod lint;
mod secrets;
#[cfg(test)]
mod tests;
mod v1;
mod v2;
mod version;
mod view;
mod warning;

pub(crate) use lint::warnings;
pub(crate) use secrets::secrets;
pub use version::Settings;
pub(crate) use warning::quoted;
pub use warning::{Warning, WarningKind};
