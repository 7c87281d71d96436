use crate::compare::JsonPath;
use crate::settings::{Settings, quoted};

/// What a person would call the location at the end of a path: doors and places by their names.
pub(crate) fn subject<S: Settings>(path: &JsonPath, before: &S, after: &S) -> String {
    let names: Vec<&str> = path.names().collect();
    let (place, rest) = match names.as_slice() {
        ["placeToSettingsMap", place, rest @ ..] => (Some(*place), rest),
        rest => (None, rest),
    };
    let (door, rest) = match rest {
        ["doorInfoMap", door, rest @ ..] => (Some(*door), rest),
        // Names the map too: a door is in both of them.
        ["doorToCameraMap", door] => (Some(*door), &rest[..1]),
        rest => (None, rest),
    };
    let (before, after) = (before.maps(), after.maps());
    let mut text = String::new();
    if let Some(place) = place {
        let name = after.place_name(place).or_else(|| before.place_name(place));
        add(&mut text, "place", place, name);
    }
    if let Some(door) = door {
        let name = after.door_name(place, door).or_else(|| before.door_name(place, door));
        add(&mut text, "door", door, name);
    }
    if !rest.is_empty() {
        if !text.is_empty() {
            text.push_str(", ");
        }
        // As in a JSON path, for a name that is no identifier could be anything.
        let path = JsonPath::from_names(rest.iter().copied()).to_string();
        text.push_str(path.trim_start_matches(['$', '.']));
    }
    text
}

fn add(text: &mut String, what: &str, id: &str, name: Option<&str>) {
    if !text.is_empty() {
        text.push_str(", ");
    }
    text.push_str(what);
    text.push(' ');
    // An id that is no number is quoted, for it could be anything.
    if id.parse::<i64>().is_ok() {
        text.push_str(id);
    } else {
        text.push_str(&quoted(id));
    }
    if let Some(name) = name {
        text.push(' ');
        text.push_str(&quoted(name));
    }
}

#[cfg(test)]
mod tests {
    use super::subject;
    use crate::compare::JsonPath;
    use crate::types::KisiSettings;

    fn subject_at<const N: usize>(names: [&str; N]) -> String {
        let json = r#"{"doorInfoMap":{"42":{"doorName":"Lobby"},"x\ny":{}},
            "placeToSettingsMap":{"7":{"placeName":"HQ","doorInfoMap":{"43":{"doorName":"Side"}}}}}"#;
        let settings: KisiSettings = serde_json::from_str(json).unwrap();
        subject(&JsonPath::from_names(names), &settings, &KisiSettings::default())
    }

    #[test]
    fn doors_and_places_go_by_their_names() {
        assert_eq!(subject_at(["enabled"]), "enabled");
        assert_eq!(subject_at(["doorInfoMap", "42"]), "door 42 \"Lobby\"");
        assert_eq!(
            subject_at(["doorInfoMap", "42", "doorName"]),
            "door 42 \"Lobby\", doorName"
        );
        assert_eq!(
            subject_at(["doorToCameraMap", "42"]),
            "door 42 \"Lobby\", doorToCameraMap"
        );
        assert_eq!(
            subject_at(["placeToSettingsMap", "7", "doorInfoMap", "43", "clipDuration"]),
            "place 7 \"HQ\", door 43 \"Side\", clipDuration"
        );
        assert_eq!(subject_at(["placeToSettingsMap"]), "placeToSettingsMap");
    }

    #[test]
    fn an_id_that_is_no_number_stays_on_one_line() {
        assert_eq!(subject_at(["doorInfoMap", "x\ny"]), "door \"x\\ny\"");
    }
}
