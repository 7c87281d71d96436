use rhombus_kisi_runtime::{RhombusUuid, Secret};

use crate::organization::Credentials;

/// A partner that acts for client organisations.
///
/// A fake without partners accepts every partner's key, for all its organisations. So does a partner without credentials, for its clients.
///
/// ```
/// use rhombus_kisi_fake::{Fake, Organization, Partner, id};
///
/// let builder = Fake::builder()
///     .organization(Organization::new(id(100), "A client"))
///     .partner(Partner::new().api_key("a-partner-key").client(id(100)));
/// ```
#[derive(Clone, Debug, Default)]
pub struct Partner {
    pub(crate) credentials: Credentials,
    pub(crate) clients: Vec<Client>,
}

/// A client organisation of a partner.
#[derive(Clone, Debug)]
pub(crate) struct Client {
    pub(crate) id: RhombusUuid,
    pub(crate) has_access: bool,
}

impl Partner {
    /// Returns a partner without credentials or clients.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a partner's API key: schemes `partner-api-token` and, with a client certificate, `partner-api`.
    #[must_use]
    pub fn api_key(mut self, key: impl Into<Secret>) -> Self {
        self.credentials.keys.push(key.into());
        self
    }

    /// Adds an OAuth access token: scheme `partner-api-oauth-token`.
    #[must_use]
    pub fn access_token(mut self, token: impl Into<Secret>) -> Self {
        self.credentials.tokens.push(token.into());
        self
    }

    /// Adds a client organisation.
    #[must_use]
    pub fn client(mut self, id: RhombusUuid) -> Self {
        self.clients.push(Client { id, has_access: true });
        self
    }

    /// Adds a client organisation that does not let the partner in: it is listed, and acting for it is forbidden.
    #[must_use]
    pub fn client_without_access(mut self, id: RhombusUuid) -> Self {
        self.clients.push(Client { id, has_access: false });
        self
    }
}
