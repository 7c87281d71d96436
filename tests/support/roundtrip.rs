//! A program that has a generated crate read and write what it is given: what compiles, and what survives.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use quote::ToTokens as _;
use serde_json::Value;
use syn::{FnArg, GenericArgument, ImplItem, Item, Pat, PathArguments, ReturnType, Type};
use xtask::generate::{StandAlone, output};

/// One method of a generated client, and the types that JSON becomes on its way through it.
#[derive(Clone, Debug)]
pub(crate) struct Method {
    /// Its name.
    pub(crate) name: String,
    /// The type of its body, if that is JSON.
    pub(crate) body: Option<String>,
    /// The type of its response.
    pub(crate) response: String,
}

/// A generated crate on the disk, its mock crate, and the program that puts them to the roundtrip.
#[derive(Debug)]
pub(crate) struct Roundtrip {
    folder: PathBuf,
    methods: Vec<Method>,
    libraries: Libraries,
}

/// The generated crate's name, as the program names it.
const CRATE: &str = "proven";
/// Its mock crate's.
const MOCK: &str = "proven_httpmock";

impl Roundtrip {
    /// Writes the crate and the program into a folder of this name below the workspace's target folder. `calls` is the text of a
    /// module with a function `run`, which is called before anything is read.
    pub(crate) fn new(name: &str, made: &StandAlone, calls: &str) -> Self {
        let folder = target().join("tmp/roundtrip").join(name);
        let generated = folder.join(CRATE);
        for manifest in ["Cargo.toml", "httpmock/Cargo.toml"] {
            // It would be kept, as it was in an earlier run.
            let _ = fs::remove_file(generated.join(manifest));
        }
        let changes = output::compare(&generated, &made.files, &["src", "httpmock"]).expect("the folder can be read");
        output::write(&generated, &changes).expect("the folder can be written");
        let methods = methods(&made.files[Path::new("src/client.rs")]);
        let program = folder.join("program");
        keep(&program.join("Cargo.toml"), &manifest());
        keep(&program.join("src/calls.rs"), calls);
        keep(&program.join("src/main.rs"), &source(&methods));
        // The same versions as here, so that nothing is built anew.
        let lock = fs::read_to_string(workspace().join("Cargo.lock")).expect("the workspace has a lock file");
        if !program.join("Cargo.lock").exists() {
            keep(&program.join("Cargo.lock"), &lock);
        }
        let libraries = Libraries::find(&folder.join("out"));
        Self {
            folder,
            methods,
            libraries,
        }
    }

    /// The crate's name for [`xtask::generate::Package::stand_alone`].
    pub(crate) fn crate_name() -> &'static str {
        CRATE
    }

    /// The methods.
    pub(crate) fn methods(&self) -> &[Method] {
        &self.methods
    }

    /// Compiles everything, and returns what the compiler says of the generated code.
    ///
    /// It is compiled against the libraries that this test was built with: cargo would build them all again, for the sake of features
    /// that differ. Of cargo's part there is the manifests': they have to resolve, and name all that the code uses.
    pub(crate) fn build(&self) -> String {
        let program = self.folder.join("program");
        let tree = Command::new(env!("CARGO"))
            .args(["tree", "--offline", "--quiet", "--depth", "0"])
            .current_dir(&program)
            .output()
            .expect("cargo can be run");
        let said = String::from_utf8_lossy(&tree.stderr).into_owned();
        assert!(tree.status.success(), "cargo refuses the manifests:\n{said}");
        let out = self.folder.join("out");
        fs::create_dir_all(&out).expect("the folder can be made");
        let crates = [
            (CRATE, "lib", self.folder.join(CRATE), "src/lib.rs"),
            (MOCK, "lib", self.folder.join(CRATE).join("httpmock"), "src/lib.rs"),
            ("roundtrip", "bin", program, "src/main.rs"),
        ];
        let mut said = said;
        for (name, kind, folder, source) in crates {
            let mut rustc = self.libraries.tool("RUSTC", "rustc", name, &folder, source);
            rustc.args(["--crate-type", kind, "--out-dir"]).arg(&out);
            let output = rustc.output().expect("rustc can be run");
            said += &String::from_utf8_lossy(&output.stderr);
            assert!(output.status.success(), "{name} does not compile:\n{said}");
        }
        said
    }

    /// Builds the documentation, and returns what rustdoc says.
    pub(crate) fn document(&self) -> String {
        let generated = self.folder.join(CRATE);
        let crates = [(CRATE, generated.clone()), (MOCK, generated.join("httpmock"))];
        let outputs = crates.map(|(name, folder)| {
            let mut rustdoc = self.libraries.tool("RUSTDOC", "rustdoc", name, &folder, "src/lib.rs");
            rustdoc.arg("--out-dir").arg(self.folder.join("doc"));
            rustdoc.output().expect("rustdoc can be run").stderr
        });
        String::from_utf8_lossy(&outputs.concat()).into_owned()
    }

    /// Has each value read as the type with this number and written again.
    pub(crate) fn round_trip(&self, values: &[(usize, Value)]) -> Vec<Result<Value, String>> {
        let program = self
            .folder
            .join("out")
            .join(format!("roundtrip{}", std::env::consts::EXE_SUFFIX));
        let mut child = Command::new(program)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("the program was built");
        let mut lines = String::new();
        for (number, value) in values {
            writeln!(lines, "{number}\t{value}").expect("a string takes text");
        }
        let mut input = child.stdin.take().expect("its input is a pipe");
        let writer = std::thread::spawn(move || input.write_all(lines.as_bytes()));
        let output = child.wait_with_output().expect("the program ends");
        writer.join().expect("the writer ends").expect("the program reads");
        assert!(output.status.success(), "the program failed");
        let text = String::from_utf8(output.stdout).expect("JSON is UTF-8");
        text.lines()
            .map(|line| match line.strip_prefix('!') {
                Some(error) => Err(error.to_owned()),
                None => serde_json::from_str(line).map_err(|error| error.to_string()),
            })
            .collect()
    }
}

