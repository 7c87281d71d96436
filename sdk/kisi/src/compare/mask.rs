//! What a server or a person writes in the place of a secret.

/// Characters that replace hidden ones and have no other use.
const MASKING: &[char] = &[
    '*', '•', '●', '∙', '·', '○', '◦', '⋆', '∗', '＊', '█', '▇', '▓', '▒', '░', '■', '▪', '…',
];

/// Words that replace a hidden text, most often in brackets.
const WORDS: &[&str] = &[
    "redacted", "masked", "hidden", "filtered", "removed", "secret", "omitted",
];

/// How many signs in a row make a mask.
const RUN: usize = 3;

/// Whether the text of a secret is a mask: `****abcd`, `***`, `•••`, `XXXXXXXX`, `<redacted>`.
pub(crate) fn looks_like_a_mask(text: &str) -> bool {
    let text = text.trim();
    longest_run(text) >= RUN || text == "…" || is_one_sign(text) || is_x_and_a_tail(text) || is_a_word(text)
}

/// Whether a secret could have been masked like this: what the mask leaves to see is the secret's.
pub(crate) fn could_stand_for(mask: &str, secret: &str) -> bool {
    let mask = mask.trim();
    if !looks_like_a_mask(mask) || looks_like_a_mask(secret) {
        return false;
    }
    if is_a_word(mask) || is_one_sign(mask) {
        return true;
    }
    let is_sign =
        |character: char| MASKING.contains(&character) || (longest_run(mask) < RUN && matches!(character, 'x' | 'X'));
    match (mask.find(is_sign), mask.rfind(is_sign)) {
        (Some(first), Some(last)) => {
            let (head, tail) = (mask.get(..first), mask.get(last..));
            let tail = tail.map(|tail| tail.trim_start_matches(is_sign));
            head.is_some_and(|head| secret.starts_with(head)) && tail.is_some_and(|tail| secret.ends_with(tail))
        }
        _ => true,
    }
}

/// How often one masking sign comes in a row.
fn longest_run(text: &str) -> usize {
    let (mut longest, mut run, mut last) = (0, 0, None);
    for character in text.chars() {
        run = match last == Some(character) {
            true => run + 1,
            false => 1,
        };
        last = Some(character);
        if MASKING.contains(&character) {
            longest = longest.max(run);
        }
    }
    longest
}

/// Signs that hide something where they are all there is.
fn is_one_sign(text: &str) -> bool {
    let mut characters = text.chars();
    let Some(first) = characters.next() else { return false };
    (MASKING.contains(&first) || matches!(first, 'x' | 'X' | '#' | '.' | '-' | '_' | '?'))
        && characters.clone().count() + 1 >= RUN
        && characters.all(|character| character == first)
}

/// `XXXXXXXX1234`
fn is_x_and_a_tail(text: &str) -> bool {
    ["XXXX", "xxxx"].iter().any(|signs| text.starts_with(signs)) && text.len() <= 64
}

fn is_a_word(text: &str) -> bool {
    let inside = text.trim_matches(|character: char| !character.is_alphanumeric());
    let bare = inside.len() == text.len();
    WORDS.iter().any(|word| {
        // A bare `secret` may well be somebody's idea of one.
        inside.eq_ignore_ascii_case(word) && (!bare || *word == "redacted")
    })
}

#[cfg(test)]
mod tests {
    use super::{could_stand_for, looks_like_a_mask};

    #[test]
    fn masks_are_told_from_secrets() {
        for mask in [
            "***",
            "****abcd",
            "abcd****",
            "ab***cd",
            "•••",
            "••••••••1234",
            "********",
            "xxxx",
            "XXX",
            "XXXXXXXX1234",
            "####",
            "...",
            "----",
            "…",
            "……………",
            "<redacted>",
            "[REDACTED]",
            "(hidden)",
            "REDACTED",
            " *** ",
            "███",
        ] {
            assert!(looks_like_a_mask(mask), "{mask}");
        }
        for secret in [
            "",
            "kisi",
            "kisi-key",
            "AAAAAAAAAAAAAAAAAAAAAA",
            "a*b*c",
            "**",
            "f00dfeedf00dfeed",
            "aaaa",
            "secret",
            "hidden",
            "a-b_c.d",
            "x",
            "xyz",
        ] {
            assert!(!looks_like_a_mask(secret), "{secret}");
        }
    }

