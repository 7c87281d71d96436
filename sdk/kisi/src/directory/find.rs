//! By an id or a name: functions from data to data.

use super::entry::Entry;
use super::error::LookupError;

/// How many names are suggested.
const SUGGESTED: usize = 3;

/// The entry with this id; else the one with exactly this name; else the one whose name differs only in case.
pub(super) fn find<'a, E: Entry>(
    entries: impl Iterator<Item = &'a E> + Clone,
    text: &str,
) -> Result<&'a E, LookupError> {
    let text = text.trim();
    if let Some(entry) = entries.clone().find(|entry| entry.has_id(text)) {
        return Ok(entry);
    }
    let folded = text.to_lowercase();
    let exact: Vec<&E> = entries.clone().filter(|entry| entry.name() == text).collect();
    let found = if exact.is_empty() {
        let same = |entry: &&E| !folded.is_empty() && entry.name().trim().to_lowercase() == folded;
        entries.clone().filter(same).collect()
    } else {
        exact
    };
    match found.as_slice() {
        [entry] => Ok(entry),
        [] => Err(LookupError::NotFound {
            what: E::WHAT,
            text: text.to_owned(),
            near: near(entries.map(Entry::name), &folded),
        }),
        several => Err(LookupError::Ambiguous {
            what: E::WHAT,
            text: text.to_owned(),
            ids: several.iter().map(|entry| entry.describe()).collect(),
        }),
    }
}

/// The names that may be meant, the nearest first.
fn near<'a>(names: impl Iterator<Item = &'a str>, folded: &str) -> Vec<String> {
    if folded.is_empty() {
        return Vec::new();
    }
    let mut near: Vec<(usize, &str)> = names
        .map(|name| (strsim::osa_distance(&name.to_lowercase(), folded), name))
        // Further away it would be a guess.
        .filter(|(distance, name)| *distance <= 1 + name.chars().count() / 3)
        .collect();
    near.sort_unstable();
    near.dedup();
    near.into_iter()
        .take(SUGGESTED)
        .map(|(_, name)| name.to_owned())
        .collect()
}

#[cfg(test)]
mod tests {
    use super::find;
    use crate::directory::entry::Door;

    const DOORS: [(i32, &str, i32); 6] = [
        (1, "Front lobby", 7),
        (2, "FRONT LOBBY", 7),
        (3, "Back door", 7),
        (4, "Back door", 8),
        (5, "Side", 7),
        (6, "3", 7),
    ];

    fn found(text: &str) -> Result<i32, String> {
        let doors: Vec<Door> = DOORS
            .iter()
            .map(|&(id, name, place)| Door {
                id,
                name: name.to_owned(),
                place,
            })
            .collect();
        find(doors.iter(), text)
            .map(|door| door.id)
            .map_err(|error| error.to_string())
    }

    #[test]
    fn ids_go_before_names_and_exact_ones_before_others() {
        for (text, id) in [
            ("1", 1),
            ("3", 3),
            ("Front lobby", 1),
            ("FRONT LOBBY", 2),
            (" side ", 5),
        ] {
            assert_eq!(found(text), Ok(id), "{text}");
        }
    }

    #[test]
    fn several_are_listed_and_for_none_the_nearest_are() {
        for (text, message) in [
            (
                "front Lobby",
                "Kisi door: several are called \"front Lobby\": 1 at place 7, 2 at place 7; use the id",
            ),
            (
                "Back door",
                "Kisi door: several are called \"Back door\": 3 at place 7, 4 at place 8; use the id",
            ),
            (
                "Frnt lobby",
                "Kisi door: there is none called \"Frnt lobby\"; did you mean \"FRONT LOBBY\" or \"Front lobby\"?",
            ),
            ("Garage", "Kisi door: there is none with the id or the name \"Garage\""),
            ("99", "Kisi door: there is none with the id or the name \"99\""),
            ("", "Kisi door: there is none with the id or the name \"\""),
        ] {
            assert_eq!(found(text), Err(message.to_owned()), "{text}");
        }
    }
}
