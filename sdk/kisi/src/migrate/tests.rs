//! Every property that the first version has, and none by its name: one that a release adds is carried or lost, and never dropped.

use std::collections::BTreeMap;

use rhombus_kisi_runtime::walk::Walk;
use rhombus_kisi_runtime::{Kind, Property};
use serde_json::{Value, json};

use super::carry::{Carried, carry};
use super::step::{Fate, Loss, Step};
use crate::compare::Json;
use crate::types::{KisiIntegrationInput, KisiSettings};

fn kinds() -> [Kind; 2] {
    [KisiSettings::kind(), KisiIntegrationInput::kind()]
}

/// A value of a kind with every property. Types may refer to themselves, so there is an end to it.
fn full(kind: Kind, depth: usize) -> Value {
    match kind {
        _ if depth > 6 => Value::Null,
        Kind::Boolean => true.into(),
        Kind::Int32 | Kind::Int64 | Kind::Number => 7.into(),
        Kind::Text | Kind::Enumeration(_) | Kind::Unknown => "text".into(),
        Kind::Secret => "kisi-key".into(),
        Kind::Id => "AAAAAAAAAAAAAAAAAAAAAQ".into(),
        Kind::List(element) => json!([full(element(), depth + 1)]),
        Kind::Map(value) => json!({ "7": full(value(), depth + 1) }),
        Kind::Object(properties) => {
            let properties = properties.iter();
            properties
                .map(|property| (property.name.to_owned(), full((property.kind)(), depth + 1)))
                .collect()
        }
    }
}

/// The paths and values of all that is not an object, but for an empty one.
fn leaves(value: &Value, path: &mut Vec<String>, into: &mut Vec<(Vec<String>, Value)>) {
    match value {
        Value::Null => {}
        Value::Object(properties) if !properties.is_empty() => {
            for (name, value) in properties {
                path.push(name.clone());
                leaves(value, path, into);
                path.pop();
            }
        }
        value => into.push((path.clone(), value.clone())),
    }
}

fn run(v1: &Value, v2: &Value, kinds: [Kind; 2], places: &[(&str, &str)]) -> (Value, Vec<Step>) {
    let places: BTreeMap<_, _> = places
        .iter()
        .map(|(door, place)| ((*door).to_owned(), (*place).to_owned()))
        .collect();
    let Carried { settings, steps } = carry(&Json::of(v1), Json::of(v2), kinds, &places);
    (settings.to_value(), steps)
}

/// Fails unless each value of `v1` has one step, and is where the step says.
fn accounts_for_all(v1: &Value, v2: &Value, steps: &[Step]) {
    let mut all = Vec::new();
    leaves(v1, &mut Vec::new(), &mut all);
    assert!(!all.is_empty());
    for (path, value) in all {
        let is_of = |step: &&Step| {
            let names: Vec<_> = step.from.names().collect();
            names.len() <= path.len() && names.iter().zip(&path).all(|(name, own)| name == own)
        };
        let of: Vec<_> = steps.iter().filter(is_of).collect();
        assert_eq!(of.len(), 1, "{path:?}: {of:?}");
        let to = match &of[0].fate {
            Fate::Carried => &of[0].from,
            Fate::Moved { to } => to,
            Fate::Lost(_) => continue,
        };
        let rest = path.iter().skip(of[0].from.names().len()).map(String::as_str);
        let found = to.names().chain(rest).try_fold(v2, |at, name| at.get(name));
        match (found, &value) {
            (Some(Value::Array(found)), Value::Array(value)) => {
                assert!(value.iter().all(|element| found.contains(element)), "{path:?}");
            }
            // An empty object, which others may have filled since.
            (Some(Value::Object(_)), Value::Object(_)) => {}
            (found, value) => assert_eq!(found, Some(value), "{path:?}"),
        }
    }
}

#[test]
fn each_property_is_carried_moved_or_lost() {
    let v1 = full(KisiSettings::kind(), 0);
    let (v2, steps) = run(&v1, &json!({}), kinds(), &[]);
    accounts_for_all(&v1, &v2, &steps);
    serde_json::from_value::<KisiIntegrationInput>(v2).unwrap();

    // One by one: what becomes of a property does not depend on the others, but for the place that they are of.
    for (name, value) in v1.as_object().unwrap() {
        let v1 = json!({ name: value, "placeId": 7 });
        let (v2, steps) = run(&v1, &json!({}), kinds(), &[]);
        accounts_for_all(&v1, &v2, &steps);
        serde_json::from_value::<KisiIntegrationInput>(v2).unwrap();
    }
}

