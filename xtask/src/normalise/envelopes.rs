//! What is beside a union, in an object around it or among its own properties, is in each of its types.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value, json};

use super::unions::{self, LISTS, Tags, VARIANT_NAME};
use super::words::{pascal, unique};
use super::{Diagnostics, parts};
use crate::api::Api;

/// How many types are made: each union within a union multiplies them.
const LIMIT: usize = 10_000;

/// How many unions within unions are opened: each makes the names of its types longer.
const NESTED: usize = 8;

/// Makes an object that has a union among its parts, and a union with properties of its own, a union of types that have all of it.
///
/// `originals` gives the vendor's name of each schema.
pub(super) fn open(root: &mut Value, originals: &BTreeMap<String, String>, api: &Api, diagnostics: &mut Diagnostics) {
    extract(root);
    let mut taken = parts::schema_names(root);
    // A name, and the unions that it was made from.
    let mut pending: Vec<(String, Vec<String>)> = taken.iter().map(|name| (name.clone(), Vec::new())).collect();
    let mut left = LIMIT;
    while let Some((name, mut within)) = pending.pop() {
        let Some(envelope) = envelope(root, &name) else {
            continue;
        };
        // A union can be in itself, by way of another. It would be opened without end.
        if within.contains(&envelope.union) || within.len() == NESTED {
            diagnostics.changed(
                &name,
                "its union is within itself, or too deep in others: what is beside it is kept untyped",
            );
            continue;
        }
        let Some(rest) = left.checked_sub(envelope.members.len()) else {
            diagnostics.changed(
                &name,
                "there are too many types in its unions: what is beside them is kept untyped",
            );
            continue;
        };
        left = rest;
        within.push(envelope.union.clone());
        let made = envelope.opened(root, &name, originals, api, &mut taken);
        // A type of it may be a union itself.
        let types = made.iter().map(|(made, _)| made).filter(|made| **made != name);
        pending.extend(types.map(|made| (made.clone(), within.clone())));
        if let Some(schemas) = parts::schemas_mut(root) {
            schemas.extend(made);
        }
    }
}

/// Makes every envelope that is inside of something else a component.
fn extract(root: &mut Value) {
    let source = json!({ "components": root.get("components") });
    let components = parts::schema_names(root);
    let mut taken = components.clone();
    let mut found: Vec<(String, Value)> = Vec::new();
    parts::visit_schemas(root, &mut |place, schema| {
        let listed = schema.get("allOf").and_then(Value::as_array);
        let is_union = |part: &Value| {
            let name = parts::target(part).map(|name| unions::canonical(&source, name));
            let union = name.and_then(|name| unions::schema(&source, &name));
            union.is_some_and(|union| listed_members(&source, union).is_some())
        };
        if !components.contains(place) && listed.is_some_and(|listed| listed.iter().any(is_union)) {
            let name = unique(pascal(place), &mut taken);
            found.push((name.clone(), std::mem::replace(schema, parts::reference(&name))));
        }
    });
    if let Some(schemas) = parts::schemas_mut(root) {
        schemas.extend(found);
    }
}

/// A union, and what is beside it.
struct Envelope {
    /// The union's name, which is that of the envelope where its own properties are beside it.
    union: String,
    property: String,
    members: Vec<String>,
    /// The parts that each type gets.
    beside: Vec<Value>,
    description: Option<Value>,
}

