//! Comparing two operations: parameters, bodies and responses.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use super::change::{Change, Direction};
use super::rules::Rule;
use super::schemas::Pair;
use super::view::{Place, children};
use crate::api::Auth;
use crate::document::grammar::{Kind, Use, is_extension};
use crate::document::{Located, pointer};

/// The changes of an operation, and the schemas that are to be compared.
pub(super) struct Compare<'a> {
    /// What the transport sends.
    pub(super) auth: &'a Auth,
    pub(super) old_root: &'a Value,
    pub(super) new_root: &'a Value,
    pub(super) changes: Vec<Change>,
    pub(super) schemas: Vec<(Pair<'a>, Direction)>,
}

impl<'a> Compare<'a> {
    pub(super) fn operations(&mut self, old: &Located<'a>, new: &Located<'a>) {
        let place = |located: &Located<'a>| Place {
            value: located.operation,
            pointer: located.pointer.clone(),
        };
        let (before, after) = (place(old), place(new));
        if old.id != new.id {
            let name = |id: Option<&str>| id.unwrap_or("nothing").to_owned();
            let message = format!(
                "{}: the operation id was {}, is {}",
                new.route(),
                name(old.id),
                name(new.id)
            );
            self.note(
                Rule::OperationRenamed,
                None,
                &after.pointer,
                message,
                old.id.map(Value::from),
                new.id.map(Value::from),
            );
        }
        if old.route() != new.route() {
            let message = format!(
                "{} was {}, is {}",
                new.id.unwrap_or("the operation"),
                old.route(),
                new.route()
            );
            self.note(
                Rule::OperationMoved,
                None,
                &after.pointer,
                message,
                Some(old.route().into()),
                Some(new.route().into()),
            );
        }
        let deprecated = |place: &Place<'_>| place.value.get("deprecated") == Some(&Value::Bool(true));
        let name = new.id.unwrap_or("the operation");
        match (deprecated(&before), deprecated(&after)) {
            (false, true) => self.say(
                Rule::OperationDeprecated,
                None,
                &after.pointer,
                format!("{name} is now deprecated"),
            ),
            (true, false) => {
                self.say(
                    Rule::OperationUndeprecated,
                    None,
                    &after.pointer,
                    format!("{name} is no longer deprecated"),
                );
            }
            _ => {}
        }
        let (old_security, new_security) = (security(self.old_root, &before), security(self.new_root, &after));
        if old_security != new_security {
            let message = format!("{name}: the credentials that it takes changed");
            self.note(
                Rule::SecurityChanged,
                Some(Direction::Request),
                &after.pointer,
                message,
                Some(old_security),
                Some(new_security),
            );
        }
        self.prose(Kind::Operation, None, &before, &after);
        self.parameters(old, new);
        self.request_bodies(&before, &after);
        self.responses(&before, &after);
    }

    fn say(&mut self, rule: Rule, direction: Option<Direction>, pointer: &str, message: String) {
        self.changes.push(Change::new(rule, direction, pointer, message));
    }

    fn note(
        &mut self,
        rule: Rule,
        direction: Option<Direction>,
        pointer: &str,
        message: String,
        before: Option<Value>,
        after: Option<Value>,
    ) {
        self.changes
            .push(Change::new(rule, direction, pointer, message).with(before, after));
    }

    /// What is only explained otherwise.
    fn prose(&mut self, kind: Kind, direction: Option<Direction>, old: &Place<'a>, new: &Place<'a>) {
        let words = |place: &Place<'a>| -> BTreeMap<&'a str, &'a Value> {
            let object = place.value.as_object().into_iter().flatten();
            object
                .filter(|(key, _)| matches!(kind.key(key), Some((Use::Prose, _))))
                .map(|(key, value)| (key.as_str(), value))
                .collect()
        };
        let (before, after) = (words(old), words(new));
        let mut keys: Vec<_> = before.keys().chain(after.keys()).copied().collect();
        keys.sort_unstable();
        keys.dedup();
        for key in keys.into_iter().filter(|key| before.get(key) != after.get(key)) {
            let message = format!("{key} changed");
            self.say(
                Rule::ProseChanged,
                direction,
                &pointer::child(&new.pointer, key),
                message,
            );
        }
    }

    fn transports(&self, (place, name): &(&str, &str)) -> bool {
        *place == "header" && self.auth.sends(name)
    }

    fn parameters(&mut self, old: &Located<'a>, new: &Located<'a>) {
        let before = parameters(self.old_root, old);
        let after = parameters(self.new_root, new);
        let direction = Some(Direction::Request);
        for (key, now) in &after {
            let shown = format!("{} parameter {}", key.0, key.1);
            let required = is_required(now.value);
            let Some(then) = before.get(key) else {
                let rule = match (self.transports(key), required) {
                    (true, _) => Rule::TransportParameterChanged,
                    (false, true) => Rule::RequiredParameterAdded,
                    (false, false) => Rule::ParameterAdded,
                };
                self.say(rule, direction, &now.pointer, format!("{shown} added"));
                continue;
            };
            if self.transports(key) {
                if facts(Kind::Parameter, then.value) != facts(Kind::Parameter, now.value) {
                    self.say(
                        Rule::TransportParameterChanged,
                        direction,
                        &now.pointer,
                        format!("{shown} changed"),
                    );
                }
                self.prose(Kind::Parameter, direction, then, now);
                continue;
            }
            self.requiredness(then, now, &shown);
            for key in ["style", "explode", "allowReserved", "allowEmptyValue"] {
                let (before, after) = (then.value.get(key), now.value.get(key));
                if before != after {
                    let message = format!("{shown}: {key} changed");
                    self.note(
                        Rule::ParameterChanged,
                        direction,
                        &now.pointer,
                        message,
                        before.cloned(),
                        after.cloned(),
                    );
                }
            }
            self.prose(Kind::Parameter, direction, then, now);
            self.schema(then, now, Direction::Request);
            self.contents(then, now, Direction::Request);
        }
        for (key, then) in before.iter().filter(|(key, _)| !after.contains_key(*key)) {
            let rule = if self.transports(key) {
                Rule::TransportParameterChanged
            } else {
                Rule::ParameterRemoved
            };
            self.say(
                rule,
                direction,
                &then.pointer,
                format!("{} parameter {} removed", key.0, key.1),
            );
        }
    }

    fn requiredness(&mut self, old: &Place<'a>, new: &Place<'a>, name: &str) {
        let (rule, how) = match (is_required(old.value), is_required(new.value)) {
            (false, true) => (Rule::BecameRequired, "is now required"),
            (true, false) => (Rule::BecameOptional, "is no longer required"),
            _ => return,
        };
        self.say(rule, Some(Direction::Request), &new.pointer, format!("{name} {how}"));
    }

    fn request_bodies(&mut self, old: &Place<'a>, new: &Place<'a>) {
        let body = |place: &Place<'a>, root| place.child("requestBody").and_then(|body| body.resolved(root));
        let direction = Some(Direction::Request);
        match (body(old, self.old_root), body(new, self.new_root)) {
            (None, Some(now)) => {
                let rule = if is_required(now.value) {
                    Rule::RequiredBodyAdded
                } else {
                    Rule::BodyAdded
                };
                self.say(rule, direction, &now.pointer, "request body added".into());
            }
            (Some(then), None) => self.say(
                Rule::BodyRemoved,
                direction,
                &then.pointer,
                "request body removed".into(),
            ),
            (Some(then), Some(now)) => {
                self.requiredness(&then, &now, "the request body");
                self.prose(Kind::RequestBody, direction, &then, &now);
                self.contents(&then, &now, Direction::Request);
            }
            (None, None) => {}
        }
    }

    fn responses(&mut self, old: &Place<'a>, new: &Place<'a>) {
        let statuses = |place: &Place<'a>, root: &'a Value| -> BTreeMap<&'a str, Place<'a>> {
            let Some(responses) = place.child("responses") else {
                return BTreeMap::new();
            };
            let keys = responses
                .value
                .as_object()
                .into_iter()
                .flat_map(Map::keys)
                .filter(|key| !is_extension(key));
            keys.filter_map(|key| Some((key.as_str(), responses.child(key)?.resolved(root)?)))
                .collect()
        };
        let (mut before, mut after) = (statuses(old, self.old_root), statuses(new, self.new_root));
        // The generator knows one success, under whatever status it is: where each document has but one, it is that.
        if let (Some(then), Some(now)) = (only_success(&before), only_success(&after)) {
            for (responses, status) in [(&mut before, then), (&mut after, now)] {
                let response = responses.remove(status);
                responses.extend(response.map(|response| ("2XX", response)));
            }
        }
        let direction = Some(Direction::Response);
        for (status, now) in &after {
            let Some(then) = before.get(status) else {
                let rule = if status.starts_with('2') {
                    Rule::SuccessAdded
                } else {
                    Rule::FailureAdded
                };
                self.say(rule, direction, &now.pointer, format!("status {status} added"));
                continue;
            };
            self.prose(Kind::Response, direction, then, now);
            self.contents(then, now, Direction::Response);
            self.headers(then, now);
        }
        for (status, then) in before.iter().filter(|(status, _)| !after.contains_key(*status)) {
            let rule = if status.starts_with('2') {
                Rule::SuccessRemoved
            } else {
                Rule::FailureRemoved
            };
            self.say(rule, direction, &then.pointer, format!("status {status} removed"));
        }
    }

    fn headers(&mut self, old: &Place<'a>, new: &Place<'a>) {
        let (before, after) = (named(old, "headers"), named(new, "headers"));
        let direction = Some(Direction::Response);
        for (name, now) in &after {
            match before.get(name) {
                None => self.say(
                    Rule::HeaderAdded,
                    direction,
                    &now.pointer,
                    format!("header {name} added"),
                ),
                Some(then) => {
                    let both = (
                        then.clone().resolved(self.old_root),
                        now.clone().resolved(self.new_root),
                    );
                    if let (Some(then), Some(now)) = both {
                        self.prose(Kind::Header, direction, &then, &now);
                        self.schema(&then, &now, Direction::Response);
                    }
                }
            }
        }
        for (name, then) in before.iter().filter(|(name, _)| !after.contains_key(*name)) {
            self.say(
                Rule::HeaderRemoved,
                direction,
                &then.pointer,
                format!("header {name} removed"),
            );
        }
    }

    fn contents(&mut self, old: &Place<'a>, new: &Place<'a>, direction: Direction) {
        let (before, after) = (media_types(old), media_types(new));
        for (kind, now) in &after {
            match before.get(kind) {
                None => self.say(
                    Rule::ContentTypeAdded,
                    Some(direction),
                    &now.pointer,
                    format!("{kind} added"),
                ),
                Some(then) => {
                    self.prose(Kind::MediaType, Some(direction), then, now);
                    self.schema(then, now, direction);
                }
            }
        }
        for (kind, then) in before.iter().filter(|(kind, _)| !after.contains_key(*kind)) {
            self.say(
                Rule::ContentTypeRemoved,
                Some(direction),
                &then.pointer,
                format!("{kind} removed"),
            );
        }
    }

    fn schema(&mut self, old: &Place<'a>, new: &Place<'a>, direction: Direction) {
        match (old.child("schema"), new.child("schema")) {
            (Some(before), Some(after)) => self.schemas.push(((before, after), direction)),
            (Some(before), None) => {
                let message = "the schema is gone".to_owned();
                self.note(
                    Rule::TypeChanged,
                    Some(direction),
                    &new.pointer,
                    message,
                    Some(before.value.clone()),
                    None,
                );
            }
            (None, Some(after)) => {
                let message = "there was no schema".to_owned();
                self.note(
                    Rule::TypeChanged,
                    Some(direction),
                    &after.pointer,
                    message,
                    None,
                    Some(after.value.clone()),
                );
            }
            (None, None) => {}
        }
    }
}

