//! One action, applied.

use serde_json::Value;

use super::action::{Action, Change};
use super::merge::merge;
use super::place::{Place, kind};

/// Applies one action wherever it fits, and says where it does not: a place that it does not fit stays as it is.
pub(super) fn apply(action: &Action, document: &mut Value) -> Vec<String> {
    let places = Place::all(&action.path, document);
    if places.is_empty() {
        return vec!["the target matches nothing".to_owned()];
    }
    let mut misfits = Vec::new();
    for place in &places {
        misfits.extend(at(place, &action.change, document).err());
    }
    misfits
}

fn at(place: &Place, change: &Change, document: &mut Value) -> Result<(), String> {
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
    match change {
        Change::Update(update) => amend(place, update, document),
        Change::Remove => remove(place, document),
    }
}

fn amend(place: &Place, update: &Value, document: &mut Value) -> Result<(), String> {
    match place.find(document) {
        Some(Value::Array(values)) => {
            values.push(update.clone());
            Ok(())
        }
        Some(value) => {
            let mut merged = value.clone();
            merge(&mut merged, update, &place.to_string())?;
            *value = merged;
            Ok(())
        }
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
