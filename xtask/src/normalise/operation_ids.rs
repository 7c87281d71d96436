use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::words::{numbered, snake, upper_case};
use super::{Diagnostics, Operation, parts};

/// Where a fragment says that the API no longer has an operation.
pub(crate) const GONE: &str = "x-gone";

/// The methods that a generated client has of its own.
const RESERVED: [&str; 5] = ["new", "from", "transport", "clone", "fmt"];

/// Gives each operation the name of its method as its id, so that the generator takes it over as it is, and
/// returns the operations by that name.
pub(super) fn assign(root: &mut Value, diagnostics: &mut Diagnostics) -> BTreeMap<String, Operation> {
    // Of the names in one word, because types are named after methods too: `get_2` and `get2` would be one.
    let mut taken: BTreeSet<String> = RESERVED.map(in_one_word).into();
    let mut operations = BTreeMap::new();
    parts::operations_mut(root, |path, method, operation| {
        let text = |key: &str| {
            operation
                .get(key)
                .and_then(Value::as_str)
                .unwrap_or_default()
                .trim()
                .to_owned()
        };
        let id = match text("operationId") {
            id if id.is_empty() => {
                let id = snake(&format!("{method} {path}"));
                diagnostics.changed(path, format!("it has no operation id: `{id}`"));
                id
            }
            id => id,
        };
        let short = snake(&id);
        let mut name = short.clone();
        if taken.contains(&in_one_word(&name)) {
            // The last part of the path that the name does not have yet tells the two apart better than a number.
            let directory = path
                .rsplit('/')
                .map(snake)
                .find(|part| part != &short && part != "unnamed");
            name = format!("{short}_{}", directory.unwrap_or_default());
        }
        let name = free(&name, &mut taken);
        if name != short {
            diagnostics.changed(
                format!("{} {path}", method.to_uppercase()),
                format!("the method name `{short}` is taken: `{name}`"),
            );
        }
        let (summary, description) = (text("summary"), text("description"));
        let description = match (summary.is_empty(), description.is_empty() || description == summary) {
            (true, _) => description,
            (false, true) => summary,
            (false, false) => format!("{summary}\n\n{description}"),
        };
        let deprecated = operation.get("deprecated").and_then(Value::as_bool).unwrap_or(false);
        operation["operationId"] = name.clone().into();
        let described = Operation {
            id,
            method: method.to_uppercase(),
            path: path.to_owned(),
            description,
            deprecated,
            gone: operation.get(GONE).and_then(Value::as_bool).unwrap_or(false),
            ..Operation::default()
        };
        operations.insert(name, described);
    });
    operations
}

/// As constants and types are named after methods: in one case, and in one word.
fn in_one_word(name: &str) -> String {
    upper_case(&name.replace('_', ""))
}

/// The name, with a number where there is need.
fn free(name: &str, taken: &mut BTreeSet<String>) -> String {
    let free = numbered(name, |candidate| taken.contains(&in_one_word(candidate)));
    taken.insert(in_one_word(&free));
    free
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use crate::normalise::Diagnostics;

    #[test]
    fn ids_are_unique_method_names() {
        let mut root = json!({ "paths": {
            "/camera/getState": { "post": { "operationId": "getState" } },
            "/door/getState": { "post": { "operationId": "getState" } },
            "/door/get_state": { "post": { "operationId": "get_state" } },
            "/none": { "post": {} },
            "/new": { "post": { "operationId": "new" } },
            "/one": { "post": { "operationId": "get2" } },
            "/two": { "post": { "operationId": "get_2" } },
        } });
        let mut diagnostics = Diagnostics::default();
        let names: Vec<String> = super::assign(&mut root, &mut diagnostics).into_keys().collect();
        assert_eq!(
            names,
            [
                "get2",
                "get_2_two",
                "get_state",
                "get_state_door",
                "get_state_door2",
                "new_2",
                "post_none"
            ]
        );
        assert_eq!(diagnostics.sorted().len(), 5);
    }
}
