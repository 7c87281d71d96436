//! The mock crate: the generator's `When` and `Then`, brought in line with the client.

use std::collections::BTreeMap;

use percent_encoding::percent_decode_str;
use proc_macro2::TokenStream;
use quote::quote;
use syn::visit::{self, Visit};
use syn::visit_mut::{self, VisitMut};
use syn::{FnArg, ImplItem, ImplItemFn, Item, ItemImpl, ItemMod};

use super::methods::{argument_type, constant_name, style};
use super::tokens::{docs, ident, optional, value_type};
use crate::generate::docs::code;
use crate::generate::engine;
use crate::normalise::{Body, Location, Normalised, Operation, Parameter, ResponseBody, Role, Shape, Style};

/// Rewrites the generator's mock code. `client` is the name of the client crate as code names it.
///
/// # Errors
/// What is no identifier.
pub(in crate::generate) fn rewrite(
    mut file: syn::File,
    normalised: &Normalised,
    client: &syn::Ident,
) -> Result<syn::File, String> {
    Rename { client }.visit_file_mut(&mut file);
    for item in &mut file.items {
        match item {
            Item::Mod(module) => operations(module, normalised, client)?,
            Item::Trait(item) => {
                for (item, operation) in item.items.iter_mut().filter_map(|item| match item {
                    syn::TraitItem::Fn(method) => {
                        let operation = normalised.operations.get(&method.sig.ident.to_string())?;
                        Some((method, operation))
                    }
                    _ => None,
                }) {
                    let id = code(&operation.id);
                    let comment = format!(" Adds a mock of {id}: what it matches, and what it returns.");
                    item.attrs.extend(attribute(&comment));
                }
            }
            _ => {}
        }
    }
    Ok(file)
}

/// A documentation comment of one line.
fn attribute(comment: &str) -> Vec<syn::Attribute> {
    let comment = docs(&[comment]);
    syn::parse_quote! { #comment }
}

/// Gives the client crate its name.
struct Rename<'a> {
    client: &'a syn::Ident,
}

impl VisitMut for Rename<'_> {
    fn visit_ident_mut(&mut self, name: &mut syn::Ident) {
        // What the mock crate names of the runtime, the client crate passes on.
        if name == engine::CLIENT || name == "rhombus_kisi_runtime" {
            *name = self.client.clone();
        }
        visit_mut::visit_ident_mut(self, name);
    }
}

