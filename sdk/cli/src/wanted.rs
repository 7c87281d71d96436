//! The settings that a file wants: with ids, in the API's own form, or with names.

use std::fs;
use std::path::Path;

use rhombus_kisi::file::{Format, NamedFile, NamedOrganization, SettingsFile};
use rhombus_kisi::types::KisiSettings;
use rhombus_kisi::{Client, RhombusUuid, Settings};

use crate::failure::Failure;

#[derive(Debug)]
pub(crate) enum Wanted {
    /// With ids.
    Ids(Box<SettingsFile>),
    /// With names, which are looked up when they are needed.
    Names(Box<NamedFile>),
}

impl Wanted {
    /// Reads a file, in whichever form it has.
    pub(crate) fn read(path: &Path) -> Result<Self, Failure> {
        let has_names = Format::of(path).is_ok_and(|format| {
            // What cannot be read is an error below.
            fs::read_to_string(path).is_ok_and(|text| NamedFile::is_one(&text, format))
        });
        Ok(match has_names {
            true => Self::Names(Box::new(NamedFile::read(path)?)),
            false => Self::Ids(Box::new(SettingsFile::read(path)?)),
        })
    }

    /// The organisations that the file names: the id, if the file has it, and what to call it.
    pub(crate) fn organizations(&self) -> Vec<(Option<RhombusUuid>, String)> {
        match self {
            Self::Ids(file) => {
                let all = file.organizations.iter();
                all.map(|one| {
                    (
                        Some(one.id.clone()),
                        one.name.clone().unwrap_or_else(|| one.id.to_string()),
                    )
                })
                .collect()
            }
            Self::Names(file) => {
                let names = file
                    .organizations()
                    .map(|one| one.name().unwrap_or_default().to_owned());
                names.map(|name| (name.parse().ok(), name)).collect()
            }
        }
    }

    /// The ids of the organisations that the file names, for which the server may have to be asked.
    pub(crate) async fn ids(&self, client: &Client) -> Result<Vec<RhombusUuid>, Failure> {
        match self {
            Self::Ids(file) => Ok(file.organizations.iter().map(|one| one.id.clone()).collect()),
            Self::Names(file) if file.organizations().len() == 0 => Ok(Vec::new()),
            Self::Names(file) => {
                let all = client.organizations().await?;
                let ids = file.organizations().map(|one| Ok(one.organization(&all)?.id.clone()));
                ids.collect()
            }
        }
    }

    /// The settings of the first version for an organisation, which is one of the file's, by its position, or another.
    pub(crate) async fn first_version(&self, client: &Client, part: Option<usize>) -> Result<KisiSettings, Failure> {
        match self {
            Self::Ids(file) => {
                let own = part.and_then(|part| file.organizations.get(part));
                Ok(own.map_or(&file.settings, |own| &own.settings).clone())
            }
            Self::Names(file) => named(file, client, part).await,
        }
    }

    /// The settings of the second version, which only a file with names can be of.
    pub(crate) async fn second_version<S: Settings>(&self, client: &Client, part: Option<usize>) -> Result<S, Failure> {
        match self {
            Self::Ids(_) => Err(Failure::OtherVersion),
            Self::Names(file) => named(file, client, part).await,
        }
    }
}

/// The settings with ids in the place of the names.
async fn named<S: Settings>(file: &NamedFile, client: &Client, part: Option<usize>) -> Result<S, Failure> {
    let part: NamedOrganization<'_> = part
        .and_then(|part| file.organizations().nth(part))
        .unwrap_or_else(|| file.common());
    let directory = client.directory();
    let directory = match part.kisi_api_key() {
        Some(key) => directory.kisi_api_key(key),
        None => directory,
    };
    Ok(part.settings(&directory.await?)?)
}
