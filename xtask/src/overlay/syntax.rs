//! From text to a JSON value.

use std::path::Path;

use serde_json::Value;

use crate::{Error, Result};

pub(super) fn parse(file: &Path, text: &str) -> Result<Value> {
    let value = if file.extension().is_some_and(|extension| extension == "json") {
        serde_json::from_str(text).map_err(|error| error.to_string())
    } else {
        yaml(text)
    };
    value.map_err(|message| Error::Syntax {
        file: file.to_owned(),
        message,
    })
}

fn yaml(text: &str) -> Result<Value, String> {
    let options = serde_saphyr::options! {
        // As YAML 1.2 has it: `no` is a string.
        strict_booleans: true,
        with_snippet: false,
    };
    serde_saphyr::from_str_with_options(text, options).map_err(|error| error.to_string())
}
