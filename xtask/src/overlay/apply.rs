//! One action, applied.

use serde_json::Value;

use super::action::{Action, Change};
use super::merge::merge;
use super::place::{Place, kind};

/// Applies one action. On an error the document may be half changed.
pub(super) fn apply(action: &Action, document: &mut Value) -> Result<(), String> {
    let places = Place::all(&action.path, document);
    if places.is_empty() {
        return Err("the target matches nothing: mend it, or remove the action".to_owned());
    }
    for place in &places {
        match place.find(document) {
            Some(Value::Object(_) | Value::Array(_)) => {}
            Some(scalar) => {
                let kind = kind(scalar);
                return Err(format!(
                    "#{place} is {kind}; an action can change objects and arrays only: aim at what holds it"
                ));
            }
            // Not reached: the path has just been found in this document.
            None => return Err(format!("#{place} is gone")),
        }
    }
    places.iter().try_for_each(|place| match &action.change {
        Change::Update(update) => amend(place, update, document),
        Change::Remove => remove(place, document),
    })
}

fn amend(place: &Place, update: &Value, document: &mut Value) -> Result<(), String> {
    match place.find(document) {
        Some(Value::Array(values)) => {
            values.push(update.clone());
            Ok(())
        }
        Some(value) => merge(value, update, &place.to_string()),
        None => Err(format!("#{place} is gone")),
    }
}

fn remove(place: &Place, document: &mut Value) -> Result<(), String> {
    if place.is_root() {
        return Err("the whole document cannot be removed".to_owned());
    }
    place
        .take(document)
        .map(drop)
        .ok_or_else(|| format!("#{place} is gone"))
}
