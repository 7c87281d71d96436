use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};

use super::enums::OTHER;
use super::tag_names::match_names;
use super::words::{pascal, unique};
use super::{Diagnostics, Shape, names, parts};
use crate::api::Api;

/// Where a bare object that is a union refers to its types, so that they count as reached.
pub(super) const VARIANTS: &str = "x-variants";

/// What the variant for a type is called that was made for its union alone.
pub(super) const VARIANT_NAME: &str = "x-variant-name";

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

/// The keywords that list alternatives.
pub(super) const LISTS: [&str; 2] = ["oneOf", "anyOf"];

/// How many references may lead from a type's name to the type.
const HOPS: usize = 16;

/// Makes every union that a property tells apart a component, and every type that is in its list.
pub(super) fn extract_inline(root: &mut Value) {
    let components = parts::schema_names(root);
    let mut taken = components.clone();
    let mut found: Vec<(String, Value)> = Vec::new();
    parts::visit_schemas(root, &mut |place, schema| {
        // A part of an `allOf` goes by the name of the whole, which may be a component.
        let listed = schema.get_mut("allOf").and_then(Value::as_array_mut);
        for part in listed.into_iter().flatten() {
            if property(part).is_some() && members(part).next().is_some() {
                let name = unique(pascal(&format!("{place} union")), &mut taken);
                found.push((name.clone(), std::mem::replace(part, parts::reference(&name))));
            }
        }
        let Some(property) = property(schema).map(str::to_owned) else {
            return;
        };
        for key in LISTS {
            let listed = schema.get_mut(key).and_then(Value::as_array_mut);
            for member in listed.into_iter().flatten() {
                if parts::has_properties(member) || member.get("allOf").is_some() {
                    let tag = member
                        .pointer(&format!("/properties/{property}/enum/0"))
                        .and_then(Value::as_str)
                        .unwrap_or("Variant");
                    let name = unique(pascal(&format!("{place} {tag}")), &mut taken);
                    found.push((name.clone(), std::mem::replace(member, parts::reference(&name))));
                }
            }
        }
        if !components.contains(place) && members(schema).next().is_some() {
            let name = unique(pascal(place), &mut taken);
            found.push((name.clone(), std::mem::replace(schema, parts::reference(&name))));
        }
    });
    if let Some(schemas) = parts::schemas_mut(root) {
        schemas.extend(found);
    }
}

/// The property that tells a schema's types apart.
pub(super) fn property(schema: &Value) -> Option<&str> {
    schema.pointer("/discriminator/propertyName")?.as_str()
}

/// The names of the components that a union lists, or that its mapping does where it has no list. `None` is
/// an alternative that is no component.
fn members(schema: &Value) -> impl Iterator<Item = Option<String>> {
    let listed = alternatives(schema).map(|member| parts::target(member).map(str::to_owned));
    let mapped = alternatives(schema).next().is_none().then(|| mapped(schema).map(Some));
    listed.chain(mapped.into_iter().flatten())
}

/// The names of the components that a union's mapping gives.
pub(super) fn mapped(schema: &Value) -> impl Iterator<Item = String> {
    let mapping = schema.pointer("/discriminator/mapping").and_then(Value::as_object);
    let targets = mapping.into_iter().flatten();
    targets.filter_map(|(_, target)| target.as_str().map(mapped_name))
}

fn alternatives(schema: &Value) -> impl Iterator<Item = &Value> {
    LISTS
        .into_iter()
        .flat_map(|key| schema.get(key).and_then(Value::as_array).into_iter().flatten())
}

/// A mapping gives a reference or a bare name.
fn mapped_name(target: &str) -> String {
    parts::component(target).unwrap_or_else(|| target.to_owned())
}

/// The component that a name refers to in the end: past references and an `allOf` of one part.
pub(super) fn canonical(root: &Value, name: &str) -> String {
    let mut name = name;
    for _ in 0..HOPS {
        let Some(schema) = schema(root, name) else { break };
        match parts::target(super::resolve::only_part(schema).unwrap_or(schema)) {
            Some(next) => name = next,
            None => break,
        }
    }
    name.to_owned()
}

/// Whether a component is an object with a type of its own: neither a scalar, nor a list, nor a map.
pub(super) fn is_object(root: &Value, name: &str) -> bool {
    let Some(schema) = schema(root, name) else { return false };
    let map = schema
        .get("additionalProperties")
        .and_then(Value::as_object)
        .is_some_and(|values| !values.is_empty());
    match schema.get("type").and_then(Value::as_str) {
        Some(other) if other != "object" => false,
        kind => {
            parts::has_properties(schema)
                || property(schema).is_some()
                || (kind.is_some() && !map && alternatives(schema).next().is_none())
                || all_objects(root, schema)
        }
    }
}

