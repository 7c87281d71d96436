//! One editor at a time: nobody else reads or writes the settings between an editor's read and its write.

use std::collections::HashMap;
use std::fmt;

/// Whose turn it is. Editors are told apart by their keys, so that `Debug` shows nothing of them.
#[derive(Default)]
pub(crate) struct Turns {
    /// Who has read and may write next.
    holder: Option<String>,
    /// The number of the newest request of each editor that had its turn.
    newest: HashMap<String, usize>,
}

/// What a request may do.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Turn {
    Now,
    Wait,
    /// The editor has given it up: a later request of the same editor was here before it.
    TooLate,
}

impl Turns {
    pub(crate) fn of(&mut self, editor: &str, number: usize) -> Turn {
        if self.newest.get(editor).is_some_and(|newest| *newest > number) {
            Turn::TooLate
        } else if self.holder.as_ref().is_some_and(|holder| holder != editor) {
            Turn::Wait
        } else {
            self.newest.insert(editor.to_owned(), number);
            Turn::Now
        }
    }

    pub(crate) fn has_read(&mut self, editor: &str) {
        self.holder = Some(editor.to_owned());
    }

    pub(crate) fn has_written(&mut self) {
        self.holder = None;
    }

    /// What the editor has read it will not write back, and requests before the one with this number are too late.
    pub(crate) fn end(&mut self, editor: &str, next: usize) {
        self.holder.take_if(|holder| holder == editor);
        self.newest.insert(editor.to_owned(), next);
    }
}

impl fmt::Debug for Turns {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Turns")
            .field("is_held", &self.holder.is_some())
            .finish_non_exhaustive()
    }
}
