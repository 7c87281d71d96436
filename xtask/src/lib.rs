//! The build tasks as a library, so that tests can run them in process.
//!
//! One way, no step back: a document is loaded ([`document`]), what the SDK needs is taken out of it
//! ([`import`]), amended ([`overlay`]), brought into a form that the generator can take ([`normalise`]) and made
//! into crates ([`generate`]). Each step is a function from data to data; files are read and written in
//! [`commands`] alone.

pub mod commands;
pub mod diff;
pub mod document;
mod error;
pub mod generate;
pub mod import;
pub mod normalise;
pub mod operations;
pub mod overlay;

pub use error::{Error, Result};
