use std::fmt;

use rhombus_kisi_runtime::drift::FindingKind;
use serde::Serialize;
use serde::ser::Serializer;

/// What responses had and the document of the API does not have: see [`Client::drift`](crate::Client::drift).
///
/// `Display` has a line for each finding, serde all of them: `cargo xtask refresh --drift FILE` of the SDK's repository reads
/// that as JSON, and says which of them a release of the document explains.
#[derive(Clone, Debug, Default, Eq, PartialEq, Serialize)]
#[non_exhaustive]
pub struct DriftReport {
    /// The version of this SDK.
    pub version: &'static str,
    /// The findings, by operation; at most 500.
    pub findings: Vec<DriftFinding>,
    /// How many more times something was found that is none of them.
    pub others: u64,
}

/// Something that the document of the API does not have.
#[derive(Clone, Debug, Eq, PartialEq, Serialize)]
#[non_exhaustive]
pub struct DriftFinding {
    /// The operation id, such as `getKisiIntegration`.
    pub operation: &'static str,
    /// What kind of difference it is.
    #[serde(serialize_with = "name")]
    pub kind: FindingKind,
    /// Where it is in the response: `$.kisiSettings.doorInfoMap.*.badgeColour`. A map's keys are `*`, a list's elements `[]`.
    pub path: String,
    /// In how many responses it was.
    pub responses: u64,
    /// How many times it was in all of them.
    pub occurrences: u64,
}

fn name<S: Serializer>(kind: &FindingKind, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(kind.as_str())
}

impl DriftReport {
    /// Returns whether nothing was found.
    pub fn is_empty(&self) -> bool {
        self.findings.is_empty()
    }
}

impl fmt::Display for DriftReport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.findings.len() {
            0 => return f.write_str("all responses were as the API's document has them"),
            1 => f.write_str("1 difference from the API's document")?,
            count => write!(f, "{count} differences from the API's document")?,
        }
        for finding in &self.findings {
            write!(f, "\n  {finding}")?;
        }
        match self.others {
            0 => Ok(()),
            others => write!(f, "\n  and others, {others} times"),
        }
    }
}

impl fmt::Display for DriftFinding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let what = match self.kind {
            FindingKind::UnknownProperty => "unknown property",
            FindingKind::UnknownValue => "unknown value of an enumeration",
            FindingKind::UnknownVariant => "unknown type of object",
            FindingKind::OtherType => "value of another type than documented",
            other => other.as_str(),
        };
        let (operation, path) = (self.operation, &self.path);
        write!(f, "{operation}: {what} at {path}, in {}", self.responses)?;
        f.write_str(if self.responses == 1 { " response" } else { " responses" })
    }
}

#[cfg(test)]
mod tests {
    use rhombus_kisi_runtime::drift::FindingKind;

    use super::{DriftFinding, DriftReport};

    #[test]
    fn it_is_read_by_people_and_by_programs() {
        let mut report = DriftReport {
            version: "1.0.0",
            ..DriftReport::default()
        };
        assert!(report.is_empty() && report.to_string().starts_with("all responses"));
        for (kind, responses) in FindingKind::ALL.into_iter().zip(1..) {
            report.findings.push(DriftFinding {
                operation: "read",
                kind,
                path: "$.a".to_owned(),
                responses,
                occurrences: 7,
            });
        }
        report.others = 3;
        assert_eq!(
            report.to_string(),
            "4 differences from the API's document\n  \
             read: unknown property at $.a, in 1 response\n  \
             read: unknown value of an enumeration at $.a, in 2 responses\n  \
             read: unknown type of object at $.a, in 3 responses\n  \
             read: value of another type than documented at $.a, in 4 responses\n  \
             and others, 3 times"
        );
        let json = serde_json::to_value(&report).unwrap();
        assert_eq!(
            json["findings"][0],
            serde_json::json!({"operation": "read", "kind": "unknown_property", "path": "$.a", "responses": 1, "occurrences": 7})
        );
        assert_eq!((&json["version"], &json["others"]), (&"1.0.0".into(), &3.into()));
    }
}
