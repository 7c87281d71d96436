//! Which type of a union a value selects, by their names.

use std::collections::BTreeMap;

use super::words::words;

/// Whether a type fits a value.
type Level<'a> = &'a dyn Fn(&[String], &[String]) -> bool;

/// Matches types and values by the words of their names, from the strict to the lax, and only one to one.
///
/// `empty` are the words that do not count at the end of a type's name and anywhere in the union's.
pub(super) fn match_names(
    union: &str,
    members: &[&str],
    values: &[String],
    original: &dyn Fn(&str) -> String,
    empty: &[String],
) -> BTreeMap<String, String> {
    let without_type = |words: &[String]| -> Vec<String> {
        let kept = words
            .iter()
            .rposition(|word| !empty.contains(word))
            .map_or(0, |last| last + 1);
        words.get(..kept).unwrap_or_default().to_vec()
    };
    let fold = |words: &[String]| words.concat().to_ascii_uppercase();
    let same = |a: &[String], b: &[String]| !a.is_empty() && fold(a) == fold(b);
    let split: Vec<Vec<String>> = members.iter().map(|member| words(&original(member))).collect();
    let value_words: Vec<Vec<String>> = values.iter().map(|value| words(value)).collect();
    let (front, back) = in_common(&split);
    let distinct = |words: &[String]| {
        let end = words.len().saturating_sub(back);
        words.get(front.min(end)..end).unwrap_or_default().to_vec()
    };
    let union: Vec<String> = words(union).into_iter().filter(|word| !empty.contains(word)).collect();
    let levels: [Level<'_>; 6] = [
        &|words, value| same(words, value),
        &|words, value| same(&without_type(words), value),
        &|words, value| same(&distinct(words), value),
        // A type is often called after its union: `CredentialEntryBleWave` of `CredentialEntry`.
        &|words, value| {
            let words = without_type(words);
            let front = words.strip_prefix(union.as_slice());
            let back = words.strip_suffix(union.as_slice());
            !union.is_empty()
                && (front.is_some_and(|words| same(words, value)) || back.is_some_and(|words| same(words, value)))
        },
        &|words, value| (1..words.len()).any(|end| same(&words[..end], value)),
        &|words, value| (1..value.len()).any(|end| same(&distinct(words), &value[..end])),
    ];
    let mut found: BTreeMap<usize, usize> = BTreeMap::new();
    for level in levels {
        let fits = |member: usize, value: usize| level(&split[member], &value_words[value]);
        let open: Vec<usize> = (0..members.len()).filter(|at| !found.contains_key(at)).collect();
        let free: Vec<usize> = (0..values.len())
            .filter(|value| !found.values().any(|other| other == value))
            .collect();
        for &member in &open {
            let mut fitting = free.iter().filter(|&&value| fits(member, value));
            if let (Some(&value), None) = (fitting.next(), fitting.next())
                && open.iter().filter(|&&other| fits(other, value)).count() == 1
            {
                found.insert(member, value);
            }
        }
    }
    found
        .into_iter()
        .map(|(member, value)| (members[member].to_owned(), values[value].clone()))
        .collect()
}

/// How many words all names begin with, and how many they end with.
fn in_common(names: &[Vec<String>]) -> (usize, usize) {
    let shortest = names.iter().map(Vec::len).min().unwrap_or(0);
    if names.len() < 2 || shortest == 0 {
        return (0, 0);
    }
    let alike = |word: &dyn Fn(&[String]) -> Option<String>| names.iter().all(|name| word(name) == word(&names[0]));
    let count = |word: &dyn Fn(&[String], usize) -> Option<String>| {
        (0..shortest - 1)
            .take_while(|&at| alike(&|name| word(name, at)))
            .count()
    };
    (
        count(&|name, at| name.get(at).cloned()),
        count(&|name, at| name.iter().rev().nth(at).cloned()),
    )
}

#[cfg(test)]
mod tests {
    use super::match_names;

    fn matched(union: &str, members: &[&str], values: &[&str]) -> Vec<(String, String)> {
        let values: Vec<String> = values.iter().map(|value| (*value).to_owned()).collect();
        let empty = ["Base", "Type", "WS"].map(str::to_owned);
        match_names(union, members, &values, &str::to_owned, &empty)
            .into_iter()
            .collect()
    }

    fn pairs(pairs: &[(&str, &str)]) -> Vec<(String, String)> {
        pairs.iter().map(|(a, b)| ((*a).to_owned(), (*b).to_owned())).collect()
    }

    #[test]
    fn names_are_matched_by_their_letters() {
        assert_eq!(
            matched(
                "BaseIntegration",
                &["AvigilonAltaType", "NineOneOneCellularType", "ParPOSType"],
                &["AVIGILON_ALTA", "NINEONEONE_CELLULAR", "PAR_POS", "UNKNOWN"]
            ),
            pairs(&[
                ("AvigilonAltaType", "AVIGILON_ALTA"),
                ("NineOneOneCellularType", "NINEONEONE_CELLULAR"),
                ("ParPOSType", "PAR_POS")
            ]),
        );
    }

    #[test]
    fn what_all_have_in_common_does_not_count() {
        assert_eq!(
            matched(
                "UnlockDoorWSResponse",
                &["UnlockDoorSuccessWSResponse", "UnlockDoorErrorWSResponse"],
                &["SUCCESS", "ERROR"]
            ),
            pairs(&[
                ("UnlockDoorErrorWSResponse", "ERROR"),
                ("UnlockDoorSuccessWSResponse", "SUCCESS")
            ]),
        );
    }

    #[test]
    fn the_unions_name_does_not_count() {
        assert_eq!(
            matched(
                "CredentialEntry",
                &["CredentialEntryBleWave"],
                &["NFC", "BLE", "BLE_WAVE"]
            ),
            pairs(&[("CredentialEntryBleWave", "BLE_WAVE")]),
        );
        assert_eq!(
            matched("BaseEventOriginator", &["UserEventOriginator"], &["API", "USER"]),
            pairs(&[("UserEventOriginator", "USER")]),
        );
    }

    #[test]
    fn what_is_not_certain_is_not_matched() {
        assert_eq!(
            matched("Door", &["DoorType", "DoorLockType"], &["GATE", "WINDOW"]),
            pairs(&[])
        );
        // Words count as a whole.
        assert_eq!(matched("Gate", &["AperioType", "BrivoType"], &["A", "B"]), pairs(&[]));
        assert_eq!(matched("Gate", &[], &["A"]), pairs(&[]));
    }
}
