//! Which secrets settings hold, and what of them is none.

use rhombus_kisi_runtime::walk::{Path, Visit, Walk};
use rhombus_kisi_runtime::{Extra, Secret, speaks_of_a_secret};

use crate::compare::{Json, JsonPath, looks_like_a_mask};

/// The secrets of settings.
#[derive(Debug, Default)]
pub(crate) struct Secrets<'a> {
    pub(crate) known: Vec<(JsonPath, &'a Secret)>,
    /// Masks where properties that this release does not know have a secret's name.
    pub(crate) unknown_masks: Vec<JsonPath>,
}

/// Finds the secrets that settings hold.
pub(crate) fn secrets<S: Walk>(settings: &S) -> Secrets<'_> {
    let mut secrets = Secrets::default();
    settings.visit(Path::ROOT, &mut secrets);
    secrets
}

impl Secrets<'_> {
    /// Where there is a mask in the place of a secret that this release knows.
    pub(crate) fn known_masks(&self) -> impl Iterator<Item = &JsonPath> {
        self.known
            .iter()
            .filter(|(_, secret)| looks_like_a_mask(secret.expose()))
            .map(|(path, _)| path)
    }
}

impl<'a> Visit<'a> for Secrets<'a> {
    fn secret(&mut self, path: Path<'_>, secret: &'a Secret) {
        self.known.push((JsonPath::from_names(path.names()), secret));
    }

    fn unknown(&mut self, path: Path<'_>, properties: &'a Extra) {
        let masks = properties
            .iter()
            .filter(|(name, value)| speaks_of_a_secret(name) && holds_a_mask(&Json::of_text(value.get())));
        let paths = masks.map(|(name, _)| JsonPath::from_names(path.then(&name).names()));
        self.unknown_masks.extend(paths);
    }
}

fn holds_a_mask(value: &Json) -> bool {
    match value {
        Json::String(text) => looks_like_a_mask(text),
        Json::Array(values) => values.iter().any(holds_a_mask),
        Json::Object(properties) => properties.values().any(holds_a_mask),
        Json::Null | Json::Bool(_) | Json::Verbatim(_) => false,
    }
}
