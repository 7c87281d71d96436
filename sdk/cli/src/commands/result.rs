//! The result for each organisation, for readers and for machines.

use serde_json::{Map, Value, json};

use crate::failure::Failure;
use crate::many::Target;
use crate::output::Output;
use crate::table::counted;

/// An organisation as a machine gets it, with what a command has to say of it.
pub(super) fn entry(target: &Target, details: Result<Value, &Failure>) -> Value {
    let mut entry = Map::new();
    if let Some(id) = &target.id {
        entry.insert("id".to_owned(), json!(id));
    }
    entry.insert("name".to_owned(), json!(target.name));
    match details {
        Ok(Value::Object(details)) => entry.extend(details),
        Ok(details) => drop(entry.insert("result".to_owned(), details)),
        Err(failure) => drop(entry.insert("error".to_owned(), failure.json())),
    }
    entry.into()
}

/// Tells of the failures, with their causes.
pub(super) fn failures<'a, T: 'a>(
    targets: &[Target],
    results: impl Iterator<Item = &'a Result<T, Failure>>,
    output: &Output,
) {
    for (target, result) in targets.iter().zip(results) {
        if let Err(failure) = result {
            let text = format!("{}: error: {}", target.name, failure.chain().join("\n  caused by: "));
            output.line(output.paint.paint(crate::paint::Colour::Red, &text));
        }
    }
}

/// A summary: how many organisations there are, and what there is of each sort, if there is any.
pub(super) fn summary(organizations: usize, parts: &[(usize, &str)]) -> String {
    let parts = parts.iter().filter(|(count, _)| *count > 0);
    let parts: Vec<_> = parts.map(|(count, what)| format!("{count} {what}")).collect();
    let parts = if parts.is_empty() {
        "nothing to do".to_owned()
    } else {
        parts.join(", ")
    };
    format!("{}: {parts}", counted(organizations, "organisation"))
}
