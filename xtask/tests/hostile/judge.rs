//! Whether generated code is no more than what a harmless document gives.

use std::collections::BTreeSet;
use std::path::Path;

use proc_macro2::{TokenStream, TokenTree};
use pulldown_cmark::{CodeBlockKind, Event, LinkType, Options, Parser, Tag};
use quote::ToTokens;
use syn::visit::{self, Visit};
use syn::{Item, Meta};
use xtask::generate::Files;

/// What a crate with names outside ASCII has, whatever the names.
const SCRIPTS: &str = "# ! [allow (confusable_idents , mixed_script_confusables , non_camel_case_types , non_snake_case , \
    non_upper_case_globals , uncommon_codepoints)]";

/// What is in the code that an ordinary document gives.
#[derive(Debug, Default)]
pub(crate) struct Judge {
    seen: BTreeSet<String>,
}

/// What there is where a response is a file, as each is whose media type is hostile.
const FILES: [&str; 3] = [
    "reference `Error::Interrupted`",
    "# [allow (unused_imports)] use rhombus_kisi_runtime :: { ByteStream , FilePart , RequestBody , call_stream } ;",
    "pub use rhombus_kisi_runtime :: { ByteStream , FilePart , RequestBody , Stream , Upload } ;",
];

impl Judge {
    pub(crate) fn new(baseline: &Files) -> Self {
        let mut seen: BTreeSet<String> = FILES.map(str::to_owned).into();
        seen.insert(SCRIPTS.to_owned());
        for text in code(baseline) {
            seen.extend(kinds(&text.1));
            for doc in documentation(&text.1) {
                seen.extend(markup(&doc, true));
            }
        }
        Self { seen }
    }

