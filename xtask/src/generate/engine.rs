mod outline;

use progenitor::{GenerationSettings, Generator, InterfaceStyle, TypeImpl};
use schemars08::schema::{InstanceType, SchemaObject};
use serde_json::{Map, Value, json};

use crate::document::TARGET;
use crate::document::grammar::METHODS;
use crate::normalise::{ID_FORMAT, Normalised, without_hints};

/// The crate name that the generator's mock code names its client by: no name of a document's begins like that.
pub(super) const CLIENT: &str = "__generated_client";

/// Runs progenitor over a normalised document, for the client.
///
/// # Errors
/// Its error message. It may also panic.
pub(super) fn client(normalised: &Normalised) -> Result<syn::File, String> {
    let tokens = Generator::new(&settings()).generate_tokens(&openapi(normalised)?);
    parse(outline::of(tokens.map_err(|error| error.to_string())?))
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
    let mut document = read_by_it(&normalised.document);
    without_hints(&mut document);
    serde_json::from_value(document).map_err(|error| format!("it is not OpenAPI 3.0: {error}"))
}

/// The keys of an operation that the generator makes code from.
const READ: [&str; 4] = ["operationId", "parameters", "requestBody", "responses"];

/// What the generator makes code from, and no more: its parser refuses a whole document for what nobody reads, such as a
/// license without a name.
fn read_by_it(document: &Value) -> Value {
    let object = |value: Option<&Value>| value.and_then(Value::as_object).cloned().unwrap_or_default();
    let mut paths = Map::new();
    for (path, item) in object(document.get("paths")) {
        let item = object(Some(&item)).into_iter();
        let operations = item.filter(|(method, _)| METHODS.contains(&method.as_str()));
        let operations = operations.map(|(method, mut operation)| {
            if let Some(operation) = operation.as_object_mut() {
                operation.retain(|key, _| READ.contains(&key.as_str()));
            }
            (method, operation)
        });
        paths.insert(path, operations.collect::<Map<_, _>>().into());
    }
    json!({
        "openapi": TARGET,
        "info": { "title": "API", "version": "0" },
        "paths": paths,
        "components": { "schemas": object(document.pointer("/components/schemas")) },
    })
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
