//! What follows from a value's kind: whether it is shown, and how it is compared.

use rhombus_kisi_runtime::{Kind, MASK, RhombusUuid};

use super::Json;

/// The kind at the end of a path.
pub(crate) fn kind_at<'a>(root: Kind, names: impl IntoIterator<Item = &'a str>) -> Kind {
    names.into_iter().fold(root, Kind::of)
}

/// The kind of a list's elements.
pub(crate) fn element(kind: Kind) -> Kind {
    match kind {
        Kind::List(element) => element(),
        Kind::Secret => Kind::Secret,
        _ => Kind::Unknown,
    }
}

/// Whether what is at the end of a path may change without anybody's doing: the server sets it, or nobody knows what it
/// is.
pub(crate) fn may_change_by_itself<'a>(root: Kind, names: impl IntoIterator<Item = &'a str>) -> bool {
    let mut kind = root;
    for name in names {
        if kind.property(name).is_some_and(|property| property.read_only) {
            return true;
        }
        kind = kind.of(name);
    }
    matches!(kind, Kind::Unknown)
}

/// Whether a value is kept from view.
pub(crate) fn is_hidden(kind: Kind) -> bool {
    matches!(kind, Kind::Secret | Kind::Unknown)
}

/// The value with a mask in place of everything that may be a secret.
pub(crate) fn redact(kind: Kind, value: &Json) -> Json {
    match (kind, value) {
        (_, Json::Null) => Json::Null,
        (Kind::Object(_) | Kind::Map(_), Json::Object(properties)) => {
            let redacted = properties
                .iter()
                .map(|(name, value)| (name.clone(), redact(kind.of(name), value)));
            Json::Object(redacted.collect())
        }
        (Kind::List(element), Json::Array(values)) => {
            Json::Array(values.iter().map(|value| redact(element(), value)).collect())
        }
        (Kind::Secret | Kind::Unknown | Kind::Object(_) | Kind::Map(_) | Kind::List(_), _)
        | (_, Json::Object(_) | Json::Array(_)) => Json::String(MASK.into()),
        (_, value) => value.clone(),
    }
}

/// Whether a list of these elements is a set: a list of ids, Rhombus's or Kisi's numbers. Of a list of something else, or
/// of nobody knows what, it is one if all that is in it are ids of Rhombus.
pub(crate) fn is_set<'a>(kind: Kind, elements: impl Iterator<Item = &'a Json>) -> bool {
    let mut elements = elements.filter(|element| !element.is_null());
    match kind {
        Kind::List(element) if matches!(element(), Kind::Id | Kind::Int32 | Kind::Int64) => {
            elements.all(|element| matches!(element, Json::String(_) | Json::Verbatim(_)))
        }
        Kind::List(_) | Kind::Unknown => {
            let mut elements = elements.peekable();
            elements.peek().is_some() && elements.all(is_id)
        }
        _ => false,
    }
}

/// A Rhombus id, with or without the facet of a camera that follows it.
fn is_id(value: &Json) -> bool {
    match value {
        Json::String(text) => text
            .split('.')
            .next()
            .is_some_and(|id| id.parse::<RhombusUuid>().is_ok()),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use rhombus_kisi_runtime::{Kind, Property};

    use super::{may_change_by_itself, redact};
    use crate::compare::Json;

    const ROOT: Kind = Kind::Object(&[
        Property {
            name: "name",
            kind: || Kind::Text,
            read_only: false,
        },
        Property {
            name: "keys",
            kind: || Kind::Map(|| Kind::List(|| Kind::Secret)),
            read_only: false,
        },
        Property {
            name: "doors",
            kind: || Kind::Map(|| ROOT),
            read_only: true,
        },
        Property {
            name: "mixed",
            kind: || Kind::List(|| Kind::Secret),
            read_only: false,
        },
        Property {
            name: "any",
            kind: || Kind::Unknown,
            read_only: false,
        },
    ]);

    #[test]
    fn what_may_be_a_secret_is_masked() {
        let json = r#"{"name":"a","keys":{"1":["b"]},"doors":{"7":{"name":"c","any":4,"new":"d"},"8":"e"},"mixed":["f",null],
            "any":{"g":[1]},"new":false}"#;
        let shown = redact(ROOT, &Json::parse(json).unwrap()).to_value();
        assert_eq!(
            shown,
            serde_json::json!({
                "name": "a", "keys": "***", "doors": {"7": {"name": "c", "any": "***", "new": "***"}, "8": "***"},
                "mixed": ["***", null], "any": "***", "new": "***",
            })
        );
    }

    #[test]
    fn the_server_changes_what_is_read_only_and_what_nobody_knows() {
        for (path, may) in [
            (&["name"][..], false),
            (&["doors"], true),
            (&["doors", "7", "name"], true),
            (&["any"], true),
            (&["new"], true),
            (&["name", "new"], true),
            (&[], false),
        ] {
            assert_eq!(may_change_by_itself(ROOT, path.iter().copied()), may, "{path:?}");
        }
    }
}
