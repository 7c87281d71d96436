//! A part of the document without the vendor's words, and the references in it.

use std::collections::{BTreeSet, VecDeque};

use serde_json::{Map, Value, json};

use super::reference::{self, Component};
use super::{neutral, unexpected};
use crate::Result;
use crate::document::grammar::{Kind, Shape, Use, is_extension};
use crate::document::visit::within;
use crate::document::{Document, Warning};
use crate::normalise::GONE;

/// Extracts parts, and keeps account of the components that they refer to.
pub(super) struct Extract<'a> {
    source: &'a Document,
    lenient: bool,
    seen: BTreeSet<Component>,
    queue: VecDeque<Component>,
    kept: Vec<String>,
    warnings: Vec<Warning>,
}

impl<'a> Extract<'a> {
    pub(super) fn new(source: &'a Document, lenient: bool) -> Self {
        Self {
            source,
            lenient,
            seen: BTreeSet::new(),
            queue: VecDeque::new(),
            kept: Vec::new(),
            warnings: Vec::new(),
        }
    }

    /// The next component that something extracted refers to and that is not yet extracted.
    pub(super) fn next_component(&mut self) -> Option<Component> {
        self.queue.pop_front()
    }

    /// Diagnostics that a component is needed.
    pub(super) fn need(&mut self, component: Component) {
        if self.seen.insert(component.clone()) {
            self.queue.push_back(component);
        }
    }

    /// The places that were extracted, and the warnings.
    pub(super) fn finish(self) -> (Vec<String>, Vec<Warning>) {
        (self.kept, self.warnings)
    }

    /// The part without the vendor's words; `None` where, leniently, nothing is left of it.
    pub(super) fn part(&mut self, kind: Kind, value: &Value, place: &str) -> Result<Option<Value>> {
        self.kept.push(place.to_owned());
        self.extract(kind, value, &mut place.to_owned())
    }

    /// Security requirements, and the schemes that they name.
    pub(super) fn requirements(&mut self, value: &Value, place: &str) -> Result<Value> {
        self.security(value, &mut place.to_owned())
    }

    /// An error, or, leniently, a warning.
    pub(super) fn dangling(&mut self, place: &str, message: &str, instead: &str) -> Result<()> {
        if !self.lenient {
            let message = format!("{message}; with --lenient it becomes {instead}");
            return Err(self.source.error(place, message));
        }
        self.warnings
            .push(Warning::new(place, format!("{message}: now {instead}")));
        Ok(())
    }

    fn extract(&mut self, kind: Kind, value: &Value, place: &mut String) -> Result<Option<Value>> {
        let object = match value {
            Value::Object(object) => object,
            Value::Bool(_) if kind == Kind::Schema && place.ends_with("/additionalProperties") => {
                return Ok(Some(value.clone()));
            }
            other => return Err(unexpected(self.source, place, kind.name(), other)),
        };
        if let Some(reference) = object.get("$ref").filter(|_| kind.section().is_some()) {
            self.siblings(kind, object, place);
            return within(place, "$ref", |place| self.reference(kind, reference, place));
        }
        let mut kept = Map::new();
        for (key, value) in object {
            within(place, key, |place| match kind.key(key) {
                Some((Use::Fact, shape)) => {
                    if let Some(value) = self.value(kind, key, shape, value, place)? {
                        kept.insert(key.clone(), value);
                    }
                    Ok(())
                }
                // Ours, of an earlier import: the API no longer has the operation, or these properties.
                Some((Use::Prose, _)) if matches!(kind, Kind::Operation | Kind::Schema) && key == GONE => {
                    kept.insert(key.clone(), value.clone());
                    Ok(())
                }
                Some((Use::Prose, _)) => Ok(()),
                Some((Use::Later, _)) | None => {
                    let message = format!("left out: OpenAPI 3.0 has no `{key}` in {}", kind.name());
                    self.warnings.push(Warning::new(place.as_str(), message));
                    Ok(())
                }
            })?;
        }
        if kind == Kind::Response {
            kept.insert("description".into(), neutral::response(place).into());
        }
        Ok(Some(Value::Object(kept)))
    }

    fn value(
        &mut self,
        kind: Kind,
        key: &str,
        shape: Shape,
        value: &Value,
        place: &mut String,
    ) -> Result<Option<Value>> {
        match (shape, value) {
            (Shape::Plain, value) => self.fact(kind, key, value, place).map(Some),
            (Shape::One(inner), value) => self.extract(inner, value, place),
            (Shape::List(inner), Value::Array(values)) => {
                let mut kept = Vec::with_capacity(values.len());
                for (index, value) in values.iter().enumerate() {
                    kept.extend(within(place, &index.to_string(), |place| {
                        self.extract(inner, value, place)
                    })?);
                }
                Ok(Some(Value::Array(kept)))
            }
            (Shape::Map(inner), Value::Object(values)) => {
                let mut kept = Map::new();
                // A property, a header or a scheme may well be called `x-…`.
                for (name, value) in values {
                    if let Some(value) = within(place, name, |place| self.extract(inner, value, place))? {
                        kept.insert(name.clone(), value);
                    }
                }
                Ok(Some(Value::Object(kept)))
            }
            (Shape::List(_), other) => Err(unexpected(self.source, place, "an array", other)),
            (Shape::Map(_), other) => Err(unexpected(self.source, place, "an object", other)),
        }
    }

