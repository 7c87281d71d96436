//! Credentials and endpoint from the environment, and from the vendor client's files.

mod env;
#[cfg(all(fuzzing, feature = "profile"))]
pub mod fuzzing;
#[cfg(feature = "profile")]
mod ini;
#[cfg(feature = "profile")]
mod profile;
mod warning;

use rhombus_kisi_runtime::{Error, Secret};

use crate::Credentials;
use env::{Env, System};
pub use warning::EnvWarning;

const API_KEY: &str = "RHOMBUS_API_KEY";
const ENDPOINT_URL: &str = "RHOMBUS_ENDPOINT_URL";
const PROFILE: &str = "RHOMBUS_PROFILE";

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
    #[cfg(feature = "tracing")]
    for warning in &settings.warnings {
        tracing::warn!("{warning}");
    }
    Ok(settings)
}

#[cfg(feature = "profile")]
fn resolve(env: &impl Env) -> Result<Settings, Error> {
    let key = env.variable(API_KEY).map(Secret::from);
    let name = env.variable(PROFILE);
    // A key alone is enough, so that files that were not asked for cannot be in its way.
    let lenient = key.is_some() && name.is_none();
    let profile = profile::read(env, name.as_deref(), lenient)?;
    Ok(Settings {
        credentials: profile.credentials(env, key)?,
        endpoint: env.variable(ENDPOINT_URL).or(profile.endpoint),
        warnings: profile.warnings.into_inner(),
    })
}

#[cfg(not(feature = "profile"))]
fn resolve(env: &impl Env) -> Result<Settings, Error> {
    if env.variable(PROFILE).is_some() {
        return Err(Error::config(format!(
            "{PROFILE} is set, but this build reads no profiles: turn on the feature `profile`"
        )));
    }
    let key = env
        .variable(API_KEY)
        .map(Secret::from)
        .ok_or_else(|| Error::config(format!("no API key: set {API_KEY}")))?;
    Ok(Settings {
        credentials: Credentials::api_key(key),
        endpoint: env.variable(ENDPOINT_URL),
        warnings: Vec::new(),
    })
}

#[cfg(test)]
mod tests;
