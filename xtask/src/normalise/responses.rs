use std::collections::{BTreeMap, BTreeSet};

use http::HeaderValue;
use serde_json::{Value, json};

use super::bodies::{essence, is_binary, is_json};
use super::{Diagnostics, Operation, error_responses, parts};

/// What an operation returns when it succeeds.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub enum ResponseBody {
    /// Nothing.
    #[default]
    Empty,
    /// JSON of the method's type.
    Json,
    /// Text other than JSON: CSV, XML.
    Bytes,
    /// A file, as it arrives: an archive, an image, lines without end.
    Stream,
}

/// Chooses one success for each operation, as status 200. Failures go: the transport reads them by hand,
/// because a declared one loses the `Retry-After` of a 429 that is not JSON.
pub(super) fn choose(root: &mut Value, operations: &mut BTreeMap<String, Operation>, diagnostics: &mut Diagnostics) {
    parts::operations_mut(root, |_, method, operation| {
        let Some(described) = operations.get_mut(parts::label("", method, operation).as_str()) else {
            return;
        };
        let responses = operation
            .get("responses")
            .and_then(Value::as_object)
            .cloned()
            .unwrap_or_default();
        let mut successes: Vec<&Value> = responses
            .iter()
            .filter(|(status, _)| status.starts_with('2'))
            .map(|(_, response)| response)
            .collect();
        if successes.is_empty()
            && let Some(default) = responses.get("default")
        {
            diagnostics.changed(
                &described.id,
                "it has only a default response, which is taken as its success",
            );
            successes.push(default);
        }
        let failures: Vec<&str> = (responses.keys())
            .map(String::as_str)
            .filter(|status| !status.starts_with('2') && *status != "default")
            .filter(|status| !error_responses::is_typed(described, status))
            .collect();
        if !failures.is_empty() {
            let why = format!(
                "its responses for {} have no types: each is an `Error`",
                failures.join(", ")
            );
            diagnostics.changed(&described.id, why);
        }
        let (response, content) = chosen(&successes, &described.id, diagnostics);
        let failures = responses
            .iter()
            .filter(|(status, _)| !status.starts_with('2'))
            .map(|(_, response)| response);
        described.accept = accept(response, &successes, failures);
        described.response = response;
        let mut success = json!({ "description": "OK" });
        if let Some(schema) = content {
            success["content"] = json!({ "application/json": { "schema": schema } });
        }
        operation["responses"] = json!({ "200": success });
    });
}

/// The one response for all successes, and its schema.
fn chosen(successes: &[&Value], id: &str, diagnostics: &mut Diagnostics) -> (ResponseBody, Option<Value>) {
    let mut json_schemas: Vec<Value> = Vec::new();
    let mut others: BTreeSet<&str> = BTreeSet::new();
    let mut without = false;
    let mut is_file = false;
    for response in successes {
        let content = response.get("content").and_then(Value::as_object);
        without |= content.is_none_or(serde_json::Map::is_empty);
        for (content_type, media) in content.into_iter().flatten() {
            let schema = media.get("schema").cloned().unwrap_or_else(|| json!({}));
            if !is_json(content_type) || is_binary(&schema) {
                others.insert(content_type);
                is_file |= is_binary(&schema) || !is_text(content_type);
            } else if !json_schemas.contains(&schema) {
                json_schemas.push(schema);
            }
        }
        if response
            .get("headers")
            .and_then(Value::as_object)
            .is_some_and(|headers| !headers.is_empty())
        {
            diagnostics.changed(id, "the headers of its response are not offered");
        }
    }
    let (response, schema) = match json_schemas.as_slice() {
        [] if others.is_empty() => return (ResponseBody::Empty, None),
        [] if is_file => return (ResponseBody::Stream, Some(json!({ "type": "string" }))),
        [] => return (ResponseBody::Bytes, Some(json!({ "type": "string" }))),
        [schema] if !without => (ResponseBody::Json, schema.clone()),
        [_] => {
            diagnostics.changed(
                id,
                "it may also succeed without content: an opaque JSON value, `null` for none",
            );
            (ResponseBody::Json, json!({}))
        }
        _ => {
            diagnostics.changed(id, "it has several success types: an opaque JSON value");
            (ResponseBody::Json, json!({}))
        }
    };
    for other in others {
        diagnostics.changed(id, format!("it may also return `{other}`; only JSON is offered"));
    }
    (response, Some(schema))
}

/// The media types of the successes that are offered, then those of the failures.
fn accept<'a>(response: ResponseBody, successes: &[&'a Value], failures: impl Iterator<Item = &'a Value>) -> String {
    let offered = successes
        .iter()
        .flat_map(|success| media_types(success))
        .filter(|(name, schema)| match response {
            ResponseBody::Json => is_json(name) && !schema.is_some_and(is_binary),
            ResponseBody::Bytes | ResponseBody::Stream => true,
            ResponseBody::Empty => false,
        });
    let offered: Vec<String> = offered.map(|(name, _)| acceptable(name)).collect();
    let others = failures.flat_map(media_types).map(|(name, _)| acceptable(name));
    let mut listed: Vec<String> = Vec::new();
    for name in offered.iter().cloned().chain(others) {
        if !listed.contains(&name) {
            listed.push(name);
        }
    }
    match offered.is_empty() {
        true => String::new(),
        // Where the document leaves it open, so do we.
        false if listed.iter().any(|name| name == ANY) => ANY.to_owned(),
        false => listed.join(", "),
    }
}

