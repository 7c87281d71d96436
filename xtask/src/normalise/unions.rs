use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};

use super::words::{pascal, unique, words};
use super::{Notes, Shape, parts};

/// Where a bare object that stands for a union refers to its types, so that they count as reached.
pub(super) const VARIANTS: &str = "x-variants";

/// One of several types, told apart by a property.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Union {
    /// The property's wire name.
    pub property: String,
    /// The variants.
    pub variants: Vec<Variant>,
    /// What the document says of it.
    pub description: String,
}

/// One type of a union.
#[derive(Clone, Debug, PartialEq)]
pub struct Variant {
    /// The variant's name.
    pub name: String,
    /// The Rust name of its schema.
    pub schema: String,
    /// The property's value for it.
    pub tag: String,
}

/// Finds the component schemas that are unions: a `oneOf` or `anyOf` of components with a `discriminator`.
///
/// `originals` gives the vendor's name of each schema. A type whose tag cannot be told is noted: it is read as an
/// untyped object.
pub(super) fn find(root: &Value, originals: &BTreeMap<String, String>, notes: &mut Notes) -> BTreeMap<String, Union> {
    let mut unions = BTreeMap::new();
    for (name, schema) in parts::schemas(root) {
        let Some(property) = schema.pointer("/discriminator/propertyName").and_then(Value::as_str) else {
            continue;
        };
        let members: Vec<&str> = members(schema)
            .filter_map(parts::target)
            .filter(|member| member != name)
            .collect();
        if members.is_empty() {
            continue;
        }
        let tags = Tags::new(root, schema, property, &members, originals);
        let mut taken: BTreeSet<String> = BTreeSet::from(["Unrecognized".to_owned()]);
        let mut used = BTreeSet::new();
        let mut variants = Vec::new();
        for member in &members {
            let tags = tags.of(member);
            if tags.is_empty() {
                notes.changed(
                    format!("{name}.{member}"),
                    format!("no value of `{property}` can be matched to it: it is read as an untyped object"),
                );
            }
            for tag in tags {
                // One value cannot stand for two types; the first has it.
                if used.insert(tag.clone()) {
                    let variant = unique(
                        if variants.iter().any(|other: &Variant| other.schema == *member) {
                            pascal(&tag)
                        } else {
                            (*member).to_owned()
                        },
                        &mut taken,
                    );
                    variants.push(Variant {
                        name: variant,
                        schema: (*member).to_owned(),
                        tag,
                    });
                }
            }
        }
        let description = schema
            .get("description")
            .and_then(Value::as_str)
            .unwrap_or_default()
            .to_owned();
        unions.insert(
            name.clone(),
            Union {
                property: property.to_owned(),
                variants,
                description,
            },
        );
    }
    unions
}

fn members(schema: &Value) -> impl Iterator<Item = &Value> {
    ["oneOf", "anyOf"]
        .into_iter()
        .flat_map(|key| schema.get(key).and_then(Value::as_array).into_iter().flatten())
}

/// Puts a bare object in the place of each union. Any other `oneOf` or `anyOf` becomes an object of the properties
/// beside it, which keeps all others untyped, or an opaque value: an untagged enum's first variant would swallow all.
pub(super) fn replace(root: &mut Value, unions: BTreeMap<String, Union>, shapes: &mut BTreeMap<String, Shape>) {
    if let Some(schemas) = parts::schemas_mut(root) {
        for (name, union) in &unions {
            let variants: Vec<Value> = union
                .variants
                .iter()
                .map(|variant| parts::reference(&variant.schema))
                .collect();
            schemas.insert(name.clone(), json!({ "type": "object", VARIANTS: variants }));
        }
    }
    shapes.extend(unions.into_iter().map(|(name, union)| (name, Shape::Union(union))));
    parts::visit_schemas(root, &mut |_, schema| {
        let Some(object) = schema.as_object_mut() else { return };
        object.remove("discriminator");
        let alternatives: Vec<Value> = ["oneOf", "anyOf"]
            .into_iter()
            .filter_map(|key| object.remove(key))
            .flat_map(|list| list.as_array().cloned().unwrap_or_default())
            .collect();
        if alternatives.is_empty() || object.contains_key("properties") {
            return;
        }
        let description = object.get("description").cloned();
        *schema = match alternatives.as_slice() {
            [only] => only.clone(),
            _ => json!({}),
        };
        if let (Some(description), Some(object)) = (description, schema.as_object_mut())
            && !object.contains_key("$ref")
        {
            object.insert("description".to_owned(), description);
        }
    });
}

