//! Small pieces of syntax.

use proc_macro2::TokenStream;
use quote::quote;
use syn::{GenericArgument, Ident, PathArguments, Type};

use crate::generate::docs;

/// The one way from a text to an identifier; a keyword gets its `r#` nowhere, since names are chosen so that none is one.
///
/// # Errors
/// Where the text is none.
pub(in crate::generate) fn ident(name: &str) -> Result<Ident, String> {
    // Parsed by itself, so that not even white space comes with it.
    match syn::parse_str::<Ident>(name) {
        Ok(ident) if ident == name => Ok(ident),
        _ => Err(format!("{name:?} is no identifier")),
    }
}

/// Documentation comments, one a line.
pub(in crate::generate) fn docs<Line: AsRef<str>>(lines: &[Line]) -> TokenStream {
    let lines = lines.iter().map(|line| docs::line(line.as_ref()));
    quote! { #(#[doc = #lines])* }
}

/// The documentation of a file, one comment a line.
pub(in crate::generate) fn file_docs(lines: &[String]) -> TokenStream {
    let lines = lines.iter().map(|line| docs::line(line));
    quote! { #(#![doc = #lines])* }
}

/// The last name of a path type and its type arguments.
fn generic(ty: &Type) -> Option<(&Ident, Vec<&Type>)> {
    let Type::Path(path) = ty else { return None };
    let last = path.path.segments.last()?;
    let arguments = match &last.arguments {
        PathArguments::AngleBracketed(arguments) => arguments
            .args
            .iter()
            .filter_map(|argument| match argument {
                GenericArgument::Type(ty) => Some(ty),
                _ => None,
            })
            .collect(),
        _ => Vec::new(),
    };
    Some((&last.ident, arguments))
}

/// The type of a property's value: elements of lists and values of maps may be `null`.
pub(in crate::generate) fn value_type(ty: &Type) -> TokenStream {
    match generic(ty) {
        Some((name, arguments)) => match (name.to_string().as_str(), arguments.as_slice()) {
            ("Option", [inner]) => value_type(inner),
            ("Vec", [item]) => {
                let item = value_type(item);
                quote! { List<#item> }
            }
            ("BTreeMap", [_, value]) => {
                let value = value_type(value);
                quote! { Map<#value> }
            }
            ("Box", [inner]) => {
                let inner = value_type(inner);
                quote! { Box<#inner> }
            }
            ("String" | "RhombusUuid" | "Secret", []) => quote! { #name },
            // An object of which nothing is known; what it holds may be a secret.
            ("Map", [_, _]) => quote! { Extra },
            ("Value", []) => quote! { serde_json::Value },
            _ => quote! { #ty },
        },
        None => quote! { #ty },
    }
}

/// What an optional type is an option of; else the type itself, and `false`.
pub(in crate::generate) fn optional(ty: &Type) -> (&Type, bool) {
    match generic(ty) {
        Some((name, arguments)) if name == "Option" => arguments.first().map_or((ty, false), |inner| (*inner, true)),
        _ => (ty, false),
    }
}

/// The success type of a generated method: the `T` of `Result<ResponseValue<T>, _>`.
pub(in crate::generate) fn success(output: &syn::ReturnType) -> Option<&Type> {
    let syn::ReturnType::Type(_, ty) = output else {
        return None;
    };
    let (_, result) = generic(ty)?;
    generic(result.first()?)?.1.first().copied()
}

/// The type of a list's elements.
pub(in crate::generate) fn element(ty: &Type) -> Option<&Type> {
    match generic(ty) {
        Some((name, arguments)) if name == "Vec" => arguments.first().copied(),
        _ => None,
    }
}
