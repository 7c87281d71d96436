//! From a document to crates.
//!
//! [`normalise`](mod@crate::normalise) → progenitor (`engine`) → one pass over the syntax tree (`syntax`) → prettyplease →
//! files (`layout`). The files are data until [`output`] compares or writes them.

mod access;
mod attempt;
pub mod contained;
mod docs;
mod engine;
pub mod fingerprint;
mod header;
mod kept;
mod layout;
mod manifest;
pub mod output;
mod package;
mod print;
mod references;
mod schema;
pub mod setters;
mod syntax;

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use crate::api::Api;
use crate::document::{self, Document, downgrade};
use crate::normalise::{self, Diagnostic, Normalised, Options};
use crate::overlay::{self, Misfit, Overlay};
use crate::{Error, Result};

use attempt::Crates;
pub use kept::lacks;
pub(crate) use manifest::is_crate_name;
pub use package::{Package, Source, StandAlone as StandAlonePackage};

/// Files by their path below the folder that they are written to.
pub type Files = BTreeMap<PathBuf, String>;

/// The three files that the SDK is made from, by name and text.
#[derive(Clone, Debug)]
pub struct Inputs {
    /// `spec/api.toml`.
    pub api: (PathBuf, String),
    /// `spec/kisi.json`.
    pub fragment: (PathBuf, String),
    /// `spec/overlay.yaml`.
    pub overlay: (PathBuf, String),
}

/// The names of the inputs below `spec/`, in the order in which they enter the fingerprint.
pub const INPUTS: [&str; 3] = ["api.toml", "kisi.json", "overlay.yaml"];

/// The setters, below the workspace's folder.
const SETTERS: &str = "sdk/kisi/src/edit/generated.rs";

/// Where the JSON Schemas of files are, below the workspace's folder: in the package of the crate that reads such files.
const SCHEMAS: &str = "sdk/kisi/schemas";

/// The name of the JSON Schema of a file of settings. Those of later versions of the API have `-v2` and so on in their names.
const SETTINGS_SCHEMA: &str = "kisi-settings";

/// The name of the JSON Schema of a file that names organisations.
const FILE_SCHEMA: &str = "kisi-file";

/// The name of the JSON Schema of a file with names in the place of ids.
const NAMED_SCHEMA: &str = "kisi-names";

impl Inputs {
    /// Reads the inputs from the folder `spec`.
    ///
    /// # Errors
    /// [`Error::Io`] where one cannot be read.
    pub fn read(spec: &Path) -> Result<Self> {
        let [api, fragment, overlay] = INPUTS.map(|name| {
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
            api: api?,
            fragment: fragment?,
            overlay: overlay?,
        })
    }

    /// The fingerprint that the generated crates carry.
    pub fn fingerprint(&self) -> String {
        fingerprint::of(&[&self.api.1, &self.fragment.1, &self.overlay.1])
    }

    /// The rules.
    ///
    /// # Errors
    /// As [`Api::parse`], and [`Error::Syntax`] where they name no operation.
    pub fn rules(&self) -> Result<Api> {
        let api = Api::parse(&self.api.0, &self.api.1)?;
        if api.operations.is_empty() {
            return Err(Error::Syntax {
                file: self.api.0.clone(),
                message: "no operation is listed under [operations]".to_owned(),
            });
        }
        Ok(api)
    }

    /// The document as the overlay amends it, and what there is to say of the overlay.
    ///
    /// # Errors
    /// Whatever is wrong with the inputs, with file and JSON pointer. An action of the overlay that does not fit is no error.
    pub fn amended(&self) -> Result<Amended> {
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
        let misfits = Overlay::parse(&self.overlay.0, &self.overlay.1)?.apply(&mut document.root);
        let undescribed = overlay::describe(&mut document.root);
        Ok(Amended {
            document,
            misfits,
            undescribed,
        })
    }
}

/// A document as an overlay amends it.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Amended {
    /// The document.
    pub document: Document,
    /// Where an action of the overlay does not fit.
    pub misfits: Vec<Misfit>,
    /// The JSON pointers of what the overlay does not describe, and what got a plain description.
    pub undescribed: Vec<String>,
}