/// The status of the response that the generator takes as the success, if there is but one: the only one of 2xx, or
/// `default` where there is none.
fn only_success<'a>(responses: &BTreeMap<&'a str, Place<'_>>) -> Option<&'a str> {
    let mut successes = responses.keys().copied().filter(|status| status.starts_with('2'));
    match (successes.next(), successes.next()) {
        (Some(only), None) => Some(only),
        (Some(_), Some(_)) => None,
        (None, _) => responses.keys().copied().find(|status| *status == "default"),
    }
}

/// The media types by what the generator takes them for: JSON is JSON, whatever is said beside it.
fn media_types<'a>(place: &Place<'a>) -> BTreeMap<&'a str, Place<'a>> {
    let mut found = BTreeMap::new();
    for (name, media) in named(place, "content") {
        let essence = name.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
        let name = if essence == "application/json" || essence == "*/*" {
            "application/json"
        } else {
            name
        };
        found.entry(name).or_insert(media);
    }
    found
}

/// The values under a key, by their names there.
fn named<'a>(place: &Place<'a>, key: &str) -> BTreeMap<&'a str, Place<'a>> {
    let Some(values) = place.child(key) else {
        return BTreeMap::new();
    };
    let names = values.value.as_object().into_iter().flat_map(Map::keys);
    names
        .filter_map(|name| Some((name.as_str(), values.child(name)?)))
        .collect()
}

