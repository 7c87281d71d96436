//! Every property that the types have, and none by its name: what a release adds is compared, masked and read like the rest.

use rhombus_kisi_runtime::{Kind, MASK, speaks_of_a_secret};
use serde_json::{Value, json};

use super::{Settings, secrets, warnings};
use crate::compare::{Json, JsonPath, Sameness, differences, merge, redact};
use crate::types::{KisiIntegrationInput, KisiSettings};

/// A property with nothing inside, or with a list.
struct Leaf {
    path: Vec<&'static str>,
    kind: Kind,
}

impl Leaf {
    fn of<S: Settings>() -> Vec<Leaf> {
        let mut leaves = Vec::new();
        collect(S::kind(), &mut Vec::new(), &mut leaves);
        assert!(leaves.iter().any(|leaf| matches!(leaf.kind, Kind::Secret)));
        assert!(leaves.iter().any(|leaf| leaf.path.len() > 3), "doors of a place");
        leaves
    }

    fn path(&self) -> String {
        JsonPath::from_names(self.path.iter().copied()).to_string()
    }

    /// Settings with this value and no other.
    fn document(&self, value: Value) -> Value {
        let names = self.path.iter().rev();
        names.fold(value, |inside, name| json!({ *name: inside }))
    }

    fn settings<S: Settings>(&self, value: Value) -> S {
        serde_json::from_str(&self.document(value).to_string()).unwrap()
    }

    fn is_hidden(&self) -> bool {
        matches!(self.kind, Kind::Secret | Kind::Unknown) || self.path.iter().any(|name| speaks_of_a_secret(name))
    }
}

fn collect(kind: Kind, path: &mut Vec<&'static str>, into: &mut Vec<Leaf>) {
    match kind {
        // Types may refer to themselves.
        _ if path.len() > 8 => {}
        Kind::Object(properties) => {
            for property in properties {
                path.push(property.name);
                collect((property.kind)(), path, into);
                path.pop();
            }
        }
        Kind::Map(value) => {
            path.push("7");
            collect(value(), path, into);
            path.pop();
        }
        kind => into.push(Leaf {
            path: path.clone(),
            kind,
        }),
    }
}

/// One of two values of a kind.
fn sample(kind: Kind, second: bool) -> Value {
    let number = i32::from(second);
    match kind {
        Kind::Boolean => second.into(),
        Kind::Int32 | Kind::Int64 | Kind::Number => number.into(),
        Kind::Text | Kind::Enumeration(_) | Kind::Unknown => format!("text-{number}").into(),
        Kind::Secret => format!("kisi-key-{number}").into(),
        Kind::Id => format!("AAAAAAAAAAAAAAAAAAAAA{}", if second { 'Q' } else { 'g' }).into(),
        Kind::List(element) => json!([sample(element(), second)]),
        Kind::Map(value) => json!({ "7": sample(value(), second) }),
        Kind::Object(properties) => {
            let first = properties.iter().take(1);
            first
                .map(|property| (property.name.to_owned(), sample((property.kind)(), second)))
                .collect()
        }
    }
}

fn each_is_compared<S: Settings>() {
    for leaf in Leaf::of::<S>() {
        let [before, after] = [false, true].map(|second| leaf.settings::<S>(sample(leaf.kind, second)));
        for sameness in [Sameness::Exact, Sameness::Meaning] {
            let found = differences(&before, &after, sameness);
            let paths: Vec<_> = found.iter().map(|difference| difference.path.to_string()).collect();
            assert_eq!(paths, [leaf.path()]);
            assert!(differences(&after, &after, sameness).is_empty());
        }
        let merged = merge([&before, &after, &before], false);
        assert_eq!(
            (merged.value, merged.conflicts.len()),
            (Some(after), 0),
            "{}",
            leaf.path()
        );
    }
}

