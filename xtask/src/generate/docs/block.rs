//! From lines to paragraphs, lists and fenced blocks.

use super::inline::prose;
use super::line;

/// A description as Markdown that rustdoc neither compiles nor warns of, each line led by a space.
pub(in crate::generate) fn markdown(text: &str) -> Vec<String> {
    let separated = text.trim().replace("\r\n", "\n");
    let lines: Vec<String> = separated
        .split(['\n', '\r', '\u{0b}', '\u{0c}', '\u{85}', '\u{2028}', '\u{2029}'])
        .map(line)
        .collect();
    let mut shown: Vec<String> = Vec::new();
    let mut in_item = false;
    let mut rest = lines.as_slice();
    while let Some((first, after)) = rest.split_first() {
        rest = after;
        if let Some(fence) = Fence::opened_by(first) {
            let length = rest.iter().position(|line| fence.is_closed_by(line));
            let (inside, after) = rest.split_at(length.unwrap_or(rest.len()));
            rest = after.get(1..).unwrap_or_default();
            shown.extend(fenced(inside));
            in_item = false;
            continue;
        }
        let text = prose(first);
        if text.is_empty() {
            shown.push(String::new());
            in_item = false;
            continue;
        }
        let (marker, text) = item(&text);
        match shown.last_mut() {
            // Part of the item before it, which an unindented line of its own is by luck alone.
            Some(last) if in_item && marker.is_empty() => {
                last.push(' ');
                last.push_str(text);
            }
            _ => {
                let text = without_block(text);
                shown.push(format!(" {marker}{text}"));
                in_item |= !marker.is_empty();
            }
        }
    }
    let start = shown.iter().position(|line| !line.is_empty()).unwrap_or(shown.len());
    let end = shown
        .iter()
        .rposition(|line| !line.is_empty())
        .map_or(start, |last| last + 1);
    shown.get(start..end).unwrap_or_default().to_vec()
}

/// How a fenced block began.
struct Fence {
    character: char,
    length: usize,
}

impl Fence {
    fn opened_by(line: &str) -> Option<Self> {
        let line = line.trim_start();
        let character = line.chars().next().filter(|first| matches!(first, '`' | '~'))?;
        let info = line.trim_start_matches(character);
        let length = line.len() - info.len();
        (length >= 3 && !(character == '`' && info.contains('`'))).then_some(Self { character, length })
    }

    fn is_closed_by(&self, line: &str) -> bool {
        let line = line.trim();
        line.len() >= self.length && line.chars().all(|character| character == self.character)
    }
}

/// A block of text, in a fence that is longer than any in it.
fn fenced(inside: &[String]) -> Vec<String> {
    let ticks = inside
        .iter()
        .flat_map(|line| line.split(|character| character != '`'))
        .map(str::len)
        .max();
    let fence = "`".repeat(3.max(ticks.unwrap_or_default() + 1));
    let opening = std::iter::once(format!(" {fence}text"));
    let lines = inside.iter().map(|line| {
        if line.is_empty() {
            String::new()
        } else {
            format!(" {line}")
        }
    });
    opening.chain(lines).chain([format!(" {fence}")]).collect()
}

/// The marker of a list's item with its space, and what follows it.
fn item(text: &str) -> (&str, &str) {
    let digits = text.chars().take_while(char::is_ascii_digit).count();
    let (marker, rest) = text.split_once(' ').unwrap_or(("", text));
    let numbered = (1..=9).contains(&digits) && matches!(&marker[digits.min(marker.len())..], "." | ")");
    if (matches!(marker, "-" | "+" | "*") || numbered) && !rest.is_empty() {
        (&text[..=marker.len()], rest)
    } else {
        ("", text)
    }
}

/// The text with nothing at its front that begins a block: a heading, the line below one, another item.
fn without_block(text: &str) -> String {
    let digits = text.chars().take_while(char::is_ascii_digit).count();
    let after = &text[digits..];
    if text.starts_with(['#', '=', '-', '+', ':'])
        || (text.starts_with('*') && text.trim_matches(['*', ' ']).is_empty())
        || text.starts_with("* ")
    {
        format!("\\{text}")
    } else if digits > 0 && after.starts_with(['.', ')']) && (after.len() == 1 || after[1..].starts_with(' ')) {
        format!("{}\\{after}", &text[..digits])
    } else {
        text.to_owned()
    }
}