pub(crate) fn workspace() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

/// The workspace's target folder.
pub(crate) fn target() -> PathBuf {
    Path::new(env!("CARGO_TARGET_TMPDIR")).join("..")
}

/// The libraries that this test was built with, by crate name.
#[derive(Debug)]
pub(crate) struct Libraries {
    files: BTreeMap<String, PathBuf>,
    folders: Vec<PathBuf>,
}

impl Libraries {
    /// Asks cargo, which built them just now; what is made from them comes into the folder `out`.
    pub(crate) fn find(out: &Path) -> Self {
        let here = std::env::current_exe().expect("a test has a file");
        let deps = here.parent().expect("a file is in a folder").to_owned();
        let profile = deps.parent().and_then(Path::file_name).and_then(|name| name.to_str());
        let profile = profile.filter(|profile| *profile != "debug").unwrap_or("dev");
        let output = Command::new(env!("CARGO"))
            .args(["test", "--offline", "--quiet", "--no-run", "--message-format", "json"])
            .args([
                "--package",
                env!("CARGO_PKG_NAME"),
                "--test",
                "odd",
                "--profile",
                profile,
            ])
            .current_dir(workspace())
            .env("CARGO_TARGET_DIR", target())
            .output()
            .expect("cargo can be run");
        let said = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "the libraries cannot be found:\n{said}");
        let text = String::from_utf8(output.stdout).expect("JSON is UTF-8");
        let mut artifacts: Vec<Artifact> = text.lines().filter_map(Artifact::read).collect();
        // What is built for build scripts and macros comes without debug information, and with fewer features. The last counts.
        artifacts.sort_by_key(|artifact| (artifact.debug, artifact.features));
        Self {
            files: artifacts
                .into_iter()
                .map(|artifact| (artifact.name, artifact.file))
                .collect(),
            folders: vec![deps, out.to_owned()],
        }
    }

    /// rustc or rustdoc for a crate, which gets the libraries that its manifest names, and no others.
    fn tool(&self, variable: &str, name: &str, of: &str, folder: &Path, source: &str) -> Command {
        let program = std::env::var_os(variable).unwrap_or_else(|| name.into());
        let mut tool = Command::new(program);
        tool.current_dir(folder).args(["--edition", "2024", "--crate-name", of]);
        tool.arg(source);
        let manifest = fs::read_to_string(folder.join("Cargo.toml")).expect("a crate has a manifest");
        for library in keys(&manifest, "dependencies") {
            let library = library.replace('-', "_");
            let made = self.folders.last().map(|out| out.join(format!("lib{library}.rlib")));
            let file = self
                .files
                .get(&library)
                .cloned()
                .or(made.filter(|_| library.starts_with(CRATE)));
            let file = file.unwrap_or_else(|| panic!("{library} is not among what this test was built with"));
            tool.arg("--extern").arg(format!("{library}={}", file.display()));
        }
        for folder in &self.folders {
            tool.arg("-L").arg(format!("dependency={}", folder.display()));
        }
        let features = keys(&manifest, "features").map(|feature| format!("{feature:?}"));
        let features = features.collect::<Vec<_>>().join(", ");
        tool.arg("--check-cfg").arg(format!("cfg(feature, values({features}))"));
        tool
    }
}

