//! What came after 3.0 and has no rule of its own is left out, by name.

use serde_json::{Map, Value};

use crate::document::grammar::{Kind, Shape, Use};
use crate::document::{Warning, kind, pointer};

pub(super) fn lower(kind: Kind, object: &mut Map<String, Value>, place: &str, warnings: &mut Vec<Warning>) {
    if kind == Kind::Schema {
        pattern_properties(object, place, warnings);
    }
    if kind == Kind::Info {
        license(object, place, warnings);
    }
    if let Some(Value::Array(parameters)) = object.get_mut("parameters") {
        query_string(parameters, place, warnings);
    }
    if kind == Kind::SecurityScheme && object.get("type").is_some_and(|kind| kind == "mutualTLS") {
        let message = "a security scheme of type mutualTLS, which OpenAPI 3.0 does not know, is kept as it is";
        warnings.push(Warning::new(pointer::child(place, "type"), message));
    }
    object.retain(|key, value| {
        let Some((Use::Later, _)) = kind.key(key) else {
            return true;
        };
        let moved = matches!(key.as_str(), "$defs" | "definitions" | "pathItems");
        let harmless = match key.as_str() {
            "$id" | "$schema" | "$anchor" | "$self" => true,
            "jsonSchemaDialect" => value
                .as_str()
                .is_some_and(|dialect| dialect.contains("spec.openapis.org/oas/")),
            "webhooks" => value.as_object().is_some_and(Map::is_empty),
            _ => false,
        };
        if !moved && !harmless {
            let message = format!("left out: OpenAPI 3.0 cannot express `{key}`");
            warnings.push(Warning::new(pointer::child(place, key), message));
        }
        false
    });
}

/// Properties by pattern are further properties; which name has which schema is lost where there are several.
fn pattern_properties(schema: &mut Map<String, Value>, place: &str, warnings: &mut Vec<Warning>) {
    let Some((Use::Later, Shape::Map(_))) = Kind::Schema.key("patternProperties") else {
        return;
    };
    let Some(patterns) = schema.remove("patternProperties") else {
        return;
    };
    let place = pointer::child(place, "patternProperties");
    let Value::Object(patterns) = patterns else {
        let message = format!("left out: an object is expected here, not {}", kind(&patterns));
        warnings.push(Warning::new(place, message));
        return;
    };
    let further = schema.get("additionalProperties");
    let message = if further.is_none_or(|further| *further == Value::Bool(false)) {
        let mut schemas: Vec<_> = patterns.into_iter().map(|(_, schema)| schema).collect();
        let only = if schemas.len() == 1 { schemas.pop() } else { None };
        schema.insert(
            "additionalProperties".into(),
            only.unwrap_or_else(|| serde_json::json!({})),
        );
        "now `additionalProperties`: OpenAPI 3.0 has no patterns for the names of properties"
    } else {
        "left out: OpenAPI 3.0 has no patterns for the names of properties"
    };
    warnings.push(Warning::new(place, message));
}

/// 3.1 may name a licence by its SPDX id instead of a URL.
fn license(info: &mut Map<String, Value>, place: &str, warnings: &mut Vec<Warning>) {
    if let Some(Value::Object(license)) = info.get_mut("license")
        && let Some(id) = license.remove("identifier")
    {
        let message = format!("left out: OpenAPI 3.0 has no SPDX id ({id}) for the licence");
        warnings.push(Warning::new(
            pointer::child(&pointer::child(place, "license"), "identifier"),
            message,
        ));
    }
    info.remove("summary");
}

/// 3.2 may describe the query string as a whole.
fn query_string(parameters: &mut Vec<Value>, place: &str, warnings: &mut Vec<Warning>) {
    let mut index = 0;
    parameters.retain(|parameter| {
        let whole = parameter.get("in").is_some_and(|place| place == "querystring");
        if whole {
            let message = "left out: OpenAPI 3.0 has no parameter for the whole query string";
            warnings.push(Warning::new(format!("{place}/parameters/{index}"), message));
        }
        index += 1;
        !whole
    });
}
