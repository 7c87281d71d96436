//! JSON Schemas of the files that users keep, so that an editor completes and checks them.

pub(super) mod named;

use std::collections::{BTreeMap, BTreeSet};

use schemars::{Schema, json_schema};
use serde_json::{Map, Value, json};

use super::output::MARK;
use crate::normalise::{ID_FORMAT, Normalised, Shape};

/// The draft that the schemas are written in.
const DRAFT: &str = "https://json-schema.org/draft/2020-12/schema";

/// The keys of a map: every number of 32 bits, in its one spelling. Without anchors.
const KEY: &str = "(?:0|-?(?:[1-9][0-9]{0,8}|1[0-9]{9}|20[0-9]{8}|21[0-3][0-9]{7}|214[0-6][0-9]{6}|2147[0-3][0-9]{5}|21474[0-7][0-9]{4}\
    |214748[0-2][0-9]{3}|2147483[0-5][0-9]{2}|21474836[0-3][0-9]|214748364[0-7])|-2147483648)";

/// Secrets as the loader of settings files takes them: visible ASCII, no quotes around it, no mask.
///
/// What the SDK takes for a mask: three asterisks in a row, one sign over and over, `XXXX1234`, `<redacted>`.
fn secret_pattern() -> String {
    let words = [
        "redacted", "masked", "hidden", "filtered", "removed", "secret", "omitted",
    ]
    .map(any_case)
    .join("|");
    let other = "[^0-9A-Za-z]";
    let no = [
        "\"",
        "'",
        "`",
        ".*[\"'`]$",
        ".*[*]{3}",
        "(?:x{3,}|X{3,}|#{3,}|[.]{3,}|-{3,}|_{3,}|[?]{3,})$",
        "(?:XXXX|xxxx)[!-~]{0,60}$",
    ];
    let mut pattern = "^".to_owned();
    no.iter().for_each(|no| pattern.push_str(&format!("(?!{no})")));
    pattern.push_str(&format!(
        "(?!{other}+(?:{words}){other}*$)(?!(?:{words}){other}+$)(?!{}$)[!-~]+$",
        any_case("redacted")
    ));
    pattern
}

/// A word in upper or lower case, for expressions that have no flag for it.
fn any_case(word: &str) -> String {
    word.chars()
        .map(|letter| format!("[{}{letter}]", letter.to_ascii_uppercase()))
        .collect()
}

/// The schema of a file of settings, which are of the type `root`; `None` where the document has none.
///
/// It is stricter than the API's: a key that nobody knows is an error, and an id has to be canonical, because a
/// person writes the file.
pub(super) fn settings(normalised: &Normalised, name: &str, root: &str, title: &str) -> Option<String> {
    let schemas = normalised.document.pointer("/components/schemas")?.as_object()?;
    let mut definitions = BTreeMap::new();
    let mut pending = vec![root.to_owned()];
    let mut seen = BTreeSet::new();
    while let Some(name) = pending.pop() {
        if seen.insert(name.clone()) {
            let schema = definition(
                schemas.get(&name)?,
                normalised.shapes.get(&name),
                &normalised.wire_names,
                &name,
                &mut pending,
            );
            definitions.insert(name, schema);
        }
    }
    let mut root = definitions.remove(root)?;
    root["$comment"] = MARK.into();
    root["$id"] = urn(name).into();
    root["$schema"] = DRAFT.into();
    root["title"] = title.into();
    root["properties"]["$schema"] = json!({ "type": "string", "description": "Where this schema is, for editors." });
    root["$defs"] = definitions.into_iter().collect::<Map<_, _>>().into();
    text(&root)
}

/// The identifier of a schema: a name, for there is no address that it is at.
fn urn(name: &str) -> String {
    format!("urn:rhombus-kisi:{name}")
}

/// The schema of a file that names organisations. That of the settings, which are of the type `of`, is a part of it: a reference to
/// another file could not be followed by whoever has the text alone.
pub(super) fn organizations(name: &str, of: &str, settings: &str, title: &str) -> Option<String> {
    let root: Value = serde_json::from_str(settings).ok()?;
    let mut own = root.as_object()?.clone();
    let mut definitions = own.remove("$defs")?.as_object()?.clone();
    for whole in ["$comment", "$id", "$schema"] {
        own.remove(whole);
    }
    definitions.insert(of.to_owned(), own.into());
    let settings = json!({ "$ref": format!("#/$defs/{of}") });
    let clear = json!({
        "type": "array",
        "items": { "type": "string", "pattern": format!("^{}$", paths(&root, &root, &[])) },
        "uniqueItems": true,
        "description": "Settings to clear, by their dotted paths: what `null` says in JSON and YAML.",
    });
    let schema: Schema = json_schema!({
        "$comment": MARK,
        "$id": urn(name),
        "$schema": DRAFT,
        "$defs": definitions,
        "title": title,
        "type": "object",
        "properties": {
            "$schema": { "type": "string", "description": "Where this schema is, for editors." },
            "settings": settings,
            "clear": clear,
            "organizations": {
                "type": "array",
                "minItems": 1,
                "description": "The client organisations, each with what holds for it alone.",
                "items": {
                    "type": "object",
                    "properties": {
                        "id": id("The organisation's id."),
                        "name": { "type": "string", "description": "The organisation's name, for readers of the file." },
                        "settings": settings,
                        "clear": clear,
                    },
                    "required": ["id"],
                    "additionalProperties": false,
                },
            },
        },
        "additionalProperties": false,
    });
    text(schema.as_value())
}

