use std::collections::BTreeSet;
use std::path::Path;

use progenitor::{GenerationSettings, Generator, InterfaceStyle, TypeImpl};
use schemars08::schema::{InstanceType, SchemaObject};

use super::contained;
use crate::normalise::Normalised;
use crate::{Error, Result};

/// What the generator wrote, as syntax trees.
pub(super) struct Generated {
    /// The client.
    pub(super) client: syn::File,
    /// The mock crate.
    pub(super) httpmock: syn::File,
}

/// The crate name that the generator's mock code names its client by.
pub(super) const CLIENT: &str = "generated_client";

/// Runs progenitor over a normalised document.
///
/// # Errors
/// [`Error::Generator`] with the operation that it does not take, found by trying parts.
pub(super) fn run(file: &Path, normalised: &Normalised) -> Result<Generated> {
    attempt(&normalised.document).map_err(|message| {
        let all: Vec<&String> = normalised.operations.keys().collect();
        let operation = culprit(normalised, &all).map_or_else(
            || "(none alone)".to_owned(),
            |name| normalised.operations[name].id.clone(),
        );
        Error::Generator {
            file: file.to_owned(),
            operation,
            message,
        }
    })
}

/// The same, but an operation that the generator does not take is left out and noted.
pub(super) fn run_leaving_out(file: &Path, mut normalised: Normalised) -> Result<(Normalised, Generated)> {
    loop {
        let message = match attempt(&normalised.document) {
            Ok(generated) => return Ok((normalised, generated)),
            Err(message) => message,
        };
        let all: Vec<&String> = normalised.operations.keys().collect();
        let Some(name) = culprit(&normalised, &all).cloned() else {
            return Err(Error::Generator {
                file: file.to_owned(),
                operation: "(none alone)".to_owned(),
                message,
            });
        };
        let Some(operation) = normalised.operations.remove(&name) else {
            continue;
        };
        normalised.notes.left_out(operation.id, message);
        let kept: BTreeSet<&String> = normalised.operations.keys().collect();
        normalised.document = crate::normalise::restrict(&normalised.document, &kept);
    }
}

/// The first operation that fails on its own, by halves.
fn culprit<'a>(normalised: &Normalised, among: &[&'a String]) -> Option<&'a String> {
    let fails = |names: &[&String]| {
        let names: BTreeSet<&String> = names.iter().copied().collect();
        attempt(&crate::normalise::restrict(&normalised.document, &names)).is_err()
    };
    let mut among = among;
    while among.len() > 1 {
        let (first, second) = among.split_at(among.len() / 2);
        among = if fails(first) {
            first
        } else if fails(second) {
            second
        } else {
            return None;
        };
    }
    among.first().copied().filter(|name| fails(&[name]))
}

fn attempt(document: &serde_json::Value) -> Result<Generated, String> {
    // Text crosses the threads: token streams cannot.
    let (client, httpmock) = contained::run(|| -> Result<(String, String), String> {
        let spec: openapiv3::OpenAPI =
            serde_json::from_value(document.clone()).map_err(|error| format!("it is not OpenAPI 3.0: {error}"))?;
        let mut generator = Generator::new(&settings());
        let client = generator.generate_tokens(&spec).map_err(|error| error.to_string())?;
        let httpmock = generator.httpmock(&spec, CLIENT).map_err(|error| error.to_string())?;
        Ok((client.to_string(), httpmock.to_string()))
    })??;
    let parse = |text: &str| syn::parse_file(text).map_err(|error| format!("its code is not Rust: {error}"));
    Ok(Generated {
        client: parse(&client)?,
        httpmock: parse(&httpmock)?,
    })
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
            format("RUUID"),
            "::rhombus_kisi_runtime::RhombusUuid",
            [TypeImpl::Default, TypeImpl::Display].into_iter(),
        )
        .with_conversion(
            format("password"),
            "::rhombus_kisi_runtime::Secret",
            [TypeImpl::Default, TypeImpl::Display].into_iter(),
        );
    settings
}
