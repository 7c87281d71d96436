//! The Kisi badge integration of Rhombus, as a Rust library.

mod builder;
mod client;
mod credentials;
mod endpoint;
mod environment;
mod http;
mod options;
mod retry;
#[cfg(any(feature = "rustls", feature = "native-tls"))]
mod tls;
mod trace;
mod transport;

pub use builder::ClientBuilder;
pub use client::Client;
pub use credentials::Credentials;
pub use endpoint::Region;
pub use environment::EnvWarning;
pub use options::CallOptions;
pub use reqwest;
pub use retry::RetryPolicy;
pub use rhombus_kisi_runtime::{
    CallInfo, DecodeError, Error, Extra, Field, Operation, ParseUuidError, Repeat, Request, Response, RhombusUuid,
    Secret, SharedTransport, TimeoutPhase, Transport, TransportFuture,
};
