//! How the habits show in JSON.

use rhombus_kisi_runtime::{Kind, RhombusUuid};
use serde_json::{Map, Value, json};

/// What a camera's id ends in where it is listed.
pub(crate) const FACET: &str = ".v0";

/// A property that no release knows, and what it holds.
const UNKNOWN: &str = "futureProperty";

/// Puts the unknown property into an object.
pub(crate) fn add_unknown(object: &mut Map<String, Value>) {
    object
        .entry(UNKNOWN)
        .or_insert_with(|| json!({ "since": 1, "list": [null, 1.5] }));
}

/// Puts the unknown property into each object of this kind.
pub(crate) fn add_unknown_below(value: &mut Value, kind: Kind) {
    each(value, kind, &mut |value, kind| {
        if let (Value::Object(object), Kind::Object(_)) = (value, kind) {
            add_unknown(object);
        }
    });
}

/// Puts a `null` where about half of the absent properties would be, and at times one into a map or a list of objects.
pub(crate) fn add_nulls(value: &mut Value, kind: Kind, random: &mut fastrand::Rng) {
    each(value, kind, &mut |value, kind| match (value, kind) {
        (Value::Object(object), Kind::Object(properties)) => {
            for property in properties.iter().filter(|_| random.bool()) {
                object.entry(property.name).or_insert(Value::Null);
            }
        }
        (Value::Object(map), Kind::Map(_)) if random.u8(..4) == 0 => {
            map.entry("9999").or_insert(Value::Null);
        }
        (Value::Array(list), Kind::List(element)) if matches!(element(), Kind::Object(_)) && random.u8(..4) == 0 => {
            list.push(Value::Null);
        }
        _ => {}
    });
}

/// Sorts each list of ids.
pub(crate) fn sort_ids(value: &mut Value, kind: Kind) {
    each(value, kind, &mut |value, kind| {
        if let (Value::Array(list), true) = (value, is_list_of_ids(kind)) {
            list.sort_by_key(|id| id.as_str().map(str::to_owned));
            list.dedup();
        }
    });
}

/// Adds the facet to each id that is in a list of ids and has none.
pub(crate) fn add_facets(value: &mut Value, kind: Kind) {
    each(value, kind, &mut |value, kind| {
        if let (Value::Array(list), true) = (value, is_list_of_ids(kind)) {
            for id in list {
                if let Value::String(id) = id
                    && RhombusUuid::from_server(id).is_canonical()
                {
                    id.push_str(FACET);
                }
            }
        }
    });
}

/// Moves each time stamp on, and sets those of the root that are not there.
pub(crate) fn stamp(value: &mut Value, kind: Kind, reads: u64) {
    let now = 1_764_547_200_000 + reads * 1_000;
    if let (Value::Object(root), Kind::Object(properties)) = (&mut *value, kind) {
        let stamps = properties
            .iter()
            .filter(|property| is_stamp(property.name) && matches!((property.kind)(), Kind::Int64));
        for property in stamps {
            root.entry(property.name).or_insert(Value::Null);
        }
    }
    each_property(value, &mut |name, value| {
        if is_stamp(name) && (value.is_number() || value.is_null()) {
            *value = now.into();
        }
    });
}

fn is_stamp(name: &str) -> bool {
    name.to_ascii_lowercase().contains("timestamp")
}

fn is_list_of_ids(kind: Kind) -> bool {
    matches!(kind, Kind::List(element) if matches!(element(), Kind::Id))
}

/// Goes through a value and all that is in it whose kind is known.
fn each(value: &mut Value, kind: Kind, change: &mut dyn FnMut(&mut Value, Kind)) {
    change(value, kind);
    match (value, kind) {
        (Value::Object(object), Kind::Object(_) | Kind::Map(_)) => {
            for (name, value) in object {
                each(value, kind.of(name), change);
            }
        }
        (Value::Array(list), Kind::List(element)) => list.iter_mut().for_each(|value| each(value, element(), change)),
        _ => {}
    }
}

fn each_property(value: &mut Value, change: &mut dyn FnMut(&str, &mut Value)) {
    match value {
        Value::Object(object) => {
            for (name, value) in object {
                change(name, value);
                each_property(value, change);
            }
        }
        Value::Array(list) => list.iter_mut().for_each(|value| each_property(value, change)),
        _ => {}
    }
}

/// The value as JSON, the properties of each object in some order.
pub(crate) fn shuffled(value: &Value, random: &mut fastrand::Rng) -> String {
    match value {
        Value::Object(object) => {
            let mut properties: Vec<_> = object
                .iter()
                .map(|(name, value)| format!("{}:{}", json!(name), shuffled(value, random)))
                .collect();
            random.shuffle(&mut properties);
            format!("{{{}}}", properties.join(","))
        }
        Value::Array(list) => {
            let elements: Vec<_> = list.iter().map(|value| shuffled(value, random)).collect();
            format!("[{}]", elements.join(","))
        }
        plain => plain.to_string(),
    }
}
