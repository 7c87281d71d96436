use std::collections::BTreeMap;
use std::fmt::Write;

use aho_corasick::AhoCorasick;
use base64::Engine;
use base64::prelude::{BASE64_STANDARD_NO_PAD, BASE64_URL_SAFE_NO_PAD};
use percent_encoding::{AsciiSet, CONTROLS, NON_ALPHANUMERIC, utf8_percent_encode};

/// The organisation's key, with every kind of character that some escape changes.
pub const API_KEY: &str = r#"rk9f3/Zq+7"W\k=%2BxL8~m0PvTy4Hd"#;
/// Kisi's key.
pub const KISI_KEY: &str = r#"kQ7w/&+9"c\dR=%3Dz5Bn1Hj<6Xs2Mf"#;
/// Rhombus's token for Kisi.
pub const RHOMBUS_TOKEN: &str = "q83vEjRWeJCrze8SNFZ4kA";

/// How many characters (of whatever form) in a row give a secret away: a cut-off secret is a leak too.
const WINDOW: usize = 10;

/// What the path of a URL escapes, more or less: fewer characters than a strict encoder.
const PATH: &AsciiSet = &CONTROLS.add(b' ').add(b'"').add(b'%').add(b'\\');

/// Finds secrets in text, whole or in part, in plain and in every form that text usually takes.
#[derive(Debug)]
pub struct Watch {
    patterns: Vec<(String, String)>,
    automaton: AhoCorasick,
}

/// Where a secret was seen.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Sighting {
    /// Which secret and in which form.
    pub what: String,
    /// The text around it.
    pub around: String,
}

impl Watch {
    /// Watches for these secrets, each with a name for the report.
    pub fn new(secrets: &[(&str, &str)]) -> Self {
        let mut patterns = BTreeMap::new();
        for (name, secret) in secrets {
            for (form, text) in forms(secret) {
                // Numbers in a row are met by chance where text is not.
                let length = if form.starts_with("numbers") {
                    3 * WINDOW
                } else {
                    WINDOW
                };
                for window in windows(&text, length) {
                    patterns.entry(window).or_insert_with(|| format!("{name}, {form}"));
                }
            }
        }
        let automaton = AhoCorasick::new(patterns.keys()).unwrap();
        Self {
            patterns: patterns.into_iter().collect(),
            automaton,
        }
    }

    /// Watches for all the secrets of these tests.
    pub fn all() -> Self {
        Self::new(&[
            ("API key", API_KEY),
            ("Kisi key", KISI_KEY),
            ("rhombusToken", RHOMBUS_TOKEN),
        ])
    }

    /// What is seen in `text`; one sighting for each secret and form.
    pub fn search(&self, text: &[u8]) -> Vec<Sighting> {
        let mut seen = BTreeMap::new();
        for found in self.automaton.find_iter(text) {
            let (_, what) = &self.patterns[found.pattern().as_usize()];
            seen.entry(what.clone()).or_insert_with(|| {
                let from = found.start().saturating_sub(120);
                let to = (found.end() + 120).min(text.len());
                String::from_utf8_lossy(&text[from..to]).into_owned()
            });
        }
        seen.into_iter()
            .map(|(what, around)| Sighting { what, around })
            .collect()
    }
}

/// The forms in which a text is met in logs.
pub fn forms(secret: &str) -> Vec<(&'static str, String)> {
    let json = serde_json::to_string(secret).unwrap();
    let percent = utf8_percent_encode(secret, NON_ALPHANUMERIC).to_string();
    let mut forms = vec![
        ("plain", secret.to_owned()),
        ("JSON-escaped", json.trim_matches('"').to_owned()),
        ("Debug-escaped", secret.escape_debug().to_string()),
        (
            "Debug-escaped twice",
            secret.escape_debug().to_string().escape_debug().to_string(),
        ),
        ("ASCII-escaped", secret.escape_default().to_string()),
        ("bytes escaped", secret.as_bytes().escape_ascii().to_string()),
        ("percent-escaped", percent.clone()),
        ("percent-escaped in lower case", lower(&percent)),
        (
            "percent-escaped as a path",
            utf8_percent_encode(secret, PATH).to_string(),
        ),
        ("numbers in base 16", hex(secret)),
        (
            "numbers",
            format!("{:?}", secret.as_bytes()).trim_matches(['[', ']']).to_owned(),
        ),
    ];
    for skipped in 0..3 {
        // Base 64 of a text that holds the secret depends on how many bytes are before it.
        let bytes = [&b"\0\0"[..skipped], secret.as_bytes()].concat();
        let cut = |text: String| text[2 * skipped..text.len() - 1].to_owned();
        forms.push(("base 64", cut(BASE64_STANDARD_NO_PAD.encode(&bytes))));
        forms.push(("base 64 for URLs", cut(BASE64_URL_SAFE_NO_PAD.encode(&bytes))));
    }
    forms
}

/// The same percent-escapes with small letters.
fn lower(percent: &str) -> String {
    let mut parts = percent.split('%');
    let mut text = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let (digits, rest) = part.split_at(2);
        write!(text, "%{}{rest}", digits.to_ascii_lowercase()).unwrap();
    }
    text
}

fn hex(text: &str) -> String {
    text.bytes().fold(String::new(), |mut hex, byte| {
        write!(hex, "{byte:02x}").unwrap();
        hex
    })
}

/// Every run of so many characters.
fn windows(text: &str, length: usize) -> Vec<String> {
    let characters: Vec<char> = text.chars().collect();
    assert!(characters.len() >= length, "too short to be told from chance: {text}");
    characters
        .windows(length)
        .map(|window| window.iter().collect())
        .collect()
}