/// Which values of the property stand for which type.
struct Tags {
    by_member: BTreeMap<String, Vec<String>>,
}

impl Tags {
    fn new(
        root: &Value,
        union: &Value,
        property: &str,
        members: &[&str],
        originals: &BTreeMap<String, String>,
    ) -> Self {
        let mut by_member: BTreeMap<String, Vec<String>> = BTreeMap::new();
        let mapping = union.pointer("/discriminator/mapping").and_then(Value::as_object);
        for (tag, target) in mapping.into_iter().flatten() {
            let target = target.as_str().unwrap_or_default();
            let target = target.strip_prefix(parts::SCHEMAS).unwrap_or(target);
            if members.contains(&target) {
                by_member.entry(target.to_owned()).or_default().push(tag.clone());
            }
        }
        for member in members {
            if !by_member.contains_key(*member)
                && let Some(tag) = own_tag(root, member, property)
            {
                by_member.insert((*member).to_owned(), vec![tag]);
            }
        }
        let declared = property_values(root, union, property).or_else(|| {
            members
                .iter()
                .find_map(|member| property_values(root, schema(root, member)?, property))
        });
        let missing: Vec<&str> = members
            .iter()
            .copied()
            .filter(|member| !by_member.contains_key(*member))
            .collect();
        let used: BTreeSet<&String> = by_member.values().flatten().collect();
        let original = |member: &str| originals.get(member).cloned().unwrap_or_else(|| member.to_owned());
        let found = match declared {
            Some(values) => {
                let free: Vec<String> = values.into_iter().filter(|value| !used.contains(value)).collect();
                match_names(&missing, &free, &original)
            }
            // OpenAPI's own rule where nothing else is said: the value is the schema's name.
            None => missing
                .iter()
                .map(|member| ((*member).to_owned(), original(member)))
                .collect(),
        };
        by_member.extend(found.into_iter().map(|(member, tag)| (member, vec![tag])));
        Self { by_member }
    }

    fn of(&self, member: &str) -> Vec<String> {
        self.by_member.get(member).cloned().unwrap_or_default()
    }
}

fn schema<'a>(root: &'a Value, name: &str) -> Option<&'a Value> {
    root.pointer("/components/schemas")?.get(name)
}

/// The schema of a property, its own or one of its `allOf` parts', after its reference.
fn property_schema<'a>(root: &'a Value, of: &'a Value, property: &str, depth: usize) -> Option<&'a Value> {
    if depth > 8 {
        return None;
    }
    let of = parts::target(of).map_or(Some(of), |name| schema(root, name))?;
    let own = of.get("properties").and_then(|properties| properties.get(property));
    let found = own.or_else(|| {
        let parts = of.get("allOf").and_then(Value::as_array)?;
        parts
            .iter()
            .find_map(|part| property_schema(root, part, property, depth + 1))
    })?;
    parts::target(found).map_or(Some(found), |name| schema(root, name))
}

fn property_values(root: &Value, of: &Value, property: &str) -> Option<Vec<String>> {
    let values = property_schema(root, of, property, 0)?.get("enum")?.as_array()?;
    Some(values.iter().filter_map(Value::as_str).map(str::to_owned).collect())
}

/// The one value that a type allows the property.
fn own_tag(root: &Value, member: &str, property: &str) -> Option<String> {
    match property_values(root, schema(root, member)?, property)?.as_slice() {
        [only] => Some(only.clone()),
        _ => None,
    }
}

/// Whether the words of a type's name fit a value.
type Level<'a> = &'a dyn Fn(&[String], &str) -> bool;

