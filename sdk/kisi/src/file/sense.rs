//! What has the right form and makes no sense: the same thing twice, and settings that are set and cleared at once.

use std::collections::HashMap;

use super::fault::{Faults, Lines};
use super::tree::{Form, Tree};

/// Looks at a file that names organisations.
pub(super) fn check(document: &Tree, lines: &Lines<'_>, faults: &mut Faults) {
    clears(document, lines, faults);
    let Some(organizations) = document.get("organizations") else {
        return;
    };
    if organizations.items().is_empty() && matches!(organizations.form, Form::List(_)) {
        faults.push(
            organizations.at,
            "`organizations` names no organisation: name one, or leave the key out for the one that the API key belongs to",
        );
    }
    let mut seen = HashMap::new();
    for organization in organizations.items() {
        clears(organization, lines, faults);
        if let Some(id) = organization.get("id")
            && let Some(before) = id.text().and_then(|text| seen.insert(text, id.at))
        {
            let line = lines.line(before);
            faults.push(
                id.at,
                format!("the same organisation is in line {line} already: give each organisation once"),
            );
        }
    }
}

/// Each path in `clear` once, not inside of another, and nothing of it set by the settings beside it.
fn clears(around: &Tree, lines: &Lines<'_>, faults: &mut Faults) {
    let Some(clear) = around.get("clear") else {
        return;
    };
    let mut seen = HashMap::new();
    for item in clear.items() {
        if let Some(path) = item.text()
            && let Some(before) = seen.insert(path, item.at)
        {
            let line = lines.line(before);
            faults.push(item.at, format!("the same path is in line {line} already"));
        }
    }
    for item in clear.items() {
        let Some(path) = item.text() else {
            continue;
        };
        let above = path
            .match_indices('.')
            .filter_map(|(dot, _)| seen.get(path.get(..dot)?))
            .next();
        if let Some(above) = above {
            let line = lines.line(*above);
            faults.push(item.at, format!("what line {line} clears includes this already"));
        }
        if let Some(set) = around.get("settings").and_then(|settings| set(settings, path)) {
            let line = lines.line(set);
            faults.push(item.at, format!("line {line} sets what this clears: keep one of them"));
        }
    }
}

/// Where the settings say something else than that the path is cleared.
fn set(settings: &Tree, path: &str) -> Option<usize> {
    let mut at = settings;
    let mut names = path.split('.').peekable();
    while let Some(name) = names.next() {
        at = at.get(name)?;
        if matches!(at.form, Form::Null) {
            // `null` at the path is the same, `null` above it is not.
            return names.peek().map(|_| at.at);
        }
    }
    Some(at.at)
}
