//! Settings files with names in the place of ids.

mod resolve;

use std::path::{Path, PathBuf};

use rhombus_kisi_runtime::Secret;

use self::resolve::Resolve;
use super::error::FileError;
use super::fault::{Faults, Lines};
use super::format::Format;
use super::node::{Node, SCHEMA};
use super::tree::{Form, Tree};
use super::{check, parse, text};
use crate::Settings;
use crate::compare::{Json, lay_over};
use crate::directory::{ClientOrganization, Directory, Organizations};

const ORGANIZATIONS: &str = "organizations";
const ORGANIZATION: &str = "organization";
const PLACES: &str = "places";
const KISI_API_KEY: &str = "apiSecretKey";

/// A settings file with names: organisations, places, doors and cameras go by what they are called. Feature `directory`.
///
/// The options have the API's names. `places` holds the places of Kisi by name, a place's `doors` its doors, a door's `cameras` and
/// `location` those of Rhombus. An id is as good as a name. What is not found is an error with its line, and the names that may be
/// meant. The settings can be those of either version of the API.
///
/// ```
/// use rhombus_kisi::file::{Format, NamedFile};
///
/// let file = NamedFile::parse(
///     r#"
///     saveClips = true
///
///     [[organizations]]
///     organization = "Acme, Berlin"
///
///     [organizations.places.HQ.doors."Front lobby"]
///     cameras = ["Lobby North", "Lobby South"]
///     clipDuration = 20
///     "#,
///     Format::Toml,
///     "kisi.toml",
/// )?;
/// assert_eq!(file.organizations().len(), 1);
/// # Ok::<(), rhombus_kisi::file::FileError>(())
/// ```
///
/// ```no_run
/// # async fn example(partner: rhombus_kisi::Client) -> Result<(), Box<dyn std::error::Error>> {
/// use rhombus_kisi::file::NamedFile;
/// use rhombus_kisi::types::KisiIntegrationInput;
///
/// let file = NamedFile::read("kisi.toml")?;
/// let all = partner.organizations().await?;
/// for part in file.organizations() {
///     let client = partner.for_organization(part.organization(&all)?)?;
///     let settings: KisiIntegrationInput = part.settings(&client.directory().await?)?;
///     let current = client.kisi_integration_v2().await?;
///     println!("{}", current.plan(&current.merge(&settings)));
/// }
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
pub struct NamedFile {
    path: PathBuf,
    text: String,
    tree: Tree,
}

/// What a [`NamedFile`] says of one organisation: its own settings, over those for every organisation.
#[derive(Clone, Copy, Debug)]
pub struct NamedOrganization<'a> {
    file: &'a NamedFile,
    /// `None` for the organisation that the API key belongs to.
    own: Option<&'a Tree>,
}

impl NamedFile {
    /// Reads a file in the format of its extension.
    ///
    /// # Errors
    /// Errors with [`FileError`], which has the line if there is one.
    pub fn read(path: impl AsRef<Path>) -> Result<Self, FileError> {
        let path = path.as_ref();
        Self::parse(&text(path)?, Format::of(path)?, path)
    }

    /// Reads text; `path` is what errors call it. Names are looked up, and options checked, by
    /// [`settings`](NamedOrganization::settings).
    ///
    /// # Errors
    /// Errors with [`FileError`], which has the line if there is one.
    pub fn parse(text: &str, format: Format, path: impl AsRef<Path>) -> Result<Self, FileError> {
        let path = path.as_ref();
        let text = text.strip_prefix('\u{feff}').unwrap_or(text);
        let tree = parse::parse(text, format).map_err(|faults| FileError::of_text(path, text, faults))?;
        let mut faults = Faults::default();
        organizations(&tree, &mut faults);
        if !faults.is_empty() {
            return Err(FileError::of_text(path, text, faults));
        }
        Ok(Self {
            path: path.to_owned(),
            text: text.to_owned(),
            tree,
        })
    }

    /// Returns whether text has names: it has `places`, or an `organization` in `organizations`. Text that cannot be read has none.
    ///
    /// ```
    /// use rhombus_kisi::file::{Format, NamedFile};
    ///
    /// assert!(NamedFile::is_one("places.HQ.saveClips = true", Format::Toml));
    /// assert!(!NamedFile::is_one("settings.saveClips = true", Format::Toml));
    /// ```
    pub fn is_one(text: &str, format: Format) -> bool {
        let text = text.strip_prefix('\u{feff}').unwrap_or(text);
        parse::parse(text, format).is_ok_and(|tree| {
            let organizations = tree.get(ORGANIZATIONS).map(Tree::items).unwrap_or_default();
            let mut all = organizations.iter();
            tree.get(PLACES).is_some() || all.any(|own| own.get(ORGANIZATION).is_some() || own.get(PLACES).is_some())
        })
    }

