//! What to say of an operation that the document no longer has.

use crate::document::{self, Document, Located, Warning};

/// Why the operation is not found, and what may have become of it.
pub(super) fn explain(id: &str, all: &[Located<'_>], left_out: Option<&Warning>, before: Option<&Document>) -> String {
    if let Some(left_out) = left_out {
        return format!("operation {id:?} cannot be had: {left_out}");
    }
    let mut message = format!("there is no operation {id:?}");
    for located in all
        .iter()
        .filter(|located| located.id.is_some_and(|found| same_but_for_version(id, found)))
    {
        message += &format!("; {} is now at {}", quoted(located), located.route());
    }
    let then = before
        .map(|before| document::operations(&before.root))
        .unwrap_or_default();
    for then in then.iter().filter(|then| then.id == Some(id)) {
        match all.iter().find(|now| now.path == then.path) {
            Some(now) => message += &format!("; where it stood ({}) there is now {}", then.route(), quoted(now)),
            None => message += &format!("; {}, where it stood, is gone too", then.route()),
        }
    }
    let near = document::suggest(id, all.iter().filter_map(|located| located.id));
    if near.is_empty() {
        message += "; no operation has a name like it";
    } else {
        message += &format!("; the nearest are {}", near.join(", "));
    }
    message
}

/// Names as code, in a sentence.
pub(super) fn listed(names: &[String]) -> String {
    let quoted: Vec<_> = names.iter().map(|name| format!("`{name}`")).collect();
    quoted.join(" and ")
}

fn quoted(located: &Located<'_>) -> String {
    match located.id {
        Some(id) => format!("{id:?}"),
        None => "an operation without an id".to_owned(),
    }
}

/// Whether two ids differ at most in case, and in a version at the end: `getDoor` and `GetDoorV2`.
fn same_but_for_version(a: &str, b: &str) -> bool {
    let stem = |id: &str| {
        let lower = id.to_lowercase();
        let digits = lower.trim_end_matches(|character: char| character.is_ascii_digit());
        let versioned = digits.len() < lower.len() && digits.ends_with('v');
        if versioned {
            digits.trim_end_matches('v').trim_end_matches('_').to_owned()
        } else {
            lower
        }
    };
    stem(a) == stem(b)
}
