//! The file of the setters: a call of the macro for each type, with a line for each property.

use proc_macro2::TokenStream;
use quote::quote;

use super::model::{Form, Key, Kind};
use super::{Named, Setters, Type};
use crate::generate::docs::{code, markdown};
use crate::generate::header::Header;
use crate::generate::syntax::tokens::{docs, ident};

/// The text of the file.
///
/// # Errors
/// Where the code would not be what is meant: a fault of the generator's.
pub(in crate::generate) fn file(header: &Header, setters: &Setters) -> Result<String, String> {
    let types = setters.types.iter().filter(|ty| !ty.properties.is_empty());
    let calls = types.map(call).collect::<Result<Vec<_>, _>>()?;
    let file = quote! {
            //! The setters of the settings and of what they hold: a line for each property.
            #![allow(clippy::should_implement_trait, clippy::wrong_self_convention)]

            #[allow(unused_imports)]
            use crate::types;

            #(#calls)*
    };
    header.rust("generated.rs", [file])
}

fn call(ty: &Type) -> Result<TokenStream, String> {
    let name = ident(&ty.name)?;
    let lines = ty.properties.iter().map(line).collect::<Result<Vec<_>, _>>()?;
    Ok(quote! { setters! { #name { #(#lines,)* } } })
}

fn line(named: &Named) -> Result<TokenStream, String> {
    let property = &named.property;
    let wire = code(&property.wire);
    let lines = markdown(&property.description);
    let comment = docs(&if lines.is_empty() {
        vec![format!(" {wire}.")]
    } else {
        lines
    });
    let form = form(&property.form)?;
    let field = ident(&property.field)?;
    // As it is shown: it is part of the documentation alone.
    let wire = wire.trim_matches('`');
    let methods = named
        .methods
        .iter()
        .map(|name| ident(name))
        .collect::<Result<Vec<_>, _>>()?;
    Ok(quote! { #comment #form #field #wire (#(#methods)*) })
}

fn form(form: &Form) -> Result<TokenStream, String> {
    Ok(match form {
        Form::Value(value) => {
            let kind = kind(value)?;
            quote! { value #kind }
        }
        Form::List(item, _) => {
            let kind = kind(item)?;
            quote! { list #kind }
        }
        Form::Object(name) => {
            let name = ident(name)?;
            quote! { object (types::#name) }
        }
        Form::Map(of, name) => {
            let (key, name) = (key(*of), ident(name)?);
            quote! { map [#key (types::#name)] }
        }
        Form::Values(of, value) => {
            let (key, kind) = (key(*of), kind(value)?);
            quote! { values [#key #kind] }
        }
        Form::Lists(of, item) => {
            let (key, kind) = (key(*of), kind(item)?);
            quote! { lists [#key #kind] }
        }
    })
}

fn key(key: Key) -> TokenStream {
    match key {
        Key::Number => quote! { i32 },
        Key::Text => quote! { key },
    }
}

fn kind(kind: &Kind) -> Result<TokenStream, String> {
    Ok(match kind {
        Kind::Bool => quote! { bool },
        Kind::I32 => quote! { i32 },
        Kind::I64 => quote! { i64 },
        Kind::F64 => quote! { f64 },
        Kind::Text => quote! { text },
        Kind::Secret => quote! { secret },
        Kind::Id => quote! { id },
        Kind::Seconds => quote! { seconds },
        Kind::Milliseconds => quote! { milliseconds },
        Kind::Type(path) => {
            let path: syn::Type = syn::parse_str(path).map_err(|_| format!("{path:?} is no type"))?;
            quote! { (#path) }
        }
    })
}
