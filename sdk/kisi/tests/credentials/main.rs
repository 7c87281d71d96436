//! Credentials that change under the calls.
#![allow(clippy::unwrap_used, clippy::panic)] // In tests, a broken set-up is a failed test.

#[path = "../support/mod.rs"]
mod support;

mod files;
mod oauth;
mod rotation;
mod server;
mod vault;
