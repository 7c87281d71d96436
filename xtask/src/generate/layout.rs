//! The files of the generated crates.

use std::path::PathBuf;

use proc_macro2::TokenStream;
use quote::{ToTokens as _, quote};
use syn::visit::{self, Visit};

use super::header::Header;
use super::package::{Package, title};
use super::syntax::tokens::{self, ident};
use super::syntax::{errors, methods, mock, types};
use super::{Files, INPUTS, SETTERS, access, manifest};
use crate::api::Api;
use crate::document::Document;
use crate::normalise::{Body, Normalised, ResponseBody};

/// The files of the client crate.
pub(super) fn client(
    package: &Package,
    header: &Header,
    document: &Document,
    normalised: &Normalised,
    api: &Api,
    generated: syn::File,
) -> Result<Files, String> {
    let methods = methods::rewrite(&generated, normalised, api)?;
    let types = types::items(&generated, normalised, &methods.responses)?;
    let errors = errors::items(normalised)?;
    // It takes far more memory than what was made from it.
    drop(generated);
    let has_errors = !errors.is_empty();
    let errors = has_errors.then(|| ("src/errors.rs", behind(errors_head(), errors)));
    let code = [
        ("src/lib.rs", vec![lib(package, document, normalised, has_errors)]),
        (
            "src/client.rs",
            vec![client_module(package, normalised, &methods.methods)],
        ),
        ("src/operations.rs", behind(operations_head(), methods.constants)),
        ("src/types.rs", behind(types_head(), types)),
    ];
    let code = code
        .into_iter()
        .chain(errors)
        .map(|(file, pieces)| Ok((PathBuf::from(file), header.rust(file, pieces)?)));
    let mut files: Files = code.collect::<Result<_, String>>()?;
    files.insert(
        "Cargo.toml".into(),
        manifest::client(package, header, &title(document))?,
    );
    files.insert("README.md".into(), readme(package, document, normalised));
    if matches!(package, Package::Sdk) {
        files.insert("build.rs".into(), guard(header));
    }
    files.extend(licences(package));
    Ok(files)
}

/// A method that takes a body and nothing else, for examples: its name and the name of the body's type.
fn sample(normalised: &Normalised) -> Option<(&String, Option<String>)> {
    let plain = normalised
        .operations
        .iter()
        .filter(|(_, operation)| operation.parameters.is_empty());
    let mut plain = plain.filter(|(_, operation)| {
        !operation.gone
            && matches!(
                operation.body,
                Body::Json | Body::Form(_) | Body::EmptyJson | Body::None
            )
    });
    let (name, operation) = plain.next()?;
    let argument = if operation.body_optional {
        "None"
    } else {
        "&Default::default()"
    };
    let body = matches!(operation.body, Body::Json | Body::Form(_)).then_some(argument);
    Some((name, body.map(str::to_owned)))
}