fn operations(module: &mut ItemMod, normalised: &Normalised, client: &syn::Ident) -> Result<(), String> {
    let Some((_, items)) = &mut module.content else {
        return Ok(());
    };
    let by_type: BTreeMap<String, (&String, &Operation)> = (normalised.operations.iter())
        .map(|(method, operation)| (method.replace('_', "").to_lowercase(), (method, operation)))
        .collect();
    let named = |ident: &syn::Ident| {
        let name = ident.to_string();
        let (stem, when) = name
            .strip_suffix("When")
            .map(|stem| (stem, true))
            .or_else(|| Some((name.strip_suffix("Then")?, false)))?;
        // No two methods are the same but for their underscores.
        Some((*by_type.get(&stem.to_lowercase())?, when))
    };
    let mut responses = Vec::new();
    for item in &mut *items {
        match item {
            Item::Struct(item) => {
                if let Some(((_, operation), when)) = named(&item.ident) {
                    if !when {
                        responses.push(item.ident.clone());
                    }
                    let what = if when {
                        "What a request has to be"
                    } else {
                        "The response"
                    };
                    item.attrs
                        .extend(attribute(&format!(" {what}, for {}.", code(&operation.id))));
                    item.attrs.push(syn::parse_quote! { #[derive(Debug)] });
                    if let syn::Fields::Unnamed(_) = &item.fields {
                        let (name, attributes) = (&item.ident, &item.attrs);
                        // httpmock's own types have no `Debug`.
                        let kept = attributes
                            .iter()
                            .filter(|attribute| !attribute.path().is_ident("derive"));
                        let inner = if when {
                            quote! { ::httpmock::When }
                        } else {
                            quote! { crate::replies::Replies }
                        };
                        *item = syn::parse_quote! { #(#kept)* #[allow(missing_debug_implementations)] pub struct #name(#inner); };
                    }
                }
            }
            Item::Impl(item) => {
                let name = match &*item.self_ty {
                    syn::Type::Path(path) => path.path.get_ident().cloned(),
                    _ => None,
                };
                if let Some(((method, operation), when)) = name.as_ref().and_then(named) {
                    let matchers = match when {
                        true => matchers(item, method, operation, normalised, client)?,
                        false => Vec::new(),
                    };
                    implementation(item, operation, normalised, when)?;
                    item.items.extend(matchers);
                    if !when {
                        item.items.extend(helpers(item, normalised)?);
                    }
                }
            }
            _ => {}
        }
    }
    if !responses.is_empty() {
        items.push(syn::parse_quote! { crate::replies::replies! { #(#responses)* } });
    }
    Ok(())
}

/// The methods that set a response by the roles of its properties.
fn helpers(item: &ItemImpl, normalised: &Normalised) -> Result<Vec<ImplItem>, String> {
    let ok = item.items.iter().find_map(|item| match item {
        ImplItem::Fn(method) if method.sig.ident == "ok" => Some(method),
        _ => None,
    });
    let Some(name) = ok.and_then(returned) else {
        return Ok(Vec::new());
    };
    let roles = normalised.roles.get(&name.to_string());
    let field = |role: Role| {
        let mut all = roles.into_iter().flatten();
        all.find(|(own, _)| *own == role)
            .map(|(_, field)| ident(field))
            .transpose()
    };
    let set_message = |message: Option<syn::Ident>| match message {
        Some(message) => (
            quote! { , message: &str },
            quote! { value.#message = message.to_owned().into(); },
        ),
        None => (TokenStream::new(), TokenStream::new()),
    };
    let mut helpers = Vec::new();
    if let Some(error) = field(Role::Error)? {
        let (argument, set) = set_message(field(Role::Message)?);
        helpers.push(syn::parse_quote! {
            /// Returns status 200 with a body that says that the server rejected the request.
            pub fn rejected(self #argument) -> Self {
                let mut value = types::#name::default();
                value.#error = true.into();
                #set
                self.ok(&value)
            }
        });
    }
    if let Some(auth) = field(Role::IntegrationAuth)? {
        helpers.push(syn::parse_quote! {
            /// Returns status 200 with a body that says that the integrated system rejected its credential.
            pub fn auth_error(self) -> Self {
                let mut value = types::#name::default();
                value.#auth = true.into();
                self.ok(&value)
            }
        });
    }
    if let Some(warning) = field(Role::Warning)? {
        let (argument, set) = set_message(Some(warning));
        helpers.push(syn::parse_quote! {
            /// Returns status 200 with a body that says that the request was carried out, with this caveat.
            pub fn warning(self #argument) -> Self {
                let mut value = types::#name::default();
                #set
                self.ok(&value)
            }
        });
    }
    Ok(helpers)
}

/// The name of the type that a method takes a reference to, if it is one of the client's.
fn returned(method: &ImplItemFn) -> Option<syn::Ident> {
    method.sig.inputs.iter().find_map(|argument| match argument {
        FnArg::Typed(argument) => match &*argument.ty {
            syn::Type::Reference(reference) => match &*reference.elem {
                syn::Type::Path(path) if path.path.segments.len() == 2 => {
                    let mut segments = path.path.segments.iter();
                    let is_type = segments.next().is_some_and(|first| first.ident == "types");
                    segments
                        .next()
                        .filter(|last| is_type && last.arguments.is_none())
                        .map(|last| last.ident.clone())
                }
                _ => None,
            },
            _ => None,
        },
        FnArg::Receiver(_) => None,
    })
}

/// The methods for parameters that are no plain text: each matches what the client writes for the value.
fn matchers(
    item: &ItemImpl,
    name: &str,
    operation: &Operation,
    normalised: &Normalised,
    client: &syn::Ident,
) -> Result<Vec<ImplItem>, String> {
    let mut matchers = Vec::new();
    for item in &item.items {
        let ImplItem::Fn(method) = item else { continue };
        let Some(parameter) = operation.parameters.get(&method.sig.ident.to_string()) else {
            continue;
        };
        if is_as_shown(parameter, method, normalised) {
            continue;
        }
        let Some(ty) = given(method) else { continue };
        let mut matcher = matcher(name, method, parameter, &argument_type(&ty))?;
        Rename { client }.visit_impl_item_fn_mut(&mut matcher);
        matchers.push(ImplItem::Fn(matcher));
    }
    Ok(matchers)
}

fn matcher(name: &str, method: &ImplItemFn, parameter: &Parameter, ty: &TokenStream) -> Result<ImplItemFn, String> {
    let client = ident(engine::CLIENT)?;
    let constant = constant_name(name)?;
    let (argument, wire) = (&method.sig.ident, &parameter.name);
    let style = style(parameter.style)?;
    let value = if ty.to_string().starts_with('&') {
        quote! { value }
    } else {
        quote! { &value }
    };
    let (write, matched) = match parameter.location {
        Location::Query => (
            quote! { query_as },
            quote! {
                let pairs = request.query_pairs().into_iter();
                Self(pairs.fold(self.0, |when, (name, value)| when.query_param(name, value)))
            },
        ),
        Location::Header => (
            quote! { header_as },
            quote! {
                let value = request.headers.get(#wire).map(|value| value.to_str().unwrap().to_owned());
                Self(match value {
                    Some(value) => self.0.header(#wire, value),
                    None => self.0.header_missing(#wire),
                })
            },
        ),
        Location::Path => (
            quote! { path_param_as },
            quote! {
                let others = regex::Regex::new(r"\\\{[^/]*?\\\}").unwrap();
                let path = regex::escape(&request.path);
                let place = regex::Regex::new(&format!("^{}$", others.replace_all(&path, "[^/]*"))).unwrap();
                Self(self.0.path_matches(place))
            },
        ),
    };
    let comment = docs(&[format!(
        " Matches this value of {}, as the client writes it.",
        code(wire)
    )]);
    Ok(syn::parse_quote! {
        #comment
        pub fn #argument(self, value: #ty) -> Self {
            let request = #client::Request::new(&#client::operations::#constant);
            let request = request.#write(#wire, #value, #style).unwrap();
            #matched
        }
    })
}

/// The type of the value that a method takes, be it optional or not.
fn given(method: &ImplItemFn) -> Option<syn::Type> {
    let ty = method.sig.inputs.iter().find_map(|argument| match argument {
        FnArg::Typed(argument) => Some(&*argument.ty),
        FnArg::Receiver(_) => None,
    })?;
    struct Bound(Option<syn::Type>);
    impl<'ast> Visit<'ast> for Bound {
        fn visit_type_param_bound(&mut self, bound: &'ast syn::TypeParamBound) {
            if let syn::TypeParamBound::Trait(bound) = bound
                && let Some(last) = bound.path.segments.last()
                && let syn::PathArguments::AngleBracketed(arguments) = &last.arguments
                && let Some(syn::GenericArgument::Type(inner)) = arguments.args.first()
            {
                self.0 = Some(optional(inner).0.clone());
            }
        }
    }
    let mut bound = Bound(None);
    bound.visit_generics(&method.sig.generics);
    Some(bound.0.unwrap_or_else(|| ty.clone()))
}

/// Whether a parameter is written as its value is shown: a scalar in the usual style.
fn is_as_shown(parameter: &Parameter, method: &ImplItemFn, normalised: &Normalised) -> bool {
    parameter.style == Style::default_of(parameter.location) && is_plain(method, normalised)
}

fn implementation(
    item: &mut ItemImpl,
    operation: &Operation,
    normalised: &Normalised,
    when: bool,
) -> Result<(), String> {
    item.items.retain(|item| match item {
        // Of a response the generator's other methods are for statuses that no document of this kind describes.
        ImplItem::Fn(method) if !when => ["new", "into_inner", "ok"].iter().any(|name| method.sig.ident == name),
        ImplItem::Fn(method) => !unusable(method, operation, normalised),
        _ => true,
    });
    for item in &mut item.items {
        let ImplItem::Fn(method) = item else { continue };
        let name = method.sig.ident.to_string();
        let comment = match name.as_str() {
            "new" if when => {
                let verb = ident(&operation.method)?;
                let path = if operation.path.contains('{') {
                    let pattern = pattern(&operation.path, "");
                    quote! { path_matches(regex::Regex::new(#pattern).unwrap()) }
                } else {
                    let path = &operation.path;
                    quote! { path(#path) }
                };
                let query = operation.query.split('&').filter(|pair| !pair.is_empty()).map(|pair| {
                    let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
                    let [name, value] =
                        [name, value].map(|text| percent_decode_str(text).decode_utf8_lossy().into_owned());
                    quote! { .query_param(#name, #value) }
                });
                method.block = syn::parse_quote! { { Self(inner.method(::httpmock::Method::#verb).#path #(#query)*) } };
                " Matches the operation's method and path.".to_owned()
            }
            "new" => {
                method.block = syn::parse_quote! { { Self(crate::replies::Replies::new(inner)) } };
                " A response that is not set up yet.".to_owned()
            }
            "into_inner" if !when => {
                method.block = syn::parse_quote! { { self.0.into_inner() } };
                " httpmock's own form, for what these methods have no words for. In a sequence it has the last response alone."
                    .to_owned()
            }
            "into_inner" => " httpmock's own form, for what the operation's document does not speak of.".to_owned(),
            "body" => {
                let (ty, value) = value(method);
                *method = syn::parse_quote! {
                    pub fn body(self, value: #ty) -> Self {
                        Self(self.0.json_body_obj(#value))
                    }
                };
                " Matches exactly this body.".to_owned()
            }
            "ok" => {
                response(method, operation);
                " Returns status 200 with this body.".to_owned()
            }
            other => {
                let Some(parameter) = operation.parameters.get(other) else {
                    continue;
                };
                let argument = name.clone();
                if parameter.location == Location::Path {
                    in_path(method, &operation.path, &parameter.name);
                } else {
                    let wire = parameter.name.clone();
                    Wire { argument, wire }.visit_impl_item_fn_mut(method);
                }
                format!(" Matches this value of {}.", code(&parameter.name))
            }
        };
        let attributes = std::mem::take(&mut method.attrs);
        method.attrs = attribute(&comment).into_iter().chain(attributes).collect();
    }
    Ok(())
}

/// What the generator writes and cannot work: a body that is no JSON, a parameter that is no plain text and has [`matchers`].
fn unusable(method: &ImplItemFn, operation: &Operation, normalised: &Normalised) -> bool {
    let name = method.sig.ident.to_string();
    match name.as_str() {
        "new" | "into_inner" | "ok" => false,
        "body" => operation.body != Body::Json,
        _ => match operation.parameters.get(&name) {
            None => true,
            Some(parameter) => !is_as_shown(parameter, method, normalised),
        },
    }
}

/// Whether a method's value is a scalar, which is written as it is shown.
fn is_plain(method: &ImplItemFn, normalised: &Normalised) -> bool {
    struct Types<'a> {
        normalised: &'a Normalised,
        plain: bool,
    }
    impl<'ast> Visit<'ast> for Types<'_> {
        fn visit_path(&mut self, path: &'ast syn::Path) {
            let names: Vec<String> = path.segments.iter().map(|segment| segment.ident.to_string()).collect();
            let names: Vec<&str> = names.iter().map(String::as_str).collect();
            self.plain &= match names.as_slice() {
                ["types", name] => matches!(self.normalised.shapes.get(*name), Some(Shape::Enum(_))),
                [.., last] => !matches!(
                    *last,
                    "BTreeMap" | "Date" | "DateTime" | "Map" | "Secret" | "Value" | "Vec"
                ),
                [] => true,
            };
            visit::visit_path(self, path);
        }
    }
    let mut types = Types {
        normalised,
        plain: true,
    };
    types.visit_signature(&method.sig);
    types.plain
}

/// The type of a method's value as the client has it, and the value as a reference.
fn value(method: &ImplItemFn) -> (TokenStream, TokenStream) {
    let ty = method.sig.inputs.iter().find_map(|argument| match argument {
        FnArg::Typed(argument) => Some(&*argument.ty),
        FnArg::Receiver(_) => None,
    });
    match ty {
        Some(syn::Type::Reference(reference)) => match optional(&reference.elem).0 {
            syn::Type::Path(path) if path.path.is_ident("str") => (quote! { &str }, quote! { &value }),
            inner => {
                let inner = value_type(inner);
                (quote! { &#inner }, quote! { value })
            }
        },
        ty => (quote! { #ty }, quote! { &value }),
    }
}

/// Gives a parameter its name on the wire, where the generator has that of its argument.
struct Wire {
    argument: String,
    wire: String,
}

impl VisitMut for Wire {
    fn visit_lit_str_mut(&mut self, literal: &mut syn::LitStr) {
        if literal.value() == self.argument {
            *literal = syn::LitStr::new(&self.wire, literal.span());
        }
    }
}

/// Has a parameter of the path match its own place alone, and as a text.
fn in_path(method: &mut ImplItemFn, path: &str, name: &str) {
    let pattern = pattern(path, name);
    method.block = syn::parse_quote! { {
        let place = regex::Regex::new(&format!(#pattern, regex::escape(&value.to_string()))).unwrap();
        Self(self.0.path_matches(place))
    } };
}

/// A pattern of a path. With the name of a parameter it is a format of one, with that parameter open.
fn pattern(path: &str, name: &str) -> String {
    let mut pattern = String::from("^");
    for (at, piece) in path.split('{').enumerate() {
        let (parameter, text) = match piece.split_once('}') {
            Some((parameter, text)) if at > 0 => (Some(parameter), text),
            _ => (None, piece),
        };
        pattern.push_str(match parameter {
            Some(parameter) if parameter == name && !name.is_empty() => "{}",
            Some(_) => "[^/]*",
            None => "",
        });
        for character in text.chars() {
            if !character.is_ascii_alphanumeric() && character.is_ascii() && character != '/' {
                pattern.push('\\');
            }
            pattern.push(character);
            if matches!(character, '{' | '}') && !name.is_empty() {
                pattern.push(character);
            }
        }
    }
    pattern.push('$');
    pattern
}

fn response(method: &mut ImplItemFn, operation: &Operation) {
    match operation.response {
        ResponseBody::Json => {
            let (ty, value) = value(method);
            *method = syn::parse_quote! {
                pub fn ok(self, value: #ty) -> Self {
                    let body = serde_json::to_vec(#value).unwrap();
                    Self(self.0.respond(200, &[("content-type", "application/json")], body))
                }
            };
        }
        ResponseBody::Bytes | ResponseBody::Stream => {
            *method = syn::parse_quote! {
                pub fn ok(self, content_type: &str, body: impl AsRef<[u8]>) -> Self {
                    Self(self.0.respond(200, &[("content-type", content_type)], body.as_ref()))
                }
            };
        }
        ResponseBody::Empty => {
            *method = syn::parse_quote! {
                pub fn ok(self) -> Self {
                    Self(self.0.respond(200, &[], ""))
                }
            };
        }
    }
}
