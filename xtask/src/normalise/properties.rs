use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value};

use super::parts;
use super::words::{snake, unique};

/// The field that keeps unknown properties.
const EXTRA: &str = "extra";

/// Names each property as its field is named, one apart from another where two would fold (`audioDevices`,
/// `audio_devices`) or be taken for the field that keeps unknown ones. Returns the wire names by schema and new name.
pub(super) fn separate(root: &mut Value) -> BTreeMap<(String, String), String> {
    let mut wire_names = BTreeMap::new();
    for (schema, object) in parts::schemas_mut(root).into_iter().flatten() {
        let Some(properties) = object.get_mut("properties").and_then(Value::as_object_mut) else {
            continue;
        };
        let mut taken = BTreeSet::from([EXTRA.to_owned()]);
        let mut separate = Map::new();
        for (name, property) in std::mem::take(properties) {
            let free = unique(snake(&name), &mut taken);
            // Named by one rule, ours: the generator's own may take two names for one where ours does not.
            if free == name {
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
                ("audio_devices", "audioDevices"),
                ("audio_devices2", "audio_devices"),
                ("extra2", "extra"),
                ("type_", "@type"),
                ("type_2", "type"),
                ("unnamed", "")
            ]
        );
    }
}
