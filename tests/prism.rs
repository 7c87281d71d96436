//! The SDK against a server that nobody here wrote: Prism checks each request against the vendor's fragment and makes up
//! a response from it.
#![allow(clippy::unwrap_used, clippy::panic)] // In tests, a broken set-up is a failed test.
#![allow(deprecated)] // Both versions of the API are in the fragment.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::time::Duration;

use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::TestRunner;
use rhombus_kisi::types::{KisiIntegrationInput, KisiSettings};
use rhombus_kisi::{Client, Error, RetryPolicy};
use rhombus_kisi_runtime::http::Method;
use rhombus_kisi_runtime::{Operation, Repeat, Request, RhombusUuid};
use rhombus_kisi_tests::{Prism, settings, settings_v2};
use serde_json::{Value, from_str, from_value, json};
use tokio::runtime::Runtime;

const REQUESTS: usize = 1000;

static UPDATE: Operation = Operation::new(
    "updateKisiIntegration",
    Method::POST,
    "/api/integrations/accessControl/updateKisiIntegration",
    Repeat::Never,
);

/// A request: an operation and what it is given.
#[derive(Clone, Debug)]
enum Call {
    Update(Value),
    UpdateV2(Value),
    Places(String),
    Doors(String),
    Unlock(i32, i32, Option<[u8; 16]>),
    Read,
    ReadV2,
    Delete,
    DeleteV2,
}

fn calls() -> impl Strategy<Value = Call> {
    prop_oneof![
        4 => settings().prop_map(Call::Update),
        4 => settings_v2().prop_map(Call::UpdateV2),
        1 => "[A-Za-z0-9_-]{8,40}".prop_map(Call::Places),
        1 => "[A-Za-z0-9_-]{8,40}".prop_map(Call::Doors),
        1 => any::<(i32, i32, Option<[u8; 16]>)>().prop_map(|(place, door, camera)| Call::Unlock(place, door, camera)),
        2 => Just(Call::Read),
        2 => Just(Call::ReadV2),
        1 => Just(Call::Delete),
        1 => Just(Call::DeleteV2),
    ]
}

async fn make(client: &Client, call: Call) -> Result<(), Error> {
    match call {
        Call::Update(value) => {
            let settings: KisiSettings = from_value(valid(value)).unwrap();
            client
                .update_kisi_integration()
                .settings(settings)
                .send()
                .await
                .map(drop)
        }
        Call::UpdateV2(value) => {
            let settings: KisiIntegrationInput = from_value(valid(value)).unwrap();
            client
                .update_kisi_integration_v2()
                .settings(settings)
                .send()
                .await
                .map(drop)
        }
        Call::Places(key) => client.kisi_places(key).await.map(drop),
        Call::Doors(key) => client.kisi_doors(key).await.map(drop),
        Call::Unlock(place, door, None) => client.unlock_door(place, door).await.map(drop),
        Call::Unlock(place, door, Some(camera)) => {
            let camera = RhombusUuid::from_bytes(camera);
            client.unlock_door_seen_by(place, door, camera).await.map(drop)
        }
        Call::Read => client.kisi_integration().await.map(drop),
        Call::ReadV2 => client.kisi_integration_v2().await.map(drop),
        Call::Delete => client.delete_kisi_integration().await.map(drop),
        Call::DeleteV2 => client.delete_kisi_integration_v2().await.map(drop),
    }
}

/// The fragment with one thing said that the vendor leaves out, and one that Prism needs.
///
/// The discriminator has no mapping, so that a made-up `integration` seldom is that of the schema that the rest was made
/// from: each schema is given the one value that is its own. And `oneOf` over objects in which nothing is required is
/// matched by many at once, even by what Prism makes up itself: it becomes `anyOf`.
fn document() -> Value {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../spec/kisi.json");
    let mut document: Value = from_str(&fs::read_to_string(path).unwrap()).unwrap();
    let schemas = &mut document["components"]["schemas"];
    let values = schemas["IntegrationEnum"]["enum"].clone();
    let union = schemas["IBaseIntegrationType"].as_object_mut().unwrap();
    let members = union.remove("oneOf").unwrap();
    union.insert("anyOf".to_owned(), members.clone());
    // Each of the schemas says it again, and more closely.
    union["properties"].as_object_mut().unwrap().remove("integration");
    for member in members.as_array().unwrap() {
        let name = member["$ref"].as_str().unwrap().rsplit('/').next().unwrap();
        let bare = name.trim_end_matches("Type").to_ascii_uppercase();
        let is_its_own = |value: &&Value| value.as_str().unwrap().replace('_', "") == bare;
        let value = values.as_array().unwrap().iter().find(is_its_own);
        let value = value.unwrap_or_else(|| panic!("no value is {name}'s own"));
        let properties = &mut schemas[name]["properties"];
        properties["integration"] = json!({ "type": "string", "enum": [value] });
        schemas[name]["required"] = json!(["integration"]);
    }
    document
}

