//! From a JSON value to an overlay: every key known, every value of its type.

use std::path::Path;

use serde_json::{Map, Value};
use serde_json_path::JsonPath;

use super::Overlay;
use super::action::{self, Action, Change};
use super::place::kind;
use crate::{Error, Result};

pub(super) fn overlay(file: &Path, value: Value) -> Result<Overlay> {
    let at = |pointer: &str, message: String| Error::document(file, pointer, message);

    let mut root = object(value).map_err(|message| at("", message))?;
    let version = required(&mut root, "overlay", string).map_err(|message| at("/overlay", message))?;
    if !is_supported(&version) {
        let message = format!("{version:?} is not a version that can be applied: 1.0.0 is, and its patches");
        return Err(at("/overlay", message));
    }
    let mut info = required(&mut root, "info", object).map_err(|message| at("/info", message))?;
    let title = required(&mut info, "title", string).map_err(|message| at("/info/title", message))?;
    let version = required(&mut info, "version", string).map_err(|message| at("/info/version", message))?;
    nothing_else(&info, &["title", "version"]).map_err(|message| at("/info", message))?;
    let extends = optional(&mut root, "extends", string).map_err(|message| at("/extends", message))?;
    let actions = required(&mut root, "actions", array).map_err(|message| at("/actions", message))?;
    nothing_else(&root, &["overlay", "info", "extends", "actions"]).map_err(|message| at("", message))?;
    if actions.is_empty() {
        return Err(at("/actions", "there has to be at least one action".to_owned()));
    }

    let actions = actions.into_iter().zip(1..).map(|(value, number)| {
        let target = target_of(&value);
        read_action(value).map_err(|message| action::error(file, number, &target, message))
    });
    Ok(Overlay {
        file: file.to_owned(),
        title,
        version,
        extends,
        actions: actions.collect::<Result<_>>()?,
    })
}

/// The target as an error names it, whatever else is wrong with the action.
fn target_of(action: &Value) -> String {
    match action.get("target") {
        Some(Value::String(target)) => target.clone(),
        Some(_) | None => "no target".to_owned(),
    }
}

fn read_action(value: Value) -> Result<Action, String> {
    let mut action = object(value)?;
    let named = |key: &'static str| move |message: String| format!("{key}: {message}");

    let target = required(&mut action, "target", string).map_err(named("target"))?;
    let path = JsonPath::parse(&target).map_err(|error| format!("this is not a JSONPath (RFC 9535): {error}"))?;
    optional(&mut action, "description", string).map_err(named("description"))?;
    let remove = optional(&mut action, "remove", boolean).map_err(named("remove"))?;
    let update = action.remove("update");
    nothing_else(&action, &["target", "description", "update", "remove"])?;

    let change = match (update, remove.unwrap_or(false)) {
        (Some(update), false) => Change::Update(update),
        (None, true) => Change::Remove,
        (None, false) => return Err("it does nothing: give it `update`, or `remove: true`".to_owned()),
        (Some(_), true) => return Err("it has both `update` and `remove`: make two actions of it".to_owned()),
    };
    Ok(Action { target, path, change })
}

/// Whether this is 1.0.x.
fn is_supported(version: &str) -> bool {
    version
        .strip_prefix("1.0.")
        .is_some_and(|patch| !patch.is_empty() && patch.bytes().all(|byte| byte.is_ascii_digit()))
}

fn required<T>(from: &mut Map<String, Value>, key: &str, read: fn(Value) -> Result<T, String>) -> Result<T, String> {
    optional(from, key, read)?.ok_or_else(|| "this key is missing".to_owned())
}

fn optional<T>(
    from: &mut Map<String, Value>,
    key: &str,
    read: fn(Value) -> Result<T, String>,
) -> Result<Option<T>, String> {
    from.remove(key).map(read).transpose()
}

/// Rejects what has not been taken out by now, extensions (`x-…`) excepted.
fn nothing_else(rest: &Map<String, Value>, known: &[&str]) -> Result<(), String> {
    match rest.keys().find(|key| !key.starts_with("x-")) {
        None => Ok(()),
        Some(key) => Err(format!("unknown key {key:?}; known are {}, and x-…", known.join(", "))),
    }
}

fn object(value: Value) -> Result<Map<String, Value>, String> {
    match value {
        Value::Object(map) => Ok(map),
        other => Err(expected("an object", &other)),
    }
}

fn array(value: Value) -> Result<Vec<Value>, String> {
    match value {
        Value::Array(values) => Ok(values),
        other => Err(expected("an array", &other)),
    }
}

fn string(value: Value) -> Result<String, String> {
    match value {
        Value::String(text) => Ok(text),
        other => Err(expected("a string", &other)),
    }
}

fn boolean(value: Value) -> Result<bool, String> {
    match value {
        Value::Bool(flag) => Ok(flag),
        other => Err(expected("true or false", &other)),
    }
}

fn expected(what: &str, found: &Value) -> String {
    format!("{what} is expected here, not {}", kind(found))
}
