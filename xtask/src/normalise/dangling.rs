use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::{Notes, parts};

/// Makes a reference to nothing an opaque JSON value, and so one to anything but a component schema.
pub(super) fn replace(root: &mut Value, notes: &mut Notes) {
    let names: BTreeSet<String> = parts::schema_names(root);
    parts::visit_schemas(root, &mut |place, schema| {
        if let Some(reference) = schema.get("$ref") {
            match reference
                .as_str()
                .and_then(|reference| reference.strip_prefix(parts::SCHEMAS))
            {
                Some(name) if names.contains(name) => {}
                _ => {
                    notes.changed(place, format!("{reference} refers to nothing: an opaque JSON value"));
                    *schema = json!({});
                }
            }
        } else if !schema.is_object() {
            // `true` and `false` are schemas of later versions; anything else is none at all.
            *schema = json!({});
        }
    });
}
