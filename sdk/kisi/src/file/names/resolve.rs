//! From names to ids: the same document in the API's form, each part where it was in the text.

use rhombus_kisi_runtime::{Kind, RhombusUuid};

use super::super::fault::Faults;
use super::super::tree::{Form, Key, Tree};
use super::super::words;
use crate::directory::{Directory, LookupError, Place};

/// What a property of the API is called in a file with names.
struct Alias {
    name: &'static str,
    property: &'static str,
}

const PLACES: Alias = Alias {
    name: "places",
    property: "placeToSettingsMap",
};
const DOORS: Alias = Alias {
    name: "doors",
    property: "doorInfoMap",
};
const CAMERAS: Alias = Alias {
    name: "cameras",
    property: "assignedCameraList",
};
const LOCATION: Alias = Alias {
    name: "location",
    property: "locationUuid",
};
/// Maps by ids that have no form with names.
const WITHOUT_NAMES: [&str; 1] = ["doorToCameraMap"];
const PLACE_NAME: &str = "placeName";
const DOOR_NAME: &str = "doorName";

/// Replaces the names in settings by ids.
pub(super) struct Resolve<'a> {
    pub(super) directory: &'a Directory,
    pub(super) faults: &'a mut Faults,
}

impl Resolve<'_> {
    /// The settings of a table: of the whole file, or of an organisation; `around` are the keys that are none.
    pub(super) fn settings(&mut self, kind: Kind, tree: &Tree, around: &[&str]) -> Tree {
        let aliases = [PLACES, DOORS];
        self.table(kind, tree, &aliases, around, |resolve, kind, alias, tree| {
            if alias.name == DOORS.name {
                return resolve.doors(kind, None, tree);
            }
            resolve.entries(tree, |resolve, key, tree| {
                let place = resolve.found(key.at, resolve.directory.place(&key.name))?;
                let settings = resolve.place(kind.of(""), place, tree);
                Some((place.id, named(settings, key.at, PLACE_NAME, &place.name)))
            })
        })
    }

    fn place(&mut self, kind: Kind, place: &Place, tree: &Tree) -> Tree {
        self.table(kind, tree, &[DOORS], &[], |resolve, kind, _, tree| {
            resolve.doors(kind, Some(place), tree)
        })
    }

    /// Doors by name: of a place, or of any.
    fn doors(&mut self, kind: Kind, place: Option<&Place>, tree: &Tree) -> Tree {
        self.entries(tree, |resolve, key, tree| {
            let found = match place {
                Some(place) => resolve.directory.door_at(place, &key.name),
                None => resolve.directory.door(&key.name),
            };
            let door = resolve.found(key.at, found)?;
            let settings = resolve.door(kind.of(""), tree);
            Some((door.id, named(settings, key.at, DOOR_NAME, &door.name)))
        })
    }

    fn door(&mut self, kind: Kind, tree: &Tree) -> Tree {
        self.table(kind, tree, &[CAMERAS, LOCATION], &[], |resolve, _, alias, tree| {
            if alias.name == CAMERAS.name {
                let cameras = tree.items().iter().map(|tree| resolve.camera(tree)).collect();
                return replaced(tree, matches!(tree.form, Form::List(_)), Form::List(cameras));
            }
            let found = tree.text().map(|text| resolve.directory.location(text));
            resolve.id(tree, found)
        })
    }

    fn camera(&mut self, tree: &Tree) -> Tree {
        let found = tree.text().map(|text| self.directory.camera(text));
        self.id(tree, found)
    }

    /// The id of what a text names. `null` if nothing was found, so that there is one fault; what is no text stays as it is.
    fn id<'e, E>(&mut self, tree: &Tree, found: Option<Result<&'e E, LookupError>>) -> Tree
    where
        &'e E: Into<RhombusUuid>,
    {
        let Some(found) = found else { return tree.clone() };
        let id = self.found(tree.at, found).map(|found| found.into().to_string());
        Tree {
            at: tree.at,
            form: id.map_or(Form::Null, Form::Text),
        }
    }

    /// A table of options, with the aliases replaced. Keys that are neither are faults; those of `around` are left out.
    fn table(
        &mut self,
        kind: Kind,
        tree: &Tree,
        aliases: &[Alias],
        around: &[&str],
        mut inside: impl FnMut(&mut Self, Kind, &Alias, &Tree) -> Tree,
    ) -> Tree {
        let Form::Table(entries) = &tree.form else {
            return tree.clone();
        };
        let is_option = |name: &&str| {
            let is_replaced = aliases.iter().any(|alias| alias.property == *name);
            !is_replaced && !WITHOUT_NAMES.contains(name)
        };
        // The second version of the API has no doors beside the places.
        let aliases: Vec<&Alias> = aliases
            .iter()
            .filter(|alias| kind.property(alias.property).is_some())
            .collect();
        let properties = match kind {
            Kind::Object(properties) => properties,
            _ => &[],
        };
        let options: Vec<&str> = properties
            .iter()
            .map(|property| property.name)
            .filter(is_option)
            .collect();
        let mut resolved = Vec::with_capacity(entries.len());
        for (key, tree) in entries {
            let name = key.name.as_str();
            if around.contains(&name) {
                continue;
            }
            if let Some(alias) = aliases.iter().find(|alias| alias.name == name) {
                let tree = inside(self, kind.of(alias.property), alias, tree);
                resolved.push((renamed(key, alias.property.to_owned()), tree));
            } else if options.contains(&name) {
                resolved.push((key.clone(), tree.clone()));
            } else {
                let known = aliases.iter().map(|alias| alias.name).chain(options.iter().copied());
                self.faults
                    .push(key.at, words::unknown(&known.collect::<Vec<_>>(), name));
            }
        }
        replaced(tree, true, Form::Table(resolved))
    }

    /// A table by names, as one by ids. What is not found is left out.
    fn entries(&mut self, tree: &Tree, mut entry: impl FnMut(&mut Self, &Key, &Tree) -> Option<(i32, Tree)>) -> Tree {
        let Form::Table(entries) = &tree.form else {
            return tree.clone();
        };
        let resolved = entries.iter().filter_map(|(key, tree)| {
            let (id, tree) = entry(self, key, tree)?;
            Some((renamed(key, id.to_string()), tree))
        });
        let resolved = resolved.collect();
        replaced(tree, true, Form::Table(resolved))
    }

    /// What was found; notes the fault if nothing was. The text itself is not quoted: it may be a secret in the wrong line.
    fn found<T>(&mut self, at: usize, found: Result<T, LookupError>) -> Option<T> {
        found.map_err(|error| self.faults.push(at, error.without_text())).ok()
    }
}

fn renamed(key: &Key, name: String) -> Key {
    Key { at: key.at, name }
}

/// The same place in the text with another form, if that is one.
fn replaced(tree: &Tree, is_one: bool, form: Form) -> Tree {
    match is_one {
        true => Tree { at: tree.at, form },
        false => tree.clone(),
    }
}

/// The settings with a name, unless they have one.
fn named(mut settings: Tree, at: usize, property: &str, name: &str) -> Tree {
    if settings.get(property).is_none()
        && !name.is_empty()
        && let Form::Table(entries) = &mut settings.form
    {
        let key = Key {
            at,
            name: property.to_owned(),
        };
        let form = Form::Text(name.to_owned());
        entries.push((key, Tree { at, form }));
    }
    settings
}
