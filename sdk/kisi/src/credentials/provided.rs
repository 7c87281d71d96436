use std::fmt;
use std::sync::Arc;

use http::HeaderValue;
use rhombus_kisi_runtime::{CallInfo, Error, RhombusUuid};
use tokio::time::Instant;

use super::cache::Cache;
use super::headers::organization_header;
use super::state::{Issued, Rejection};
use super::{AuthHeaders, CredentialsError};

/// A provider's credentials for one organisation.
#[derive(Clone)]
pub(crate) struct Provided {
    cache: Arc<Cache>,
    organization: Option<HeaderValue>,
}

impl Provided {
    pub(crate) fn new(cache: Arc<Cache>, organization: Option<&RhombusUuid>) -> Result<Self, Error> {
        Ok(Self {
            cache,
            organization: organization.map(organization_header).transpose()?,
        })
    }

    /// The same credentials for another organisation. Whether they are a partner's may not be known yet.
    pub(crate) fn for_organization(&self, id: &RhombusUuid) -> Result<Self, Error> {
        if self.cache.last().is_some_and(|last| !last.is_partner()) {
            return Err(not_a_partner());
        }
        Self::new(Arc::clone(&self.cache), Some(id))
    }

    /// The scheme of the last credentials, if there were any.
    pub(crate) fn scheme(&self) -> Option<&'static str> {
        self.cache.last().map(|last| last.scheme())
    }

    pub(crate) fn organization(&self) -> Option<&str> {
        self.organization.as_ref().and_then(|value| value.to_str().ok())
    }

    pub(crate) fn cache(&self) -> &Arc<Cache> {
        &self.cache
    }

    /// Tells the providers of a process apart.
    pub(crate) fn id(&self) -> u64 {
        self.cache.id()
    }

    /// Returns credentials that hold.
    pub(crate) async fn get(&self, call: &CallInfo, deadline: Instant) -> Result<Arc<Issued>, Error> {
        self.cache.get(deadline).await.map_err(|error| unsent(call, error))
    }

    /// What is sent of credentials. Errors if they are for no other organisation.
    pub(crate) fn headers(&self, issued: &Issued) -> Result<AuthHeaders, Error> {
        match &self.organization {
            None => Ok(issued.headers.clone()),
            Some(_) if !issued.headers.is_partner() => Err(not_a_partner()),
            Some(organization) => Ok(issued.headers.acting_for(organization)),
        }
    }

    /// Asks for others than the credentials that a server has rejected. Returns whether there are any.
    pub(crate) async fn renew(&self, used: &Issued, why: Rejection, deadline: Instant) -> bool {
        self.cache.renew(used, why, deadline).await
    }

    /// Asks for others without waiting for them.
    pub(crate) fn begin_renewal(&self, used: &Issued, why: Rejection) {
        self.cache.begin_renewal(used, why);
    }
}

impl fmt::Debug for Provided {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Provided")
            .field("organization", &self.organization())
            .finish_non_exhaustive()
    }
}

/// The error of a call whose attempt has no credentials.
fn unsent(call: &CallInfo, error: CredentialsError) -> Error {
    let mut call = call.clone();
    // This one was not made.
    call.attempts = call.attempts.saturating_sub(1);
    Error::Credentials {
        call,
        reason: error.to_string(),
        transient: error.is_transient(),
        source: Box::new(error),
    }
}

/// The error of an organisation's own key that would have to act for another.
pub(crate) fn not_a_partner() -> Error {
    Error::invalid(
        "organization",
        "this client has an organisation's own key, and only a partner's key acts for other organisations; build the client with `partner_key`",
    )
}
