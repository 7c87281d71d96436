//! A fake server, whose settings are kept in a file if the user wants a second run to find what the first has written.

use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::path::Path;

use rhombus_kisi::RhombusUuid;
use rhombus_kisi_fake::{Fake, Organization, id};
use serde_json::{Value, json};

use crate::failure::Failure;
use crate::many::Target;

/// Starts a server with these organisations, in the state of the last run if there was one.
pub(crate) async fn start(targets: &[Target], state: Option<&Path>) -> Result<Fake, Failure> {
    let mut states = state.map(read).transpose()?.unwrap_or_default();
    let mut builder = Fake::builder();
    for (at, target) in targets.iter().enumerate() {
        let id = target.id.clone().unwrap_or_else(|| id(100));
        let settings = states.remove(id.as_str()).unwrap_or_else(|| first(at));
        builder = builder.organization(organization(id, &target.name).settings(settings));
    }
    Ok(builder.start().await?)
}

/// Keeps the settings for the next run.
pub(crate) fn keep(fake: &Fake, state: &Path) -> Result<(), Failure> {
    let states: BTreeMap<String, Value> = fake
        .all_settings()
        .into_iter()
        .map(|(id, settings)| (id.to_string(), settings))
        .collect();
    let written = match state.parent() {
        Some(folder) => fs::create_dir_all(folder),
        None => Ok(()),
    };
    let written = written.and_then(|()| fs::write(state, format!("{:#}", json!(states))));
    written.map_err(|source| unusable(state, source))
}

fn read(state: &Path) -> Result<BTreeMap<String, Value>, Failure> {
    match fs::read(state) {
        Ok(text) => serde_json::from_slice(&text).map_err(|error| unusable(state, error.into())),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(BTreeMap::new()),
        Err(error) => Err(unusable(state, error)),
    }
}

fn unusable(path: &Path, source: io::Error) -> Failure {
    Failure::State {
        path: path.to_owned(),
        source,
    }
}

/// Doors 42 and 43 at place 7, and a camera for each.
fn organization(id: RhombusUuid, name: &str) -> Organization {
    let location = rhombus_kisi_fake::id(10);
    Organization::new(id, name)
        .place(7, "HQ")
        .door(7, 42, "Lobby")
        .door(7, 43, "Side door")
        .location(location.clone(), "HQ")
        .camera(rhombus_kisi_fake::id(1), "Lobby camera", location.clone())
        .camera(rhombus_kisi_fake::id(2), "Side camera", location)
        .camera_status("RED")
}

/// Settings such as somebody could have left them, with a property that no SDK knows. The first organisation's integration works but
/// for a camera, the others' do not.
fn first(at: usize) -> Value {
    let lobby = json!({ "doorName": "Lobby", "clipDuration": 10, "assignedCameraList": [id(1)], "floor": 1 });
    let side = json!({ "doorName": "Side door", "assignedCameraList": [id(2)] });
    match at {
        0 => json!({
            "enabled": true, "apiSecretKey": "an-old-key", "enablingUser": "someone@example.com",
            "placeToSettingsMap": { "7": {
                "placeName": "HQ", "webhookId": 9, "rhombusToken": "a-token", "doorInfoMap": { "42": lobby, "43": side },
            } },
        }),
        _ => json!({
            "enabled": false, "apiSecretKey": "an-old-key", "enablingUser": "someone@example.com", "saveClips": true,
            "webhookId": 9, "rhombusToken": "a-token",
            "doorInfoMap": { "42": lobby }, "doorToCameraMap": { "43": [id(2)] },
        }),
    }
}
