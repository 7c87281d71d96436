//! OpenAPI documents: read, imported, lowered, normalised.

use std::path::Path;

use xtask::api::Api;
use xtask::document::{Document, downgrade, operations, to_text};
use xtask::import::{Options, import};
use xtask::normalise;

/// How many operations of a document are imported.
const MOST: usize = 3;

/// A document in JSON or YAML.
pub fn document_import(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else { return };
    let Ok(document) = Document::parse("fuzz.json", text) else {
        return;
    };
    let located = operations(&document.root);
    let ids = located.iter().filter_map(|operation| operation.id).take(MOST);
    let lines: Vec<String> = ids.map(|id| format!("{id:?} = {{}}\n")).collect();
    let text = format!("[operations]\n{}", lines.concat());
    if let Ok(operations) = Api::parse(Path::new("api.toml"), &text) {
        for lenient in [false, true] {
            if let Ok(imported) = import(&document, &operations, &Options::new().lenient(lenient)) {
                again(&to_text(&imported.fragment), &operations);
            }
        }
    }
    if let Ok(lowered) = downgrade::to_3_0(&document) {
        let document = Document {
            file: document.file,
            root: lowered.root,
        };
        let _ = normalise::normalise(&document, &normalise::Options::default());
    }
}

/// A fragment imports to itself.
fn again(text: &str, operations: &Api) {
    let fragment = Document::parse("fragment.json", text).expect("a fragment can be read");
    let imported = import(&fragment, operations, &Options::new()).expect("a fragment can be imported");
    assert_eq!(to_text(&imported.fragment), text);
}
