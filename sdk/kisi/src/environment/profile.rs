use std::cell::RefCell;
use std::io;
use std::path::{Path, PathBuf};

use rhombus_kisi_runtime::{Error, Secret};
use zeroize::Zeroizing;

use super::surroundings::{File, Surroundings};
use super::{API_KEY, EnvWarning, PROFILE, ini};
use crate::Credentials;

const DEFAULT: &str = "default";

/// A profile of the vendor's client, with nothing filled in that its files do not say.
#[derive(Default)]
pub(crate) struct Profile {
    name: String,
    /// The credentials file, where it was looked for.
    path: Option<PathBuf>,
    api_key: Option<Secret>,
    auth_type: Option<String>,
    cert_file: Option<String>,
    key_file: Option<String>,
    is_partner: Option<String>,
    pub(crate) endpoint: Option<String>,
    pub(crate) warnings: RefCell<Vec<EnvWarning>>,
}

/// Reads a profile; `lenient` leaves out files that cannot be read.
pub(crate) fn read(surroundings: &impl Surroundings, name: Option<&str>, lenient: bool) -> Result<Profile, Error> {
    let mut profile = Profile {
        name: name.unwrap_or(DEFAULT).to_owned(),
        ..Profile::default()
    };
    let Some(directory) = surroundings.home().map(|home| home.join(".rhombus")) else {
        return match name {
            Some(name) => Err(Error::config(format!(
                "{PROFILE} names the profile `{name}`, but there is no home directory to look for it"
            ))),
            None => Ok(profile),
        };
    };
    let (credentials, config) = (directory.join("credentials"), directory.join("config"));

    let mut found = false;
    if let Some((text, mode)) = profile.text(surroundings, &credentials, lenient)? {
        profile.check(&credentials, mode);
        let section = profile.name.clone();
        found |= ini::has_section(&text, &section);
        let get = |name| ini::get(&text, &section, name).filter(|value| !value.is_empty());
        profile.api_key = get("api_key").map(Secret::from);
        profile.auth_type = get("auth_type").map(str::to_owned);
        profile.cert_file = get("cert_file").map(str::to_owned);
        profile.key_file = get("key_file").map(str::to_owned);
        profile.is_partner = get("is_partner").map(str::to_owned);
    }
    if let Some((text, _)) = profile.text(surroundings, &config, lenient)? {
        let section = match profile.name.as_str() {
            DEFAULT => DEFAULT.to_owned(),
            name => format!("profile {name}"),
        };
        found |= ini::has_section(&text, &section);
        let endpoint = ini::get(&text, &section, "endpoint_url").filter(|url| !url.is_empty());
        profile.endpoint = endpoint.map(str::to_owned);
    }
    match name {
        Some(name) if !found => Err(Error::config(format!(
            "{PROFILE} names the profile `{name}`, which is neither in {} nor in {}",
            credentials.display(),
            config.display()
        ))),
        _ => {
            profile.path = Some(credentials);
            Ok(profile)
        }
    }
}

/// A file's text and its permission bits.
type Text = (Zeroizing<String>, Option<u32>);

impl Profile {
    /// The credentials, with the environment's key before the profile's own.
    pub(crate) fn credentials(
        &self,
        surroundings: &impl Surroundings,
        key: Option<Secret>,
    ) -> Result<Credentials, Error> {
        let from_environment = key.is_some();
        let key = key
            .or_else(|| self.api_key.clone())
            .ok_or_else(|| Error::config(self.no_key()))?;
        let partner = match self.is_partner.as_deref() {
            None => false,
            Some(text) if text.eq_ignore_ascii_case("true") => true,
            Some(text) if text.eq_ignore_ascii_case("false") => false,
            Some(_) => return Err(self.wrong("is_partner", "is neither `true` nor `false`")),
        };
        let credentials = match partner {
            true => Credentials::partner_key(key),
            false => Credentials::api_key(key),
        };
        match self.auth_type.as_deref() {
            None | Some("token") => Ok(credentials),
            Some("cert") => {
                let certificate = self.secret_file(surroundings, "cert_file", self.cert_file.as_deref())?;
                let key = self.secret_file(surroundings, "key_file", self.key_file.as_deref())?;
                self.check(&key.0, key.1.mode);
                let key_pem = std::str::from_utf8(&key.1.bytes)
                    .map_err(|_| self.wrong("key_file", "names a file that is no PEM"))?;
                Ok(credentials.client_certificate(certificate.1.bytes.to_vec(), key_pem))
            }
            // Another way to sign in, which the key of the environment stands in for.
            Some(_) if from_environment => Ok(credentials),
            Some(_) => Err(self.wrong("auth_type", "is neither `token` nor `cert`")),
        }
    }

    fn no_key(&self) -> String {
        match &self.path {
            Some(path) => format!(
                "no API key: set {API_KEY}, or `api_key` under [{}] in {}",
                self.name,
                path.display()
            ),
            None => format!("no API key: set {API_KEY}"),
        }
    }

    /// An error about one of the profile's values; the value is not quoted.
    fn wrong(&self, name: &str, reason: &str) -> Error {
        let path = self.path.as_deref().unwrap_or(Path::new("~/.rhombus/credentials"));
        Error::config(format!("`{name}` under [{}] in {} {reason}", self.name, path.display()))
    }

    /// A file of the vendor's client; `None` where there is none.
    fn text(&self, surroundings: &impl Surroundings, path: &Path, lenient: bool) -> Result<Option<Text>, Error> {
        let reason = match surroundings.file(path) {
            Ok(File { mut bytes, mode }) => match String::from_utf8(std::mem::take(&mut *bytes)).map(Zeroizing::new) {
                Ok(text) => match ini::malformed(&text) {
                    None => return Ok(Some((text, mode))),
                    Some(line) => format!("line {line} is neither a section, a `name = value` nor a comment"),
                },
                Err(error) => {
                    drop(Zeroizing::new(error.into_bytes()));
                    "it is not UTF-8".to_owned()
                }
            },
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(error) => error.to_string(),
        };
        if !lenient {
            return Err(Error::config(format!("{} cannot be read: {reason}", path.display())));
        }
        self.warnings.borrow_mut().push(EnvWarning::LeftOut {
            path: path.to_owned(),
            reason,
        });
        Ok(None)
    }

    fn secret_file(
        &self,
        surroundings: &impl Surroundings,
        name: &str,
        path: Option<&str>,
    ) -> Result<(PathBuf, File), Error> {
        let path = path.ok_or_else(|| self.wrong(name, "is missing, and `auth_type` `cert` needs it"))?;
        let path = match (path.strip_prefix("~/"), surroundings.home()) {
            (Some(rest), Some(home)) => home.join(rest),
            _ => PathBuf::from(path),
        };
        match surroundings.file(&path) {
            Ok(file) => Ok((path, file)),
            Err(error) => Err(Error::config_because(
                format!("the file that `{name}` names, {}, cannot be read", path.display()),
                error,
            )),
        }
    }

    /// Warns of a secret that others can read.
    fn check(&self, path: &Path, mode: Option<u32>) {
        if let Some(mode) = mode.filter(|mode| mode & 0o044 != 0) {
            self.warnings.borrow_mut().push(EnvWarning::ReadableByOthers {
                path: path.to_owned(),
                mode,
            });
        }
    }
}
