use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use rhombus_kisi_runtime::drift::{FindingKind, Paths, Sighting};

use super::report::{DriftFinding, DriftReport};

/// How many findings are kept.
const MOST: usize = 500;

/// What the responses of a client and its clones had that the document of the API does not have.
#[derive(Debug, Default)]
pub(crate) struct DriftLog {
    paths: Paths,
    kept: Mutex<Kept>,
}

#[derive(Debug, Default)]
struct Kept {
    /// By operation, place and kind.
    findings: BTreeMap<(&'static str, String, FindingKind), Counts>,
    others: u64,
}

#[derive(Clone, Copy, Debug, Default)]
struct Counts {
    responses: u64,
    occurrences: u64,
}

impl DriftLog {
    /// Counts the findings of one response, and returns those that are new.
    pub(crate) fn count(&self, sighting: &Sighting<'_>) -> Vec<(FindingKind, String)> {
        let operation = sighting.operation().id;
        let (findings, others) = sighting.findings(&self.paths);
        let mut new = Vec::new();
        let mut kept = self.lock();
        kept.others += others;
        for finding in findings {
            let key = (operation, finding.path, finding.kind);
            if let Some(counts) = kept.findings.get_mut(&key) {
                counts.responses += 1;
                counts.occurrences += finding.count;
            } else if kept.findings.len() < MOST {
                new.push((key.2, key.1.clone()));
                let counts = Counts {
                    responses: 1,
                    occurrences: finding.count,
                };
                kept.findings.insert(key, counts);
            } else {
                kept.others += finding.count;
            }
        }
        new
    }

    pub(crate) fn report(&self) -> DriftReport {
        let kept = self.lock();
        let findings = kept
            .findings
            .iter()
            .map(|((operation, path, kind), counts)| DriftFinding {
                operation,
                kind: *kind,
                path: path.clone(),
                responses: counts.responses,
                occurrences: counts.occurrences,
            });
        DriftReport {
            version: env!("CARGO_PKG_VERSION"),
            findings: findings.collect(),
            others: kept.others,
        }
    }

    fn lock(&self) -> MutexGuard<'_, Kept> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
