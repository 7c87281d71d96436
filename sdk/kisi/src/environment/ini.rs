//! The little of INI that the vendor's client writes: sections, `name = value`, comments.
//!
//! A crate for it would cost every user a dependency for these few lines.

/// The value of `name` in `[section]`; the last one where there are more.
pub(crate) fn get<'a>(text: &'a str, section: &str, name: &str) -> Option<&'a str> {
    entries(text)
        .filter_map(Result::ok)
        .filter(|entry| entry.section == section && entry.name == name)
        .last()
        .map(|entry| entry.value)
}

/// Whether there is a `[section]`.
pub(crate) fn has_section(text: &str, section: &str) -> bool {
    lines(text).any(|(_, line)| header(line) == Some(section))
}

/// The number of the first line that is nothing known.
pub(crate) fn malformed(text: &str) -> Option<usize> {
    entries(text).find_map(Result::err)
}

struct Entry<'a> {
    section: &'a str,
    name: &'a str,
    value: &'a str,
}

fn entries(text: &str) -> impl Iterator<Item = Result<Entry<'_>, usize>> {
    let mut section = "";
    lines(text).filter_map(move |(number, line)| {
        if let Some(name) = header(line) {
            section = name;
            return None;
        }
        Some(match line.split_once(['=', ':']) {
            Some((name, value)) if !name.trim().is_empty() && !line.starts_with('[') => Ok(Entry {
                section,
                name: name.trim(),
                value: plain(value.trim()),
            }),
            _ => Err(number),
        })
    })
}

/// The lines that say something, with their numbers.
fn lines(text: &str) -> impl Iterator<Item = (usize, &str)> {
    text.trim_start_matches('\u{feff}')
        .lines()
        .map(str::trim)
        .enumerate()
        .map(|(at, line)| (at + 1, line))
        .filter(|(_, line)| !line.is_empty() && !line.starts_with(['#', ';']))
}

fn header(line: &str) -> Option<&str> {
    line.strip_prefix('[')?.strip_suffix(']').map(str::trim)
}

/// The value without its quotes, or without the comment behind it.
fn plain(value: &str) -> &str {
    for quote in ['"', '\'', '`'] {
        if let Some((quoted, _)) = value.strip_prefix(quote).and_then(|rest| rest.split_once(quote)) {
            return quoted;
        }
    }
    [" #", " ;", "\t#", "\t;"]
        .iter()
        .filter_map(|comment| value.find(comment))
        .min()
        .map_or(value, |at| value[..at].trim_end())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{get, has_section, malformed};

    const TEXT: &str = "\u{feff}# c\n[default]\napi_key = one\n; c\n[ profile eu ]\r\nendpoint_url=https://h:1/x#y\r\n\
        quoted = \" a ; b \"\npath : C:\\x # comment\napi_key=\nagain=1\nagain=2\n";

    #[test]
    fn values_are_found() {
        assert_eq!(get(TEXT, "default", "api_key"), Some("one"));
        assert_eq!(get(TEXT, "profile eu", "endpoint_url"), Some("https://h:1/x#y"));
        assert_eq!(get(TEXT, "profile eu", "quoted"), Some(" a ; b "));
        assert_eq!(get(TEXT, "profile eu", "path"), Some("C:\\x"));
        assert_eq!(get(TEXT, "profile eu", "api_key"), Some(""));
        assert_eq!(get(TEXT, "profile eu", "again"), Some("2"));
        assert_eq!(get(TEXT, "default", "endpoint_url"), None);
        assert!(has_section(TEXT, "profile eu") && !has_section(TEXT, "eu"));
        assert_eq!(malformed(TEXT), None);
    }

    #[test]
    fn the_line_that_is_wrong_is_told() {
        assert_eq!(malformed("[a]\n\nname\n"), Some(3));
        assert_eq!(malformed("[a\nb=c"), Some(1));
        assert_eq!(malformed("= x"), Some(1));
    }

    proptest! {
        #[test]
        fn any_text_is_read_without_panic(text: String, section: String) {
            let _ = (malformed(&text), has_section(&text, &section), get(&text, &section, "a"));
        }
    }
}
