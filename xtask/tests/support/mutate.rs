//! Documents made wrong, in the ways in which documents go wrong.

use proptest::prelude::*;
use serde_json::{Map, Value, json};

/// One thing that is done to a document, at a place that `at` picks.
#[derive(Clone, Debug)]
pub(crate) struct Mutation {
    /// Picks the place, whatever the document's size.
    pub(crate) at: usize,
    /// What is done there.
    pub(crate) kind: Kind,
}

/// What is done to a value.
#[derive(Clone, Debug)]
pub(crate) enum Kind {
    /// A key or an element goes.
    Drop,
    /// It becomes a value of another type.
    Replace(Value),
    /// The text is cut short, at a share of its length in percent: a `$ref` then refers to nothing.
    Cut(usize),
    /// It is wrapped, so many times, in objects, arrays or schemas.
    Nest(usize, Wrapper),
    /// A copy of it stands where another picked value was.
    Copy(usize),
    /// Its key becomes another.
    Rename(String),
    /// A `$ref` to another place of the document takes its place.
    Refer(usize),
    /// A key is added that means something somewhere.
    Insert(&'static str, Value),
}

/// What a value is nested in.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Wrapper {
    /// `{"properties": {"a": …}}`
    Properties,
    /// `{"allOf": […]}`
    AllOf,
    /// `{"type": ["array", "null"], "items": …}`
    Items,
    /// `[…]`
    Array,
}

/// Keys that mean something in a schema or an operation, or once did.
const KEYS: [&str; 24] = [
    "$ref",
    "$defs",
    "additionalProperties",
    "allOf",
    "anyOf",
    "const",
    "content",
    "discriminator",
    "enum",
    "example",
    "examples",
    "exclusiveMinimum",
    "if",
    "items",
    "mapping",
    "nullable",
    "oneOf",
    "operationId",
    "parameters",
    "prefixItems",
    "properties",
    "required",
    "schema",
    "type",
];

fn scalar() -> impl Strategy<Value = Value> {
    prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        Just(json!(1e308)),
        Just(json!("")),
        Just(json!("#")),
        Just(json!("#/components/schemas/Tree")),
        Just(json!("#/paths/~1api~1doors~1openDoor")),
        Just(json!("object")),
        Just(json!(["string", "null"])),
        Just(json!(["array", "object", "array"])),
        Just(json!({})),
        Just(json!([])),
        Just(json!([null, {}, [], "a"])),
        "\\PC{0,8}".prop_map(Value::from),
    ]
}

/// One mutation of any kind.
pub(crate) fn mutation() -> impl Strategy<Value = Mutation> {
    let wrapper = prop_oneof![
        Just(Wrapper::Properties),
        Just(Wrapper::AllOf),
        Just(Wrapper::Items),
        Just(Wrapper::Array)
    ];
    let depth = prop_oneof![1..4_usize, 30..200_usize];
    let kind = prop_oneof![
        3 => Just(Kind::Drop),
        3 => scalar().prop_map(Kind::Replace),
        3 => (0..100_usize).prop_map(Kind::Cut),
        1 => (depth, wrapper).prop_map(|(depth, wrapper)| Kind::Nest(depth, wrapper)),
        2 => any::<usize>().prop_map(Kind::Copy),
        2 => prop_oneof![proptest::sample::select(&KEYS[..]).prop_map(str::to_owned), "\\PC{0,4}"].prop_map(Kind::Rename),
        2 => any::<usize>().prop_map(Kind::Refer),
        3 => (proptest::sample::select(&KEYS[..]), scalar()).prop_map(|(key, value)| Kind::Insert(key, value)),
    ];
    (any::<usize>(), kind).prop_map(|(at, kind)| Mutation { at, kind })
}

/// The document after some mutations.
pub(crate) fn mutated(document: &Value, mutations: &[Mutation]) -> Value {
    let mut mutated = document.clone();
    for mutation in mutations {
        apply(&mut mutated, mutation);
    }
    mutated
}

fn apply(root: &mut Value, mutation: &Mutation) {
    let mut places = Vec::new();
    collect(root, &mut Vec::new(), &mut places);
    let Some(place) = pick(&places, mutation.at) else {
        return;
    };
    let place = place.clone();
    let Some((last, parent)) = place.split_last() else {
        return;
    };
    match &mutation.kind {
        Kind::Drop => match at(root, parent) {
            Some(Value::Object(object)) => drop(object.remove(last)),
            Some(Value::Array(values)) => drop(last.parse::<usize>().ok().map(|index| values.remove(index))),
            _ => {}
        },
        Kind::Replace(value) => set(root, &place, value.clone()),
        Kind::Cut(share) => {
            if let Some(Value::String(text)) = at(root, &place) {
                let kept = text.chars().count() * share / 100;
                *text = text.chars().take(kept).collect();
            }
        }
        Kind::Nest(depth, wrapper) => {
            if let Some(value) = at(root, &place) {
                for _ in 0..*depth {
                    *value = wrapped(value.take(), *wrapper);
                }
            }
        }
        Kind::Copy(other) => {
            let value = pick(&places, *other)
                .cloned()
                .and_then(|other| at(root, &other).cloned());
            // The document itself in itself only grows it.
            if let Some(value) = value.filter(|value| value.to_string().len() < 5_000) {
                set(root, &place, value);
            }
        }
        Kind::Rename(key) => {
            if let Some(Value::Object(object)) = at(root, parent)
                && let Some(value) = object.remove(last)
            {
                object.insert(key.clone(), value);
            }
        }
        Kind::Refer(other) => {
            if let Some(other) = pick(&places, *other) {
                let reference = format!("#{}", xtask::document::pointer::join(other));
                set(root, &place, json!({ "$ref": reference }));
            }
        }
        Kind::Insert(key, value) => match at(root, &place) {
            Some(Value::Object(object)) => drop(object.insert((*key).to_owned(), value.clone())),
            Some(Value::Array(values)) => values.push(value.clone()),
            _ => {}
        },
    }
}

fn wrapped(value: Value, wrapper: Wrapper) -> Value {
    match wrapper {
        Wrapper::Properties => json!({"properties": {"a": value}}),
        Wrapper::AllOf => json!({"allOf": [value]}),
        Wrapper::Items => json!({"type": ["array", "null"], "items": value}),
        Wrapper::Array => json!([value]),
    }
}

/// The place of every value but the document itself.
fn collect(value: &Value, place: &mut Vec<String>, places: &mut Vec<Vec<String>>) {
    if !place.is_empty() {
        places.push(place.clone());
    }
    let empty = Map::new();
    let (object, array) = match value {
        Value::Object(object) => (object, &[][..]),
        Value::Array(values) => (&empty, values.as_slice()),
        _ => return,
    };
    for (key, value) in object {
        place.push(key.clone());
        collect(value, place, places);
        place.pop();
    }
    for (index, value) in array.iter().enumerate() {
        place.push(index.to_string());
        collect(value, place, places);
        place.pop();
    }
}

fn pick(places: &[Vec<String>], at: usize) -> Option<&Vec<String>> {
    places.get(at % places.len().max(1))
}

fn at<'a>(root: &'a mut Value, place: &[String]) -> Option<&'a mut Value> {
    place.iter().try_fold(root, |value, token| match value {
        Value::Object(object) => object.get_mut(token),
        Value::Array(values) => values.get_mut(token.parse::<usize>().ok()?),
        _ => None,
    })
}

fn set(root: &mut Value, place: &[String], value: Value) {
    if let Some(slot) = at(root, place) {
        *slot = value;
    }
}
