//! Calls of our own macros laid out by hand: prettyplease leaves the arguments of a macro that it does not know as they
//! come, on one line.

use proc_macro2::{Delimiter, TokenStream, TokenTree};
use syn::{Item, ItemMacro, MacroDelimiter};

use crate::generate::syntax::macros;

/// The text of a file.
pub(super) fn unparse(file: &syn::File) -> String {
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
                        text.push_str(&format!("        {},\n", inline(std::mem::take(&mut argument))));
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

fn inline(tokens: TokenStream) -> String {
    let mut text = String::new();
    for token in tokens {
        let piece = match token {
            TokenTree::Group(group) => match inline(group.stream()) {
                inside if inside.is_empty() => "{}".to_owned(),
                inside => format!("{{ {inside} }}"),
            },
            other => other.to_string(),
        };
        if !text.is_empty() && !matches!(piece.as_str(), "," | ":") {
            text.push(' ');
        }
        text.push_str(&piece);
    }
    text
}
