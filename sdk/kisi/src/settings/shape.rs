use rhombus_kisi_runtime::{MASK, speaks_of_a_secret};
use serde_json::Value;

/// What a place in the settings may hold, by the types of the client: which properties are known, and what they are.
#[derive(Clone, Copy, Debug)]
pub enum Shape {
    /// An object with known properties.
    Object(&'static ObjectShape),
    /// A map from ids to one shape.
    Map(&'static Shape),
    /// A value, or a list of values, that may be shown.
    Plain,
    /// A secret, or something this release does not know: whether it is a secret, nobody can say.
    Hidden,
}

/// An object's known properties, and the shapes of those that are objects or maps themselves.
#[derive(Debug)]
pub struct ObjectShape {
    pub(crate) names: &'static [&'static str],
    pub(crate) nested: &'static [(&'static str, Shape)],
}

impl Shape {
    /// The shape of a property, or of a map's entry.
    pub(crate) fn of(self, name: &str) -> Shape {
        match self {
            Self::Object(object) => object.of(name),
            Self::Map(entry) => *entry,
            Self::Plain | Self::Hidden => Self::Hidden,
        }
    }

    /// The shape at the end of a path.
    pub(crate) fn at<'a>(self, names: impl IntoIterator<Item = &'a str>) -> Shape {
        names.into_iter().fold(self, Self::of)
    }

    pub(crate) fn is_hidden(self) -> bool {
        matches!(self, Self::Hidden)
    }

    /// The value with a mask in place of everything that may be a secret.
    pub(crate) fn redact(self, value: &Value) -> Value {
        match (self, value) {
            (_, Value::Null) => Value::Null,
            (Self::Hidden, _) => MASK.into(),
            (Self::Object(_) | Self::Map(_), Value::Object(map)) => map
                .iter()
                .map(|(name, value)| (name.clone(), self.of(name).redact(value)))
                .collect(),
            (Self::Object(_) | Self::Map(_), _) => MASK.into(),
            (Self::Plain, value) => value.clone(),
        }
    }
}

impl ObjectShape {
    fn of(&self, name: &str) -> Shape {
        if speaks_of_a_secret(name) || !self.names.contains(&name) {
            return Shape::Hidden;
        }
        self.nested
            .iter()
            .find(|(nested, _)| *nested == name)
            .map_or(Shape::Plain, |(_, shape)| *shape)
    }
}
