//! From a document to crates.
//!
//! [`normalise`](mod@crate::normalise) → progenitor (`engine`) → one pass over the syntax tree (`syntax`) → prettyplease →
//! files (`layout`). The files are data until [`output`] compares or writes them.

mod attempt;
pub mod contained;
mod docs;
mod engine;
pub mod fingerprint;
mod layout;
mod manifest;
pub mod output;
mod print;
mod references;
mod schema;
mod syntax;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use crate::document::{Document, downgrade};
use crate::normalise::{self, LeftOut, Normalised, Options};
use crate::operations::Operations;
use crate::overlay::Overlay;
use crate::{Error, Result};

use attempt::Crates;
pub use layout::Package;
pub(crate) use manifest::is_crate_name;

/// Files by their path below the folder that they are written to.
pub type Files = BTreeMap<PathBuf, String>;

/// The three files that the SDK is made from, by name and text.
#[derive(Clone, Debug)]
pub struct Inputs {
    /// `spec/kisi.json`.
    pub fragment: (PathBuf, String),
    /// `spec/overlay.yaml`.
    pub overlay: (PathBuf, String),
    /// `spec/operations.toml`.
    pub operations: (PathBuf, String),
}

/// The names of the inputs below `spec/`, in the order in which they enter the fingerprint.
pub const INPUTS: [&str; 3] = ["kisi.json", "operations.toml", "overlay.yaml"];

/// The JSON Schema of a file of settings, below `spec/`.
const SETTINGS_SCHEMA: &str = "kisi-settings.schema.json";

/// The JSON Schema of a file that names organisations, below `spec/`.
const FILE_SCHEMA: &str = "kisi-file.schema.json";

impl Inputs {
    /// Reads the inputs from the folder `spec`.
    ///
    /// # Errors
    /// [`Error::Io`] where one cannot be read.
    pub fn read(spec: &Path) -> Result<Self> {
        let [fragment, operations, overlay] = INPUTS.map(|name| {
            let file = spec.join(name);
            match std::fs::read_to_string(&file) {
                Ok(text) => Ok((Path::new("spec").join(name), text)),
                Err(source) => Err(Error::Io {
                    file,
                    action: "read it",
                    source,
                }),
            }
        });
        Ok(Self {
            fragment: fragment?,
            overlay: overlay?,
            operations: operations?,
        })
    }

    /// The fingerprint that the generated crates carry.
    pub fn fingerprint(&self) -> String {
        fingerprint::of(&[&self.fragment.1, &self.operations.1, &self.overlay.1])
    }

    /// The amended document and the operations.
    fn amended(&self) -> Result<(Document, Operations)> {
        let mut document = Document::parse(&self.fragment.0, &self.fragment.1)?;
        let version = document
            .root
            .get("openapi")
            .and_then(|version| version.as_str())
            .unwrap_or_default();
        if !version.starts_with("3.0.") {
            let message = format!(
                "the fragment is OpenAPI {version}, and has to be 3.0; `cargo xtask import` brings a document down"
            );
            return Err(document.error("/openapi", message));
        }
        Overlay::parse(&self.overlay.0, &self.overlay.1)?.apply(&mut document.root)?;
        let operations = Operations::parse(&self.operations.0, &self.operations.1)?;
        Ok((document, operations))
    }
}

/// Generates the SDK's own crates: the files below `sdk/client` and `sdk/httpmock`, and the JSON Schema in `spec/`.
///
/// # Errors
/// Whatever is wrong with the inputs, with file and JSON pointer; [`Error::Generator`] where the generator refuses or panics.
pub fn sdk(inputs: &Inputs) -> Result<Files> {
    contained(&inputs.fragment.0, || sdk_from(inputs))
}

/// Runs `work`; a panic that a document brings about is an error.
fn contained<T: Send>(file: &Path, work: impl FnOnce() -> Result<T> + Send) -> Result<T> {
    contained::run(work).unwrap_or_else(|panic| {
        let message = format!("the generator broke off, which is a bug of it: {panic}");
        Err(Error::document(file, "/", message))
    })
}

