//! Settings as a file: TOML, JSON or YAML.
//!
//! The keys are the API's own, so that a file reads like the vendor's documentation and the JSON Schema
//! ([`SCHEMA`]) completes it in an editor. A file need not be complete:
//! [`Snapshot::merge`](crate::Snapshot::merge) merges it with what was read. Unlike in a server's response, an unknown key
//! is an error, with its line and the nearest known key.
//!
//! With the feature `directory` a file can have names in the place of ids, in a form of its own: `NamedFile`, with the JSON Schema
//! `NAMED_SCHEMA`.
//!
//! JSON and YAML clear a setting with `null`; TOML has no `null`, so `clear` lists the dotted paths.
//!
//! ```
//! use rhombus_kisi::file::{Format, SettingsFile};
//!
//! let file = SettingsFile::parse(
//!     r#"
//!     settings.saveClips = true
//!
//!     [[organizations]]
//!     id = "AAAAAAAAAAAAAAAAAAAAAQ"
//!     name = "Acme, Berlin"
//!     clear = ["enablingUser"]
//!
//!     [organizations.settings.doorInfoMap.42]
//!     doorName = "Lobby"
//!     clipDuration = 20
//!     "#,
//!     Format::Toml,
//!     "kisi.toml",
//! )?;
//! let acme = &file.organizations[0];
//! assert_eq!(acme.settings.save_clips.get(), Some(&true));
//! assert!(acme.settings.enabling_user.is_null());
//!
//! let error = SettingsFile::parse("[settings]\nsaveClip = true", Format::Toml, "kisi.toml").unwrap_err();
//! assert_eq!(error.to_string(), "kisi.toml:2:1: unknown key `saveClip`; did you mean `saveClips`?");
//! # Ok::<(), rhombus_kisi::file::FileError>(())
//! ```

mod check;
mod error;
mod fault;
mod format;
mod kisi_id;
#[cfg(feature = "directory")]
mod names;
mod node;
mod parse;
mod sense;
mod tree;
mod words;

use std::fs;
use std::path::Path;

use rhombus_kisi_runtime::RhombusUuid;

pub use error::{FileError, FileFault};
pub use format::Format;
#[cfg(feature = "directory")]
pub use names::{NamedFile, NamedOrganization};

use self::fault::{Faults, Lines};
use self::node::Node;
use self::tree::Tree;
use crate::Settings;
use crate::compare::{Json, clear, elements, lay_over};
use crate::types::{KisiIntegrationInput, KisiSettings};
use crate::unreadable;

/// The JSON Schema of a [`SettingsFile`]: text of draft 2020-12, for editors and validators. It accepts exactly the files that
/// [`SettingsFile::read`] accepts.
///
/// ```no_run
/// std::fs::write("kisi-file.schema.json", rhombus_kisi::file::SCHEMA)?;
/// # Ok::<(), std::io::Error>(())
/// ```
pub const SCHEMA: &str = include_str!("../../schemas/kisi-file.schema.json");

/// The JSON Schema of a file that holds only settings, for [`read_settings`].
pub const SETTINGS_SCHEMA: &str = include_str!("../../schemas/kisi-settings.schema.json");

/// The JSON Schema of a file that holds only settings of the second version of the API, for [`read_settings_v2`].
pub const SETTINGS_V2_SCHEMA: &str = include_str!("../../schemas/kisi-settings-v2.schema.json");

/// The JSON Schema of a [`NamedFile`].
#[cfg(feature = "directory")]
pub const NAMED_SCHEMA: &str = include_str!("../../schemas/kisi-names.schema.json");

/// The desired settings of one organisation or of many.
#[derive(Clone, Debug, Default, PartialEq)]
#[non_exhaustive]
pub struct SettingsFile {
    /// The settings for every organisation. If the file names none, they are for the one that the API key belongs to.
    pub settings: KisiSettings,
    /// The client organisations that the file names.
    pub organizations: Vec<Organization>,
}

/// A client organisation in a [`SettingsFile`].
#[derive(Clone, Debug, Default, PartialEq)]
#[non_exhaustive]
pub struct Organization {
    /// Its id.
    pub id: RhombusUuid,
    /// Its usual name.
    pub name: Option<String>,
    /// Its settings: its own, merged over those for every organisation.
    pub settings: KisiSettings,
}

impl SettingsFile {
    /// Reads a file in the format of its extension.
    ///
    /// # Errors
    /// Errors with [`FileError`], which has the line if there is one.
    pub fn read(path: impl AsRef<Path>) -> Result<Self, FileError> {
        let path = path.as_ref();
        let format = Format::of(path)?;
        Self::parse(&text(path)?, format, path)
    }