impl Libraries {
    /// Compiles a crate of the SDK's workspace, or a program, in place of the one that this test was built with, and returns
    /// what the compiler says. Its dependencies are those of its manifest that are always there.
    pub(crate) fn compile(&self, name: &str, kind: &str, folder: &Path, source: &str) -> String {
        let mut rustc = Command::new(std::env::var_os("RUSTC").unwrap_or_else(|| "rustc".into()));
        let out = self.folders.last().expect("there is a folder for what is made");
        fs::create_dir_all(out).expect("the folder can be made");
        rustc
            .current_dir(folder)
            .args(["--edition", "2024", "--crate-name", name, "--crate-type", kind]);
        rustc
            .args(["-C", "metadata=instead", "--cfg", "feature=\"rustls\"", "--out-dir"])
            .arg(out)
            .arg(source);
        rustc
            .env("CARGO_PKG_VERSION", "0.0.0")
            .env("CARGO_PKG_NAME", name.replace('_', "-"));
        let manifest = fs::read_to_string(folder.join("Cargo.toml")).expect("a crate has a manifest");
        let optional = |key: &str| {
            manifest
                .lines()
                .any(|line| line.starts_with(key) && line.contains("optional = true"))
        };
        for library in keys(&manifest, "dependencies").filter(|key| !optional(key)) {
            let library = library.trim_end_matches(".workspace").replace('-', "_");
            let made = out.join(format!("lib{library}.rlib"));
            let file = if made.exists() {
                Some(&made)
            } else {
                self.files.get(&library)
            };
            let file = file.unwrap_or_else(|| panic!("{library} is not among what this test was built with"));
            rustc.arg("--extern").arg(format!("{library}={}", file.display()));
        }
        for folder in self.folders.iter().rev() {
            rustc.arg("-L").arg(format!("dependency={}", folder.display()));
        }
        let output = rustc.output().expect("rustc can be run");
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(output.status.success(), "{name} does not compile:\n{said}");
        said
    }
}

/// A library that cargo has built.
struct Artifact {
    name: String,
    file: PathBuf,
    debug: bool,
    features: usize,
}

impl Artifact {
    fn read(line: &str) -> Option<Self> {
        let message: Value = serde_json::from_str(line).ok()?;
        let files = message.get("filenames")?.as_array()?.iter().filter_map(Value::as_str);
        Some(Self {
            file: files
                .map(PathBuf::from)
                .find(|file| file.extension().is_some_and(|extension| extension == "rlib"))?,
            name: message.pointer("/target/name")?.as_str()?.replace('-', "_"),
            debug: message.pointer("/profile/debuginfo").is_some_and(|debug| *debug != 0),
            features: message.get("features")?.as_array()?.len(),
        })
    }
}

/// The keys of a table of a manifest.
fn keys<'a>(manifest: &'a str, table: &str) -> impl Iterator<Item = &'a str> {
    let head = format!("[{table}]");
    let lines = manifest.lines().skip_while(move |line| *line != head).skip(1);
    lines
        .take_while(|line| !line.starts_with('['))
        .filter_map(|line| line.split_once('=').map(|(key, _)| key.trim()))
}

/// Writes a file that has changed; one that has not keeps its time, and is not built again.
pub(crate) fn keep(file: &Path, text: &str) {
    if fs::read_to_string(file).is_ok_and(|old| old == text) {
        return;
    }
    fs::create_dir_all(file.parent().unwrap_or(file)).expect("the folder can be made");
    fs::write(file, text).expect("the file can be written");
}

