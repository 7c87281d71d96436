use crate::Result;
use crate::document::grammar::Kind;
use crate::document::visit::visit;
use crate::document::{Document, pointer};

/// Rejects a `$ref` to nothing. In the SDK's own fragment it is a mistake; in a vendor's document a pass takes care of it.
pub(super) fn check(document: &Document) -> Result<()> {
    let mut dangling = None;
    visit(
        Kind::Document,
        &document.root,
        &mut String::new(),
        &mut |_, value, place| {
            let Some(reference) = value.get("$ref").and_then(|reference| reference.as_str()) else {
                return;
            };
            let target = pointer::of_reference(reference);
            if target
                .and_then(|target| pointer::resolve(&document.root, &target))
                .is_none()
            {
                dangling.get_or_insert_with(|| (format!("{place}/$ref"), reference.to_owned()));
            }
        },
    );
    match dangling {
        None => Ok(()),
        Some((place, reference)) => Err(document.error(
            place,
            format!("`$ref` {reference:?} refers to nothing; import the document again, or put the component in"),
        )),
    }
}
