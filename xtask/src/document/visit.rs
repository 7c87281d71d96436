//! Walks over a document that know what is where.

use serde_json::Value;

use super::grammar::{Kind, Shape, Use};
use super::pointer;

/// Calls `act` for each object of the document (in `value`, which is a `kind`), parents first, with its JSON pointer.
/// Documentation, and what is data, is not entered.
pub fn visit<'a>(kind: Kind, value: &'a Value, place: &mut String, act: &mut dyn FnMut(Kind, &'a Value, &str)) {
    act(kind, value, place);
    let Some(object) = value.as_object() else { return };
    for (key, value) in object {
        let Some((Use::Fact | Use::Later, shape)) = kind.key(key) else {
            continue;
        };
        within(place, key, |place| match (shape, value) {
            (Shape::One(kind), value) => visit(kind, value, place, act),
            (Shape::List(kind), Value::Array(values)) => {
                for (index, value) in values.iter().enumerate() {
                    within(place, &index.to_string(), |place| visit(kind, value, place, act));
                }
            }
            (Shape::Map(kind), Value::Object(values)) => {
                for (name, value) in values {
                    within(place, name, |place| visit(kind, value, place, act));
                }
            }
            _ => {}
        });
    }
}

/// As [`visit`], and `act` may change what it is given before its children are visited.
pub fn visit_mut(kind: Kind, value: &mut Value, place: &mut String, act: &mut dyn FnMut(Kind, &mut Value, &str)) {
    act(kind, value, place);
    let Some(object) = value.as_object_mut() else { return };
    for (key, value) in object.iter_mut() {
        let Some((Use::Fact | Use::Later, shape)) = kind.key(key) else {
            continue;
        };
        within(place, key, |place| match (shape, value) {
            (Shape::One(kind), value) => visit_mut(kind, value, place, act),
            (Shape::List(kind), Value::Array(values)) => {
                for (index, value) in values.iter_mut().enumerate() {
                    within(place, &index.to_string(), |place| visit_mut(kind, value, place, act));
                }
            }
            (Shape::Map(kind), Value::Object(values)) => {
                for (name, value) in values.iter_mut() {
                    within(place, name, |place| visit_mut(kind, value, place, act));
                }
            }
            _ => {}
        });
    }
}

/// Calls `act` with the place lengthened by a token.
pub fn within<T>(place: &mut String, token: &str, act: impl FnOnce(&mut String) -> T) -> T {
    let length = place.len();
    pointer::push(place, token);
    let result = act(place);
    place.truncate(length);
    result
}
