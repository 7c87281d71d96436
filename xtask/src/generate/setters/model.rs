//! A property of the settings, as far as its setters need to know it.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::api::{Api, Unit};
use crate::generate::docs;
use crate::normalise::{HINTS, ID_FORMAT, Normalised, Shape};

/// A property of a type.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Property {
    /// The field's name.
    pub field: String,
    /// The name on the wire.
    pub wire: String,
    /// What it is, as Markdown.
    pub description: String,
    /// What it holds.
    pub form: Form,
    /// The name that the overlay gives its setter.
    pub setter: Option<String>,
    /// The name that the overlay gives the setter of an item or an entry.
    pub item: Option<String>,
}

/// What a property holds.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Form {
    /// A value.
    Value(Kind),
    /// A list; whether items can be told apart, so that one can be added and taken out.
    List(Kind, bool),
    /// An object of this type.
    Object(String),
    /// A map of objects of this type.
    Map(Key, String),
    /// A map of values.
    Values(Key, Kind),
    /// A map of lists.
    Lists(Key, Kind),
}

/// What a value is.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Kind {
    /// A boolean.
    Bool,
    /// A number of 32 bits.
    I32,
    /// A number of 64 bits.
    I64,
    /// Any number.
    F64,
    /// A text.
    Text,
    /// A text that is not shown.
    Secret,
    /// An id.
    Id,
    /// A duration in s.
    Seconds,
    /// A duration in ms.
    Milliseconds,
    /// A type by its path.
    Type(String),
}

/// What a map's keys are.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Key {
    /// Numbers of 32 bits.
    Number,
    /// Any text.
    Text,
}

/// The types that the settings hold, by name, each with its properties.
pub(super) fn types(normalised: &Normalised, api: &Api, notes: &mut Vec<String>) -> BTreeMap<String, Vec<Property>> {
    let is_root = |original: &String| api.settings.roots.contains(original);
    let roots = normalised.originals.iter().filter(|(_, original)| is_root(original));
    let mut pending: Vec<String> = roots.map(|(name, _)| name.clone()).collect();
    let mut types = BTreeMap::new();
    while let Some(name) = pending.pop() {
        if types.contains_key(&name) {
            continue;
        }
        let schema = normalised
            .document
            .pointer("/components/schemas")
            .and_then(|schemas| schemas.get(&name));
        let properties = schema
            .and_then(|schema| schema.get("properties"))
            .and_then(Value::as_object);
        let mut found = Vec::new();
        for (field, schema) in properties.into_iter().flatten() {
            found.push(Reading::new(normalised, api, &name, field, schema).property(notes, &mut pending));
        }
        types.insert(name, found);
    }
    types
}

/// A property that is being read.
struct Reading<'a> {
    normalised: &'a Normalised,
    type_name: &'a str,
    field: &'a str,
    wire: &'a str,
    schema: &'a Value,
    unit: Option<Unit>,
}

impl<'a> Reading<'a> {
    fn new(normalised: &'a Normalised, api: &Api, type_name: &'a str, field: &'a str, schema: &'a Value) -> Self {
        let wire = normalised.wire_names.get(&(type_name.to_owned(), field.to_owned()));
        let wire = wire.map_or(field, String::as_str);
        Self {
            normalised,
            type_name,
            field,
            wire,
            schema,
            unit: api.units.of(wire),
        }
    }

    fn property(mut self, notes: &mut Vec<String>, pending: &mut Vec<String>) -> Property {
        let [setter, item, unit, key] = HINTS.map(|hint| self.schema.get(hint).and_then(Value::as_str));
        match unit {
            Some("s") => self.unit = Some(Unit::Seconds),
            Some("ms") => self.unit = Some(Unit::Milliseconds),
            Some("none") => self.unit = None,
            Some(other) => notes.push(self.nothing("x-unit", other, "`s`, `ms` or `none`")),
            None => {}
        }
        let key = match key {
            Some("int32") => Key::Number,
            Some(other) => {
                notes.push(self.nothing("x-key", other, "`int32`"));
                Key::Text
            }
            None => Key::Text,
        };
        let form = self.form(key);
        pending.extend(match &form {
            Form::Object(name) | Form::Map(_, name) => Some(name.clone()),
            _ => None,
        });
        let description = self.schema.get("description").and_then(Value::as_str);
        Property {
            field: self.field.to_owned(),
            wire: self.wire.to_owned(),
            description: description.unwrap_or_default().to_owned(),
            form,
            setter: setter.map(str::to_owned),
            item: item.map(str::to_owned),
        }
    }