fn start() -> Option<(Prism, Client)> {
    let prism = Prism::start(&document(), Path::new(env!("CARGO_TARGET_TMPDIR")))?;
    let client = Client::builder()
        .api_key("a key that is long enough to be masked".replace(' ', "-"))
        .endpoint(&prism.endpoint)
        .attempt_timeout(Duration::from_secs(30))
        .retry(RetryPolicy::none())
        .build()
        .unwrap();
    Some((prism, client))
}

/// The settings without what a server may return and the document does not allow.
fn valid(mut settings: Value) -> Value {
    if let Some(events) = settings["integrationAuditMap"].as_object_mut() {
        events.retain(|_, event| !event.is_null());
        for event in events.values_mut() {
            let object = event.as_object_mut().unwrap();
            object.retain(|name, value| name != "integrationAuditEvent" || value == "UPDATE");
            make_exact(event);
        }
    }
    make_exact(&mut settings);
    give_secrets(&mut settings);
    settings
}

/// What no secret can be is refused before it is sent.
fn give_secrets(value: &mut Value) {
    let Some(object) = value.as_object_mut() else { return };
    for (name, value) in object {
        match name.as_str() {
            "apiSecretKey" | "rhombusToken" if value.is_string() => *value = "a-secret-of-kisi".into(),
            _ => give_secrets(value),
        }
    }
}

/// Prism is written in JavaScript, which has no 64-bit integers: it takes an `int64` only where a double is exact.
fn make_exact(object: &mut Value) {
    if let Some(time) = object.get_mut("enabledTimestampMs")
        && let Some(number) = time.as_i64()
    {
        *time = (number % (1 << 53)).into();
    }
}

#[test]
fn a_thousand_requests_are_valid_and_every_response_decodes() {
    let Some((prism, client)) = start() else {
        return;
    };
    let mut runner = TestRunner::deterministic();
    let runtime = Runtime::new().unwrap();
    let mut ends: BTreeMap<&str, usize> = BTreeMap::new();
    let mut wrong = Vec::new();
    for _ in 0..REQUESTS {
        let call = calls().new_tree(&mut runner).unwrap().current();
        let end = match runtime.block_on(make(&client, call.clone())) {
            Ok(()) => "carried out",
            // Made-up responses say half of the time that the server refused: it decoded.
            Err(Error::Refused { .. }) => "refused",
            Err(Error::IntegrationAuth { .. }) => "refused by Kisi",
            Err(Error::UnexpectedIntegration { .. }) => "another integration",
            Err(error) => {
                wrong.push(format!("{error}\n    {:?}\n    after {call:?}", prism.violations()));
                "wrong"
            }
        };
        *ends.entry(end).or_default() += 1;
    }
    assert!(
        wrong.is_empty(),
        "{ends:?}; {}",
        wrong.iter().take(5).cloned().collect::<Vec<_>>().join("\n")
    );
    // A test of refusals alone, or of successes alone, would show half.
    assert!(ends["carried out"] > 100 && ends["refused"] > 100, "{ends:?}");
}

#[test]
fn prism_does_refuse_what_the_fragment_forbids() {
    let Some((_prism, client)) = start() else {
        return;
    };
    let request = Request::new(&UPDATE)
        .json(&json!({ "kisiSettings": { "enabled": "yes" } }))
        .unwrap();
    let result = Runtime::new().unwrap().block_on(client.transport().send(request));
    match result {
        Err(Error::Status { status, .. }) => assert_eq!(status, 422),
        other => panic!("Prism let a wrong type pass: {other:?}"),
    }
}