fn each_is_shown_or_masked<S: Settings>() {
    for leaf in Leaf::of::<S>() {
        let value = sample(leaf.kind, true);
        let settings: S = leaf.settings(value.clone());
        let shown = redact(S::kind(), &Json::of(&settings)).to_value();
        if leaf.is_hidden() {
            assert!(
                !shown.to_string().contains(value.as_str().unwrap_or("no text")),
                "{}",
                leaf.path()
            );
            assert!(shown.to_string().contains(MASK), "{}", leaf.path());
        } else {
            assert_eq!(shown, leaf.document(value), "{}", leaf.path());
        }
    }
}

fn each_secret_is_found<S: Settings>() {
    for leaf in Leaf::of::<S>() {
        let is_secret = matches!(leaf.kind, Kind::Secret);
        let value = if is_secret {
            json!(MASK)
        } else {
            sample(leaf.kind, true)
        };
        let settings: S = leaf.settings(value);
        let found = secrets(&settings);
        let paths: Vec<_> = found.known_masks().map(ToString::to_string).collect();
        assert_eq!(paths, is_secret.then(|| leaf.path()).into_iter().collect::<Vec<_>>());
        assert_eq!(found.known.len(), paths.len());

        // One that no release knows yet, beside it.
        let unknown = Leaf {
            path: leaf
                .path
                .split_last()
                .unwrap()
                .1
                .iter()
                .copied()
                .chain(["futureToken"])
                .collect(),
            kind: Kind::Unknown,
        };
        let Ok(settings) = serde_json::from_str::<S>(&unknown.document(json!({ "a": [MASK] })).to_string()) else {
            // A map of something else than objects.
            continue;
        };
        let found = secrets(&settings);
        let paths: Vec<_> = found.unknown_masks.iter().map(ToString::to_string).collect();
        assert_eq!(paths, [unknown.path()]);
        assert_eq!(warnings(&settings).len(), 1);
    }
}

#[test]
fn each_property_takes_part_in_comparison_and_merge() {
    each_is_compared::<KisiSettings>();
    each_is_compared::<KisiIntegrationInput>();
}

#[test]
fn each_property_is_shown_or_masked() {
    each_is_shown_or_masked::<KisiSettings>();
    each_is_shown_or_masked::<KisiIntegrationInput>();
}

#[test]
fn each_secret_is_found_and_each_mask_in_an_unknown_one() {
    each_secret_is_found::<KisiSettings>();
    each_secret_is_found::<KisiIntegrationInput>();
}

#[test]
#[cfg(feature = "file")]
fn each_property_is_read_strictly() {
    use crate::file::{Format, parse_settings};

    for leaf in Leaf::of::<KisiSettings>() {
        let value = sample(leaf.kind, true);
        let read = parse_settings(&leaf.document(value.clone()).to_string(), Format::Json, "f").unwrap();
        assert_eq!(read, leaf.settings(value), "{}", leaf.path());
        let wrong = match leaf.kind {
            Kind::Unknown => continue,
            Kind::Boolean | Kind::List(_) => json!("topsecret"),
            _ => json!([7]),
        };
        let error = parse_settings(&leaf.document(wrong).to_string(), Format::Json, "f").unwrap_err();
        assert!(
            error.message.contains("expected ") && !error.message.contains("topsecret"),
            "{error}"
        );
        assert!(error.line.is_some(), "{error}");
    }
}

#[test]
fn a_door_is_the_one_at_the_root_or_the_one_at_a_place() {
    let settings: KisiSettings = serde_json::from_value(json!({
        "doorInfoMap": { "1": { "doorName": "root" } },
        "placeToSettingsMap": { "7": { "doorInfoMap": { "1": { "doorName": "other" }, "2": { "doorName": "place" } } } },
    }))
    .unwrap();
    let name = |id| settings.door(id).map(|door| door.door_name.as_deref());
    assert_eq!([name(1), name(2)], [Some(Some("root")), Some(Some("place"))]);
    assert_eq!(name(3), None);
    let desired = crate::Desired::from(settings.clone());
    assert!(*desired.settings() == settings);
}
