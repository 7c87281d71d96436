//! The hand-written base of the generated Rhombus clients.
//!
//! Generated code depends only on this crate: fields that are absent, `null` or set ([`Field`], [`List`], [`Map`]), ids
//! ([`RhombusUuid`]), secrets ([`Secret`]), properties that this release does not know ([`Extra`]), and the interface that every
//! call is sent through ([`Transport`]).
//! Users depend on `rhombus-kisi`, which re-exports what they need.

pub use bytes;
pub use futures_core::Stream;
pub use http;
#[cfg(feature = "schemars")]
pub use schemars;
pub use serde;
pub use serde_json;

mod apply_phase;
mod body;
mod boundary;
mod budget;
mod byte_note;
mod byte_stream;
mod call_phase;
mod date;
mod decode;
pub mod drift;
mod error;
mod error_body;
mod error_kind;
mod excerpt;
mod extra;
mod field;
mod gate;
mod growth;
mod integers;
mod json_path;
mod kind;
mod list;
mod map;
mod masker;
mod multipart;
pub mod novelty;
pub mod object;
mod opaque;
mod open_enum;
mod operation;
mod pattern;
mod raw;
mod redact;
mod report;
mod request;
mod response;
#[cfg(feature = "schemars")]
mod schema;
mod secret;
mod secrets;
mod style;
mod text;
mod transport;
pub mod union;
mod upload;
mod uuid;
mod view;
pub mod walk;
mod wiped;

pub use apply_phase::ApplyPhase;
pub use body::RequestBody;
pub use byte_stream::ByteStream;
pub use call_phase::CallPhase;
pub use date::{Date, DateTime, ParseDateError};
pub use error::{CallInfo, DecodeError, Error, TimeoutPhase};
pub use error_body::ErrorBody;
pub use error_kind::ErrorKind;
pub use excerpt::excerpt;
pub use extra::Extra;
pub use field::{Field, OptionExt};
pub use gate::{is_one_line, one_line, said};
pub use kind::{Kind, Property};
pub use list::List;
pub use map::Map;
pub use masker::Masker;
pub use multipart::{FilePart, Multipart};
pub use object::{Object, Refusal, Respond};
pub use opaque::{Refusals, call_opaque};
pub use operation::{Operation, Repeat};
pub use redact::{MASK, speaks_of_a_secret};
pub use request::Request;
pub use response::Response;
#[cfg(feature = "schemars")]
pub use schema::optional_properties;
pub use secret::Secret;
pub use secrets::{Secrets, secrets_of};
pub use serde_json::value::RawValue;
pub use style::Style;
pub use transport::{
    SharedTransport, StreamFuture, Transport, TransportFuture, call, call_bytes, call_empty, call_stream,
};
pub use upload::{Upload, UploadStream};
pub use uuid::{ParseUuidError, RhombusUuid, without_facet};

/// Returns how many cases a property is tested with: `RHOMBUS_CASES` multiplies them.
#[cfg(test)]
fn cases(count: u32) -> proptest::test_runner::Config {
    let times = std::env::var("RHOMBUS_CASES")
        .ok()
        .and_then(|times| times.parse().ok())
        .unwrap_or(1);
    proptest::test_runner::Config::with_cases(count.saturating_mul(times))
}
