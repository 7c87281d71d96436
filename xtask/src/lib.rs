//! The build tasks as a library, so that tests can run them in process.
//!
//! One way, no step back: a document is loaded ([`document`]), what the SDK needs is taken out of it
//! ([`import`]), amended ([`overlay`]), brought into a form that the generator can take ([`normalise`]) and made
//! into crates ([`generate`]); [`refresh`] says what a release means for users. Each step is a function from data to data; files are read and written in
//! [`commands`] alone.

pub mod api;
pub mod commands;
pub mod diff;
pub mod document;
mod error;
pub mod generate;
pub mod import;
pub mod normalise;
pub mod overlay;
pub mod refresh;

pub use error::{Error, Result};
