//! Calls of the SDK's macros, as items of the syntax tree.

use proc_macro2::TokenStream;
use quote::quote;
use syn::Ident;

/// The macros of the SDK, whose calls are laid out by our own hand.
pub(in crate::generate) const NAMES: [&str; 5] = ["object", "open_enum", "respond", "setters", "tagged_union"];

/// `key = "value",` each.
fn pairs(pairs: &[(Ident, &str)]) -> TokenStream {
    let (keys, values): (Vec<_>, Vec<_>) = pairs.iter().cloned().unzip();
    quote! { #(#keys = #values,)* }
}

/// A field of an object, and the property that it holds.
pub(super) struct Property {
    pub(super) field: Ident,
    pub(super) name: String,
    /// Whether the server sets it by itself.
    pub(super) read_only: bool,
}

/// `object!`: the fields and the names of their properties, and the field that keeps unknown ones.
pub(super) fn object(name: &Ident, properties: &[Property], extra: Option<&Ident>) -> TokenStream {
    let properties = properties.iter().map(|Property { field, name, read_only }| {
        let read_only = read_only.then(|| quote! { read_only });
        quote! { #field = #name #read_only, }
    });
    quote! { object! { #name { #(#properties)* } #extra } }
}

/// `open_enum!`: the variants and their values.
pub(super) fn open_enum(name: &Ident, variants: &[(Ident, &str)], other: &Ident) -> TokenStream {
    let variants = pairs(variants);
    quote! { open_enum! { #name { #variants } #other } }
}

/// `tagged_union!`: the property that tells the variants apart, and its value for each.
pub(super) fn tagged_union(name: &Ident, property: &str, variants: &[(Ident, &str)], other: &Ident) -> TokenStream {
    let variants = pairs(variants);
    quote! { tagged_union! { #name, #property { #variants } #other } }
}

/// `respond!`: which field of a response plays which role.
pub(super) fn respond(name: &Ident, roles: &[(Ident, Ident)]) -> TokenStream {
    let (roles, fields): (Vec<_>, Vec<_>) = roles.iter().cloned().unzip();
    if roles.is_empty() {
        quote! { respond!(#name); }
    } else {
        quote! { respond!(#name: #(#roles = #fields),*); }
    }
}