/// What a component has beside a union.
fn envelope(root: &Value, name: &str) -> Option<Envelope> {
    let schema = unions::schema(root, name)?;
    let description = schema.get("description").cloned();
    let listed = schema
        .get("allOf")
        .and_then(Value::as_array)
        .map_or(&[][..], Vec::as_slice);
    let own = |keys: &[&str]| {
        let object = schema.as_object().into_iter().flatten();
        let object: Map<String, Value> = object
            .filter(|(key, _)| keys.contains(&key.as_str()))
            .map(|(key, value)| (key.clone(), value.clone()))
            .collect();
        (!object.is_empty()).then(|| Value::from(object))
    };
    if let Some(members) = listed_members(root, schema) {
        let mut beside: Vec<Value> = listed.to_vec();
        beside.extend(own(&["properties", "additionalProperties"]));
        let envelope = Envelope {
            union: name.to_owned(),
            property: unions::property(schema)?.to_owned(),
            members,
            beside,
            description,
        };
        return envelope.adds(root).then_some(envelope);
    }
    if LISTS.iter().any(|key| schema.get(key).is_some()) {
        return None;
    }
    let (at, union, property, members) = listed.iter().enumerate().find_map(|(at, part)| {
        let union = unions::canonical(root, parts::target(part)?);
        let schema = unions::schema(root, &union)?;
        let members = listed_members(root, schema)?;
        // A type of the union that extends it is no envelope around it.
        let extends = members.iter().any(|member| member == name) || reaches(root, &union, name);
        (!extends).then(|| {
            (
                at,
                union,
                unions::property(schema).unwrap_or_default().to_owned(),
                members,
            )
        })
    })?;
    let mut beside = listed.to_vec();
    beside.remove(at);
    beside.extend(own(&["properties", "additionalProperties"]));
    let envelope = Envelope {
        union,
        property,
        members,
        beside,
        description,
    };
    envelope.adds(root).then_some(envelope)
}

/// Whether a union has the type among its own, at any depth.
fn reaches(root: &Value, union: &str, name: &str) -> bool {
    let mut pending = vec![union.to_owned()];
    let mut seen = BTreeSet::new();
    while let Some(next) = pending.pop() {
        if next == name {
            return true;
        }
        if seen.insert(next.clone())
            && let Some(members) = unions::schema(root, &next).and_then(|schema| listed_members(root, schema))
        {
            pending.extend(members);
        }
    }
    false
}

/// The types that a union lists, each once; `None` where it is none, or lists what is no object.
fn listed_members(root: &Value, schema: &Value) -> Option<Vec<String>> {
    unions::property(schema)?;
    let mut members: Vec<String> = Vec::new();
    for member in LISTS
        .iter()
        .flat_map(|key| schema.get(key).and_then(Value::as_array))
        .flatten()
    {
        let member = unions::canonical(root, parts::target(member)?);
        if !unions::is_object(root, &member) {
            return None;
        }
        if !members.contains(&member) {
            members.push(member);
        }
    }
    (!members.is_empty()).then_some(members)
}

/// The names of the properties of a schema and of its parts.
fn properties_of(root: &Value, schema: &Value) -> BTreeSet<String> {
    let mut names = BTreeSet::new();
    let mut seen = BTreeSet::new();
    let mut pending = vec![schema];
    while let Some(schema) = pending.pop() {
        if let Some(name) = parts::target(schema) {
            if seen.insert(name) {
                pending.extend(unions::schema(root, name));
            }
            continue;
        }
        let properties = schema.get("properties").and_then(Value::as_object);
        names.extend(properties.into_iter().flatten().map(|(name, _)| name.clone()));
        pending.extend(schema.get("allOf").and_then(Value::as_array).into_iter().flatten());
    }
    names
}

impl Envelope {
    /// The members that lack a property of what is beside them. Many list their own union among their parts, and have all.
    fn lacking(&self, root: &Value) -> BTreeSet<&String> {
        let wanted = properties_of(root, &json!({ "allOf": self.beside }));
        let lacks = |member: &&String| {
            let has = properties_of(root, &parts::reference(member));
            wanted
                .iter()
                .any(|wanted| *wanted != self.property && !has.contains(wanted))
        };
        self.members.iter().filter(lacks).collect()
    }

    /// Whether a member gets anything by it.
    fn adds(&self, root: &Value) -> bool {
        !self.lacking(root).is_empty()
    }

