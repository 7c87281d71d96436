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

use rhombus_kisi_runtime::walk::{Path, Visit};
use rhombus_kisi_runtime::{Error, Extra, Secret};

use crate::compare::JsonPath;
use crate::edit::{Problem, secret};
use crate::settings::Settings;

/// Kisi's key, if it can be one.
fn checked(key: Secret) -> Result<Secret, Error> {
    match secret::check(key.expose()) {
        Ok(()) => Ok(key),
        Err(reason) => Err(Error::invalid("kisi_api_key", reason)),
    }
}

/// The first secret of settings that cannot be one, however it came there.
fn bad_secret<S: Settings>(settings: &S) -> Option<Problem> {
    let mut first = FirstBad(None);
    settings.visit(Path::ROOT, &mut first);
    first.0
}

// PERF: every update looks for one, and next to none has one. Only that needs its path; unknown properties are not looked at.
struct FirstBad(Option<Problem>);

impl<'a> Visit<'a> for FirstBad {
    fn secret(&mut self, path: Path<'_>, secret: &'a Secret) {
        if self.0.is_none()
            && let Err(reason) = secret::check(secret.expose())
        {
            let path = JsonPath::from_names(path.names());
            self.0 = Some(Problem::new(path.to_string(), reason));
        }
    }

    fn unknown(&mut self, _: Path<'_>, _: &'a Extra) {}
}
