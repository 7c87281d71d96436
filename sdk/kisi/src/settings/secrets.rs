//! Which secrets settings hold, and what of them is none.

use rhombus_kisi_runtime::{Extra, Secret, speaks_of_a_secret};

use crate::compare::{Json, JsonPath, looks_like_a_mask};
use crate::types::BadgeIntegrationSettings;

/// Collects the secrets on one walk over the settings.
#[derive(Debug, Default)]
pub struct Secrets<'a> {
    pub(crate) known: Vec<(JsonPath, &'a Secret)>,
    /// Masks that stand where properties that this release does not know have a secret's name.
    pub(crate) unknown_masks: Vec<JsonPath>,
}

impl<'a> Secrets<'a> {
    /// Takes a secret, if there is one.
    pub(crate) fn known<'p>(&mut self, path: impl IntoIterator<Item = &'p str>, secret: Option<&'a Secret>) {
        if let Some(secret) = secret {
            self.known.push((JsonPath::from_names(path), secret));
        }
    }

    /// Looks at the unknown properties of an object.
    pub(crate) fn unknown(&mut self, path: &[&str], extra: &Extra) {
        if extra.is_empty() {
            return;
        }
        let found = extra.iter().filter(|(name, value)| {
            speaks_of_a_secret(name) && Json::parse(value.get()).is_some_and(|v| holds_a_mask(&v))
        });
        self.unknown_masks
            .extend(found.map(|(name, _)| JsonPath::from_names(path.iter().copied().chain([&*name]))));
    }

    /// Looks at a place, and at the doors in it.
    pub(crate) fn place(&mut self, id: &'a str, place: &'a BadgeIntegrationSettings) {
        let path = ["placeToSettingsMap", id];
        self.known(path.into_iter().chain(["rhombusToken"]), place.rhombus_token.get());
        self.unknown(&path, &place.extra);
        for (door, info) in place.door_info_map.iter().flatten() {
            self.unknown(&["placeToSettingsMap", id, "doorInfoMap", door], &info.extra);
        }
    }

    /// Where there is a mask in the place of a secret that this release knows.
    pub(crate) fn known_masks(&self) -> impl Iterator<Item = &JsonPath> {
        self.known
            .iter()
            .filter(|(_, secret)| looks_like_a_mask(secret.expose()))
            .map(|(path, _)| path)
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

#[cfg(test)]
mod tests {
    use serde_json::{Map, Value};

    use crate::compare::{JsonPath, Shape};
    use crate::settings::{Settings, secrets};
    use crate::types::{KisiIntegrationInput, KisiSettings};

    /// A mask as every secret that a shape has, known and not, and where they are.
    fn fill(shape: Shape, path: &JsonPath, known: &mut Vec<String>, unknown: &mut Vec<String>) -> Option<Value> {
        let mut step = |name: &str, shape: Shape| {
            let mut path = path.clone();
            path.push(name);
            Some((name.to_owned(), fill(shape, &path, known, unknown)?))
        };
        match shape {
            Shape::Object(object) => {
                let mut filled: Map<String, Value> = object
                    .names
                    .iter()
                    .filter_map(|name| step(name, shape.of(name)))
                    .collect();
                let mut path = path.clone();
                path.push("futureToken");
                unknown.push(path.to_string());
                filled.insert("futureToken".to_owned(), "***".into());
                Some(filled.into())
            }
            Shape::Map(entry) => Some(step("1", *entry).into_iter().collect::<Map<_, _>>().into()),
            Shape::Secret => {
                known.push(path.to_string());
                Some("***".into())
            }
            Shape::Plain | Shape::Unknown => None,
        }
    }

    fn each_is_found<S: Settings>(count: usize) {
        let (mut known, mut unknown) = (Vec::new(), Vec::new());
        let filled = fill(S::SHAPE, &JsonPath::default(), &mut known, &mut unknown).unwrap();
        let settings: S = serde_json::from_str(&filled.to_string()).unwrap();
        let found = secrets(&settings);
        let mut masks: Vec<String> = found.known_masks().map(ToString::to_string).collect();
        let mut unknown_masks: Vec<String> = found.unknown_masks.iter().map(ToString::to_string).collect();
        for list in [&mut masks, &mut known, &mut unknown_masks, &mut unknown] {
            list.sort();
        }
        assert_eq!((masks, unknown_masks), (known, unknown));
        assert_eq!(found.known.len(), count);
    }

    #[test]
    fn every_secret_that_the_types_have_is_found() {
        each_is_found::<KisiSettings>(3);
        each_is_found::<KisiIntegrationInput>(2);
    }
}
