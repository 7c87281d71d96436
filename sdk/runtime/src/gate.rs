//! The one gate for text that a server chose: before a message shows it, it is masked, put on one line and bounded.

use std::fmt::{self, Write};

use crate::{List, Masker};

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
    one_line_of(masker.mask(text.to_owned()), limit)
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
    if is_plain(text, limit) {
        return text.to_owned();
    }
    let mut line = String::new();
    // Writing to a string cannot fail.
    let _ = write_line(&mut line, text, limit);
    line
}

/// The same of a text that is not needed any more.
pub(crate) fn one_line_of(text: String, limit: usize) -> String {
    if is_plain(&text, limit) {
        return text;
    }
    one_line(&text, limit)
}

/// Whether [`one_line`] has nothing to change in the text. It may say no where there is nothing.
///
/// PERF: most texts are like that; without a way out of the loop the compiler looks at many bytes at a time.
fn is_plain(text: &str, limit: usize) -> bool {
    let bytes = text.as_bytes();
    let is_visible = |byte: u8| matches!(byte, b' '..=b'~');
    let (Some(first), Some(last)) = (bytes.first(), bytes.last()) else {
        return true;
    };
    if bytes.len() > limit || *first == b' ' || *last == b' ' {
        return false;
    }
    let next = bytes.get(1..).unwrap_or_default();
    bytes.iter().zip(next).fold(is_visible(*last), |plain, (byte, next)| {
        plain & is_visible(*byte) & ((*byte != b' ') | (*next != b' '))
    })
}

/// Whether [`one_line`] has nothing to change in the text but spaces.
pub fn is_one_line(text: &str, limit: usize) -> bool {
    text.chars().take(limit.saturating_add(1)).count() <= limit
        && !text
            .chars()
            .any(|character| is_unseen(character) || (is_space(character) && character != ' '))
}

/// How many characters of an id or a name in a list are kept where it cannot be shown as it is.
const LISTED: usize = 200;
/// How many bytes of a list are looked through for secrets; what it has beyond is left out.
const LOOKED_THROUGH: usize = 1024 * 1024;
/// How many bytes are masked at a time: less than a masker looks at.
const CHUNK: usize = 16 * 1024;

/// Passes the texts of a list through the gate, some at a time: most hold nothing to mask. A text that is shown as it is
/// stays as it is.
pub(crate) fn pass_list<'m>(list: &mut List<String>, masker: &dyn Fn() -> &'m Masker) {
    let mut texts = std::mem::take(list).into_inner();
    pass_texts(&mut texts, masker);
    *list = texts.into();
}

fn pass_texts<'m>(list: &mut Vec<Option<String>>, masker: &dyn Fn() -> &'m Masker) {
    let (mut length, mut looked) = (0, 0);
    while let Some(rest) = list.get_mut(looked..).filter(|rest| !rest.is_empty()) {
        let mut some = String::new();
        let mut count = 0;
        for text in rest.iter().map(|text| text.as_deref().unwrap_or_default()) {
            if count > 0 && some.len() + text.len() > CHUNK {
                break;
            }
            some.push_str(text);
            some.push('\n');
            count += 1;
        }
        length += some.len();
        if length > LOOKED_THROUGH {
            list.truncate(looked);
            return;
        }
        let masker = masker();
        let is_clean = some.len() <= CHUNK + 1 && masker.mask(some.clone()) == some;
        for text in rest.iter_mut().take(count).flatten() {
            if !is_clean {
                *text = masker.mask(std::mem::take(text));
            }
            if !is_one_line(text, LISTED) {
                *text = one_line(text, LISTED);
            }
        }
        looked += count;
    }
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
        let cut = crate::boundary::floor(text, self.left);
        self.into.write_str(text.get(..cut).unwrap_or_default())?;
        Err(fmt::Error)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{Bounded, OneLine, is_one_line, is_space, is_unseen, one_line, one_line_of, pass_texts, said};
    use crate::Masker;

    struct Long(usize);

    impl std::fmt::Debug for Long {
        fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
            (0..self.0).try_for_each(|_| f.write_str("ab"))
        }
    }

    struct Shown(usize, usize);

    impl std::fmt::Debug for Shown {
        fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
            Bounded::debug(f, self.1, &Long(self.0))
        }
    }

    #[test]
    fn what_debug_shows_is_cut_at_the_bound() {
        for (count, limit, shown) in [
            (0, 0, ""),
            (2, 4, "abab"),
            (2, 5, "abab"),
            (3, 4, "abab…"),
            (3, 5, "ababa…"),
            (9, 0, "…"),
        ] {
            assert_eq!(format!("{:?}", Shown(count, limit)), shown);
            assert_eq!(format!("{:#?}", Shown(count, limit)), shown);
        }
    }

    #[test]
    fn a_text_is_masked_before_it_is_cut() {
        let masker = Masker::new(["topsecret"]);
        assert_eq!(said("no topsecret here", &masker, 8), "no *** h…");
        assert_eq!(said("none", &masker, 8), "none");
    }

    #[test]
    fn what_is_one_line_is_told() {
        for text in ["", "abc", "a b", " ab", "é€"] {
            assert!(is_one_line(text, 3), "{text:?}");
        }
        for text in ["abcd", "a\n", "a\tb", "\u{200b}", "\u{2028}", "\u{a0}"] {
            assert!(!is_one_line(text, 3), "{text:?}");
        }
        assert!(is_one_line("", 0) && !is_one_line("a", 0));
    }

    #[test]
    fn the_texts_of_a_list_are_masked_bounded_and_else_left_alone() {
        let masker = Masker::new(["topsecret"]);
        let through = |list: &[Option<&str>]| {
            let mut list: Vec<_> = list.iter().map(|text| text.map(str::to_owned)).collect();
            pass_texts(&mut list, &|| &masker);
            list
        };
        let clean = [Some("  two  spaces "), None, Some("")];
        assert_eq!(through(&clean), clean.map(|text| text.map(str::to_owned)));
        let long = "x".repeat(300);
        let found = through(&[Some("topsecret"), None, Some("a\nb"), Some(&long), Some("c")]);
        let cut = "x".repeat(super::LISTED) + "…";
        assert_eq!(
            found,
            [Some("***"), None, Some("a b"), Some(&cut), Some("c")].map(|text| text.map(str::to_owned))
        );
        // The secret is in one text of many, more than are looked at together.
        let mut many = vec![Some("fifteen letters"); 5000];
        many.push(Some("topsecret"));
        let found = through(&many);
        assert_eq!(found.len(), many.len());
        assert_eq!(found.last(), Some(&Some("***".to_owned())));
        assert!(
            found
                .iter()
                .take(5000)
                .all(|text| text.as_deref() == Some("fifteen letters"))
        );
        // What is beyond a MiB is left out.
        let most = super::LOOKED_THROUGH / super::CHUNK;
        let chunk = "y".repeat(super::CHUNK);
        let found = through(&vec![Some(chunk.as_str()); most + 5]);
        assert!((most - 2..=most).contains(&found.len()), "{}", found.len());
    }

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
            prop_assert_eq!(OneLine(&text, limit).to_string(), line.clone());
            prop_assert_eq!(one_line_of(text, limit), line);
        }
    }
}