/// Whether the parts of an `allOf` are objects, as far as their own types say.
fn all_objects(root: &Value, schema: &Value) -> bool {
    let listed = schema.get("allOf").and_then(Value::as_array);
    listed.is_some_and(|listed| {
        listed.iter().any(|part| {
            let part = parts::target(part)
                .and_then(|name| self::schema(root, name))
                .unwrap_or(part);
            parts::has_properties(part) || part.get("type").and_then(Value::as_str) == Some("object")
        })
    })
}

/// Finds the component schemas that are unions: a `oneOf` or `anyOf` of components with a `discriminator`, or a
/// `discriminator` that lists its components itself.
///
/// `originals` gives the vendor's name of each schema. A type whose tag cannot be told is noted: it is read as an
/// untyped object.
pub(super) fn find(
    root: &Value,
    originals: &BTreeMap<String, String>,
    api: &Api,
    diagnostics: &mut Diagnostics,
) -> BTreeMap<String, Union> {
    let mut found: BTreeMap<String, Found> = BTreeMap::new();
    for (name, schema) in parts::schemas(root) {
        let Some(property) = property(schema) else { continue };
        // In the order of the list; each once.
        let mut members_in_order: Vec<String> = Vec::new();
        let mut whole = true;
        for member in members(schema) {
            let member = member.map(|member| canonical(root, &member));
            match member {
                Some(member) if member == *name || members_in_order.contains(&member) => {}
                Some(member) if is_object(root, &member) => members_in_order.push(member),
                _ => whole = false,
            }
        }
        if !whole {
            // A value that is no object would not even be read; `replace` makes it opaque.
            continue;
        }
        if members_in_order.is_empty() {
            let why = format!("`{property}` tells types apart and none is listed: the properties in common are typed");
            diagnostics.changed(name, why);
            continue;
        }
        let kind = property_schema(root, schema, property, &mut BTreeSet::new());
        if let Some(kind) = kind
            .and_then(|kind| kind.get("type")?.as_str())
            .filter(|kind| *kind != "string")
        {
            let why = format!(
                "`{property}`, which tells its types apart, is no string but `{kind}`: it is read as an untyped object"
            );
            diagnostics.changed(name, why);
        }
        let names: Vec<&str> = members_in_order.iter().map(String::as_str).collect();
        let tags = Tags::new(
            root,
            (name, schema),
            property,
            &names,
            &|name| original(name, originals),
            api,
        );
        let members = members_in_order
            .iter()
            .map(|member| (member.clone(), tags.of(member)))
            .collect();
        found.insert(
            name.clone(),
            Found {
                property: property.to_owned(),
                members,
                description: text(schema, "description"),
            },
        );
    }
    (found.keys())
        .map(|name| (name.clone(), union(root, name, &found, diagnostics)))
        .collect()
}

/// What the document calls a schema.
fn original(name: &str, originals: &BTreeMap<String, String>) -> String {
    originals.get(name).map_or(name, String::as_str).to_owned()
}

/// Cuts the unions that the rules cut to the types of the values that they keep. What else comes is no type's, and kept
/// whole by the union's variant for what is not known.
///
/// Schemas have the document's names here.
pub(crate) fn keep(root: &mut Value, api: &Api) {
    let source = root.clone();
    let none = BTreeMap::new();
    parts::visit_schemas(root, &mut |place, schema| {
        let Some(property) = property(schema) else { return };
        let Some(values) = api.unions.keep.get(property) else {
            return;
        };
        let found: BTreeSet<String> = members(schema).flatten().collect();
        let names: Vec<&str> = found.iter().map(String::as_str).collect();
        let place = place.split(' ').next().unwrap_or(place);
        let tags = Tags::new(
            &source,
            (place, schema),
            property,
            &names,
            &|name| original(name, &none),
            api,
        );
        let kept: BTreeSet<&str> = (names.iter().copied())
            .filter(|name| tags.of(name).iter().any(|tag| values.contains(tag)))
            .collect();
        let is_kept = |target: &str| kept.contains(target);
        for key in LISTS {
            if let Some(listed) = schema.get_mut(key).and_then(Value::as_array_mut) {
                listed.retain(|member| parts::target(member).is_some_and(is_kept));
            }
        }
        if let Some(mapping) = schema
            .pointer_mut("/discriminator/mapping")
            .and_then(Value::as_object_mut)
        {
            mapping.retain(|value, _| values.contains(value));
        }
    });
}