#[test]
fn what_becomes_of_each_property_is_said() {
    let v1 = json!({
        "alertUnauthorizedFaces": true, "apiSecretKey": "kisi-key", "createSeekPoints": false,
        "defaultOptions": { "saveClips": false },
        "doorInfoMap": { "42": { "doorName": "Lobby", "assignedCameraList": ["AAAAAAAAAAAAAAAAAAAAAQ"], "floor": 3 }, "44": {} },
        "doorToCameraMap": { "42": ["AAAAAAAAAAAAAAAAAAAAAg"], "43": ["AAAAAAAAAAAAAAAAAAAAAg"], "44": [], "45": ["AAAAAAAAAAAAAAAAAAAAAg"] },
        "doorsValidated": true, "enabled": true, "enabledTimestampMs": 1, "enablingUser": "Ann",
        "enablingUserUuid": "AAAAAAAAAAAAAAAAAAAAAw", "futureProperty": 1, "identifyFacesFromBadge": null, "migrated": false,
        "placeId": 7, "placeToSettingsMap": { "8": { "doorInfoMap": { "43": {} } } },
        "rhombusToken": "token-of-rhombus", "saveClips": true, "webhookId": 9,
    });
    let (v2, steps) = run(&v1, &json!({}), kinds(), &[("42", "7"), ("43", "8")]);
    accounts_for_all(&v1, &v2, &steps);
    let said: Vec<_> = steps.iter().map(ToString::to_string).collect();
    assert_eq!(
        said,
        [
            "$.apiSecretKey: carried over",
            "$.defaultOptions: carried over",
            "$.doorsValidated: carried over",
            "$.enabled: carried over",
            "$.placeToSettingsMap: carried over",
            "$.alertUnauthorizedFaces -> $.defaultOptions.alertUnauthorizedFaces",
            "$.createSeekPoints -> $.defaultOptions.createSeekPoints",
            r#"$.doorInfoMap["42"] -> $.placeToSettingsMap["7"].doorInfoMap["42"]"#,
            r#"$.doorInfoMap["44"] -> $.placeToSettingsMap["7"].doorInfoMap["44"]"#,
            r#"$.doorToCameraMap["42"] -> $.placeToSettingsMap["7"].doorInfoMap["42"].assignedCameraList"#,
            r#"$.doorToCameraMap["43"] -> $.placeToSettingsMap["8"].doorInfoMap["43"].assignedCameraList"#,
            r#"$.doorToCameraMap["44"] -> $.placeToSettingsMap["7"].doorInfoMap["44"].assignedCameraList"#,
            r#"$.doorToCameraMap["45"] -> $.placeToSettingsMap["7"].doorInfoMap["45"].assignedCameraList"#,
            "$.enabledTimestampMs: lost: the second version has no property for it",
            "$.enablingUser: lost: the second version has no property for it",
            "$.enablingUserUuid: lost: the second version has no property for it",
            "$.futureProperty: lost: this release does not know the property, and the second version has none of its name",
            "$.migrated: lost: the second version has no property for it",
            r#"$.placeId -> $.placeToSettingsMap["7"].placeId"#,
            r#"$.rhombusToken -> $.placeToSettingsMap["7"].rhombusToken"#,
            "$.saveClips: lost: there is another value at $.defaultOptions.saveClips, which is kept",
            r#"$.webhookId -> $.placeToSettingsMap["7"].webhookId"#,
        ]
    );
    assert_eq!(
        v2,
        json!({
            "apiSecretKey": "kisi-key", "doorsValidated": true, "enabled": true,
            "defaultOptions": {
                "alertUnauthorizedFaces": true, "createSeekPoints": false, "defaultOptionsEnabled": true, "saveClips": false,
            },
            "placeToSettingsMap": {
                "7": {
                    "placeId": 7, "rhombusToken": "token-of-rhombus", "webhookId": 9,
                    "doorInfoMap": {
                        "42": { "doorName": "Lobby", "floor": 3,
                            "assignedCameraList": ["AAAAAAAAAAAAAAAAAAAAAQ", "AAAAAAAAAAAAAAAAAAAAAg"] },
                        "44": { "assignedCameraList": [] }, "45": { "assignedCameraList": ["AAAAAAAAAAAAAAAAAAAAAg"] },
                    },
                },
                "8": { "doorInfoMap": { "43": { "assignedCameraList": ["AAAAAAAAAAAAAAAAAAAAAg"] } } },
            },
        })
    );
}