    /// Reads text; `path` is what errors call it.
    ///
    /// # Errors
    /// Errors with [`FileError`], which has the line if there is one.
    pub fn parse(text: &str, format: Format, path: impl AsRef<Path>) -> Result<Self, FileError> {
        let path = path.as_ref();
        #[cfg(feature = "directory")]
        if NamedFile::is_one(text, format) {
            let reason = "the file has names in the place of ids: read it with `NamedFile`";
            return Err(FileError::whole(path, reason));
        }
        let document = checked(text, format, path, node::ORGANIZATIONS, sense::check)?;
        let common = with_clears(&document);
        let organizations = elements(document.get("organizations")).iter().map(|organization| {
            let mut settings = common.clone();
            lay_over(&mut settings, with_clears(organization));
            Ok(Organization {
                id: organization.get("id").and_then(Json::decode).ok_or_else(|| odd(path))?,
                name: organization.get("name").and_then(Json::decode),
                settings: typed(&settings, path)?,
            })
        });
        Ok(Self {
            organizations: organizations.collect::<Result<_, _>>()?,
            settings: typed(&common, path)?,
        })
    }
}

/// Reads a file that holds only settings, in the format of its extension.
///
/// # Errors
/// Errors with [`FileError`], which has the line if there is one.
///
/// ```no_run
/// let settings = rhombus_kisi::file::read_settings("kisi-settings.toml")?;
/// # Ok::<(), rhombus_kisi::file::FileError>(())
/// ```
pub fn read_settings(path: impl AsRef<Path>) -> Result<KisiSettings, FileError> {
    read(path.as_ref())
}

/// Reads text that holds only settings; `path` is what errors call it.
///
/// # Errors
/// Errors with [`FileError`], which has the line if there is one.
pub fn parse_settings(text: &str, format: Format, path: impl AsRef<Path>) -> Result<KisiSettings, FileError> {
    parsed(text, format, path.as_ref())
}

/// Reads a file that holds only settings of the second version of the API, in the format of its extension.
///
/// # Errors
/// Errors with [`FileError`], which has the line if there is one.
///
/// ```no_run
/// # async fn example(client: rhombus_kisi::Client) -> Result<(), Box<dyn std::error::Error>> {
/// let settings = rhombus_kisi::file::read_settings_v2("kisi-settings.toml")?;
/// let current = client.kisi_integration_v2().await?;
/// println!("{}", current.plan(&current.merge(&settings)));
/// # Ok(())
/// # }
/// ```
pub fn read_settings_v2(path: impl AsRef<Path>) -> Result<KisiIntegrationInput, FileError> {
    read(path.as_ref())
}

/// Reads text that holds only settings of the second version of the API; `path` is what errors call it.
///
/// ```
/// use rhombus_kisi::file::{Format, parse_settings_v2};
///
/// let settings = parse_settings_v2("[placeToSettingsMap.7]\nsaveClips = true", Format::Toml, "kisi.toml")?;
/// assert_eq!(settings.place_to_settings_map.get().map(|places| places.len()), Some(1));
/// # Ok::<(), rhombus_kisi::file::FileError>(())
/// ```
///
/// # Errors
/// Errors with [`FileError`], which has the line if there is one.
pub fn parse_settings_v2(
    text: &str,
    format: Format,
    path: impl AsRef<Path>,
) -> Result<KisiIntegrationInput, FileError> {
    parsed(text, format, path.as_ref())
}

fn read<S: Settings>(path: &Path) -> Result<S, FileError> {
    let format = Format::of(path)?;
    parsed(&text(path)?, format, path)
}

fn parsed<S: Settings>(text: &str, format: Format, path: &Path) -> Result<S, FileError> {
    let settings = checked(text, format, path, Node::Settings(S::kind), |_, _, _| {})?;
    typed(&settings, path)
}

fn text(path: &Path) -> Result<String, FileError> {
    let bytes = fs::read(path).map_err(|error| FileError::unreadable(path, error))?;
    String::from_utf8(bytes).map_err(|error| {
        let reason = unreadable::not_utf8(error.as_bytes(), error.utf8_error().valid_up_to());
        FileError::whole(path, format!("the file cannot be read: {reason}"))
    })
}

/// The document as JSON, if nothing is wrong with it.
fn checked(
    text: &str,
    format: Format,
    path: &Path,
    node: Node,
    sense: fn(&Tree, &Lines<'_>, &mut Faults),
) -> Result<Json, FileError> {
    // What some editors put before the text.
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let tree = parse::parse(text, format).map_err(|faults| FileError::of_text(path, text, faults))?;
    let lines = Lines::of(text);
    let mut faults = Faults::default();
    let document = check::check(node, &tree, &lines, &mut faults);
    sense(&tree, &lines, &mut faults);
    match faults.is_empty() {
        true => Ok(document),
        false => Err(FileError::of_text(path, text, faults)),
    }
}

/// The settings in a table, with a `null` wherever its `clear` says.
fn with_clears(around: &Json) -> Json {
    let mut settings = around.get("settings").cloned().unwrap_or_else(Json::empty);
    for path in elements(around.get("clear")) {
        if let Json::String(path) = path {
            clear(&mut settings, path.split('.'));
        }
    }
    settings
}

fn typed<S: Settings>(settings: &Json, path: &Path) -> Result<S, FileError> {
    settings.decode().ok_or_else(|| odd(path))
}

/// What [`check`] lets through has the right types, so this does not come out.
fn odd(path: &Path) -> FileError {
    FileError::whole(path, "the file is not a settings file")
}

#[cfg(test)]
mod tests;
