use bytes::Bytes;
use http::header::InvalidHeaderValue;
use http::{HeaderMap, HeaderName, HeaderValue};
use rhombus_kisi_runtime::{Error, RhombusUuid, Secret};

const KEY: HeaderName = HeaderName::from_static("x-auth-apikey");
const SCHEME: HeaderName = HeaderName::from_static("x-auth-scheme");
const ORGANIZATION: HeaderName = HeaderName::from_static("x-auth-org");
const ACCESS_TOKEN: HeaderName = HeaderName::from_static("x-auth-access-token");

/// The headers that say who the client is; all of them sensitive.
#[derive(Clone)]
pub(crate) struct AuthHeaders {
    /// The key or the access token.
    secret: HeaderValue,
    is_token: bool,
    scheme: &'static str,
    organization: Option<HeaderValue>,
}

impl AuthHeaders {
    /// How many headers [`insert`](Self::insert) adds at most.
    pub(crate) const COUNT: usize = 3;

    pub(super) fn new(
        secret: Secret,
        is_token: bool,
        scheme: &'static str,
        organization: Option<HeaderValue>,
    ) -> Result<Self, Error> {
        Ok(Self {
            secret: secret_header(secret, is_token)?,
            is_token,
            scheme,
            organization,
        })
    }

    /// Adds the headers; none that says who the client is stays from before.
    pub(crate) fn insert(&self, headers: &mut HeaderMap) {
        if !headers.is_empty() {
            headers.remove(ORGANIZATION);
            headers.remove(if self.is_token { KEY } else { ACCESS_TOKEN });
        }
        let name = if self.is_token { ACCESS_TOKEN } else { KEY };
        headers.insert(name, self.secret.clone());
        let mut scheme = HeaderValue::from_static(self.scheme);
        scheme.set_sensitive(true);
        headers.insert(SCHEME, scheme);
        if let Some(organization) = &self.organization {
            headers.insert(ORGANIZATION, organization.clone());
        }
    }

    pub(crate) fn scheme(&self) -> &'static str {
        self.scheme
    }

    pub(crate) fn is_partner(&self) -> bool {
        self.scheme.starts_with("partner")
    }

    pub(crate) fn organization(&self) -> Option<&str> {
        self.organization.as_ref().and_then(|value| value.to_str().ok())
    }

    /// The same key for another organisation.
    pub(crate) fn for_organization(&self, id: &RhombusUuid) -> Result<Self, Error> {
        Ok(Self {
            organization: Some(organization_header(id)?),
            ..self.clone()
        })
    }

    /// The same key for another organisation.
    pub(super) fn acting_for(&self, organization: &HeaderValue) -> Self {
        let mut headers = self.clone();
        headers.organization = Some(organization.clone());
        headers
    }

    /// Whether the server is told the same in all but the organisation.
    pub(super) fn is_same_secret(&self, other: &Self) -> bool {
        self.scheme == other.scheme && self.secret == other.secret
    }

    /// The key or the token, for masking.
    pub(crate) fn expose_secret(&self) -> &str {
        self.secret.to_str().unwrap_or_default()
    }
}

/// The key or the token as a header.
fn secret_header(secret: Secret, is_token: bool) -> Result<HeaderValue, Error> {
    let what = if is_token { "access token" } else { "API key" };
    if secret.is_empty() {
        return Err(Error::config(format!("the {what} is empty")));
    }
    if let Some(at) = secret.expose().bytes().position(|byte| !byte.is_ascii_graphic()) {
        return Err(Error::config(format!(
            "the {what} has a byte that is not visible ASCII at position {}: a space, a line break, or text that is none",
            at + 1
        )));
    }
    wiped_header(secret).map_err(|error| Error::config_because(format!("the {what} does not fit a header"), error))
}

/// A sensitive header whose bytes are wiped when its last copy is dropped.
pub(crate) fn wiped_header(secret: Secret) -> Result<HeaderValue, InvalidHeaderValue> {
    /// Lends a secret's bytes to [`Bytes`].
    struct Owner(Secret);

    impl AsRef<[u8]> for Owner {
        fn as_ref(&self) -> &[u8] {
            self.0.expose().as_bytes()
        }
    }

    let mut header = HeaderValue::from_maybe_shared(Bytes::from_owner(Owner(secret)))?;
    header.set_sensitive(true);
    Ok(header)
}

pub(super) fn organization_header(id: &RhombusUuid) -> Result<HeaderValue, Error> {
    let mut header = HeaderValue::try_from(id.as_str())
        .map_err(|_| Error::invalid("organization", "the id has characters that a header cannot carry"))?;
    header.set_sensitive(true);
    Ok(header)
}
