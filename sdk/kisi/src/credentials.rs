use std::fmt;

use bytes::Bytes;
use http::{HeaderMap, HeaderName, HeaderValue};
use rhombus_kisi_runtime::{Error, RhombusUuid, Secret};

const KEY: HeaderName = HeaderName::from_static("x-auth-apikey");
const SCHEME: HeaderName = HeaderName::from_static("x-auth-scheme");
const ORGANIZATION: HeaderName = HeaderName::from_static("x-auth-org");
const ACCESS_TOKEN: HeaderName = HeaderName::from_static("x-auth-access-token");

/// Who the client is: the key of an organisation or of a partner, with or without a client certificate.
///
/// `Debug` shows the scheme and the organisation, never the key.
///
/// ```
/// use rhombus_kisi::{Client, Credentials};
///
/// let credentials = Credentials::partner_key("partner-key").organization("AAAAAAAAAAAAAAAAAAAAAQ".parse()?);
/// assert_eq!(credentials.scheme(), "partner-api-token");
/// let client = Client::builder().credentials(credentials).build()?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone)]
pub struct Credentials {
    key: Secret,
    partner: bool,
    organization: Option<RhombusUuid>,
    certificate: Option<CertificatePem>,
}

/// A client certificate and its private key, both as PEM.
#[derive(Clone)]
#[cfg_attr(
    not(any(feature = "rustls", feature = "native-tls")),
    allow(dead_code, reason = "nothing reads it without TLS")
)]
pub(crate) struct CertificatePem {
    pub(crate) certificate: Vec<u8>,
    pub(crate) key: Secret,
}

impl Credentials {
    /// Returns the credentials of an organisation's API key: scheme `api-token`.
    pub fn api_key(key: impl Into<Secret>) -> Self {
        Self {
            key: key.into(),
            partner: false,
            organization: None,
            certificate: None,
        }
    }

    /// Returns the credentials of a partner's API key: scheme `partner-api-token`.
    pub fn partner_key(key: impl Into<Secret>) -> Self {
        Self {
            partner: true,
            ..Self::api_key(key)
        }
    }

    /// Sets the client organisation that a partner acts for: header `x-auth-org`.
    #[must_use]
    pub fn organization(mut self, id: RhombusUuid) -> Self {
        self.organization = Some(id);
        self
    }

    /// Adds a client certificate (mutual TLS): the scheme becomes `api` or `partner-api`.
    ///
    /// `certificate` is one or more PEM blocks, the client's own first; `key` is one PEM block: PKCS #8, or with
    /// rustls also PKCS #1 or SEC 1. Certificates with a negative serial number, which Rhombus issues, are fine: with
    /// rustls everywhere, with `native-tls` where that is OpenSSL (other platforms' libraries are not tested).
    #[must_use]
    pub fn client_certificate(mut self, certificate: impl Into<Vec<u8>>, key: impl Into<Secret>) -> Self {
        self.certificate = Some(CertificatePem {
            certificate: certificate.into(),
            key: key.into(),
        });
        self
    }

    /// Returns the value of the header `x-auth-scheme`.
    pub fn scheme(&self) -> &'static str {
        match (self.partner, &self.certificate) {
            (false, None) => "api-token",
            (true, None) => "partner-api-token",
            (false, _) => "api",
            (true, _) => "partner-api",
        }
    }

    /// Whether the key is a partner's.
    pub fn is_partner(&self) -> bool {
        self.partner
    }

    /// The same key as a partner's or as an organisation's own.
    pub(crate) fn of_partner(mut self, partner: bool) -> Self {
        self.partner = partner;
        self
    }

    pub(crate) fn certificate_pem(&self) -> Option<&CertificatePem> {
        self.certificate.as_ref()
    }

    pub(crate) fn into_headers(self) -> Result<AuthHeaders, Error> {
        if self.organization.is_some() && !self.partner {
            return Err(Error::config(
                "only a partner acts for an organisation: give the partner's key, or leave the organisation out",
            ));
        }
        let scheme = self.scheme();
        let organization = self.organization.as_ref().map(organization_header).transpose()?;
        Ok(AuthHeaders {
            key: key_header(self.key)?,
            scheme,
            organization,
        })
    }
}

impl fmt::Debug for Credentials {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Credentials")
            .field("scheme", &self.scheme())
            .field("organization", &self.organization)
            .finish_non_exhaustive()
    }
}

/// The headers that say who the client is; all of them sensitive.
#[derive(Clone)]
pub(crate) struct AuthHeaders {
    key: HeaderValue,
    scheme: &'static str,
    organization: Option<HeaderValue>,
}