fn text(schema: &Value, key: &str) -> String {
    schema.get(key).and_then(Value::as_str).unwrap_or_default().to_owned()
}

/// A union with the tags of its members, those of unions among them not yet among them.
struct Found {
    property: String,
    members: Vec<(String, Vec<String>)>,
    description: String,
}

/// All tags that lead into a union, those of the unions in it included.
fn all_tags<'a>(name: &'a str, found: &'a BTreeMap<String, Found>, seen: &mut BTreeSet<&'a str>) -> Vec<&'a String> {
    let Some(union) = found.get(name).filter(|_| seen.insert(name)) else {
        return Vec::new();
    };
    let mut tags = Vec::new();
    for (member, own) in &union.members {
        if found.get(member).is_some_and(|inner| inner.property == union.property) {
            tags.extend(all_tags(member, found, seen));
        } else {
            tags.extend(own);
        }
    }
    tags
}

fn union(root: &Value, name: &str, found: &BTreeMap<String, Found>, diagnostics: &mut Diagnostics) -> Union {
    let mut taken: BTreeSet<String> = BTreeSet::from([OTHER.to_owned()]);
    let mut used = BTreeSet::new();
    let mut variants: Vec<Variant> = Vec::new();
    let union = &found[name];
    for (member, own) in &union.members {
        let nested = found
            .get(member)
            .filter(|inner| inner.property == union.property)
            .map(|_| all_tags(member, found, &mut BTreeSet::from([name])));
        // A union's own name is the value of nothing; its types' values are.
        let mut tags: Vec<&String> = nested.unwrap_or_else(|| own.iter().collect());
        // One value cannot select two types; the first has it.
        tags.retain(|tag| used.insert((*tag).clone()));
        if tags.is_empty() {
            diagnostics.changed(
                format!("{name}.{member}"),
                format!(
                    "no value of `{}` can be matched to it: it is read as an untyped object",
                    union.property
                ),
            );
        }
        for tag in tags {
            let again = variants.iter().any(|other| other.schema == *member);
            let given = schema(root, member).and_then(|schema| schema.get(VARIANT_NAME)?.as_str());
            let variant = match (again, given) {
                (true, _) => pascal(tag),
                (false, Some(given)) => given.to_owned(),
                (false, None) => member.clone(),
            };
            variants.push(Variant {
                name: unique(variant, &mut taken),
                schema: member.clone(),
                tag: tag.clone(),
            });
        }
    }
    Union {
        property: union.property.clone(),
        variants,
        description: union.description.clone(),
    }
}

/// Puts a bare object in the place of each union. Any other `oneOf` or `anyOf` becomes an object of the properties
/// beside it, which keeps all others untyped, or an opaque value: an untagged enum's first variant would swallow all.
pub(super) fn replace(
    root: &mut Value,
    unions: BTreeMap<String, Union>,
    shapes: &mut BTreeMap<String, Shape>,
    diagnostics: &mut Diagnostics,
) {
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
    parts::visit_schemas(root, &mut |place, schema| {
        let Some(object) = schema.as_object_mut() else { return };
        object.remove("discriminator");
        let alternatives: Vec<Value> = LISTS
            .into_iter()
            .filter_map(|key| object.remove(key))
            .flat_map(|list| list.as_array().cloned().unwrap_or_default())
            .collect();
        if alternatives.is_empty() {
            return;
        }
        if object
            .get("properties")
            .and_then(Value::as_object)
            .is_some_and(|properties| !properties.is_empty())
        {
            diagnostics.changed(
                place,
                "it is one of several types that no property tells apart: the properties in common are typed",
            );
            return;
        }
        let description = object.get("description").cloned();
        *schema = match alternatives.as_slice() {
            [only] => only.clone(),
            _ => {
                diagnostics.changed(
                    place,
                    "it is one of several types that no property tells apart: an opaque JSON value",
                );
                json!({})
            }
        };
        if let (Some(description), Some(object)) = (description, schema.as_object_mut())
            && !object.contains_key("$ref")
        {
            object.insert("description".to_owned(), description);
        }
    });
}

/// Which values of the property select which type.
pub(super) struct Tags {
    by_member: BTreeMap<String, Vec<String>>,
}

