//! Passes that bring a document into a form that the generator can take.
//!
//! The vendor's documents make generators refuse, panic, or write code that does not compile. Each pass takes
//! one such oddity out, and is a module of its own with tests on a document made for it. What a pass cannot keep
//! it notes in [`Notes`]: nothing is dropped silently.

mod aliases;
mod all_of;
mod auth_parameters;
mod bodies;
mod dangling;
mod enums;
mod hoist;
mod ids;
mod names;
mod notes;
mod open_objects;
mod operation_ids;
mod parameters;
mod parts;
mod properties;
mod prune;
mod responses;
mod roles;
mod secrets;
mod select;
mod simplify;
mod tag_names;
mod unions;
mod words;

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use crate::Result;
use crate::api::Api;
use crate::document::Document;

pub use bodies::Body;
pub use enums::OTHER;
pub use ids::ID_FORMAT;
pub use names::rust_name;
pub use notes::{LeftOut, Notes};
pub(crate) use operation_ids::GONE;
pub use parameters::{Location, Parameter};
pub use responses::Answer;
pub use roles::Role;
pub use select::Selection;
pub(crate) use unions::keep as keep_variants;
pub use unions::{Union, Variant};
pub(crate) use words::{pascal, snake};

/// How a document is normalised.
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// Which operations are kept.
    pub selection: Selection,
    /// The rules of the vendor's API.
    pub api: Api,
}

/// A document that the generator can take, and what its code needs to know beyond it.
#[derive(Clone, Debug, Default)]
pub struct Normalised {
    /// The document: OpenAPI 3.0.3 of plain objects, arrays, maps and scalars.
    pub document: Value,
    /// The operations by the name of their method.
    pub operations: BTreeMap<String, Operation>,
    /// The kinds of component that the generator sees as a bare object, by their Rust name.
    pub shapes: BTreeMap<String, Shape>,
    /// Properties that go by another name in the document, by the Rust name of their schema and that other name.
    pub wire_names: BTreeMap<(String, String), String>,
    /// The fields that say how a call went, by the Rust name of their schema.
    pub roles: BTreeMap<String, Vec<(Role, String)>>,
    /// What the document calls each schema, by its Rust name. A schema that stood in another has none of its own.
    pub originals: BTreeMap<String, String>,
    /// What was left out, and why.
    pub notes: Notes,
}

/// One operation, as the generated method needs it.
#[derive(Clone, Debug, Default)]
pub struct Operation {
    /// The vendor's operation id.
    pub id: String,
    /// The HTTP method in upper case.
    pub method: String,
    /// The path with the vendor's parameter names.
    pub path: String,
    /// What the document says of it, as Markdown.
    pub description: String,
    /// Whether the document says that it is deprecated.
    pub deprecated: bool,
    /// Whether the API no longer has it: the import kept it, so that what names it compiles.
    pub gone: bool,
    /// The parameters by the name of their argument.
    pub parameters: BTreeMap<String, Parameter>,
    /// What is sent.
    pub body: Body,
    /// Whether the body can be left out.
    pub body_optional: bool,
    /// What is answered.
    pub answer: Answer,
}

/// A component that is more than an object with properties.
#[derive(Clone, Debug, PartialEq)]
pub enum Shape {
    /// An object without properties of its own.
    Empty,
    /// A string enumeration: the values, by the name of their variant.
    Enum(BTreeMap<String, String>),
    /// One of several types, told apart by a property.
    Union(Union),
}

/// Runs every pass over a document.
///
/// # Errors
/// [`Error::Document`](crate::Error::Document) where the document is not one that can be read, or an operation is not there.
pub fn normalise(document: &Document, options: &Options) -> Result<Normalised> {
    let mut notes = Notes::default();
    let mut root = parts::prepare(document)?;
    select::apply(&document.file, &mut root, &options.selection)?;
    parts::inline(&mut root, &mut notes);
    auth_parameters::remove(&mut root, &options.api.auth);
    dangling::replace(&mut root, &mut notes);
    unions::keep(&mut root, &options.api);
    prune::unreachable(&mut root);
    let originals = names::rename(&mut root, &options.api.names, &mut notes);
    // From here on, schemas go by other names than people know them by.
    let mut later = Notes::default();
    ids::mark(&mut root, &options.api.ids);
    secrets::mark(&mut root);
    let mut operations = operation_ids::assign(&mut root, &mut later);
    bodies::settle(&mut root, &mut operations, options.api.body.empty, &mut later);
    responses::settle(&mut root, &mut operations, &mut later);
    parameters::settle(&mut root, &mut operations, &mut later);
    let mut shapes = BTreeMap::new();
    unions::hoist(&mut root);
    let unions = unions::find(&root, &originals, &options.api, &mut later);
    all_of::flatten(&mut root, &mut later);
    unions::replace(&mut root, unions, &mut shapes, &mut later);
    let mut taken: BTreeSet<String> = parts::schema_names(&root);
    enums::hoist(&mut root, &mut taken, &mut shapes, &mut later);
    hoist::objects(&mut root, &mut taken);
    simplify::schemas(&mut root, &mut later);
    aliases::inline(&mut root, &mut shapes, &mut later);
    open_objects::open(&mut root);
    let wire_names = properties::separate(&mut root);
    prune::unreachable(&mut root);
    let left = parts::schema_names(&root);
    shapes.retain(|name, _| left.contains(name));
    notes.add(later, &originals);
    let roles = roles::find(&root, &wire_names, &options.api.response);
    Ok(Normalised {
        document: root,
        operations,
        shapes,
        wire_names,
        roles,
        originals,
        notes,
    })
}

/// Leaves of the formats what makes a type: an id is one by its format or by its name, and a secret is one whatever its format.
pub(crate) fn mark_formats(root: &mut Value, api: &Api) {
    ids::mark(root, &api.ids);
    secrets::drop_formats(root);
    parts::visit_schemas(root, &mut |_, schema| {
        if schema.get("format").is_some_and(|format| format == ID_FORMAT) {
            schema["format"] = api.ids.format.clone().into();
        }
    });
}

/// The same document with these operations alone, by the name of their method, and what they reach.
pub(crate) fn restrict(document: &Value, operations: &BTreeSet<&String>) -> Value {
    let mut restricted = document.clone();
    parts::retain_operations(&mut restricted, |path, method, operation| {
        operations.contains(&parts::label(path, method, operation))
    });
    prune::unreachable(&mut restricted);
    restricted
}
