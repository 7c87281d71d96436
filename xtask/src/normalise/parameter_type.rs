//! What a parameter's schema comes to, past references: a scalar, a list, an object, or nothing that can be told.

use serde_json::{Value, json};

use super::parameter_style::Style;
use super::resolve::{DEPTH, only_part, resolved};
use super::{Location, parts};

/// What a schema comes to.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Kind {
    Scalar,
    /// A list or an object of scalars.
    Flat,
    /// A list or an object of something else.
    Nested,
    /// One of several types, or any.
    Open,
}

/// The schema of an argument, and what is lost. What its style has no form for is text that the caller writes.
pub(super) fn argument(
    root: &Value,
    schema: Option<&Value>,
    style: Style,
    location: Location,
) -> (Value, Option<String>) {
    let text = || json!({ "type": "string" });
    let Some(schema) = schema else {
        return match style == Style::JSON {
            true => (json!({}), None),
            false => (text(), None),
        };
    };
    match kind(root, schema, DEPTH) {
        Kind::Scalar => (scalar(root, schema), None),
        Kind::Flat => (list(root, schema), None),
        Kind::Nested | Kind::Open if style.nests() => (schema.clone(), None),
        Kind::Nested => {
            let place = match location {
                Location::Header => "a header",
                Location::Path => "a path",
                Location::Query => "its style",
            };
            let why = format!(
                "holds lists or objects in others, which {place} has no form for: the caller writes it as text"
            );
            (text(), Some(why))
        }
        Kind::Open => {
            let why = "is not of one simple type: the caller writes it as text";
            (text(), Some(why.to_owned()))
        }
    }
}

/// The formats of dates in parameters, which are types of their own: what a server returns is kept as it came.
pub(crate) const DATES: [(&str, &str); 2] = [("date", "x-date"), ("date-time", "x-date-time")];

/// A scalar with its date, where it is one. What masks a secret in bodies is no text, and a parameter is one.
fn scalar(root: &Value, schema: &Value) -> Value {
    let resolved = resolved(root, schema);
    let is_text = resolved.get("type").and_then(Value::as_str) == Some("string") && resolved.get("enum").is_none();
    let format = resolved.get("format").and_then(Value::as_str).filter(|_| is_text);
    match format.and_then(|format| DATES.iter().find(|(name, _)| *name == format)) {
        Some((_, date)) => json!({ "type": "string", "format": date }),
        None if format == Some("password") => json!({ "type": "string" }),
        None => schema.clone(),
    }
}

/// A list with its dates, where they are some; all else as it is.
fn list(root: &Value, schema: &Value) -> Value {
    let items = resolved(root, schema)
        .get("items")
        .map(|items| (items, scalar(root, items)));
    match items {
        Some((items, dated)) if *items != dated => json!({ "type": "array", "items": dated }),
        _ => schema.clone(),
    }
}

fn kind(root: &Value, schema: &Value, depth: usize) -> Kind {
    let Some(depth) = depth.checked_sub(1) else {
        return Kind::Open;
    };
    if let Some(name) = parts::target(schema) {
        let target = root
            .pointer("/components/schemas")
            .and_then(|schemas| schemas.get(name));
        return target.map_or(Kind::Open, |target| kind(root, target, depth));
    }
    if let Some(only) = only_part(schema) {
        return kind(root, only, depth);
    }
    for key in ["oneOf", "anyOf"] {
        match schema.get(key).and_then(Value::as_array).map(Vec::as_slice) {
            None => {}
            Some([only]) => return kind(root, only, depth),
            Some(_) => return Kind::Open,
        }
    }
    match schema.get("type").and_then(Value::as_str) {
        Some("boolean" | "integer" | "number" | "string") => Kind::Scalar,
        None if strings(schema) => Kind::Scalar,
        Some("array") => outside([schema.get("items")].map(|items| inside(root, items, depth))),
        None if schema.get("items").is_some() => outside([inside(root, schema.get("items"), depth)]),
        Some("object") => object(root, schema, depth),
        None if parts::has_properties(schema) || schema.get("allOf").is_some() => object(root, schema, depth),
        None if schema.get("additionalProperties").is_some() => object(root, schema, depth),
        _ => Kind::Open,
    }
}

