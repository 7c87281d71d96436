//! When a request is sent again, and after which wait.

mod backoff;
mod budget;
mod call;
mod quota;
mod retry_after;
mod rule;
mod run;

pub use backoff::RetryPolicy;
pub(crate) use budget::Budget;
pub(crate) use call::Call;
pub(crate) use retry_after::retry_after;
pub(crate) use rule::is_once;
pub(crate) use run::{Failure, Limits, Retry};
