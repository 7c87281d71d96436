//! What a schema says, wherever it says it: its `$ref` followed, its `allOf` merged.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value};

use crate::document::grammar::{Kind, Use};
use crate::document::pointer;

/// How many `$ref`s and `allOf`s may be nested; what is deeper does not count.
const MAX_DEPTH: usize = 40;

/// Keywords that limit values without changing their type.
pub(super) const CONSTRAINTS: [&str; 13] = [
    "exclusiveMaximum",
    "exclusiveMinimum",
    "maxItems",
    "maxLength",
    "maxProperties",
    "maximum",
    "minItems",
    "minLength",
    "minProperties",
    "minimum",
    "multipleOf",
    "pattern",
    "uniqueItems",
];

/// A value and its place.
#[derive(Clone, Debug)]
pub(super) struct Place<'a> {
    pub(super) value: &'a Value,
    pub(super) pointer: String,
}

impl<'a> Place<'a> {
    pub(super) fn child(&self, key: &str) -> Option<Place<'a>> {
        let value = match self.value {
            Value::Object(object) => object.get(key)?,
            Value::Array(values) => values.get(key.parse::<usize>().ok()?)?,
            _ => return None,
        };
        Some(Place {
            value,
            pointer: pointer::child(&self.pointer, key),
        })
    }

    /// Follows `$ref`s; where one leads nowhere, `None`.
    pub(super) fn resolved(self, root: &'a Value) -> Option<Place<'a>> {
        let mut place = self;
        for _ in 0..MAX_DEPTH {
            match place.value.get("$ref") {
                Some(Value::String(reference)) => {
                    let pointer = pointer::of_reference(reference)?.into_owned();
                    place = Place {
                        value: root.pointer(&pointer)?,
                        pointer,
                    };
                }
                _ => return Some(place),
            }
        }
        None
    }
}

/// What is beyond the declared properties of an object.
#[derive(Clone, Debug, Default)]
pub(super) enum Further<'a> {
    /// Anything; the same as saying nothing.
    #[default]
    Open,
    /// Nothing.
    Closed,
    /// Values of a schema.
    Of(Place<'a>),
}

/// What a schema says.
#[derive(Debug, Default)]
pub(super) struct View<'a> {
    /// Where its `$ref`s end.
    pub(super) pointer: String,
    /// The component's name, if it is one.
    pub(super) name: Option<String>,
    pub(super) nullable: bool,
    pub(super) kind: Option<&'a str>,
    pub(super) format: Option<&'a str>,
    pub(super) values: Option<Vec<&'a Value>>,
    pub(super) properties: BTreeMap<&'a str, Place<'a>>,
    pub(super) required: BTreeSet<&'a str>,
    pub(super) items: Option<Place<'a>>,
    pub(super) further: Further<'a>,
    /// By the component's name, or by position.
    pub(super) variants: BTreeMap<String, Place<'a>>,
    pub(super) discriminator: Option<&'a Value>,
    pub(super) constraints: BTreeMap<&'static str, &'a Value>,
    pub(super) default: Option<&'a Value>,
    pub(super) access: BTreeSet<&'static str>,
    pub(super) deprecated: bool,
    pub(super) prose: BTreeMap<&'a str, &'a Value>,
    /// `$ref`s that lead nowhere.
    pub(super) dangling: Vec<String>,
}

impl<'a> View<'a> {
    pub(super) fn of(root: &'a Value, place: &Place<'a>) -> Self {
        let mut view = Self {
            pointer: place.pointer.clone(),
            ..Self::default()
        };
        let mut inner = Gather {
            root,
            seen: BTreeSet::new(),
        };
        // Where references lead is where changes are reported, once for all that refer there.
        let mut at = place.clone();
        for _ in 0..MAX_DEPTH {
            let Some(reference) = at.value.get("$ref").and_then(Value::as_str) else {
                break;
            };
            match inner.follow(reference) {
                Some(next) => {
                    view.pointer.clone_from(&next.pointer);
                    view.name = reference
                        .rsplit('/')
                        .next()
                        .map(|name| pointer::unescape(name).into_owned());
                    at = next;
                }
                None => {
                    view.dangling.push(pointer::child(&at.pointer, "$ref"));
                    return view;
                }
            }
        }
        // `allOf` around one reference is how 3.0 says that it is nullable: the same type.
        if view.name.is_none()
            && let Some([only]) = at.value.get("allOf").and_then(Value::as_array).map(Vec::as_slice)
            && let Some(reference) = only.get("$ref").and_then(Value::as_str)
            && !["properties", "oneOf", "anyOf", "enum"]
                .iter()
                .any(|key| at.value.get(key).is_some())
        {
            view.name = reference
                .rsplit('/')
                .next()
                .map(|name| pointer::unescape(name).into_owned());
        }
        inner.absorb(&mut view, &at, 0, true);
        view
    }

