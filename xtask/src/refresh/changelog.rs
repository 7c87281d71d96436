//! Entries of a changelog in the form of Keep a Changelog.

use super::Notice;
use crate::diff::Change;

/// The heading of what is not released yet.
const UNRELEASED: &str = "## [Unreleased]";

/// A section of a release, in the order in which a changelog has them.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
#[expect(missing_docs, reason = "the names are those of Keep a Changelog")]
#[non_exhaustive]
pub enum Section {
    Added,
    Changed,
    Deprecated,
    Removed,
}

impl Section {
    /// The section for a change.
    pub(super) fn of(change: &Change) -> Self {
        match change.rule {
            rule if rule.ends_with("-added") => Self::Added,
            rule if rule.ends_with("-removed") => Self::Removed,
            rule if rule.ends_with("-deprecated") => Self::Deprecated,
            _ => Self::Changed,
        }
    }

    fn heading(self) -> &'static str {
        match self {
            Self::Added => "### Added",
            Self::Changed => "### Changed",
            Self::Deprecated => "### Deprecated",
            Self::Removed => "### Removed",
        }
    }
}

/// The changelog with the notices under what is not released yet, each once.
pub fn enter(changelog: &str, notices: &[Notice]) -> String {
    let mut lines: Vec<String> = changelog.lines().map(str::to_owned).collect();
    let start = lines
        .iter()
        .position(|line| line.trim_end() == UNRELEASED)
        .unwrap_or_else(|| {
            // Before the first release, or at the end where there is none.
            let at = lines
                .iter()
                .position(|line| line.starts_with("## "))
                .unwrap_or(lines.len());
            lines.splice(at..at, [UNRELEASED.to_owned(), String::new()]);
            at
        });
    for notice in notices {
        let line = entry(notice);
        let end = end(&lines, start, "## ");
        if lines.get(start..end).is_some_and(|release| release.contains(&line)) {
            continue;
        }
        let heading = notice.section.heading();
        let at = (start..end).find(|at| lines.get(*at).is_some_and(|line| line.trim_end() == heading));
        match at {
            Some(at) => {
                let at = self::end(&lines, at, "##");
                lines.insert(at, line);
            }
            None => drop(lines.splice(end..end, [String::new(), heading.to_owned(), String::new(), line])),
        }
    }
    lines.join("\n") + "\n"
}

/// The line after the last one that is not empty, from behind `start` to the next heading of a kind.
fn end(lines: &[String], start: usize, heading: &str) -> usize {
    let next = lines.iter().skip(start + 1).position(|line| line.starts_with(heading));
    let mut end = next.map_or(lines.len(), |next| start + 1 + next);
    while end > start + 1 && lines.get(end - 1).is_some_and(|line| line.trim().is_empty()) {
        end -= 1;
    }
    end
}

fn entry(notice: &Notice) -> String {
    let breaking = if notice.breaking { "**Breaking:** " } else { "" };
    format!("- {breaking}{}.", notice.text.trim_end_matches('.'))
}

#[cfg(test)]
mod tests {
    use super::{Section, enter};
    use crate::refresh::Notice;

    #[test]
    fn entries_are_put_under_what_is_not_released_once() {
        let notice = |section, text: &str, breaking| Notice {
            section,
            breaking,
            text: text.to_owned(),
        };
        let notices = [
            notice(Section::Added, "`Door::floor`: floor added", false),
            notice(Section::Removed, "`Door::level`: level removed", true),
        ];
        let before = "# Changelog\n\n## [Unreleased]\n\n### Added\n\n- One.\n  More of it.\n\n## [0.1.0]\n\n### Removed\n\n- Old.\n";
        let after = enter(before, &notices);
        insta::assert_snapshot!(after, @r"
        # Changelog

        ## [Unreleased]

        ### Added

        - One.
          More of it.
        - `Door::floor`: floor added.

        ### Removed

        - **Breaking:** `Door::level`: level removed.

        ## [0.1.0]

        ### Removed

        - Old.
        ");
        assert_eq!(enter(&after, &notices), after);
        assert!(enter("# Changelog\n", &notices).contains("## [Unreleased]"));
    }
}
