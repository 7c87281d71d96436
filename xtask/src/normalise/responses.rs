use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::bodies::is_json;
use super::{Notes, Operation, parts};

/// What an operation answers when it succeeds.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub enum Answer {
    /// Nothing.
    #[default]
    Empty,
    /// JSON of the method's type.
    Json,
    /// Bytes: CSV, a zip archive, an image.
    Bytes,
}

/// Settles on one success for each operation, as status 200. Failures go: the transport reads them by hand,
/// because a declared one loses the `Retry-After` of a 429 that is not JSON.
pub(super) fn settle(root: &mut Value, operations: &mut BTreeMap<String, Operation>, notes: &mut Notes) {
    parts::operations_mut(root, |_, method, operation| {
        let Some(described) = operations.get_mut(parts::label("", method, operation).as_str()) else {
            return;
        };
        let responses = operation
            .get("responses")
            .and_then(Value::as_object)
            .cloned()
            .unwrap_or_default();
        let mut successes: Vec<Value> = responses
            .iter()
            .filter(|(status, _)| status.starts_with('2'))
            .map(|(_, response)| response.clone())
            .collect();
        if successes.is_empty() {
            // A document that gives a default alone means the success by it.
            successes.extend(responses.get("default").cloned());
        }
        let mut json_schemas: Vec<Value> = Vec::new();
        let mut others: Vec<&str> = Vec::new();
        for response in &successes {
            for (content_type, media) in response.get("content").and_then(Value::as_object).into_iter().flatten() {
                if is_json(content_type) {
                    let schema = media.get("schema").cloned().unwrap_or_else(|| json!({}));
                    if !json_schemas.contains(&schema) {
                        json_schemas.push(schema);
                    }
                } else {
                    others.push(content_type);
                }
            }
        }
        let (answer, content) = match json_schemas.as_slice() {
            [] if others.is_empty() => (Answer::Empty, None),
            [] => (Answer::Bytes, Some(json!({ "type": "string" }))),
            [schema] => (Answer::Json, Some(schema.clone())),
            _ => {
                notes.changed(&described.id, "it has several success types: an opaque JSON value");
                (Answer::Json, Some(json!({})))
            }
        };
        if answer == Answer::Json {
            for other in others {
                notes.changed(
                    &described.id,
                    format!("it may also answer `{other}`; only JSON is offered"),
                );
            }
        }
        described.answer = answer;
        let mut success = json!({ "description": "OK" });
        if let Some(schema) = content {
            success["content"] = json!({ "application/json": { "schema": schema } });
        }
        operation["responses"] = json!({ "200": success });
    });
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::Answer;
    use crate::normalise::{Notes, operation_ids};

    fn settled(responses: Value) -> (Answer, Value, usize) {
        let mut root = json!({ "paths": { "/a": { "post": { "operationId": "a", "responses": responses } } } });
        let mut notes = Notes::default();
        let mut operations = operation_ids::assign(&mut root, &mut notes);
        super::settle(&mut root, &mut operations, &mut notes);
        let schema = root.pointer("/paths/~1a/post/responses/200/content/application~1json/schema");
        (
            operations["a"].answer,
            schema.cloned().unwrap_or_default(),
            notes.sorted().len(),
        )
    }

    #[test]
    fn one_success_is_left() {
        let json_of = |schema: Value| json!({ "content": { "application/json": { "schema": schema } } });
        let number = json!({ "type": "number" });
        assert_eq!(
            settled(json!({ "200": json_of(number.clone()), "400": json_of(json!({})) })),
            (Answer::Json, number.clone(), 0)
        );
        assert_eq!(
            settled(json!({ "default": json_of(number.clone()) })),
            (Answer::Json, number.clone(), 0)
        );
        assert_eq!(
            settled(json!({ "200": json_of(number.clone()), "201": json_of(json!({ "type": "string" })) })),
            (Answer::Json, json!({}), 1)
        );
        assert_eq!(
            settled(json!({ "200": { "content": { "text/csv; charset=UTF-8": {} } } })).0,
            Answer::Bytes
        );
        assert_eq!(settled(json!({ "204": { "description": "nothing" } })).0, Answer::Empty);
    }
}
