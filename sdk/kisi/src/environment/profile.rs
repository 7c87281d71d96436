use std::cell::RefCell;
use std::io;
use std::path::{Path, PathBuf};

use rhombus_kisi_runtime::{Error, Secret};

use super::env::{Env, File};
use super::ini::Ini;
use super::{API_KEY, permissions};
use crate::warning::EnvWarning;
use crate::{Credentials, unreadable};

const DEFAULT: &str = "default";
/// More than any file of the vendor's client has; what is behind it is not read.
const LARGEST: usize = 16 * 1024 * 1024;

/// The profile that is asked for, and what asked for it: named in errors.
#[derive(Clone, Copy)]
pub(crate) struct Asked<'a> {
    pub(crate) name: &'a str,
    pub(crate) by: &'static str,
}

/// A profile of the vendor's client, with nothing filled in that its files do not say.
#[derive(Default)]
pub(crate) struct Profile {
    name: String,
    /// The credentials file, where it was looked for.
    path: Option<PathBuf>,
    /// Whether the profile was not asked for, so that what is broken in it is left out.
    lenient: bool,
    api_key: Option<Secret>,
    auth_type: Option<String>,
    cert_file: Option<String>,
    key_file: Option<String>,
    is_partner: bool,
    pub(crate) endpoint: Option<String>,
    pub(crate) warnings: RefCell<Vec<EnvWarning>>,
}

/// Reads a profile; `lenient` leaves out what cannot be read.
pub(crate) fn read(env: &impl Env, asked: Option<Asked<'_>>, lenient: bool) -> Result<Profile, Error> {
    let mut profile = Profile {
        name: asked.map_or(DEFAULT, |asked| asked.name).to_owned(),
        lenient,
        ..Profile::default()
    };
    let Some(directory) = env.home().map(|home| home.join(".rhombus")) else {
        return match asked {
            Some(Asked { name, by }) => Err(Error::config(format!(
                "{by} names the profile `{}`, but there is no home directory to look for it",
                name.escape_debug()
            ))),
            None => Ok(profile),
        };
    };
    let (credentials, config) = (directory.join("credentials"), directory.join("config"));

    let mut found = false;
    if let Some((ini, mode)) = profile.ini(env, &credentials)? {
        profile.check(env, &credentials, mode, true);
        let section = profile.name.clone();
        found |= ini.has_section(&section);
        let get = |name| ini.get(&section, name).filter(|value| !value.is_empty());
        profile.api_key = get("api_key").map(Secret::from);
        profile.auth_type = get("auth_type").map(str::to_owned);
        profile.cert_file = get("cert_file").map(str::to_owned);
        profile.key_file = get("key_file").map(str::to_owned);
        profile.is_partner = get("is_partner") == Some("true");
    }
    if let Some((ini, mode)) = profile.ini(env, &config)? {
        let secret = ini.names().any(holds_secret);
        profile.check(env, &config, mode, secret);
        let section = match format!("profile {}", profile.name) {
            section if profile.name != DEFAULT && ini.has_section(&section) => section,
            _ => profile.name.clone(),
        };
        found |= ini.has_section(&section);
        let endpoint = ini.get(&section, "endpoint_url").filter(|url| !url.is_empty());
        profile.endpoint = endpoint.map(str::to_owned);
    }
    match asked {
        Some(Asked { name, by }) if !found => Err(Error::config(format!(
            "{by} names the profile `{}`, which is neither in {} nor in {}",
            name.escape_debug(),
            credentials.display(),
            config.display()
        ))),
        _ => {
            profile.path = Some(credentials);
            Ok(profile)
        }
    }
}

/// Whether a key of the vendor's files is for a secret.
fn holds_secret(name: &str) -> bool {
    name.ends_with("api_key") || name.ends_with("secret") || name.ends_with("token")
}

