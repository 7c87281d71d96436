use std::fmt;

use serde::{Serialize, Serializer};

/// Where in the settings something is, as a JSON path: `$.doorInfoMap["42"].clipDuration`.
///
/// Serialises as that text.
#[derive(Clone, Debug, Default, Eq, Hash, Ord, PartialEq, PartialOrd)]
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
        for name in self.names() {
            if is_identifier(name) {
                write!(f, ".{name}")?;
            } else {
                // A JSON string, so that whatever stands in a name stays on one line and can be read back.
                write!(f, "[{}]", serde_json::Value::from(name))?;
            }
        }
        Ok(())
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
}