    fn fact(&mut self, kind: Kind, key: &str, value: &Value, place: &mut String) -> Result<Value> {
        Ok(match (kind, key, value) {
            (Kind::Flow, "scopes", Value::Object(scopes)) => neutral::scopes(scopes),
            (Kind::Discriminator, "mapping", Value::Object(mapping)) => self.mapping(mapping, place)?,
            (Kind::Operation | Kind::Document, "security", value) => self.security(value, place)?,
            // It is a set.
            (Kind::Schema, "required", Value::Array(names)) => {
                let mut names = names.clone();
                names.sort_by_cached_key(Value::to_string);
                names.dedup();
                Value::Array(names)
            }
            (Kind::Schema, "xml", Value::Object(xml)) => {
                let facts = xml.iter().filter(|(key, _)| !is_extension(key));
                Value::Object(facts.map(|(key, value)| (key.clone(), value.clone())).collect())
            }
            _ => value.clone(),
        })
    }

    /// A reference, at whose `$ref` `place` is.
    fn reference(&mut self, kind: Kind, reference: &Value, place: &str) -> Result<Option<Value>> {
        match reference::resolve(self.source, kind, reference) {
            Ok(component) => {
                self.need(component);
                Ok(Some(json!({ "$ref": reference })))
            }
            Err(message) => {
                let (left, instead) = match kind {
                    Kind::Schema => (Some(json!({})), "an opaque JSON value"),
                    Kind::Response => {
                        let description = neutral::response(place.trim_end_matches("/$ref"));
                        (Some(json!({ "description": description })), "a response without a body")
                    }
                    _ => (None, "nothing: it is left out"),
                };
                self.dangling(place, &message, instead)?;
                Ok(left)
            }
        }
    }

    /// Beside `$ref` nothing counts in OpenAPI 3.0.
    fn siblings(&mut self, kind: Kind, object: &Map<String, Value>, place: &mut String) {
        for key in object.keys().filter(|key| *key != "$ref") {
            if !matches!(kind.key(key), Some((Use::Prose, _))) {
                let message = format!("left out: beside `$ref`, `{key}` does not count in OpenAPI 3.0");
                let place = within(place, key, |place| place.clone());
                self.warnings.push(Warning::new(place, message));
            }
        }
    }

    /// A discriminator's mapping, whose values are references, or names of schemas.
    fn mapping(&mut self, mapping: &Map<String, Value>, place: &mut String) -> Result<Value> {
        let mut kept = Map::new();
        for (value, target) in mapping {
            // A name or a reference; a name is looked for first, as OpenAPI has it.
            let named = target.as_str().map(|name| super::component("schemas", name));
            let resolved = match named.filter(|place| self.source.root.pointer(place).is_some()) {
                Some(place) => reference::resolve(self.source, Kind::Schema, &format!("#{place}").into()),
                None => reference::resolve(self.source, Kind::Schema, target),
            };
            match resolved {
                Ok(component) => {
                    self.need(component);
                    kept.insert(value.clone(), target.clone());
                }
                Err(message) => within(place, value, |place| {
                    self.dangling(place, &message, "nothing: this mapping is left out")
                })?,
            }
        }
        Ok(Value::Object(kept))
    }

    /// Security requirements, which name schemes.
    fn security(&mut self, value: &Value, place: &mut String) -> Result<Value> {
        let Value::Array(requirements) = value else {
            return Err(unexpected(self.source, place, "an array", value));
        };
        let mut kept = Vec::new();
        for (index, requirement) in requirements.iter().enumerate() {
            within(place, &index.to_string(), |place| {
                let Value::Object(schemes) = requirement else {
                    return Err(unexpected(self.source, place, "an object", requirement));
                };
                let mut known = Map::new();
                for (name, scopes) in schemes {
                    let reference = format!("#{}", super::component("securitySchemes", name));
                    match reference::resolve(self.source, Kind::SecurityScheme, &reference.into()) {
                        Ok(component) => {
                            self.need(component);
                            known.insert(name.clone(), scopes.clone());
                        }
                        Err(_) => {
                            let message = format!("there is no security scheme {name:?}");
                            within(place, name, |place| {
                                self.dangling(place, &message, "nothing: it is left out")
                            })?;
                        }
                    }
                }
                if !known.is_empty() || schemes.is_empty() {
                    kept.push(Value::Object(known));
                }
                Ok(())
            })?;
        }
        Ok(Value::Array(kept))
    }
}
