//! What changed between two documents, and what it means for the SDK.
//!
//! What counts as what is in one table, [`rules`]. References are followed, and what they lead to is reported
//! where it is; a component that goes both ways is reported for both.
//!
//! Why not the `drift` crate: of its version 0.2.0, a content type added to the fragment makes it panic (it asserts
//! that there is none), a value added to an enum and a property removed are both only "unhandled", and so is any
//! change of a union that has properties beside its `oneOf`, as the vendor's have.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use serde_json::Value;

use crate::Result;
use crate::api::Api;
use crate::document::grammar::Kind;
use crate::document::visit::visit_mut;
use crate::document::{self, Document, Located, Warning, downgrade, plain};
use crate::generate::contained;
use crate::import::keep_properties;
use crate::normalise::{self, GONE, Normalised, Options};

mod change;
mod names;
mod operation;
mod report;
pub mod rules;
mod schemas;
mod signature;
mod view;

pub use change::{Change, Direction};
pub use report::{Bump, Report};
pub use rules::Class;

use rules::Rule;
use view::{Place, View};

/// More pairs of schemas than this are not compared. The vendor's document has some fifteen thousand; only two
/// documents that are recursive in different ways, made for the purpose, have more.
const MAX_PAIRS: usize = 300_000;

/// Which operations are compared.
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub enum Selection {
    /// All of them.
    #[default]
    All,
    /// Those with these operation ids, in either document.
    Only(BTreeSet<String>),
}

impl Selection {
    /// Those with these operation ids.
    pub fn only<T: Into<String>>(ids: impl IntoIterator<Item = T>) -> Self {
        Self::Only(ids.into_iter().map(Into::into).collect())
    }

    fn has(&self, id: Option<&str>) -> bool {
        match self {
            Self::All => true,
            Self::Only(ids) => id.is_some_and(|id| ids.contains(id)),
        }
    }
}

/// Takes out the properties that an import kept and the API no longer has.
fn drop_gone(root: &mut Value) {
    visit_mut(Kind::Document, root, &mut String::new(), &mut |kind, value, _| {
        if kind == Kind::Schema
            && let Some(Value::Array(gone)) = value.as_object_mut().and_then(|schema| schema.remove(GONE))
            && let Some(properties) = value.get_mut("properties").and_then(Value::as_object_mut)
        {
            properties.retain(|name, _| !gone.iter().any(|gone| gone == name));
        }
    });
}

/// Compares two documents.
///
/// # Errors
/// [`Error::Document`](crate::Error::Document) with the place's JSON pointer: for an operation that neither document
/// has, a document that states no version that can be read, or one that is nested too deeply.
///
/// ```
/// use xtask::diff::{Bump, Selection, diff};
/// use xtask::document::Document;
///
/// let old = Document::parse("old.yaml", "{openapi: 3.0.3, paths: {}}")?;
/// let new = Document::parse("new.yaml", "{openapi: 3.1.0, paths: {/pets: {post: {operationId: addPet}}}}")?;
/// let report = diff(&old, &new, &Selection::All)?;
/// assert_eq!(report.changes[0].rule, "operation-added");
/// assert_eq!(report.bump(), Bump::Minor);
/// # Ok::<(), xtask::Error>(())
/// ```
pub fn diff(old: &Document, new: &Document, selection: &Selection) -> Result<Report> {
    diff_by(old, new, selection, &Api::default())
}