#[test]
fn what_has_no_place_or_is_masked_is_lost() {
    let v1 = json!({
        "apiSecretKey": "****-key", "rhombusToken": "token-of-rhombus", "webhookId": 9,
        "doorInfoMap": { "42": { "doorName": "Lobby" }, "43": null },
        "doorToCameraMap": { "42": ["AAAAAAAAAAAAAAAAAAAAAg"], "43": [], "44": [null] },
        "placeToSettingsMap": { "8": { "placeName": "HQ", "rhombusToken": "***" } },
    });
    let (v2, steps) = run(&v1, &json!({}), kinds(), &[]);
    let lost: Vec<_> = steps
        .iter()
        .map(|step| (step.from.to_string(), step.loss().cloned()))
        .collect();
    assert_eq!(
        lost,
        [
            ("$.apiSecretKey".to_owned(), Some(Loss::Masked)),
            (r#"$.placeToSettingsMap["8"].placeName"#.to_owned(), None),
            (
                r#"$.placeToSettingsMap["8"].rhombusToken"#.to_owned(),
                Some(Loss::Masked)
            ),
            (r#"$.doorInfoMap["42"]"#.to_owned(), Some(Loss::NoPlace)),
            (r#"$.doorToCameraMap["42"]"#.to_owned(), Some(Loss::NoPlace)),
            ("$.rhombusToken".to_owned(), Some(Loss::OfNoPlace)),
            ("$.webhookId".to_owned(), Some(Loss::OfNoPlace)),
        ]
    );
    assert_eq!(v2, json!({ "placeToSettingsMap": { "8": { "placeName": "HQ" } } }));
}

#[test]
fn what_the_second_version_has_is_kept() {
    let v1 = json!({
        "enabled": true, "doorsValidated": true, "futureProperty": 1, "saveClips": true,
        "placeToSettingsMap": { "7": { "placeName": "HQ", "doorInfoMap": { "42": { "clipDuration": 10, "assignedCameraList": ["x"] } } } },
    });
    let v2 = json!({
        "integration": "KISI", "enabled": false, "doorsValidated": null, "futureProperty": 1,
        "defaultOptions": { "defaultOptionsEnabled": false },
        "placeToSettingsMap": { "7": { "doorInfoMap": { "42": { "clipDuration": 20, "assignedCameraList": ["y"] } } } },
    });
    let (v2, steps) = run(&v1, &v2, kinds(), &[]);
    accounts_for_all(&v1, &v2, &steps);
    let lost: Vec<_> = steps
        .iter()
        .filter(|step| step.loss().is_some())
        .map(|step| step.from.to_string())
        .collect();
    assert_eq!(
        lost,
        [
            "$.enabled",
            r#"$.placeToSettingsMap["7"].doorInfoMap["42"].clipDuration"#
        ]
    );
    assert_eq!(
        v2,
        json!({
            "integration": "KISI", "enabled": false, "doorsValidated": true, "futureProperty": 1,
            "defaultOptions": { "defaultOptionsEnabled": false, "saveClips": true },
            "placeToSettingsMap": { "7": { "placeName": "HQ", "doorInfoMap": { "42": { "clipDuration": 20, "assignedCameraList": ["y", "x"] } } } },
        })
    );
}

/// A release to come: the first version gets a switch that the second lacks, a text that is a number there, and an option.
#[test]
fn a_property_of_a_later_release_is_carried_or_lost_by_its_type() {
    const fn property(name: &'static str, kind: fn() -> Kind) -> Property {
        Property {
            name,
            kind,
            read_only: false,
        }
    }
    const OPTIONS: Kind = Kind::Object(&[property("newOption", || Kind::Boolean)]);
    const V1: Kind = Kind::Object(&[
        property("newBoth", || Kind::Int64),
        property("newOption", || Kind::Boolean),
        property("newOther", || Kind::Text),
        property("newSwitch", || Kind::Boolean),
    ]);
    const V2: Kind = Kind::Object(&[
        property("defaultOptions", || OPTIONS),
        property("newBoth", || Kind::Int64),
        property("newOther", || Kind::Int32),
    ]);
    let v1 = full(V1, 0);
    let (v2, steps) = run(&v1, &json!({}), [V1, V2], &[]);
    accounts_for_all(&v1, &v2, &steps);
    assert_eq!(v2, json!({ "newBoth": 7, "defaultOptions": { "newOption": true } }));
    let lost: Vec<_> = steps
        .iter()
        .filter(|step| step.loss().is_some())
        .map(|step| step.from.to_string())
        .collect();
    assert_eq!(lost, ["$.newOther", "$.newSwitch"]);
}
