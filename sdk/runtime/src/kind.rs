//! What the types of the API are, for code that treats all of them alike.

use crate::speaks_of_a_secret;

/// What a value may be, by its type.
#[derive(Clone, Copy, Debug)]
pub enum Kind {
    /// `true` or `false`.
    Boolean,
    /// A whole number of 32 bits.
    Int32,
    /// A whole number of 64 bits.
    Int64,
    /// Any number.
    Number,
    /// Text.
    Text,
    /// Text that must not be seen.
    Secret,
    /// The id of a camera, a location, an organisation or a user.
    Id,
    /// Text, most often one of these.
    Enumeration(&'static [&'static str]),
    /// A list of one kind of element. By function, for types may refer to themselves.
    List(fn() -> Kind),
    /// A map from text to one kind of value.
    Map(fn() -> Kind),
    /// An object with these properties, and perhaps others.
    Object(&'static [Property]),
    /// Anything: whether it is a secret, nobody can tell.
    Unknown,
}

/// A known property of an object.
#[derive(Clone, Copy, Debug)]
pub struct Property {
    /// The wire name.
    pub name: &'static str,
    /// What its value may be, besides `null`.
    pub kind: fn() -> Kind,
    /// Whether the server sets it by itself, whatever it is sent.
    pub read_only: bool,
}

impl Kind {
    /// Returns the known property of this name, if this is an object that has it.
    pub fn property(self, name: &str) -> Option<&'static Property> {
        match self {
            Self::Object(properties) => properties.iter().find(|property| property.name == name),
            _ => None,
        }
    }

    /// Returns the kind of an object's property or of a map's value; `Unknown` where this is neither, or knows no such
    /// property. A property whose name speaks of a secret is one, whatever its type.
    pub fn of(self, name: &str) -> Kind {
        match self {
            Self::Map(value) => value(),
            Self::Secret => Self::Secret,
            _ => match self.property(name) {
                Some(property) if speaks_of_a_secret(name) && !matches!((property.kind)(), Self::Unknown) => {
                    Self::Secret
                }
                Some(property) => (property.kind)(),
                None => Self::Unknown,
            },
        }
    }
}
