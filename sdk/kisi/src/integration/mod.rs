//! Read, say what is desired, and apply.

mod apply;
mod desired;
mod error;
mod snapshot;
mod write;

pub use apply::{Applied, Apply, Effect};
pub use desired::Desired;
pub use error::ApplyError;
pub use snapshot::Snapshot;
