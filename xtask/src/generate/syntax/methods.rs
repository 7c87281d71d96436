//! The methods: each builds a request and sends it through the seam.

use std::collections::BTreeSet;

use proc_macro2::TokenStream;
use quote::quote;
use syn::{FnArg, ImplItem, ImplItemFn, Item, Pat};

use super::tokens::{docs, element, ident, optional, success, value_type};
use crate::api::{Api, Repeat};
use crate::document::route;
use crate::generate::docs::{code, markdown, phrase};
use crate::normalise::{Body, Location, Normalised, Operation, Parts, ResponseBody, Style, error_name, upper_case};

/// The methods, and the constants of their operations.
pub(in crate::generate) struct Methods {
    /// The methods of `Client`.
    pub(in crate::generate) methods: TokenStream,
    /// The items of the module `operations`.
    pub(in crate::generate) constants: Vec<TokenStream>,
    /// The names of the types that methods return.
    pub(in crate::generate) responses: BTreeSet<String>,
}

/// Rewrites the generator's methods.
///
/// # Errors
/// What the generator wrote that this pass does not know.
pub(in crate::generate) fn rewrite(file: &syn::File, normalised: &Normalised, api: &Api) -> Result<Methods, String> {
    let mut methods = Vec::new();
    let mut constants = Vec::new();
    let mut responses = BTreeSet::new();
    let mut seen = BTreeSet::new();
    let mut opaques = false;
    let refusals = opaque(api);
    for method in generated_methods(file) {
        let name = method.sig.ident.to_string();
        let Some(operation) = normalised.operations.get(&name) else {
            continue;
        };
        seen.insert(name.clone());
        let response = success(&method.sig.output).ok_or_else(|| format!("the method `{name}` returns no response"))?;
        if operation.response == ResponseBody::Json {
            responses.extend(last_name(response));
            opaques |= judged(api) && is_opaque(&value_type(response));
        }
        methods.push(rewritten(method, operation, &value_type(response), judged(api))?);
        constants.push(constant(&name, operation, api)?);
    }
    constants.extend(opaques.then_some(refusals));
    match normalised.operations.keys().find(|name| !seen.contains(*name)) {
        Some(missing) => Err(format!("no method for the operation `{missing}`")),
        None => Ok(Methods {
            methods: quote! { #(#methods)* },
            constants,
            responses,
        }),
    }
}

fn generated_methods(file: &syn::File) -> impl Iterator<Item = &ImplItemFn> {
    file.items
        .iter()
        .flat_map(|item| match item {
            Item::Impl(item) if item.trait_.is_none() => item.items.as_slice(),
            _ => &[],
        })
        .filter_map(|item| match item {
            ImplItem::Fn(method) => Some(method),
            _ => None,
        })
}

/// Whether a response is JSON without a type of its own.
fn is_opaque(ty: &TokenStream) -> bool {
    ty.to_string().replace(' ', "") == "serde_json::Value"
}

fn last_name(ty: &syn::Type) -> Option<String> {
    match ty {
        syn::Type::Path(path) => path.path.segments.last().map(|segment| segment.ident.to_string()),
        _ => None,
    }
}

/// Whether a response without a type of its own may be a refusal all the same.
fn judged(api: &Api) -> bool {
    api.response.error.is_some() || api.response.integration_auth.is_some()
}

/// The type that tells an opaque response that is a refusal from one that is not.
fn opaque(api: &Api) -> TokenStream {
    let option = |name: &Option<String>| match name {
        Some(name) => quote! { Some(#name) },
        None => quote! { None },
    };
    let roles = &api.response;
    let (error, message, auth) = (
        option(&roles.error),
        option(&roles.message),
        option(&roles.integration_auth),
    );
    quote! {
        /// The properties by which a response without a type of its own says that it is a refusal.
        #[derive(Clone, Copy, Debug)]
        pub enum Refusals {}

        impl rhombus_kisi_runtime::Refusals for Refusals {
            const ERROR: Option<&'static str> = #error;
            const MESSAGE: Option<&'static str> = #message;
            const INTEGRATION_AUTH: Option<&'static str> = #auth;
        }
    }
}

fn rewritten(
    method: &ImplItemFn,
    operation: &Operation,
    response: &TokenStream,
    judged: bool,
) -> Result<TokenStream, String> {
    let name = &method.sig.ident;
    let constant = constant_name(&name.to_string())?;
    let mut arguments = Vec::new();
    let mut steps = Vec::new();
    let mut unused = Vec::new();
    if !operation.query.is_empty() {
        let query = &operation.query;
        steps.push(quote! { .query_text(#query) });
    }
    for (argument, ty) in typed_arguments(method) {
        if argument == "body" {
            continue;
        }
        let parameter = operation
            .parameters
            .get(&argument)
            .ok_or_else(|| format!("an argument `{argument}` of `{name}` from nowhere"))?;
        let wire = &parameter.name;
        let (inner, is_optional) = optional(ty);
        let inner = argument_type(inner);
        let variable = ident(&argument)?;
        unused.push(variable.clone());
        arguments.push(if is_optional {
            quote! { #variable: Option<#inner> }
        } else {
            quote! { #variable: #inner }
        });
        let style = (parameter.style != Style::default_of(parameter.location))
            .then(|| style(parameter.style))
            .transpose()?;
        steps.push(match (parameter.location, style) {
            (Location::Header, None) => quote! { .header(#wire, &#variable)? },
            (Location::Header, Some(style)) => quote! { .header_as(#wire, &#variable, #style)? },
            (Location::Path, None) => quote! { .path_param(#wire, &#variable)? },
            (Location::Path, Some(style)) => quote! { .path_param_as(#wire, &#variable, #style)? },
            (Location::Query, None) => quote! { .query(#wire, &#variable)? },
            (Location::Query, Some(style)) => quote! { .query_as(#wire, &#variable, #style)? },
        });
    }
    let mut optional_step = None;
    let mut built = None;
    match &operation.body {
        Body::None => {}
        Body::EmptyJson => steps.push(quote! { .empty_json() }),
        Body::Json | Body::Form(_) => {
            let ty = typed_arguments(method)
                .find(|(argument, _)| argument == "body")
                .map(|(_, ty)| argument_type(ty));
            let ty = ty.ok_or_else(|| format!("the method `{name}` has no body"))?;
            // A number or a truth value comes by value.
            let body = if quote! { #ty }.to_string().starts_with('&') {
                quote! { body }
            } else {
                quote! { &body }
            };
            let step = match (&operation.body, &operation.media_type) {
                (Body::Form(styles), _) => {
                    let styles = styles.iter().map(|(name, style)| Ok((name, self::style(*style)?)));
                    let styles = styles.collect::<Result<Vec<_>, String>>()?;
                    let (names, styles): (Vec<_>, Vec<_>) = styles.into_iter().unzip();
                    quote! { form(#body, &[#((#names, #styles)),*])? }
                }
                (_, None) => quote! { json(#body)? },
                (_, Some(media_type)) => {
                    quote! { json(#body)?.content_type(http::HeaderValue::from_static(#media_type)) }
                }
            };
            if operation.body_optional {
                arguments.push(quote! { body: Option<#ty> });
                optional_step = Some(step);
            } else {
                arguments.push(quote! { body: #ty });
                steps.push(quote! { .#step });
            }
        }
        Body::Multipart => {
            let step = match &operation.media_type {
                None => quote! { multipart(form)? },
                Some(media_type) => quote! { multipart_as(#media_type, form)? },
            };
            if operation.body_optional {
                arguments.push(quote! { form: Option<Multipart> });
                optional_step = Some(step);
            } else {
                arguments.push(quote! { form: Multipart });
                steps.push(quote! { .#step });
            }
        }
        Body::Parts(parts) => {
            let ty = typed_arguments(method)
                .find(|(argument, _)| argument == "body")
                .map(|(_, ty)| argument_type(ty));
            let (given, form) = form(parts, ty)?;
            arguments.extend(given);
            if operation.body_optional {
                built = Some(form);
            } else {
                steps.push(quote! { .multipart(#form)? });
            }
        }
        Body::Bytes(content_type) if operation.body_optional => {
            arguments.push(quote! { body: Option<RequestBody> });
            optional_step = Some(quote! { body(http::HeaderValue::from_static(#content_type), body) });
        }
        Body::Bytes(content_type) => {
            arguments.push(quote! { body: impl Into<RequestBody> });
            steps.push(quote! { .body(http::HeaderValue::from_static(#content_type), body) });
        }
    }
    let mut request = quote! { Request::new(&operations::#constant) #(#steps)* };
    let mut first = quote! {};
    if let Some(step) = optional_step {
        let argument = if operation.body == Body::Multipart {
            ident("form")?
        } else {
            ident("body")?
        };
        // What need not be sent is not.
        first = quote! {
            let mut request = #request;
            if let Some(#argument) = #argument {
                request = request.#step;
            }
        };
        request = quote! { request };
    }
    if let Some(form) = built {
        first = quote! {
            let form = #form;
            let mut request = #request;
            if !form.is_empty() {
                request = request.multipart(form)?;
            }
        };
        request = quote! { request };
    }
    let (response, call) = match operation.response {
        ResponseBody::Empty => (quote! { () }, quote! { call_empty }),
        ResponseBody::Bytes => (quote! { bytes::Bytes }, quote! { call_bytes }),
        ResponseBody::Stream => (quote! { ByteStream }, quote! { call_stream }),
        ResponseBody::Json if judged && is_opaque(response) => (
            response.clone(),
            quote! { rhombus_kisi_runtime::call_opaque::<operations::Refusals> },
        ),
        ResponseBody::Json => (response.clone(), quote! { call }),
    };
    let comment = docs(&documentation(&name.to_string(), operation, judged));
    let deprecated = operation
        .deprecated
        .then(|| quote! { #[deprecated = "the API's document marks this operation as deprecated"] });
    if operation.gone {
        let id = &operation.id;
        match &operation.body {
            Body::None | Body::EmptyJson => {}
            Body::Multipart => unused.push(ident("form")?),
            Body::Parts(parts) => {
                unused.extend(parts.fields.then(|| ident("body")).transpose()?);
                let files = parts.files.iter().map(|file| ident(&file.argument));
                unused.extend(files.collect::<Result<Vec<_>, _>>()?);
            }
            Body::Json | Body::Form(_) | Body::Bytes(_) => unused.push(ident("body")?),
        }
        return Ok(quote! {
            #comment
            #[deprecated = "the API no longer has this operation"]
            pub async fn #name(&self, #(#arguments),*) -> Result<#response, Error> {
                #(let _ = #unused;)*
                Err(Error::invalid(#id, "the API no longer has this operation; nothing was sent"))
            }
        });
    }
    Ok(quote! {
        #comment
        #deprecated
        pub async fn #name(&self, #(#arguments),*) -> Result<#response, Error> {
            #first
            #call(&*self.transport, #request).await
        }
    })
}

/// The arguments of a form, and the form that is made of them.
fn form(parts: &Parts, fields: Option<TokenStream>) -> Result<(Vec<TokenStream>, TokenStream), String> {
    let mut arguments = Vec::new();
    let mut form = quote! { Multipart::new() };
    if parts.fields {
        let ty = fields.ok_or("a form without the type of its fields")?;
        let (names, content_types): (Vec<_>, Vec<_>) = parts.content_types.iter().unzip();
        arguments.push(quote! { body: #ty });
        form = quote! { #form.fields(body, &[#((#names, #content_types)),*])? };
    }
    for file in &parts.files {
        let (name, argument) = (&file.name, ident(&file.argument)?);
        arguments.push(match (file.several, file.required) {
            (true, _) => quote! { #argument: Vec<FilePart> },
            (false, true) => quote! { #argument: FilePart },
            (false, false) => quote! { #argument: Option<FilePart> },
        });
        form = if file.required && !file.several {
            quote! { #form.add_file(#name, #argument) }
        } else {
            quote! { #form.add_files(#name, #argument) }
        };
    }
    Ok((arguments, form))
}

/// A style as the runtime has it.
pub(super) fn style(style: Style) -> Result<TokenStream, String> {
    let name = ident(style.name)?;
    let explode = style.explode;
    let exploded = (explode != style.explodes()).then(|| quote! { .exploded(#explode) });
    let reserved = style.allow_reserved.then(|| quote! { .allow_reserved() });
    Ok(quote! { rhombus_kisi_runtime::Style::#name #exploded #reserved })
}

/// The typed arguments of a method, by name.
fn typed_arguments(method: &ImplItemFn) -> impl Iterator<Item = (String, &syn::Type)> {
    method.sig.inputs.iter().filter_map(|argument| match argument {
        FnArg::Typed(argument) => match &*argument.pat {
            Pat::Ident(pattern) => Some((pattern.ident.to_string(), &*argument.ty)),
            _ => None,
        },
        FnArg::Receiver(_) => None,
    })
}

/// An argument's type, without the lifetime that the generator names.
pub(super) fn argument_type(ty: &syn::Type) -> TokenStream {
    match ty {
        syn::Type::Reference(reference) => {
            let inner = match &*reference.elem {
                syn::Type::Path(path) if path.path.is_ident("str") => quote! { str },
                elem if element(elem).is_some() => list_of(elem),
                elem => value_type(elem),
            };
            quote! { &#inner }
        }
        other => quote! { #other },
    }
}

/// A list as an argument is a slice, whose elements are all there.
fn list_of(ty: &syn::Type) -> TokenStream {
    let item = element(ty).map_or_else(|| quote! { #ty }, value_type);
    quote! { [#item] }
}

fn documentation(method: &str, operation: &Operation, judged: bool) -> Vec<String> {
    let mut lines = markdown(&operation.description);
    if lines.is_empty() {
        lines.push(format!(" The API's {}.", code(&operation.id)));
    }
    lines.push(String::new());
    lines.push(format!(
        " {}",
        code(&format!("{} {}", operation.method, operation.path))
    ));
    let parameters = operation.parameters.iter();
    let parameters = parameters.map(|(argument, parameter)| (argument, &parameter.description));
    let files = match &operation.body {
        Body::Parts(parts) => parts.files.as_slice(),
        _ => &[],
    };
    let files = files.iter().map(|file| (&file.argument, &file.description));
    let described: Vec<_> = parameters
        .chain(files)
        .filter(|(_, description)| !description.is_empty())
        .collect();
    if !described.is_empty() {
        lines.push(String::new());
        lines.push(" # Arguments".to_owned());
        for (argument, description) in described {
            lines.push(format!(" * `{argument}`: {}", phrase(description)));
        }
    }
    lines.push(String::new());
    lines.push(" # Errors".to_owned());
    let lines_of_errors: &[&str] = match operation.response {
        ResponseBody::Json if judged => &[
            " Those of the transport; [`Error::Decode`] for a response of another form; [`Error::Refused`] and",
            " [`Error::IntegrationAuth`] for a 200 that is a refusal.",
        ],
        ResponseBody::Json => &[" Those of the transport; [`Error::Decode`] for a response of another form."],
        ResponseBody::Stream => &[
            " Those of the transport; [`Error::Interrupted`] while the response is read, which has no limit but the caller's.",
        ],
        ResponseBody::Bytes | ResponseBody::Empty => &[" Those of the transport."],
    };
    lines.extend(lines_of_errors.iter().map(|line| (*line).to_owned()));
    if !operation.errors.is_empty() {
        let name = error_name(method);
        lines.push(format!(
            " [`{name}`](crate::errors::{name}) is what the body of an error says."
        ));
    }
    lines
}

pub(super) fn constant_name(method: &str) -> Result<syn::Ident, String> {
    ident(&upper_case(method.trim_end_matches('_')))
}

fn constant(method: &str, operation: &Operation, api: &Api) -> Result<TokenStream, String> {
    let constant = constant_name(method)?;
    let (id, path) = (&operation.id, &operation.path);
    let verb = ident(&operation.method)?;
    let entry = api.operation(id, &route(&operation.method, path));
    let repeat = match entry.repeat() {
        Repeat::Safe => quote! { Safe },
        Repeat::IfNotCarriedOut => quote! { IfNotCarriedOut },
        Repeat::Never => quote! { Never },
    };
    let comment = docs(&[format!(" {}", code(id))]);
    let read_only = entry.read.then(|| quote! { .read_only() });
    let partial: Vec<&String> = entry.keep.keys().collect();
    let partial = (!partial.is_empty()).then(|| quote! { .partial(&[#(#partial),*]) });
    let accept = &operation.accept;
    let accept = (!accept.is_empty()).then(|| quote! { .accept(#accept) });
    Ok(quote! {
        #comment
        pub static #constant: Operation = Operation::new(#id, Method::#verb, #path, Repeat::#repeat) #read_only #partial #accept;
    })
}