fn sdk_from(inputs: &Inputs) -> Result<Files> {
    let (document, operations) = inputs.amended()?;
    references::check(&document)?;
    let ids = operations.operations.keys().cloned().collect();
    let options = Options {
        selection: normalise::Selection::Ids(ids),
        overlaid: true,
    };
    let normalised = normalise::normalise(&document, &options)?;
    if let Some(LeftOut { what, why, .. }) = normalised.notes.sorted().into_iter().find(|entry| entry.operation) {
        return Err(Error::Generator {
            file: document.file,
            pointer: "/paths".to_owned(),
            operation: what,
            message: why,
        });
    }
    let header = layout::Header {
        inputs: INPUTS.map(|name| format!("spec/{name}")).join(", "),
        fingerprint: inputs.fingerprint(),
    };
    let crates = Crates {
        package: &Package::Sdk,
        header: &header,
        document: &document,
        operations: &operations,
        httpmock: true,
    };
    let made = crates.make(&normalised)?;
    let mut files = Files::new();
    for (folder, package) in [("sdk/client", made.client), ("sdk/httpmock", made.httpmock)] {
        let package = package.into_iter();
        files.extend(package.map(|(path, text)| (Path::new(folder).join(path), text)));
    }
    if let Some(settings) = schema::settings(&normalised)
        && let Some(organizations) = schema::organizations(SETTINGS_SCHEMA, &settings)
    {
        files.insert(Path::new("spec").join(SETTINGS_SCHEMA), settings);
        files.insert(Path::new("spec").join(FILE_SCHEMA), organizations);
    }
    Ok(files)
}

/// A client crate for a part of a document, and what was left out of it.
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub struct StandAlone {
    /// The files below the crate's folder; those of its mock crate stand in `httpmock/`.
    pub files: Files,
    /// How many operations were generated.
    pub operations: usize,
    /// How many types were generated.
    pub types: usize,
    /// What was left out or changed, and why.
    pub left_out: Vec<LeftOut>,
}

/// Generates a client crate of its own for a part of any document, made from a `rhombus_kisi::Client`.
///
/// An operation that the generator cannot take is left out and named.
///
/// # Errors
/// Whatever is wrong with the document, with file and JSON pointer.
pub fn stand_alone(
    document: &Document,
    selection: normalise::Selection,
    package: &layout::Package,
    httpmock: bool,
) -> Result<StandAlone> {
    contained(&document.file, || {
        stand_alone_from(document, selection, package, httpmock)
    })
}

fn stand_alone_from(
    document: &Document,
    selection: normalise::Selection,
    package: &layout::Package,
    httpmock: bool,
) -> Result<StandAlone> {
    let lowered = downgrade::to_3_0(document)?;
    let source = Document {
        file: document.file.clone(),
        root: lowered.root,
    };
    let all = selection == normalise::Selection::All;
    let options = Options {
        selection,
        overlaid: false,
    };
    let mut normalised = normalise::normalise(&source, &options)?;
    for warning in lowered.warnings {
        normalised
            .notes
            .changed(format!("#{}", warning.pointer), warning.message);
    }
    if all {
        for (operation, warning) in lowered.left_out {
            normalised.notes.left_out(operation, warning.message);
        }
    }
    let header = layout::Header {
        inputs: document
            .file
            .file_name()
            .unwrap_or_default()
            .to_string_lossy()
            .into_owned(),
        fingerprint: fingerprint::of(&[&document.root.to_string()]),
    };
    let crates = Crates {
        package,
        header: &header,
        document,
        operations: &Operations::default(),
        httpmock,
    };
    let made = crates.make_leaving_out(&mut normalised)?;
    let mut files = made.client;
    let mock = made.httpmock.into_iter();
    files.extend(mock.map(|(path, text)| (Path::new("httpmock").join(path), text)));
    Ok(StandAlone {
        files,
        operations: normalised.operations.len(),
        types: types(&normalised),
        left_out: normalised.notes.sorted(),
    })
}

fn types(normalised: &Normalised) -> usize {
    let schemas = normalised
        .document
        .pointer("/components/schemas")
        .and_then(|schemas| schemas.as_object());
    schemas.map_or(0, serde_json::Map::len)
}
