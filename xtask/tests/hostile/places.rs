//! Every string and every key of a document.

use serde_json::{Map, Value};
use xtask::document::pointer;

/// A string or a key.
#[derive(Clone, Debug)]
pub(crate) struct Place {
    path: Vec<String>,
    is_key: bool,
    /// Whether the document is held together by it.
    pub(crate) is_structure: bool,
}

impl Place {
    /// The key, or the key that the string is at.
    pub(crate) fn last(&self) -> &str {
        self.path.last().map_or("", String::as_str)
    }
}

/// What holds names rather than keywords.
const NAMED: [&str; 14] = [
    "callbacks",
    "content",
    "examples",
    "headers",
    "mapping",
    "parameters",
    "paths",
    "properties",
    "requestBodies",
    "responses",
    "schemas",
    "scopes",
    "securitySchemes",
    "variables",
];

/// Strings that are keywords.
const KEYWORDS: [&str; 8] = [
    "$ref",
    "type",
    "in",
    "format",
    "openapi",
    "style",
    "propertyName",
    "x-rust-name",
];

pub(crate) fn places(document: &Value) -> Vec<Place> {
    let mut places = Vec::new();
    collect(document, &mut Vec::new(), &mut places);
    places
}

fn collect(value: &Value, path: &mut Vec<String>, places: &mut Vec<Place>) {
    let parent = path.last().cloned().unwrap_or_default();
    match value {
        Value::Object(object) => {
            for (key, value) in object {
                path.push(key.clone());
                places.push(Place {
                    path: path.clone(),
                    is_key: true,
                    is_structure: !NAMED.contains(&parent.as_str()),
                });
                collect(value, path, places);
                path.pop();
            }
        }
        Value::Array(values) => {
            for (index, value) in values.iter().enumerate() {
                path.push(index.to_string());
                collect(value, path, places);
                path.pop();
            }
        }
        Value::String(_) => places.push(Place {
            path: path.clone(),
            is_key: false,
            is_structure: KEYWORDS.contains(&parent.as_str()),
        }),
        _ => {}
    }
}

/// The document with texts in these places.
pub(crate) fn replaced(document: &Value, texts: &[(&Place, String)]) -> Value {
    let mut replaced = document.clone();
    // From the leaves up, so that the paths hold.
    let mut ordered: Vec<_> = texts.iter().collect();
    ordered.sort_by_key(|(place, _)| (std::cmp::Reverse(place.path.len()), place.is_key));
    for (place, text) in ordered {
        let Some((last, parent)) = place.path.split_last() else {
            continue;
        };
        if !place.is_key {
            if let Some(value) = replaced.pointer_mut(&pointer::join(&place.path)) {
                *value = text.clone().into();
            }
            continue;
        }
        let new = match parent.last().map(String::as_str) {
            // A path keeps its parameters, and gets no others.
            Some("paths") if parent.len() == 1 => format!("{last}/{}", text.replace(['{', '}'], " ")),
            // Of two values of one type the first counts, by the alphabet.
            Some("mapping") => format!("{last}{text}"),
            _ => text.clone(),
        };
        let Some(Value::Object(object)) = replaced.pointer_mut(&pointer::join(parent)) else {
            continue;
        };
        if object.contains_key(&new) {
            continue;
        }
        *object = std::mem::take(object)
            .into_iter()
            .map(|(key, value)| {
                if &key == last {
                    (new.clone(), value)
                } else {
                    (key, value)
                }
            })
            .collect::<Map<_, _>>();
        let reference = |name: &str| {
            let path = parent.iter().map(String::as_str).chain([name]);
            format!("#{}", pointer::join(path)).replace('%', "%25")
        };
        refer(&mut replaced, &reference(last), &reference(&new));
    }
    replaced
}

/// Has what referred to one place refer to another.
fn refer(value: &mut Value, old: &str, new: &str) {
    match value {
        Value::Object(object) => {
            for (key, value) in object {
                match value {
                    Value::String(reference) if key == "$ref" && reference == old => new.clone_into(reference),
                    value => refer(value, old, new),
                }
            }
        }
        Value::Array(values) => values.iter_mut().for_each(|value| refer(value, old, new)),
        _ => {}
    }
}
