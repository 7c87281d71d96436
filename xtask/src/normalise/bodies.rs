use std::collections::BTreeMap;

use http::HeaderValue;
use serde_json::{Value, json};

use super::parameter_style::{self, Style};
use super::{Diagnostics, Location, Operation, parts, resolve};
use crate::api::Empty;

/// What an operation sends.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum Body {
    /// Nothing.
    #[default]
    None,
    /// An empty JSON object, where the document describes no body and the API wants one all the same.
    EmptyJson,
    /// JSON of the argument's type.
    Json,
    /// Fields of the argument's type, as a URL writes them; and the style of those that have one of their own.
    Form(BTreeMap<String, Style>),
    /// Form fields and files, of which the document says nothing that makes a type.
    Multipart,
    /// Form fields of the argument's type, and files.
    Parts(Parts),
    /// Bytes of this content type.
    Bytes(String),
}

/// The parts of a form.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Parts {
    /// Whether there are others than files, which are the argument's type.
    pub fields: bool,
    /// The files.
    pub files: Vec<FileField>,
    /// The content types of the fields that have one of their own.
    pub content_types: BTreeMap<String, String>,
}

/// A field of a form that takes files.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct FileField {
    /// The vendor's name.
    pub name: String,
    /// The name of the argument.
    pub argument: String,
    /// Whether it cannot be left out.
    pub required: bool,
    /// Whether it takes several.
    pub several: bool,
    /// What the document says of it, as Markdown.
    pub description: String,
}

/// Chooses one form of request for each operation. What is not JSON becomes JSON for the generator's eyes; the
/// pass over the syntax tree puts the right argument in its place.
pub(super) fn choose(
    root: &mut Value,
    operations: &mut BTreeMap<String, Operation>,
    empty: Empty,
    diagnostics: &mut Diagnostics,
) {
    let source = json!({ "components": root.get("components") });
    parts::operations_mut(root, |_, method, operation| {
        let Some(described) = operations.get_mut(parts::label("", method, operation).as_str()) else {
            return;
        };
        let content = operation.pointer("/requestBody/content").and_then(Value::as_object);
        let types: Vec<&String> = content.into_iter().flat_map(|content| content.keys()).collect();
        let schema_of = |name: &str| content.and_then(|content| content.get(name)?.get("schema"));
        let Some(chosen) = preferred(&types, |name| {
            schema_of(name).is_some_and(|schema| has_files(&source, schema))
        }) else {
            described.body = match empty {
                Empty::Json if method == "post" => Body::EmptyJson,
                Empty::Json | Empty::None => Body::None,
            };
            if let Some(operation) = operation.as_object_mut() {
                operation.remove("requestBody");
            }
            return;
        };
        for other in types.iter().filter(|name| **name != chosen) {
            diagnostics.changed(
                &described.id,
                format!("its request may also be `{other}`; only `{chosen}` is offered"),
            );
        }
        let media = content
            .and_then(|content| content.get(chosen))
            .cloned()
            .unwrap_or_default();
        let schema = media.get("schema").cloned().unwrap_or_else(|| json!({}));
        let sendable = HeaderValue::from_str(chosen).is_ok() && !chosen.contains('*');
        let (body, schema) = if essence(chosen) == URL_ENCODED && resolve::is_object(&source, &schema) {
            (Body::Form(styles(&media)), schema)
        } else if let Some((parts, schema)) = parts_of(&source, chosen, &media) {
            (Body::Parts(parts), schema)
        } else if is_multipart(chosen) {
            diagnostics.changed(
                &described.id,
                "the fields of its form are not typed: `Multipart` takes any",
            );
            let subtype = essence(chosen).split_once('/').map(|(_, subtype)| subtype.to_owned());
            described.media_type = subtype
                .filter(|subtype| sendable && subtype != "form-data")
                .map(|subtype| format!("multipart/{subtype}"));
            (Body::Multipart, json!({}))
        } else if is_json(chosen) && !is_binary(&schema) {
            described.media_type = (sendable && chosen != "application/json").then(|| chosen.clone());
            (Body::Json, schema)
        } else {
            let sent = if sendable { chosen } else { "application/octet-stream" };
            diagnostics.changed(
                &described.id,
                format!("its request is `{sent}`: the caller gives the bytes"),
            );
            (Body::Bytes(sent.to_owned()), json!({}))
        };
        let required = operation.pointer("/requestBody/required").and_then(Value::as_bool);
        described.body_optional = empty == Empty::None && !required.unwrap_or(false);
        let unseen = matches!(&body, Body::Parts(parts) if !parts.fields);
        described.body = body;
        if unseen {
            if let Some(operation) = operation.as_object_mut() {
                operation.remove("requestBody");
            }
            return;
        }
        operation["requestBody"] = json!({ "required": true, "content": { "application/json": { "schema": schema } } });
    });
}

