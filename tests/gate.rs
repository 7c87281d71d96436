//! Whatever a server says is shown on lines of ours, without commands to a terminal, not at length, and without the
//! secrets that it was sent.
#![allow(clippy::unwrap_used, clippy::panic)] // In tests, a broken set-up is a failed test.
#![allow(deprecated)] // Both versions of the API are tried.

use std::error::Error as _;
use std::fmt::{Debug, Display};

use rhombus_kisi::types::{
    BadgeIntegrationDoorInfo, BaseApiResponse, GetKisiDoorsResponse, GetKisiIntegrationResponse, Integration,
    IntegrationKind, KisiSettings, UpdateOrgIntegrationsResponse,
};
use rhombus_kisi::{Client, Desired, Error, Extra, Field, List, RhombusUuid, Snapshot, UpdateOutcome};
use rhombus_kisi_tests::{
    API_KEY, Authority, KISI_KEY, RHOMBUS_TOKEN, Response, Script, Server, Watch, builder, debugged, forms, json,
    printed,
};
use serde::Serialize;
use serde::de::DeserializeOwned;

/// How long anything that is printed of one value may be.
const LONGEST: usize = 40_000;

/// The secrets that an update of these tests sends.
const ALL: [&str; 3] = [API_KEY, KISI_KEY, RHOMBUS_TOKEN];

/// Says all that a message must not show, over and over.
fn hostile(secrets: &[&str]) -> String {
    let secrets: String = secrets.iter().fold(String::new(), |text, secret| {
        // Numbers are no text that the masker reads.
        let forms = forms(secret)
            .into_iter()
            .filter(|(form, _)| !form.starts_with("numbers"));
        forms.fold(text, |text, (_, form)| text + &form + " | ")
    });
    let commands = "\u{1b}[31m\r\nINJECTED line\u{2028}INJECTED\u{85}\u{7}\u{202e}txt\u{2066}\u{200b}\u{feff} ";
    let mut text = format!("{commands}{secrets}");
    while text.len() < 100_000 {
        text += commands;
        text += &secrets;
        text += &"x".repeat(977);
    }
    text
}

/// What is shown of a value, by `Debug` in both forms.
fn debug(value: &impl Debug) -> String {
    debugged(value)
}

fn shown(value: &(impl Debug + Display)) -> String {
    format!("{value}\n{value:#}\n{}", debugged(value))
}

/// Fails where the text has lines, commands or a length that the server chose.
fn is_ours(name: &str, text: &str) {
    assert!(text.len() <= LONGEST, "{name}: {} bytes", text.len());
    let odd = |character: &char| {
        (character.is_control() && *character != '\n')
            || matches!(character, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}')
    };
    let found: Vec<char> = text.chars().filter(odd).collect();
    assert!(found.is_empty(), "{name}: {found:?}");
    let injected = text.lines().any(|line| line.trim_start().starts_with("INJECTED"));
    assert!(!injected, "{name}: {text}");
}

/// Fails where the text has a secret besides.
fn is_clean(name: &str, text: &str) {
    is_ours(name, text);
    assert_eq!(Watch::all().search(text.as_bytes()), [], "{name}");
}

struct Hostile {
    client: Client,
    _server: Server,
}

async fn returns(response: Response) -> Hostile {
    let server = Server::plain(vec![Script::respond(response)]).await;
    let endpoint = format!("http://{}", server.address());
    Hostile {
        client: builder(&endpoint, &Authority::new()).build().unwrap(),
        _server: server,
    }
}

/// Sends an update that holds all secrets.
async fn update(response: Response) -> Result<UpdateOutcome, Error> {
    let hostile = returns(response).await;
    let update = hostile.client.update_kisi_integration().kisi_api_key(KISI_KEY);
    update.rhombus_token(RHOMBUS_TOKEN).send().await
}

fn object(members: serde_json::Value) -> Response {
    json(200, &members.to_string())
}

