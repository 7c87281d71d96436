//! The errors that a document describes: an enumeration for each operation that has any.

use std::collections::BTreeSet;

use proc_macro2::TokenStream;
use quote::quote;

use super::tokens::{docs, ident};
use crate::generate::docs::{code, markdown};
use crate::normalise::{ErrorResponse, Normalised, Operation, error_name};

/// The items of the module `errors`; none where no operation describes an error.
///
/// # Errors
/// What is no identifier.
pub(in crate::generate) fn items(normalised: &Normalised) -> Result<Vec<TokenStream>, String> {
    let with_errors = (normalised.operations.iter()).filter(|(_, operation)| !operation.errors.is_empty());
    with_errors
        .map(|(method, operation)| enumeration(method, operation))
        .collect()
}

fn enumeration(method: &str, operation: &Operation) -> Result<TokenStream, String> {
    let name = ident(&error_name(method))?;
    let comment = docs(&[format!(
        " What an error of {} says, by its status.",
        code(&operation.id)
    )]);
    let mut taken = BTreeSet::new();
    let mut variants = Vec::new();
    let mut arms = Vec::new();
    let mut rest = quote! { None };
    for error in &operation.errors {
        let variant = ident(&error.variant())?;
        if !taken.insert(variant.to_string()) {
            return Err(format!("two errors `{variant}` of `{method}`"));
        }
        let comment = docs(&described(error));
        let ty = match &error.schema {
            Some(schema) => {
                let schema = ident(schema)?;
                quote! { types::#schema }
            }
            None => quote! { serde_json::Value },
        };
        variants.push(quote! { #comment #variant(Box<#ty>) });
        let decoded = quote! { error.decode().map(Self::#variant) };
        match error.statuses() {
            None => rest = decoded,
            Some((first, last)) if first == last => arms.push(quote! { #first => #decoded }),
            Some((first, last)) => arms.push(quote! { #first..=#last => #decoded }),
        }
    }
    Ok(quote! {
        #comment
        #[derive(Clone, Debug, PartialEq)]
        #[non_exhaustive]
        pub enum #name { #(#variants,)* }

        impl #name {
            /// Returns what the body of the response says; `None` where the document describes no body for its status, where
            /// its body is of another form, or where there was no response.
            pub fn from_error(error: &Error) -> Option<Self> {
                match error.status()?.as_u16() {
                    #(#arms,)*
                    _ => #rest,
                }
            }
        }
    })
}

fn described(error: &ErrorResponse) -> Vec<String> {
    let mut lines = markdown(&error.description);
    if !lines.is_empty() {
        lines.push(String::new());
    }
    lines.push(match error.statuses() {
        None => " For any other status.".to_owned(),
        Some(_) => format!(" For the status {}.", error.status),
    });
    lines
}
