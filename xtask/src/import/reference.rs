use serde_json::Value;

use crate::document::grammar::Kind;
use crate::document::{self, Document, pointer};

/// How many references may follow on one another before there has to be a value.
const MAX_CHAIN: usize = 50;

/// A component that something refers to: its section of `components` and its name.
pub(super) type Component = (&'static str, String);

/// The component that a `$ref` in the place of a `kind` refers to, or why it refers to nothing.
///
/// A component may itself be a reference: those are followed, to see that there is a value in the end.
pub(super) fn resolve(source: &Document, kind: Kind, reference: &Value) -> Result<Component, String> {
    let first = step(source, kind, reference)?;
    let mut target = first.clone();
    for _ in 0..MAX_CHAIN {
        let place = super::component(target.0, &target.1);
        match source.root.pointer(&place).and_then(|value| value.get("$ref")) {
            None => return Ok(first),
            Some(next) => {
                target =
                    step(source, kind, next).map_err(|why| format!("`$ref` {reference} leads to #{place}: {why}"))?;
            }
        }
    }
    Err(format!(
        "`$ref` {reference} leads from reference to reference, in a circle or over {MAX_CHAIN} times, and so to nothing"
    ))
}

/// What one reference refers to, be it a value or a reference.
fn step(source: &Document, kind: Kind, reference: &Value) -> Result<Component, String> {
    let Value::String(text) = reference else {
        return Err(format!("a `$ref` is text, but this is {}", document::kind(reference)));
    };
    let Some(place) = pointer::of_reference(text) else {
        return Err(format!(
            "`$ref` {text:?} is not to a place in this document, and other files are not read: bundle them into one first"
        ));
    };
    let tokens: Vec<_> = pointer::tokens(&place).collect();
    match (kind.section(), tokens.as_slice()) {
        (Some(section), [components, found, name]) if components == "components" && found == section => {
            match source.root.pointer(&place) {
                Some(_) => Ok((section, name.clone().into_owned())),
                None => Err(format!("`$ref` {text:?} refers to nothing")),
            }
        }
        // What lies elsewhere has been moved to `components` by now, if it is there and of the right kind.
        _ if source.root.pointer(&place).is_some() => Err(format!(
            "`$ref` {text:?} does not refer to {}, which is expected here",
            kind.name()
        )),
        _ => Err(format!("`$ref` {text:?} refers to nothing")),
    }
}
