//! Random instances of the schemas of a document, as its server might send them: what the schema says, and what
//! servers do beyond it.

use std::collections::{BTreeMap, BTreeSet};

use fastrand::Rng;
use serde_json::{Map, Number, Value, json};

/// How deep instances go before they end in `null`.
const DEPTH: usize = 6;

/// Whether a schema says what its type is.
fn tells(schema: &Value) -> bool {
    let keys = [
        "$ref",
        "additionalProperties",
        "allOf",
        "anyOf",
        "const",
        "enum",
        "items",
        "oneOf",
        "properties",
        "type",
    ];
    keys.iter().any(|key| schema.get(key).is_some())
}

/// Makes random instances of a document's schemas.
///
/// Any property may be absent or `null`, and so may elements and values; every object may have properties that the
/// schema does not name; an enumeration may have a value, and a union a type, that it does not list.
#[derive(Debug)]
pub struct Instances<'a> {
    root: &'a Value,
    /// The value of the property that tells a union's types apart, for types whose value only their name gives.
    named: &'a BTreeMap<(String, String), String>,
    random: Rng,
}

type Properties<'a> = BTreeMap<&'a str, &'a Value>;

impl<'a> Instances<'a> {
    /// Instances of the document's schemas, the same for the same seed. `named` gives the values that types go by, by the names of
    /// property and type.
    pub fn new(root: &'a Value, named: &'a BTreeMap<(String, String), String>, seed: u64) -> Self {
        Self {
            root,
            named,
            random: Rng::with_seed(seed),
        }
    }

    /// An instance that is not `null`.
    pub fn of(&mut self, schema: &'a Value) -> Value {
        self.value(schema, 0)
    }

    /// A list without `null` elements: what a caller passes as a slice.
    pub fn whole_list(&mut self, schema: &'a Value) -> Value {
        let items = self.resolve(schema).and_then(|schema| schema.get("items"));
        let count = self.random.usize(0..4);
        (0..count)
            .map(|_| items.map_or(Value::Null, |items| self.value(items, 1)))
            .collect()
    }

    fn chance(&mut self, percent: u8) -> bool {
        self.random.u8(0..100) < percent
    }

    fn pick<T: Clone>(&mut self, of: &[T]) -> Option<T> {
        (!of.is_empty()).then(|| of[self.random.usize(0..of.len())].clone())
    }