/// The SDK's own crates, and what there is to say of them.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Sdk {
    /// The files below the workspace's folder.
    pub files: Files,
    /// Where an action of the overlay does not fit.
    pub misfits: Vec<Misfit>,
    /// The JSON pointers of what the overlay does not describe.
    pub undescribed: Vec<String>,
    /// What was left out or changed, and why.
    pub left_out: Vec<Diagnostic>,
    /// The setters.
    pub setters: setters::Setters,
    /// The document as it was generated from.
    pub normalised: Normalised,
}

/// Generates the SDK's own crates: the files below `sdk/client` and `sdk/httpmock`, the setters, and the JSON Schema in `spec/`.
///
/// # Errors
/// As [`sdk_with_diagnostics`].
pub fn sdk(inputs: &Inputs) -> Result<Files> {
    sdk_with_diagnostics(inputs).map(|sdk| sdk.files)
}

/// The same with what there is to say: an overlay that does not fit and an operation that the fragment lacks stop nothing.
///
/// # Errors
/// Whatever is wrong with the inputs, with file and JSON pointer; [`Error::Generator`] where the generator fails or panics.
pub fn sdk_with_diagnostics(inputs: &Inputs) -> Result<Sdk> {
    contained(&inputs.fragment.0, || sdk_from(inputs))
}

/// Runs `work`; a panic that a document brings about is an error.
fn contained<T: Send>(file: &Path, work: impl FnOnce() -> Result<T> + Send) -> Result<T> {
    contained::run(work).unwrap_or_else(|panic| {
        let message = format!("the generator broke off, which is a bug of it: {panic}");
        Err(Error::document(file, "/", message))
    })
}

fn sdk_from(inputs: &Inputs) -> Result<Sdk> {
    let Amended {
        document,
        misfits,
        undescribed,
    } = inputs.amended()?;
    let api = inputs.rules()?;
    references::check(&document)?;
    let mut normalised = normal(&document, &api)?;
    if let Some(Diagnostic { what, why, .. }) = normalised
        .diagnostics
        .sorted()
        .into_iter()
        .find(|entry| entry.operation)
    {
        return Err(Error::Generator {
            file: document.file,
            pointer: "/paths".to_owned(),
            operation: what,
            message: why,
        });
    }
    let header = header::Header {
        inputs: INPUTS.map(|name| format!("spec/{name}")).join(", "),
        fingerprint: inputs.fingerprint(),
    };
    let crates = Crates {
        package: &Package::Sdk,
        header: &header,
        document: &document,
        api: &api,
        httpmock: true,
    };
    let made = crates.make(&normalised)?;
    let mut files = Files::new();
    for (folder, package) in [("sdk/client", made.client), ("sdk/httpmock", made.httpmock)] {
        let package = package.into_iter();
        files.extend(package.map(|(path, text)| (Path::new(folder).join(path), text)));
    }
    let setters = setters::of(&normalised, &api);
    let text =
        setters::file(&header, &setters).map_err(|message| Error::document(&document.file, "/components", message))?;
    files.insert(SETTERS.into(), text);
    for (version, root) in (1..).zip(&api.settings.roots).skip(1) {
        let name = format!("{SETTINGS_SCHEMA}-v{version}");
        let settings = settings_schema(&normalised, root, &api, &name);
        files.extend(settings.map(|settings| (schema_path(&name), settings)));
    }
    if let Some(root) = api.settings.roots.first()
        && let Some(settings) = settings_schema(&normalised, root, &api, SETTINGS_SCHEMA)
        && let Some(organizations) = schema::organizations(FILE_SCHEMA, root, &settings, &api.settings.file_title)
    {
        let named = schema::named::file(
            NAMED_SCHEMA,
            &settings,
            &api.settings.by_name,
            &api.settings.named_title,
        );
        let named = named.filter(|_| !api.settings.by_name.called.is_empty());
        files.extend(named.map(|named| (schema_path(NAMED_SCHEMA), named)));
        files.insert(schema_path(SETTINGS_SCHEMA), settings);
        files.insert(schema_path(FILE_SCHEMA), organizations);
    }
    for id in lacking(&document, &api) {
        normalised
            .diagnostics
            .left_out(id, "the fragment does not have it: no method is generated");
    }
    Ok(Sdk {
        files,
        misfits,
        undescribed,
        left_out: normalised.diagnostics.sorted(),
        setters,
        normalised,
    })
}

