//! An error and all that is under it, in one line.

use std::error::Error as StdError;

use crate::one_line;

/// How many characters a report has at most, without the ellipsis.
const LENGTH: usize = 2000;
/// How many characters of one error's message are looked at.
const MESSAGE: usize = 1000;
/// How many errors are looked at: a chain may be a circle.
const DEPTH: usize = 16;

/// The messages of an error and of those under it, each part once.
pub(crate) fn report(message: &str, mut cause: Option<&(dyn StdError + 'static)>) -> String {
    let mut line = one_line(message, LENGTH);
    for _ in 0..DEPTH {
        let Some(error) = cause else { break };
        // Most messages quote the one under them behind a colon.
        for part in one_line(&error.to_string(), MESSAGE).split(": ") {
            if !part.is_empty() && !has_part(&line, part) {
                line.push_str(": ");
                line.push_str(part);
            }
        }
        cause = error.source();
    }
    one_line(&line, LENGTH)
}

/// Whether the text has this part, not in the middle of a word.
fn has_part(text: &str, part: &str) -> bool {
    text.match_indices(part).any(|(at, _)| {
        let before = text.get(..at).and_then(|text| text.chars().next_back());
        let after = text.get(at + part.len()..).and_then(|text| text.chars().next());
        !before.is_some_and(char::is_alphanumeric) && !after.is_some_and(char::is_alphanumeric)
    })
}

#[cfg(test)]
mod tests {
    use super::{LENGTH, report};

    #[derive(Debug, thiserror::Error)]
    #[error("{text}")]
    struct Link {
        text: String,
        source: Option<Box<Link>>,
    }

    fn chain(texts: &[&str]) -> Option<Box<Link>> {
        let (first, rest) = texts.split_first()?;
        Some(Box::new(Link {
            text: (*first).to_owned(),
            source: chain(rest),
        }))
    }

    fn reported(texts: &[&str]) -> String {
        let first = chain(texts).unwrap();
        report(&first.text, first.source.as_deref().map(|link| link as _))
    }

    #[test]
    fn each_part_is_there_once() {
        for (texts, expected) in [
            (&["call: broken"][..], "call: broken"),
            (&["call: broken", "send: reset", "reset"], "call: broken: send: reset"),
            (
                &["no connection: refused; nothing was sent", "connect: refused"],
                "no connection: refused; nothing was sent: connect",
            ),
            (&["door 10", "10", "1"], "door 10: 1"),
            (&["one\ntwo", "three\r\n\u{1b}[31m"], "one two: three [31m"),
            (&["a", ""], "a"),
        ] {
            assert_eq!(reported(texts), expected);
        }
    }

    #[test]
    fn it_is_bounded() {
        let long = "x y ".repeat(5000);
        let parts: Vec<String> = (0..40).map(|number| format!("{number} {long}")).collect();
        let parts: Vec<&str> = parts.iter().map(String::as_str).collect();
        assert!(reported(&parts).chars().count() <= LENGTH + 1);
    }
}
