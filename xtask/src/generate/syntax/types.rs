//! The types: structs of lossless fields, open enums, tagged unions.

use std::collections::{BTreeMap, BTreeSet};

use proc_macro2::TokenStream;
use quote::quote;
use serde_json::Value;
use syn::{Attribute, Expr, Fields, Item, ItemStruct, Lit, Meta};

use super::macros;
use super::tokens::{docs, ident, value_type};
use crate::generate::docs::{code, markdown};
use crate::normalise::{Normalised, OTHER, READ_ONLY, Shape, Union};

/// A generated item, and the documentation of its schema.
type Described<'a> = BTreeMap<String, &'a str>;

/// The items of the module `types`. `responses` are the names of the types that methods return.
///
/// # Errors
/// What the generator wrote that this pass does not know.
pub(in crate::generate) fn items(
    file: &syn::File,
    normalised: &Normalised,
    responses: &BTreeSet<String>,
) -> Result<Vec<TokenStream>, String> {
    let schemas = normalised
        .document
        .pointer("/components/schemas")
        .and_then(|schemas| schemas.as_object());
    let descriptions: Described<'_> = schemas
        .into_iter()
        .flatten()
        .map(|(name, schema)| {
            (
                name.clone(),
                schema
                    .get("description")
                    .and_then(|text| text.as_str())
                    .unwrap_or_default(),
            )
        })
        .collect();
    let mut items = Vec::new();
    let mut seen = BTreeSet::new();
    for item in types_module(file)? {
        match item {
            Item::Struct(item) => {
                let name = item.ident.to_string();
                let description = descriptions.get(&name).copied().unwrap_or_default();
                items.push(match normalised.shapes.get(&name) {
                    None => object(item, description, normalised, responses.contains(&name))?,
                    Some(shape) => shaped(&item.ident, description, shape, responses.contains(&name))?,
                });
                seen.insert(name);
            }
            Item::Enum(item) => return Err(format!("an enum `{}` that no pass has taken out", item.ident)),
            Item::Type(item) => return Err(format!("an alias `{}` that no pass has taken out", item.ident)),
            _ => {}
        }
    }
    match descriptions.keys().find(|name| !seen.contains(*name)) {
        Some(missing) => Err(format!("no type for the schema `{missing}`")),
        None => Ok(items),
    }
}

fn types_module(file: &syn::File) -> Result<&Vec<Item>, String> {
    let module = file.items.iter().find_map(|item| match item {
        Item::Mod(module) if module.ident == "types" => module.content.as_ref().map(|(_, items)| items),
        _ => None,
    });
    module.ok_or_else(|| "no module of types".to_owned())
}

/// The JSON Schema of an object, behind a feature. Each attribute is short enough for a line of its own: there are as many of them
/// as types.
fn schema_derive() -> TokenStream {
    quote! {
        #[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
        #[cfg_attr(feature = "schemars", schemars(crate = "schemars", rename_all = "camelCase"))]
        #[cfg_attr(feature = "schemars", schemars(transform = optional_properties))]
    }
}

/// What serde's `camelCase` makes of a field's name.
fn camel_case(field: &str) -> String {
    let mut name = String::new();
    for (at, word) in field.split('_').enumerate() {
        let mut letters = word.chars();
        match letters.next() {
            Some(first) if at > 0 => name.extend(first.to_uppercase()),
            first => name.extend(first),
        }
        name.push_str(letters.as_str());
    }
    name
}

fn description(text: &str, otherwise: String) -> TokenStream {
    let lines = markdown(text);
    docs(&if lines.is_empty() { vec![otherwise] } else { lines })
}

fn object(item: &ItemStruct, text: &str, normalised: &Normalised, response: bool) -> Result<TokenStream, String> {
    let name = &item.ident;
    let Fields::Named(fields) = &item.fields else {
        return Err(format!("a wrapper type `{name}` that no pass has taken out"));
    };
    let mut members = Vec::new();
    let schema = schema(normalised, &name.to_string());
    let mut properties = Vec::new();
    let mut names = BTreeSet::new();
    let mut extra = None;
    for field in &fields.named {
        let Some(member) = &field.ident else { continue };
        if !names.insert(member.to_string()) {
            return Err(format!("two fields `{member}` in `{name}`"));
        }
        if serde_attribute(&field.attrs, "flatten").is_some() {
            extra = Some(member.clone());
            members.push(quote! {
                /// Properties that this release does not know; they are written back as they came.
                #[cfg_attr(feature = "schemars", schemars(flatten))]
                pub #member: Extra
            });
            continue;
        }
        let seen = serde_attribute(&field.attrs, "rename").unwrap_or_else(|| member.to_string());
        let wire = normalised
            .wire_names
            .get(&(name.to_string(), seen.clone()))
            .unwrap_or(&seen);
        let text = property_description(schema, &seen);
        let comment = description(text, format!(" {}.", code(wire)));
        let ty = value_type(&field.ty);
        let rename = (camel_case(&member.to_string()) != *wire).then(|| {
            quote! { #[cfg_attr(feature = "schemars", schemars(rename = #wire))] }
        });
        members.push(quote! {
            #comment
            #rename
            pub #member: Field<#ty>
        });
        properties.push(macros::Property {
            field: member.clone(),
            name: wire.clone(),
            read_only: is_read_only(schema, wire),
        });
    }
    let comment = description(text, format!(" The API's `{name}`."));
    let derive = schema_derive();
    let respond = response.then(|| respond(name, normalised)).transpose()?;
    let object = macros::object(name, &properties, extra.as_ref());
    Ok(quote! {
        #comment
        #[derive(Clone, Debug, Default, PartialEq)]
        #derive
        #[non_exhaustive]
        pub struct #name { #(#members,)* }
        #object
        #respond
    })
}

/// Which fields of a response say how the call went.
fn respond(name: &syn::Ident, normalised: &Normalised) -> Result<TokenStream, String> {
    let roles = normalised.roles.get(&name.to_string());
    let roles = roles
        .into_iter()
        .flatten()
        .map(|(role, field)| Ok((ident(role.name())?, ident(field)?)));
    Ok(macros::respond(name, &roles.collect::<Result<Vec<_>, String>>()?))
}

fn schema<'a>(normalised: &'a Normalised, name: &str) -> Option<&'a Value> {
    normalised.document.pointer("/components/schemas")?.get(name)
}

