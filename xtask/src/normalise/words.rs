//! Names as sequences of words, and words as names.

use heck::ToPascalCase as _;
use unicode_ident::{is_xid_continue, is_xid_start};
use unicode_normalization::UnicodeNormalization;

/// The words of a name, in any script: at every change of case or kind, and at every character that is no letter or digit.
///
/// A run of capitals is one word (`ParPOSType` is `Par`, `POS`, `Type`).
pub(super) fn words(name: &str) -> Vec<String> {
    // Rust takes names for one that are so in this form.
    let characters: Vec<char> = name.nfc().collect();
    let mut words: Vec<String> = Vec::new();
    let mut word = String::new();
    for (at, &character) in characters.iter().enumerate() {
        if !(character.is_alphanumeric() && is_xid_continue(character)) {
            words.extend((!word.is_empty()).then(|| std::mem::take(&mut word)));
            continue;
        }
        let before = at.checked_sub(1).map(|at| characters[at]);
        let after = characters.get(at + 1);
        let starts = character.is_uppercase()
            && before.is_some_and(|before| {
                before.is_lowercase()
                    || before.is_numeric()
                    || (before.is_uppercase() && after.is_some_and(|after| after.is_lowercase()))
            });
        if starts && !word.is_empty() {
            words.push(std::mem::take(&mut word));
        }
        word.push(character);
    }
    words.extend((!word.is_empty()).then_some(word));
    words
}

/// A type's or variant's name: `ParPos`.
pub(crate) fn pascal(name: &str) -> String {
    // Once more, because words of one letter run together: `InnerA` and `T` are `InnerAt`, whoever names it anew.
    let name = identifier(capitalised(&capitalised(name)), "Unnamed");
    // The generator writes it anew by its own rule, which takes `B2B` for one word.
    if name.ends_with('_') {
        name
    } else {
        name.to_pascal_case()
    }
}

fn capitalised(name: &str) -> String {
    let words = words(name);
    let capitalised = words.iter().map(|word| {
        let mut letters = word.chars();
        let first = letters.next().map(upper).into_iter();
        first.chain(letters.map(lower)).collect::<String>()
    });
    capitalised.collect()
}

/// A method's, argument's or field's name: `par_pos`.
pub(crate) fn snake(name: &str) -> String {
    identifier(words(name).join("_").chars().map(lower).collect(), "unnamed")
}

/// A constant's name: `PAR_POS`.
pub(crate) fn upper_case(name: &str) -> String {
    name.chars().map(upper).collect()
}

/// The capital of a letter, where it is one letter.
fn upper(letter: char) -> char {
    let mut capital = letter.to_uppercase();
    match (capital.next(), capital.next()) {
        (Some(capital), None) => capital,
        _ => letter,
    }
}

/// The small letter of a capital, where it is one letter.
fn lower(letter: char) -> char {
    let mut small = letter.to_lowercase();
    match (small.next(), small.next()) {
        (Some(small), None) => small,
        _ => letter,
    }
}

fn identifier(name: String, empty: &str) -> String {
    match name.chars().next() {
        None => empty.to_owned(),
        Some(first) if !is_xid_start(first) => format!("{}{name}", if empty.starts_with('U') { "N" } else { "n" }),
        Some(_) if is_keyword(&name) => format!("{name}_"),
        Some(_) => name,
    }
}

/// Whether Rust keeps the word for itself, in any edition.
pub(super) fn is_keyword(word: &str) -> bool {
    // Of the 2024 edition; syn takes it for an identifier.
    word == "gen" || syn::parse_str::<syn::Ident>(word).is_err()
}

/// A name that is not in `taken`, by a number where there is need; it is taken then.
pub(super) fn unique(name: String, taken: &mut std::collections::BTreeSet<String>) -> String {
    let free = numbered(&name, |candidate| taken.contains(candidate));
    taken.insert(free.clone());
    free
}

/// A name that is not taken, by a number where there is need.
///
/// Numbers are tried in ever longer steps, and then by halves: thousands of names that fold to one cost no more than their count.
pub(super) fn numbered(name: &str, is_taken: impl Fn(&str) -> bool) -> String {
    if !is_taken(name) {
        return name.to_owned();
    }
    let with = |number: u64| format!("{name}{number}");
    let (mut taken, mut free) = (1, 2);
    while is_taken(&with(free)) {
        (taken, free) = (free, free.saturating_mul(2));
    }
    while free - taken > 1 {
        let middle = taken + (free - taken) / 2;
        if is_taken(&with(middle)) {
            taken = middle;
        } else {
            free = middle;
        }
    }
    with(free)
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;
    use std::collections::BTreeSet;

    use super::{numbered, pascal, snake, unique};

    #[test]
    fn a_name_is_free_after_few_looks() {
        let mut taken = BTreeSet::new();
        for number in 1..=100 {
            let name = unique("a".to_owned(), &mut taken);
            assert_eq!(
                name,
                if number == 1 {
                    "a".to_owned()
                } else {
                    format!("a{number}")
                }
            );
        }
        let looks = Cell::new(0);
        let is_taken = |name: &str| {
            looks.set(looks.get() + 1);
            name == "a" || name["a".len()..].parse().is_ok_and(|number: u32| number <= 30_000)
        };
        assert_eq!(numbered("a", is_taken), "a30001");
        assert!(looks.get() < 40, "{}", looks.get());
    }

    #[test]
    fn names_are_as_rust_writes_them() {
        let cases = [
            ("ParPOSType", "ParPosType", "par_pos_type"),
            (
                "getKisiIntegrationV2",
                "GetKisiIntegrationV2",
                "get_kisi_integration_v2",
            ),
            ("Login2FARequired", "Login2FaRequired", "login2_fa_required"),
            ("AVIGILON_ALTA", "AvigilonAlta", "avigilon_alta"),
            ("audioDevices", "AudioDevices", "audio_devices"),
            ("type", "Type", "type_"),
            ("self", "Self_", "self_"),
            ("gen", "Gen", "gen_"),
            ("B2B", "B2b", "b2_b"),
            ("D3D11Settings", "D3d11Settings", "d3_d11_settings"),
            ("H264Frame1080P", "H264Frame1080P", "h264_frame1080_p"),
            ("2FA", "N2Fa", "n2_fa"),
            ("InnerA t", "InnerAt", "inner_a_t"),
            ("a_b_c", "Abc", "a_b_c"),
            ("", "Unnamed", "unnamed"),
            ("911", "N911", "n911"),
            ("ünïcode", "Ünïcode", "ünïcode"),
            ("größe-Maß", "GrößeMaß", "größe_maß"),
            ("получитьТовары", "ПолучитьТовары", "получить_товары"),
            ("商品 名", "商品名", "商品_名"),
            ("u\u{308}ber", "Über", "über"),
            ("٣a", "N٣a", "n٣a"),
            ("✓", "Unnamed", "unnamed"),
        ];
        for (name, type_name, field) in cases {
            assert_eq!(
                (pascal(name).as_str(), snake(name).as_str()),
                (type_name, field),
                "{name}"
            );
            assert_eq!(pascal(&pascal(name)), type_name, "{name}");
        }
    }
}
