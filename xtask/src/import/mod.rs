//! Taking the selected operations and all that they reach out of a document.
//!
//! The result, the fragment, is OpenAPI 3.0.3 and says what the document says, without the vendor's words:
//! descriptions, summaries, titles, examples, tags and extensions stay behind. The same facts in another form give the
//! same fragment, byte for byte, and importing a fragment gives itself.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value};

use crate::api::Api;
use crate::document::{self, Document, Located, TARGET, Warning, downgrade, pointer};
use crate::normalise;
use crate::{Error, Result};

mod canonical;
mod closure;
mod extract;
mod gone;
mod keep;
mod missing;
mod neutral;
mod reference;
mod renamed;

pub(crate) use keep::properties as keep_properties;

/// What an import may do, and what it knows.
#[derive(Clone, Copy, Debug, Default)]
#[non_exhaustive]
pub struct Options<'a> {
    /// Whether a reference to nothing becomes an opaque value with a warning instead of an error.
    pub lenient: bool,
    /// The fragment as it is, which tells where an operation stood.
    pub before: Option<&'a Document>,
    /// Whether a property that the document lacks and the fragment before has is dropped instead of kept as gone.
    pub forget: bool,
}

impl<'a> Options<'a> {
    /// Strict, and with no fragment to look back at.
    pub fn new() -> Self {
        Self::default()
    }

    /// Sets [`Options::lenient`].
    pub fn lenient(mut self, lenient: bool) -> Self {
        self.lenient = lenient;
        self
    }

    /// Sets [`Options::forget`].
    pub fn forget(mut self, forget: bool) -> Self {
        self.forget = forget;
        self
    }

    /// Sets [`Options::before`].
    pub fn before(mut self, before: Option<&'a Document>) -> Self {
        self.before = before;
        self
    }
}

/// What an import made.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Import {
    /// The fragment: an OpenAPI 3.0.3 document.
    pub fragment: Value,
    /// What was left out, or is to be looked at.
    pub warnings: Vec<Warning>,
}

/// Takes the operations out of the document, with all that they reach.
///
/// # Errors
/// [`Error::Document`] with the place's JSON pointer: for an operation that is not there (with the nearest names),
/// a reference to nothing that is reached (unless [`Options::lenient`]), and a part that is not of the form that
/// OpenAPI gives it.
///
/// ```
/// use xtask::api::Api;
/// use xtask::document::Document;
/// use xtask::import::{Options, import};
///
/// let document = Document::parse("api.yaml", r#"
/// openapi: 3.1.0
/// info: { title: Pets, version: 1.0.0 }
/// paths:
///   /pets: { post: { operationId: addPet, summary: Adds a pet, responses: { 200: { description: Fine } } } }
///   /cars: { post: { operationId: addCar, responses: { 200: { description: Fine } } } }
/// "#)?;
/// let api = Api::parse("api.toml".as_ref(), "[operations]\naddPet = {}")?;
/// let import = import(&document, &api, &Options::new())?;
/// assert_eq!(import.fragment["paths"].as_object().map(|paths| paths.len()), Some(1));
/// assert_eq!(import.fragment["openapi"], "3.0.3");
/// # Ok::<(), xtask::Error>(())
/// ```
pub fn import(document: &Document, api: &Api, options: &Options<'_>) -> Result<Import> {
    let mut import = taken(document, api, options)?;
    import.fragment = reached(document, import.fragment, api)?;
    Ok(import)
}

/// What an import takes out of the document, in the fragment's form.
fn taken(document: &Document, api: &Api, options: &Options<'_>) -> Result<Import> {
    let lowered = downgrade::to_3_0(document)?;
    let mut source = Document {
        file: document.file.clone(),
        root: lowered.root,
    };
    normalise::keep_variants(&mut source.root, api);
    let unkept = keep_properties(&mut source.root, api);
    let (selected, gone) = select(&source, api, &lowered.left_out, options)?;
    let mut extract = extract::Extract::new(&source, options.lenient);
    let mut warnings = moved(&selected, options.before);
    warnings.extend(unkept);
    warnings.extend(ambiguous(&selected));

    let mut fragment = Map::new();
    fragment.insert("openapi".into(), TARGET.into());
    fragment.insert("info".into(), neutral::info(&source));
    closure::fill(&source, &selected, &mut extract, &mut fragment)?;
    let (kept, extracted) = extract.finish();
    let mut fragment = Value::Object(fragment);
    canonical::apply(&mut fragment);
    warnings.extend(renamed::back(&mut fragment, options.before));
    warnings.extend(lost(&mut fragment, gone, api, options)?);
    if let (Some(before), Some(fragment)) = (options.before.filter(|_| !options.forget), fragment.as_object_mut()) {
        warnings.extend(gone::keep_properties(fragment, &before.root));
    }

    warnings.extend(lowered.warnings.into_iter().filter(|warning| concerns(warning, &kept)));
    warnings.extend(extracted);
    warnings.sort();
    warnings.dedup();
    Ok(Import { fragment, warnings })
}

/// Why each operation that the document lacks is not there, by its id.
type Gone<'a> = BTreeMap<&'a str, String>;

