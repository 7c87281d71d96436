//! Passes that bring a document into a form that the generator can take.
//!
//! The vendor's documents make generators fail, panic, or write code that does not compile. Each pass takes
//! one such oddity out, and is a module of its own with tests on a document made for it. What a pass cannot keep
//! it lists in [`Diagnostics`]: nothing is dropped silently.

mod aliases;
mod all_of;
mod auth_parameters;
mod bodies;
mod dangling;
mod diagnostics;
mod enums;
mod envelopes;
mod error_responses;
mod extract_inline;
mod hints;
mod ids;
mod names;
mod open_objects;
mod operation_ids;
mod parameter_style;
mod parameter_type;
mod parameters;
mod parts;
mod paths;
mod properties;
mod prune;
mod read_only;
mod resolve;
mod responses;
mod roles;
mod secrets;
mod select;
mod simplify;
mod tag_names;
mod unions;
mod upgrades;
mod words;

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use crate::Result;
use crate::api::Api;
use crate::document::Document;

pub use bodies::{Body, FileField, Parts};
pub use diagnostics::{Diagnostic, Diagnostics};
pub use enums::OTHER;
pub use error_responses::ErrorResponse;
pub(crate) use error_responses::name as error_name;
pub(crate) use hints::{HINTS, without_hints};
pub use ids::ID_FORMAT;
pub use names::rust_name;
pub(crate) use operation_ids::GONE;
pub use parameter_style::Style;
pub use parameters::{Location, Parameter};
pub(crate) use read_only::READ_ONLY;
pub use responses::ResponseBody;
pub use roles::Role;
pub use select::Selection;
pub(crate) use select::nearest;
pub(crate) use unions::keep as keep_variants;
pub use unions::{Union, Variant};
pub(crate) use words::{pascal, snake, upper_case};

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
    pub diagnostics: Diagnostics,
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
    /// The query that the document's path has, as it is sent.
    pub query: String,
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
    /// The body's media type, where that is neither `application/json` nor `multipart/form-data` nor a form's.
    pub media_type: Option<String>,
    /// Whether the body can be left out.
    pub body_optional: bool,
    /// What is returned.
    pub response: ResponseBody,
    /// What is returned where it fails, by status, the most certain first.
    pub errors: Vec<ErrorResponse>,
    /// The media types of the responses, as an `Accept` header lists them; empty where any will do.
    pub accept: String,
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

/// A document on its way through the passes.
struct Work<'a> {
    options: &'a Options,
    root: Value,
    /// What the document calls each schema; empty until the schemas have their Rust names.
    originals: BTreeMap<String, String>,
    operations: BTreeMap<String, Operation>,
    shapes: BTreeMap<String, Shape>,
    /// The unions, from when they are found to when they are replaced.
    unions: BTreeMap<String, Union>,
    wire_names: BTreeMap<(String, String), String>,
    /// What was noted while schemas had the document's names.
    first: Diagnostics,
    diagnostics: Diagnostics,
}

/// One step of the way.
struct Pass {
    name: &'static str,
    /// Why there is such a pass, and why at this point.
    why: &'static str,
    run: fn(&mut Work<'_>),
}

/// The passes in their order.
#[rustfmt::skip]
const PASSES: &[Pass] = &[
    Pass { name: "inline components", why: "the generator takes references to schemas alone", run: |w| parts::inline(&mut w.root, &mut w.diagnostics) },
    Pass { name: "leave out upgrades", why: "a method returns a response", run: |w| upgrades::leave_out(&mut w.root, &mut w.diagnostics) },
    Pass { name: "drop auth parameters", why: "the transport sends them", run: |w| auth_parameters::remove(&mut w.root, &w.options.api.auth) },
    Pass { name: "replace dangling references", why: "what refers to nothing is any value", run: |w| dangling::replace(&mut w.root, &mut w.diagnostics) },
    Pass { name: "keep variants", why: "the rules may want a few types of a union only", run: |w| unions::keep(&mut w.root, &w.options.api) },
    Pass { name: "prune", why: "what nothing refers to takes no name", run: |w| prune::unreachable(&mut w.root) },
    Pass { name: "rename schemas", why: "types have Rust names; the diagnostics from here on are put under the document's", run: |w| w.rename() },
    Pass { name: "mark ids", why: "an id is one by its format or by its name", run: |w| ids::mark(&mut w.root, &w.options.api.ids) },
    Pass { name: "mark secrets", why: "after the ids: what has the format of an id may be a secret by its name", run: |w| secrets::mark(&mut w.root) },
    Pass { name: "name operations", why: "each method has a name of its own", run: |w| w.operations = operation_ids::assign(&mut w.root, &mut w.diagnostics) },
    Pass { name: "choose bodies", why: "a method sends one kind of body", run: |w| w.choose_bodies() },
    Pass { name: "name error types", why: "before the responses of failures go: each has a name and is reached", run: |w| error_responses::collect(&mut w.root, &mut w.operations) },
    Pass { name: "choose responses", why: "a method returns one type", run: |w| responses::choose(&mut w.root, &mut w.operations, &mut w.diagnostics) },
    Pass { name: "choose parameters", why: "a method takes what can be sent", run: |w| parameters::choose(&mut w.root, &mut w.operations, &mut w.diagnostics) },
    Pass { name: "extract unions", why: "a union has a name before it is looked for", run: |w| unions::extract_inline(&mut w.root) },
    Pass { name: "open envelopes", why: "what is beside a union is in each of its types", run: |w| w.open_envelopes() },
    Pass { name: "find unions", why: "before allOf is merged: a variant may extend its own union", run: |w| w.find_unions() },
    Pass { name: "merge allOf", why: "the generator takes objects with all of their properties", run: |w| all_of::flatten(&mut w.root, &w.unions, &mut w.diagnostics) },
    Pass { name: "mark read-only properties", why: "after allOf is merged: the generator reads the mark at the object", run: |w| read_only::mark(&mut w.root) },
    Pass { name: "replace unions", why: "the generator sees an object, and our pass over its code writes the union", run: |w| w.replace_unions() },
    Pass { name: "extract enumerations", why: "a closed enumeration would break with each new value", run: |w| w.extract_enums() },
    Pass { name: "extract objects", why: "a type has a name; after the enumerations, which come first in naming", run: |w| w.extract_objects() },
    Pass { name: "simplify schemas", why: "what is left is objects, lists, maps and scalars", run: |w| simplify::schemas(&mut w.root, &mut w.diagnostics) },
    Pass { name: "inline aliases", why: "a name for a list or a scalar is no type", run: |w| aliases::inline(&mut w.root, &mut w.shapes, &mut w.diagnostics) },
    Pass { name: "open objects", why: "an object keeps the properties that it does not know", run: |w| open_objects::open(&mut w.root) },
    Pass { name: "separate properties", why: "two names may fold to one field", run: |w| w.wire_names = properties::separate(&mut w.root, &mut w.diagnostics) },
    Pass { name: "prune again", why: "the passes have left schemas behind", run: |w| w.prune() },
    Pass { name: "type errors", why: "last: only now it is known which schemas are types", run: |w| error_responses::mark_untyped(&w.root, &mut w.operations, &mut w.diagnostics) },
];

impl Work<'_> {
    fn rename(&mut self) {
        self.originals = names::rename(&mut self.root, &self.options.api.names, &mut self.diagnostics);
        self.first = std::mem::take(&mut self.diagnostics);
    }

