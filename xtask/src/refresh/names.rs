//! From a place in the document to the name by which users know it.

use serde_json::Value;

use super::Side;
use crate::api::Api;
use crate::diff::Change;
use crate::document::{self, pointer};
use crate::generate::setters;
use crate::normalise::{pascal, snake};

/// The name of what a change is about, as code in Markdown.
pub(super) fn of(change: &Change, side: Side<'_>, api: &Api) -> Option<String> {
    if let Some(name) = of_schema(&change.pointer, side) {
        let value = change.after.as_ref().or(change.before.as_ref()).and_then(Value::as_str);
        let value = value.filter(|_| change.rule.starts_with("enum-value"));
        return Some(match (value, setter(&change.pointer, side, api)) {
            (Some(value), _) => format!("`{name}::{}`", pascal(value)),
            (None, Some(setter)) => format!("`{name}` (setter `{setter}`)"),
            (None, None) => format!("`{name}`"),
        });
    }
    let operations = document::operations(&side.document.root);
    let within = |place: &str| {
        let rest = change.pointer.strip_prefix(place);
        rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
    };
    let id = operations.iter().find(|located| within(&located.pointer))?.id?;
    let methods = api
        .operations
        .get(id)
        .map(|operation| operation.methods.as_slice())
        .unwrap_or_default();
    if methods.is_empty() {
        return Some(format!("`{}` of the generated client", snake(id)));
    }
    let quoted: Vec<_> = methods.iter().map(|method| format!("`{method}`")).collect();
    Some(quoted.join(" and "))
}

/// The setter of a property of the settings, or of what they hold.
fn setter(place: &str, side: Side<'_>, api: &Api) -> Option<String> {
    let tokens: Vec<_> = pointer::tokens(place).collect();
    let [_, _, original, properties, wire, ..] = tokens.as_slice() else {
        return None;
    };
    let (name, _) = side.normalised.originals.iter().find(|(_, known)| *known == original)?;
    let setters = setters::of(side.normalised, api);
    let ty = setters
        .types
        .iter()
        .find(|ty| ty.name == *name && properties == "properties")?;
    let named = ty.properties.iter().find(|named| named.property.wire == *wire)?;
    Some(named.setter().to_owned())
}

/// The type, and the field where it is one's, of a place in the component schemas.
pub(super) fn of_schema(place: &str, side: Side<'_>) -> Option<String> {
    let tokens: Vec<_> = pointer::tokens(place).collect();
    let [components, schemas, original, rest @ ..] = tokens.as_slice() else {
        return None;
    };
    if components != "components" || schemas != "schemas" {
        return None;
    }
    let (name, _) = side.normalised.originals.iter().find(|(_, known)| *known == original)?;
    // A name, not the keyword, follows `properties`.
    let mut fields = Vec::new();
    let mut rest = rest.iter();
    while let Some(token) = rest.next() {
        if token == "properties" {
            fields.extend(rest.next().map(|property| snake(property)));
        }
    }
    Some(match fields.is_empty() {
        true => name.clone(),
        false => format!("{name}::{}", fields.join(".")),
    })
}