    /// Returns the organisations that the file names; none if it is for the one that the API key belongs to.
    pub fn organizations(&self) -> impl ExactSizeIterator<Item = NamedOrganization<'_>> {
        let organizations = self.tree.get(ORGANIZATIONS).map(Tree::items).unwrap_or_default();
        organizations.iter().map(|own| NamedOrganization {
            file: self,
            own: Some(own),
        })
    }

    /// Returns the settings for every organisation; if the file names none, they are for the one that the API key belongs to.
    pub fn common(&self) -> NamedOrganization<'_> {
        NamedOrganization { file: self, own: None }
    }

    fn error(&self, faults: Faults) -> FileError {
        FileError::of_text(&self.path, &self.text, faults)
    }
}

impl<'a> NamedOrganization<'a> {
    /// Returns the name or the id that the file has for the organisation; `None` for the settings of every organisation.
    pub fn name(&self) -> Option<&'a str> {
        self.own?.get(ORGANIZATION)?.text()
    }

    /// Returns the organisation.
    ///
    /// # Errors
    /// Errors with [`FileError`] if there is none with this name or id, or several.
    pub fn organization<'o>(&self, all: &'o Organizations) -> Result<&'o ClientOrganization, FileError> {
        let named = self.own.and_then(|own| own.get(ORGANIZATION));
        let (at, name) = named.map_or((0, ""), |tree| (tree.at, tree.text().unwrap_or_default()));
        let found = all.get(name);
        found.map_err(|error| self.file.error(Faults::one(at, error.without_text())))
    }

    /// Returns the Kisi API key in the file, to read the [directory](crate::Client::directory) of an organisation that has none in
    /// its settings yet.
    pub fn kisi_api_key(&self) -> Option<Secret> {
        let own = self.own.and_then(|own| own.get(KISI_API_KEY));
        let key = own.or_else(|| self.file.tree.get(KISI_API_KEY))?;
        key.text().map(Secret::from)
    }

    /// Returns the settings, with ids in the place of the names, for [`Snapshot::merge`](crate::Snapshot::merge).
    ///
    /// Places and doors have the names that Kisi has for them, unless the file gives others (`placeName`, `doorName`).
    ///
    /// # Errors
    /// Errors with [`FileError`] for a name that is not in the directory, or not only once, an unknown option, and a value of
    /// another type.
    pub fn settings<S: Settings>(&self, directory: &Directory) -> Result<S, FileError> {
        let lines = Lines::of(&self.file.text);
        let mut faults = Faults::default();
        let mut settings = Json::empty();
        let whole = (&self.file.tree, &[SCHEMA, ORGANIZATIONS][..]);
        let own = self.own.map(|own| (own, &[ORGANIZATION][..]));
        for (tree, around) in std::iter::once(whole).chain(own) {
            let resolved = Resolve {
                directory,
                faults: &mut faults,
            }
            .settings(S::kind(), tree, around);
            lay_over(
                &mut settings,
                check::check(Node::Setting(S::kind()), &resolved, &lines, &mut faults),
            );
        }
        if !faults.is_empty() {
            return Err(self.file.error(faults));
        }
        let odd = || FileError::whole(&self.file.path, "the file is not a settings file");
        settings.decode().ok_or_else(odd)
    }
}

/// What is wrong with the organisations: each is a table with its name, and is there once.
fn organizations(tree: &Tree, faults: &mut Faults) {
    if !matches!(tree.form, Form::Table(_)) {
        faults.push(tree.at, "expected a table of settings");
    }
    let Some(organizations) = tree.get(ORGANIZATIONS) else {
        return;
    };
    if organizations.items().is_empty() {
        faults.push(
            organizations.at,
            "expected a list of organisations, each with its `organization`",
        );
    }
    let mut seen: Vec<&str> = Vec::new();
    for own in organizations.items() {
        match own.get(ORGANIZATION) {
            Some(tree) => match tree.text() {
                Some(name) if seen.contains(&name) => {
                    faults.push(
                        tree.at,
                        "the same organisation is in the file already: give each organisation once",
                    );
                }
                Some(name) => seen.push(name),
                None => faults.push(tree.at, "expected the name or the id of an organisation"),
            },
            None => faults.push(own.at, "`organization`, its name or id, is missing here"),
        }
    }
}

/// Shows the file's path, no value of it.
impl std::fmt::Debug for NamedFile {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("NamedFile")
            .field("path", &self.path)
            .finish_non_exhaustive()
    }
}
