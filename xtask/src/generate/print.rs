//! From the syntax tree to text, and back again to see that the text says what the tree does.

mod calls;
mod compare;

use std::fmt::Display;

use proc_macro2::TokenStream;
use syn::visit::{self, Visit};
use syn::{Expr, Lit, Meta};

use super::docs;

/// The text of a file of Rust behind its header. The code comes in pieces of whole items, of which the first may hold what is said
/// of the file; what is done of a piece is done before the next, so that a large file takes little memory.
///
/// # Errors
/// Where the code is not Rust, or its text would not be read back as what was meant: a fault of the generator's, and nothing is written.
pub(super) fn rust(header: &str, pieces: impl IntoIterator<Item = TokenStream>) -> Result<String, String> {
    let mut code = String::new();
    let mut header = Some(header);
    for piece in pieces {
        let start = code.len();
        if let Some(header) = header.take() {
            code.push_str(header);
            code.push('\n');
        }
        add(&mut code, start, piece)?;
    }
    Ok(space_out(&code))
}

/// Adds the text of a piece to that of a file. What is behind `start` is read back with it.
fn add(code: &mut String, start: usize, piece: TokenStream) -> Result<(), String> {
    let tokens = compare::significant(piece.clone());
    let meant: syn::File = syn::parse2(piece).map_err(|error| format!("the code is not Rust: {error}"))?;
    let mut comments = Comments::default();
    comments.visit_file(&meant);
    comments.broken?;
    code.push_str(&calls::unparse(&meant));
    let text = code.get(start..).unwrap_or_default();
    if let Some(hidden) = text.chars().find(|found| *found != '\n' && docs::is_hidden(*found)) {
        return Err(bug(&format!("{hidden:?} is in the code as it is")));
    }
    let not_rust = |error: &dyn Display| bug(&format!("the text is not Rust: {error}"));
    let read: TokenStream = text.parse().map_err(|error: proc_macro2::LexError| not_rust(&error))?;
    if tokens == compare::significant(read) {
        return Ok(());
    }
    // Where the tokens differ the trees may not, and have names for what does.
    let read = syn::parse_file(text).map_err(|error| not_rust(&error))?;
    compare::same(&meant, &read).map_err(|item| bug(&format!("{item} reads back differently")))
}

fn bug(what: &str) -> String {
    format!("{what}; this is a bug of the generator, and nothing was written")
}

/// Finds an attribute that would be printed as a comment and is not one line: what a text could break out of.
struct Comments {
    broken: Result<(), String>,
}

impl Default for Comments {
    fn default() -> Self {
        Self { broken: Ok(()) }
    }
}

impl<'ast> Visit<'ast> for Comments {
    fn visit_attribute(&mut self, attribute: &'ast syn::Attribute) {
        if let Meta::NameValue(pair) = &attribute.meta
            && (pair.path.is_ident("doc") || pair.path.is_ident("comment"))
        {
            let line = match &pair.value {
                Expr::Lit(literal) => match &literal.lit {
                    Lit::Str(text) => Some(text.value()),
                    _ => None,
                },
                _ => None,
            };
            // `comment` is what prettyplease alone knows.
            if pair.path.is_ident("comment") || line.is_none_or(|line| line.contains(docs::is_hidden)) {
                self.broken = Err(bug("a comment is not of one line"));
            }
        }
        visit::visit_attribute(self, attribute);
    }
}

/// Puts an empty line behind each item and method, where prettyplease puts none.
///
/// No text of a document begins a line, so that a line is known by its beginning.
fn space_out(code: &str) -> String {
    let lines: Vec<&str> = code.lines().collect();
    let mut spaced = String::with_capacity(code.len() + lines.len());
    for (at, line) in lines.iter().enumerate() {
        spaced.push_str(line);
        spaced.push('\n');
        let next = lines.get(at + 1).map_or("", |next| next.trim_start());
        let ends = matches!(*line, "}" | "    }" | ");" | "};")
            || (line.starts_with("use ") && line.ends_with(';'))
            || line.starts_with("respond!(")
            || line.starts_with("pub static ");
        let goes_on = next.is_empty()
            || next.starts_with(['}', ')'])
            || next.starts_with("use ")
            || next.starts_with("pub use ")
            // They belong to the type before.
            || ["object!", "open_enum!", "tagged_union!", "respond!"].iter().any(|call| next.starts_with(call));
        if ends && !goes_on {
            spaced.push('\n');
        }
    }
    spaced
}

#[cfg(test)]
mod tests {
    use quote::quote;

    use super::rust;

    #[test]
    fn calls_of_ours_are_laid_out_where_they_stand() {
        let code = quote! {
            struct A;
            object! { Door { a = "b\n}", c = "\u{202e}", } extra }
            respond!(Door: error = error, message = error_msg);
            tagged_union! { Kind, "the \"kind\"" { A = "a", } Other }
            object!(Empty {} extra);
            respond!(Empty);
            fn b() {}
        };
        insta::assert_snapshot!(rust("// head", [code]).unwrap_or_else(|error| error), @r#"
        // head
        struct A;
        object! {
            Door {
                a = "b\n}",
                c = "\u{202e}",
            } extra
        }
        respond!(Door: error = error, message = error_msg);
        tagged_union! {
            Kind, "the \"kind\"" {
                A = "a",
            } Other
        }
        object!(Empty {} extra);
        respond!(Empty);

        fn b() {}
        "#);
    }

    #[test]
    fn pieces_are_one_file() {
        let items = [
            quote! { fn a() {} },
            quote! { struct B { c: C } },
            quote! { respond!(B); },
            quote! { fn d() {} },
        ];
        let whole: proc_macro2::TokenStream = items.iter().cloned().collect();
        assert_eq!(rust("// head", items), rust("// head", [whole]));
    }

    #[test]
    fn what_would_read_back_differently_is_refused() {
        let message = |header: &str, code| rust(header, [code]).err().unwrap_or_default();
        let comment = "a */ fn b() {} /*\n";
        assert!(message("", quote! { #[doc = #comment] struct A; }).contains("a comment is not of one line"));
        assert!(message("", quote! { #[comment = #comment] struct A; }).contains("a comment is not of one line"));
        assert!(message("// a\nfn b() {}", quote! { struct A; }).contains("`b` reads back differently"));
        assert!(message("//\r", quote! { struct A; }).contains("'\\r' is in the code"));
        assert!(message("/*", quote! { struct A; }).contains("the text is not Rust"));
    }
}
