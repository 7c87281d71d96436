/// What the passes left out or changed, for the table that ends a run.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Notes {
    entries: Vec<LeftOut>,
}

/// One thing that was left out or changed.
#[derive(Clone, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub struct LeftOut {
    /// What: an operation id, or a JSON pointer.
    pub what: String,
    /// Why, and what stands for it.
    pub why: String,
    /// Whether an operation is missing because of it.
    pub operation: bool,
}

impl Notes {
    /// Notes something that is kept in another form.
    pub fn changed(&mut self, what: impl Into<String>, why: impl Into<String>) {
        self.entries.push(LeftOut {
            what: what.into(),
            why: why.into(),
            operation: false,
        });
    }

    /// Notes an operation that is not generated.
    pub fn left_out(&mut self, operation: impl Into<String>, why: impl Into<String>) {
        self.entries.push(LeftOut {
            what: operation.into(),
            why: why.into(),
            operation: true,
        });
    }

    /// The entries, operations first, each once.
    pub fn sorted(&self) -> Vec<LeftOut> {
        let mut entries = self.entries.clone();
        entries.sort_by(|a, b| b.operation.cmp(&a.operation).then_with(|| a.cmp(b)));
        entries.dedup();
        entries
    }
}
