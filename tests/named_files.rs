//! Settings files with names, held against the loader and against the JSON Schema.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test ends there")]

use std::fs;
use std::path::Path;

use rhombus_kisi::Client;
use rhombus_kisi::directory::Directory;
use rhombus_kisi::file::{FileError, Format, NamedFile};
use rhombus_kisi::types::KisiSettings;
use rhombus_kisi_fake::{Fake, Organization};
use serde_json::Value;

/// Loader and schema accept the text; the loader alone refuses it; both do.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Is {
    Right,
    /// For what a schema cannot know: which names there are, and that a thing is there twice.
    WrongToLoader,
    Wrong,
}
use Is::{Right, Wrong, WrongToLoader};

const TABLE: &[(&str, Is)] = &[
    ("", Right),
    ("saveClips = true", Right),
    ("[places.HQ]\nsaveClips = true", Right),
    ("[places.7.doors.42]\ncameras = []", Right),
    (
        "[places.HQ.doors.Lobby]\ncameras = [\"Lobby camera\"]\nlocation = \"HQ\"",
        Right,
    ),
    ("[doors.Lobby]\nclipDuration = 20", Right),
    (
        "\"$schema\" = \"kisi-names.schema.json\"\n[[organizations]]\norganization = \"Example\"\n[organizations.places.hq]",
        Right,
    ),
    ("[places.Elsewhere]", WrongToLoader),
    ("[places.HQ.doors.Lobby]\ncameras = [\"Garage\"]", WrongToLoader),
    (
        "[[organizations]]\norganization = \"A\"\n[[organizations]]\norganization = \"A\"",
        WrongToLoader,
    ),
    ("[placeToSettingsMap.7]", Wrong),
    ("[doorToCameraMap]", Wrong),
    ("places = []", Wrong),
    ("[places.HQ.doors.Lobby]\nassignedCameraList = []", Wrong),
    ("[places.HQ.doors.Lobby]\ncameras = \"Lobby camera\"", Wrong),
    ("[places.HQ.doors.Lobby]\ncameras = [7]", Wrong),
    ("[places.HQ.doors.Lobby]\nlocation = 7", Wrong),
    ("[places.HQ.doors.Lobby]\nclipDuration = \"20\"", Wrong),
    ("[places.HQ]\nplaces = {}", Wrong),
    ("organizations = []", Wrong),
    ("[[organizations]]\nsaveClips = true", Wrong),
    ("[[organizations]]\norganization = 7", Wrong),
    ("organization = \"Example\"", Wrong),
];

fn load(text: &str, directory: &Directory) -> Result<(), FileError> {
    let file = NamedFile::parse(text, Format::Toml, "kisi.toml")?;
    for part in file.organizations().chain([file.common()]) {
        part.settings::<KisiSettings>(directory)?;
    }
    Ok(())
}

#[tokio::test]
async fn the_loader_and_the_schema_say_the_same() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../sdk/kisi/schemas/kisi-names.schema.json");
    let schema: Value = serde_json::from_str(&fs::read_to_string(path).unwrap()).unwrap();
    let schema = jsonschema::validator_for(&schema).unwrap();
    let fake = Fake::builder()
        .organization(Organization::example())
        .start()
        .await
        .unwrap();
    let client = Client::builder().api_key("key").endpoint(fake.url()).build().unwrap();
    let directory = client.directory().kisi_api_key("key-of-kisi").await.unwrap();
    for (text, expected) in TABLE {
        let document = serde_json::to_value(toml::from_str::<toml::Table>(text).unwrap()).unwrap();
        let loaded = load(text, &directory);
        let is = match (schema.is_valid(&document), loaded.is_ok()) {
            (true, true) => Right,
            (true, false) => WrongToLoader,
            (false, false) => Wrong,
            (false, true) => panic!("the schema alone refuses {text}"),
        };
        assert_eq!(is, *expected, "{text}\n{loaded:?}");
    }
}
