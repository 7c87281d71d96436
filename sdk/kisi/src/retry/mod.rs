//! When a request is sent again, and after which wait.

mod budget;
mod decide;
mod pause;
mod policy;
mod retry_after;

pub(crate) use budget::Budget;
pub(crate) use decide::{is_once, may_repeat};
pub(crate) use pause::Pauses;
pub use policy::RetryPolicy;
pub(crate) use retry_after::retry_after;