    /// What a schema refers to; `None` where that is nothing.
    fn resolve(&self, schema: &'a Value) -> Option<&'a Value> {
        let mut schema = schema;
        for _ in 0..50 {
            match schema.get("$ref").and_then(Value::as_str) {
                None => return Some(schema),
                Some(reference) => schema = self.root.pointer(&percent_decoded(reference.strip_prefix('#')?))?,
            }
        }
        None
    }

    fn slot(&mut self, schema: &'a Value, depth: usize) -> Value {
        if depth > DEPTH || self.chance(12) {
            return Value::Null;
        }
        self.value(schema, depth)
    }

    fn value(&mut self, schema: &'a Value, depth: usize) -> Value {
        let Some(schema) = self.resolve(schema) else {
            return self.anything(depth);
        };
        if let Some(property) = discriminator(schema) {
            let members = self.members(schema);
            if !members.is_empty() {
                return self.one_of(schema, property, &members, depth);
            }
        }
        let alternatives: Vec<&'a Value> = list(schema, "oneOf")
            .chain(list(schema, "anyOf"))
            // OpenAPI 3.1's `nullable`; a place decides about `null` itself.
            .filter(|member| member["type"] != "null")
            .collect();
        if let Some(member) = self.pick(&alternatives) {
            let mut value = self.value(member, depth);
            if let (Value::Object(value), true) = (&mut value, schema.get("properties").is_some()) {
                // What both describe is as the schema itself says.
                let own = self.object(schema, depth);
                for name in schema["properties"]
                    .as_object()
                    .into_iter()
                    .flatten()
                    .map(|(name, _)| name)
                {
                    value.remove(name);
                }
                value.extend(own);
            }
            return value;
        }
        if schema.get("allOf").is_some() {
            return self.all_of(schema, depth);
        }
        if let Some(values) = schema.get("enum").and_then(Value::as_array) {
            return self.one_value(schema, values);
        }
        if let Some(only) = schema.get("const") {
            return self.one_value(schema, std::slice::from_ref(only));
        }
        match kind(schema) {
            Some("string") => self.text(schema),
            Some("boolean") => self.random.bool().into(),
            Some("integer") => self.integer(schema),
            Some("number") => self.float(),
            Some("array") => self.list(schema, depth),
            Some("object") => self.object(schema, depth).into(),
            _ if schema.get("properties").is_some() || schema.get("additionalProperties").is_some() => {
                self.object(schema, depth).into()
            }
            _ if schema.get("items").is_some() => self.list(schema, depth),
            _ => self.anything(depth),
        }
    }

    fn one_value(&mut self, schema: &Value, values: &[Value]) -> Value {
        let values: Vec<Value> = values.iter().filter(|value| !value.is_null()).cloned().collect();
        let of_texts = values.iter().all(Value::is_string);
        if of_texts && self.chance(15) {
            return self.words().into();
        }
        if !of_texts && self.chance(50) && schema["type"] == "integer" {
            return self.integer(schema);
        }
        self.pick(&values).unwrap_or_default()
    }

    fn all_of(&mut self, schema: &'a Value, depth: usize) -> Value {
        let mut scalars = Vec::new();
        let mut properties = Properties::new();
        self.collect(schema, &mut properties, &mut scalars, &mut BTreeSet::new());
        match scalars.first() {
            Some(&scalar) if properties.is_empty() => self.value(scalar, depth),
            _ => self.with_properties(&properties, depth).into(),
        }
    }

    /// The properties that a schema and the parts of its `allOf` have; the nearest one counts.
    fn collect(
        &self,
        schema: &'a Value,
        properties: &mut Properties<'a>,
        scalars: &mut Vec<&'a Value>,
        seen: &mut BTreeSet<*const Value>,
    ) {
        let Some(schema) = self.resolve(schema) else { return };
        if !seen.insert(std::ptr::from_ref(schema)) {
            return;
        }
        for part in list(schema, "allOf") {
            self.collect(part, properties, scalars, seen);
        }
        if let Some(own) = schema.get("properties").and_then(Value::as_object) {
            for (name, property) in own {
                // A remark leaves the type as it is.
                if tells(property) || !properties.contains_key(name.as_str()) {
                    properties.insert(name, property);
                }
            }
        } else if schema.get("allOf").is_none() && kind(schema).is_some_and(|name| name != "object")
            || schema.get("enum").is_some()
        {
            scalars.push(schema);
        }
    }

    fn with_properties(&mut self, properties: &Properties<'a>, depth: usize) -> Map<String, Value> {
        let mut object = Map::new();
        for (name, property) in properties {
            if self.chance(70) {
                object.insert((*name).to_owned(), self.slot(property, depth + 1));
            }
        }
        self.beyond(&mut object, |name| properties.contains_key(name), depth);
        object
    }

    fn object(&mut self, schema: &'a Value, depth: usize) -> Map<String, Value> {
        let named = schema.get("properties").and_then(Value::as_object);
        let properties: Properties<'a> = named
            .into_iter()
            .flatten()
            .map(|(name, property)| (name.as_str(), property))
            .collect();
        match schema.get("additionalProperties").filter(|values| values.is_object()) {
            Some(values) if properties.is_empty() => {
                let count = self.random.usize(0..4);
                (0..count)
                    .map(|_| (self.words(), self.slot(values, depth + 1)))
                    .collect()
            }
            _ => self.with_properties(&properties, depth),
        }
    }

    /// Adds what the schema does not know.
    fn beyond(&mut self, object: &mut Map<String, Value>, known: impl Fn(&str) -> bool, depth: usize) {
        while self.chance(30) {
            let name = match self.random.u8(0..3) {
                0 => "future".to_owned(),
                1 => format!("future{}", self.words()),
                _ => self.words(),
            };
            if !known(&name) {
                object.insert(name, self.anything(depth + 1));
            }
        }
    }

    fn list(&mut self, schema: &'a Value, depth: usize) -> Value {
        let count = self.random.usize(0..4);
        (0..count)
            .map(|_| match schema.get("items") {
                Some(items) => self.slot(items, depth + 1),
                None => self.anything(depth + 1),
            })
            .collect()
    }

    /// The types of a union: those that it lists, or its mapping's.
    fn members(&self, schema: &'a Value) -> Vec<(Option<String>, &'a Value)> {
        let listed: Vec<_> = list(schema, "oneOf")
            .chain(list(schema, "anyOf"))
            .map(|member| (component(member["$ref"].as_str().unwrap_or_default()), member))
            .collect();
        if !listed.is_empty() {
            return listed;
        }
        let schemas = self.root.pointer("/components/schemas");
        mapping(schema)
            .filter_map(|(_, name)| Some((Some(name.clone()), schemas?.get(&name)?)))
            .collect()
    }

    fn one_of(
        &mut self,
        schema: &'a Value,
        property: &'a str,
        members: &[(Option<String>, &'a Value)],
        depth: usize,
    ) -> Value {
        let Some((name, member)) = self.pick(members) else {
            return Value::Null;
        };
        let Value::Object(mut object) = self.value(member, depth) else {
            // A union of more than objects: any of its values is one.
            return self.value(member, depth);
        };
        if self
            .resolve(member)
            .is_some_and(|member| discriminator(member) == Some(property))
        {
            // A union in a union has told them apart itself.
            return object.into();
        }
        let tag = name
            .as_deref()
            .and_then(|name| self.tag(schema, property, name, member));
        let tag = tag.or_else(|| self.only_value(member, property));
        match tag {
            Some(tag) if self.chance(75) => {
                object.insert(property.to_owned(), tag.into());
            }
            // Of an unknown type, or of none at all: anything may be in it.
            _ => {
                object = Map::new();
                self.beyond(&mut object, |name| name == property, depth);
                match self.random.u8(0..4) {
                    0 => object.remove(property),
                    1 => object.insert(property.to_owned(), Value::Null),
                    2 => object.insert(property.to_owned(), 7.into()),
                    _ => object.insert(property.to_owned(), json!("A_TYPE_OF_LATER")),
                };
            }
        }
        object.into()
    }

    fn property(&self, of: &'a Value, name: &str) -> Option<&'a Value> {
        let mut properties = Properties::new();
        self.collect(of, &mut properties, &mut Vec::new(), &mut BTreeSet::new());
        properties.get(name).copied()
    }

    /// The discriminator of a type: its mapping's, its own only one, the one that names match, or its name.
    fn tag(&mut self, schema: &'a Value, property: &str, name: &str, member: &'a Value) -> Option<String> {
        let mapped: Vec<String> = mapping(schema)
            .filter(|(_, target)| target == name)
            .map(|(tag, _)| tag)
            .collect();
        if let Some(tag) = self.pick(&mapped) {
            return Some(tag);
        }
        if let Some(own) = self.only_value(member, property) {
            return Some(own);
        }
        if let Some(named) = self.named.get(&(property.to_owned(), name.to_owned())) {
            return Some(named.clone());
        }
        let listed = [schema]
            .into_iter()
            .chain(self.members(schema).into_iter().map(|(_, member)| member));
        let values = listed
            .filter_map(|schema| self.values(schema, property))
            .any(|values| values.len() > 1);
        (!values).then(|| name.to_owned())
    }

    fn values(&self, of: &'a Value, property: &str) -> Option<&'a [Value]> {
        let schema = self.resolve(self.property(of, property)?)?;
        let only = schema.get("const").map(std::slice::from_ref);
        only.or_else(|| Some(schema.get("enum")?.as_array()?.as_slice()))
    }

    fn only_value(&self, of: &'a Value, property: &str) -> Option<String> {
        match self.values(of, property)? {
            [only] => only.as_str().map(str::to_owned),
            _ => None,
        }
    }

    fn integer(&mut self, schema: &Value) -> Value {
        if schema["format"] == "int32" {
            let extremes = [i32::MIN, -1, 0, 1, i32::MAX];
            return match self.random.bool() {
                true => self.random.i32(..).into(),
                false => self.pick(&extremes).into(),
            };
        }
        if schema["format"] == "uint64" {
            let extremes = [0, 1, i64::MAX as u64 + 1, u64::MAX];
            return match self.random.bool() {
                true => self.random.u64(..).into(),
                false => self.pick(&extremes).into(),
            };
        }
        let extremes = [i64::MIN, -1, 0, 1, 1 << 53, (1 << 53) + 1, i64::MAX];
        match self.random.bool() {
            true => self.random.i64(..).into(),
            false => self.pick(&extremes).into(),
        }
    }

    fn float(&mut self) -> Value {
        let extremes = [
            0.0,
            -0.0,
            0.1,
            5e-324,
            f64::MAX,
            f64::MIN,
            f64::MIN_POSITIVE,
            1e21,
            -1.5e-7,
        ];
        match self.random.u8(0..3) {
            0 => self.pick(&extremes).into(),
            // A whole number is written without a point.
            1 => self.random.i64(-(1 << 53)..(1 << 53)).into(),
            _ => {
                let bits = f64::from_bits(self.random.u64(..));
                Number::from_f64(bits).map_or(Value::from(0.5), Value::Number)
            }
        }
    }

    fn text(&mut self, schema: &Value) -> Value {
        if schema["format"] != "RUUID" {
            return self.words().into();
        }
        let characters: Vec<char> = "ABCXYZabcxyz0189-_".chars().collect();
        let mut canonical: String = (0..21).filter_map(|_| self.random.choice(&characters)).collect();
        canonical.extend(self.random.choice(['A', 'Q', 'g', 'w']));
        match self.random.u8(0..10) {
            0 => "".into(),
            1 => format!("{canonical}.v0").into(),
            2 => self.words().into(),
            // One more bit than an id has.
            3 => format!("{}B", &canonical[..21]).into(),
            _ => canonical.into(),
        }
    }

    fn words(&mut self) -> String {
        let pieces = [
            "a", "Door", " ", "\"", "\\", "\n", "é", "門", "🚪", "\u{0}", "\u{7f}", "/", "null", "0", "$", "</",
            "\u{2028}",
        ];
        let count = self.random.usize(0..5);
        (0..count).filter_map(|_| self.pick(&pieces)).collect()
    }

    /// Any JSON, `null` included.
    fn anything(&mut self, depth: usize) -> Value {
        let kinds = if depth > DEPTH { 6 } else { 8 };
        match self.random.u8(0..kinds) {
            0 => Value::Null,
            1 => self.random.bool().into(),
            2 => self.words().into(),
            3 => self.float(),
            4 => self.random.i64(..).into(),
            5 => self.random.u64(..).into(),
            6 => (0..self.random.usize(0..3)).map(|_| self.anything(depth + 1)).collect(),
            _ => {
                let count = self.random.usize(0..3);
                let object: Map<String, Value> = (0..count).map(|_| (self.words(), self.anything(depth + 1))).collect();
                object.into()
            }
        }
    }
}

fn list<'a>(schema: &'a Value, key: &str) -> impl Iterator<Item = &'a Value> {
    schema.get(key).and_then(Value::as_array).into_iter().flatten()
}

/// The type, past OpenAPI 3.1's `null`; `None` where there are several.
fn kind(schema: &Value) -> Option<&str> {
    match schema.get("type")? {
        Value::Array(kinds) => {
            let mut kinds = kinds.iter().filter_map(Value::as_str).filter(|kind| *kind != "null");
            kinds.next().filter(|_| kinds.next().is_none())
        }
        kind => kind.as_str(),
    }
}

fn discriminator(schema: &Value) -> Option<&str> {
    schema.pointer("/discriminator/propertyName")?.as_str()
}

/// The values that a discriminator maps, and the names of their types.
fn mapping(schema: &Value) -> impl Iterator<Item = (String, String)> {
    let mapping = schema.pointer("/discriminator/mapping").and_then(Value::as_object);
    mapping.into_iter().flatten().filter_map(|(tag, target)| {
        let target = target.as_str()?;
        Some((tag.clone(), component(target).unwrap_or_else(|| target.to_owned())))
    })
}

fn component(reference: &str) -> Option<String> {
    let token = percent_decoded(reference.strip_prefix("#/components/schemas/")?);
    Some(token.replace("~1", "/").replace("~0", "~"))
}

fn percent_decoded(text: &str) -> String {
    percent_encoding::percent_decode_str(text)
        .decode_utf8_lossy()
        .into_owned()
}

/// Whether two values say the same: numbers are compared as numbers, however they are written.
pub fn same(a: &Value, b: &Value) -> bool {
    match (a, b) {
        (Value::Number(a), Value::Number(b)) => match (a.as_i64(), b.as_i64(), a.as_u64(), b.as_u64()) {
            (Some(a), Some(b), ..) => a == b,
            (_, _, Some(a), Some(b)) => a == b,
            _ => a.as_f64() == b.as_f64(),
        },
        (Value::Array(a), Value::Array(b)) => a.len() == b.len() && a.iter().zip(b).all(|(a, b)| same(a, b)),
        (Value::Object(a), Value::Object(b)) => {
            a.len() == b.len() && a.iter().all(|(name, a)| b.get(name).is_some_and(|b| same(a, b)))
        }
        _ => a == b,
    }
}
