//! Credentials and endpoint from the environment, and from the vendor client's files.

mod env;
#[cfg(all(fuzzing, feature = "profile"))]
pub mod fuzzing;
#[cfg(feature = "profile")]
mod ini;
pub(crate) mod key_file;
mod permissions;
#[cfg(feature = "profile")]
mod profile;

#[cfg(feature = "profile")]
use std::path::Path;

use rhombus_kisi_runtime::{Error, RhombusUuid, Secret};

use crate::warning::EnvWarning;
use crate::{Credentials, trace};
use env::{Env, System};

const API_KEY: &str = "RHOMBUS_API_KEY";
const ENDPOINT_URL: &str = "RHOMBUS_ENDPOINT_URL";
const PROFILE: &str = "RHOMBUS_PROFILE";
const PARTNER: &str = "RHOMBUS_PARTNER";
const ORGANIZATION: &str = "RHOMBUS_ORGANIZATION";

/// What was found.
#[derive(Debug)]
pub(crate) struct Settings {
    pub(crate) credentials: Credentials,
    pub(crate) endpoint: Option<String>,
    pub(crate) warnings: Vec<EnvWarning>,
}

/// Reads the process's environment and the user's files.
pub(crate) fn read() -> Result<Settings, Error> {
    let settings = resolve(&System)?;
    trace::warn(&settings.warnings);
    Ok(settings)
}

/// Reads them without events for the warnings: what is read often has few that are new.
pub(crate) fn read_again() -> Result<Settings, Error> {
    resolve(&System)
}

/// Reads a profile of the vendor client's files, and no variables. `home` is in place of the user's home directory.
#[cfg(feature = "profile")]
pub(crate) fn read_profile(home: Option<&Path>, name: Option<&str>) -> Result<Settings, Error> {
    let env = env::Files {
        home: home.map(Path::to_owned),
    };
    let asked = name.map(|name| profile::Asked {
        name,
        by: "`ProfileFile`",
    });
    let profile = profile::read(&env, asked, false)?;
    Ok(Settings {
        credentials: profile.credentials(&env, None)?,
        endpoint: profile.endpoint,
        warnings: profile.warnings.into_inner(),
    })
}

fn resolve(env: &impl Env) -> Result<Settings, Error> {
    let settings = from_files(env)?;
    Ok(Settings {
        credentials: acting(env, settings.credentials)?,
        ..settings
    })
}

/// The credentials with what the variables say of partner and organisation, which goes before what a profile says.
fn acting(env: &impl Env, credentials: Credentials) -> Result<Credentials, Error> {
    let credentials = match env.variable(PARTNER).as_deref() {
        None => credentials,
        Some("true" | "1") => credentials.of_partner(true),
        Some("false" | "0") => credentials.of_partner(false),
        Some(_) => {
            return Err(Error::config(format!(
                "{PARTNER} is neither `true` nor `false`: it tells whether the key is a partner's"
            )));
        }
    };
    let Some(organization) = env.variable(ORGANIZATION) else {
        return Ok(credentials);
    };
    let id: RhombusUuid = organization.parse().map_err(|_| {
        Error::config(format!(
            "{ORGANIZATION} is not an id: an id has 22 characters. To act for an organisation by its name, leave it out, look the id up with \
             `Client::organizations` (feature `directory`), and give it to `Client::for_organization`"
        ))
    })?;
    if !credentials.is_partner() {
        return Err(Error::config(format!(
            "{ORGANIZATION} is set, but the key is an organisation's own: set {PARTNER}=true if it is a partner's, or leave {ORGANIZATION} out"
        )));
    }
    Ok(credentials.organization(id))
}

#[cfg(feature = "profile")]
fn from_files(env: &impl Env) -> Result<Settings, Error> {
    let key = env.variable(API_KEY).map(Secret::from);
    let name = env.variable(PROFILE);
    // A key alone is enough, so that files that were not asked for cannot be in its way.
    let lenient = key.is_some() && name.is_none();
    let asked = name.as_deref().map(|name| profile::Asked { name, by: PROFILE });
    let profile = profile::read(env, asked, lenient)?;
    Ok(Settings {
        credentials: profile.credentials(env, key)?,
        endpoint: env.variable(ENDPOINT_URL).or(profile.endpoint),
        warnings: profile.warnings.into_inner(),
    })
}

#[cfg(not(feature = "profile"))]
fn from_files(env: &impl Env) -> Result<Settings, Error> {
    if env.variable(PROFILE).is_some() {
        return Err(Error::config(format!(
            "{PROFILE} is set, but this build reads no profiles: turn on the feature `profile`"
        )));
    }
    let key = env
        .variable(API_KEY)
        .map(Secret::from)
        .ok_or_else(|| Error::config(no_key()))?;
    Ok(Settings {
        credentials: Credentials::api_key(key),
        endpoint: env.variable(ENDPOINT_URL),
        warnings: Vec::new(),
    })
}

/// What to say where there is no key.
fn no_key() -> String {
    format!(
        "no API key: set {API_KEY}, and {PARTNER}=true if it is a partner's, with {ORGANIZATION} for the id of the client organisation that \
         it acts for"
    )
}

#[cfg(test)]
#[cfg(feature = "profile")]
mod platforms;
#[cfg(test)]
mod tests;
