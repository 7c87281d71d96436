use std::fmt;

use serde::Serialize;

use super::finding::Finding;
use super::severity::Severity;

/// What a diagnosis found, the worst first.
///
/// `Display` has a line for each finding, serde all of them for machines.
#[derive(Clone, Debug, Default, Eq, PartialEq, Serialize)]
#[must_use = "a report is there to be looked at"]
pub struct Report {
    findings: Vec<Finding>,
}

impl Report {
    pub(super) fn new(mut findings: Vec<Finding>) -> Self {
        findings.sort_by_key(|finding| std::cmp::Reverse(finding.severity()));
        Self { findings }
    }

    /// Returns the findings, the worst first.
    pub fn findings(&self) -> &[Finding] {
        &self.findings
    }

    /// Returns whether there is neither an error nor a warning.
    pub fn is_sound(&self) -> bool {
        self.worst() <= Some(Severity::Info)
    }

    /// Returns the severity of the worst finding; `None` if there is no finding.
    pub fn worst(&self) -> Option<Severity> {
        self.findings.first().map(Finding::severity)
    }

    fn count(&self, severity: Severity) -> usize {
        let findings = self.findings.iter();
        findings.filter(|finding| finding.severity() == severity).count()
    }
}

/// How many findings are shown.
const SHOWN: usize = 200;

/// A summary, and a line for each finding; at most 200 lines.
impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let counted = [
            (Severity::Error, "error", "errors"),
            (Severity::Warning, "warning", "warnings"),
            (Severity::Info, "remark", "remarks"),
        ];
        let counted = counted.map(|(severity, one, many)| (self.count(severity), one, many));
        let counts: Vec<_> = counted
            .into_iter()
            .filter(|(count, ..)| *count > 0)
            .map(|(count, one, many)| format!("{count} {}", if count == 1 { one } else { many }))
            .collect();
        match counts.is_empty() {
            true => f.write_str("nothing found")?,
            false => f.write_str(&counts.join(", "))?,
        }
        for finding in self.findings.iter().take(SHOWN) {
            write!(f, "\n  {finding}")?;
        }
        match self.findings.len().checked_sub(SHOWN) {
            None | Some(0) => Ok(()),
            Some(more) => write!(f, "\n  and {more} more"),
        }
    }
}
