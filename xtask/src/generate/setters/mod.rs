//! The setters of the settings: from each property of a type to the methods that it has.
//!
//! `model` reads the properties out of the document, `names` gives their methods names, `syntax` writes them down, one
//! property a line. What a line expands to is in the macro of `sdk/kisi/src/edit/setters.rs`.

mod model;
mod names;
mod syntax;
#[cfg(test)]
mod tests;

pub use model::{Form, Key, Kind, Property};
pub(super) use syntax::file;

use crate::api::Api;
use crate::normalise::Normalised;

/// The setters of all types that the settings hold.
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub struct Setters {
    /// The types by their names.
    pub types: Vec<Type>,
    /// Names that could not be given, and hints that mean nothing.
    pub notes: Vec<String>,
}

/// A type and its properties.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Type {
    /// The type's name.
    pub name: String,
    /// Its properties by the names of their fields.
    pub properties: Vec<Named>,
}

/// A property whose methods have names.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Named {
    /// The property.
    pub property: Property,
    /// The names of its methods, in the order of the macro: the setter first.
    pub methods: Vec<String>,
}

impl Named {
    /// The setter: of an entry where it is a map, else of the property.
    pub fn setter(&self) -> &str {
        self.methods.first().map_or("", String::as_str)
    }
}

/// The setters of the settings' roots and of what they hold.
pub fn of(normalised: &Normalised, api: &Api) -> Setters {
    let mut setters = Setters::default();
    for (name, properties) in model::types(normalised, api, &mut setters.notes) {
        let properties = names::given(&name, properties, &mut setters.notes);
        setters.types.push(Type { name, properties });
    }
    setters
}
