use serde_json::{Map, Value};

use super::{Diagnostics, parts};

/// What a framework's documents say to a generator of its own; ours has no part in it.
const FRAMEWORK: &str = "x-dropshot-";

/// Leaves out the operations that turn their connection into something else than a response, and takes out what would have the
/// generator write code for a framework.
pub(super) fn leave_out(root: &mut Value, diagnostics: &mut Diagnostics) {
    parts::retain_operations(root, |path, method, operation| {
        let upgrades = upgrades(operation);
        if upgrades {
            let why = "it turns its connection into a WebSocket, and the transport sends requests and reads responses";
            diagnostics.left_out(parts::label(path, method, operation), why);
        }
        !upgrades
    });
    parts::operations_mut(root, |_, _, operation| {
        if let Some(operation) = operation.as_object_mut() {
            operation.retain(|key, _| !key.starts_with(FRAMEWORK));
        }
    });
}

fn upgrades(operation: &Value) -> bool {
    let Some(operation) = operation.as_object() else {
        return false;
    };
    let is_websocket = |key: &String| key.starts_with("x-") && key.ends_with("websocket");
    let responses = operation.get("responses").and_then(Value::as_object);
    operation.keys().any(is_websocket) || responses.is_some_and(switches)
}

/// Whether the one success is that of switching protocols.
fn switches(responses: &Map<String, Value>) -> bool {
    responses.contains_key("101") && !responses.keys().any(|status| status.starts_with('2'))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use crate::normalise::Diagnostics;

    #[test]
    fn a_websocket_is_left_out_for_what_it_is() {
        let mut root = json!({ "paths": {
            "/a": { "get": { "operationId": "a", "x-dropshot-websocket": {}, "responses": { "default": {} } } },
            "/b": { "get": { "operationId": "b", "responses": { "101": {}, "400": {} } } },
            "/c": { "get": { "operationId": "c", "x-dropshot-pagination": {}, "responses": { "101": {}, "200": {} } } },
        } });
        let mut diagnostics = Diagnostics::default();
        super::leave_out(&mut root, &mut diagnostics);
        let left_out = diagnostics.sorted();
        assert_eq!(
            left_out.iter().map(|entry| entry.what.as_str()).collect::<Vec<_>>(),
            ["a", "b"]
        );
        assert!(
            left_out
                .iter()
                .all(|entry| entry.operation && entry.why.contains("WebSocket"))
        );
        assert_eq!(root["paths"]["/c"]["get"].get("x-dropshot-pagination"), None);
    }
}
