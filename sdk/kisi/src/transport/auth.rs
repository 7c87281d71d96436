use std::sync::Arc;

use http::HeaderMap;
use rhombus_kisi_runtime::{Error, Masker, RhombusUuid, Secrets};

use crate::credentials::{AuthHeaders, Cache, Provided, not_a_partner};

/// Whose requests are sent.
#[derive(Clone)]
pub(crate) enum Auth {
    /// Those of the credentials that the client was built with.
    Fixed(AuthHeaders),
    /// Those of a provider's credentials; each attempt asks for them and is [`Issued`](Self::Issued).
    Provided(Provided),
    /// Those of credentials that a provider returned, and what knows the ones before them.
    Issued(AuthHeaders, Arc<Cache>),
    /// Nobody's: the requests have headers of their own.
    #[cfg(feature = "oauth")]
    None,
}

impl Auth {
    /// Adds the headers; none that says who the client is stays from before.
    pub(super) fn insert(&self, headers: &mut HeaderMap) {
        match self {
            Self::Fixed(auth) | Self::Issued(auth, _) => auth.insert(headers),
            // Sent by nobody, the server would reject it.
            Self::Provided(_) => {}
            #[cfg(feature = "oauth")]
            Self::None => {}
        }
    }

    pub(super) fn scheme(&self) -> &'static str {
        match self {
            Self::Fixed(auth) | Self::Issued(auth, _) => auth.scheme(),
            Self::Provided(provided) => provided.scheme().unwrap_or("of the provider"),
            #[cfg(feature = "oauth")]
            Self::None => "none",
        }
    }

    pub(super) fn organization(&self) -> Option<&str> {
        match self {
            Self::Fixed(auth) | Self::Issued(auth, _) => auth.organization(),
            Self::Provided(provided) => provided.organization(),
            #[cfg(feature = "oauth")]
            Self::None => None,
        }
    }

    /// The same for another organisation.
    pub(super) fn for_organization(&self, id: &RhombusUuid) -> Result<Self, Error> {
        match self {
            Self::Fixed(auth) | Self::Issued(auth, _) if !auth.is_partner() => Err(not_a_partner()),
            Self::Fixed(auth) => auth.for_organization(id).map(Self::Fixed),
            Self::Issued(auth, cache) => Ok(Self::Issued(auth.for_organization(id)?, Arc::clone(cache))),
            Self::Provided(provided) => provided.for_organization(id).map(Self::Provided),
            #[cfg(feature = "oauth")]
            Self::None => Err(not_a_partner()),
        }
    }

    /// The credentials whose keys a server may echo: those that are sent, and those that a provider returned.
    fn known(&self) -> (Option<&AuthHeaders>, Vec<AuthHeaders>) {
        match self {
            Self::Fixed(auth) => (Some(auth), Vec::new()),
            Self::Issued(auth, cache) => (Some(auth), cache.known()),
            Self::Provided(provided) => (None, provided.cache().known()),
            #[cfg(feature = "oauth")]
            Self::None => (None, Vec::new()),
        }
    }

    /// These secrets, and every key that a server may echo.
    pub(super) fn among(&self, secrets: Secrets) -> Secrets {
        let (own, known) = self.known();
        let all = own.into_iter().chain(&known);
        all.fold(secrets, |secrets, auth| secrets.with(auth.expose_secret()))
    }

    /// A masker of these secrets and of every key that a server may echo.
    pub(super) fn masker(&self, secrets: &Secrets) -> Masker {
        let (own, known) = self.known();
        secrets.masker(own.into_iter().chain(&known).map(AuthHeaders::expose_secret))
    }
}
