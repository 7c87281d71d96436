//! Whether the integration is there, switched on, and connected to both sides.

use crate::compare::JsonPath;
use crate::diagnose::facts::Facts;
use crate::diagnose::finding::Finding;
use crate::diagnose::kind::FindingKind;
use crate::diagnose::location::Location;
use crate::types::BadgeIntegrationSettings;

pub(super) fn inspect(facts: &Facts, findings: &mut Vec<Finding>) {
    if facts.v1.is_none() && facts.v2.is_none() {
        findings.push(Finding::new(Location::Integration, FindingKind::NoIntegration));
        return;
    }
    if !facts.is_enabled() {
        findings.push(Finding::new(setting("enabled"), FindingKind::Disabled));
    }
    if facts.kisi_key().is_none() {
        findings.push(Finding::new(setting("apiSecretKey"), FindingKind::NoKisiKey));
    }
    if facts.v2.is_none() || facts.root_doors().next().is_some() || facts.root_cameras().next().is_some() {
        findings.push(Finding::new(Location::Integration, FindingKind::DeprecatedVersion));
    }
    connections(facts, findings);
}

/// The webhook and the token of each place; those at the root are for a place alone, or for doors without one.
fn connections(facts: &Facts, findings: &mut Vec<Finding>) {
    let root = facts.v1.as_ref();
    let (webhook, token) = (
        root.and_then(|v1| v1.webhook_id.get()),
        root.and_then(|v1| v1.rhombus_token.get()),
    );
    let of_root = root.and_then(|v1| v1.place_id.copied());
    let mut places = facts.places().peekable();
    if places.peek().is_none() {
        for (name, is_there, kind) in [
            ("webhookId", webhook.is_some(), FindingKind::NoWebhook),
            ("rhombusToken", token.is_some(), FindingKind::NoToken),
        ] {
            if !is_there {
                findings.push(Finding::new(setting(name), kind));
            }
        }
    }
    for (id, place) in places {
        let is_root = of_root.is_some_and(|root| root.to_string() == id);
        if place.webhook_id.get().or(webhook.filter(|_| is_root)).is_none() {
            findings.push(Finding::new(at(id, place), FindingKind::NoWebhook));
        }
        if place.rhombus_token.get().or(token.filter(|_| is_root)).is_none() {
            findings.push(Finding::new(at(id, place), FindingKind::NoToken));
        }
        for &door in place.misconfigured_doors.iter().flatten() {
            findings.push(Finding::new(at(id, place), FindingKind::Misconfigured { door }));
        }
    }
}

fn at(id: &str, place: &BadgeIntegrationSettings) -> Location {
    Location::Place {
        id: id.to_owned(),
        name: place.place_name.cloned(),
    }
}

fn setting(name: &str) -> Location {
    Location::Setting {
        path: JsonPath::from_names([name]),
    }
}