    /// No attribute, macro, item or mark-up that the ordinary document does not give; every code block is text.
    pub(crate) fn alone(&self, files: &Files) {
        for (path, text) in code(files) {
            let hidden = text.chars().find(|found| {
                found.is_control() && *found != '\n'
                    || matches!(found, '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
            });
            assert_eq!(hidden, None, "{}", path.display());
            let new: Vec<_> = kinds(&text)
                .into_iter()
                .filter(|kind| !self.seen.contains(kind))
                .collect();
            assert_eq!(new, Vec::<String>::new(), "{}", path.display());
            for doc in documentation(&text) {
                let is_example = path.ends_with("src/lib.rs");
                let new: Vec<_> = markup(&doc, is_example)
                    .into_iter()
                    .filter(|mark| !self.seen.contains(mark))
                    .collect();
                assert_eq!(new, Vec::<String>::new(), "{}:\n{doc}", path.display());
            }
            // A comment that is no documentation: the two lines of the header.
            let comments = text.lines().filter(|line| {
                line.trim_start().starts_with("//") && !line.trim_start().starts_with("///") && !line.starts_with("//!")
            });
            assert!(comments.count() == 2 || text.contains("//! "), "{}", path.display());
        }
        for (path, text) in files {
            if path.ends_with("Cargo.toml") {
                assert!(toml::from_str::<toml::Table>(text).is_ok(), "{}", path.display());
            } else if path.ends_with("README.md") {
                let blocks = Parser::new(text)
                    .filter(|event| matches!(event, Event::Start(Tag::CodeBlock(_))))
                    .count();
                let html = Parser::new(text)
                    .filter(|event| matches!(event, Event::Html(_) | Event::InlineHtml(_)))
                    .count();
                assert!(blocks <= 1 && html <= 1, "{text}");
            }
        }
    }

    /// The same items as from a document with the same words.
    pub(crate) fn beside(&self, files: &Files, twin: &Files) {
        assert_eq!(files.keys().collect::<Vec<_>>(), twin.keys().collect::<Vec<_>>());
        for (path, text) in code(files) {
            let (items, expected) = (skeleton(&text), skeleton(&twin[path]));
            let more: Vec<_> = items.iter().filter(|item| !expected.contains(item)).collect();
            let less: Vec<_> = expected.iter().filter(|item| !items.contains(item)).collect();
            assert_eq!(more, less, "{}", path.display());
            assert_eq!(items.len(), expected.len(), "{}", path.display());
        }
        // All but the description, which has the document's title in it.
        let plain = |files: &Files, path: &Path| {
            let mut manifest: toml::Table = toml::from_str(&files[path]).unwrap();
            let package = manifest.get_mut("package").and_then(toml::Value::as_table_mut);
            package.unwrap().remove("description");
            manifest
        };
        for path in files.keys().filter(|path| path.ends_with("Cargo.toml")) {
            assert_eq!(plain(files, path), plain(twin, path));
        }
    }
}

fn code(files: &Files) -> impl Iterator<Item = (&Path, String)> {
    // The guard is no code of a document's.
    let code = files
        .iter()
        .filter(|(path, _)| path.extension().is_some_and(|name| name == "rs") && !path.ends_with("build.rs"));
    code.map(|(path, text)| (path.as_path(), text.clone()))
}

/// Each documentation comment of a file, without its slashes.
pub(crate) fn documentation(text: &str) -> Vec<String> {
    assert!(
        !text.contains("#[doc") && !text.contains("#![doc"),
        "documentation that is no comment"
    );
    let mut docs: Vec<String> = Vec::new();
    let mut goes_on = false;
    for line in text.lines() {
        let line = line.trim_start();
        let comment = line.strip_prefix("///").or_else(|| line.strip_prefix("//!"));
        match comment {
            Some(comment) => {
                if !goes_on {
                    docs.push(String::new());
                }
                if let Some(doc) = docs.last_mut() {
                    doc.push_str(comment);
                    doc.push('\n');
                }
                goes_on = true;
            }
            None => goes_on = false,
        }
    }
    docs
}

/// What rustdoc would do more with than show it.
fn markup(doc: &str, is_example: bool) -> Vec<String> {
    let options = Options::ENABLE_TABLES
        | Options::ENABLE_FOOTNOTES
        | Options::ENABLE_STRIKETHROUGH
        | Options::ENABLE_TASKLISTS
        | Options::ENABLE_SMART_PUNCTUATION;
    let lines: Vec<&str> = doc.lines().map(|line| line.strip_prefix(' ').unwrap_or(line)).collect();
    let text = lines.join("\n");
    let mut marks = Vec::new();
    let mut references = Vec::new();
    let callback = |link: pulldown_cmark::BrokenLink<'_>| {
        references.push(format!("reference {}", link.reference));
        None
    };
    let mut in_heading = false;
    for event in Parser::new_with_broken_link_callback(&text, options, Some(callback)) {
        match event {
            Event::Start(Tag::CodeBlock(CodeBlockKind::Fenced(info))) if &*info == "text" => {}
            Event::Start(Tag::CodeBlock(kind)) => marks.push(format!(
                "code {kind:?} {}",
                if is_example { "example" } else { "elsewhere" }
            )),
            Event::Html(html) | Event::InlineHtml(html) => marks.push(format!("html {html}")),
            Event::Start(Tag::Link {
                link_type: LinkType::Autolink,
                dest_url,
                ..
            }) if dest_url.starts_with("http") => {}
            Event::Start(Tag::Link { dest_url, .. } | Tag::Image { dest_url, .. }) => {
                marks.push(format!("link {dest_url}"))
            }
            Event::Start(Tag::Table(_)) => marks.push("table".to_owned()),
            Event::Start(Tag::FootnoteDefinition(_)) | Event::FootnoteReference(_) => marks.push("footnote".to_owned()),
            Event::Start(Tag::Heading { .. }) => in_heading = true,
            Event::Text(text) if in_heading => {
                marks.push(format!("heading {text}"));
                in_heading = false;
            }
            _ => {}
        }
    }
    marks.extend(references);
    marks
}

/// The attributes, the macros, the imports and the sorts of items.
fn kinds(text: &str) -> BTreeSet<String> {
    let mut kinds = Kinds::default();
    kinds.visit_file(&syn::parse_file(text).unwrap());
    kinds.0
}

#[derive(Default)]
struct Kinds(BTreeSet<String>);

impl<'ast> Visit<'ast> for Kinds {
    fn visit_attribute(&mut self, attribute: &'ast syn::Attribute) {
        if !is_text(attribute) {
            self.0.insert(attribute.to_token_stream().to_string());
        }
    }

    fn visit_macro(&mut self, call: &'ast syn::Macro) {
        self.0.insert(format!("{}!", call.path.to_token_stream()));
    }

