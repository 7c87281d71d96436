use std::path::Path;

use serde::de::{Deserialize, DeserializeSeed, Deserializer};
use serde_json::Value;

use super::FileError;
use super::node::{ORGANIZATIONS, SETTINGS, expectation};
use super::strict::Strict;

/// The format of a settings file.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[non_exhaustive]
pub enum Format {
    /// `.toml`
    Toml,
    /// `.json`
    Json,
    /// `.yaml` or `.yml`
    Yaml,
}

impl Format {
    /// The format that a file's name speaks of.
    ///
    /// # Errors
    /// [`FileError`] for any other name.
    pub fn of(path: &Path) -> Result<Self, FileError> {
        let extension = path.extension().and_then(|extension| extension.to_str());
        match extension.map(str::to_ascii_lowercase).as_deref() {
            Some("toml") => Ok(Self::Toml),
            Some("json") => Ok(Self::Json),
            Some("yaml" | "yml") => Ok(Self::Yaml),
            _ => Err(FileError::whole(
                path,
                "the name says no format: use .toml, .json, .yaml or .yml",
            )),
        }
    }
}

/// A document with settings and nothing else.
struct SettingsDocument(Value);

/// A document that names organisations.
struct OrganizationsDocument(Value);

impl<'de> Deserialize<'de> for SettingsDocument {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Strict(SETTINGS).deserialize(deserializer).map(Self)
    }
}

impl<'de> Deserialize<'de> for OrganizationsDocument {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Strict(ORGANIZATIONS).deserialize(deserializer).map(Self)
    }
}

pub(super) fn settings(text: &str, format: Format, path: &Path) -> Result<Value, FileError> {
    parse::<SettingsDocument>(text, format, path).map(|document| document.0)
}

pub(super) fn organizations(text: &str, format: Format, path: &Path) -> Result<Value, FileError> {
    parse::<OrganizationsDocument>(text, format, path).map(|document| document.0)
}

fn parse<T: for<'de> Deserialize<'de>>(text: &str, format: Format, path: &Path) -> Result<T, FileError> {
    match format {
        Format::Toml => toml::from_str(text).map_err(|error| toml_error(&error, text, path)),
        Format::Json => serde_json::from_str(text).map_err(|error| json_error(&error, path)),
        Format::Yaml => serde_saphyr::from_str(text).map_err(|error| yaml_error(&error, path)),
    }
}

fn toml_error(error: &toml::de::Error, text: &str, path: &Path) -> FileError {
    let message = unquoted(error.message());
    match error.span() {
        None => FileError::whole(path, message),
        Some(span) => {
            let before = text.get(..span.start).unwrap_or(text);
            let line = before.matches('\n').count() + 1;
            let column = before.rsplit('\n').next().unwrap_or_default().chars().count() + 1;
            FileError::at(path, line, column, message)
        }
    }
}

fn json_error(error: &serde_json::Error, path: &Path) -> FileError {
    let message = error.to_string();
    let message = message
        .rsplit_once(" at line ")
        .map_or(message.as_str(), |(message, _)| message);
    match error.line() {
        0 => FileError::whole(path, unquoted(message)),
        line => FileError::at(path, line, error.column(), unquoted(message)),
    }
}

fn yaml_error(error: &serde_saphyr::Error, path: &Path) -> FileError {
    let error = error.without_snippet();
    let message = error.to_string();
    let message = unquoted(message.lines().next().unwrap_or_default());
    match error.location() {
        None => FileError::whole(path, message),
        Some(location) => FileError::at(path, location.line() as usize, location.column() as usize, message),
    }
}

/// The message without the value that serde quotes in some: it may be a secret.
fn unquoted(message: &str) -> String {
    if message.starts_with("invalid type") || message.starts_with("invalid value") {
        expectation(message)
    } else {
        message.to_owned()
    }
}
