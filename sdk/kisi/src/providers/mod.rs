//! Where credentials come from that change while a program runs: what
//! [`ClientBuilder::credentials_provider`](crate::ClientBuilder::credentials_provider) takes.
//!
//! | provider | the credentials |
//! | --- | --- |
//! | [`KeyFile`] | the text of a file that a secrets agent rewrites |
//! | [`ProfileFile`] | a profile of the vendor's command-line client |
//! | [`Environment`] | what [`Client::from_env`](crate::Client::from_env) reads |
//! | [`Fixed`] | always the same |
//! | `OAuth` | OAuth access tokens, refreshed by a refresh token (feature `oauth`) |
//!
//! Any other source is a function or a [`ProvideCredentials`](crate::ProvideCredentials) of one's own.
//!
//! Files are read off the async executor, again when a call is made 10 s after the last time, and at once when the server rejects
//! what they held.

mod environment;
mod fixed;
mod key_file;
#[cfg(feature = "oauth")]
mod oauth;
#[cfg(feature = "profile")]
mod profile_file;
mod reading;

pub use environment::Environment;
pub use fixed::Fixed;
pub use key_file::KeyFile;
#[cfg(feature = "oauth")]
pub use oauth::{OAuth, OAuthBuilder, OAuthError};
#[cfg(feature = "profile")]
pub use profile_file::ProfileFile;
