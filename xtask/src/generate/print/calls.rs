//! Calls of our own macros laid out by hand: prettyplease leaves the arguments of a macro that it does not know as they
//! come, on one line.

use proc_macro2::{Delimiter, Spacing, TokenStream, TokenTree};
use syn::{Item, ItemMacro, Lit, MacroDelimiter};

use crate::generate::syntax::macros;

/// The text of a file.
pub(super) fn unparse(file: &syn::File) -> String {
    if !file
        .items
        .iter()
        .any(|item| matches!(item, Item::Macro(call) if is_ours(call)))
    {
        return prettyplease::unparse(file);
    }
    let mut text = String::new();
    // What comes between two calls is printed as a file of its own: no text has to be searched for a call's place.
    let mut between = syn::File {
        shebang: None,
        frontmatter: None,
        attrs: file.attrs.clone(),
        items: Vec::new(),
    };
    for item in &file.items {
        match item {
            Item::Macro(call) if is_ours(call) => {
                text.push_str(&prettyplease::unparse(&between));
                between.attrs.clear();
                between.items.clear();
                text.push_str(&laid_out(call));
            }
            other => between.items.push(other.clone()),
        }
    }
    text.push_str(&prettyplease::unparse(&between));
    text
}

fn is_ours(call: &ItemMacro) -> bool {
    let name = call.mac.path.get_ident();
    call.attrs.is_empty()
        && call.ident.is_none()
        && name.is_some_and(|name| macros::NAMES.iter().any(|ours| name == ours))
}

/// `name!(…);` on one line, or `name! { head { … } tail }` with one argument a line.
fn laid_out(call: &ItemMacro) -> String {
    let name = call.mac.path.get_ident().map(ToString::to_string).unwrap_or_default();
    let tokens = call.mac.tokens.clone();
    if let MacroDelimiter::Paren(_) = call.mac.delimiter {
        return format!("{name}!({});\n", inline(tokens));
    }
    let mut text = format!("{name}! {{\n    ");
    for (at, token) in tokens.into_iter().enumerate() {
        match token {
            TokenTree::Group(group) if group.delimiter() == Delimiter::Brace => {
                text.push_str(" {\n");
                let mut argument = TokenStream::new();
                for token in group.stream() {
                    if matches!(&token, TokenTree::Punct(mark) if mark.as_char() == ',') {
                        text.push_str(&format!("{},\n", documented(std::mem::take(&mut argument))));
                    } else {
                        argument.extend([token]);
                    }
                }
                text.push_str("    }");
            }
            TokenTree::Punct(mark) => text.push(mark.as_char()),
            other => {
                if at > 0 {
                    text.push(' ');
                }
                text.push_str(&other.to_string());
            }
        }
    }
    text.push_str("\n}\n");
    text
}

/// An argument on a line of its own, behind its documentation.
fn documented(argument: TokenStream) -> String {
    let mut tokens = argument.into_iter().peekable();
    let mut text = String::new();
    while tokens.next_if(|token| is_mark(token, '#')).is_some() {
        if let Some(line) = tokens.next().and_then(doc) {
            text.push_str(&format!("        ///{line}\n"));
        }
    }
    text.push_str("        ");
    text.push_str(&inline(tokens.collect()));
    text
}

fn is_mark(token: &TokenTree, character: char) -> bool {
    matches!(token, TokenTree::Punct(mark) if mark.as_char() == character)
}

/// The text of `[doc = "…"]`.
fn doc(attribute: TokenTree) -> Option<String> {
    let TokenTree::Group(group) = attribute else {
        return None;
    };
    match group.stream().into_iter().last()? {
        TokenTree::Literal(literal) => match Lit::new(literal) {
            Lit::Str(text) => Some(text.value()),
            _ => None,
        },
        _ => None,
    }
}

fn inline(tokens: TokenStream) -> String {
    let mut text = String::new();
    // A path is written without spaces.
    let mut is_path = false;
    for token in tokens {
        let piece = match &token {
            TokenTree::Group(group) => {
                let inside = inline(group.stream());
                match group.delimiter() {
                    Delimiter::Parenthesis => format!("({inside})"),
                    Delimiter::Bracket => format!("[{inside}]"),
                    Delimiter::None => inside,
                    Delimiter::Brace if inside.is_empty() => "{}".to_owned(),
                    Delimiter::Brace => format!("{{ {inside} }}"),
                }
            }
            other => other.to_string(),
        };
        let joins = match &token {
            TokenTree::Punct(mark) => match mark.as_char() {
                ':' => mark.spacing() == Spacing::Joint || text.ends_with(':') || !text.ends_with(' '),
                ',' | '<' | '>' => true,
                _ => false,
            },
            _ => is_path,
        };
        if !text.is_empty() && !joins {
            text.push(' ');
        }
        text.push_str(&piece);
        is_path = text.ends_with("::") || is_mark(&token, '<');
    }
    text
}
