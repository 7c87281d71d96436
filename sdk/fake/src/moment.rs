use std::fmt;

use serde_json::Value;

use crate::Operation;

/// When a second writer changes the settings.
///
/// It does so also if the call that it is about was not carried out.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum Moment {
    /// Before a read: the read sees the change.
    BeforeRead,
    /// After a read: between it and whatever call is next.
    AfterRead,
    /// Before an update or a deletion, which does not see the change and may undo it.
    BeforeWrite,
    /// After an update or a deletion.
    AfterWrite,
}

/// Who else changes the settings.
pub(crate) struct SecondWriter {
    pub(crate) moment: Moment,
    pub(crate) once: bool,
    pub(crate) change: Box<dyn FnMut(&mut Value) + Send>,
}

impl fmt::Debug for SecondWriter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SecondWriter")
            .field("moment", &self.moment)
            .field("once", &self.once)
            .finish_non_exhaustive()
    }
}

/// The moments before and after a call.
pub(crate) fn around(operation: Operation) -> Option<(Moment, Moment)> {
    if operation.reads_settings() {
        Some((Moment::BeforeRead, Moment::AfterRead))
    } else if operation.writes_settings() {
        Some((Moment::BeforeWrite, Moment::AfterWrite))
    } else {
        None
    }
}

/// Lets those write whose moment it is.
pub(crate) fn run(writers: &mut Vec<SecondWriter>, moment: Moment, settings: &mut Value) {
    writers.retain_mut(|writer| {
        let is_now = writer.moment == moment;
        if is_now {
            (writer.change)(settings);
        }
        !(is_now && writer.once)
    });
}