    fn nothing(&self, hint: &str, said: &str, known: &str) -> String {
        let (name, wire) = (self.type_name, docs::code(self.wire));
        format!(
            "the {hint} of {wire} in `{name}` is {}, which is none of {known}",
            docs::code(said)
        )
    }

    fn form(&self, key: Key) -> Form {
        if let Some(object) = self.object(self.schema) {
            return Form::Object(object);
        }
        if let Some(item) = items(self.schema) {
            let kind = self.kind(item);
            let distinct = !matches!(kind, Kind::Type(_)) || self.is_enum(item);
            return Form::List(kind, distinct);
        }
        match values(self.schema) {
            None => Form::Value(self.kind(self.schema)),
            Some(value) => match (self.object(value), items(value)) {
                (Some(object), _) => Form::Map(key, object),
                (None, Some(item)) => Form::Lists(key, self.kind(item)),
                (None, None) => Form::Values(key, self.kind(value)),
            },
        }
    }

    /// The type of an object that has properties, or may have.
    fn object(&self, schema: &Value) -> Option<String> {
        let name = target(schema)?;
        matches!(self.normalised.shapes.get(name), None | Some(Shape::Empty)).then(|| name.to_owned())
    }

    fn is_enum(&self, schema: &Value) -> bool {
        let shape = target(schema).and_then(|name| self.normalised.shapes.get(name));
        matches!(shape, Some(Shape::Enum(_)))
    }

    fn kind(&self, schema: &Value) -> Kind {
        let format = schema.get("format").and_then(Value::as_str);
        match (schema.get("type").and_then(Value::as_str), format, self.unit) {
            (Some("boolean"), ..) => Kind::Bool,
            (Some("integer"), _, Some(Unit::Seconds)) => Kind::Seconds,
            (Some("integer"), _, Some(Unit::Milliseconds)) => Kind::Milliseconds,
            (Some("integer"), Some("int32"), _) => Kind::I32,
            (Some("integer"), Some("uint64"), _) => Kind::Type("u64".to_owned()),
            (Some("integer"), ..) => Kind::I64,
            (Some("number"), ..) => Kind::F64,
            (Some("string"), Some(ID_FORMAT), _) => Kind::Id,
            (Some("string"), Some("password"), _) => Kind::Secret,
            (Some("string"), ..) => Kind::Text,
            _ => Kind::Type(path(schema)),
        }
    }
}

/// The name of the type that a schema refers to.
fn target(schema: &Value) -> Option<&str> {
    schema.get("$ref")?.as_str()?.rsplit('/').next()
}

/// The schema of a list's items.
fn items(schema: &Value) -> Option<&Value> {
    let is_list = schema.get("type").and_then(Value::as_str) == Some("array");
    schema.get("items").filter(|_| is_list)
}

/// The schema of a map's values, where they have a type.
fn values(schema: &Value) -> Option<&Value> {
    let is_object = schema.get("type").and_then(Value::as_str) == Some("object");
    let values = schema.get("additionalProperties").filter(|_| is_object)?;
    (values.get("type").is_some() || values.get("$ref").is_some()).then_some(values)
}

/// The type of a value, as code names it.
fn path(schema: &Value) -> String {
    if let Some(name) = target(schema) {
        return format!("types::{name}");
    }
    if let Some(item) = items(schema) {
        return format!("::rhombus_kisi_runtime::List<{}>", path(item));
    }
    if let Some(value) = values(schema) {
        return format!("::rhombus_kisi_runtime::Map<{}>", path(value));
    }
    let format = schema.get("format").and_then(Value::as_str);
    let path = match (schema.get("type").and_then(Value::as_str), format) {
        (Some("boolean"), _) => "bool",
        (Some("integer"), Some("int32")) => "i32",
        (Some("integer"), Some("uint64")) => "u64",
        (Some("integer"), _) => "i64",
        (Some("number"), _) => "f64",
        (Some("string"), Some(ID_FORMAT)) => "::rhombus_kisi_runtime::RhombusUuid",
        (Some("string"), Some("password")) => "::rhombus_kisi_runtime::Secret",
        (Some("string"), _) => "String",
        // An object of which nothing is known.
        (Some("object"), _) => "::rhombus_kisi_runtime::Extra",
        _ => "::serde_json::Value",
    };
    path.to_owned()
}
