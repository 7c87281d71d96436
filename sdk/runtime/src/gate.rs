//! The one gate for text that a server chose: before a message shows it, it is masked, put on one line and bounded.

use std::fmt::{self, Write};

use crate::Masker;

/// The text as a message may show it: without the masker's secrets, on one line, without control characters, and of at
/// most `limit` characters.
///
/// ```
/// use rhombus_kisi_runtime::{Masker, said};
///
/// let masker = Masker::new(["topsecret"]);
/// assert_eq!(said("the key\n\u{1b}[31mtopsecret", &masker, 100), "the key [31m***");
/// ```
pub fn said(text: &str, masker: &Masker, limit: usize) -> String {
    // Masked before it is cut: a half of a secret would not be found any more.
    one_line(&masker.mask(text.to_owned()), limit)
}

/// The text on one line, of at most `limit` characters, an ellipsis for what is left out not counted.
///
/// White space and control characters become one space. Characters that are not seen, or that change the order in which
/// others are shown, are left out.
///
/// ```
/// use rhombus_kisi_runtime::one_line;
///
/// assert_eq!(one_line("a\r\n\u{1b}[31mb\u{202e}", 10), "a [31mb");
/// assert_eq!(one_line("abcdef", 3), "abc…");
/// ```
pub fn one_line(text: &str, limit: usize) -> String {
    // PERF: most texts are like that.
    let mut before = b' ';
    let is_plain = |&byte: &u8| {
        let plain = matches!(byte, b'!'..=b'~') || (byte == b' ' && before != b' ');
        before = byte;
        plain
    };
    if text.len() <= limit && text.as_bytes().iter().all(is_plain) && !text.ends_with(' ') {
        return text.to_owned();
    }
    let mut line = String::new();
    // Writing to a string cannot fail.
    let _ = write_line(&mut line, text, limit);
    line
}

/// Whether [`one_line`] has nothing to change in the text but spaces.
pub fn is_one_line(text: &str, limit: usize) -> bool {
    text.chars().take(limit.saturating_add(1)).count() <= limit
        && !text
            .chars()
            .any(|character| is_unseen(character) || (is_space(character) && character != ' '))
}

/// Shows a text as [`one_line`] does, without making a copy.
pub(crate) struct OneLine<'a>(pub(crate) &'a str, pub(crate) usize);

impl fmt::Display for OneLine<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write_line(f, self.0, self.1)
    }
}

fn write_line(into: &mut dyn Write, text: &str, limit: usize) -> fmt::Result {
    let (mut left, mut space, mut begun) = (limit, false, false);
    // Space that folds away and characters that are left out are read too, but not without end.
    let mut to_read = limit.saturating_mul(8);
    for character in text.chars() {
        if to_read == 0 {
            return into.write_char('…');
        }
        to_read -= 1;
        if is_space(character) {
            space = begun;
            continue;
        }
        if is_unseen(character) {
            continue;
        }
        if left <= usize::from(space) {
            return into.write_char('…');
        }
        if space {
            into.write_char(' ')?;
            left -= 1;
        }
        into.write_char(character)?;
        left -= 1;
        (space, begun) = (false, true);
    }
    Ok(())
}

/// What ends a word: white space, line and paragraph separators, control characters.
fn is_space(character: char) -> bool {
    character.is_whitespace() || character.is_control()
}

/// Whether nothing is shown of the character, or it reorders others: bidirectional controls, zero-width characters, tags.
fn is_unseen(character: char) -> bool {
    matches!(
        character,
        '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}' | '\u{180b}'..='\u{180e}'
            | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{3164}' | '\u{feff}'
            | '\u{ffa0}' | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e007f}'
    )
}

/// Passes on so many bytes, and no more.
pub(crate) struct Bounded<'a, 'b> {
    into: &'a mut fmt::Formatter<'b>,
    left: usize,
    full: bool,
}

impl Bounded<'_, '_> {
    /// Shows a value by `Debug`, cut off after `limit` bytes.
    pub(crate) fn debug(f: &mut fmt::Formatter<'_>, limit: usize, value: &dyn fmt::Debug) -> fmt::Result {
        let alternate = f.alternate();
        let mut bounded = Bounded {
            into: f,
            left: limit,
            full: false,
        };
        let shown = if alternate {
            write!(bounded, "{value:#?}")
        } else {
            write!(bounded, "{value:?}")
        };
        // An error here only says that there was more.
        if bounded.full { f.write_char('…') } else { shown }
    }
}

impl Write for Bounded<'_, '_> {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        if self.full {
            return Err(fmt::Error);
        }
        if text.len() <= self.left {
            self.left -= text.len();
            return self.into.write_str(text);
        }
        self.full = true;
        let cut = text.floor_char_boundary(self.left);
        self.into.write_str(text.get(..cut).unwrap_or_default())?;
        Err(fmt::Error)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{is_space, is_unseen, one_line};

    #[test]
    fn it_is_one_short_line() {
        assert_eq!(one_line("", 5), "");
        assert_eq!(one_line(" \n ", 5), "");
        assert_eq!(one_line(" a \u{2028} b ", 5), "a b");
        assert_eq!(one_line("abcde f", 5), "abcde…");
        assert_eq!(one_line("abcd ef", 5), "abcd…");
        assert_eq!(one_line("abcde ", 5), "abcde");
        assert_eq!(one_line("\u{202e}\u{2066}a\u{200b}b\u{feff}\u{e0041}", 5), "ab");
        assert_eq!(one_line(&"\u{200b}".repeat(1000), 5), "…");
        assert_eq!(one_line(&"x".repeat(1000), 5), "xxxxx…");
    }

    proptest! {
        #![proptest_config(crate::cases(128))]

        #[test]
        fn nothing_of_any_text_reaches_a_terminal_as_a_command(text: String, limit in 0..50_usize) {
            let line = one_line(&text, limit);
            prop_assert!(line.chars().count() <= limit + 1);
            prop_assert!(!line.chars().any(|character| (is_space(character) && character != ' ') || is_unseen(character)));
            prop_assert!(!line.contains("  "));
        }
    }
}
