//! Servers that misbehave, the table of what they do, and how the SDK has to react.
//!
//! Nothing here speaks HTTP through a library: the bytes on the wire are the ones that the table says, so that a
//! server can break off, lie and garble where a library would not let it.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)] // In tests, a broken set-up is a failed test.

mod cases;
mod certificates;
mod client;
mod document;
mod edit;
mod expectation;
mod fates;
mod fault;
mod growth;
mod http2;
mod instances;
mod log;
mod operations;
mod printed;
mod prism;
mod readme;
mod received;
mod request_log;
mod responses;
mod run;
mod script;
mod secrets;
mod server;
mod table;
mod tls_records;

pub use cases::cases;
pub use certificates::{Authority, Identity};
pub use client::{Limits, Served, builder};
pub use document::{settings, settings_v2};
pub use edit::{DoorEdit, Edit, edits};
pub use expectation::{Expected, Outcome};
pub use fates::{Fate, Version, counts, editor, fake, is_write, meaning, next_writes, patient};
pub use fault::{Fault, Refresh, Serve};
pub use growth::{Grown, Growth};
pub use instances::{Instances, same};
pub use log::Log;
pub use operations::{CLASSES, Reply, operation, request};
pub use printed::{debugged, printed};
pub use prism::Prism;
pub use received::Received;
pub use request_log::{Deed, RequestLog};
pub use responses::{Response, chunked, json, page};
pub use run::{Ran, run_all};
pub use script::{Script, Step};
pub use secrets::{API_KEY, KISI_KEY, RHOMBUS_TOKEN, Sighting, Watch, forms};
pub use server::{Nobody, Server, Tls};
pub use table::faults;
