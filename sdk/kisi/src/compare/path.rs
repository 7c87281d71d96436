use std::borrow::Cow;
use std::fmt;

use rhombus_kisi_runtime::one_line;
use serde::{Serialize, Serializer};

/// Where in the settings something is, as a JSON path: `$.doorInfoMap["42"].clipDuration`.
///
/// It is shown on one line and at most 600 characters long, for a server may have chosen the names; [`names`](Self::names) has them
/// as they are. Serialises as the text that is shown.
#[derive(Clone, Default, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub struct JsonPath(Vec<Box<str>>);

impl JsonPath {
    /// The property names from the root to the place.
    pub fn names(&self) -> impl ExactSizeIterator<Item = &str> {
        self.0.iter().map(|name| &**name)
    }

    pub(crate) fn from_names<'a>(names: impl IntoIterator<Item = &'a str>) -> Self {
        Self(names.into_iter().map(Box::from).collect())
    }

    pub(crate) fn push(&mut self, name: &str) {
        self.0.push(name.into());
    }

    pub(crate) fn pop(&mut self) {
        self.0.pop();
    }
}

impl fmt::Display for JsonPath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("$")?;
        let mut left = PATH_LENGTH;
        for name in self.names() {
            let step = if is_identifier(name) && name.len() <= NAME_LENGTH {
                format!(".{name}")
            } else {
                // A JSON string, so that quotes and control characters in a name do not end it.
                let quoted = serde_json::Value::from(shortened(name)).to_string();
                format!("[{}]", one_line(&quoted, usize::MAX))
            };
            if step.len() > left {
                return f.write_str("…");
            }
            left -= step.len();
            f.write_str(&step)?;
        }
        Ok(())
    }
}

impl fmt::Debug for JsonPath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// How many bytes of the names a path shows.
const PATH_LENGTH: usize = 600;
/// How many characters of one name it shows.
const NAME_LENGTH: usize = 100;

fn shortened(name: &str) -> Cow<'_, str> {
    match name.char_indices().nth(NAME_LENGTH) {
        Some((end, _)) => Cow::Owned(format!("{}…", name.get(..end).unwrap_or_default())),
        None => Cow::Borrowed(name),
    }
}

fn is_identifier(name: &str) -> bool {
    name.starts_with(|first: char| first.is_ascii_alphabetic() || first == '_')
        && name
            .chars()
            .all(|character| character.is_ascii_alphanumeric() || character == '_')
}

impl Serialize for JsonPath {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

#[cfg(test)]
mod tests {
    use super::JsonPath;

    #[test]
    fn names_that_are_no_identifiers_are_quoted() {
        let path = JsonPath::from_names(["doorInfoMap", "42", "a\"b\n", "clipDuration"]);
        assert_eq!(path.to_string(), r#"$.doorInfoMap["42"]["a\"b\n"].clipDuration"#);
        assert_eq!(JsonPath::default().to_string(), "$");
    }

    #[test]
    fn a_path_is_bounded() {
        let path = |name: &str, count| JsonPath::from_names(std::iter::repeat_n(name, count)).to_string();
        // Five bytes a step.
        let steps = super::PATH_LENGTH / 5;
        assert_eq!(path("door", steps), format!("${}", ".door".repeat(steps)));
        assert_eq!(path("door", steps + 1), format!("${}…", ".door".repeat(steps)));
        assert_eq!(path("door", 10 * steps), format!("${}…", ".door".repeat(steps)));
        assert_eq!(
            path("floor", 10 * steps),
            format!("${}…", ".floor".repeat(super::PATH_LENGTH / 6))
        );
        let name = "x".repeat(super::NAME_LENGTH);
        assert_eq!(path(&name, 1), format!("$.{name}"));
        assert_eq!(path(&format!("{name}y"), 1), format!("$[\"{name}…\"]"));
    }
}