/// Whether content is text that is of use as a whole. Events and lines that come one by one are none.
fn is_text(content_type: &str) -> bool {
    let essence = essence(content_type);
    let (kind, subtype) = essence.split_once('/').unwrap_or_default();
    let texts = ["xml", "yaml", "x-yaml", "javascript"];
    (kind == "text" && subtype != "event-stream")
        || texts.contains(&subtype)
        || ["+xml", "+yaml"].iter().any(|suffix| subtype.ends_with(suffix))
}

/// Any media type.
const ANY: &str = "*/*";

fn media_types(response: &Value) -> impl Iterator<Item = (&String, Option<&Value>)> {
    let content = response.get("content").and_then(Value::as_object).into_iter().flatten();
    content.map(|(name, media)| (name, media.get("schema")))
}

/// A media type without the one parameter that no `Accept` is compared by.
fn acceptable(media_type: &str) -> String {
    // What is no media type is none that a server compares.
    if HeaderValue::from_str(media_type).is_err() || media_type.contains('\t') || !media_type.contains('/') {
        return ANY.to_owned();
    }
    let parameters = media_type.split(';').skip(1).map(str::trim);
    let kept =
        parameters.filter(|parameter| !parameter.to_ascii_lowercase().starts_with("charset=") && !parameter.is_empty());
    kept.fold(essence(media_type), |text, parameter| format!("{text};{parameter}"))
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::ResponseBody;
    use crate::normalise::{Diagnostics, operation_ids};

    fn chosen(responses: Value) -> (ResponseBody, Value, usize) {
        let mut root = json!({ "paths": { "/a": { "post": { "operationId": "a", "responses": responses } } } });
        let mut diagnostics = Diagnostics::default();
        let mut operations = operation_ids::assign(&mut root, &mut diagnostics);
        super::choose(&mut root, &mut operations, &mut diagnostics);
        let schema = root.pointer("/paths/~1a/post/responses/200/content/application~1json/schema");
        (
            operations["a"].response,
            schema.cloned().unwrap_or_default(),
            diagnostics.sorted().len(),
        )
    }

    #[test]
    fn one_success_is_left() {
        let json_of = |schema: Value| json!({ "content": { "application/json": { "schema": schema } } });
        let number = json!({ "type": "number" });
        assert_eq!(
            chosen(json!({ "200": json_of(number.clone()), "400": json_of(json!({})) })),
            (ResponseBody::Json, number.clone(), 1)
        );
        assert_eq!(
            chosen(json!({ "default": json_of(number.clone()) })),
            (ResponseBody::Json, number.clone(), 1)
        );
        assert_eq!(
            chosen(json!({ "200": json_of(number.clone()), "201": json_of(json!({ "type": "string" })) })),
            (ResponseBody::Json, json!({}), 1)
        );
        assert_eq!(
            chosen(json!({ "200": json_of(number.clone()), "204": { "description": "none" } })),
            (ResponseBody::Json, json!({}), 1)
        );
        let binary = json!({ "200": json_of(json!({ "type": "string", "format": "binary" })) });
        assert_eq!(chosen(binary).0, ResponseBody::Stream);
        let text = json!({ "schema": { "type": "string" } });
        let file = json!({ "schema": { "type": "string", "format": "binary" } });
        for (content_type, media, expected) in [
            ("text/csv; charset=UTF-8", &text, ResponseBody::Bytes),
            ("application/xml", &text, ResponseBody::Bytes),
            ("image/svg+xml", &text, ResponseBody::Bytes),
            ("text/csv", &file, ResponseBody::Stream),
            ("text/event-stream", &text, ResponseBody::Stream),
            ("application/x-ndjson", &text, ResponseBody::Stream),
            ("application/zip", &json!({}), ResponseBody::Stream),
            ("video/mp4", &text, ResponseBody::Stream),
            ("nonsense", &text, ResponseBody::Stream),
        ] {
            let of = chosen(json!({ "200": { "content": { content_type: media } } })).0;
            assert_eq!(of, expected, "{content_type}");
        }
        assert_eq!(
            chosen(json!({ "204": { "description": "nothing" } })).0,
            ResponseBody::Empty
        );
    }

    #[test]
    fn what_is_offered_is_accepted() {
        let accept = |responses: Value| {
            let mut root = json!({ "paths": { "/a": { "post": { "operationId": "a", "responses": responses } } } });
            let mut diagnostics = Diagnostics::default();
            let mut operations = operation_ids::assign(&mut root, &mut diagnostics);
            super::choose(&mut root, &mut operations, &mut diagnostics);
            operations["a"].accept.clone()
        };
        let of = |names: &[&str]| {
            let content: serde_json::Map<_, _> = names.iter().map(|name| ((*name).to_owned(), json!({}))).collect();
            json!({ "content": content })
        };
        let problem = of(&["application/problem+json"]);
        for (responses, expected) in [
            (
                json!({ "200": of(&["application/json; charset=utf-8"]) }),
                "application/json",
            ),
            (
                json!({ "200": of(&["application/json", "text/event-stream"]) }),
                "application/json",
            ),
            (
                json!({ "2XX": of(&["text/json"]), "default": problem }),
                "text/json, application/problem+json",
            ),
            (
                json!({ "200": of(&["text/csv"]), "400": of(&["text/csv"]) }),
                "text/csv",
            ),
            (
                json!({ "200": of(&["application/json;odata=full"]) }),
                "application/json;odata=full",
            ),
            (json!({ "200": of(&["application/*"]) }), "application/*"),
            (json!({ "200": of(&["*/*"]), "400": problem }), "*/*"),
            (json!({ "204": {}, "400": problem }), ""),
            (json!({ "200": of(&["text/\n"]) }), "*/*"),
        ] {
            assert_eq!(accept(responses.clone()), expected, "{responses}");
        }
    }
}
