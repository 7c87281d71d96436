#![doc = include_str!("../README.md")]

mod auth;
mod body;
mod builder;
mod dress;
mod fake;
mod fault;
mod habits;
mod handle;
mod id;
mod moment;
mod operation;
mod organization;
mod partner;
mod reply;
mod request;
mod schedule;
mod serve;
mod server;
mod state;
mod turns;
mod unlock;
mod versions;

pub use builder::{FakeBuilder, StartError};
pub use fake::Fake;
pub use fault::Fault;
pub use habits::Habits;
pub use id::id;
pub use moment::Moment;
pub use operation::Operation;
pub use organization::Organization;
pub use partner::Partner;
pub use request::Request;
pub use rhombus_kisi_client::types;
pub use unlock::Unlock;
pub use versions::UpdateMode;
