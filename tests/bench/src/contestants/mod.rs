//! Who takes part.

mod floor;
mod generated;
mod kisi;

use std::future::Future;

use serde::Serialize;
use serde::de::DeserializeOwned;

pub use floor::Floor;
pub use generated::Generated;
pub use kisi::Kisi;

use crate::Failure;

/// Their names, the floor first.
pub const NAMES: [&str; 3] = ["floor", "generated", "kisi"];

/// The key that all send.
const KEY: &str = "0123456789abcdefghijklmnopqrstuv";

/// One way to talk to the API.
pub trait Contestant: Sized + 'static {
    /// The settings in its own types.
    type Settings: Clone + DeserializeOwned + Serialize + 'static;

    /// A client of this server. Nothing is sent.
    fn connect(server: &str) -> Result<Self, Failure>;

    /// Sends an update and looks at the response. Says whether the server had nothing to add.
    fn update(&self, settings: Self::Settings) -> impl Future<Output = Result<bool, Failure>>;

    /// Reads the settings.
    fn read(&self) -> impl Future<Output = Result<Self::Settings, Failure>>;

    /// Reads the settings, renames a door, says what changes, looks whether anybody else has changed them meanwhile, and
    /// writes. Returns how many changes there were.
    fn change(&self) -> impl Future<Output = Result<usize, Failure>>;
}
