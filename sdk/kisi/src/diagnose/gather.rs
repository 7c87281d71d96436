//! Reads what a diagnosis is about. It never writes, and unlocks nothing.

use rhombus_kisi_runtime::{Error, Secret};

use super::cameras::cameras;
use super::facts::Facts;
use super::finding::Finding;
use super::kind::FindingKind;
use super::location::Location;
use crate::compare::looks_like_a_mask;
use crate::{Client, Settings, Snapshot};

/// What was read, and what was found while reading.
pub(super) async fn gather(client: &Client, key: Option<Secret>) -> Result<(Facts, Vec<Finding>), Error> {
    let mut findings = Vec::new();
    let v1 = client.kisi_integration().await;
    let v2 = client.kisi_integration_v2().await;
    if v1.is_err() && v2.is_err() {
        for error in [v1.err(), v2.err()].into_iter().flatten() {
            // Without any settings there is no diagnosis, unless the reason is one.
            let kind = reason(&error).ok_or(error)?;
            findings.push(Finding::new(Location::Client, kind));
        }
        findings.dedup();
        return Ok((Facts::default(), findings));
    }
    let mut facts = Facts {
        v1: read(v1, "the first version of the settings", &mut findings),
        v2: read(v2, "the second version of the settings", &mut findings),
        ..Facts::default()
    };
    let usable = |key: &&Secret| !looks_like_a_mask(key.expose());
    if let Some(key) = key.or_else(|| facts.kisi_key().filter(usable).cloned()) {
        facts.doors = Some(client.kisi_doors(key).await);
    }
    if facts.assigned().next().is_some() {
        facts.cameras = Some(cameras(client).await);
    }
    Ok((facts, findings))
}

fn read<S: Settings>(read: Result<Snapshot<S>, Error>, what: &'static str, findings: &mut Vec<Finding>) -> Option<S> {
    match read {
        Ok(snapshot) => snapshot.exists().then(|| snapshot.into_settings()),
        Err(error) => {
            let kind = reason(&error).unwrap_or_else(|| not_checked(what, &error));
            findings.push(Finding::new(Location::Integration, kind));
            None
        }
    }
}

/// What an error says of the organisation, if it does.
fn reason(error: &Error) -> Option<FindingKind> {
    match error {
        Error::Unauthorized { .. } | Error::Forbidden { .. } => Some(FindingKind::KeyRejected),
        Error::IntegrationAuth { .. } => Some(FindingKind::KisiKeyRejected),
        Error::UnexpectedIntegration { found, .. } => Some(FindingKind::OtherIntegration { found: found.clone() }),
        _ => None,
    }
}

pub(super) fn not_checked(what: &'static str, error: &Error) -> FindingKind {
    FindingKind::NotChecked {
        what,
        reason: error.to_string(),
    }
}
