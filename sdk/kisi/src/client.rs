use std::fmt;
use std::sync::Arc;

use rhombus_kisi_runtime::{Error, RhombusUuid, SharedTransport};

use crate::drift::DriftReport;
use crate::transport::HttpTransport;
use crate::warning::EnvWarning;
use crate::{CallOptions, ClientBuilder};

/// A connection to the Rhombus API.
///
/// Clones share everything: connections, retry budget, credentials, and what a [provider](ClientBuilder::credentials_provider)
/// returned. They cost as much as an `Arc`.
///
/// # Runtimes
/// Calls run on a Tokio runtime with timers and I/O (`enable_all`); on any other they fail at once with
/// [`Error::Invalid`]. One client serves several runtimes, one after the other or at once: each has connections of its
/// own, as a connection ends with the runtime that opened it. Making those takes a moment at a runtime's first call; they
/// are kept for the first runtime and the last eight others.
///
/// # Dropping a call
/// Dropping a call's future at any point cancels the call; connections stay usable and nothing is left behind.
/// What the server has received by then may be carried out all the same: nothing, before the connection is open;
/// a part of the request, which a server discards, while it is being sent; all of it, afterwards.
///
/// ```
/// use rhombus_kisi::Client;
///
/// let client = Client::builder().api_key("organisation-key").build()?;
/// # Ok::<(), rhombus_kisi::Error>(())
/// ```
#[derive(Clone)]
pub struct Client {
    transport: Arc<HttpTransport>,
}

impl Client {
    pub(crate) fn new(transport: HttpTransport) -> Self {
        Self {
            transport: Arc::new(transport),
        }
    }

    pub(crate) fn http(&self) -> &HttpTransport {
        &self.transport
    }

    /// Returns a builder of a client.
    pub fn builder() -> ClientBuilder {
        ClientBuilder::default()
    }

    /// Creates a client with the credentials and the endpoint of the environment.
    ///
    /// | variable | what |
    /// | --- | --- |
    /// | `RHOMBUS_API_KEY` | the API key |
    /// | `RHOMBUS_ENDPOINT_URL` | the server; `https://api2.rhombussystems.com` by default |
    /// | `RHOMBUS_PARTNER` | `true` if the key is a partner's, `false` if it is an organisation's own |
    /// | `RHOMBUS_ORGANIZATION` | the id of the client organisation that a partner acts for |
    /// | `RHOMBUS_PROFILE` | the profile in the files of the vendor's command-line client; `default` by default |
    ///
    /// With the feature `profile` (on by default) what the environment does not set comes from
    /// `~/.rhombus/credentials` (section `[PROFILE]`: `api_key`, `auth_type` `token` or `cert`, `cert_file`, `key_file`,
    /// `is_partner`) and `~/.rhombus/config` (section `[default]` or `[profile PROFILE]`: `endpoint_url`). The files
    /// are read synchronously.
    ///
    /// An organisation is given by its id, because looking up a name is a call. With the feature `directory`, for a name:
    /// `partner.for_organization(partner.organizations().await?.get("Acme, Berlin")?)`. Credentials that change while the program runs
    /// are read again with [`providers::Environment`](crate::providers::Environment).
    ///
    /// [`warnings`](Self::warnings) returns what should be changed in the environment. [`ClientBuilder::from_env`] allows
    /// setting more.
    ///
    /// # Errors
    /// Errors with [`Error::Config`], which names what is missing or wrong.
    ///
    /// ```no_run
    /// use rhombus_kisi::Client;
    ///
    /// let client = Client::from_env()?;
    /// for warning in client.warnings() {
    ///     eprintln!("{warning}");
    /// }
    /// # Ok::<(), rhombus_kisi::Error>(())
    /// ```
    pub fn from_env() -> Result<Self, Error> {
        ClientBuilder::from_env()?.build()
    }