impl Tags {
    pub(super) fn new(
        root: &Value,
        (name, union): (&str, &Value),
        property: &str,
        members: &[&str],
        original: &dyn Fn(&str) -> String,
        api: &Api,
    ) -> Self {
        let mut by_member: BTreeMap<String, Vec<String>> = BTreeMap::new();
        let mapping = union.pointer("/discriminator/mapping").and_then(Value::as_object);
        for (tag, target) in mapping.into_iter().flatten() {
            let target = canonical(root, &mapped_name(target.as_str().unwrap_or_default()));
            if members.contains(&target.as_str()) {
                by_member.entry(target).or_default().push(tag.clone());
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
                .filter_map(|member| property_values(root, schema(root, member)?, property))
                // One value alone is the member's own.
                .find(|values| values.len() > 1)
        });
        let missing: Vec<&str> = members
            .iter()
            .copied()
            .filter(|member| !by_member.contains_key(*member))
            .collect();
        let used: BTreeSet<&String> = by_member.values().flatten().collect();
        let found = match declared {
            Some(values) => {
                let free: Vec<String> = values.into_iter().filter(|value| !used.contains(value)).collect();
                // With its module, two types of one name would look different.
                let short = |name: &str| names::without_module(&api.names, &original(name)).to_owned();
                match_names(&short(name), &missing, &free, &short, &api.unions.words)
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

    pub(super) fn of(&self, member: &str) -> Vec<String> {
        self.by_member.get(member).cloned().unwrap_or_default()
    }
}

pub(super) fn schema<'a>(root: &'a Value, name: &str) -> Option<&'a Value> {
    root.pointer("/components/schemas")?.get(name)
}

/// The schema of a property, its own or one of its `allOf` parts', after its reference. Each component is looked
/// into once.
pub(super) fn property_schema<'a>(
    root: &'a Value,
    of: &'a Value,
    property: &str,
    seen: &mut BTreeSet<&'a str>,
) -> Option<&'a Value> {
    let of = match parts::target(of) {
        Some(name) if !seen.insert(name) => return None,
        Some(name) => schema(root, name)?,
        None => of,
    };
    let own = of.get("properties").and_then(|properties| properties.get(property));
    let found = own.or_else(|| {
        let parts = of.get("allOf").and_then(Value::as_array)?;
        parts
            .iter()
            .find_map(|part| property_schema(root, part, property, seen))
    })?;
    let found = super::resolve::only_part(found).unwrap_or(found);
    parts::target(found).map_or(Some(found), |name| schema(root, &canonical(root, name)))
}

fn property_values(root: &Value, of: &Value, property: &str) -> Option<Vec<String>> {
    let values = property_schema(root, of, property, &mut BTreeSet::new())?
        .get("enum")?
        .as_array()?;
    Some(values.iter().filter_map(Value::as_str).map(str::to_owned).collect())
}