    /// Whether it has a Rust type of its own.
    pub(super) fn is_named_type(&self) -> bool {
        !self.properties.is_empty() || !self.variants.is_empty() || self.values.is_some()
    }

    /// What the type is, in a word.
    pub(super) fn kind(&self) -> &'a str {
        match self.kind {
            Some(kind) => kind,
            None if !self.variants.is_empty() => "any of several",
            None if !self.properties.is_empty() || matches!(self.further, Further::Of(_)) => "object",
            None if self.items.is_some() => "array",
            None if self
                .values
                .as_ref()
                .is_some_and(|values| values.iter().all(|value| value.is_string())) =>
            {
                "string"
            }
            None => "anything",
        }
    }
}

struct Gather<'a> {
    root: &'a Value,
    seen: BTreeSet<String>,
}

impl<'a> Gather<'a> {
    fn follow(&self, reference: &str) -> Option<Place<'a>> {
        let pointer = pointer::of_reference(reference)?.into_owned();
        Some(Place {
            value: self.root.pointer(&pointer)?,
            pointer,
        })
    }

    /// `itself` is whether the schema is what the view is of, and not only a part of it: a union that a type is made from
    /// does not make a union of the type.
    fn absorb(&mut self, view: &mut View<'a>, place: &Place<'a>, depth: usize, itself: bool) {
        let Some(schema) = place.value.as_object() else { return };
        if depth > MAX_DEPTH || !self.seen.insert(place.pointer.clone()) {
            return;
        }
        if let Some(reference) = schema.get("$ref").and_then(Value::as_str) {
            match self.follow(reference) {
                Some(next) => self.absorb(view, &next, depth + 1, itself),
                None => view.dangling.push(pointer::child(&place.pointer, "$ref")),
            }
            return;
        }
        let parts = children(place, "allOf");
        let beside =
            |key: &str| !matches!(key, "allOf" | "nullable") && !matches!(Kind::Schema.key(key), Some((Use::Prose, _)));
        let wrapper = parts.len() == 1 && !schema.keys().any(|key| beside(key));
        for part in &parts {
            self.absorb(view, part, depth + 1, itself && wrapper);
        }
        own(view, schema, place, itself);
    }
}

/// What the schema says itself; it overrides what its `allOf` says.
fn own<'a>(view: &mut View<'a>, schema: &'a Map<String, Value>, place: &Place<'a>, itself: bool) {
    let text = |key: &str| schema.get(key).and_then(Value::as_str);
    let flag = |key: &str| schema.get(key) == Some(&Value::Bool(true));
    view.nullable |= flag("nullable");
    view.deprecated |= flag("deprecated");
    view.kind = text("type").or(view.kind);
    view.format = text("format").or(view.format);
    if let Some(values) = schema.get("enum").and_then(Value::as_array) {
        view.values = Some(values.iter().filter(|value| !value.is_null()).collect());
    }
    if let Some(properties) = place.child("properties")
        && let Some(names) = properties.value.as_object()
    {
        for name in names.keys() {
            view.properties
                .extend(properties.child(name).map(|property| (name.as_str(), property)));
        }
    }
    let required = schema.get("required").and_then(Value::as_array);
    view.required
        .extend(required.into_iter().flatten().filter_map(Value::as_str));
    view.items = place.child("items").or(view.items.take());
    match place.child("additionalProperties") {
        None => {}
        Some(further) => {
            view.further = match further.value {
                Value::Bool(false) => Further::Closed,
                Value::Object(schema) if !schema.is_empty() => Further::Of(further),
                _ => Further::Open,
            };
        }
    }
    for key in ["oneOf", "anyOf"].into_iter().filter(|_| itself) {
        for (index, variant) in children(place, key).into_iter().enumerate() {
            let reference = variant.value.get("$ref").and_then(Value::as_str);
            let name = reference.and_then(|reference| reference.rsplit('/').next());
            view.variants.insert(
                name.map_or_else(|| format!("number {}", index + 1), str::to_owned),
                variant,
            );
        }
    }
    view.discriminator = schema.get("discriminator").filter(|_| itself).or(view.discriminator);
    view.default = schema.get("default").or(view.default);
    for key in CONSTRAINTS {
        view.constraints.extend(schema.get(key).map(|value| (key, value)));
    }
    view.access
        .extend(["readOnly", "writeOnly"].into_iter().filter(|key| flag(key)));
    for (key, value) in schema {
        if let Some((Use::Prose, _)) = Kind::Schema.key(key) {
            view.prose.insert(key, value);
        }
    }
}

pub(super) fn children<'a>(place: &Place<'a>, key: &str) -> Vec<Place<'a>> {
    let Some(list) = place.child(key) else {
        return Vec::new();
    };
    let count = list.value.as_array().map_or(0, Vec::len);
    (0..count).filter_map(|index| list.child(&index.to_string())).collect()
}
