//! A program that has a generated crate read and write what it is given: what compiles, and what survives.

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
    /// The type of its answer.
    pub(crate) answer: String,
}

/// A generated crate on the disk, its mock crate, and the program that puts them to the proof.
#[derive(Debug)]
pub(crate) struct Proof {
    folder: PathBuf,
    methods: Vec<Method>,
}

/// The generated crate's name, as the program names it.
const CRATE: &str = "proven";

impl Proof {
    /// Writes the crate and the program into a folder of this name below the workspace's target folder. `calls` is the text of a
    /// module with a function `run`, which is called before anything is read.
    pub(crate) fn new(name: &str, made: &StandAlone, calls: &str) -> Self {
        let folder = target().join("tmp/proofs").join(name);
        let generated = folder.join(CRATE);
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
        Self { folder, methods }
    }

    /// The crate's name for [`xtask::generate::Package::stand_alone`].
    pub(crate) fn crate_name() -> &'static str {
        CRATE
    }

    /// The methods.
    pub(crate) fn methods(&self) -> &[Method] {
        &self.methods
    }

    fn cargo(&self, command: &str, arguments: &[&str]) -> Command {
        let mut cargo = Command::new(env!("CARGO"));
        cargo
            .arg(command)
            .args(["--offline", "--quiet"])
            .args(arguments)
            .current_dir(self.folder.join("program"))
            .env("CARGO_TARGET_DIR", target());
        cargo
    }

    /// Builds everything, and answers what the compiler says of the generated code.
    pub(crate) fn build(&self) -> String {
        let output = self.cargo("build", &[]).output().expect("cargo can be run");
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(output.status.success(), "the generated code does not compile:\n{said}");
        said
    }

    /// Builds the documentation, and answers what rustdoc says.
    pub(crate) fn document(&self) -> String {
        let mock = format!("{CRATE}-httpmock");
        let packages = ["--no-deps", "-p", CRATE, "-p", &mock];
        let output = self.cargo("doc", &packages).output().expect("cargo can be run");
        String::from_utf8_lossy(&output.stderr).into_owned()
    }

    /// Has each value read as the type with this number and written again.
    pub(crate) fn round_trip(&self, values: &[(usize, Value)]) -> Vec<Result<Value, String>> {
        let program = target().join("debug").join("proof");
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

fn workspace() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

/// The workspace's target folder, where what the generated crates depend on is built already.
fn target() -> PathBuf {
    let own = std::env::var_os("CARGO_TARGET_DIR").map(PathBuf::from);
    let target = own.unwrap_or_else(|| workspace().join("target"));
    std::path::absolute(target).expect("the folder has a name")
}

/// Writes a file that has changed; one that has not keeps its time, and is not built again.
fn keep(file: &Path, text: &str) {
    if fs::read_to_string(file).is_ok_and(|old| old == text) {
        return;
    }
    fs::create_dir_all(file.parent().unwrap_or(file)).expect("the folder can be made");
    fs::write(file, text).expect("the file can be written");
}

/// The program's manifest: with the workspace's profile, and what its tests switch on.
fn manifest() -> String {
    let root = fs::read_to_string(workspace().join("Cargo.toml")).expect("the workspace has a manifest");
    let profile = root.find("[profile.dev]").map_or("", |at| &root[at..]);
    let sdk = std::path::absolute(workspace().join("sdk")).expect("the folder has a name");
    let sdk = sdk.display();
    format!(
        r#"[package]
name = "proof"
version = "0.0.0"
edition = "2024"

[dependencies]
{CRATE} = {{ path = "../{CRATE}" }}
{CRATE}-httpmock = {{ path = "../{CRATE}/httpmock" }}
rhombus-kisi = {{ path = "{sdk}/kisi", features = ["gzip", "http2", "schemars", "tracing"] }}
rhombus-kisi-runtime = {{ path = "{sdk}/runtime" }}
tokio = {{ version = "1", default-features = false, features = ["io-util", "macros", "net", "rt-multi-thread", "sync", "time"] }}

[workspace]

{profile}"#
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
            answer: answer(&signature.output).expect("a method answers a result"),
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
    (name.ident == "body").then_some(ty)
}

fn answer(output: &ReturnType) -> Option<String> {
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

/// The program: two numbers a method, the even one for its body and the odd one for its answer.
fn source(methods: &[Method]) -> String {
    let mut arms = String::new();
    for (at, method) in methods.iter().enumerate() {
        let types = [method.body.as_deref(), Some(method.answer.as_str())];
        for (side, ty) in types.into_iter().enumerate() {
            if let Some(ty) = ty.filter(|ty| *ty != "()" && !ty.contains("Bytes")) {
                writeln!(arms, "        {} => trip::<{ty}>(json),", at * 2 + side).expect("a string takes text");
            }
        }
    }
    format!(
        r#"#![allow(unused_imports)]
mod calls;

use std::collections::BTreeMap;
use std::io::{{BufRead, Write}};

use {CRATE}::{{Extra, Field, RhombusUuid, Secret, types}};
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
