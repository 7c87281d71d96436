//! The client for programs without Tokio: the same methods, which wait for their results.

mod call;
mod client;
mod not_sent;
mod runtime;
mod update;

pub use call::Call;
pub use client::Client;
pub use not_sent::NotSent;