/// The content type of a form that is written as a query is.
const URL_ENCODED: &str = "application/x-www-form-urlencoded";

/// The content type that is offered: JSON before forms, a form with files before one without, and what can be sent as it is
/// named before a range.
fn preferred<'a>(types: &[&'a String], has_files: impl Fn(&str) -> bool) -> Option<&'a String> {
    let ways: [&dyn Fn(&str) -> bool; 7] = [
        &|name| essence(name) == "application/json",
        &|name| is_json(name) && !name.contains('*'),
        &|name| is_json(name),
        &|name| is_multipart(name) && has_files(name),
        &|name| essence(name) == URL_ENCODED,
        &|name| is_multipart(name),
        &|_| true,
    ];
    ways.iter().find_map(|way| types.iter().find(|name| way(name)).copied())
}

/// The styles of the fields that have one of their own.
fn styles(media: &Value) -> BTreeMap<String, Style> {
    let encoding = media.get("encoding").and_then(Value::as_object).into_iter().flatten();
    let styles = encoding.filter_map(|(name, encoding)| {
        let styled = ["style", "explode", "allowReserved"]
            .iter()
            .any(|key| encoding.get(key).is_some());
        let content_type = encoding.get("contentType").and_then(Value::as_str);
        if styled {
            Some((name.clone(), parameter_style::of(encoding, Location::Query).0))
        } else {
            content_type
                .filter(|name| is_json(name))
                .map(|_| (name.clone(), Style::JSON))
        }
    });
    styles.collect()
}

/// The parts of a form whose schema lists them, and the schema of those that are no files.
fn parts_of(source: &Value, content_type: &str, media: &Value) -> Option<(Parts, Value)> {
    if essence(content_type) != "multipart/form-data" {
        return None;
    }
    let schema = media.get("schema")?;
    let object = resolve::resolved(source, schema);
    let combined = ["allOf", "anyOf", "oneOf"].iter().any(|key| object.get(key).is_some());
    if combined || !parts::has_properties(object) {
        return None;
    }
    let properties = object.get("properties")?.as_object()?;
    let required = object.get("required").and_then(Value::as_array);
    let is_required = |name: &str| required.is_some_and(|required| required.iter().any(|entry| entry == name));
    let mut files = Vec::new();
    for (name, property) in properties {
        let end = resolve::resolved(source, property);
        let items = end.get("items").map(|items| resolve::resolved(source, items));
        if is_binary(end) || items.is_some_and(is_binary) {
            let described = [property, end].map(|schema| schema.get("description").and_then(Value::as_str));
            files.push(FileField {
                name: name.clone(),
                argument: String::new(),
                required: is_required(name),
                several: items.is_some(),
                description: described.into_iter().flatten().next().unwrap_or_default().to_owned(),
            });
        }
    }
    let encoding = media.get("encoding").and_then(Value::as_object).into_iter().flatten();
    let content_types = encoding.filter_map(|(name, encoding)| {
        let content_type = encoding.get("contentType")?.as_str()?;
        // Of several the caller would have to choose, and a range is none.
        let one = HeaderValue::from_str(content_type).is_ok() && !content_type.contains([',', '*']);
        (one && !files.iter().any(|file| file.name == *name)).then(|| (name.clone(), content_type.to_owned()))
    });
    let content_types = content_types.collect();
    let is_file = |name: &str| files.iter().any(|file| file.name == name);
    let mut fields = schema.clone();
    if !files.is_empty() {
        fields = object.clone();
        if let Some(properties) = fields.get_mut("properties").and_then(Value::as_object_mut) {
            properties.retain(|name, _| !is_file(name));
        }
        if let Some(required) = fields.get_mut("required").and_then(Value::as_array_mut) {
            required.retain(|name| !name.as_str().is_some_and(is_file));
        }
    }
    let parts = Parts {
        fields: files.is_empty() || parts::has_properties(&fields) || !closed(&fields),
        files,
        content_types,
    };
    Some((parts, fields))
}

/// Whether an object has no properties but those that are described, as far as it says. That there may be any is what it means where
/// it says nothing.
fn closed(schema: &Value) -> bool {
    schema
        .get("additionalProperties")
        .is_none_or(|more| more.is_boolean() || more.as_object().is_some_and(|more| more.is_empty()))
}