    fn choose_bodies(&mut self) {
        let empty = self.options.api.body.empty;
        bodies::choose(&mut self.root, &mut self.operations, empty, &mut self.diagnostics);
    }

    fn open_envelopes(&mut self) {
        envelopes::open(
            &mut self.root,
            &self.originals,
            &self.options.api,
            &mut self.diagnostics,
        );
    }

    fn find_unions(&mut self) {
        self.unions = unions::find(&self.root, &self.originals, &self.options.api, &mut self.diagnostics);
    }

    fn replace_unions(&mut self) {
        let unions = std::mem::take(&mut self.unions);
        unions::replace(&mut self.root, unions, &mut self.shapes, &mut self.diagnostics);
    }

    fn extract_enums(&mut self) {
        let mut taken = parts::schema_names(&self.root);
        enums::extract_inline(&mut self.root, &mut taken, &mut self.shapes, &mut self.diagnostics);
    }

    fn extract_objects(&mut self) {
        let mut taken = parts::schema_names(&self.root);
        extract_inline::objects(&mut self.root, &mut taken);
    }

    fn prune(&mut self) {
        prune::unreachable(&mut self.root);
        let left = parts::schema_names(&self.root);
        self.shapes.retain(|name, _| left.contains(name));
    }
}

/// The passes in their order: the name of each, and why it is there.
pub fn passes() -> impl Iterator<Item = (&'static str, &'static str)> {
    PASSES.iter().map(|pass| (pass.name, pass.why))
}

/// Runs every pass over a document.
///
/// # Errors
/// [`Error::Document`](crate::Error::Document) where the document is not one that can be read, or an operation is not there.
pub fn normalise(document: &Document, options: &Options) -> Result<Normalised> {
    let mut root = parts::prepare(document)?;
    // The fewer operations, the less can be wrong with them.
    select::apply(&document.file, &mut root, &options.selection)?;
    let mut work = Work {
        options,
        root,
        originals: BTreeMap::new(),
        operations: BTreeMap::new(),
        shapes: BTreeMap::new(),
        unions: BTreeMap::new(),
        wire_names: BTreeMap::new(),
        first: Diagnostics::default(),
        diagnostics: Diagnostics::default(),
    };
    for pass in PASSES {
        (pass.run)(&mut work);
    }
    let mut diagnostics = work.first;
    diagnostics.add(work.diagnostics, &work.originals);
    let roles = roles::find(&work.root, &work.wire_names, &options.api.response);
    Ok(Normalised {
        document: work.root,
        operations: work.operations,
        shapes: work.shapes,
        wire_names: work.wire_names,
        roles,
        originals: work.originals,
        diagnostics,
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

/// The same with these operations alone, by the name of their method, and what they reach.
pub(crate) fn restrict(normalised: &Normalised, operations: &BTreeSet<&String>) -> Normalised {
    let document = prune::restricted(&normalised.document, operations);
    let kept = parts::schema_names(&document);
    let of_kept = |name: &&String| kept.contains(*name);
    let owned = |(name, value): (&String, &Vec<(Role, String)>)| (name.clone(), value.clone());
    Normalised {
        operations: (normalised.operations.iter())
            .filter(|(name, _)| operations.contains(name))
            .map(|(name, operation)| (name.clone(), operation.clone()))
            .collect(),
        shapes: (kept.iter())
            .filter_map(|name| Some((name.clone(), normalised.shapes.get(name)?.clone())))
            .collect(),
        wire_names: (normalised.wire_names.iter())
            .filter(|((name, _), _)| of_kept(&name))
            .map(|(key, name)| (key.clone(), name.clone()))
            .collect(),
        roles: normalised
            .roles
            .iter()
            .filter(|(name, _)| of_kept(name))
            .map(owned)
            .collect(),
        originals: (kept.iter())
            .filter_map(|name| Some((name.clone(), normalised.originals.get(name)?.clone())))
            .collect(),
        diagnostics: normalised.diagnostics.clone(),
        document,
    }
}
