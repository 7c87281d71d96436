//! Read, say what is desired, see what would change, and apply it.

mod apply;
mod change;
mod desired;
mod display;
mod error;
#[allow(
    clippy::module_inception,
    reason = "the file of the type that the module is named after"
)]
mod plan;
mod snapshot;
mod subject;
mod update;

pub use apply::Apply;
pub(crate) use apply::refusal;
pub use change::{Change, ChangeKind};
pub use desired::Desired;
pub use error::ApplyError;
pub use plan::Plan;
pub use snapshot::Snapshot;
pub use update::{Applied, Effect};
pub(crate) use update::{Rules, write};

pub use crate::compare::JsonPath;
pub use crate::settings::{Warning, WarningKind};