fn object(root: &Value, schema: &Value, depth: usize) -> Kind {
    let own = schema.get("properties").and_then(Value::as_object);
    let own = own.into_iter().flat_map(|properties| properties.values());
    // Values that nothing is said of are the caller's to choose.
    let others = schema
        .get("additionalProperties")
        .filter(|values| values.as_object().is_some_and(|values| !values.is_empty()));
    let listed = schema.get("allOf").and_then(Value::as_array).into_iter().flatten();
    let kinds = own.chain(others).map(|inner| inside(root, Some(inner), depth));
    let merged = listed.map(|part| match kind(root, part, depth) {
        // A part that is only a remark, or of properties that are scalars.
        Kind::Open | Kind::Scalar | Kind::Flat => Kind::Scalar,
        Kind::Nested => Kind::Nested,
    });
    outside(kinds.chain(merged))
}

fn inside(root: &Value, schema: Option<&Value>, depth: usize) -> Kind {
    schema.map_or(Kind::Open, |schema| kind(root, schema, depth))
}

fn outside(inside: impl IntoIterator<Item = Kind>) -> Kind {
    match inside.into_iter().all(|kind| kind == Kind::Scalar) {
        true => Kind::Flat,
        false => Kind::Nested,
    }
}

/// Whether a schema without a type lists strings.
fn strings(schema: &Value) -> bool {
    let listed = schema.get("enum").and_then(Value::as_array);
    listed.is_some_and(|listed| {
        listed.iter().any(Value::is_string) && listed.iter().all(|value| value.is_string() || value.is_null())
    })
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::{Kind, kind};
    use crate::normalise::parts::reference;

    #[test]
    fn dates_are_typed_past_references() {
        let root = json!({ "components": { "schemas": {
            "Day": { "type": "string", "format": "date" }, "Alias": reference("Day"), "Days": { "type": "array", "items": reference("Alias") },
        } } });
        let argument = |schema: Value| {
            let style = crate::normalise::Style::default_of(super::Location::Query);
            super::argument(&root, Some(&schema), style, super::Location::Query).0
        };
        let day = json!({ "type": "string", "format": "x-date" });
        assert_eq!(argument(reference("Alias")), day);
        assert_eq!(argument(reference("Days")), json!({ "type": "array", "items": day }));
        let time = json!({ "type": "string", "format": "date-time", "nullable": true });
        assert_eq!(argument(time), json!({ "type": "string", "format": "x-date-time" }));
        let one_of = json!({ "type": "string", "format": "date", "enum": ["2026-03-01"] });
        assert_eq!(argument(one_of.clone()), one_of);
    }

    #[test]
    fn a_type_is_found_past_references() {
        let root = json!({ "components": { "schemas": {
            "Id": { "type": "integer" }, "Ids": { "type": "array", "items": reference("Id") }, "Alias": reference("Ids"),
            "Kind": { "enum": ["A", null] }, "Ring": reference("Ring"), "Range": { "properties": { "from": reference("Id") } },
            "Tree": { "type": "object", "properties": { "children": { "type": "array", "items": reference("Tree") } } },
            "Both": { "allOf": [reference("Range"), { "properties": { "to": reference("Id") } }] },
        } } });
        let of = |schema: Value| kind(&root, &schema, super::DEPTH);
        for (schema, expected) in [
            (json!({ "type": "string", "format": "date" }), Kind::Scalar),
            (reference("Id"), Kind::Scalar),
            (reference("Kind"), Kind::Scalar),
            (json!({ "allOf": [reference("Id")], "nullable": true }), Kind::Scalar),
            (json!({ "oneOf": [reference("Id")] }), Kind::Scalar),
            (reference("Alias"), Kind::Flat),
            (reference("Range"), Kind::Flat),
            (reference("Both"), Kind::Flat),
            (json!({ "type": "object" }), Kind::Flat),
            (json!({ "type": "array", "items": reference("Ids") }), Kind::Nested),
            (json!({ "type": "array", "items": {} }), Kind::Nested),
            (
                json!({ "type": "object", "additionalProperties": reference("Ids") }),
                Kind::Nested,
            ),
            (reference("Tree"), Kind::Nested),
            (reference("Ring"), Kind::Open),
            (json!({}), Kind::Open),
            (json!({ "anyOf": [reference("Id"), { "type": "string" }] }), Kind::Open),
        ] {
            assert_eq!(of(schema.clone()), expected, "{schema}");
        }
    }
}
