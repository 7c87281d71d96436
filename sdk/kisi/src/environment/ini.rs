//! INI as the vendor's client reads it, which is as Go's `ini.v1` does with its defaults.
//!
//! A crate for it would cost every user a dependency for these lines, and none reads as that one does.
//! Not done: `%(name)s` in a value, which `ini.v1` replaces by another key's value.

use std::collections::BTreeMap;

use zeroize::Zeroizing;

/// Where keys before the first header belong.
const FIRST: &str = "DEFAULT";

/// A whole file. Section and key names are told apart by case; a section that comes twice is one.
#[derive(Default)]
pub(crate) struct Ini(BTreeMap<String, BTreeMap<String, Zeroizing<String>>>);

/// The line, from 1, that nothing can be made of, and why. Nothing of it is quoted.
#[derive(Debug, Eq, PartialEq)]
pub(crate) struct Malformed {
    pub(crate) line: usize,
    pub(crate) reason: &'static str,
}

impl Ini {
    pub(crate) fn parse(text: &str) -> Result<Self, Malformed> {
        let mut ini = Self::default();
        let mut section = ini.0.entry(FIRST.to_owned()).or_default();
        let mut lines = Lines::of(text);
        while let Some(line) = lines.next() {
            let number = lines.number;
            let malformed = |reason| Malformed { line: number, reason };
            let line = line.trim_start();
            if line.is_empty() || line.starts_with(['#', ';']) {
                continue;
            }
            if let Some(header) = line.strip_prefix('[') {
                // What follows the last bracket is ignored, a comment or not.
                let (name, _) = header
                    .rsplit_once(']')
                    .ok_or_else(|| malformed("a section has no `]` at its end"))?;
                if name.is_empty() {
                    return Err(malformed("a section has no name"));
                }
                section = ini.0.entry(name.to_owned()).or_default();
                continue;
            }
            let (name, value) =
                key(line).ok_or_else(|| malformed("it is neither a section, a `name = value` nor a comment"))?;
            if name.is_empty() {
                return Err(malformed("a value has no name"));
            }
            let name = name.to_owned();
            let value = read(value, &mut lines).ok_or_else(|| malformed("a quote has no end"))?;
            section.insert(name, value);
        }
        Ok(ini)
    }

    pub(crate) fn has_section(&self, section: &str) -> bool {
        self.0.contains_key(section)
    }

    /// The value of a key, or what a section with a dot in its name inherits from the one before its last dot.
    pub(crate) fn get(&self, section: &str, name: &str) -> Option<&str> {
        let mut section = Some(section);
        // A section that is not there is passed over on the way up, but not at the start.
        self.0.get(section?)?;
        while let Some(here) = section {
            if let Some(value) = self.0.get(here).and_then(|entries| entries.get(name)) {
                return Some(value);
            }
            section = here.rsplit_once('.').map(|(parent, _)| parent);
        }
        None
    }

    /// The names of all keys with a value, in any section.
    pub(crate) fn names(&self) -> impl Iterator<Item = &str> {
        let entries = self.0.values().flatten();
        entries
            .filter(|(_, value)| !value.is_empty())
            .map(|(name, _)| name.as_str())
    }
}

/// The lines of a text, each with its end.
struct Lines<'a> {
    lines: std::str::SplitInclusive<'a, char>,
    /// The number of the last line that was given.
    number: usize,
}

impl<'a> Lines<'a> {
    fn of(text: &'a str) -> Self {
        Self {
            lines: text.strip_prefix('\u{feff}').unwrap_or(text).split_inclusive('\n'),
            number: 0,
        }
    }

    fn next(&mut self) -> Option<&'a str> {
        let line = self.lines.next()?;
        self.number += 1;
        Some(line)
    }
}

/// A key, which may be in quotes, and what follows its delimiter.
fn key(line: &str) -> Option<(&str, &str)> {
    for quote in ["\"\"\"", "\"", "`"] {
        if let Some(rest) = line.strip_prefix(quote)
            && !(quote == "\"\"\"" && line.len() <= 6)
        {
            let (name, rest) = rest.split_once(quote)?;
            let (_, value) = rest.split_once(['=', ':'])?;
            return Some((name.trim(), value));
        }
    }
    let (name, value) = line.split_once(['=', ':'])?;
    Some((name.trim(), value))
}

