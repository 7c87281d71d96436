use std::collections::BTreeMap;

/// What the passes left out or changed, for the table that ends a run.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Diagnostics {
    entries: Vec<Diagnostic>,
}

/// One thing that was left out or changed.
#[derive(Clone, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub struct Diagnostic {
    /// What: an operation id, a JSON pointer, or a schema and the way into it.
    pub what: String,
    /// Why, and what is there instead.
    pub why: String,
    /// Whether an operation is missing because of it.
    pub operation: bool,
}

impl Diagnostics {
    /// Diagnostics something that is kept in another form.
    pub fn changed(&mut self, what: impl Into<String>, why: impl Into<String>) {
        self.entries.push(Diagnostic {
            what: what.into(),
            why: why.into(),
            operation: false,
        });
    }

    /// Diagnostics an operation that is not generated.
    pub fn left_out(&mut self, operation: impl Into<String>, why: impl Into<String>) {
        self.entries.push(Diagnostic {
            what: operation.into(),
            why: why.into(),
            operation: true,
        });
    }

    /// Adds diagnostics that were taken when schemas had their Rust names, under the document's: `Door.lock.Item`.
    pub(super) fn add(&mut self, others: Self, originals: &BTreeMap<String, String>) {
        for mut entry in others.entries {
            let split = entry.what.find([' ', '.']).unwrap_or(entry.what.len());
            if let Some(original) = originals.get(&entry.what[..split]) {
                entry.what = format!("{original}{}", entry.what[split..].replace(' ', "."));
            }
            self.entries.push(entry);
        }
    }

    /// The entries, operations first, each once.
    pub fn sorted(&self) -> Vec<Diagnostic> {
        let mut entries = self.entries.clone();
        entries.sort_by(|a, b| b.operation.cmp(&a.operation).then_with(|| a.cmp(b)));
        entries.dedup();
        entries
    }
}
