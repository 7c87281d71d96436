//! Names next to the ids in a text.

use std::fmt;

use rhombus_kisi_runtime::RhombusUuid;

use super::Directory;
use crate::settings::quoted;

/// Something with the names that a directory has next to the ids in it; see [`Directory::named`].
#[derive(Clone, Copy, Debug)]
pub struct Named<'a, T> {
    pub(super) directory: &'a Directory,
    pub(super) shown: T,
}

impl<T: fmt::Display> fmt::Display for Named<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&annotated(self.directory, &self.shown.to_string()))
    }
}

/// The text with a name behind each id that has none there.
fn annotated(directory: &Directory, text: &str) -> String {
    let mut annotated = String::with_capacity(text.len());
    let mut last = "";
    for (word, gap) in Words(text) {
        annotated.push_str(word);
        let name = match (last, word.parse::<i32>()) {
            // Not one that is there already: `door 42 "Lobby"`.
            ("door" | "doorInfoMap" | "doorToCameraMap", Ok(id)) if !gap.starts_with(" \"") => directory.door_name(id),
            ("place" | "placeToSettingsMap", Ok(id)) if !gap.starts_with(" \"") => directory.place_name(id),
            _ => directory.rhombus_name(word),
        };
        // Behind the quote that ends the id.
        let (quote, gap) = gap.split_at(usize::from(name.is_some() && gap.starts_with('"')));
        annotated.push_str(quote);
        if let Some(name) = name {
            annotated.push_str(" (");
            annotated.push_str(&quoted(name));
            annotated.push(')');
        }
        annotated.push_str(gap);
        // Of a path, `$.doorInfoMap`, what is before the id.
        last = word.rsplit('.').next().unwrap_or(word);
    }
    annotated
}

/// The words of a text, each with what is between it and the next one. The first may be empty.
struct Words<'a>(&'a str);

impl<'a> Iterator for Words<'a> {
    type Item = (&'a str, &'a str);

    fn next(&mut self) -> Option<Self::Item> {
        if self.0.is_empty() {
            return None;
        }
        let is_word = |character: char| character.is_alphanumeric() || matches!(character, '-' | '_' | '.');
        let end = self.0.find(|character| !is_word(character)).unwrap_or(self.0.len());
        let (word, rest) = self.0.split_at(end);
        let next = rest.find(is_word).unwrap_or(rest.len());
        let (gap, rest) = rest.split_at(next);
        self.0 = rest;
        Some((word, gap))
    }
}

impl Directory {
    /// Returns something to display with the names of cameras, locations, places and doors next to their ids: a plan, a change, a
    /// warning. Names that are there already are not repeated.
    ///
    /// ```no_run
    /// # async fn example(client: rhombus_kisi::Client) -> Result<(), rhombus_kisi::Error> {
    /// let directory = client.directory().await?;
    /// let plan = client.update_kisi_settings(|settings| settings.door(42, |door| door.camera(rhombus_kisi::RhombusUuid::NIL)));
    /// println!("{}", directory.named(&plan.dry_run().await?));
    /// # Ok(())
    /// # }
    /// ```
    pub fn named<T: fmt::Display>(&self, shown: T) -> Named<'_, T> {
        Named { directory: self, shown }
    }

    fn rhombus_name(&self, word: &str) -> Option<&str> {
        let id = RhombusUuid::from_server(word.trim_end_matches('.'));
        let id: RhombusUuid = id.as_str().parse().ok()?;
        let camera = self.cameras.iter().find(|camera| camera.id == id);
        let location = || self.locations.iter().find(|location| location.id == id);
        let name = camera
            .map(|camera| camera.name.as_str())
            .or_else(|| location().map(|location| location.name.as_str()));
        name.filter(|name| !name.is_empty())
    }

    fn place_name(&self, id: i32) -> Option<&str> {
        let place = self.places.iter().find(|place| place.id == id)?;
        Some(place.name.as_str()).filter(|name| !name.is_empty())
    }

    fn door_name(&self, id: i32) -> Option<&str> {
        let door = self.doors.iter().find(|door| door.id == id)?;
        Some(door.name.as_str()).filter(|name| !name.is_empty())
    }
}

#[cfg(test)]
mod tests {
    use rhombus_kisi_runtime::RhombusUuid;

    use crate::directory::{Camera, Directory, Door, Location, Place};

    #[test]
    fn each_id_that_is_known_has_its_name_once() {
        let id = |byte: u8| RhombusUuid::from_bytes([byte; 16]);
        let directory = Directory {
            cameras: vec![Camera {
                id: id(1),
                name: "Lobby\nNorth".to_owned(),
                location: None,
                status: None,
                serial_number: None,
            }],
            locations: vec![Location {
                id: id(2),
                name: "Main street".to_owned(),
            }],
            places: vec![Place {
                id: 7,
                name: "HQ".to_owned(),
            }],
            doors: vec![Door {
                id: 42,
                name: "Lobby".to_owned(),
                place: 7,
            }],
            without_kisi: None,
        };
        let text = format!(
            "+ place 7, door 42, doorName: 42\n  ! place 7 \"HQ\", door 43: [\"{0}\",\"{0}.v0\",\"{1}\",\"{2}\"].",
            id(1),
            id(2),
            id(3)
        );
        let expected = format!(
            "+ place 7 (\"HQ\"), door 42 (\"Lobby\"), doorName: 42\n  ! place 7 \"HQ\", door 43: [\"{0}\" (\"Lobby\\nNorth\"),\"{0}.v0\" \
             (\"Lobby\\nNorth\"),\"{1}\" (\"Main street\"),\"{2}\"].",
            id(1),
            id(2),
            id(3)
        );
        assert_eq!(directory.named(text).to_string(), expected);
        let path = "$.placeToSettingsMap[\"7\"].doorInfoMap[\"42\"].clipDuration: clipDuration is below zero: -1 s";
        let expected = "$.placeToSettingsMap[\"7\" (\"HQ\")].doorInfoMap[\"42\" (\"Lobby\")].clipDuration: clipDuration is below zero: -1 s";
        assert_eq!(directory.named(path).to_string(), expected);
        assert_eq!(directory.named("").to_string(), "");
    }
}