fn property_description<'a>(schema: Option<&'a Value>, property: &str) -> &'a str {
    let property = schema.and_then(|schema| schema.get("properties")?.get(property));
    property
        .and_then(|property| property.get("description")?.as_str())
        .unwrap_or_default()
}

/// Whether the server sets the property by itself.
fn is_read_only(schema: Option<&Value>, property: &str) -> bool {
    let listed = schema.and_then(|schema| schema.get(READ_ONLY)?.as_array());
    listed.into_iter().flatten().any(|name| name == property)
}

fn shaped(name: &syn::Ident, text: &str, shape: &Shape, response: bool) -> Result<TokenStream, String> {
    let respond = response.then(|| macros::respond(name, &[]));
    let shaped = match shape {
        Shape::Empty => {
            let comment = description(
                text,
                format!(" The API's `{name}`, an object without described properties."),
            );
            let derive = schema_derive();
            quote! {
                #comment
                #[derive(Clone, Debug, Default, PartialEq)]
                #derive
                #[non_exhaustive]
                pub struct #name {
                    /// Its properties.
                    #[cfg_attr(feature = "schemars", schemars(flatten))]
                    pub extra: Extra,
                }
                object!(#name {} extra);
            }
        }
        Shape::Enum(values) => enumeration(name, text, values)?,
        Shape::Union(union) => tagged(name, union)?,
    };
    Ok(quote! { #shaped #respond })
}

/// The value of each variant, as a comment.
fn value_docs<'a>(values: impl IntoIterator<Item = &'a str>) -> Vec<TokenStream> {
    let values = values.into_iter();
    values.map(|value| docs(&[format!(" {}.", code(value))])).collect()
}

fn enumeration(name: &syn::Ident, text: &str, values: &BTreeMap<String, String>) -> Result<TokenStream, String> {
    let comment = description(text, format!(" The API's `{name}`."));
    let pairs = values
        .iter()
        .map(|(variant, value)| Ok((ident(variant)?, value.as_str())));
    let pairs: Vec<_> = pairs.collect::<Result<_, String>>()?;
    let variants = pairs.iter().map(|(variant, _)| variant);
    let comments = value_docs(pairs.iter().map(|(_, value)| *value));
    let other = ident(OTHER)?;
    let open = macros::open_enum(name, &pairs, &other);
    Ok(quote! {
        #comment
        #[derive(Clone, Eq, Hash, Ord, PartialEq, PartialOrd)]
        #[non_exhaustive]
        pub enum #name {
            #(#comments #variants,)*
            /// A value that this release does not know, as it came.
            #other(Box<str>),
        }
        #open
    })
}

fn tagged(name: &syn::Ident, union: &Union) -> Result<TokenStream, String> {
    let comment = description(
        &union.description,
        format!(" One of several types, told apart by {}.", code(&union.property)),
    );
    let pairs = union
        .variants
        .iter()
        .map(|variant| Ok((ident(&variant.name)?, variant.tag.as_str())));
    let pairs: Vec<_> = pairs.collect::<Result<_, String>>()?;
    let variants = pairs.iter().map(|(variant, _)| variant);
    let schemas = union.variants.iter().map(|variant| ident(&variant.schema));
    let schemas: Vec<_> = schemas.collect::<Result<_, String>>()?;
    let comments = value_docs(pairs.iter().map(|(_, tag)| *tag));
    let other = ident(OTHER)?;
    let call = macros::tagged_union(name, &union.property, &pairs, &other);
    Ok(quote! {
        #comment
        #[derive(Clone, Debug, PartialEq)]
        #[non_exhaustive]
        pub enum #name {
            #(#comments #variants(Box<#schemas>),)*
            /// An object of a type that this release does not know, as it came.
            #other(Extra),
        }
        #call
    })
}

/// The value of a `serde` attribute's entry; empty for an entry without a value.
fn serde_attribute(attributes: &[Attribute], name: &str) -> Option<String> {
    let mut found = None;
    for attribute in attributes.iter().filter(|attribute| attribute.path().is_ident("serde")) {
        let Meta::List(list) = &attribute.meta else { continue };
        let entries = list.parse_args_with(syn::punctuated::Punctuated::<Meta, syn::Token![,]>::parse_terminated);
        for entry in entries.into_iter().flatten() {
            match entry {
                Meta::Path(path) if path.is_ident(name) => found = Some(String::new()),
                Meta::NameValue(pair) if pair.path.is_ident(name) => {
                    if let Expr::Lit(literal) = &pair.value
                        && let Lit::Str(text) = &literal.lit
                    {
                        found = Some(text.value());
                    }
                }
                _ => {}
            }
        }
    }
    found
}
