//! Within a line: prose with its markup escaped, and code spans.

use super::line;

/// How much of a name is shown.
const SHOWN: usize = 200;

/// What an address is made of, where it becomes a link.
const ADDRESS: &str = "-._~:/?#@!$&'*+,;=%";

/// A name of the document's as a code span.
pub(in crate::generate) fn code(name: &str) -> String {
    let mut shown = line(name).trim().replace('`', "'");
    if shown.is_empty() {
        return "`\"\"`".to_owned();
    }
    if let Some((end, _)) = shown.char_indices().nth(SHOWN) {
        shown.truncate(end);
        shown.push('…');
    }
    format!("`{shown}`")
}

/// A text of the document's as part of a sentence: on one line.
pub(in crate::generate) fn phrase(text: &str) -> String {
    let lines = text.lines().map(line);
    prose(&lines.collect::<Vec<_>>().join(" "))
}

/// A line with its markup escaped, code spans and addresses apart.
pub(super) fn prose(text: &str) -> String {
    let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
    // Only pairs of single ticks are spans: what a longer run or one without its partner would take is not ours to say.
    let text = if text.contains("``") || text.matches('`').count() % 2 == 1 {
        text.replace('`', "'")
    } else {
        text
    };
    let mut escaped = String::with_capacity(text.len() + text.len() / 8);
    for (at, part) in text.split('`').enumerate() {
        if at > 0 {
            escaped.push('`');
        }
        if at % 2 == 1 {
            escaped.push_str(part);
        } else {
            let mut words = part.split(' ');
            words.next().into_iter().for_each(|first| word(first, &mut escaped));
            for next in words {
                escaped.push(' ');
                word(next, &mut escaped);
            }
        }
    }
    escaped
}

fn word(text: &str, escaped: &mut String) {
    let start = text.find("http://").or_else(|| text.find("https://"));
    let Some((before, rest)) = start.and_then(|start| text.split_at_checked(start)) else {
        return plain(text, escaped);
    };
    let outside = |character: char| !character.is_ascii_alphanumeric() && !ADDRESS.contains(character);
    let whole = rest.find(outside).map_or(rest, |end| &rest[..end]);
    let address = whole.trim_end_matches(['.', ',', ';', ':', '!', '?', '\'']);
    plain(before, escaped);
    if address.split_once("://").is_some_and(|(_, host)| !host.is_empty()) {
        escaped.push('<');
        escaped.push_str(address);
        escaped.push('>');
        plain(&rest[address.len()..], escaped);
    } else {
        plain(rest, escaped);
    }
}

fn plain(text: &str, escaped: &mut String) {
    for (at, character) in text.char_indices() {
        let after = &text[at + character.len_utf8()..];
        let markup = match character {
            '\\' | '<' | '>' | '[' | ']' | '|' | '~' => true,
            // An entity.
            '&' => after.starts_with(|next: char| next == '#' || next.is_ascii_alphabetic()),
            // An address that is none of the links above.
            ':' => after.starts_with("//"),
            _ => false,
        };
        if markup {
            escaped.push('\\');
        }
        escaped.push(character);
    }
}