/// The parameters by place and name; those of the operation count before those of its path item.
fn parameters<'a>(root: &'a Value, located: &Located<'a>) -> BTreeMap<(&'a str, &'a str), Place<'a>> {
    let operation = Place {
        value: located.operation,
        pointer: located.pointer.clone(),
    };
    let shared = root.pointer(&pointer::join(["paths", located.path]));
    let shared = shared.map(|value| Place {
        value,
        pointer: pointer::join(["paths", located.path]),
    });
    let mut found = BTreeMap::new();
    for list in [Some(operation), shared]
        .into_iter()
        .flatten()
        .map(|place| children(&place, "parameters"))
    {
        for parameter in list.into_iter().filter_map(|parameter| parameter.resolved(root)) {
            let text = |key: &str| parameter.value.get(key).and_then(Value::as_str);
            if let (Some(place), Some(name)) = (text("in"), text("name")) {
                found.entry((place, name)).or_insert(parameter);
            }
        }
    }
    found
}

fn is_required(value: &Value) -> bool {
    value.get("required") == Some(&Value::Bool(true))
}

/// What is not prose, of one level.
fn facts(kind: Kind, value: &Value) -> BTreeMap<&str, &Value> {
    let object = value.as_object().into_iter().flatten();
    object
        .filter(|(key, _)| !matches!(kind.key(key), Some((Use::Prose, _))))
        .map(|(key, value)| (key.as_str(), value))
        .collect()
}

/// The requirements that count for the operation, each with what its scheme says.
fn security(root: &Value, operation: &Place<'_>) -> Value {
    let requirements = operation.value.get("security").or_else(|| root.get("security"));
    let requirements = requirements.and_then(Value::as_array).into_iter().flatten();
    let described = requirements.map(|requirement| {
        let schemes = requirement.as_object().into_iter().flatten().map(|(name, scopes)| {
            let scheme = root.pointer(&pointer::join(["components", "securitySchemes", name]));
            let scheme = scheme.map(|scheme| json!(facts(Kind::SecurityScheme, scheme)));
            (name.clone(), json!({"scheme": scheme, "scopes": scopes}))
        });
        Value::Object(schemes.collect())
    });
    described.collect()
}
