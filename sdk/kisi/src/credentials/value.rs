use std::fmt;

use rhombus_kisi_runtime::{Error, RhombusUuid, Secret};

use super::CredentialsError;
use super::headers::{AuthHeaders, organization_header};

/// Who the client is: the key or the access token of an organisation or of a partner, with or without a client certificate.
///
/// `Debug` shows the scheme and the organisation, never the key or the token.
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
    secret: Secret,
    is_token: bool,
    partner: bool,
    organization: Option<RhombusUuid>,
    certificate: Option<CertificatePem>,
}

/// A client certificate and its private key, both as PEM.
#[derive(Clone, Eq, PartialEq)]
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
            secret: key.into(),
            is_token: false,
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

    /// Returns the credentials of an organisation's user by an OAuth access token: scheme `api-oauth-token`.
    ///
    /// Such a token soon expires: a [`ProvideCredentials`](crate::ProvideCredentials) returns the next one in time.
    ///
    /// ```
    /// use rhombus_kisi::{Client, Credentials};
    ///
    /// let credentials = Credentials::access_token("short-lived-token");
    /// assert_eq!(credentials.scheme(), "api-oauth-token");
    /// let client = Client::builder().credentials(credentials).build()?;
    /// # Ok::<(), rhombus_kisi::Error>(())
    /// ```
    pub fn access_token(token: impl Into<Secret>) -> Self {
        Self {
            is_token: true,
            ..Self::api_key(token)
        }
    }

    /// Returns the credentials of a partner's user by an OAuth access token: scheme `partner-api-oauth-token`.
    ///
    /// ```
    /// use rhombus_kisi::Credentials;
    ///
    /// let credentials = Credentials::partner_access_token("short-lived-token");
    /// assert!(credentials.is_partner());
    /// ```
    pub fn partner_access_token(token: impl Into<Secret>) -> Self {
        Self {
            partner: true,
            ..Self::access_token(token)
        }
    }

    /// Sets the client organisation that a partner acts for: header `x-auth-org`.
    #[must_use]
    pub fn organization(mut self, id: RhombusUuid) -> Self {
        self.organization = Some(id);
        self
    }

    /// Adds a client certificate (mutual TLS): the scheme of a key becomes `api` or `partner-api`, that of a token stays.
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
        match (self.is_token, self.partner, &self.certificate) {
            (true, false, _) => "api-oauth-token",
            (true, true, _) => "partner-api-oauth-token",
            (false, false, None) => "api-token",
            (false, true, None) => "partner-api-token",
            (false, false, _) => "api",
            (false, true, _) => "partner-api",
        }
    }

    /// Whether the key or the token is a partner's.
    pub fn is_partner(&self) -> bool {
        self.partner
    }

    /// The same key as a partner's or as an organisation's own.
    pub(crate) fn of_partner(mut self, partner: bool) -> Self {
        self.partner = partner;
        self
    }

    /// Sets what a builder was given besides.
    pub(crate) fn add(&mut self, organization: Option<RhombusUuid>, certificate: Option<CertificatePem>) {
        self.organization = organization.or(self.organization.take());
        self.certificate = certificate.or(self.certificate.take());
    }

    pub(crate) fn certificate_pem(&self) -> Option<&CertificatePem> {
        self.certificate.as_ref()
    }

    /// The same credentials as they are sent over connections of a client with this certificate. Errors if they have another.
    pub(super) fn on_connections_of(mut self, certificate: Option<&CertificatePem>) -> Result<Self, CredentialsError> {
        match (&self.certificate, certificate) {
            (Some(own), of_client) if of_client != Some(own) => Err(CredentialsError::Unusable {
                reason: "they have a client certificate that the client was not built with: give it to \
                         `ClientBuilder::client_certificate`, and build another client when it changes"
                    .into(),
            }),
            _ => {
                self.certificate = certificate.cloned();
                Ok(self)
            }
        }
    }

    pub(crate) fn into_headers(self) -> Result<AuthHeaders, Error> {
        if self.organization.is_some() && !self.partner {
            return Err(Error::config(
                "only a partner acts for an organisation: give the partner's key, or leave the organisation out",
            ));
        }
        let scheme = self.scheme();
        let organization = self.organization.as_ref().map(organization_header).transpose()?;
        AuthHeaders::new(self.secret, self.is_token, scheme, organization)
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

#[cfg(test)]
mod tests {
    use http::HeaderMap;
    use proptest::prelude::*;
    use rhombus_kisi_runtime::RhombusUuid;

    use super::Credentials;

    /// What is sent, over headers of a request that say somebody else.
    fn headers(credentials: Credentials) -> HeaderMap {
        let mut headers = HeaderMap::new();
        for name in ["x-auth-apikey", "x-auth-access-token", "x-auth-org"] {
            headers.insert(name, "somebody-else".parse().unwrap());
        }
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
            (Credentials::access_token("k"), "api-oauth-token", None),
            (
                Credentials::access_token("k").client_certificate("c", "k"),
                "api-oauth-token",
                None,
            ),
            (
                Credentials::partner_access_token("k").organization(organization.clone()),
                "partner-api-oauth-token",
                Some(organization.to_string()),
            ),
        ];
        for (credentials, scheme, organization) in table {
            assert_eq!(credentials.is_partner(), scheme.starts_with("partner"));
            let headers = headers(credentials);
            let (sent, not) = match scheme.ends_with("oauth-token") {
                true => ("x-auth-access-token", "x-auth-apikey"),
                false => ("x-auth-apikey", "x-auth-access-token"),
            };
            assert_eq!(headers[sent], "k");
            assert!(!headers.contains_key(not));
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
                Ok(headers) => prop_assert!(visible && headers.expose_secret() == key),
                Err(error) => {
                    prop_assert!(!visible);
                    let shown = format!("{error} {error:?}");
                    prop_assert!(key.chars().count() < 6 || !shown.contains(&key));
                }
            }
        }
    }
}
