use rhombus_kisi_runtime::{MASK, speaks_of_a_secret};

use super::Json;

/// What a location in the settings may hold, by the types of the client: which properties are known, and what they are.
#[derive(Clone, Copy, Debug)]
pub enum Shape {
    /// An object with known properties.
    Object(&'static ObjectShape),
    /// A map from ids to one shape.
    Map(&'static Shape),
    /// A value, or a list of values, that may be shown.
    Plain,
    /// A secret.
    Secret,
    /// Something this release does not know: whether it is a secret, nobody can say.
    Unknown,
}

/// An object's known properties, and the shapes of those that are objects or maps themselves.
#[derive(Debug)]
pub struct ObjectShape {
    pub(crate) names: &'static [&'static str],
    pub(crate) nested: &'static [(&'static str, Shape)],
    /// Properties that the server sets itself.
    pub(crate) kept: &'static [&'static str],
}

impl Shape {
    /// The shape of a property, or of a map's entry.
    pub(crate) fn of(self, name: &str) -> Shape {
        match self {
            Self::Object(object) => object.of(name),
            Self::Map(entry) => *entry,
            Self::Secret => Self::Secret,
            Self::Plain | Self::Unknown => Self::Unknown,
        }
    }

    /// The shape of a list's elements.
    pub(crate) fn element(self) -> Shape {
        match self {
            Self::Object(_) | Self::Map(_) => Self::Unknown,
            scalar => scalar,
        }
    }

    /// The shape at the end of a path.
    pub(crate) fn at<'a>(self, names: impl IntoIterator<Item = &'a str>) -> Shape {
        names.into_iter().fold(self, Self::of)
    }

    /// Whether what is at the end of a path may change without anybody's doing: the server keeps it, or nobody knows
    /// what it is.
    pub(crate) fn may_change_by_itself<'a>(self, names: impl IntoIterator<Item = &'a str>) -> bool {
        let mut shape = self;
        for name in names {
            if matches!(shape, Self::Object(object) if object.kept.contains(&name)) {
                return true;
            }
            shape = shape.of(name);
        }
        matches!(shape, Self::Unknown)
    }

    /// Whether the value is kept from view.
    pub(crate) fn is_hidden(self) -> bool {
        matches!(self, Self::Secret | Self::Unknown)
    }

    pub(crate) fn is_unknown(self) -> bool {
        matches!(self, Self::Unknown)
    }

    pub(crate) fn is_secret(self) -> bool {
        matches!(self, Self::Secret)
    }

    /// The value with a mask in place of everything that may be a secret.
    pub(crate) fn redact(self, value: &Json) -> Json {
        match (self, value) {
            (_, Json::Null) => Json::Null,
            (Self::Object(_) | Self::Map(_), Json::Object(map)) => Json::Object(
                map.iter()
                    .map(|(name, value)| (name.clone(), self.of(name).redact(value)))
                    .collect(),
            ),
            (Self::Plain, value) => value.clone(),
            (Self::Secret | Self::Unknown | Self::Object(_) | Self::Map(_), _) => Json::String(MASK.into()),
        }
    }
}

impl ObjectShape {
    fn of(&self, name: &str) -> Shape {
        if !self.names.contains(&name) {
            return Shape::Unknown;
        }
        if speaks_of_a_secret(name) {
            return Shape::Secret;
        }
        self.nested
            .iter()
            .find(|(nested, _)| *nested == name)
            .map_or(Shape::Plain, |(_, shape)| *shape)
    }
}