/// The dotted paths of the settings in an object or a map, as a pattern without anchors. `above` are the schemas around it:
/// within an object that holds itself any path will do, for a pattern has an end.
fn paths<'a>(root: &'a Value, schema: &'a Value, above: &[&'a Value]) -> String {
    let schema = resolved(root, schema);
    if above.iter().any(|around| std::ptr::eq(*around, schema)) {
        return "[^.]+(?:[.][^.]+)*".to_owned();
    }
    let above = [above, &[schema]].concat();
    let entry = |name: &str, value: &'a Value| match paths(root, value, &above) {
        inside if inside.is_empty() => name.to_owned(),
        inside => format!("{name}(?:[.]{inside})?"),
    };
    if let Some(values) = schema.get("patternProperties").and_then(Value::as_object) {
        return values.values().map(|value| entry(KEY, value)).collect();
    }
    let properties = schema.get("properties").and_then(Value::as_object);
    let names: Vec<_> = properties
        .into_iter()
        .flatten()
        .filter(|(name, _)| *name != "$schema")
        .map(|(name, value)| entry(&literal(name), value))
        .collect();
    match names.is_empty() {
        true => String::new(),
        false => format!("(?:{})", names.join("|")),
    }
}

/// A pattern that matches this text alone, in the dialect of JSON Schema, where only these characters may be escaped.
fn literal(text: &str) -> String {
    let escaped = |character: char| {
        let backslash = "^$\\.*+?()[]{}|".contains(character).then_some('\\');
        backslash.into_iter().chain([character])
    };
    text.chars().flat_map(escaped).collect()
}

/// The schema that a reference, or a reference or `null`, is to.
fn resolved<'a>(root: &'a Value, schema: &'a Value) -> &'a Value {
    let reference = schema.pointer("/anyOf/0/$ref").and_then(Value::as_str);
    reference
        .and_then(|reference| root.pointer(reference.trim_start_matches('#')))
        .unwrap_or(schema)
}

fn text(schema: &Value) -> Option<String> {
    let mut text = serde_json::to_string_pretty(schema).ok()?;
    text.push('\n');
    Some(text)
}

fn id(description: &str) -> Value {
    json!({ "type": "string", "pattern": "^[A-Za-z0-9_-]{21}[AQgw]$", "description": description })
}

fn definition(
    schema: &Value,
    shape: Option<&Shape>,
    wire_names: &BTreeMap<(String, String), String>,
    name: &str,
    pending: &mut Vec<String>,
) -> Value {
    let mut definition = match shape {
        Some(Shape::Enum(values)) => json!({ "type": "string", "examples": values.values().collect::<Vec<_>>() }),
        Some(Shape::Empty | Shape::Union(_)) => json!({ "type": "object" }),
        None => {
            let properties: Map<String, Value> = schema
                .get("properties")
                .and_then(Value::as_object)
                .into_iter()
                .flatten()
                .map(|(property, schema)| {
                    let wire = wire_names.get(&(name.to_owned(), property.clone())).unwrap_or(property);
                    (wire.clone(), value(schema, pending))
                })
                .collect();
            json!({ "type": "object", "properties": properties, "additionalProperties": false })
        }
    };
    describe(&mut definition, schema);
    definition
}

/// The schema of a value that may also be `null`.
fn value(schema: &Value, pending: &mut Vec<String>) -> Value {
    if let Some(name) = schema
        .get("$ref")
        .and_then(Value::as_str)
        .and_then(|reference| reference.rsplit('/').next())
    {
        pending.push(name.to_owned());
        let mut value = json!({ "anyOf": [{ "$ref": format!("#/$defs/{name}") }, { "type": "null" }] });
        describe(&mut value, schema);
        return value;
    }
    let format = schema.get("format").and_then(Value::as_str).unwrap_or_default();
    let mut value = match schema.get("type").and_then(Value::as_str) {
        Some("array") => {
            json!({ "type": ["array", "null"], "items": schema.get("items").map_or(json!(true), |items| value(items, pending)) })
        }
        Some("object") => {
            let values = schema
                .get("additionalProperties")
                .map_or(json!(true), |values| value(values, pending));
            json!({
                "type": ["object", "null"],
                "patternProperties": { (format!("^{KEY}$")): values },
                "additionalProperties": false,
            })
        }
        Some("string") if format == ID_FORMAT => {
            let mut canonical = id("");
            canonical["type"] = json!(["string", "null"]);
            canonical
        }
        Some("string") if format == "password" => {
            json!({ "type": ["string", "null"], "format": "password", "pattern": secret_pattern() })
        }
        Some("integer") if format == "int32" => {
            json!({ "type": ["integer", "null"], "minimum": i32::MIN, "maximum": i32::MAX })
        }
        Some("integer") if format == "uint64" => {
            json!({ "type": ["integer", "null"], "minimum": 0, "maximum": u64::MAX })
        }
        Some("integer") => json!({ "type": ["integer", "null"], "minimum": i64::MIN, "maximum": i64::MAX }),
        Some(name) => json!({ "type": [name, "null"] }),
        None => json!({}),
    };
    describe(&mut value, schema);
    value
}

fn describe(value: &mut Value, schema: &Value) {
    match schema.get("description") {
        Some(description) => value["description"] = description.clone(),
        None => {
            if let Some(value) = value.as_object_mut() {
                value.remove("description");
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::paths;

    #[test]
    fn the_name_of_a_property_is_no_pattern() {
        let schema = json!({ "properties": { "a.b+(c)": { "type": "string" }, "$d": { "type": "string" } } });
        assert_eq!(paths(&schema, &schema, &[]), r"(?:\$d|a\.b\+\(c\))");
    }
}
