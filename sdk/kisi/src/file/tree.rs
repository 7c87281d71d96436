//! A document of any format, with the location of each part.

/// How deep a document may be; no settings are nearly as deep.
pub(super) const DEPTH: usize = 64;

/// A value and the byte where it begins.
#[derive(Clone, Debug)]
pub(super) struct Tree {
    pub(super) at: usize,
    pub(super) form: Form,
}

/// A key of a table and the byte where it begins.
#[derive(Clone, Debug)]
pub(super) struct Key {
    pub(super) at: usize,
    pub(super) name: String,
}

#[derive(Clone, Debug)]
pub(super) enum Form {
    Null,
    Bool(bool),
    /// A whole number, however it was written: `7`, `7.0`, `0x7`.
    Whole(i128),
    /// Any other number; finite.
    Real(f64),
    Text(String),
    List(Vec<Tree>),
    Table(Vec<(Key, Tree)>),
    /// A date or a time.
    Date,
    /// What no setting can be, and why.
    Unusable(&'static str),
}

pub(super) const EMPTY: &str =
    "nothing is written here: write `null` to clear the setting, or leave the key out to keep it as it is";

impl Tree {
    pub(super) fn table(at: usize) -> Self {
        Self {
            at,
            form: Form::Table(Vec::new()),
        }
    }

    /// The value under a key.
    pub(super) fn get(&self, name: &str) -> Option<&Self> {
        match &self.form {
            Form::Table(entries) => entries.iter().find(|(key, _)| key.name == name).map(|(_, value)| value),
            _ => None,
        }
    }

    /// The values of a list.
    pub(super) fn items(&self) -> &[Self] {
        match &self.form {
            Form::List(items) => items,
            _ => &[],
        }
    }

    /// The text of a text.
    pub(super) fn text(&self) -> Option<&str> {
        match &self.form {
            Form::Text(text) => Some(text),
            _ => None,
        }
    }
}
