//! What is referred to outside `components` (in `$defs`, within another schema, under a path) moves there: 3.0 has
//! no `$defs`, and generators take references to components alone.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value};

use crate::document::grammar::{Kind, Shape};
use crate::document::visit::{visit, visit_mut};
use crate::document::{Warning, pointer};

pub(super) fn lower(root: &mut Value, warnings: &mut Vec<Warning>) {
    let mut odd = BTreeSet::new();
    visit(Kind::Document, root, &mut String::new(), &mut |kind, value, _| {
        if let (Some(section), Some(reference)) = (kind.section(), value.get("$ref").and_then(Value::as_str))
            && kind != Kind::PathItem
            && !is_component(section, reference)
        {
            odd.insert((kind, reference.to_owned()));
        }
    });
    let mut moved = BTreeMap::new();
    let mut numbers = BTreeMap::new();
    for (kind, reference) in odd {
        if let (Some(place), Some(section)) = (pointer::of_reference(&reference), kind.section())
            && kind_at(&place) == Some(kind)
            && let Some(target) = root.pointer(&place).cloned()
        {
            let Some(name) = insert(root, section, &place, target, &mut numbers) else {
                continue;
            };
            let now = pointer::join(["components", section, &name]);
            let message = format!("moved to #{now}: references have to be to components in OpenAPI 3.0");
            warnings.push(Warning::new(place, message));
            moved.insert((kind, reference), format!("#{now}"));
        }
    }
    if moved.is_empty() {
        return;
    }
    visit_mut(Kind::Document, root, &mut String::new(), &mut |kind, value, _| {
        if let Some(Value::String(reference)) = value.get_mut("$ref")
            && let Some(now) = moved.get(&(kind, reference.clone()))
        {
            reference.clone_from(now);
        }
    });
}

fn is_component(section: &str, reference: &str) -> bool {
    let name = reference
        .strip_prefix("#/components/")
        .and_then(|rest| rest.strip_prefix(section));
    name.and_then(|rest| rest.strip_prefix('/'))
        .is_some_and(|name| !name.contains('/'))
}

/// What is at a location, by the grammar.
fn kind_at(place: &str) -> Option<Kind> {
    let mut shape = Shape::One(Kind::Document);
    for token in pointer::tokens(place) {
        shape = match shape {
            Shape::One(kind) => kind.key(&token)?.1,
            Shape::List(kind) | Shape::Map(kind) => Shape::One(kind),
            Shape::Plain => return None,
        };
    }
    match shape {
        Shape::One(kind) => Some(kind),
        _ => None,
    }
}

/// Puts the value among the components under a name that is not taken.
fn insert(
    root: &mut Value,
    section: &str,
    place: &str,
    value: Value,
    numbers: &mut BTreeMap<String, usize>,
) -> Option<String> {
    let components = root
        .as_object_mut()?
        .entry("components")
        .or_insert_with(|| Value::Object(Map::new()));
    let section = components
        .as_object_mut()?
        .entry(section)
        .or_insert_with(|| Value::Object(Map::new()));
    let section = section.as_object_mut()?;
    let wanted = name(place);
    // Where the numbering goes on, lest thousands of one name be tried anew for each.
    let next = numbers.entry(wanted.clone()).or_insert(1);
    let name = loop {
        let name = if *next == 1 {
            wanted.clone()
        } else {
            format!("{wanted}_{next}")
        };
        *next += 1;
        if !section.contains_key(&name) {
            break name;
        }
    };
    section.insert(name.clone(), value);
    Some(name)
}

/// A definition's own name; for anything else the way to it, in the characters that a component's name may have.
fn name(place: &str) -> String {
    let tokens: Vec<_> = pointer::tokens(place).collect();
    let way = match tokens.as_slice() {
        [.., definitions, name] if matches!(definitions.as_ref(), "$defs" | "definitions" | "schemas") => {
            std::slice::from_ref(name)
        }
        [components, _, rest @ ..] if components == "components" => rest,
        all => all,
    };
    let allowed = |character: char| {
        if character.is_ascii_alphanumeric() {
            character
        } else {
            '_'
        }
    };
    let parts: Vec<String> = way.iter().map(|token| token.chars().map(allowed).collect()).collect();
    parts.join("_")
}