impl Profile {
    /// The credentials, with the environment's key before the profile's own.
    pub(crate) fn credentials(&self, env: &impl Env, key: Option<Secret>) -> Result<Credentials, Error> {
        let key = match (key, &self.api_key) {
            (Some(key), _) => key,
            (None, Some(key)) if key.expose().starts_with("****") => {
                return Err(self.wrong(
                    "api_key",
                    &format!(
                        "is a mask that an older version of the vendor's client wrote over the key: put the key itself there, by \
                         `rhombus configure` or `rhombus login`, or set {API_KEY}"
                    ),
                ));
            }
            (None, Some(key)) => key.clone(),
            (None, None) => return Err(Error::config(self.no_key())),
        };
        let credentials = match self.is_partner {
            true => Credentials::partner_key(key),
            false => Credentials::api_key(key),
        };
        // Any other way to sign in, and a certificate without its key, is as good as none to the vendor's client.
        let (Some("cert"), Some(certificate), Some(key)) = (self.auth_type.as_deref(), &self.cert_file, &self.key_file)
        else {
            return Ok(credentials);
        };
        match self.certificate(env, &credentials, certificate, key) {
            Err(error) if self.lenient => {
                self.leave_out(
                    self.path.as_deref().unwrap_or(Path::new("~/.rhombus/credentials")),
                    format!("the client certificate of [{}]: {error}", self.name.escape_debug()),
                );
                Ok(credentials)
            }
            result => result,
        }
    }

    /// The credentials with the client certificate that the profile names.
    fn certificate(
        &self,
        env: &impl Env,
        credentials: &Credentials,
        certificate: &str,
        key: &str,
    ) -> Result<Credentials, Error> {
        let (path, certificate) = self.named_file(env, "cert_file", certificate)?;
        self.check(env, &path, certificate.mode, false);
        let (path, key) = self.named_file(env, "key_file", key)?;
        self.check(env, &path, key.mode, true);
        let key_pem = std::str::from_utf8(&key.bytes).map_err(|error| {
            let reason = unreadable::not_utf8(&key.bytes, error.valid_up_to());
            self.wrong(
                "key_file",
                &format!("names {}, which is not a PEM: {reason}", path.display()),
            )
        })?;
        let credentials = credentials
            .clone()
            .client_certificate(certificate.bytes.to_vec(), key_pem);
        // What is broken is left out here, so it has to be known here.
        #[cfg(any(feature = "rustls", feature = "native-tls"))]
        if let Some(pem) = credentials.certificate_pem().filter(|_| self.lenient) {
            crate::tls::identity(pem)?;
        }
        Ok(credentials)
    }

    fn no_key(&self) -> String {
        match &self.path {
            Some(path) => format!(
                "{}; or set `api_key` under [{}] in {}",
                super::no_key(),
                self.name.escape_debug(),
                path.display()
            ),
            None => super::no_key(),
        }
    }

    /// An error about one of the profile's values; the value is not quoted.
    fn wrong(&self, name: &str, reason: &str) -> Error {
        let path = self.path.as_deref().unwrap_or(Path::new("~/.rhombus/credentials"));
        Error::config(format!(
            "`{name}` under [{}] in {} {reason}",
            self.name.escape_debug(),
            path.display()
        ))
    }

    /// A file of the vendor's client with its permission bits; `None` where there is none.
    fn ini(&self, env: &impl Env, path: &Path) -> Result<Option<(Ini, Option<u32>)>, Error> {
        let reason = match env.file(path, LARGEST) {
            Ok(File { bytes, mode }) => match std::str::from_utf8(&bytes) {
                Ok(text) => match Ini::parse(text) {
                    Ok(ini) => return Ok(Some((ini, mode))),
                    Err(malformed) => format!("line {}: {}", malformed.line, malformed.reason),
                },
                Err(error) => unreadable::not_utf8(&bytes, error.valid_up_to()),
            },
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(error) => unreadable::reason(&error),
        };
        if !self.lenient {
            return Err(Error::config(format!("{} cannot be read: {reason}", path.display())));
        }
        self.leave_out(path, reason);
        Ok(None)
    }

    fn leave_out(&self, path: &Path, reason: String) {
        self.warnings.borrow_mut().push(EnvWarning::LeftOut {
            path: path.to_owned(),
            reason,
        });
    }

    fn named_file(&self, env: &impl Env, name: &str, path: &str) -> Result<(PathBuf, File), Error> {
        let path = match (path.strip_prefix("~/"), env.home()) {
            (Some(rest), Some(home)) => home.join(rest),
            _ => PathBuf::from(path),
        };
        match env.file(&path, LARGEST) {
            Ok(file) => Ok((path, file)),
            Err(error) => Err(Error::config_because(
                format!(
                    "the file that `{name}` names, {}, cannot be read: {}",
                    path.display(),
                    unreadable::reason(&error)
                ),
                error,
            )),
        }
    }

    /// Warns of what others can do with a file.
    fn check(&self, env: &impl Env, path: &Path, mode: Option<u32>, secret: bool) {
        permissions::check(env, path, mode, secret, &mut self.warnings.borrow_mut());
    }
}
