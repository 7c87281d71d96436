//! Places in JSON by names alone: `.cameras[].doors.*.name`. A map's key is `*`, and a list's index is not shown.

use crate::Kind;
use crate::json_path;
use crate::walk::{Path, Step};

/// Appends a property's name.
pub(crate) fn push_property(place: &mut String, name: &str) {
    if is_identifier(name) {
        place.push('.');
        place.push_str(name);
    } else {
        place.push_str(&format!("[{name:?}]"));
    }
}

fn is_identifier(name: &str) -> bool {
    name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
        && name.bytes().next().is_some_and(|first| !first.is_ascii_digit())
}

/// Appends the place that a walk has come to.
pub(crate) fn push_path(place: &mut String, path: Path<'_>) {
    let Some((above, step)) = path.split_last() else { return };
    push_path(place, *above);
    match step {
        Step::Property(name) => push_property(place, name),
        Step::Key(_) => place.push_str(".*"),
        Step::Element => place.push_str("[]"),
    }
}

/// Returns the place that these steps lead to in a value of this kind, as far as the kind says; from there on it is `inner`.
pub(crate) fn place_of(mut kind: Kind, steps: &[json_path::Step], inner: Option<&str>) -> String {
    let mut place = String::new();
    for step in steps {
        kind = match (kind, step) {
            (Kind::List(element), _) => {
                place.push_str("[]");
                element()
            }
            (Kind::Map(value), _) => {
                place.push_str(".*");
                value()
            }
            (kind, json_path::Step::Name(name)) => match kind.property(name) {
                Some(property) => {
                    push_property(&mut place, property.name);
                    (property.kind)()
                }
                None => break,
            },
            _ => break,
        };
    }
    place.push_str(inner.unwrap_or_default());
    place
}

#[cfg(test)]
mod tests {
    use super::{place_of, push_path, push_property};
    use crate::json_path::Step;
    use crate::walk::{Path, Walk};
    use crate::{Extra, Field, List, Map};

    #[derive(Clone, Debug, Default, PartialEq)]
    struct Node {
        name: Field<String>,
        nodes: Field<Map<List<Node>>>,
        extra: Extra,
    }
    crate::object!(Node { name = "name", nodes = "the nodes" } extra);

    #[test]
    fn keys_and_indices_are_not_shown_and_names_are() {
        let steps = [
            Step::Name("the nodes".to_owned()),
            Step::Name("secret".to_owned()),
            Step::Index(7),
            Step::Name("name".to_owned()),
        ];
        assert_eq!(place_of(Node::kind(), &steps, None), r#"["the nodes"].*[].name"#);
        let unknown = [Step::Name("secret".to_owned()), Step::Index(1)];
        assert_eq!(place_of(Node::kind(), &unknown, Some(".inner")), ".inner");
        let (mut place, nodes) = (String::new(), Path::ROOT.then("the nodes"));
        let (key, element) = (nodes.key("secret"), nodes.key("secret"));
        let element = element.element();
        push_path(&mut place, element.then("name"));
        assert_eq!(place, r#"["the nodes"].*[].name"#);
        place.clear();
        push_path(&mut place, key);
        assert_eq!(place, r#"["the nodes"].*"#);
    }

    #[test]
    fn a_name_that_is_none_of_a_program_is_quoted() {
        for (name, shown) in [
            ("a_B1", ".a_B1"),
            ("1a", r#"["1a"]"#),
            ("", r#"[""]"#),
            ("a\"b", r#"["a\"b"]"#),
        ] {
            let mut place = "$".to_owned();
            push_property(&mut place, name);
            assert_eq!(place, format!("${shown}"));
        }
    }
}
