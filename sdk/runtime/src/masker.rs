use std::fmt;

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use zeroize::Zeroize;

use crate::MASK;

const UNRESERVED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');
const STANDARD: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
const URL_SAFE: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

/// A part of a base 64 text that is shorter than this says too little to be told from other text.
const BASE64_LENGTH: usize = 8;

/// Takes secrets out of texts, in each form in which a server may quote them.
///
/// The forms: as they are, in lower case (hosts), escaped as by `Debug` or JSON, percent-encoded, and in base 64,
/// also as a part of a longer base 64 text.
///
/// ```
/// use rhombus_kisi_runtime::Masker;
///
/// let masker = Masker::new(["pa/ss-word"]);
/// assert_eq!(masker.mask("no pa%2Fss-word, no cGEvc3Mtd29yZA==".to_owned()), "no ***, no ***==");
/// ```
pub struct Masker {
    /// Longest first, so that a secret that contains another goes whole.
    forms: Vec<String>,
}

impl Masker {
    /// A masker of these secrets; empty ones are left out.
    pub fn new<'a>(secrets: impl IntoIterator<Item = &'a str>) -> Self {
        let mut forms: Vec<_> = secrets
            .into_iter()
            .filter(|secret| !secret.is_empty())
            .flat_map(forms)
            .collect();
        forms.sort_unstable_by(|a, b| b.len().cmp(&a.len()).then_with(|| a.cmp(b)));
        forms.dedup();
        Self { forms }
    }

    /// The text without the secrets.
    pub fn mask(&self, text: String) -> String {
        self.forms.iter().fold(text, |text, form| {
            if text.contains(form.as_str()) {
                text.replace(form.as_str(), MASK)
            } else {
                text
            }
        })
    }

    /// The text without the secrets, where it was cut off: what a secret may have begun with goes from its end too.
    pub fn mask_cut(&self, text: String) -> String {
        let mut text = self.mask(text);
        let begun = self
            .forms
            .iter()
            .filter_map(|form| {
                let ends = form.char_indices().map(|(at, _)| at).rev();
                ends.into_iter().find(|&end| end > 0 && text.ends_with(&form[..end]))
            })
            .max()
            .unwrap_or_default();
        text.truncate(text.len() - begun);
        text
    }
}

impl Drop for Masker {
    fn drop(&mut self) {
        self.forms.zeroize();
    }
}

impl fmt::Debug for Masker {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Masker").field("forms", &self.forms.len()).finish()
    }
}

fn forms(secret: &str) -> Vec<String> {
    let json = serde_json::to_string(secret).unwrap_or_default();
    let percent = utf8_percent_encode(secret, UNRESERVED).to_string();
    let strict = utf8_percent_encode(secret, NON_ALPHANUMERIC).to_string();
    let mut forms = vec![
        secret.to_owned(),
        secret.to_lowercase(),
        secret.escape_debug().to_string(),
        secret.escape_default().to_string(),
        json.trim_matches('"').to_owned(),
        percent.to_lowercase(),
        strict.to_lowercase(),
        percent,
        strict,
    ];
    for alphabet in [STANDARD, URL_SAFE] {
        forms.push(base64(alphabet, 0, secret, true));
        forms.extend((0..3).map(|before| base64(alphabet, before, secret, false)));
    }
    forms.retain(|form| !form.is_empty());
    forms
}

/// The base 64 digits that are `secret`'s alone where `before` bytes stand before it; with `last`, also the one
/// that it shares with what follows. Empty where there are too few.
fn base64(alphabet: &[u8; 64], before: usize, secret: &str, last: bool) -> String {
    let bytes = secret.as_bytes();
    let bits = 8 * (before + bytes.len());
    let (from, to) = ((8 * before).div_ceil(6), if last { bits.div_ceil(6) } else { bits / 6 });
    if to < from + BASE64_LENGTH.min(bytes.len()) {
        return String::new();
    }
    let byte = |at: usize| {
        at.checked_sub(before)
            .and_then(|at| bytes.get(at))
            .copied()
            .unwrap_or_default()
    };
    (from..to)
        .map(|digit| {
            let bit = 6 * digit;
            let pair = u16::from(byte(bit / 8)) << 8 | u16::from(byte(bit / 8 + 1));
            char::from(alphabet[usize::from(pair >> (10 - bit % 8)) & 0b11_1111])
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{Masker, STANDARD, base64};

    /// Plain base 64, as a server would write it.
    fn encode(bytes: &[u8]) -> String {
        bytes
            .chunks(3)
            .flat_map(|chunk| {
                let mut whole = [0; 3];
                whole[..chunk.len()].copy_from_slice(chunk);
                let bits = u32::from_be_bytes([0, whole[0], whole[1], whole[2]]);
                (0..4).map(move |at| {
                    if at <= chunk.len() {
                        char::from(STANDARD[(bits >> (18 - 6 * at)) as usize & 63])
                    } else {
                        '='
                    }
                })
            })
            .collect()
    }

    #[test]
    fn base64_is_base64() {
        assert_eq!(base64(STANDARD, 0, "pa/ss-word", true), "cGEvc3Mtd29yZA");
        assert_eq!(encode(b"pa/ss-word"), "cGEvc3Mtd29yZA==");
    }

    #[test]
    fn a_cut_secret_goes() {
        let masker = Masker::new(["topsecret", "other"]);
        assert_eq!(masker.mask_cut("a topsecret b topsec".to_owned()), "a *** b ");
        assert_eq!(masker.mask_cut("nothing here".to_owned()), "nothing here");
    }

    proptest! {
        #[test]
        fn no_form_survives(secret in "[!-~]{8,40}", before in "[ -~]{0,5}", after in "[ -~]{0,5}") {
            let masker = Masker::new([secret.as_str()]);
            let whole = format!("{before}{secret}{after}");
            prop_assert!(!masker.mask(whole.clone()).contains(&secret) || "***".contains(&secret));
            let debugged = format!("{whole:?}");
            prop_assert!(!masker.mask(debugged).contains(&secret));
            let encoded = encode(whole.as_bytes());
            let masked = masker.mask(encoded.clone());
            prop_assert!(masked.contains("***"), "{} {}", encoded, masked);
            // No more than the digits at the seams are left of the secret.
            prop_assert!(masked.len() <= 3 + encode(before.as_bytes()).len() + encode(after.as_bytes()).len() + 4);
        }

        #[test]
        fn any_text_is_masked_without_panic(secret: String, text: String) {
            let masker = Masker::new([secret.as_str()]);
            masker.mask_cut(masker.mask(text));
        }
    }
}
