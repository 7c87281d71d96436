//! From text to a [`Tree`], one file a format.

mod json;
mod number;
mod toml;
mod yaml;

use super::Format;
use super::fault::Faults;
use super::tree::Tree;

const TOO_DEEP: &str = "tables and lists are nested too deep here for settings";

/// Reads a text without a byte order mark. One without anything in it is empty, in any format.
pub(super) fn parse(text: &str, format: Format) -> Result<Tree, Faults> {
    if text.trim().is_empty() {
        return Ok(Tree::table(0));
    }
    match format {
        Format::Toml => toml::parse(text),
        Format::Json => json::parse(text),
        Format::Yaml => yaml::parse(text),
    }
}