impl AuthHeaders {
    /// How many headers [`insert`](Self::insert) adds at most.
    pub(crate) const COUNT: usize = 3;

    /// Adds the headers; none that says who the client is stays from before.
    pub(crate) fn insert(&self, headers: &mut HeaderMap) {
        if !headers.is_empty() {
            headers.remove(ORGANIZATION);
            headers.remove(ACCESS_TOKEN);
        }
        headers.insert(KEY, self.key.clone());
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

    /// The key, for masking.
    pub(crate) fn expose_key(&self) -> &str {
        self.key.to_str().unwrap_or_default()
    }
}

/// The key as a header whose bytes are wiped when the last copy of the header is dropped.
fn key_header(key: Secret) -> Result<HeaderValue, Error> {
    /// Lends a secret's bytes to [`Bytes`].
    struct Owner(Secret);

    impl AsRef<[u8]> for Owner {
        fn as_ref(&self) -> &[u8] {
            self.0.expose().as_bytes()
        }
    }

    if key.is_empty() {
        return Err(Error::config("the API key is empty"));
    }
    if let Some(at) = key.expose().bytes().position(|byte| !byte.is_ascii_graphic()) {
        return Err(Error::config(format!(
            "the API key has a byte that is not visible ASCII at position {}: a space, a line break, or text that is not a key",
            at + 1
        )));
    }
    let mut header = HeaderValue::from_maybe_shared(Bytes::from_owner(Owner(key)))
        .map_err(|error| Error::config_because("the API key does not fit a header", error))?;
    header.set_sensitive(true);
    Ok(header)
}

fn organization_header(id: &RhombusUuid) -> Result<HeaderValue, Error> {
    let mut header = HeaderValue::try_from(id.as_str())
        .map_err(|_| Error::invalid("organization", "the id has characters that a header cannot carry"))?;
    header.set_sensitive(true);
    Ok(header)
}

#[cfg(test)]
mod tests {
    use http::HeaderMap;
    use proptest::prelude::*;
    use rhombus_kisi_runtime::RhombusUuid;

    use super::Credentials;

    fn headers(credentials: Credentials) -> HeaderMap {
        let mut headers = HeaderMap::new();
        credentials.into_headers().unwrap().insert(&mut headers);
        headers
    }

    #[test]
    fn each_credential_has_its_scheme() {
        let organization = RhombusUuid::from_bytes([1; 16]);
        let table = [
            (Credentials::api_key("k"), "api-token", None),
            (Credentials::partner_key("k"), "partner-api-token", None),
            (
                Credentials::partner_key("k").organization(organization.clone()),
                "partner-api-token",
                Some(organization.to_string()),
            ),
            (Credentials::api_key("k").client_certificate("c", "k"), "api", None),
            (
                Credentials::partner_key("k").client_certificate("c", "k"),
                "partner-api",
                None,
            ),
        ];
        for (credentials, scheme, organization) in table {
            assert_eq!(credentials.is_partner(), scheme.starts_with("partner"));
            let headers = headers(credentials);
            assert_eq!(headers["x-auth-apikey"], "k");
            assert_eq!(headers["x-auth-scheme"], scheme);
            assert_eq!(
                headers
                    .get("x-auth-org")
                    .map(|value| value.to_str().unwrap().to_owned()),
                organization
            );
            assert!(headers.values().all(http::HeaderValue::is_sensitive));
        }
    }

    #[test]
    fn an_organisation_needs_a_partner() {
        let credentials = Credentials::api_key("k").organization(RhombusUuid::NIL);
        assert!(credentials.into_headers().is_err());
        let odd = RhombusUuid::from_server("a\nb");
        assert!(Credentials::partner_key("k").organization(odd).into_headers().is_err());
    }

    #[test]
    fn debug_does_not_show_the_key() {
        let credentials = Credentials::api_key("topsecret").client_certificate("cert", "privatekey");
        let text = format!("{credentials:?}");
        assert!(!text.contains("topsecret") && !text.contains("privatekey"), "{text}");
        assert!(text.contains("scheme: \"api\""), "{text}");
    }

    proptest! {
        #[test]
        fn any_text_is_a_key_or_an_error_that_does_not_quote_it(key: String) {
            let visible = !key.is_empty() && key.bytes().all(|byte| byte.is_ascii_graphic());
            match Credentials::api_key(key.clone()).into_headers() {
                Ok(headers) => prop_assert!(visible && headers.expose_key() == key),
                Err(error) => {
                    prop_assert!(!visible);
                    let shown = format!("{error} {error:?}");
                    prop_assert!(key.chars().count() < 6 || !shown.contains(&key));
                }
            }
        }
    }
}