/// Matches types and values by the words of their names, from the strict to the lax, and only one to one.
fn match_names(members: &[&str], values: &[String], original: &dyn Fn(&str) -> String) -> BTreeMap<String, String> {
    let fold = |words: &[String]| words.concat().to_ascii_uppercase();
    let split: Vec<Vec<String>> = members
        .iter()
        .map(|member| {
            let name = original(member);
            // Folded with the module, two types of one name would look different.
            words(name.rsplit('_').next().unwrap_or(&name))
                .into_iter()
                .filter(|word| !word.eq_ignore_ascii_case("ws"))
                .collect()
        })
        .collect();
    let common = |side: fn(&[String], usize) -> Option<&String>| {
        let shortest = split.iter().map(Vec::len).min().unwrap_or(0);
        (0..shortest.saturating_sub(1))
            .take_while(|&at| split.iter().all(|words| side(words, at) == side(&split[0], at)))
            .count()
    };
    let (front, back) = if split.len() < 2 {
        (0, 0)
    } else {
        (
            common(|words, at| words.get(at)),
            common(|words, at| words.iter().rev().nth(at)),
        )
    };
    let without_type = |words: &[String]| match words {
        [first @ .., last] if last == "Type" && !first.is_empty() => first.to_vec(),
        _ => words.to_vec(),
    };
    let distinct = |words: &[String]| {
        let end = words.len().saturating_sub(back);
        words.get(front.min(end)..end).unwrap_or_default().to_vec()
    };
    let levels: [Level<'_>; 5] = [
        &|words, value| fold(words) == value,
        &|words, value| fold(&without_type(words)) == value,
        &|words, value| !distinct(words).is_empty() && fold(&distinct(words)) == value,
        &|words, value| fold(&without_type(words)).starts_with(value),
        &|words, value| !distinct(words).is_empty() && value.starts_with(&fold(&distinct(words))),
    ];
    let mut found: BTreeMap<String, String> = BTreeMap::new();
    for level in levels {
        let fits = |at: usize, value: &String| {
            level(
                &split[at],
                &value
                    .replace(|character: char| !character.is_ascii_alphanumeric(), "")
                    .to_ascii_uppercase(),
            )
        };
        let open: Vec<usize> = (0..members.len())
            .filter(|&at| !found.contains_key(members[at]))
            .collect();
        let free: Vec<&String> = values
            .iter()
            .filter(|value| !found.values().any(|other| &other == value))
            .collect();
        for &at in &open {
            let fitting: Vec<&&String> = free.iter().filter(|value| fits(at, value)).collect();
            if let [value] = fitting.as_slice()
                && open.iter().filter(|&&other| fits(other, value)).count() == 1
            {
                found.insert(members[at].to_owned(), (**value).clone());
            }
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use serde_json::json;

    use super::match_names;
    use crate::normalise::Notes;

    fn matched(members: &[&str], values: &[&str]) -> Vec<(String, String)> {
        let values: Vec<String> = values.iter().map(|value| (*value).to_owned()).collect();
        match_names(members, &values, &str::to_owned).into_iter().collect()
    }

    fn pairs(pairs: &[(&str, &str)]) -> Vec<(String, String)> {
        pairs.iter().map(|(a, b)| ((*a).to_owned(), (*b).to_owned())).collect()
    }

    #[test]
    fn names_are_matched_by_their_letters() {
        assert_eq!(
            matched(
                &["AvigilonAltaType", "NineOneOneCellularType", "ParPOSType"],
                &["AVIGILON_ALTA", "NINEONEONE_CELLULAR", "PAR_POS", "UNKNOWN"]
            ),
            pairs(&[
                ("AvigilonAltaType", "AVIGILON_ALTA"),
                ("NineOneOneCellularType", "NINEONEONE_CELLULAR"),
                ("ParPOSType", "PAR_POS")
            ]),
        );
    }

    #[test]
    fn what_all_have_in_common_does_not_count() {
        assert_eq!(
            matched(
                &["UnlockDoorSuccessWSResponse", "UnlockDoorErrorWSResponse"],
                &["SUCCESS", "ERROR"]
            ),
            pairs(&[
                ("UnlockDoorErrorWSResponse", "ERROR"),
                ("UnlockDoorSuccessWSResponse", "SUCCESS")
            ]),
        );
    }

    #[test]
    fn what_is_not_certain_is_not_matched() {
        assert_eq!(matched(&["DoorType", "DoorLockType"], &["GATE", "WINDOW"]), pairs(&[]));
    }

    #[test]
    fn a_mapping_and_an_own_value_come_first() {
        let reference = super::parts::reference;
        let root = json!({ "components": { "schemas": {
            "U": {
                "oneOf": [reference("A"), reference("B"), reference("C")],
                "discriminator": { "propertyName": "t", "mapping": { "x": "#/components/schemas/A", "y": "#/components/schemas/A" } },
            },
            "A": {},
            "B": { "properties": { "t": { "type": "string", "enum": ["b"] } } },
            "C": {},
        } } });
        let unions = super::find(&root, &BTreeMap::new(), &mut Notes::default());
        let variants: Vec<(&str, &str)> = unions["U"]
            .variants
            .iter()
            .map(|v| (v.name.as_str(), v.tag.as_str()))
            .collect();
        assert_eq!(variants, [("A", "x"), ("Y", "y"), ("B", "b")]);
    }
}