/// The SDK's document as the generator takes it.
///
/// # Errors
/// Whatever is wrong with the inputs, with file and JSON pointer.
pub fn normalised(inputs: &Inputs) -> Result<Normalised> {
    normal(&inputs.amended()?.document, &inputs.rules()?)
}

/// The operations of the rules that the document does not have.
fn lacking(document: &Document, api: &Api) -> Vec<String> {
    let located = document::operations(&document.root);
    let lacks = |id: &&String| !located.iter().any(|located| located.id == Some(id));
    api.operations.keys().filter(lacks).cloned().collect()
}

fn normal(document: &Document, api: &Api) -> Result<Normalised> {
    let lacking = lacking(document, api);
    let mut ids: BTreeSet<String> = api.operations.keys().cloned().collect();
    ids.retain(|id| !lacking.contains(id));
    if ids.is_empty() {
        let message = "the fragment has no operation of api.toml; `cargo xtask import` takes them out of a document";
        return Err(document.error("/paths", message));
    }
    let options = Options {
        selection: normalise::Selection::operations(ids),
        api: api.clone(),
    };
    normalise::normalise(document, &options)
}

/// The schema of one of the settings' roots.
fn settings_schema(normalised: &Normalised, root: &str, api: &Api, schema: &str) -> Option<String> {
    let (name, _) = normalised.originals.iter().find(|(_, original)| *original == root)?;
    schema::settings(normalised, schema, name, &api.settings.title)
}

/// The file of a JSON Schema, below the workspace's folder.
fn schema_path(name: &str) -> PathBuf {
    Path::new(SCHEMAS).join(format!("{name}.schema.json"))
}

/// A client crate for a part of a document, and what was left out of it.
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub struct StandAlone {
    /// The files below the crate's folder; those of its mock crate are in `httpmock/`.
    pub files: Files,
    /// How many operations were generated.
    pub operations: usize,
    /// How many types were generated.
    pub types: usize,
    /// What was left out or changed, and why.
    pub left_out: Vec<Diagnostic>,
    /// What the transport has to do for the document: its servers, the path before its paths, its credentials.
    pub access: Vec<String>,
}

/// Generates a client crate of its own for a part of any document, made from a `rhombus_kisi::Client`, by no rules but
/// those of OpenAPI.
///
/// An operation that the generator cannot take is left out and named.
///
/// # Errors
/// Whatever is wrong with the document, with file and JSON pointer.
pub fn stand_alone(
    document: &Document,
    selection: normalise::Selection,
    package: &Package,
    httpmock: bool,
) -> Result<StandAlone> {
    stand_alone_by(document, &Api::default(), selection, package, httpmock)
}

/// The same by the rules of the document's API.
///
/// # Errors
/// As [`stand_alone`].
pub fn stand_alone_by(
    document: &Document,
    api: &Api,
    selection: normalise::Selection,
    package: &Package,
    httpmock: bool,
) -> Result<StandAlone> {
    contained(&document.file, || {
        stand_alone_from(document, api, selection, package, httpmock)
    })
}

fn stand_alone_from(
    document: &Document,
    api: &Api,
    selection: normalise::Selection,
    package: &Package,
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
        api: api.clone(),
    };
    let mut normalised = normalise::normalise(&source, &options)?;
    // A document of some megabytes takes ten times as much as a tree.
    drop(source);
    for warning in lowered.warnings {
        normalised
            .diagnostics
            .changed(format!("#{}", warning.pointer), warning.message);
    }
    if all {
        for (operation, warning) in lowered.left_out {
            normalised.diagnostics.left_out(operation, warning.message);
        }
    }
    let header = header::Header {
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
        api,
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
        left_out: normalised.diagnostics.sorted(),
        access: access::notes(&document.root),
    })
}

fn types(normalised: &Normalised) -> usize {
    let schemas = normalised
        .document
        .pointer("/components/schemas")
        .and_then(|schemas| schemas.as_object());
    schemas.map_or(0, serde_json::Map::len)
}