    /// Returns what [`from_env`](Self::from_env) and a [provider](ClientBuilder::credentials_provider) found that should be changed.
    pub fn warnings(&self) -> &[EnvWarning] {
        self.transport.warnings()
    }

    /// Returns what the responses so far had that the document of the API does not have: properties, enumeration values and
    /// types that this release does not know, and values of another type than documented. The vendor changes its API without a
    /// version, so this is where a change is seen first.
    ///
    /// Clones share the counts, those for other organisations included. A finding holds names and never values, a map's keys
    /// are `*`, and there are at most 500. Each is an event when it is new: see
    /// [`ClientBuilder::on_event`](crate::ClientBuilder::on_event).
    ///
    /// ```no_run
    /// # async fn run(client: rhombus_kisi::Client) -> Result<(), Box<dyn std::error::Error>> {
    /// client.kisi_integration().await?;
    /// let report = client.drift();
    /// if !report.is_empty() {
    ///     eprintln!("{report}");
    ///     std::fs::write("drift.json", serde_json::to_string(&report)?)?;
    /// }
    /// # Ok(())
    /// # }
    /// ```
    pub fn drift(&self) -> DriftReport {
        self.transport.drift_report()
    }

    /// Returns the transport that generated clients send through, also for other generated crates.
    ///
    /// ```
    /// use rhombus_kisi::{Client, SharedTransport};
    ///
    /// let transport: SharedTransport = Client::builder().api_key("key").build()?.transport();
    /// # Ok::<(), rhombus_kisi::Error>(())
    /// ```
    pub fn transport(&self) -> SharedTransport {
        self.transport.clone()
    }

    /// Returns the same client with other limits, for some calls. Connections and the retry budget stay shared. With a limit
    /// of zero each call fails with [`Error::Invalid`].
    ///
    /// ```
    /// use std::time::Duration;
    ///
    /// use rhombus_kisi::Client;
    ///
    /// let client = Client::builder().api_key("key").build()?;
    /// let patient = client.with(|call| call.attempt_timeout(Duration::from_secs(60)).timeout(Duration::from_secs(180)));
    /// # Ok::<(), rhombus_kisi::Error>(())
    /// ```
    pub fn with(&self, change: impl FnOnce(CallOptions) -> CallOptions) -> Self {
        Self::new(self.transport.with(change))
    }

    /// Returns the same client acting for another client organisation of the partner.
    ///
    /// Connections and retry budget stay shared. The pause that a 429 asks for is each organisation's own: the
    /// calls for one do not wait for another's quota.
    ///
    /// # Errors
    /// Errors with [`Error::Invalid`] if the client has no partner's key, or if the text is not an id. Where a provider has not
    /// returned credentials yet, the calls error instead if they are not a partner's.
    ///
    /// ```
    /// use rhombus_kisi::Client;
    ///
    /// let partner = Client::builder().partner_key("partner-key").build()?;
    /// let client = partner.for_organization("AAAAAAAAAAAAAAAAAAAAAQ")?;
    /// assert!(partner.for_organization("acme").is_err());
    /// # Ok::<(), rhombus_kisi::Error>(())
    /// ```
    pub fn for_organization<I>(&self, id: I) -> Result<Self, Error>
    where
        I: TryInto<RhombusUuid>,
        I::Error: fmt::Display,
    {
        let id = id
            .try_into()
            .map_err(|error| Error::invalid("organization", error.to_string()))?;
        Ok(Self::new(self.transport.for_organization(&id)?))
    }
}

/// Shows the endpoint and the scheme, never the key.
impl fmt::Debug for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut shown = f.debug_struct("Client");
        self.transport.describe(&mut shown);
        shown.finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::Client;

    #[test]
    fn a_client_crosses_threads_and_is_small() {
        fn crosses<T: Clone + Send + Sync + 'static>() {}
        crosses::<Client>();
        assert_eq!(size_of::<Client>(), size_of::<usize>());
    }
}