fn lib(package: &Package, document: &Document, normalised: &Normalised, has_errors: bool) -> TokenStream {
    let mut lines = vec![format!(
        " A client of {}, generated from its OpenAPI document.",
        title(document)
    )];
    lines.push(String::new());
    lines.push(
        " Every call leaves through the transport that the client is made with, which adds server, credentials, time"
            .to_owned(),
    );
    lines.push(" limits and retries.".to_owned());
    lines.extend(example(package, normalised));
    let comment = tokens::file_docs(&lines);
    // What the SDK's own signatures do not need it does not pass on.
    let more = (!matches!(package, Package::Sdk)).then(|| {
        quote! { pub use rhombus_kisi_runtime::{ByteStream, Date, DateTime, FilePart, RequestBody, Stream, Style, Upload}; }
    });
    let more = more.or_else(|| {
        has_files(normalised).then(|| {
            quote! { pub use rhombus_kisi_runtime::{ByteStream, FilePart, RequestBody, Stream, Upload}; }
        })
    });
    let errors = has_errors.then(|| quote! { #[rustfmt::skip] pub mod errors; });
    let scripts = scripts(package);
    let allow = match package {
        Package::Sdk => quote! {},
        Package::StandAlone { .. } => {
            quote! { #![allow(rustdoc::broken_intra_doc_links, rustdoc::invalid_html_tags, rustdoc::bare_urls)] #scripts }
        }
    };
    quote! {
        #comment
        #![cfg_attr(rustfmt, rustfmt_skip)]
        #![forbid(unsafe_code)]
        #allow

        #[rustfmt::skip]
        mod client;
        #errors
        #[rustfmt::skip]
        pub mod operations;
        #[rustfmt::skip]
        pub mod types;

        pub use client::Client;
        pub use rhombus_kisi_runtime::{
            Error, Extra, Field, List, Map, Multipart, Operation, OptionExt, Repeat, Request, Response, RhombusUuid, Secret,
            SharedTransport, Transport, TransportFuture, bytes, http, serde_json,
        };
        #more
    }
}

/// What the compiler says of names in other scripts than Latin. Always there, for no text of a document adds an attribute.
fn scripts(package: &Package) -> TokenStream {
    if matches!(package, Package::Sdk) {
        return quote! {};
    }
    quote! {
        #![allow(
            confusable_idents, mixed_script_confusables, non_camel_case_types, non_snake_case, non_upper_case_globals,
            uncommon_codepoints
        )]
    }
}

fn example(package: &Package, normalised: &Normalised) -> Vec<String> {
    let Some((method, body)) = sample(normalised) else {
        return Vec::new();
    };
    let argument = body.unwrap_or_default();
    let path = package.client_path();
    let (parameter, made) = match package {
        Package::Sdk => (
            "transport: rhombus_kisi_client::SharedTransport",
            "Client::new(transport)",
        ),
        Package::StandAlone { .. } => ("rhombus: rhombus_kisi::Client", "Client::from(&rhombus)"),
    };
    let deprecated = normalised
        .operations
        .get(method)
        .is_some_and(|operation| operation.deprecated);
    let mut lines = vec![String::new(), " ```".to_owned()];
    lines.extend(deprecated.then(|| " # #![allow(deprecated)]".to_owned()));
    lines.extend([
        format!(" use {path}::{{Client, Error}};"),
        String::new(),
        format!(" async fn run({parameter}) -> Result<(), Error> {{"),
        format!("     let client = {made};"),
        format!("     let response = client.{method}({argument}).await?;"),
        "     println!(\"{response:?}\");".to_owned(),
        "     Ok(())".to_owned(),
        " }".to_owned(),
        " ```".to_owned(),
    ]);
    lines
}

/// Whether an operation sends or returns a file.
fn has_files(normalised: &Normalised) -> bool {
    normalised.operations.values().any(|operation| {
        operation.response == ResponseBody::Stream || matches!(operation.body, Body::Parts(_) | Body::Bytes(_))
    })
}

fn client_module(package: &Package, normalised: &Normalised, methods: &TokenStream) -> TokenStream {
    let from = match package {
        Package::Sdk => quote! {},
        Package::StandAlone { .. } => quote! {
            impl From<&rhombus_kisi::Client> for Client {
                fn from(client: &rhombus_kisi::Client) -> Self {
                    Self::new(client.transport())
                }
            }
        },
    };
    let files = has_files(normalised).then(|| {
        quote! {
            #[allow(unused_imports)]
            use rhombus_kisi_runtime::{ByteStream, FilePart, RequestBody, call_stream};
        }
    });
    quote! {
        #files
        #[allow(unused_imports)]
        use rhombus_kisi_runtime::{
            Error, Extra, List, Map, Multipart, Request, RhombusUuid, Secret, SharedTransport, bytes, call, call_bytes, call_empty, http, serde_json,
        };

        #[allow(unused_imports)]
        use crate::{operations, types};

        /// The client: one method an operation. Cloning it is cheap.
        #[derive(Clone, Debug)]
        pub struct Client {
            transport: SharedTransport,
        }

        #from

        #[allow(clippy::too_many_arguments)]
        impl Client {
            /// A client whose calls leave through `transport`.
            pub fn new(transport: SharedTransport) -> Self {
                Self { transport }
            }

            /// The transport that its calls leave through.
            pub fn transport(&self) -> &SharedTransport {
                &self.transport
            }

            #methods
        }
    }
}

fn behind(head: TokenStream, items: Vec<TokenStream>) -> Vec<TokenStream> {
    std::iter::once(head).chain(items).collect()
}

fn operations_head() -> TokenStream {
    quote! {
        //! The operations: where each is, and whether it may be repeated.

        use rhombus_kisi_runtime::http::Method;
        use rhombus_kisi_runtime::{Operation, Repeat};
    }
}

fn errors_head() -> TokenStream {
    quote! {
        //! What the bodies of errors say, where the API's document describes them.

        use rhombus_kisi_runtime::Error;
        #[allow(unused_imports)]
        use rhombus_kisi_runtime::serde_json;

        #[allow(unused_imports)]
        use crate::types;
    }
}

fn types_head() -> TokenStream {
    quote! {
        //! What the operations take and return.

        #[allow(unused_imports)]
        use rhombus_kisi_runtime::{
            Extra, Field, List, Map, RhombusUuid, Secret, object, open_enum, respond, serde_json, tagged_union,
        };
        #[cfg(feature = "schemars")]
        #[allow(unused_imports)]
        use rhombus_kisi_runtime::{optional_properties, schemars};
    }
}

/// What a README says of itself, for us and not for its readers.
const README_MARK: &str = "<!-- @generated by `cargo xtask generate` -->\n\n";

fn readme(package: &Package, document: &Document, normalised: &Normalised) -> String {
    let name = package.client();
    let mut text = format!(
        "{README_MARK}# {name}\n\nA client of {}, generated from its OpenAPI document: {} operations.\n",
        title(document),
        normalised.operations.len()
    );
    match package {
        Package::Sdk => text.push_str("\nUsers depend on `rhombus-kisi`, which re-exports it. Nothing in this crate is edited by hand: `cargo xtask generate` writes it.\n"),
        Package::StandAlone { .. } => {
            text.push_str("\nIt is made from a `rhombus_kisi::Client`, whose credentials, time limits and retries then apply to it.\n");
            let example: Vec<String> = example(package, normalised);
            let example = example.iter().filter(|line| !line.starts_with(" # ")).map(|line| line.strip_prefix(' ').unwrap_or(line));
            let example: Vec<&str> = example.collect();
            text.push_str(&example.join("\n").replacen("```", "```rust", 1));
            text.push('\n');
            let notes = access::notes(&document.root);
            if !notes.is_empty() {
                text.push_str(&format!("\n{}\n", notes.join("\n")));
            }
        }
    }
    text
}

/// The texts of the licences, which each published package carries.
fn licences(package: &Package) -> Files {
    match package {
        Package::Sdk => Files::from([
            (
                "LICENSE-APACHE".into(),
                include_str!("../../../LICENSE-APACHE").to_owned(),
            ),
            ("LICENSE-MIT".into(), include_str!("../../../LICENSE-MIT").to_owned()),
        ]),
        Package::StandAlone { .. } => Files::new(),
    }
}

fn guard(header: &Header) -> String {
    let source = include_str!("fingerprint.rs");
    let start = source
        .find("pub fn of")
        .map_or(source, |at| &source[at + "pub ".len()..]);
    let function = start
        .find("\n}\n")
        .map_or(start, |at| &start[..at + 3])
        .replace("fn of(", "fn fingerprint(");
    let inputs = INPUTS.map(|name| format!("{name:?}")).join(", ");
    format!(
        r#"{header}
//! Stops a build from a `spec/` that this crate was not generated from. It is no part of the published package.

const INPUTS: [&str; {count}] = [{inputs}];
const FINGERPRINT: &str = "{fingerprint}";
/// What is generated in the same run.
const SETTERS: &str = {SETTERS:?};

fn main() {{
    let spec = std::path::PathBuf::from(std::env::var_os("CARGO_MANIFEST_DIR").unwrap_or_default()).join("../../spec");
    let mut texts = Vec::new();
    for input in INPUTS {{
        let file = spec.join(input);
        println!("cargo::rerun-if-changed={{}}", file.display());
        texts.push(std::fs::read_to_string(file).unwrap_or_default());
    }}
    let texts: Vec<&str> = texts.iter().map(String::as_str).collect();
    if fingerprint(&texts) != FINGERPRINT {{
        println!("cargo::error=spec/ has changed since this crate was generated from it: run `cargo xtask generate`");
    }}
    let setters = spec.join("..").join(SETTERS);
    if let Ok(text) = std::fs::read_to_string(&setters) {{
        println!("cargo::rerun-if-changed={{}}", setters.display());
        if !text.contains(FINGERPRINT) {{
            println!("cargo::error={{SETTERS}} is of another spec/: run `cargo xtask generate`");
        }}
    }}
}}

{function}"#,
        header = header.text("//"),
        count = INPUTS.len(),
        fingerprint = header.fingerprint,
    )
}

/// The files of the mock crate.
pub(super) fn httpmock(
    package: &Package,
    header: &Header,
    document: &Document,
    normalised: &Normalised,
    generated: syn::File,
) -> Result<Files, String> {
    let client = ident(&package.client_path())?;
    let generated = mock::rewrite(generated, normalised, &client)?;
    let title = title(document);
    let mut lines = vec![
        format!(
            " Typed mocks of {title}, on `httpmock`: one method an operation, whose `when` and `then` take the client's own types."
        ),
        String::new(),
        " What no document speaks of has methods too: `then.unauthorized()`, `then.rate_limited(1)`, `then.server_error(503)`.".to_owned(),
        " `then.rate_limited(1).then().ok(…)` is one response after the other. `into_inner` gives httpmock's own form.".to_owned(),
    ];
    lines.extend(mock_example(package, normalised));
    let comment = tokens::file_docs(&lines);
    let needs_regex = generated.items.iter().any(uses_regex);
    let scripts = scripts(package);
    let head = quote! {
            #comment
            #![cfg_attr(rustfmt, rustfmt_skip)]
        #![forbid(unsafe_code)]
            #![allow(unused_imports, clippy::unwrap_used, clippy::useless_conversion, clippy::to_string_in_format_args)]
            #scripts

            #[rustfmt::skip]
            mod replies;

            pub use httpmock;
            pub use #client::types;
    };
    let items = generated.items.into_iter().map(|item| item.into_token_stream());
    let code = header.rust("src/lib.rs", std::iter::once(head).chain(items))?;
    let mut files = Files::from([
        (
            PathBuf::from("Cargo.toml"),
            manifest::httpmock(package, header, needs_regex)?,
        ),
        (PathBuf::from("README.md"), mock_readme(package, &title, normalised)),
        (PathBuf::from("src/lib.rs"), code),
        (
            PathBuf::from("src/replies.rs"),
            format!("{}\n{}", header.text("//"), include_str!("replies.rs.txt")),
        ),
    ]);
    files.extend(licences(package));
    Ok(files)
}

/// Whether an item names the crate `regex`.
fn uses_regex(item: &syn::Item) -> bool {
    struct Paths(bool);
    impl<'ast> Visit<'ast> for Paths {
        fn visit_path(&mut self, path: &'ast syn::Path) {
            let first = path.segments.first();
            self.0 |= path.segments.len() > 1 && first.is_some_and(|first| first.ident == "regex");
            visit::visit_path(self, path);
        }
    }
    let mut paths = Paths(false);
    paths.visit_item(item);
    paths.0
}

fn mock_example(package: &Package, normalised: &Normalised) -> Vec<String> {
    let json = normalised
        .operations
        .iter()
        .find(|(_, operation)| operation.response == ResponseBody::Json && operation.parameters.is_empty());
    let Some((method, _)) = json else { return Vec::new() };
    let name = package.httpmock().replace('-', "_");
    [
        "",
        " ```",
        &format!(" use {name}::MockServerExt;"),
        &format!(" use {name}::httpmock::MockServer;"),
        "",
        " let server = MockServer::start();",
        &format!(" let mock = server.{method}(|_when, then| {{"),
        "     then.ok(&Default::default());",
        " });",
        " // … the code under test calls `server.base_url()` …",
        " assert_eq!(mock.calls(), 0);",
        " ```",
    ]
    .map(str::to_owned)
    .into()
}

fn mock_readme(package: &Package, title: &str, normalised: &Normalised) -> String {
    let lines = mock_example(package, normalised);
    let example: Vec<&str> = lines
        .iter()
        .map(|line| line.strip_prefix(' ').unwrap_or(line))
        .collect();
    format!(
        "{README_MARK}# {}\n\nTyped mocks of {title}, on `httpmock`: to test code that uses `{}`. One method an operation; `when` and `then` take the\nclient's own types. What no document speaks of has methods too (`then.unauthorized()`, `then.rate_limited(1)`, `then.server_error(503)`), and\n`then.rate_limited(1).then().ok(…)` is one response after the other. `into_inner` gives httpmock's own form.\n{}\n\nGenerated by `cargo xtask generate`; nothing in this crate is edited by hand.\n",
        package.httpmock(),
        match package {
            Package::Sdk => "rhombus-kisi",
            Package::StandAlone(package) => &package.name,
        },
        example.join("\n").replacen("```", "```rust", 1),
    )
}
