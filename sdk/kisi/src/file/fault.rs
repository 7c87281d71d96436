//! Faults of a text, by the byte where each is.

/// What is wrong, and where.
#[derive(Debug)]
pub(super) struct Fault {
    /// The byte of the text.
    pub(super) at: usize,
    pub(super) message: String,
}

/// All that is wrong with a text.
#[derive(Debug, Default)]
pub(super) struct Faults(Vec<Fault>);

impl Faults {
    pub(super) fn one(at: usize, message: impl Into<String>) -> Self {
        let mut faults = Self::default();
        faults.push(at, message);
        faults
    }

    pub(super) fn push(&mut self, at: usize, message: impl Into<String>) {
        self.0.push(Fault {
            at,
            message: message.into(),
        });
    }

    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// In the order of the text, each once: what an alias repeats is wrong in one place.
    pub(super) fn into_sorted(mut self) -> Vec<Fault> {
        self.0.sort_by(|a, b| (a.at, &a.message).cmp(&(b.at, &b.message)));
        self.0.dedup_by(|a, b| a.at == b.at && a.message == b.message);
        self.0
    }
}

/// Where the lines of a text begin.
#[derive(Debug)]
pub(super) struct Lines<'a> {
    text: &'a str,
    starts: Vec<usize>,
}

impl<'a> Lines<'a> {
    pub(super) fn of(text: &'a str) -> Self {
        let breaks = text.bytes().enumerate().filter(|(_, byte)| *byte == b'\n');
        Self {
            text,
            starts: std::iter::once(0).chain(breaks.map(|(at, _)| at + 1)).collect(),
        }
    }

    /// The line and the column of a byte, from 1; the column in characters.
    pub(super) fn locate(&self, at: usize) -> (usize, usize) {
        let line = self.starts.partition_point(|start| *start <= at).max(1);
        let start = self.starts.get(line - 1).copied().unwrap_or_default();
        let before = self.text.get(start..at.min(self.text.len())).unwrap_or_default();
        (line, before.chars().count() + 1)
    }

    pub(super) fn line(&self, at: usize) -> usize {
        self.locate(at).0
    }

    /// The byte at a line and a column, both from 1; the column in bytes, as serde_json counts.
    pub(super) fn byte(&self, line: usize, column: usize) -> usize {
        let start = self
            .starts
            .get(line.saturating_sub(1))
            .copied()
            .unwrap_or(self.text.len());
        let mut at = (start + column.saturating_sub(1)).min(self.text.len());
        while !self.text.is_char_boundary(at) {
            at -= 1;
        }
        at
    }
}
