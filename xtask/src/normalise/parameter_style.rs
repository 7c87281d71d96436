//! The style that a parameter, or the field of a form, is written in.

use serde_json::Value;

use super::Location;

/// How a value is written: OpenAPI's `style`, `explode` and `allowReserved`.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Style {
    /// The runtime's name of it.
    pub name: &'static str,
    /// Whether the elements of a list, or the properties of an object, are written apart.
    pub explode: bool,
    /// Whether reserved characters are sent as they are.
    pub allow_reserved: bool,
}

/// A style by OpenAPI's name and by the runtime's, and where it is used.
const STYLES: [(&str, &str, &[Location]); 7] = [
    ("deepObject", "DEEP_OBJECT", &[Location::Query]),
    ("form", "FORM", &[Location::Query]),
    ("label", "LABEL", &[Location::Path]),
    ("matrix", "MATRIX", &[Location::Path]),
    ("pipeDelimited", "PIPE_DELIMITED", &[Location::Query]),
    ("simple", "SIMPLE", &[Location::Header, Location::Path]),
    ("spaceDelimited", "SPACE_DELIMITED", &[Location::Query]),
];

impl Style {
    /// A value that is JSON text.
    pub const JSON: Self = Self::of("JSON", false);
    /// The default of the fields of a form.
    pub const FIELD: Self = Self::of("FIELD", true);

    const fn of(name: &'static str, explode: bool) -> Self {
        Self {
            name,
            explode,
            allow_reserved: false,
        }
    }

    /// What a location's parameters are written in where nothing is said.
    pub fn default_of(location: Location) -> Self {
        match location {
            Location::Header | Location::Path => Self::of("SIMPLE", false),
            Location::Query => Self::of("FORM", true),
        }
    }

    /// Whether the runtime's style explodes by itself.
    pub fn explodes(self) -> bool {
        matches!(self.name, "DEEP_OBJECT" | "FIELD" | "FORM")
    }

    /// Whether values inside of values can be written.
    pub(super) fn nests(self) -> bool {
        matches!(self.name, "DEEP_OBJECT" | "FIELD" | "JSON")
    }
}

/// The style that a parameter or an encoding asks for, and what of it cannot be.
pub(super) fn of(holder: &Value, location: Location) -> (Style, Option<String>) {
    let said = holder.get("style").and_then(Value::as_str);
    let known = said.map(|said| {
        STYLES
            .iter()
            .find(|(name, _, locations)| *name == said && locations.contains(&location))
    });
    let default = Style::default_of(location);
    let (style, lost) = match known {
        None => (default, None),
        Some(Some((_, name, _))) => (Style::of(name, *name == "FORM" || *name == "DEEP_OBJECT"), None),
        Some(None) => {
            let said = said.unwrap_or_default();
            let lost = format!("has the style `{said}`, which is none of its location's: the default is used");
            (default, Some(lost))
        }
    };
    let explode = holder.get("explode").and_then(Value::as_bool);
    let reserved = location == Location::Query && holder.get("allowReserved").and_then(Value::as_bool) == Some(true);
    let style = Style {
        explode: match style.name {
            "DEEP_OBJECT" => true,
            _ => explode.unwrap_or(style.explode),
        },
        allow_reserved: reserved,
        ..style
    };
    (style, lost)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::{Location, Style, of};

    #[test]
    fn the_defaults_are_the_specifications() {
        let table = [
            (json!({}), Location::Query, "FORM", true),
            (json!({ "explode": false }), Location::Query, "FORM", false),
            (
                json!({ "style": "pipeDelimited" }),
                Location::Query,
                "PIPE_DELIMITED",
                false,
            ),
            (
                json!({ "style": "deepObject", "explode": false }),
                Location::Query,
                "DEEP_OBJECT",
                true,
            ),
            (json!({}), Location::Path, "SIMPLE", false),
            (
                json!({ "style": "matrix", "explode": true }),
                Location::Path,
                "MATRIX",
                true,
            ),
            (json!({ "style": "label" }), Location::Path, "LABEL", false),
            (
                json!({ "style": "simple", "explode": true }),
                Location::Header,
                "SIMPLE",
                true,
            ),
        ];
        for (parameter, location, name, explode) in table {
            let expected = Style {
                name,
                explode,
                allow_reserved: false,
            };
            assert_eq!(of(&parameter, location), (expected, None), "{parameter}");
        }
        let (style, lost) = of(&json!({ "style": "form" }), Location::Path);
        assert_eq!(style, Style::default_of(Location::Path));
        assert!(lost.is_some());
        assert!(of(&json!({ "allowReserved": true }), Location::Query).0.allow_reserved);
    }
}
