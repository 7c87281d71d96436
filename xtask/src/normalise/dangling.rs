use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::{Diagnostics, parts};

/// Writes each reference to a component schema with the schema's name as it is (a `/` in it is `~1` in a reference), and
/// makes a reference to nothing, or to anything but a component schema, an opaque JSON value.
pub(super) fn replace(root: &mut Value, diagnostics: &mut Diagnostics) {
    let names: BTreeSet<String> = parts::schema_names(root);
    parts::visit_schemas(root, &mut |place, schema| {
        if let Some(reference) = schema.get_mut("$ref") {
            match reference.as_str().and_then(parts::component) {
                Some(name) if names.contains(&name) => *reference = format!("{}{name}", parts::SCHEMAS).into(),
                _ => {
                    diagnostics.changed(place, format!("{reference} refers to nothing: an opaque JSON value"));
                    *schema = json!({});
                }
            }
        } else if !schema.is_object() {
            // `true` and `false` are schemas of later versions; anything else is none at all.
            diagnostics.changed(place, "it is no schema: an opaque JSON value");
            *schema = json!({});
        }
    });
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use crate::normalise::{Diagnostics, parts};

    #[test]
    fn references_lead_to_components_or_nowhere() {
        let reference = |to: &str| json!({ "$ref": to });
        let mut root = json!({ "paths": {}, "components": { "schemas": {
            "a/b c": { "properties": {
                "itself": reference("#/components/schemas/a~1b%20c"),
                "gone": reference("#/components/schemas/Gone"),
                "elsewhere": reference("other.yaml#/Door"),
                "none": 3,
            } },
        } } });
        let mut diagnostics = Diagnostics::default();
        super::replace(&mut root, &mut diagnostics);
        assert_eq!(
            root.pointer("/components/schemas/a~1b c/properties").unwrap(),
            &json!({ "itself": parts::reference("a/b c"), "gone": {}, "elsewhere": {}, "none": {} })
        );
        assert_eq!(diagnostics.sorted().len(), 3);
    }
}
