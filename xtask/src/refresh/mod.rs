//! What a release of the vendor's document means for users of the SDK: in words, and as an entry of the changelog.

mod changelog;
pub mod drift;
mod names;

use std::collections::{BTreeMap, BTreeSet};

use crate::api::Api;
use crate::diff::{Change, Class, Report};
use crate::document::Document;
use crate::normalise::Normalised;

pub use changelog::{Section, enter};

/// Something that users of the SDK notice.
#[derive(Clone, Debug, Eq, Ord, PartialEq, PartialOrd)]
#[non_exhaustive]
pub struct Notice {
    /// Where the changelog has it.
    pub section: Section,
    /// Whether code that was right need no longer be.
    pub breaking: bool,
    /// What it is, by the names that users know: a method, a type, a field.
    pub text: String,
}

/// A release before or after: its fragment, and what the generator made of it.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct Side<'a> {
    /// The fragment.
    pub document: &'a Document,
    /// The names of what is generated.
    pub normalised: &'a Normalised,
}

impl<'a> Side<'a> {
    /// A release by its parts.
    pub fn new(document: &'a Document, normalised: &'a Normalised) -> Self {
        Self { document, normalised }
    }
}

/// What users notice of the changes, each once, whichever way it travels.
pub fn notices(report: &Report, before: Side<'_>, after: Side<'_>, api: &Api) -> Vec<Notice> {
    let mut found: BTreeMap<(Section, String), bool> = BTreeMap::new();
    for change in report
        .changes
        .iter()
        .filter(|change| change.class > Class::Documentation)
    {
        let text = text(change, before, after, api);
        *found.entry((Section::of(change), text)).or_default() |= change.class == Class::Breaking;
    }
    let notices = found.into_iter().map(|((section, text), breaking)| Notice {
        section,
        breaking,
        text,
    });
    notices.collect()
}

fn text(change: &Change, before: Side<'_>, after: Side<'_>, api: &Api) -> String {
    // What is gone has its place, and its name, in the release before.
    let is_gone = Section::of(change) == Section::Removed;
    let sides = if is_gone { [before, after] } else { [after, before] };
    let named = sides.iter().find_map(|side| names::of(change, *side, api));
    // The import has kept it.
    let stays = change.rule == "property-removed" && after.document.root.pointer(&change.pointer).is_some();
    let what = if stays {
        format!("{} from the API; the field stays", change.message)
    } else {
        change.message.clone()
    };
    match named {
        Some(name) => format!("{name}: {what}"),
        None => format!("{what} (`#{}`)", change.pointer),
    }
}

/// The pointers, each with the name of what is there where it has one.
pub fn places(pointers: &[String], side: Side<'_>) -> Vec<String> {
    let unique: BTreeSet<&String> = pointers.iter().collect();
    let named = unique.into_iter().map(|pointer| match names::of_schema(pointer, side) {
        Some(name) => format!("`{name}` at #{pointer}"),
        None => format!("#{pointer}"),
    });
    named.collect()
}
