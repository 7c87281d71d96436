//! Text of a document as documentation that is never code.
//!
//! One rule for all of it: a line of prose has its markup escaped and starts at the margin, so that nothing in it is
//! a code block, a tag, a link or a table; a fenced block becomes a fence of our own, marked `text`. What remains is
//! code spans, emphasis, lists and addresses.

mod block;
mod inline;

pub(super) use block::markdown;
pub(super) use inline::{code, phrase};

/// Whether a character has no place in a line of source: a line break, a control, or one that moves what is shown.
///
/// rustc rejects a lone CR and bidirectional controls in a comment. The joiners stay: scripts and emoji need them.
pub(super) fn is_hidden(character: char) -> bool {
    character.is_control()
        || matches!(character,
            '\u{061c}' | '\u{180e}' | '\u{200b}' | '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e007f}')
}

/// One line: a hidden character becomes the replacement character, a tab a space.
pub(super) fn line(text: &str) -> String {
    let visible = text.chars().map(|character| match character {
        '\t' => ' ',
        hidden if is_hidden(hidden) => char::REPLACEMENT_CHARACTER,
        other => other,
    });
    let mut line: String = visible.collect();
    line.truncate(line.trim_end().len());
    line
}

#[cfg(test)]
mod tests;
