use std::fmt;

use super::change::{Change, ChangeKind, shown};
use super::plan::Plan;
use crate::settings::Settings;

/// For display: a line a change and a line a warning, plain text without colour.
///
/// ```text
/// 2 changes
///   ~ place 7 "HQ", door 43 "Lobby", clipDuration: 10 -> 20
///   - enablingUser: "Ann" -> null
/// ```
///
/// `+` is what is set, `~` what is changed, `-` what is cleared or removed.
impl<S: Settings> fmt::Display for Plan<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.changes().len() {
            0 => f.write_str("no changes")?,
            1 => f.write_str("1 change")?,
            count => write!(f, "{count} changes")?,
        }
        for change in self.changes() {
            write!(f, "\n  {change}")?;
        }
        for warning in self.warnings() {
            write!(f, "\n  ! {warning}")?;
        }
        if let Some(refusal) = self.refusal() {
            write!(f, "\n  cannot be applied: {refusal}")?;
        }
        Ok(())
    }
}

/// One line: a sign, what changes, and from what to what. Values are cut off after 2,000 characters.
impl fmt::Display for Change {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (sign, word) = match self.kind() {
            ChangeKind::Set => ('+', "set"),
            ChangeKind::Changed => ('~', "changed"),
            ChangeKind::Cleared => ('-', "cleared"),
            ChangeKind::Removed => ('-', "removed"),
        };
        write!(f, "{sign} {}: ", self.subject())?;
        if self.is_secret() {
            return write!(f, "{word} (not shown)");
        }
        let [before, after] = [self.before(), self.after()].map(|value| value.as_ref().map(shown));
        match (before, after) {
            (None, Some(after)) => write!(f, "{after}"),
            (Some(before), None) => write!(f, "{before} -> removed"),
            (Some(before), Some(after)) => write!(f, "{before} -> {after}"),
            (None, None) => f.write_str(word),
        }
    }
}
