//! Settings as a server could return them: known fields and unknown ones, `null`s, odd ids, empty and absent maps.

use proptest::collection::{btree_map, vec};
use proptest::option;
use proptest::prelude::*;
use serde_json::{Map, Value, json};

type Any = BoxedStrategy<Value>;

/// Settings of the first version.
pub fn settings() -> Any {
    object(vec![
        ("alertUnauthorizedFaces", flag()),
        ("apiSecretKey", text()),
        ("createSeekPoints", flag()),
        ("defaultOptions", default_options()),
        ("doorInfoMap", map(door())),
        ("doorToCameraMap", map(cameras())),
        ("doorsValidated", flag()),
        ("enabled", flag()),
        ("enabledTimestampMs", any::<i64>().prop_map(Value::from).boxed()),
        ("enablingUser", text()),
        ("enablingUserUuid", id()),
        ("identifyFacesFromBadge", flag()),
        ("migrated", flag()),
        ("placeId", number()),
        ("placeToSettingsMap", map(place())),
        ("rhombusToken", text()),
        ("saveClips", flag()),
        ("webhookId", number()),
    ])
}

/// Settings of the second version.
pub fn settings_v2() -> Any {
    object(vec![
        ("apiSecretKey", text()),
        ("defaultOptions", default_options()),
        ("doorsValidated", flag()),
        ("enabled", flag()),
        ("integrationAuditMap", map(audit_event())),
        ("orgUuid", id()),
        ("placeToSettingsMap", map(place())),
        ("userUuid", id()),
    ])
    .prop_map(|mut settings| {
        settings["integration"] = json!("KISI");
        settings
    })
    .boxed()
}

fn default_options() -> Any {
    object(vec![
        ("alertUnauthorizedFaces", flag()),
        ("createSeekPoints", flag()),
        ("defaultOptionsEnabled", flag()),
        ("identifyFacesFromBadge", flag()),
        ("saveClips", flag()),
    ])
}

fn door() -> Any {
    object(vec![
        ("assignedCameraList", cameras()),
        ("clipDuration", number()),
        ("doorName", text()),
        ("leadingSeconds", number()),
        ("locationUuid", id()),
        ("remoteUnlock", flag()),
    ])
}

fn place() -> Any {
    object(vec![
        ("alertUnauthorizedFaces", flag()),
        ("createSeekPoints", flag()),
        ("doorInfoMap", map(door())),
        ("identifyFacesFromBadge", flag()),
        ("misconfiguredDoors", list(number())),
        ("placeId", number()),
        ("placeName", text()),
        ("rhombusToken", text()),
        ("saveClips", flag()),
        ("webhookId", number()),
    ])
}

fn audit_event() -> Any {
    object(vec![
        ("enabledTimestampMs", any::<i64>().prop_map(Value::from).boxed()),
        (
            "integrationAuditEvent",
            prop_oneof![Just(json!("UPDATE")), Just(json!("NEWER"))].boxed(),
        ),
        ("user", text()),
        ("userUuid", id()),
    ])
}

/// An object: each known property absent, `null` or there, and some unknown ones.
fn object(properties: Vec<(&'static str, Any)>) -> Any {
    let properties: Vec<_> = properties
        .into_iter()
        .map(|(name, value)| option::of(or_null(value)).prop_map(move |value| (name, value)))
        .collect();
    let unknown = btree_map("x[a-zA-Z .\"\\\\]{0,6}", anything(), 0..3);
    (properties, unknown)
        .prop_map(|(properties, unknown)| {
            let known = properties
                .into_iter()
                .filter_map(|(name, value)| Some((name.to_owned(), value?)));
            known.chain(unknown).collect::<Map<_, _>>().into()
        })
        .boxed()
}

/// A map by ids, among them some that are none of Kisi's.
fn map(entry: Any) -> Any {
    let key = prop_oneof![
        6 => (1..6_i32).prop_map(|id| id.to_string()),
        1 => any::<i32>().prop_map(|id| id.to_string()),
        1 => "[a-z0 -]{0,4}",
    ];
    btree_map(key, or_null(entry), 0..4)
        .prop_map(|map| map.into_iter().collect::<Map<_, _>>().into())
        .boxed()
}

fn list(entry: Any) -> Any {
    vec(or_null(entry), 0..4).prop_map(Value::from).boxed()
}

fn cameras() -> Any {
    list(id())
}

fn or_null(value: Any) -> Any {
    prop_oneof![5 => value, 1 => Just(Value::Null)].boxed()
}

fn flag() -> Any {
    any::<bool>().prop_map(Value::from).boxed()
}

fn number() -> Any {
    any::<i32>().prop_map(Value::from).boxed()
}

fn text() -> Any {
    ".{0,8}".prop_map(Value::from).boxed()
}

/// A Rhombus id: canonical, with a suffix, or anything.
fn id() -> Any {
    prop_oneof!["[A-Za-z0-9_-]{21}[AQgw]", "[A-Za-z0-9_-]{21}[AQgw]\\.v0", ".{0,4}",]
        .prop_map(Value::from)
        .boxed()
}

/// Any JSON, numbers of every kind included.
fn anything() -> Any {
    let leaf = prop_oneof![
        Just(Value::Null),
        flag(),
        text(),
        any::<i64>().prop_map(Value::from),
        any::<u64>().prop_map(Value::from),
        any::<f64>().prop_map(|number| json!(number)),
    ];
    leaf.prop_recursive(3, 12, 3, |inner| {
        prop_oneof![
            vec(inner.clone(), 0..3).prop_map(Value::from),
            btree_map(".{0,4}", inner, 0..3).prop_map(|map| map.into_iter().collect::<Map<_, _>>().into()),
        ]
    })
    .boxed()
}
