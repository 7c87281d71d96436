//! Generating, and finding out which operation it is that the generator does not take.

use std::collections::BTreeSet;
use std::path::Path;

use super::layout::Header;
use super::{Files, Package, contained, engine, layout};
use crate::api::Api;
use crate::document::{Document, pointer};
use crate::normalise::{self, Normalised};
use crate::{Error, Result};

/// What the crates are made from, but for the operations.
pub(super) struct Crates<'a> {
    pub(super) package: &'a Package,
    pub(super) header: &'a Header,
    pub(super) document: &'a Document,
    pub(super) api: &'a Api,
    /// Whether there is a mock crate.
    pub(super) httpmock: bool,
}

/// The files of the client crate, and of the mock crate.
pub(super) struct Made {
    pub(super) client: Files,
    pub(super) httpmock: Files,
}

impl Crates<'_> {
    /// Makes both crates at the same time, each on a thread where a panic of the generator's does no harm.
    ///
    /// # Errors
    /// What the generator, or the pass over its code, says.
    fn attempt(&self, normalised: &Normalised) -> Result<Made, String> {
        std::thread::scope(|scope| {
            let httpmock = scope.spawn(|| {
                if !self.httpmock {
                    return Ok(Files::new());
                }
                contained::run(|| {
                    let generated = engine::httpmock(normalised)?;
                    layout::httpmock(self.package, self.header, self.document, normalised, &generated)
                })?
            });
            let client = contained::run(|| {
                let generated = engine::client(normalised)?;
                layout::client(
                    self.package,
                    self.header,
                    self.document,
                    normalised,
                    self.api,
                    &generated,
                )
            });
            let httpmock = httpmock
                .join()
                .unwrap_or_else(|_| Err("the mock crate's thread broke off".to_owned()));
            Ok(Made {
                client: client??,
                httpmock: httpmock?,
            })
        })
    }

    /// Makes the crates, all operations or none.
    ///
    /// # Errors
    /// [`Error::Generator`] with the operation that is not taken, found by trying parts.
    pub(super) fn make(&self, normalised: &Normalised) -> Result<Made> {
        self.attempt(normalised).map_err(|message| {
            let culprit = self.culprit(normalised);
            blame(&self.document.file, normalised, culprit.as_deref(), message)
        })
    }

    /// Makes the crates; an operation that is not taken is left out and noted.
    ///
    /// # Errors
    /// [`Error::Generator`] where no single operation is the cause.
    pub(super) fn make_leaving_out(&self, normalised: &mut Normalised) -> Result<Made> {
        loop {
            let message = match self.attempt(normalised) {
                Ok(made) => return Ok(made),
                Err(message) => message,
            };
            let culprit = self.culprit(normalised);
            let Some((name, operation)) = culprit.and_then(|name| normalised.operations.remove_entry(&name)) else {
                return Err(blame(&self.document.file, normalised, None, message));
            };
            // What it says of the operation alone is nearer than what it said of them all.
            let alone = self.attempt(&part(normalised, &BTreeSet::from([&name])));
            normalised
                .diagnostics
                .left_out(operation.id, alone.err().unwrap_or(message));
            let kept: BTreeSet<&String> = normalised.operations.keys().collect();
            normalised.document = normalise::restrict(&normalised.document, &kept);
        }
    }

    /// The first operation that fails on its own, by halves.
    fn culprit(&self, normalised: &Normalised) -> Option<String> {
        let fails = |names: &[&String]| {
            let names: BTreeSet<&String> = names.iter().copied().collect();
            self.attempt(&part(normalised, &names)).is_err()
        };
        let all: Vec<&String> = normalised.operations.keys().collect();
        let mut among = all.as_slice();
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
        among.first().filter(|name| fails(&[name])).map(|name| (*name).clone())
    }
}

/// The document with these operations alone.
fn part(normalised: &Normalised, names: &BTreeSet<&String>) -> Normalised {
    let mut part = normalised.clone();
    part.document = normalise::restrict(&normalised.document, names);
    part.operations.retain(|name, _| names.contains(name));
    part
}

fn blame(file: &Path, normalised: &Normalised, culprit: Option<&str>, message: String) -> Error {
    let operation = culprit.and_then(|name| normalised.operations.get(name));
    Error::Generator {
        file: file.to_owned(),
        pointer: operation.map_or_else(|| "/paths".to_owned(), place),
        operation: operation.map_or_else(|| "(none alone)".to_owned(), |operation| operation.id.clone()),
        message,
    }
}

/// Where an operation is.
fn place(operation: &normalise::Operation) -> String {
    pointer::join(["paths", &operation.path, &operation.method.to_ascii_lowercase()])
}
