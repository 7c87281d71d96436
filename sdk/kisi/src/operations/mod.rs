//! The Kisi operations, as methods of the client.

mod api;
mod delete;
mod doors;
mod places;
mod read;
mod unlock;
mod update;

pub use doors::KisiDoors;
pub use update::{UpdateKisiIntegration, UpdateKisiIntegrationV2};

use rhombus_kisi_runtime::{Error, Secret};

use crate::edit::{Problem, secret};
use crate::settings::{Settings, secrets};

/// Kisi's key, if it can be one.
fn checked(key: Secret) -> Result<Secret, Error> {
    match secret::check(key.expose()) {
        Ok(()) => Ok(key),
        Err(reason) => Err(Error::invalid("kisi_api_key", reason)),
    }
}

/// The first secret of settings that cannot be one, however it came there.
fn bad_secret<S: Settings>(settings: &S) -> Option<Problem> {
    secrets(settings)
        .known
        .iter()
        .find_map(|(path, secret)| Some(Problem::new(path.to_string(), secret::check(secret.expose()).err()?)))
}
