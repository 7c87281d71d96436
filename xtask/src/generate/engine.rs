use progenitor::{GenerationSettings, Generator, InterfaceStyle, TypeImpl};
use schemars08::schema::{InstanceType, SchemaObject};

use crate::normalise::{ID_FORMAT, Normalised, without_hints};

/// The crate name that the generator's mock code names its client by: no name of a document's begins like that.
pub(super) const CLIENT: &str = "__generated_client";

/// Runs progenitor over a normalised document, for the client.
///
/// # Errors
/// What it says where it refuses. It may also panic.
pub(super) fn client(normalised: &Normalised) -> Result<syn::File, String> {
    let tokens = Generator::new(&settings()).generate_tokens(&openapi(normalised)?);
    parse(tokens.map_err(|error| error.to_string())?)
}

/// The same for the mock crate.
///
/// # Errors
/// As for the client.
pub(super) fn httpmock(normalised: &Normalised) -> Result<syn::File, String> {
    let tokens = Generator::new(&settings()).httpmock(&openapi(normalised)?, CLIENT);
    parse(tokens.map_err(|error| error.to_string())?)
}

fn openapi(normalised: &Normalised) -> Result<openapiv3::OpenAPI, String> {
    // It tells types by all that their schemas say.
    let mut document = normalised.document.clone();
    without_hints(&mut document);
    serde::Deserialize::deserialize(&document).map_err(|error| format!("it is not OpenAPI 3.0: {error}"))
}

fn parse(tokens: proc_macro2::TokenStream) -> Result<syn::File, String> {
    syn::parse2(tokens).map_err(|error| format!("its code is not Rust: {error}"))
}

fn settings() -> GenerationSettings {
    let format = |format: &str| SchemaObject {
        instance_type: Some(InstanceType::String.into()),
        format: Some(format.to_owned()),
        ..SchemaObject::default()
    };
    let mut settings = GenerationSettings::default();
    settings
        .with_interface(InterfaceStyle::Positional)
        .with_map_type("::std::collections::BTreeMap")
        .with_conversion(
            format(ID_FORMAT),
            "::rhombus_kisi_runtime::RhombusUuid",
            [TypeImpl::Default, TypeImpl::Display].into_iter(),
        )
        .with_conversion(
            format("x-date"),
            "::rhombus_kisi_runtime::Date",
            [TypeImpl::Display].into_iter(),
        )
        .with_conversion(
            format("x-date-time"),
            "::rhombus_kisi_runtime::DateTime",
            [TypeImpl::Display].into_iter(),
        )
        .with_conversion(
            format("password"),
            "::rhombus_kisi_runtime::Secret",
            [TypeImpl::Default, TypeImpl::Display].into_iter(),
        );
    settings
}
