use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value};

use super::words::{snake, unique};
use super::{Diagnostics, parts};

/// The field that keeps unknown properties.
const EXTRA: &str = "extra";

/// Names each property as its field is named, one apart from another where two would fold (`audioDevices`,
/// `audio_devices`) or be taken for the field that keeps unknown ones. Returns the wire names by schema and new name.
pub(super) fn separate(root: &mut Value, diagnostics: &mut Diagnostics) -> BTreeMap<(String, String), String> {
    let mut wire_names = BTreeMap::new();
    for (schema, object) in parts::schemas_mut(root).into_iter().flatten() {
        let Some(properties) = object.get_mut("properties").and_then(Value::as_object_mut) else {
            continue;
        };
        let mut taken = BTreeSet::from([EXTRA.to_owned()]);
        let mut separate = Map::new();
        for (name, property) in std::mem::take(properties) {
            let short = snake(&name);
            let free = unique(short.clone(), &mut taken);
            if free != short {
                diagnostics.changed(
                    schema,
                    format!("the field name `{short}` is taken: `{name}` is `{free}`"),
                );
            }
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

    use crate::normalise::Diagnostics;

    #[test]
    fn fields_do_not_collide() {
        let mut root = json!({ "components": { "schemas": { "S": { "properties": {
            "audioDevices": {}, "audio_devices": {}, "extra": {}, "": {}, "@type": {}, "type": {},
        } } } } });
        let wire_names = super::separate(&mut root, &mut Diagnostics::default());
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