    /// The union in the envelope's place, and its types.
    fn opened(
        self,
        root: &Value,
        name: &str,
        originals: &BTreeMap<String, String>,
        api: &Api,
        taken: &mut BTreeSet<String>,
    ) -> Vec<(String, Value)> {
        let Some(union) = unions::schema(root, &self.union) else {
            return Vec::new();
        };
        let names: Vec<&str> = self.members.iter().map(String::as_str).collect();
        let original = |name: &str| originals.get(name).map_or(name, String::as_str).to_owned();
        let tags = Tags::new(root, (&self.union, union), &self.property, &names, &original, api);
        let mut made = Vec::new();
        let mut listed = Vec::new();
        let mut mapping = Map::new();
        let lacking = self.lacking(root);
        for member in &self.members {
            let is_whole = !lacking.contains(member);
            let variant = match is_whole {
                true => member.clone(),
                false => unique(pascal(&format!("{name} {member}")), taken),
            };
            for tag in tags.of(member) {
                mapping.insert(tag, format!("{}{variant}", parts::SCHEMAS).into());
            }
            listed.push(parts::reference(&variant));
            if is_whole {
                continue;
            }
            // The type itself first: what it says of the property that tells it apart is what counts.
            let mut all = vec![parts::reference(member)];
            all.extend(self.beside.iter().cloned());
            let mut schema = json!({ "allOf": all, VARIANT_NAME: member });
            if let Some(description) = unions::schema(root, member).and_then(|member| member.get("description")) {
                schema["description"] = description.clone();
            }
            made.push((variant, schema));
        }
        let mut schema =
            json!({ "oneOf": listed, "discriminator": { "propertyName": self.property, "mapping": mapping } });
        if self.union == name {
            // A type may extend its own union.
            for key in ["allOf", "properties", "additionalProperties"] {
                if let Some(kept) = union.get(key) {
                    schema[key] = kept.clone();
                }
            }
        } else if let Some(kind) = unions::property_schema(root, union, &self.property, &mut BTreeSet::new()) {
            schema["properties"] = json!({ self.property.clone(): kind });
        }
        if let Some(description) = self.description {
            schema["description"] = description;
        }
        made.push((name.to_owned(), schema));
        made
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use serde_json::{Value, json};

    use crate::api::Api;
    use crate::normalise::Diagnostics;
    use crate::normalise::parts::reference;

    fn opened(mut schemas: Value) -> Value {
        let more = json!({
            "Opened": { "type": "object", "properties": { "type": { "type": "string" }, "by": { "type": "string" } } },
            "Closed": { "type": "object", "properties": { "type": { "type": "string", "enum": ["closed"] } } },
            "Payload": { "oneOf": [reference("Opened"), reference("Closed")], "discriminator": { "propertyName": "type", "mapping": { "opened": "Opened" } } },
            "Meta": { "type": "object", "properties": { "id": { "type": "integer" } } },
        });
        let more = more.as_object().unwrap().clone();
        schemas.as_object_mut().unwrap().extend(more);
        let mut root = json!({ "paths": {}, "components": { "schemas": schemas } });
        super::open(
            &mut root,
            &BTreeMap::new(),
            &Api::default(),
            &mut Diagnostics::default(),
        );
        root["components"]["schemas"].take()
    }

    #[test]
    fn an_envelope_is_in_each_type() {
        let schemas = opened(
            json!({ "Event": { "allOf": [reference("Meta"), reference("Payload")], "properties": { "n": {} } } }),
        );
        assert_eq!(
            schemas["Event"]["oneOf"],
            json!([reference("EventOpened"), reference("EventClosed")])
        );
        assert_eq!(
            schemas["Event"]["discriminator"]["mapping"],
            json!({ "opened": "#/components/schemas/EventOpened", "closed": "#/components/schemas/EventClosed" })
        );
        let own = json!({ "properties": { "n": {} } });
        assert_eq!(
            schemas["EventOpened"]["allOf"],
            json!([reference("Opened"), reference("Meta"), own])
        );
        // The union by itself is as it was.
        assert_eq!(
            schemas["Payload"]["oneOf"],
            json!([reference("Opened"), reference("Closed")])
        );
    }

    #[test]
    fn properties_beside_the_list_are_in_each_type() {
        let schemas = opened(json!({ "Pet": {
            "properties": { "name": {}, "type": { "type": "string" } }, "oneOf": [reference("Opened"), reference("Closed")],
            "discriminator": { "propertyName": "type" },
        } }));
        assert_eq!(
            schemas["Pet"]["oneOf"],
            json!([reference("PetOpened"), reference("PetClosed")])
        );
        assert_eq!(
            schemas["Pet"]["discriminator"]["mapping"]["Opened"],
            "#/components/schemas/PetOpened"
        );
        assert_eq!(schemas["PetClosed"]["allOf"][0], reference("Closed"));
    }

    #[test]
    fn a_union_in_the_union_is_opened_too() {
        let schemas = opened(json!({
            "Outer": { "allOf": [reference("Inner"), { "properties": { "o": {} } }] },
            "Inner": { "oneOf": [reference("Payload"), reference("Other")], "discriminator": { "propertyName": "type" } },
            "Other": { "type": "object", "properties": { "type": { "enum": ["other"] } } },
        }));
        assert_eq!(
            schemas["Outer"]["oneOf"],
            json!([reference("OuterPayload"), reference("OuterOther")])
        );
        let inner = &schemas["OuterPayload"]["oneOf"];
        assert_eq!(
            *inner,
            json!([reference("OuterPayloadOpened"), reference("OuterPayloadClosed")])
        );
    }

    #[test]
    fn a_union_within_itself_is_opened_once() {
        let union = |members: [&str; 2], own: &str| {
            json!({
                "oneOf": members.map(reference), "discriminator": { "propertyName": "type" },
                "properties": { "type": { "type": "string" }, own: {} },
            })
        };
        // By another name of its own, by each other, and through a part.
        let schemas = opened(json!({
            "Same": reference("Alone"), "Alone": union(["Same", "Opened"], "a"),
            "Left": union(["Right", "Opened"], "l"), "Right": union(["Left", "Closed"], "r"),
            "Outer": { "allOf": [reference("Inner"), { "properties": { "o": {} } }] },
            "Inner": { "oneOf": [reference("Wrapped"), reference("Opened")], "discriminator": { "propertyName": "type" } },
            "Wrapped": { "allOf": [reference("Inner"), { "properties": { "w": {} } }] },
        }));
        let names: Vec<&String> = schemas.as_object().unwrap().keys().collect();
        assert!(names.len() < 40, "{names:?}");
        assert!(names.iter().all(|name| name.len() < 40), "{names:?}");
    }

    #[test]
    fn unions_deep_in_unions_are_left() {
        let mut schemas = json!({});
        for at in 0..60 {
            let next = format!("U{}", at + 1);
            schemas[format!("U{at}")] = json!({
                "oneOf": [reference(&next), reference("Opened")], "discriminator": { "propertyName": "type" },
                "properties": { "type": {}, format!("p{at}"): {} },
            });
        }
        schemas["U60"] = json!({ "type": "object", "properties": { "last": {} } });
        let schemas = opened(schemas);
        let length = schemas.to_string().len();
        assert!(length < 2_000_000, "{length}");
    }

    #[test]
    fn only_what_lacks_them_gets_them() {
        let schemas = opened(json!({
            "Pet": { "properties": { "type": {}, "name": {} }, "oneOf": [reference("Cat"), reference("Dog")], "discriminator": { "propertyName": "type" } },
            "Cat": { "allOf": [reference("Pet"), { "properties": { "lives": {} } }] },
            "Dog": { "properties": { "bones": {} } },
        }));
        assert_eq!(schemas["Pet"]["oneOf"], json!([reference("Cat"), reference("PetDog")]));
        assert_eq!(schemas["Pet"]["properties"], json!({ "type": {}, "name": {} }));
        assert_eq!(schemas["Cat"]["allOf"][0], reference("Pet"));
    }

    #[test]
    fn a_type_that_extends_its_union_stays() {
        let union = json!({
            "Pet": { "properties": { "type": {}, "name": {} }, "oneOf": [reference("Cat")], "discriminator": { "propertyName": "type" } },
            "Cat": { "allOf": [reference("Pet"), { "properties": { "lives": {} } }] },
        });
        let schemas = opened(union.clone());
        assert_eq!(schemas["Pet"], union["Pet"]);
        assert_eq!(schemas["Cat"], union["Cat"]);
        // A circle ends.
        opened(
            json!({ "Ring": { "allOf": [reference("Ring"), reference("Payload")], "oneOf": [reference("Ring")], "discriminator": { "propertyName": "t" } } }),
        );
    }
}
