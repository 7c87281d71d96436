use rhombus_kisi_runtime::without_facet;

use super::Json;

/// An element of a set, as elements are told apart: a camera's id counts without its facet.
#[derive(Debug, Eq, Ord, PartialEq, PartialOrd)]
pub(crate) enum Element<'a> {
    Text(&'a str),
    Other(&'a Json),
}

impl<'a> From<&'a Json> for Element<'a> {
    fn from(json: &'a Json) -> Self {
        match json {
            Json::String(text) => Self::Text(without_facet(text)),
            other => Self::Other(other),
        }
    }
}

/// Whether an element is in a list.
pub(crate) fn is_among(list: &[Json], element: &Json) -> bool {
    let element = Element::from(element);
    list.iter().any(|other| Element::from(other) == element)
}