/// Whether an object has a property that is bytes, or a list of them.
fn has_files(source: &Value, schema: &Value) -> bool {
    let schema = resolve::resolved(source, schema);
    let properties = schema.get("properties").and_then(Value::as_object);
    properties
        .into_iter()
        .flat_map(|properties| properties.values())
        .any(|property| {
            let property = resolve::resolved(source, property);
            is_binary(property)
                || property
                    .get("items")
                    .is_some_and(|items| is_binary(resolve::resolved(source, items)))
        })
}

/// A content type without its parameters.
pub(super) fn essence(content_type: &str) -> String {
    let essence = content_type.split(';').next().unwrap_or_default();
    essence.trim().to_ascii_lowercase()
}

/// Whether a content type is JSON.
pub(super) fn is_json(content_type: &str) -> bool {
    let essence = essence(content_type);
    matches!(
        essence.as_str(),
        "application/json" | "application/*" | "text/json" | "*/*"
    ) || essence.ends_with("+json")
}

/// Whether a schema says that the content is bytes, whatever its content type says.
pub(super) fn is_binary(schema: &Value) -> bool {
    schema.get("type").and_then(Value::as_str) == Some("string")
        && schema.get("format").and_then(Value::as_str) == Some("binary")
}

fn is_multipart(content_type: &str) -> bool {
    essence(content_type).starts_with("multipart/")
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::Body;
    use crate::api::Empty;
    use crate::normalise::{Diagnostics, operation_ids};

    fn chosen(method: &str, body: Value) -> (Body, usize) {
        let (body, _, diagnostics) = chosen_with(method, body, Empty::Json);
        (body, diagnostics)
    }

    fn chosen_with(method: &str, body: Value, empty: Empty) -> (Body, bool, usize) {
        let mut root = json!({ "paths": { "/a": { method: { "operationId": "a", "requestBody": body } } } });
        let mut diagnostics = Diagnostics::default();
        let mut operations = operation_ids::assign(&mut root, &mut diagnostics);
        super::choose(&mut root, &mut operations, empty, &mut diagnostics);
        let operation = &operations["a"];
        (
            operation.body.clone(),
            operation.body_optional,
            diagnostics.sorted().len(),
        )
    }

    #[test]
    fn what_the_document_does_not_require_can_be_left_out() {
        let body = |required: Value| json!({ "required": required, "content": { "application/json": {} } });
        let optional = |required: Value, empty| chosen_with("post", body(required), empty).1;
        assert!(optional(json!(false), Empty::None) && optional(json!(null), Empty::None));
        assert!(!optional(json!(true), Empty::None));
        assert!(!optional(json!(false), Empty::Json));
        assert_eq!(chosen_with("post", json!(null), Empty::None), (Body::None, false, 0));
    }

    #[test]
    fn one_form_of_request_is_left() {
        let of = |types: &[&str]| {
            let content: serde_json::Map<_, _> = types.iter().map(|name| ((*name).to_owned(), json!({}))).collect();
            json!({ "content": content })
        };
        assert_eq!(chosen("post", json!(null)), (Body::EmptyJson, 0));
        assert_eq!(chosen("get", json!(null)), (Body::None, 0));
        assert_eq!(
            chosen("post", of(&["Application/JSON; charset=utf-8"])),
            (Body::Json, 0)
        );
        assert_eq!(chosen("post", of(&["text/csv", "application/json"])), (Body::Json, 1));
        assert_eq!(chosen("post", of(&["multipart/form-data"])), (Body::Multipart, 1));
        assert_eq!(
            chosen("put", of(&["text/csv"])),
            (Body::Bytes("text/csv".to_owned()), 1)
        );
        assert_eq!(
            chosen("put", of(&["application/x-ndjson"])),
            (Body::Bytes("application/x-ndjson".to_owned()), 1)
        );
        let octets = Body::Bytes("application/octet-stream".to_owned());
        assert_eq!(chosen("put", of(&["image/*"])), (octets.clone(), 1));
        assert_eq!(chosen("put", of(&["text/\n"])), (octets.clone(), 1));
        let binary = json!({ "content": { "*/*": { "schema": { "type": "string", "format": "binary" } } } });
        assert_eq!(chosen("post", binary), (octets, 1));
    }

    fn described(content: Value) -> (Body, Option<String>) {
        let operation = json!({ "operationId": "a", "requestBody": { "content": content } });
        let schemas = json!({ "schemas": { "S": { "type": "object", "properties": { "f": { "type": "array", "items": { "type": "string", "format": "binary" } } } } } });
        let mut root = json!({ "paths": { "/a": { "post": operation } }, "components": schemas });
        let mut diagnostics = Diagnostics::default();
        let mut operations = operation_ids::assign(&mut root, &mut diagnostics);
        super::choose(&mut root, &mut operations, Empty::None, &mut diagnostics);
        let operation = &operations["a"];
        (operation.body.clone(), operation.media_type.clone())
    }

    #[test]
    fn the_declared_type_is_sent() {
        let object = json!({ "schema": { "type": "object" } });
        for (declared, sent) in [
            ("application/json", None),
            ("application/merge-patch+json", Some("application/merge-patch+json")),
            ("text/json", Some("text/json")),
            (
                "application/json; charset=utf-8",
                Some("application/json; charset=utf-8"),
            ),
            ("application/*+json", None),
            ("*/*", None),
        ] {
            assert_eq!(
                described(json!({ declared: object })),
                (Body::Json, sent.map(str::to_owned)),
                "{declared}"
            );
        }
        for (declared, sent) in [
            ("multipart/form-data", None),
            ("Multipart/Related; boundary=x", Some("multipart/related")),
            ("multipart/*", None),
        ] {
            assert_eq!(
                described(json!({ declared: object })),
                (Body::Multipart, sent.map(str::to_owned)),
                "{declared}"
            );
        }
        let (body, sent) = described(json!({ "application/ld+json": object, "application/json": object }));
        assert_eq!((body, sent), (Body::Json, None));
    }

    #[test]
    fn a_form_is_typed() {
        let object = json!({ "type": "object", "properties": { "a": { "type": "string" } } });
        let form = "application/x-www-form-urlencoded";
        let encoding = json!({ "a": { "style": "deepObject" }, "b": { "contentType": "application/json" }, "c": { "explode": false }, "d": {} });
        let styled = described(json!({ form: { "schema": object, "encoding": encoding } })).0;
        let Body::Form(styles) = styled else {
            panic!("{styled:?}")
        };
        let names: Vec<_> = styles
            .iter()
            .map(|(field, style)| (field.as_str(), style.name, style.explode))
            .collect();
        assert_eq!(
            names,
            [("a", "DEEP_OBJECT", true), ("b", "JSON", false), ("c", "FORM", false)]
        );
        let with_files = json!({ "schema": { "$ref": "#/components/schemas/S" } });
        let of = |files: &Value| described(json!({ form: { "schema": object }, "multipart/form-data": files })).0;
        let Body::Parts(parts) = of(&with_files) else {
            panic!("{:?}", of(&with_files))
        };
        assert!(!parts.fields && parts.files[0].several && !parts.files[0].required);
        assert_eq!(of(&json!({ "schema": object })), Body::Form(Default::default()));
        let text = json!({ form: { "schema": { "type": "string" } } });
        assert_eq!(described(text).0, Body::Bytes(form.to_owned()));
    }

    #[test]
    fn the_files_of_a_form_are_told_from_its_fields() {
        let binary = json!({ "type": "string", "format": "binary", "description": "A photo." });
        let schema = json!({
            "type": "object", "required": ["photo", "name"],
            "properties": { "photo": binary, "name": { "type": "string" }, "meta": { "type": "object" }, "more": { "type": "array", "items": binary } },
        });
        let encoding = json!({ "meta": { "contentType": "application/json" }, "name": { "contentType": "text/plain, text/html" }, "photo": { "contentType": "image/png" } });
        let form = |schema: &Value| json!({ "multipart/form-data": { "schema": schema, "encoding": encoding } });
        let Body::Parts(parts) = described(form(&schema)).0 else {
            panic!("it is no form")
        };
        assert!(parts.fields);
        let files: Vec<_> = parts
            .files
            .iter()
            .map(|file| (file.name.as_str(), file.required, file.several))
            .collect();
        assert_eq!(files, [("more", false, true), ("photo", true, false)]);
        assert_eq!(parts.files[1].description, "A photo.");
        assert_eq!(
            parts.content_types.into_iter().collect::<Vec<_>>(),
            [("meta".to_owned(), "application/json".to_owned())]
        );
        // What says nothing of its parts, or says it in another way, takes any.
        for schema in [
            json!({}),
            json!({ "type": "object" }),
            json!({ "allOf": [schema.clone(), { "properties": { "a": {} } }] }),
        ] {
            assert_eq!(described(form(&schema)).0, Body::Multipart, "{schema}");
        }
        let open = json!({ "properties": { "photo": binary }, "additionalProperties": { "type": "string" } });
        assert!(matches!(described(form(&open)).0, Body::Parts(parts) if parts.fields));
    }
}