/// The same by the rules of the documents' API: what the transport sends is no change of a method, and types that are not
/// generated have none.
///
/// # Errors
/// As [`diff`].
pub fn diff_by(old: &Document, new: &Document, selection: &Selection, api: &Api) -> Result<Report> {
    let (mut before, mut after) = (downgrade::to_3_0(old)?, downgrade::to_3_0(new)?);
    let lowered = [(old, &before), (new, &after)].map(|(document, lowered)| Document {
        file: document.file.clone(),
        root: lowered.root.clone(),
    });
    let [then, now] = &lowered;
    let in_rust = in_rust(then, now, selection, api);
    for root in [&mut before.root, &mut after.root] {
        plain::to_plain(root);
        drop_gone(root);
        normalise::keep_variants(root, api);
        keep_properties(root, api);
        // A format that comes or goes changes no type where the name makes it an id or a secret.
        if *api != Api::default() {
            normalise::mark_formats(root, api);
        }
    }
    let there = |root| {
        let mut operations = document::operations(root);
        operations.retain(|located: &Located<'_>| located.operation.get(GONE) != Some(&Value::Bool(true)));
        operations
    };
    let (old_operations, new_operations) = (there(&before.root), there(&after.root));
    if let Selection::Only(ids) = selection {
        known(new, ids, &old_operations, &new_operations)?;
    }
    let mut compare = operation::Compare {
        auth: &api.auth,
        old_root: &before.root,
        new_root: &after.root,
        changes: whole(&before.root, &after.root),
        schemas: Vec::new(),
    };
    let matched = matches(&old_operations, &new_operations);
    for (then, now) in &matched {
        let (then, now) = (&old_operations[*then], &new_operations[*now]);
        if selection.has(then.id) || selection.has(now.id) {
            compare.operations(then, now);
        }
    }
    let (gone, found): (BTreeSet<_>, BTreeSet<_>) = matched.into_iter().unzip();
    for then in unmatched(&old_operations, &gone).filter(|then| selection.has(then.id)) {
        compare.changes.push(Change::new(
            Rule::OperationRemoved,
            None,
            &then.pointer,
            named(then, "removed"),
        ));
    }
    for now in unmatched(&new_operations, &found).filter(|now| selection.has(now.id)) {
        compare.changes.push(Change::new(
            Rule::OperationAdded,
            None,
            &now.pointer,
            named(now, "added"),
        ));
    }

    let operation::Compare {
        mut changes, schemas, ..
    } = compare;
    let mut warnings = all_schemas(&before.root, &after.root, schemas, &mut changes);
    changes.extend(in_rust);
    if !(speaks(&old_operations) && speaks(&new_operations)) {
        // A fragment has no words, so they cannot have changed.
        changes.retain(|change| change.rule != Rule::ProseChanged.row().name);
    }
    warnings.sort();
    warnings.dedup();
    Ok(Report::new(
        old,
        new,
        changes,
        warnings,
        before.warnings.len() + after.warnings.len(),
    ))
}

/// What changes in the generated code alone: names, and what methods take and return.
///
/// The documents are OpenAPI 3.0 already. A document that the passes do not take has no code.
fn in_rust(old: &Document, new: &Document, selection: &Selection, api: &Api) -> Vec<Change> {
    let both = contained::run(|| [old, new].map(|document| normalised(document, selection, api)));
    let Ok([Some(before), Some(after)]) = both else {
        return Vec::new();
    };
    let mut changes = names::changed(&before, &after);
    changes.extend(signature::changed(&before, &after));
    changes
}

fn normalised(document: &Document, selection: &Selection, api: &Api) -> Option<Normalised> {
    let selection = match selection {
        Selection::All => normalise::Selection::All,
        Selection::Only(ids) => {
            let there: BTreeSet<String> = document::operations(&document.root)
                .iter()
                .filter_map(|located| located.id.filter(|id| ids.contains(*id)).map(str::to_owned))
                .collect();
            normalise::Selection::operations(there)
        }
    };
    let options = Options {
        selection,
        api: api.clone(),
    };
    normalise::normalise(document, &options).ok()
}

/// Whether a document explains its operations.
fn speaks(operations: &[Located<'_>]) -> bool {
    let words = ["summary", "description", "tags"];
    (operations.iter()).any(|located| words.iter().any(|key| located.operation.get(*key).is_some()))
}

/// Compares the pairs of schemas and all that they reach, each pair once for each direction. A queue, since a chain
/// of references can be as long as the document.
fn all_schemas<'a>(
    old_root: &'a Value,
    new_root: &'a Value,
    schemas: Vec<(schemas::Pair<'a>, Direction)>,
    changes: &mut Vec<Change>,
) -> Vec<Warning> {
    let mut warnings = Vec::new();
    let mut queue = VecDeque::from(schemas);
    let mut seen = BTreeSet::new();
    while let Some(((old, new), direction)) = queue.pop_front() {
        let (before, after) = (View::of(old_root, &old), View::of(new_root, &new));
        if !seen.insert((place(&before, &old), place(&after, &new), direction)) {
            continue;
        }
        if seen.len() > MAX_PAIRS {
            warnings.push(Warning::new(
                after.pointer,
                format!("over {MAX_PAIRS} pairs of schemas: the rest is not compared"),
            ));
            break;
        }
        let dangling = before
            .dangling
            .iter()
            .map(|pointer| ("old", pointer))
            .chain(after.dangling.iter().map(|pointer| ("new", pointer)));
        warnings.extend(dangling.map(|(which, pointer)| {
            Warning::new(
                pointer,
                format!("in the {which} document this `$ref` leads to nothing: taken for any JSON value"),
            )
        }));
        let (found, below) = schemas::compare(&before, &after, direction);
        changes.extend(found);
        queue.extend(below.into_iter().map(|pair| (pair, direction)));
    }
    warnings
}

/// Where a schema is compared: a component is compared once, however often it is referred to; but what is
/// around a reference (`nullable`) may differ from place to place.
fn place(view: &View<'_>, from: &Place<'_>) -> String {
    if from.value.get("$ref").is_some() {
        view.pointer.clone()
    } else {
        from.pointer.clone()
    }
}

/// Which operation is which: by operation id, and where that fails, by path and method.
fn matches(old: &[Located<'_>], new: &[Located<'_>]) -> Vec<(usize, usize)> {
    type Key = (String, String);
    let mut pairs = Vec::new();
    let mut free: BTreeSet<usize> = (0..new.len()).collect();
    let mut unmatched: Vec<usize> = (0..old.len()).collect();
    // An id may be there several times, so first those that have kept both.
    let keys: [fn(&Located<'_>) -> Option<Key>; 3] = [
        |located| Some((located.id?.to_owned(), located.route())),
        |located| Some((located.id?.to_owned(), String::new())),
        |located| Some((String::new(), located.route())),
    ];
    for key in keys {
        let mut index: BTreeMap<Key, Vec<usize>> = BTreeMap::new();
        for now in free.iter().rev() {
            if let Some(key) = key(&new[*now]) {
                index.entry(key).or_default().push(*now);
            }
        }
        unmatched.retain(|then| {
            let found = key(&old[*then]).and_then(|key| index.get_mut(&key)?.pop());
            if let Some(now) = found {
                free.remove(&now);
                pairs.push((*then, now));
            }
            found.is_none()
        });
    }
    pairs.sort_unstable();
    pairs
}

/// The operations whose indices are not among the matched.
fn unmatched<'o, 'a>(
    operations: &'o [Located<'a>],
    matched: &'o BTreeSet<usize>,
) -> impl Iterator<Item = &'o Located<'a>> {
    operations
        .iter()
        .enumerate()
        .filter(|(index, _)| !matched.contains(index))
        .map(|(_, located)| located)
}

/// What concerns the document as a whole.
fn whole(old: &Value, new: &Value) -> Vec<Change> {
    let mut changes = Vec::new();
    let version = |root: &Value| root.pointer("/info/version").cloned();
    if version(old) != version(new) {
        let change = Change::new(
            Rule::VersionChanged,
            None,
            "/info/version",
            "the document's own version changed",
        );
        changes.push(change.with(version(old), version(new)));
    }
    let servers = |root: &Value| -> Vec<Value> {
        let servers = root.get("servers").and_then(Value::as_array).into_iter().flatten();
        servers.filter_map(|server| server.get("url").cloned()).collect()
    };
    if servers(old) != servers(new) {
        let change = Change::new(Rule::ServersChanged, None, "/servers", "the servers changed");
        changes.push(change.with(Some(servers(old).into()), Some(servers(new).into())));
    }
    changes
}

fn named(located: &Located<'_>, what: &str) -> String {
    format!(
        "{} ({}) {what}",
        located.id.unwrap_or("an operation without an id"),
        located.route()
    )
}

/// That each of the ids is in one of the documents.
fn known(new: &Document, ids: &BTreeSet<String>, old: &[Located<'_>], now: &[Located<'_>]) -> Result<()> {
    let all: BTreeSet<_> = old.iter().chain(now).filter_map(|located| located.id).collect();
    let unknown: Vec<_> = ids.iter().filter(|id| !all.contains(id.as_str())).collect();
    if unknown.is_empty() {
        return Ok(());
    }
    let message = unknown.iter().map(|id| {
        let near = document::suggest(id, all.iter().copied());
        let near = if near.is_empty() {
            String::new()
        } else {
            format!("; the nearest are {}", near.join(", "))
        };
        format!("neither document has an operation {id:?}{near}")
    });
    Err(new.error("/paths", message.collect::<Vec<_>>().join("\n")))
}
