//! Read, say what is desired, and apply.

mod apply;
mod desired;
mod snapshot;

pub use apply::{Applied, Apply};
pub use desired::Desired;
pub use snapshot::Snapshot;
