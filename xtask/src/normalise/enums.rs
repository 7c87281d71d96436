use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};

use super::words::{pascal, unique};
use super::{Diagnostics, Shape, parts};

/// The variant that carries a value that is not known.
pub const OTHER: &str = "Unrecognized";

/// Makes every string enumeration a component of its own, seen by the generator as a bare object, and diagnostics its
/// values. Other enumerations lose their values, which is noted: the type alone is kept.
pub(super) fn extract_inline(
    root: &mut Value,
    taken: &mut BTreeSet<String>,
    shapes: &mut BTreeMap<String, Shape>,
    diagnostics: &mut Diagnostics,
) {
    for name in parts::schema_names(root) {
        let Some(schema) = parts::schemas_mut(root).and_then(|schemas| schemas.get_mut(&name)) else {
            continue;
        };
        if let Some(values) = values(&name, schema, diagnostics) {
            *schema = placeholder(schema);
            shapes.insert(name, Shape::Enum(values));
        }
    }
    let mut found: Vec<(String, Value)> = Vec::new();
    parts::visit_schemas(root, &mut |place, schema| {
        if let Some(values) = values(place, schema, diagnostics) {
            let name = unique(pascal(place), taken);
            found.push((name.clone(), placeholder(schema)));
            shapes.insert(name.clone(), Shape::Enum(values));
            parts::redirect(schema, &name);
        } else if let Some(object) = schema.as_object_mut()
            && let Some(listed) = object.remove("enum")
        {
            if let (false, Some(kind)) = (object.contains_key("type"), kind(&listed)) {
                object.insert("type".to_owned(), json!(kind));
            }
            let count = listed.as_array().map_or(0, Vec::len);
            diagnostics.changed(
                place,
                format!("its {count} values are no strings: any value of its type is taken"),
            );
        }
    });
    if let Some(schemas) = parts::schemas_mut(root) {
        schemas.extend(found);
    }
}

/// The one type of values that are listed without one.
fn kind(listed: &Value) -> Option<&'static str> {
    let listed = listed.as_array()?.iter().filter(|value| !value.is_null());
    let kinds: BTreeSet<&str> = listed
        .map(|value| match value {
            Value::Bool(_) => "boolean",
            Value::Number(number) if number.is_f64() => "number",
            Value::Number(_) => "integer",
            _ => "",
        })
        .collect();
    match kinds.into_iter().collect::<Vec<_>>().as_slice() {
        ["boolean"] => Some("boolean"),
        ["integer"] => Some("integer"),
        ["number"] | ["integer", "number"] => Some("number"),
        _ => None,
    }
}

fn placeholder(schema: &Value) -> Value {
    let mut placeholder = json!({ "type": "object" });
    if let Some(description) = schema.get("description") {
        placeholder["description"] = description.clone();
    }
    placeholder
}

/// The values by the names of their variants; `None` where the schema is no enumeration of strings.
fn values(place: &str, schema: &Value, diagnostics: &mut Diagnostics) -> Option<BTreeMap<String, String>> {
    let listed = schema.get("enum")?.as_array()?;
    if !matches!(schema.get("type").and_then(Value::as_str), None | Some("string")) {
        return None;
    }
    let strings: BTreeSet<&str> = listed.iter().filter_map(Value::as_str).collect();
    if strings.is_empty() || !listed.iter().all(|value| value.is_string() || value.is_null()) {
        return None;
    }
    let mut taken = BTreeSet::from([OTHER.to_owned()]);
    let named = strings.into_iter().map(|value| {
        let short = pascal(value);
        let name = unique(short.clone(), &mut taken);
        if name != short {
            diagnostics.changed(
                place,
                format!("the variant name `{short}` is taken: `{value}` is `{name}`"),
            );
        }
        (name, value.to_owned())
    });
    Some(named.collect())
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use serde_json::json;

    use crate::normalise::{Diagnostics, Shape, parts};

    #[test]
    fn strings_become_components_and_the_rest_plain() {
        let mut root = json!({ "paths": {}, "components": { "schemas": {
            "Kind": { "type": "string", "enum": ["A_B", "a-b", null] },
            "Door": { "properties": { "state": { "enum": ["OPEN"] }, "level": { "type": "integer", "enum": [1, 2] } } },
        } } });
        let mut taken = parts::schema_names(&root);
        let mut shapes = BTreeMap::new();
        let mut diagnostics = Diagnostics::default();
        super::extract_inline(&mut root, &mut taken, &mut shapes, &mut diagnostics);
        assert_eq!(diagnostics.sorted().len(), 2);
        let values = |pairs: &[(&str, &str)]| {
            Shape::Enum(pairs.iter().map(|(a, b)| ((*a).to_owned(), (*b).to_owned())).collect())
        };
        assert_eq!(shapes["Kind"], values(&[("Ab", "A_B"), ("Ab2", "a-b")]));
        assert_eq!(shapes["DoorState"], values(&[("Open", "OPEN")]));
        assert_eq!(
            root.pointer("/components/schemas/Door/properties/level").unwrap(),
            &json!({ "type": "integer" })
        );
    }
}