#[tokio::test(flavor = "multi_thread")]
async fn errors() {
    let said = hostile(&ALL);
    let quoted = serde_json::json!(said);
    let line: String = said
        .chars()
        .filter(|character| ('!'..='~').contains(character))
        .take(4_000)
        .collect();
    let redirect = Response::new(302, "").header("Location", format!("https://{}.example/{line}", "x".repeat(4_000)));
    let table = [
        ("a page", Response::new(500, said.clone())),
        (
            "a message",
            json(404, &serde_json::json!({ "msg": quoted }).to_string()),
        ),
        ("no credential", Response::new(401, said.clone())),
        ("denied", json(403, &serde_json::json!({ "msg": quoted }).to_string())),
        (
            "a quota",
            Response::new(429, said.clone()).header("Retry-After", line.clone()),
        ),
        ("a redirect", redirect),
        (
            "refused",
            object(serde_json::json!({ "error": true, "errorMsg": quoted })),
        ),
        (
            "refused by Kisi",
            object(serde_json::json!({ "authError": true, "errorMsg": quoted })),
        ),
        ("a value", object(serde_json::json!({ "error": quoted }))),
        (
            "a content type",
            Response::new(200, "no JSON").header("Content-Type", line.clone()),
        ),
        ("no JSON", json(200, &said)),
        (
            "unknown and deep",
            json(
                200,
                &format!(r#"{{{quoted}:{}}}"#, "[".repeat(1000) + &"]".repeat(1000)),
            ),
        ),
    ];
    for (name, response) in table {
        let error = update(response).await.unwrap_err();
        is_clean(name, &printed(&error));
        is_clean(name, &debug(&error.source().map(ToString::to_string)));
    }
    // A name of the server's in the path of a decoding error.
    // A read sends nothing secret but the client's key.
    let said = hostile(&[API_KEY]);
    let quoted = serde_json::json!(said);
    let doors = serde_json::json!({ "kisiSettings": { "doorInfoMap": { said.clone(): 3 } } });
    let hostile = returns(object(doors)).await;
    is_clean(
        "a path",
        &printed(&hostile.client.kisi_integration().await.unwrap_err()),
    );
    for integration in [
        serde_json::json!({ "integration": quoted }),
        serde_json::json!({ "integration": "KISI", "placeToSettingsMap": { said.clone(): 3 } }),
        serde_json::json!({ "integration": "BRIVO", said.clone(): said.clone() }),
    ] {
        let hostile = returns(object(serde_json::json!({ "orgIntegrationV2": integration }))).await;
        let error = hostile.client.kisi_integration_v2().await.unwrap_err();
        is_clean("another integration", &printed(&error));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn outcomes() {
    let said = hostile(&ALL);
    let list: Vec<&str> = std::iter::repeat_n(said.as_str(), 5)
        .chain(["AAAAAAAAAAAAAAAAAAAAAQ", "Lobby  2"])
        .collect();
    let body = serde_json::json!({ "warningMsg": said, "failedGuids": list, "misconfiguredDoors": list });
    let outcome = update(object(body)).await.unwrap();
    is_clean("an outcome", &shown(&outcome));
    let texts: Vec<&str> = outcome
        .failed_ids()
        .chain(outcome.misconfigured_doors())
        .chain(outcome.warning())
        .collect();
    assert_eq!(texts.len(), 15);
    texts.iter().for_each(|text| is_clean("a text of an outcome", text));
    // What can be shown stays as it is.
    assert_eq!(texts[5..7], ["AAAAAAAAAAAAAAAAAAAAAQ", "Lobby  2"]);
    is_clean("its response", &debug(outcome.response()));

    let many: Vec<String> = (0..100_000).map(|number| format!("door {number}")).collect();
    let outcome = update(object(serde_json::json!({ "misconfiguredDoors": many })))
        .await
        .unwrap();
    is_clean("an outcome of many", &shown(&outcome));
    assert!(outcome.to_string().contains("door \"door 19\"") && outcome.to_string().contains("more"));
    assert!(outcome.misconfigured_doors().count() > 50_000);

    let hostile = returns(object(serde_json::json!({ "warningMsg": hostile(&[API_KEY]) }))).await;
    let acknowledgement = hostile.client.delete_kisi_integration_v2().await.unwrap();
    is_clean("an acknowledgement", &debug(&acknowledgement));
    is_clean("its warning", acknowledgement.warning().unwrap());
}

/// Reads a value of the server's and shows it; what is data is written back as it came.
fn data<T: DeserializeOwned + Serialize + Debug>(name: &str, value: serde_json::Value) {
    let read: T = serde_json::from_value(value.clone()).unwrap_or_else(|error| panic!("{name}: {error}"));
    is_ours(name, &debug(&read));
    assert_eq!(serde_json::to_value(&read).unwrap(), value, "{name}");
}

#[test]
fn data_that_a_server_stores() {
    let said = hostile(&ALL);
    let text = || serde_json::json!(said);
    let names = || serde_json::json!({ said.clone(): said });
    let list = || serde_json::json!(vec![Some(&said); 20]);
    data::<RhombusUuid>("an id", text());
    data::<IntegrationKind>("a value of an enumeration", text());
    data::<Extra>("unknown properties", names());
    data::<Field<String>>("a field", text());
    data::<Field<List<String>>>("a list", list());
    data::<BadgeIntegrationDoorInfo>(
        "a door",
        serde_json::json!({ "doorName": said, "assignedCameraList": list() }),
    );
    data::<Integration>(
        "an unknown integration",
        serde_json::json!({ "integration": said, said.clone(): said }),
    );
    data::<BaseApiResponse>(
        "a response",
        serde_json::json!({ "errorMsg": said, "warningMsg": said }),
    );
    data::<UpdateOrgIntegrationsResponse>(
        "an update's",
        serde_json::json!({ "failedGuids": list(), "errorMsg": said }),
    );
    data::<GetKisiDoorsResponse>("doors", serde_json::json!({ "placeToDoorMap": { said.clone(): null } }));
    let settings = serde_json::json!({ "enablingUser": said, "doorInfoMap": { said.clone(): { "doorName": said } } });
    data::<KisiSettings>("settings", settings.clone());
    data::<GetKisiIntegrationResponse>(
        "a read",
        serde_json::json!({ "kisiSettings": settings, said.clone(): said }),
    );

    let id = RhombusUuid::from_server(&said);
    is_ours("an id's Display", &shown(&id));
    assert_eq!(id.as_str(), said);
    let kind = IntegrationKind::from(said.as_str());
    is_ours("a kind's Display", &shown(&kind));
    assert_eq!(kind.as_str(), said);
    assert_eq!(
        format!("{:?} {:>8}", IntegrationKind::Kisi, IntegrationKind::Kisi),
        "Kisi     KISI"
    );
    let outcome = UpdateOutcome::from(
        serde_json::from_value::<UpdateOrgIntegrationsResponse>(serde_json::json!({ "failedGuids": list() })).unwrap(),
    );
    is_ours("an outcome of nobody's", &shown(&outcome));
}

/// A plan shows the changes of a caller in settings whose names and ids a server chose.
#[test]
fn plans() {
    let said = hostile(&[]);
    let settings = serde_json::json!({
        "enablingUser": said,
        "enabled": true,
        "doorInfoMap": { said.clone(): { "doorName": said, "clipDuration": -1, "assignedCameraList": [said] } },
        "doorToCameraMap": { said.clone(): [said] },
        "placeToSettingsMap": {
            "7": { "placeName": said, "doorInfoMap": { said.clone(): { "doorName": said, "locationUuid": said } } },
            "8": { "doorInfoMap": { said.clone(): { "locationUuid": "AAAAAAAAAAAAAAAAAAAAAQ" } } },
        },
        said.clone(): said,
    });
    let current = Snapshot::from(serde_json::from_value::<KisiSettings>(settings).unwrap());
    let desired = current.edit(|settings| {
        settings
            .clear_enabling_user()
            .clear_doors()
            .clear_all_door_cameras()
            .remove_place(7)
            .with(|settings| {
                settings.extra = Extra::default();
            })
    });
    for plan in [
        current.plan(&desired),
        Snapshot::default().plan(&Desired::from(current.settings().clone())),
    ] {
        assert!(plan.changes().len() > 3);
        for change in plan.changes() {
            is_ours("a change", &format!("{change}"));
            is_ours("a change's Debug", &debug(change));
            is_ours("a path", &shown(change.path()));
            is_ours("a subject", change.subject());
        }
        for warning in plan.warnings() {
            is_ours("a warning", &shown(warning));
        }
        let conflict = Error::Conflict {
            paths: vec![
                plan.changes()
                    .iter()
                    .map(|change| change.path().to_string())
                    .collect::<String>();
                5_000
            ],
        };
        is_ours("a conflict", &conflict.to_string());
    }
    let warned = current.plan(&current.edit(|settings| settings));
    assert!(warned.warnings().len() >= 6, "{:?}", warned.warnings());
    warned
        .warnings()
        .iter()
        .for_each(|warning| is_ours("a warning", &shown(warning)));
}
