//! Overlays, and what they are laid over.

use std::path::Path;

use serde_json::Value;
use xtask::overlay::Overlay;

/// A small document of OpenAPI for overlays that bring none.
const DOCUMENT: &str = include_str!("../seeds/document_import/small.json");

/// An overlay and, behind a byte 255, a document in JSON.
pub fn overlay(data: &[u8]) {
    let mut pieces = data.splitn(2, |byte| *byte == 255);
    let Some(Ok(text)) = pieces.next().map(std::str::from_utf8) else {
        return;
    };
    let own = pieces.next().and_then(|document| serde_json::from_slice(document).ok());
    let document: Value = own.unwrap_or_else(|| serde_json::from_str(DOCUMENT).expect("it is JSON"));
    match Overlay::parse(Path::new("overlay.yaml"), text) {
        Ok(overlay) => {
            let mut amended = document.clone();
            let misfits = overlay.apply(&mut amended);
            assert!(misfits.iter().all(|misfit| !misfit.message.is_empty()));
            let nowhere = |message: &str| message == "the target matches nothing";
            if misfits.iter().filter(|misfit| nowhere(&misfit.message)).count() == overlay.actions.len() {
                assert_eq!(amended, document);
            }
        }
        Err(error) => assert!(error.to_string().starts_with("overlay.yaml"), "{error}"),
    }
}
