//! A server that gets properties which no release knows, between one call and the next.

use std::sync::{Arc, Mutex, PoisonError};

use rhombus_kisi_fake::{Fake, Moment};
use serde_json::{Value, json};

/// A property that has grown, by its path, and its value.
pub type Grown = (Vec<String>, Value);

/// What has grown since it was asked for last.
#[derive(Clone, Debug, Default)]
pub struct Growth(Arc<Mutex<Vec<Grown>>>);

impl Growth {
    /// Has an unknown property grow in some object of the settings before each read.
    pub fn start(fake: &Fake, seed: u64) -> Self {
        let growth = Self::default();
        let grown = growth.clone();
        let mut random = fastrand::Rng::with_seed(seed);
        fake.second_writer_always(Moment::BeforeRead, move |settings| {
            let new = grow(settings, &mut random);
            grown.0.lock().unwrap_or_else(PoisonError::into_inner).push(new);
        });
        growth
    }

    /// The properties that have grown since the last call.
    pub fn take(&self) -> Vec<Grown> {
        std::mem::take(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

/// Adds an unknown property to some object that holds settings.
fn grow(settings: &mut Value, random: &mut fastrand::Rng) -> Grown {
    let mut paths = Vec::new();
    objects(settings, &mut Vec::new(), &mut paths);
    let path = paths[random.usize(..paths.len())].clone();
    let name = format!("grown{}", random.u32(..));
    let value = json!({ "since": random.u16(..), "list": [null, 1.5] });
    let object = path.iter().fold(settings, |at, name| &mut at[name]);
    object[&name] = value.clone();
    ([path, vec![name]].concat(), value)
}

/// The paths of all objects that are no maps by ids.
fn objects(value: &Value, path: &mut Vec<String>, into: &mut Vec<Vec<String>>) {
    let Value::Object(properties) = value else { return };
    if !path.last().is_some_and(|name| name.ends_with("Map")) {
        into.push(path.clone());
    }
    for (name, value) in properties.iter().filter(|(name, _)| !name.starts_with("grown")) {
        path.push(name.clone());
        objects(value, path, into);
        path.pop();
    }
}
