use serde_json::Value;

use crate::document::grammar::Kind;
use crate::document::{Document, pointer};

/// A component that something refers to: its section of `components` and its name.
pub(super) type Component = (&'static str, String);

/// How many references may follow on one another before there has to be a value.
const MAX_CHAIN: usize = 50;

/// The component that a `$ref` in the place of a `kind` refers to, or why it refers to nothing.
pub(super) fn resolve(source: &Document, kind: Kind, reference: &str) -> Result<Component, String> {
    let Some(place) = pointer::of_reference(reference) else {
        return Err(format!(
            "`$ref` {reference:?} is not to this document, and other files are not read: bundle them into one document \
             first"
        ));
    };
    let tokens: Vec<_> = pointer::tokens(&place).collect();
    let nothing = || format!("`$ref` {reference:?} refers to nothing");
    let Some(section) = kind.section() else {
        return Err(nothing());
    };
    match tokens.as_slice() {
        [components, found, name] if components == "components" && found == section => {
            let name = name.clone().into_owned();
            ends(source, kind, &place, reference).map(|()| (section, name))
        }
        // What lies elsewhere has been moved to `components` by now, if it is there and of the right kind.
        [components, found, _] if components == "components" => Err(format!(
            "`$ref` {reference:?} refers to one of `{found}`, but {} is expected here",
            kind.name()
        )),
        _ => Err(nothing()),
    }
}

/// Whether the references lead to a value at last, not to nothing nor in a circle.
fn ends(source: &Document, kind: Kind, place: &str, reference: &str) -> Result<(), String> {
    let mut seen = Vec::new();
    let mut place = place.to_owned();
    loop {
        let Some(target) = source.root.pointer(&place) else {
            return Err(if seen.is_empty() {
                format!("`$ref` {reference:?} refers to nothing")
            } else {
                format!("`$ref` {reference:?} leads to #{place}, where there is nothing")
            });
        };
        seen.push(place);
        if seen.len() > MAX_CHAIN {
            return Err(format!(
                "`$ref` {reference:?} leads from reference to reference, over {MAX_CHAIN} times"
            ));
        }
        match target.get("$ref") {
            Some(Value::String(next)) if kind != Kind::PathItem => {
                // A reference to another file, or none: an error of its own, at its own place.
                let Some(next) = pointer::of_reference(next) else {
                    return Ok(());
                };
                place = next.into_owned();
                if seen.contains(&place) {
                    return Err(format!("`$ref` {reference:?} leads back to itself, and so to nothing"));
                }
            }
            _ => return Ok(()),
        }
    }
}