    #[test]
    fn a_mask_stands_for_what_has_its_ends() {
        for (mask, secret) in [
            ("****abcd", "kisi-abcd"),
            ("ki****", "kisi-abcd"),
            ("ki***cd", "kisi-abcd"),
            ("***", "kisi-abcd"),
            ("<redacted>", "kisi-abcd"),
            ("XXXXXXXXabcd", "kisi-abcd"),
            ("xxxx", "kisi-abcd"),
        ] {
            assert!(could_stand_for(mask, secret), "{mask}");
        }
        for (mask, secret) in [
            ("****abcd", "kisi-abce"),
            ("ka****", "kisi-abcd"),
            ("kisi-abcd", "kisi-abcd"),
            ("****abcd", "****abcd"),
            ("XXXXXXXXabcd", "kisi-abce"),
        ] {
            assert!(!could_stand_for(mask, secret), "{mask}");
        }
    }

    #[test]
    fn each_sign_and_each_word_makes_a_mask() {
        for sign in super::MASKING {
            let signs = sign.to_string().repeat(super::RUN);
            for mask in [
                format!("{signs}abcd"),
                format!("abcd{signs}"),
                format!("ab{signs}cd"),
                signs,
            ] {
                assert!(looks_like_a_mask(&mask), "{mask}");
                assert!(could_stand_for(&mask, "abcd-kisi-abcd"), "{mask}");
            }
            assert!(!looks_like_a_mask(&format!("a{sign}{sign}b{sign}c")), "{sign}");
        }
        for sign in ["x", "X", "#", ".", "-", "_", "?"] {
            assert!(
                looks_like_a_mask(&sign.repeat(3)) && could_stand_for(&sign.repeat(3), "kisi-abcd"),
                "{sign}"
            );
            assert!(!looks_like_a_mask(&sign.repeat(2)), "{sign}");
            assert!(!looks_like_a_mask(&format!("{sign}{sign}a{sign}")), "{sign}");
        }
        for word in super::WORDS {
            assert!(
                looks_like_a_mask(&format!("<{word}>")) && looks_like_a_mask(&format!("{word}!")),
                "{word}"
            );
            assert!(could_stand_for(&format!("• {word}"), "kisi-abcd"), "{word}");
            assert_eq!(looks_like_a_mask(word), *word == "redacted", "{word}");
            assert!(!looks_like_a_mask(&format!("<{word}s>")), "{word}");
        }
    }

    #[test]
    fn a_long_text_that_begins_with_x_is_no_mask() {
        for signs in ["XXXX", "xxxx"] {
            assert!(looks_like_a_mask(&format!("{signs}{}", "1".repeat(60))));
            assert!(!looks_like_a_mask(&format!("{signs}{}", "1".repeat(61))));
            assert!(!looks_like_a_mask(&format!("{}1", &signs[1..])));
        }
    }

    #[test]
    fn both_ends_that_are_shown_have_to_be_the_secrets() {
        for (mask, secret, may) in [
            ("ki***cd", "kisi-abce", false),
            ("ka***cd", "kisi-abcd", false),
            // The letter is a sign only where no other sign is one.
            ("max***", "max-1234", true),
            ("max***", "mab-1234", false),
            ("max****", "mab-1234", false),
            ("***xcd", "kisi-abcd", false),
            ("***xcd", "kisi-abxcd", true),
            ("***", "****abcd", false),
            (" ****abcd ", "kisi-abcd", true),
        ] {
            assert_eq!(could_stand_for(mask, secret), may, "{mask} {secret}");
        }
    }
}