/// The one value that a type allows the property.
fn own_tag(root: &Value, member: &str, property: &str) -> Option<String> {
    match property_values(root, schema(root, member)?, property)?.as_slice() {
        [only] => Some(only.clone()),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use serde_json::{Value, json};

    use crate::api::Api;
    use crate::normalise::parts::{self, reference};
    use crate::normalise::{Diagnostics, Union};

    fn found(schemas: Value) -> (BTreeMap<String, Union>, usize) {
        let mut root = json!({ "paths": {}, "components": { "schemas": schemas } });
        super::extract_inline(&mut root);
        let mut diagnostics = Diagnostics::default();
        let unions = super::find(&root, &BTreeMap::new(), &Api::default(), &mut diagnostics);
        super::replace(&mut root, unions.clone(), &mut BTreeMap::new(), &mut diagnostics);
        assert!(!parts::schema_names(&root).is_empty());
        (unions, diagnostics.sorted().len())
    }

    fn tags(union: &Union) -> Vec<(&str, &str, &str)> {
        let variants = union.variants.iter();
        variants
            .map(|v| (v.name.as_str(), v.schema.as_str(), v.tag.as_str()))
            .collect()
    }

    fn object() -> Value {
        json!({ "type": "object" })
    }

    #[test]
    fn a_mapping_and_an_own_value_come_first() {
        let (unions, diagnostics) = found(json!({
            "U": {
                "oneOf": [reference("A"), reference("B"), reference("C")],
                "discriminator": { "propertyName": "t", "mapping": { "x": "#/components/schemas/A", "y": "#/components/schemas/A" } },
            },
            "A": object(),
            "B": { "properties": { "t": { "type": "string", "enum": ["b"] } } },
            "C": object(),
        }));
        assert_eq!(
            tags(&unions["U"]),
            [("A", "A", "x"), ("Y", "A", "y"), ("B", "B", "b"), ("C", "C", "C")]
        );
        assert_eq!(diagnostics, 0);
    }

    #[test]
    fn a_union_is_cut_to_the_values_that_are_kept() {
        let cut = |union: Value| {
            let mut root = json!({ "paths": {}, "components": { "schemas": {
                "U": union, "Kind": { "enum": ["CAT", "DOG"] },
                "CatType": object(), "DogType": object(),
            } } });
            let rules = "unions = { words = [\"Type\"], keep = { t = [\"CAT\"] } }";
            super::keep(&mut root, &Api::parse("api.toml".as_ref(), rules).unwrap());
            root["components"]["schemas"]["U"].take()
        };
        let both = json!([reference("DogType"), reference("CatType")]);
        let union = json!({ "discriminator": { "propertyName": "t" }, "oneOf": both, "properties": { "t": reference("Kind") } });
        assert_eq!(cut(union)["oneOf"], json!([reference("CatType")]));
        let mapped = json!({ "discriminator": { "propertyName": "t", "mapping": { "CAT": "DogType", "DOG": "CatType" } }, "anyOf": both });
        let mapped = cut(mapped);
        assert_eq!(mapped["anyOf"], json!([reference("DogType")]));
        assert_eq!(mapped["discriminator"]["mapping"], json!({ "CAT": "DogType" }));
        // Another property tells these apart.
        let other = json!({ "discriminator": { "propertyName": "kind" }, "oneOf": both });
        assert_eq!(cut(other.clone()), other);
    }

    #[test]
    fn a_mapping_is_a_list_where_there_is_no_other() {
        let (unions, diagnostics) = found(json!({
            "Pet": { "properties": { "kind": {} }, "discriminator": { "propertyName": "kind", "mapping": { "cat": "Cat" } } },
            "Cat": { "allOf": [reference("Pet")], "properties": {} },
            "Tree": { "properties": { "kind": {} }, "discriminator": { "propertyName": "kind", "mapping": { "oak": "#/components/schemas/Oak" } } },
            "Oak": { "allOf": [reference("Tree")], "properties": { "rings": {} } },
            "Plant": { "properties": { "kind": {} }, "discriminator": { "propertyName": "kind" } },
        }));
        assert_eq!(tags(&unions["Tree"]), [("Oak", "Oak", "oak")]);
        // `Cat` is `Pet` and nothing more.
        assert_eq!(unions.len(), 1);
        assert_eq!(diagnostics, 2);
    }

    #[test]
    fn unions_and_types_that_stand_anywhere_become_components() {
        let (unions, diagnostics) = found(json!({
            "Door": { "properties": { "lock": {
                "discriminator": { "propertyName": "t" },
                "oneOf": [reference("A"), { "properties": { "t": { "enum": ["B_B"] }, "n": {} } }],
            } } },
            "A": object(),
        }));
        assert_eq!(
            tags(&unions["DoorLock"]),
            [("A", "A", "A"), ("DoorLockBb", "DoorLockBb", "B_B")]
        );
        assert_eq!(diagnostics, 0);
    }

    #[test]
    fn a_union_in_a_union_has_its_types_values() {
        let union = |members: &[&str]| {
            let members: Vec<Value> = members.iter().map(|member| reference(member)).collect();
            json!({ "discriminator": { "propertyName": "t" }, "oneOf": members })
        };
        let (unions, _) = found(json!({
            "Outer": union(&["A", "Inner", "Ring"]), "Inner": union(&["B", "C"]), "Ring": union(&["Ring", "Outer"]),
            "A": object(), "B": object(), "C": object(),
        }));
        assert_eq!(
            tags(&unions["Outer"]),
            [("A", "A", "A"), ("Inner", "Inner", "B"), ("C", "Inner", "C")]
        );
    }

    #[test]
    fn what_is_no_object_makes_no_union() {
        let (unions, diagnostics) = found(json!({
            "U": { "oneOf": [reference("A"), reference("Text")], "discriminator": { "propertyName": "t" } },
            "A": object(), "Text": { "type": "string" },
            "V": { "oneOf": [reference("A"), { "type": "string" }] },
            "W": { "oneOf": [reference("Alias")], "discriminator": { "propertyName": "t" } },
            "Alias": { "allOf": [reference("A")] },
        }));
        assert_eq!(unions.keys().collect::<Vec<_>>(), ["W"]);
        assert_eq!(tags(&unions["W"]), [("A", "A", "A")]);
        assert_eq!(diagnostics, 2);
    }
}