/// The operations with the selected ids, by path, and those that are not there, which is an error but for those that are
/// optional, and unless leniency is asked for.
fn select<'a, 'b>(
    source: &'a Document,
    api: &'b Api,
    left_out: &BTreeMap<String, Warning>,
    options: &Options<'_>,
) -> Result<(Vec<Located<'a>>, Gone<'b>)> {
    let all = document::operations(&source.root);
    let mut gone = Gone::new();
    for (id, operation) in &api.operations {
        if !all.iter().any(|located| located.id == Some(id)) {
            let mut why = missing::explain(id, &all, left_out.get(id), options.before);
            if !operation.methods.is_empty() {
                why += &format!(". With it goes {}", missing::listed(&operation.methods));
            }
            gone.insert(id, why);
        }
    }
    let is_optional = |id: &str| api.operations.get(id).is_some_and(|operation| operation.optional);
    if !options.lenient && gone.keys().any(|id| !is_optional(id)) {
        gone.retain(|id, _| !is_optional(id));
        let why: Vec<_> = gone.into_values().collect();
        let message = format!(
            "{}. Change or remove its line in api.toml, or generate the rest with --lenient",
            why.join("\n")
        );
        return Err(source.error("/paths", message));
    }
    let wanted = |located: &Located<'_>| located.id.is_some_and(|id| api.operations.contains_key(id));
    Ok((all.into_iter().filter(wanted).collect(), gone))
}

/// Keeps the operations that the document lacks as the fragment before had them, and says what that means.
fn lost(fragment: &mut Value, gone: Gone<'_>, api: &Api, options: &Options<'_>) -> Result<Vec<Warning>> {
    let ids: BTreeSet<&str> = gone.keys().copied().collect();
    let nowhere = match fragment.as_object_mut() {
        Some(fragment) => gone::keep(fragment, &ids, api, options.before)?,
        None => ids,
    };
    let warnings = gone.into_iter().map(|(id, why)| {
        let now = if nowhere.contains(id) {
            "it is left out"
        } else {
            "its method returns an error and sends nothing"
        };
        Warning::new("/paths", format!("{why}: {now}"))
    });
    Ok(warnings.collect())
}

/// The fragment without what nothing in it refers to any more: what is in the place of a reference has been put there, and an
/// operation that was kept brought components of the release before, of which some are now others, and refer to others.
fn reached(document: &Document, fragment: Value, api: &Api) -> Result<Value> {
    let fragment = Document {
        file: document.file.clone(),
        root: fragment,
    };
    let mut rules = api.clone();
    let located = document::operations(&fragment.root);
    rules
        .operations
        .retain(|id, _| located.iter().any(|located| located.id == Some(id)));
    Ok(taken(&fragment, &rules, &Options::new().lenient(true))?.fragment)
}

/// A warning for each operation that has another path or method than in the fragment.
fn moved(selected: &[Located<'_>], before: Option<&Document>) -> Vec<Warning> {
    let before = before
        .map(|before| document::operations(&before.root))
        .unwrap_or_default();
    let moved = selected.iter().filter_map(|now| {
        let mut then = before.iter().filter(|then| then.id == now.id);
        let first = then.next()?;
        let same = |then: &Located<'_>| then.route() == now.route();
        if same(first) || then.any(same) {
            return None;
        }
        let message = format!("{} moved here from {}", now.id?, first.route());
        Some(Warning::new(&now.pointer, message))
    });
    moved.collect()
}

/// A warning for each operation whose id another one has too: both are taken.
fn ambiguous(selected: &[Located<'_>]) -> Vec<Warning> {
    let mut by_id: BTreeMap<_, Vec<_>> = BTreeMap::new();
    for located in selected {
        by_id.entry(located.id).or_default().push(located);
    }
    let shared = by_id.into_values().filter(|same| same.len() > 1);
    let warnings = shared.flat_map(|same| {
        let routes: Vec<_> = same.iter().map(|located| located.route()).collect();
        let message = format!("this operation id is at {}: all are taken", routes.join(" and "));
        let one =
            move |located: &Located<'_>| Warning::new(format!("{}/operationId", located.pointer), message.clone());
        same.into_iter().map(one).collect::<Vec<_>>()
    });
    warnings.collect()
}

/// Whether a warning is of a part that was kept, or of the document as a whole.
fn concerns(warning: &Warning, kept: &[String]) -> bool {
    const PARTS: [&str; 4] = ["/paths/", "/components/", "/webhooks", "/tags"];
    if !PARTS.iter().any(|part| warning.pointer.starts_with(part)) {
        return true;
    }
    kept.iter().any(|kept| {
        warning
            .pointer
            .strip_prefix(kept.as_str())
            .is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
    })
}

/// The place of a component.
fn component(section: &str, name: &str) -> String {
    pointer::join(["components", section, name])
}

/// An error for a value that is not what OpenAPI has in its place.
fn unexpected(source: &Document, place: &str, wanted: &str, found: &Value) -> Error {
    source.error(
        place,
        format!("{wanted} is expected here, not {}", document::kind(found)),
    )
}
