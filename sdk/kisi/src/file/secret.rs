//! Secrets as a person writes them into a file.

/// What is wrong with a secret; the secret is not quoted.
pub(super) fn check(secret: &str) -> Result<(), String> {
    let quotes = ['"', '\'', '`'];
    if secret.is_empty() {
        return Err("the secret is empty".to_owned());
    }
    if let Some(at) = secret.chars().position(|character| !character.is_ascii_graphic()) {
        return Err(format!(
            "the secret has a character that is not visible ASCII at position {}: a space, a line break, or text that is not a key",
            at + 1
        ));
    }
    if secret.starts_with(quotes) || secret.ends_with(quotes) {
        return Err("the secret has quotes of its own around it".to_owned());
    }
    if secret.contains("****") {
        return Err("this is a mask and not the secret itself: write the secret, or leave the key out".to_owned());
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::check;

    #[test]
    fn what_no_secret_can_be_is_refused() {
        assert_eq!(check("0123456789abcdef"), Ok(()));
        for (secret, expected) in [
            ("", "empty"),
            ("key\n", "position 4"),
            (" key", "position 1"),
            ("kéy", "position 2"),
            ("\"key\"", "quotes"),
            ("'key", "quotes"),
            ("key`", "quotes"),
            ("****abcd", "mask"),
            ("abcd****", "mask"),
        ] {
            let message = check(secret).unwrap_err();
            assert!(message.contains(expected), "{secret}: {message}");
        }
    }
}
