//! Whether two trees are the same but for how they are written.

use std::fmt::{Display, Write as _};

use proc_macro2::{Delimiter, Literal, TokenStream, TokenTree};
use quote::ToTokens;
use syn::{Attribute, Item, Lit};

/// Compares what was meant with what was read.
///
/// # Errors
/// The first item that differs, to be read.
pub(super) fn same(meant: &syn::File, read: &syn::File) -> Result<(), String> {
    if attributes(&meant.attrs) != attributes(&read.attrs) {
        return Err("an attribute of the file".to_owned());
    }
    for (meant, read) in meant.items.iter().zip(&read.items) {
        if significant(meant.to_token_stream()) != significant(read.to_token_stream()) {
            return Err(name(read));
        }
    }
    let longer = if meant.items.len() > read.items.len() {
        meant
    } else {
        read
    };
    match longer.items.get(meant.items.len().min(read.items.len())) {
        Some(item) => Err(name(item)),
        None => Ok(()),
    }
}

fn attributes(attributes: &[Attribute]) -> String {
    significant(attributes.iter().map(ToTokens::to_token_stream).collect())
}

fn name(item: &Item) -> String {
    match item {
        Item::Fn(item) => format!("`{}`", item.sig.ident),
        Item::Struct(item) => format!("`{}`", item.ident),
        Item::Enum(item) => format!("`{}`", item.ident),
        Item::Static(item) => format!("`{}`", item.ident),
        Item::Mod(item) => format!("`{}`", item.ident),
        Item::Trait(item) => format!("`{}`", item.ident),
        Item::Macro(item) => format!("a call of `{}!`", item.mac.path.to_token_stream()),
        Item::Impl(_) => "an implementation".to_owned(),
        _ => "an item".to_owned(),
    }
}

/// The tokens, each with [`END`] behind it, without what only formatting adds or takes: a comma before what closes, and groups
/// that are not written.
pub(super) fn significant(tokens: TokenStream) -> String {
    let mut flat = String::new();
    flatten(tokens, &mut flat);
    flat
}

/// What is in no token but a string, which says how long it is.
const END: char = '\0';

fn flatten(tokens: TokenStream, flat: &mut String) {
    for token in tokens {
        match token {
            TokenTree::Group(group) => {
                let (open, close) = match group.delimiter() {
                    Delimiter::Parenthesis => ("(", ")"),
                    Delimiter::Brace => ("{", "}"),
                    Delimiter::Bracket => ("[", "]"),
                    Delimiter::None => ("", ""),
                };
                if !open.is_empty() {
                    if open == "{" {
                        // Where a list of bounds ends.
                        without_comma(flat);
                    }
                    push(flat, open);
                }
                flatten(group.stream(), flat);
                if !close.is_empty() {
                    without_comma(flat);
                    push(flat, close);
                }
            }
            TokenTree::Literal(literal) => push_literal(flat, literal),
            TokenTree::Punct(mark) => {
                if mark.as_char() == '>' {
                    without_comma(flat);
                }
                push(flat, mark.as_char());
            }
            TokenTree::Ident(name) => push(flat, name),
        }
    }
}

/// A comment is read as a string of another form than it was written in: a string is compared by its value, with its length before it,
/// so that no text in it is taken for the tokens behind it.
fn push_literal(flat: &mut String, literal: Literal) {
    let written = literal.to_string();
    // PERF: nearly all are comments without an escape.
    let plain = written.strip_prefix('"').and_then(|text| text.strip_suffix('"'));
    if let Some(value) = plain.filter(|text| !text.contains('\\')) {
        push_string(flat, value);
        return;
    }
    match Lit::new(literal) {
        Lit::Str(text) => push_string(flat, &text.value()),
        _ => push(flat, written),
    }
}

fn push_string(flat: &mut String, value: &str) {
    push(flat, format_args!("{}\"{value}\"", value.len()));
}

fn push(flat: &mut String, token: impl Display) {
    // A string takes all that is written to it.
    let _ = write!(flat, "{token}{END}");
}

/// Takes a comma from the end.
fn without_comma(flat: &mut String) {
    if flat.ends_with(",\0") {
        flat.truncate(flat.len() - ",\0".len());
    }
}

#[cfg(test)]
mod tests {
    use proc_macro2::TokenStream;

    use super::significant;

    fn is_same(one: &str, other: &str) -> bool {
        let [one, other] = [one, other].map(|code| code.parse::<TokenStream>().map(significant).unwrap_or_default());
        !one.is_empty() && one == other
    }

    #[test]
    fn only_the_form_may_differ() {
        for (one, other) in [
            ("f(a, b,)", "f(a, b)"),
            (r#"#[doc = " it's é"]"#, "/// it's é"),
            (r#"#[doc = " a \"b\""]"#, "/// a \"b\""),
            (r##"f(r#"a"b"#)"##, r#"f("a\"b")"#),
            (r#"f("\x41\u{e9}")"#, r#"f("Aé")"#),
        ] {
            assert!(is_same(one, other), "{one} {other}");
        }
        for (one, other) in [
            (r#"f("a,")"#, r#"f("a")"#),
            (r#"f("a", "b")"#, r#"f("a\", \"b")"#),
            (r#"f("1")"#, "f(1)"),
            (r#"f(b"a")"#, r#"f("a")"#),
            ("f(a, b)", "f(a b)"),
            ("f(1u8)", "f(1)"),
            (r#"f("a\"\0b")"#, r#"f("a", b)"#),
        ] {
            assert!(!is_same(one, other), "{one} {other}");
        }
    }
}