/// A value, which may go on in the next lines; `None` where its quote has no end.
fn read(text: &str, lines: &mut Lines<'_>) -> Option<Zeroizing<String>> {
    let text = text.trim_start();
    for quote in ["\"\"\"", "`"] {
        let Some(rest) = text.strip_prefix(quote) else {
            continue;
        };
        let mut value = Zeroizing::new(String::new());
        let mut rest = rest;
        loop {
            if let Some((last, _)) = rest.rsplit_once(quote) {
                push(&mut value, last);
                return Some(value);
            }
            push(&mut value, rest);
            rest = lines.next()?;
        }
    }
    let text = text.trim();
    if let Some(first) = text.strip_suffix('\\') {
        return Some(continued(first, lines));
    }
    Some(Zeroizing::new(plain(text).to_owned()))
}

/// A value whose line ends in a backslash: the next lines belong to it as they are.
fn continued(first: &str, lines: &mut Lines<'_>) -> Zeroizing<String> {
    let mut value = Zeroizing::new(first.to_owned());
    while let Some(next) = lines.next().map(str::trim).filter(|next| !next.is_empty()) {
        match next.strip_suffix('\\') {
            Some(part) => push(&mut value, part),
            None => {
                push(&mut value, next);
                break;
            }
        }
    }
    value
}

/// The value without its quotes and without the comment behind it.
fn plain(text: &str) -> &str {
    for quote in ['"', '\''] {
        // A comment's sign inside of quotes is no comment. (`ini.v1` ends the value there, and leaves half a pair of quotes.)
        if let Some((quoted, rest)) = text.strip_prefix(quote).and_then(|rest| rest.split_once(quote)) {
            let rest = rest.trim_start();
            if rest.is_empty() || rest.starts_with(['#', ';']) {
                return quoted;
            }
        }
    }
    match text.find(['#', ';']) {
        Some(at) => text.get(..at).unwrap_or_default().trim(),
        None => text,
    }
}

