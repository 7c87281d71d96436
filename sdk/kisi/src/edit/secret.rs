//! What cannot be a secret, and would be sent as one.

use crate::compare::looks_like_a_mask;

/// Whether text can be an API key or a token.
///
/// # Errors
/// What is wrong with it, without quoting it.
pub(crate) fn check(text: &str) -> Result<(), &'static str> {
    if text.trim().is_empty() {
        return Err("the secret is empty; to take it away, clear it");
    }
    if looks_like_a_mask(text) {
        return Err("this is a mask and not the secret itself: give the secret, or leave it out");
    }
    if is_quoted(text) {
        return Err("the secret has quotes of its own around it; give it without them");
    }
    if text.bytes().any(|byte| !byte.is_ascii_graphic()) {
        return Err(
            "the secret has a character that is not visible ASCII: a space, a line break or a letter of another alphabet",
        );
    }
    Ok(())
}

fn is_quoted(text: &str) -> bool {
    let text = text.trim();
    let quotes = ['"', '\'', '`'];
    text.starts_with(quotes) || text.ends_with(quotes) || text.starts_with(['“', '‘', '«'])
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::check;

    #[test]
    fn what_cannot_be_a_secret_is_told() {
        for (text, reason) in [
            ("", "empty"),
            (" \n", "empty"),
            ("***", "mask"),
            ("****abcd", "mask"),
            ("••••••••", "mask"),
            ("\"key\"", "quotes"),
            ("'key'", "quotes"),
            ("`key`", "quotes"),
            ("“key”", "quotes"),
            ("\"key\"\n", "quotes"),
            ("\"", "quotes"),
            ("'key", "quotes"),
            ("key`", "quotes"),
            ("key\n", "visible"),
            ("\tkey", "visible"),
            ("a key", "visible"),
            ("k\u{e9}y", "visible"),
            ("key\0", "visible"),
            ("key\u{200b}", "visible"),
        ] {
            let told = check(text).unwrap_err();
            assert!(told.contains(reason), "{text:?}: {told}");
        }
        for text in [
            "k",
            "kisi-key",
            "a\"b",
            "f00dfeed",
            "AAAAAAAAAAAAAAAAAAAAAA",
            "a==",
            "!#%&",
        ] {
            assert_eq!(check(text), Ok(()), "{text}");
        }
    }

    proptest! {
        #[test]
        fn what_passes_can_be_sent(text: String) {
            if check(&text).is_ok() {
                prop_assert!(!text.is_empty() && text.bytes().all(|byte| byte.is_ascii_graphic()));
            }
        }
    }
}
