//! What our pass looks at of a generated client, before it is parsed: the trees of all that it writes anew would take most of the
//! time and the memory.

use proc_macro2::{Delimiter, Group, TokenStream, TokenTree};

/// Leaves out the bodies of methods, and of each module all but its types.
pub(super) fn of(tokens: TokenStream) -> TokenStream {
    let mut kept = TokenStream::new();
    for_each_item(tokens, |keyword, item| match keyword {
        "impl" => kept.extend(item.into_iter().map(|token| inside(token, without_bodies))),
        "mod" => kept.extend(item.into_iter().map(|token| inside(token, types))),
        _ => kept.extend(item),
    });
    kept
}

/// The structs, enums and aliases among a module's items.
fn types(tokens: TokenStream) -> TokenStream {
    let mut kept = TokenStream::new();
    for_each_item(tokens, |keyword, item| {
        if matches!(keyword, "struct" | "enum" | "type") {
            kept.extend(item);
        }
    });
    kept
}

/// The items of an implementation, each block empty.
fn without_bodies(tokens: TokenStream) -> TokenStream {
    let tokens = tokens.into_iter();
    tokens.map(|token| inside(token, |_| TokenStream::new())).collect()
}

/// Changes what is in braces.
fn inside(token: TokenTree, change: impl FnOnce(TokenStream) -> TokenStream) -> TokenTree {
    match token {
        TokenTree::Group(group) if group.delimiter() == Delimiter::Brace => {
            TokenTree::Group(Group::new(Delimiter::Brace, change(group.stream())))
        }
        other => other,
    }
}

/// What begins an item, behind its attributes and visibility.
const KEYWORDS: [&str; 11] = [
    "const", "enum", "extern", "fn", "impl", "mod", "static", "struct", "trait", "type", "use",
];

/// Those whose items end with a semicolon alone.
const WITH_SEMICOLON: [&str; 5] = ["const", "extern", "static", "type", "use"];

/// Calls `act` with the keyword and the tokens of each item. What is behind the last one is an item without a keyword.
fn for_each_item(tokens: TokenStream, mut act: impl FnMut(&str, Vec<TokenTree>)) {
    let mut item = Vec::new();
    let mut keyword = "";
    for token in tokens {
        let ends = match &token {
            TokenTree::Ident(name) if keyword.is_empty() => {
                keyword = KEYWORDS.into_iter().find(|keyword| name == keyword).unwrap_or_default();
                false
            }
            TokenTree::Group(group) => group.delimiter() == Delimiter::Brace && !WITH_SEMICOLON.contains(&keyword),
            TokenTree::Punct(mark) => mark.as_char() == ';',
            _ => false,
        };
        item.push(token);
        if ends {
            act(keyword, std::mem::take(&mut item));
            keyword = "";
        }
    }
    if !item.is_empty() {
        act(keyword, item);
    }
}

#[cfg(test)]
mod tests {
    use quote::quote;

    #[test]
    fn types_and_signatures_are_left() {
        let code = quote! {
            use a::{b, c};
            #[allow(x)]
            pub mod types {
                use d::{e};
                pub mod error { pub struct F; }
                #[doc = "{"]
                #[derive(G)]
                pub struct H { pub i: [u8; 3], }
                impl J for H { fn k() { let l = 1; } }
                pub struct M(pub N);
                pub enum O { P { q: R } }
                pub type S = T;
                pub const U: V = { 1 };
            }
            #[derive(W)]
            pub struct X { y: Z }
            impl X { pub async fn a<'a>(&'a self, b: &'a B) -> Result<C, D<()>> { e() } }
        };
        let left = quote! {
            use a::{b, c};
            #[allow(x)]
            pub mod types {
                #[doc = "{"]
                #[derive(G)]
                pub struct H { pub i: [u8; 3], }
                pub struct M(pub N);
                pub enum O { P { q: R } }
                pub type S = T;
            }
            #[derive(W)]
            pub struct X { y: Z }
            impl X { pub async fn a<'a>(&'a self, b: &'a B) -> Result<C, D<()>> {} }
        };
        assert_eq!(super::of(code).to_string(), left.to_string());
    }
}
