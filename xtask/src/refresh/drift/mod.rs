//! Which findings of a drift report a release of the document explains.

mod report;
mod schema;

use serde_json::Value;

pub use report::{DriftReport, Finding};
use report::{Step, steps};

/// A finding, and what the release has to say of it.
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub struct Explained {
    /// The finding: its kind, operation and path.
    pub finding: String,
    /// What explains it; `None` if nothing does.
    pub explanation: Option<String>,
}

/// Explains each finding by a release of the vendor's document; `before` is the fragment that the SDK was generated from.
pub fn explain(report: &DriftReport, before: &Value, release: &Value) -> Vec<Explained> {
    let findings = report.findings.iter();
    let explained = findings.map(|finding| Explained {
        finding: line(finding),
        explanation: explanation(finding, before, release),
    });
    explained.collect()
}

/// How many characters of a text of the report are shown.
const SHOWN: usize = 500;

fn line(finding: &Finding) -> String {
    let Finding {
        operation, kind, path, ..
    } = finding;
    let text = format!("{} at {path} of {operation}", kind.replace('_', " "));
    // The report may come from anywhere.
    let shown = text.chars().filter(|character| !character.is_control());
    shown.take(SHOWN).collect()
}

fn explanation(finding: &Finding, before: &Value, release: &Value) -> Option<String> {
    let steps = steps(&finding.path)?;
    let at = |root, steps: &[Step]| schema::at(root, &finding.operation, steps);
    let (old, new) = (at(before, &steps), at(release, &steps));
    match finding.kind.as_str() {
        "unknown_property" if new.is_empty() => None,
        // That its name is not shown, or that it is there already, explains nothing.
        "unknown_property" => {
            let is_new = matches!(steps.last(), Some(Step::Property(_))) && old.is_empty();
            is_new.then(|| "the release has the property".to_owned())
        }
        "unknown_value" => {
            let known = schema::values(&old);
            added("value", schema::values(&new).difference(&known))
        }
        "unknown_variant" => {
            let known = schema::tags(before, &old);
            added("type", schema::tags(release, &new).difference(&known))
        }
        "other_type" => {
            let (old, new) = (schema::types(&old), schema::types(&new));
            let list = |types: std::collections::BTreeSet<String>| types.into_iter().collect::<Vec<_>>().join(" or ");
            (old != new && !new.is_empty()).then(|| format!("the release has {}, not {}", list(new), list(old)))
        }
        _ => None,
    }
}

/// How many names are shown.
const NAMES: usize = 10;

fn added<'a>(what: &str, names: impl Iterator<Item = &'a &'a str>) -> Option<String> {
    let names: Vec<String> = names.map(|name| format!("{name:?}")).collect();
    let shown = names.get(..NAMES.min(names.len()))?.join(", ");
    let plural = if names.len() == 1 { "" } else { "s" };
    let more = if names.len() > NAMES { " and others" } else { "" };
    (!names.is_empty()).then(|| format!("the release has the {what}{plural} {shown}{more}"))
}
