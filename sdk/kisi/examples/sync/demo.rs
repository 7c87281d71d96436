//! A fake server whose organisations' settings are kept in a file, so that a second run finds what the first has written.

use std::collections::BTreeMap;
use std::error::Error;
use std::fs;
use std::io;
use std::path::Path;

use rhombus_kisi::file::SettingsFile;
use rhombus_kisi_fake::{Fake, Organization, id};
use serde_json::{Value, json};

/// Starts a server with the file's organisations, in the state of the last run if there was one.
pub(crate) async fn start(file: &SettingsFile, state: &Path) -> Result<Fake, Box<dyn Error>> {
    let mut states: BTreeMap<String, Value> = match fs::read(state) {
        Ok(text) => serde_json::from_slice(&text)?,
        Err(error) if error.kind() == io::ErrorKind::NotFound => BTreeMap::new(),
        Err(error) => return Err(error.into()),
    };
    let named = file.organizations.iter();
    let named = named.map(|entry| (entry.id.clone(), entry.name.clone().unwrap_or_default()));
    let own = file
        .organizations
        .is_empty()
        .then(|| (id(100), "This organisation".to_owned()));
    let mut builder = Fake::builder();
    for (id, name) in named.chain(own) {
        let settings = states.remove(id.as_str()).unwrap_or_else(first);
        builder = builder.organization(Organization::new(id, name).settings(settings));
    }
    Ok(builder.start().await?)
}

/// Keeps the state for the next run.
pub(crate) fn keep(fake: &Fake, state: &Path) -> io::Result<()> {
    let states: BTreeMap<String, Value> = fake
        .all_settings()
        .into_iter()
        .map(|(id, settings)| (id.to_string(), settings))
        .collect();
    if let Some(folder) = state.parent() {
        fs::create_dir_all(folder)?;
    }
    fs::write(state, serde_json::to_vec_pretty(&states)?)
}

/// Settings such as somebody could have left them, with a property that no SDK knows.
fn first() -> Value {
    json!({
        "enabled": false,
        "apiSecretKey": "an-old-key",
        "enablingUser": "someone@example.com",
        "doorInfoMap": { "42": { "doorName": "Door 42", "clipDuration": 10, "floor": 1 } },
    })
}
