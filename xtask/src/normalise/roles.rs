use std::collections::BTreeMap;

use serde_json::Value;

use super::{ID_FORMAT, parts};
use crate::api::Roles;

/// What a property of a response says of the call.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
#[non_exhaustive]
pub enum Role {
    /// Whether the server rejected the request.
    Error,
    /// Why.
    Message,
    /// Whether the integrated system rejected its credential.
    IntegrationAuth,
    /// A caveat.
    Warning,
    /// What was not carried out.
    FailedIds,
    /// What is there more than once.
    Misconfigured,
}

impl Role {
    /// As `respond!` names it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Error => "error",
            Self::Message => "message",
            Self::IntegrationAuth => "integration_auth",
            Self::Warning => "warning",
            Self::FailedIds => "failed_ids",
            Self::Misconfigured => "misconfigured",
        }
    }

    /// Whether a property of this schema can play it.
    fn fits(self, schema: &Value) -> bool {
        let is = |schema: &Value, name: &str| schema.get("type").and_then(Value::as_str) == Some(name);
        match self {
            Self::Error | Self::IntegrationAuth => is(schema, "boolean"),
            Self::Message | Self::Warning => is(schema, "string") && schema.get("format").is_none(),
            Self::FailedIds | Self::Misconfigured => {
                is(schema, "array")
                    && schema.get("items").is_some_and(|items| {
                        let format = items.get("format").and_then(Value::as_str);
                        is(items, "string") && format.is_none_or(|format| format == ID_FORMAT)
                    })
            }
        }
    }
}

/// The fields that play a role, by schema. A property of another type than the role's plays none.
pub(super) fn find(
    root: &Value,
    wire_names: &BTreeMap<(String, String), String>,
    roles: &Roles,
) -> BTreeMap<String, Vec<(Role, String)>> {
    let listed = [
        (Role::Error, &roles.error),
        (Role::Message, &roles.message),
        (Role::IntegrationAuth, &roles.integration_auth),
        (Role::Warning, &roles.warning),
        (Role::FailedIds, &roles.failed_ids),
        (Role::Misconfigured, &roles.misconfigured),
    ];
    let mut found: BTreeMap<String, Vec<(Role, String)>> = BTreeMap::new();
    for (schema, object) in parts::schemas(root) {
        let properties = object.get("properties").and_then(Value::as_object);
        for (field, property) in properties.into_iter().flatten() {
            let wire = wire_names.get(&(schema.clone(), field.clone())).unwrap_or(field);
            let plays = |(role, name): &&(Role, &Option<String>)| name.as_ref() == Some(wire) && role.fits(property);
            for (role, _) in listed.iter().filter(plays) {
                found.entry(schema.clone()).or_default().push((*role, field.clone()));
            }
        }
    }
    found.values_mut().for_each(|roles| roles.sort());
    found
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use serde_json::json;

    use super::Role;
    use crate::api::Roles;

    #[test]
    fn a_role_is_of_one_type() {
        let root = json!({ "components": { "schemas": {
            "Right": { "properties": { "error": { "type": "boolean" }, "msg": { "type": "string" } } },
            "Wrong": { "properties": { "error": { "type": "string" }, "msg": { "type": "integer" } } },
        } } });
        let roles = Roles {
            error: Some("error".to_owned()),
            warning: Some("warnMsg".to_owned()),
            ..Roles::default()
        };
        let wire = BTreeMap::from([(("Right".to_owned(), "msg".to_owned()), "warnMsg".to_owned())]);
        let found = super::find(&root, &wire, &roles);
        let expected = vec![(Role::Error, "error".to_owned()), (Role::Warning, "msg".to_owned())];
        assert_eq!(found, BTreeMap::from([("Right".to_owned(), expected)]));
        assert!(super::find(&root, &wire, &Roles::default()).is_empty());
    }
}