/// The program's manifest.
fn manifest() -> String {
    let sdk = std::path::absolute(workspace().join("sdk")).expect("the folder has a name");
    let sdk = sdk.display();
    format!(
        r#"[package]
name = "roundtrip"
version = "0.0.0"
edition = "2024"

[dependencies]
{CRATE} = {{ path = "../{CRATE}" }}
{CRATE}-httpmock = {{ path = "../{CRATE}/httpmock" }}
rhombus-kisi = {{ path = "{sdk}/kisi", features = ["gzip", "http2", "schemars", "tracing"] }}
rhombus-kisi-runtime = {{ path = "{sdk}/runtime" }}
tokio = {{ version = "1", default-features = false, features = ["io-util", "macros", "net", "rt-multi-thread", "sync", "time"] }}

[workspace]
"#
    )
}

fn methods(client: &str) -> Vec<Method> {
    let file = syn::parse_file(client).expect("the client is Rust");
    let items = file.items.iter().filter_map(|item| match item {
        Item::Impl(item) if item.trait_.is_none() => Some(&item.items),
        _ => None,
    });
    let functions = items.flatten().filter_map(|item| match item {
        ImplItem::Fn(function) if function.sig.asyncness.is_some() => Some(&function.sig),
        _ => None,
    });
    functions
        .map(|signature| Method {
            name: signature.ident.to_string(),
            body: signature.inputs.iter().find_map(body),
            response: response(&signature.output).expect("a method returns a result"),
        })
        .collect()
}

fn body(argument: &FnArg) -> Option<String> {
    let FnArg::Typed(argument) = argument else { return None };
    let Pat::Ident(name) = &*argument.pat else { return None };
    let ty = match &*argument.ty {
        Type::Reference(reference) => &*reference.elem,
        Type::ImplTrait(_) => return None,
        ty => ty,
    };
    let ty = match ty {
        Type::Slice(slice) => format!("Vec<{}>", slice.elem.to_token_stream()),
        ty if ty.to_token_stream().to_string() == "str" => "String".to_owned(),
        ty => ty.to_token_stream().to_string(),
    };
    // A body that can be left out is read as what it is where it is there.
    let ty = ty
        .strip_prefix("Option < &")
        .and_then(|ty| ty.strip_suffix('>'))
        .map_or(ty.clone(), |ty| ty.trim().to_owned());
    (name.ident == "body").then_some(ty)
}

fn response(output: &ReturnType) -> Option<String> {
    let ReturnType::Type(_, ty) = output else { return None };
    let Type::Path(path) = &**ty else { return None };
    let PathArguments::AngleBracketed(arguments) = &path.path.segments.last()?.arguments else {
        return None;
    };
    match arguments.args.first()? {
        GenericArgument::Type(ty) => Some(ty.to_token_stream().to_string()),
        _ => None,
    }
}

/// The program: two numbers a method, the even one for its body and the odd one for its response.
fn source(methods: &[Method]) -> String {
    let mut arms = String::new();
    for (at, method) in methods.iter().enumerate() {
        let types = [method.body.as_deref(), Some(method.response.as_str())];
        for (side, ty) in types.into_iter().enumerate() {
            if let Some(ty) = ty.filter(|ty| *ty != "()" && !ty.contains("Bytes")) {
                writeln!(arms, "        {} => trip::<{ty}>(json),", at * 2 + side).expect("a string takes text");
            }
        }
    }
    format!(
        r#"#![allow(unused_imports)]
mod calls;

use std::io::{{BufRead, Write}};

use {CRATE}::{{Extra, Field, List, Map, RhombusUuid, Secret, types}};
use rhombus_kisi_runtime::serde::{{Serialize, de::DeserializeOwned}};
use rhombus_kisi_runtime::serde_json;

fn trip<T: Serialize + DeserializeOwned>(json: &str) -> String {{
    match serde_json::from_str::<T>(json).and_then(|value| serde_json::to_string(&value)) {{
        Ok(json) => json,
        Err(error) => format!("!{{error}}"),
    }}
}}

fn one(number: usize, json: &str) -> String {{
    match number {{
{arms}        _ => "!no such type".to_owned(),
    }}
}}

fn main() {{
    calls::run();
    let mut out = std::io::BufWriter::new(std::io::stdout().lock());
    for line in std::io::stdin().lock().lines() {{
        let line = line.expect("the input is text");
        let (number, json) = line.split_once('\t').expect("a number and JSON");
        writeln!(out, "{{}}", one(number.parse().expect("a number"), json)).expect("the output is read");
    }}
}}
"#
    )
}
