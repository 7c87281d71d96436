//! What the SDK costs, against the same by hand: what the measuring programs share.
//!
//! Three contestants do the same work against the same server, which is another process: see [`contestants`].

pub mod contestants;
pub mod document;
pub mod task;

/// Whatever goes wrong; a measurement that fails is none.
pub type Failure = Box<dyn std::error::Error + Send + Sync>;
