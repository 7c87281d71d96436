//! Generating, and finding out which operation it is that the generator does not take.

use std::collections::BTreeSet;
use std::path::Path;

use super::header::Header;
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
                    layout::httpmock(self.package, self.header, self.document, normalised, generated)
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
                    generated,
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
            let culprit = self.culprits(normalised).into_iter().next();
            let (name, message) = culprit.map_or((None, message), |(name, own)| (Some(name), own));
            blame(&self.document.file, normalised, name.as_deref(), message)
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
            let culprits = self.culprits(normalised);
            if culprits.is_empty() {
                return Err(blame(&self.document.file, normalised, None, message));
            }
            for (name, why) in culprits {
                if let Some(operation) = normalised.operations.remove(&name) {
                    normalised.diagnostics.left_out(operation.id, why);
                }
            }
            let kept: BTreeSet<&String> = normalised.operations.keys().collect();
            *normalised = normalise::restrict(normalised, &kept);
        }
    }

    /// The operations that fail on their own, and why each does.
    fn culprits(&self, normalised: &Normalised) -> Vec<(String, String)> {
        let attempt = |names: &[&String]| {
            let names: BTreeSet<&String> = names.iter().copied().collect();
            self.attempt(&normalise::restrict(normalised, &names)).map(drop)
        };
        let all: Vec<&String> = normalised.operations.keys().collect();
        let mut found = Vec::new();
        culprits(&all, &attempt, &mut found);
        found
    }
}

/// Finds the names that fail alone among names that fail together, by halves: no name is tried more often than the number of
/// names can be halved.
fn culprits<'a>(
    names: &[&'a String],
    attempt: &dyn Fn(&[&'a String]) -> Result<(), String>,
    found: &mut Vec<(String, String)>,
) {
    let (first, second) = names.split_at(names.len() / 2);
    let one_alone = first.is_empty();
    for half in [first, second].into_iter().filter(|half| !half.is_empty()) {
        match (attempt(half), half) {
            (Ok(()), _) => {}
            (Err(why), [name]) => found.push(((*name).clone(), why)),
            (Err(_), _) if !one_alone => culprits(half, attempt, found),
            (Err(_), _) => {}
        }
    }
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

#[cfg(test)]
mod tests {
    use std::cell::Cell;

    use super::culprits;

    /// Which of `count` names fail where each `step`th does, how many are tried in all, and in how many attempts.
    fn searched(count: usize, step: usize) -> (usize, usize, usize) {
        let names: Vec<String> = (0..count).map(|number| number.to_string()).collect();
        let (tried, attempts, mut found) = (Cell::new(0), Cell::new(0), Vec::new());
        let attempt = |names: &[&String]| {
            tried.set(tried.get() + names.len());
            attempts.set(attempts.get() + 1);
            match names
                .iter()
                .find(|name| name.parse::<usize>().is_ok_and(|number| number.is_multiple_of(step)))
            {
                Some(name) => Err(format!("{name} is wrong")),
                None => Ok(()),
            }
        };
        culprits(&names.iter().collect::<Vec<_>>(), &attempt, &mut found);
        assert!(
            found.iter().all(|(name, why)| *why == format!("{name} is wrong")),
            "{found:?}"
        );
        (found.len(), tried.get(), attempts.get())
    }

    #[test]
    fn each_operation_that_fails_is_found_in_one_search() {
        assert_eq!(searched(1, 1), (1, 1, 1));
        assert_eq!(searched(8, 100), (1, 8 + 4 + 2, 6));
        // All of them: each is tried once a level.
        assert_eq!(searched(256, 1), (256, 256 * 8, 510));
        let (found, tried, _) = searched(1_024, 2);
        assert_eq!((found, tried), (512, 1_024 * 10));
    }
}
