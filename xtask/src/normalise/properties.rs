use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value};

use super::parts;
use super::words::{snake, unique};

/// The field that keeps unknown properties.
const EXTRA: &str = "extra";

/// Gives a name of its own to each property that would fold to another's field (`audioDevices`, `audio_devices`), or
/// to the field that keeps unknown ones. Answers the wire names by schema and new name.
pub(super) fn separate(root: &mut Value) -> BTreeMap<(String, String), String> {
    let mut wire_names = BTreeMap::new();
    for (schema, object) in parts::schemas_mut(root).into_iter().flatten() {
        let Some(properties) = object.get_mut("properties").and_then(Value::as_object_mut) else {
            continue;
        };
        let mut taken = BTreeSet::from([EXTRA.to_owned()]);
        let mut separate = Map::new();
        for (name, property) in std::mem::take(properties) {
            let field = snake(&name);
            let free = unique(field.clone(), &mut taken);
            // The generator finds the field's name from the property's on its own where nothing is in the way.
            let plain = free == field
                && !name.is_empty()
                && name
                    .chars()
                    .all(|character| character.is_ascii_alphanumeric() || character == '_');
            if plain {
                separate.insert(name, property);
            } else {
                wire_names.insert((schema.clone(), free.clone()), name);
                separate.insert(free, property);
            }
        }
        *properties = separate;
    }
    wire_names
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    #[test]
    fn fields_do_not_collide() {
        let mut root = json!({ "components": { "schemas": { "S": { "properties": {
            "audioDevices": {}, "audio_devices": {}, "extra": {}, "": {}, "@type": {}, "type": {},
        } } } } });
        let wire_names = super::separate(&mut root);
        let names: Vec<(&str, &str)> = wire_names
            .iter()
            .map(|((_, new), old)| (new.as_str(), old.as_str()))
            .collect();
        assert_eq!(
            names,
            [
                ("audio_devices2", "audio_devices"),
                ("extra2", "extra"),
                ("type_", "@type"),
                ("type_2", "type"),
                ("unnamed", "")
            ]
        );
    }
}