    fn visit_item(&mut self, item: &'ast Item) {
        self.0.insert(match item {
            Item::Use(item) => item.to_token_stream().to_string(),
            Item::Mod(item) => format!("mod {}", item.ident),
            Item::Fn(item) => format!("fn {}", item.sig.ident),
            Item::Impl(item) if item.trait_.is_some() => "an implementation of a trait".to_owned(),
            Item::Impl(_) => "an implementation".to_owned(),
            Item::Struct(_) => "a struct".to_owned(),
            Item::Enum(_) => "an enum".to_owned(),
            Item::Static(_) => "a static".to_owned(),
            Item::Trait(item) => format!("trait {}", item.ident),
            Item::Macro(_) => "a macro".to_owned(),
            other => other.to_token_stream().to_string(),
        });
        visit::visit_item(self, item);
    }
}

/// An attribute that holds text of the document's alone.
fn is_text(attribute: &syn::Attribute) -> bool {
    match &attribute.meta {
        Meta::NameValue(pair) => pair.path.is_ident("doc"),
        Meta::List(list) => {
            list.path.is_ident("cfg_attr")
                && list
                    .tokens
                    .to_string()
                    .starts_with("feature = \"schemars\" , schemars (rename = ")
        }
        Meta::Path(_) => false,
    }
}

/// The items without documentation, literals and the media types that are accepted; where names are sorted, the order of things is that of what they stand for.
fn skeleton(text: &str) -> Vec<String> {
    struct Bare;
    impl syn::visit_mut::VisitMut for Bare {
        fn visit_attributes_mut(&mut self, attributes: &mut Vec<syn::Attribute>) {
            attributes.retain(|attribute| !is_text(attribute) && attribute.to_token_stream().to_string() != SCRIPTS);
        }

        fn visit_expr_mut(&mut self, expression: &mut syn::Expr) {
            if let syn::Expr::MethodCall(call) = expression
                && call.method == "accept"
                && matches!(call.args.first(), Some(syn::Expr::Lit(_)))
            {
                *expression = (*call.receiver).clone();
            }
            syn::visit_mut::visit_expr_mut(self, expression);
        }
    }
    let mut file = syn::parse_file(text).unwrap();
    syn::visit_mut::VisitMut::visit_file_mut(&mut Bare, &mut file);
    let mut pieces = Vec::new();
    take_apart(file.items, &mut pieces);
    let bare = pieces.into_iter().map(|piece| {
        let mut tokens = Vec::new();
        flatten(piece, &mut tokens);
        tokens.sort();
        tokens.join(" ")
    });
    let mut bare: Vec<String> = bare.collect();
    bare.sort();
    bare
}

/// Items, and the items in them.
fn take_apart(items: Vec<Item>, pieces: &mut Vec<TokenStream>) {
    for item in items {
        match item {
            Item::Mod(mut module) => {
                let inside = module.content.as_mut().map(|(_, items)| std::mem::take(items));
                take_apart(inside.unwrap_or_default(), pieces);
                pieces.push(module.to_token_stream());
            }
            Item::Impl(mut block) => {
                pieces.extend(block.items.drain(..).map(|item| item.to_token_stream()));
                pieces.push(block.to_token_stream());
            }
            Item::Trait(mut block) => {
                pieces.extend(block.items.drain(..).map(|item| item.to_token_stream()));
                pieces.push(block.to_token_stream());
            }
            item => pieces.push(item.to_token_stream()),
        }
    }
}

fn is_doc(token: &TokenTree) -> bool {
    match token {
        TokenTree::Group(attribute) => attribute.stream().to_string().starts_with("doc ="),
        _ => false,
    }
}

fn flatten(tokens: TokenStream, flat: &mut Vec<String>) {
    let mut tokens = tokens.into_iter().peekable();
    while let Some(token) = tokens.next() {
        match token {
            // Documentation within a macro's arguments.
            TokenTree::Punct(mark) if mark.as_char() == '#' && tokens.next_if(is_doc).is_some() => {}
            TokenTree::Group(group) => {
                flat.push(format!("{:?}", group.delimiter()));
                flatten(group.stream(), flat);
            }
            TokenTree::Literal(literal) => flat.push(if literal.to_string().starts_with('"') {
                "\"\"".to_owned()
            } else {
                literal.to_string()
            }),
            // Formatting adds some.
            TokenTree::Punct(mark) if mark.as_char() == ',' => {}
            other => flat.push(other.to_string()),
        }
    }
}