/// Adds to a value without leaving a copy of it where it was.
fn push(value: &mut Zeroizing<String>, more: &str) {
    let mut joined = Zeroizing::new(String::with_capacity(value.len() + more.len()));
    joined.push_str(value);
    joined.push_str(more);
    *value = joined;
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{Ini, Malformed};

    /// A text, a section and a key in it, and the value.
    const TABLE: &[(&str, &str, &str, Option<&str>)] = &[
        ("[a]\nk = v", "a", "k", Some("v")),
        ("[a]\nk=v", "a", "k", Some("v")),
        ("[a]\nk : v", "a", "k", Some("v")),
        ("[a]\nk: v = w", "a", "k", Some("v = w")),
        ("[a]\nk = https://h:1/x", "a", "k", Some("https://h:1/x")),
        ("\u{feff}[a]\r\nk = v\r\n", "a", "k", Some("v")),
        ("[a]\r\n\r\n  k = v  \t\r\n", "a", "k", Some("v")),
        ("[a]\nk =", "a", "k", Some("")),
        ("[a]\nk = v\n[a]\nl = w", "a", "k", Some("v")),
        ("[a]\nk = v\nk = w", "a", "k", Some("w")),
        ("[a]\nk = v\n[b]\n[a]\nk = w", "a", "k", Some("w")),
        ("[a]\nk = v", "a", "K", None),
        ("[a]\nk = v", "A", "k", None),
        ("[ a ]\nk = v", "a", "k", None),
        ("k = v", "DEFAULT", "k", Some("v")),
        ("k = v\n[default]", "default", "k", None),
        // Headers.
        ("[a] # note\nk = v", "a", "k", Some("v")),
        ("[a] note\nk = v", "a", "k", Some("v")),
        ("  [a]\nk = v", "a", "k", Some("v")),
        ("[a] [b]\nk = v", "a] [b", "k", Some("v")),
        ("[a] # ]\nk = v", "a", "k", None),
        // Comments.
        ("# c\n; c\n[a]\n  # c\nk = v", "a", "k", Some("v")),
        ("[a]\nk = v # c", "a", "k", Some("v")),
        ("[a]\nk = v ; c", "a", "k", Some("v")),
        ("[a]\nk = v\t#c", "a", "k", Some("v")),
        ("[a]\nk = v;c", "a", "k", Some("v")),
        ("[a]\nk = # c", "a", "k", Some("")),
        // Quotes.
        ("[a]\nk = \"v\"", "a", "k", Some("v")),
        ("[a]\nk = 'v' # c", "a", "k", Some("v")),
        ("[a]\nk = `v`", "a", "k", Some("v")),
        ("[a]\nk = `v # w`", "a", "k", Some("v # w")),
        ("[a]\nk = \"\"\"v\"\"\"", "a", "k", Some("v")),
        ("[a]\nk = \"\"\"v ; \"w\" \"\"\" # c", "a", "k", Some("v ; \"w\" ")),
        ("[a]\nk = \"\"\"v\nw\"\"\"\nl = x", "a", "k", Some("v\nw")),
        ("[a]\nk = `v\nw`\nl = x", "a", "l", Some("x")),
        ("[a]\nk = \" v ; w \"", "a", "k", Some(" v ; w ")),
        ("[a]\nk = \"v", "a", "k", Some("\"v")),
        ("[a]\nk = \"v\"w\"", "a", "k", Some("\"v\"w\"")),
        ("[a]\nk = \"\"", "a", "k", Some("")),
        ("[a]\n\"k\" = v", "a", "k", Some("v")),
        ("[a]\n`k=l` = v", "a", "k=l", Some("v")),
        // Continued.
        ("[a]\nk = v\\\n  w\nl = x", "a", "k", Some("vw")),
        ("[a]\nk = v\\\nw\\\nx\nl = y", "a", "k", Some("vwx")),
        ("[a]\nk = v\\\n\nl = y", "a", "l", Some("y")),
        ("[a]\nk = v\\", "a", "k", Some("v")),
        // A dot inherits.
        ("[a]\nk = v\n[a.b]\nl = w", "a.b", "k", Some("v")),
        ("[a]\nk = v\n[a.b.c]\nl = w", "a.b.c", "k", Some("v")),
        ("[a]\nk = v\n[a.b]\nk = w", "a.b", "k", Some("w")),
        ("[a]\nk = v\n[a.b]\nk =", "a.b", "k", Some("")),
        ("[a]\nk = v", "a.b", "k", None),
        ("[profile a]\nk = v\n[profile a.b]", "profile a.b", "k", Some("v")),
    ];

    #[test]
    fn values_are_what_the_vendors_client_reads() {
        for (text, section, name, expected) in TABLE {
            let ini = Ini::parse(text).unwrap_or_else(|malformed| panic!("{text:?}: {malformed:?}"));
            assert_eq!(ini.get(section, name), *expected, "{text:?}");
        }
        let ini = Ini::parse("[profile eu]\n").unwrap_or_default();
        assert!(ini.has_section("profile eu") && !ini.has_section("eu"));
    }

    #[test]
    fn the_line_that_is_wrong_is_told_and_not_quoted() {
        for (text, line, expected) in [
            ("[a]\n\nname\n", 3, "neither"),
            ("[a\nb=c", 1, "no `]`"),
            ("[]\nb=c", 1, "no name"),
            ("= x", 1, "no name"),
            ("[a]\nk = `v\nw\n", 2, "quote"),
            ("[a]\nk = \"\"\"v", 2, "quote"),
            ("\"k = v", 1, "neither"),
        ] {
            match Ini::parse(text) {
                Err(Malformed { line: found, reason }) => {
                    assert!(found == line && reason.contains(expected), "{text:?}: {reason}")
                }
                Ok(_) => panic!("{text:?}"),
            }
        }
    }

    proptest! {
        #[test]
        fn any_text_is_read_without_panic(text: String, section: String) {
            if let Ok(ini) = Ini::parse(&text) {
                let _ = (ini.has_section(&section), ini.get(&section, "a"), ini.names().count());
            }
        }

        #[test]
        fn near_texts_are_read_without_panic(text in "([\\[\\]#;=:.\"'`\\\\ a\r\n]|\"\"\"){0,40}") {
            if let Ok(ini) = Ini::parse(&text) {
                let _ = (ini.get("a", "a"), ini.names().count());
            }
        }
    }
}
