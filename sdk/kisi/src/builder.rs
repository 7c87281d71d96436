use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use http::HeaderValue;
use rhombus_kisi_runtime::{Error, RhombusUuid, Secret, SharedTransport, Transport};

use crate::credentials::{Cache, CertificatePem, Credentials, ProvideCredentials, Provided};
use crate::endpoint::{Endpoint, Region};
use crate::events::{Event, Events};
use crate::options::CallOptions;
use crate::proxy::Proxy;
use crate::transport::{Adjust, Auth, HttpClients, HttpSettings, HttpTransport, Shared};
use crate::warning::EnvWarning;
use crate::{Client, RetryPolicy, trace};

/// The default of [`ClientBuilder::max_response_size`].
const MAX_RESPONSE_SIZE: u64 = 8 * 1024 * 1024;

/// Builds a [`Client`].
///
/// ```
/// use std::time::Duration;
///
/// use rhombus_kisi::{Client, Region};
///
/// let client = Client::builder()
///     .api_key("organisation-key")
///     .region(Region::Eu)
///     .timeout(Duration::from_secs(20))
///     .build()?;
/// # Ok::<(), rhombus_kisi::Error>(())
/// ```
#[derive(Clone)]
#[must_use]
pub struct ClientBuilder {
    credentials: Option<Source>,
    organization: Option<RhombusUuid>,
    certificate: Option<CertificatePem>,
    endpoint: String,
    connect_timeout: Duration,
    options: CallOptions,
    max_response_size: u64,
    user_agent: Option<String>,
    proxy: Proxy,
    roots: Vec<Vec<u8>>,
    adjust: Option<Adjust>,
    events: Events,
    transport: Option<SharedTransport>,
    warnings: Vec<EnvWarning>,
}

/// Where the credentials come from.
#[derive(Clone)]
enum Source {
    Fixed(Credentials),
    Provider(Arc<dyn ProvideCredentials>),
}

impl fmt::Debug for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Fixed(credentials) => credentials.fmt(f),
            Self::Provider(_) => f.write_str("of a provider"),
        }
    }
}

impl Default for ClientBuilder {
    fn default() -> Self {
        Self {
            credentials: None,
            organization: None,
            certificate: None,
            endpoint: Region::default().url().to_owned(),
            connect_timeout: Duration::from_secs(10),
            options: CallOptions::default(),
            max_response_size: MAX_RESPONSE_SIZE,
            user_agent: None,
            proxy: Proxy::default(),
            roots: Vec::new(),
            adjust: None,
            events: Events::default(),
            transport: None,
            warnings: Vec::new(),
        }
    }
}

impl ClientBuilder {
    /// Creates a builder with the credentials and the endpoint of the environment: see [`Client::from_env`].
    ///
    /// # Errors
    /// Errors with [`Error::Config`], which names what is missing or wrong.
    pub fn from_env() -> Result<Self, Error> {
        let settings = crate::environment::read()?;
        let builder = Self {
            warnings: settings.warnings,
            ..Self::default().credentials(settings.credentials)
        };
        Ok(match settings.endpoint {
            Some(endpoint) => builder.endpoint(endpoint),
            None => builder,
        })
    }

    /// Uses an organisation's API key.
    pub fn api_key(self, key: impl Into<Secret>) -> Self {
        self.credentials(Credentials::api_key(key))
    }

    /// Uses a partner's API key. See also [`organization`](Self::organization).
    pub fn partner_key(self, key: impl Into<Secret>) -> Self {
        self.credentials(Credentials::partner_key(key))
    }

    /// Uses these credentials.
    pub fn credentials(mut self, credentials: Credentials) -> Self {
        self.credentials = Some(Source::Fixed(credentials));
        self
    }

    /// Uses the credentials that `provider` returns: keys that rotate, tokens that expire.
    ///
    /// They are asked for at the first call, and again shortly before they expire, once however many calls need them. While
    /// that fails, those before are used as long as they hold. A call that has to wait for them does so within its own time
    /// limit, and fails with [`Error::Credentials`] where there are none; nothing is sent then.
    ///
    /// When the server rejects them (401, or 403, which Rhombus returns for a wrong or an expired key), they are asked for again.
    /// If there are others by then, the call is repeated once, an unlock included: what was rejected was not carried out. That
    /// counts in [`CallInfo::attempts`](crate::CallInfo), and is no retry in the sense of the [`RetryPolicy`]. A stream that was read
    /// from is not sent again. The same rejected credentials are asked for again at most once in 10 s, and for a 403 so are any.
    ///
    /// All of them have to be of the same organisation or partner. Connections are made with the client certificate that was given
    /// to this builder, be it by [`credentials`](Self::credentials), [`from_env`](Self::from_env) or
    /// [`client_certificate`](Self::client_certificate) before; credentials with another one are an error.
    ///
    /// ```
    /// use rhombus_kisi::{Client, providers::KeyFile};
    ///
    /// let client = Client::builder().credentials_provider(KeyFile::new("/run/secrets/rhombus")).build()?;
    /// # Ok::<(), rhombus_kisi::Error>(())
    /// ```
    pub fn credentials_provider(mut self, provider: impl ProvideCredentials + 'static) -> Self {
        if let Some(Source::Fixed(before)) = &self.credentials
            && self.certificate.is_none()
        {
            self.certificate = before.certificate_pem().cloned();
        }
        self.credentials = Some(Source::Provider(Arc::new(provider)));
        self
    }

    /// Sets the client organisation that a partner acts for. [`Client::for_organization`] changes it later.
    pub fn organization(mut self, id: RhombusUuid) -> Self {
        self.organization = Some(id);
        self
    }

    /// Adds a client certificate (mutual TLS): see [`Credentials::client_certificate`].
    pub fn client_certificate(mut self, certificate: impl Into<Vec<u8>>, key: impl Into<Secret>) -> Self {
        self.certificate = Some(CertificatePem {
            certificate: certificate.into(),
            key: key.into(),
        });
        self
    }

    /// Sets the region of the organisation; the US by default.
    pub fn region(self, region: Region) -> Self {
        self.endpoint(region.url())
    }

    /// Sets the URL of another server, such as a proxy or a mock.
    ///
    /// It has to begin with `https://`, or with `http://` where the host is `localhost` or a loopback address. A
    /// path is kept and goes before that of each operation; a user, a query or a fragment is a validation error.
    pub fn endpoint(mut self, url: impl Into<String>) -> Self {
        self.endpoint = url.into();
        self
    }

    /// Sets how long opening a connection may take, with its name look-up and TLS; 10 s by default.
    pub fn connect_timeout(mut self, limit: Duration) -> Self {
        self.connect_timeout = limit;
        self
    }

    /// Sets how long one attempt may take, from opening its connection to the end of its response; 30 s by default.
    pub fn attempt_timeout(mut self, limit: Duration) -> Self {
        self.options = self.options.attempt_timeout(limit);
        self
    }

    /// Sets how long a call may take, its attempts and the waits between them together; 60 s by default.
    pub fn timeout(mut self, limit: Duration) -> Self {
        self.options = self.options.timeout(limit);
        self
    }

    /// Sets how long the unlocking of a door may take, its connection included; 10 s by default. The other limits apply too.
    ///
    /// ```
    /// use std::time::Duration;
    ///
    /// use rhombus_kisi::Client;
    ///
    /// let client = Client::builder().api_key("key").unlock_timeout(Duration::from_secs(3)).build()?;
    /// # Ok::<(), rhombus_kisi::Error>(())
    /// ```
    pub fn unlock_timeout(mut self, limit: Duration) -> Self {
        self.options = self.options.unlock_timeout(limit);
        self
    }

    /// Sets how long a body that is sent or received as a stream may stand still, between two chunks; 30 s by default. See
    /// [`CallOptions::idle_timeout`](crate::CallOptions::idle_timeout).
    pub fn idle_timeout(mut self, limit: Duration) -> Self {
        self.options = self.options.idle_timeout(limit);
        self
    }

    /// Sets how often a call is tried.
    pub fn retry(mut self, policy: RetryPolicy) -> Self {
        self.options = self.options.retry(policy);
        self
    }

    /// Sets the largest response that is accepted, in bytes, after decompression; 8 MiB by default. One that is read as it
    /// arrives has no such limit.
    pub fn max_response_size(mut self, bytes: u64) -> Self {
        self.max_response_size = bytes;
        self
    }

    /// Trusts one or more root certificates (PEM) besides the platform's own. Each call adds to those before.
    pub fn add_root_certificate(mut self, pem: impl Into<Vec<u8>>) -> Self {
        self.roots.push(pem.into());
        self
    }

    /// Sends everything through this proxy: `http://` or `https://`, with `user:password@` where it requires them, and with the
    /// feature `socks` also `socks5://`, `socks5h://`, `socks4://` and `socks4a://`. Anything else fails [`build`](Self::build),
    /// and so does a proxy on another machine for an `http` endpoint: it would get the key in clear.
    ///
    /// Without it the environment's `HTTPS_PROXY`, `ALL_PROXY` and `NO_PROXY` apply; for an `http` endpoint on this
    /// machine they do not. A proxy of the environment that cannot be used fails `build` too, because the calls would
    /// go out directly: [`no_proxy`](Self::no_proxy) permits that.
    pub fn proxy(mut self, url: impl Into<Secret>) -> Self {
        self.proxy = Proxy::Url(url.into());
        self
    }

    /// Uses no proxy, even if the environment names one.
    pub fn no_proxy(mut self) -> Self {
        self.proxy = Proxy::None;
        self
    }

    /// Sets the header `user-agent`; `rhombus-kisi/VERSION` by default.
    pub fn user_agent(mut self, text: impl Into<String>) -> Self {
        self.user_agent = Some(text.into());
        self
    }

    /// Adjusts the HTTP library under the client: DNS, connectors, keep-alive, HTTP versions, default headers.
    ///
    /// `adjust` is called for each HTTP client that is made: when the client is built, at the first unlock, and at the first
    /// call on a further runtime. Called more than once, each adjusts what the one before returned.
    ///
    /// What keeps the key safe is set after it and cannot be changed there: no redirects, no retries, `https` only,
    /// TLS 1.2 or later, certificates and host names verified, no `connection_verbose`, no key log, no `Referer`, the
    /// proxy ([`proxy`](Self::proxy) or the environment's), the decompression, the limit for connecting, and which
    /// TLS library is used. A name `localhost` in an `http` endpoint stays this machine. `timeout` and `read_timeout`
    /// apply besides the limits here.
    ///
    /// The caller is responsible for the rest: root certificates added there are trusted; a resolver, a connector layer
    /// or a Unix socket decides where a connection goes (with `https` the certificate is still verified); a cookie store
    /// is shared by all organisations; a client certificate is set with
    /// [`client_certificate`](Self::client_certificate), which also sets the scheme.
    ///
    /// ```
    /// use std::net::Ipv4Addr;
    /// use std::time::Duration;
    ///
    /// use rhombus_kisi::Client;
    ///
    /// let client = Client::builder()
    ///     .api_key("organisation-key")
    ///     .http(|http| {
    ///         http.tcp_keepalive(Duration::from_secs(30))
    ///             .resolve("api2.rhombussystems.com", (Ipv4Addr::new(192, 0, 2, 7), 443).into())
    ///     })
    ///     .build()?;
    /// # Ok::<(), rhombus_kisi::Error>(())
    /// ```
    pub fn http(
        mut self,
        adjust: impl Fn(reqwest::ClientBuilder) -> reqwest::ClientBuilder + Send + Sync + 'static,
    ) -> Self {
        self.adjust = Some(match self.adjust.take() {
            None => Arc::new(adjust),
            Some(earlier) => Arc::new(move |builder| adjust(earlier(builder))),
        });
        self
    }

    /// Calls `callback` at each event: a retry, a wait for quota, refreshed credentials, a change of the API. Called more than
    /// once, each callback is called.
    ///
    /// It is called within the call that the event is about, which waits for it: it must not block. If it panics, the call goes
    /// on. With the feature `tracing` each event is one of `tracing` at INFO, too.
    ///
    /// ```
    /// use rhombus_kisi::Client;
    ///
    /// let client = Client::builder()
    ///     .api_key("organisation-key")
    ///     .on_event(|event| eprintln!("{}: {event:?}", event.name()))
    ///     .build()?;
    /// # Ok::<(), rhombus_kisi::Error>(())
    /// ```
    pub fn on_event(mut self, callback: impl Fn(&Event<'_>) + Send + Sync + 'static) -> Self {
        self.events = self.events.and(callback);
        self
    }

    /// Sends everything through `transport` instead of HTTP: for tests, for recording, for another HTTP library.
    ///
    /// All methods of the client work on top of it. For each attempt the transport gets a [`Request`](crate::Request) with the
    /// path, query and body of the operation and, in `headers`, the credentials of this builder: `x-auth-apikey`,
    /// `x-auth-scheme` and `x-auth-org`, which `Debug` masks. The key is also in `secrets`, so that
    /// [`Transport::masker`] takes it out of the texts of a server. The server's address is the transport's own matter.
    ///
    /// It may return a response of any status: one that is not 2xx becomes the error that it would be over HTTP. Applied on
    /// top of it are retries, by what the operation allows and the [`retry`](Self::retry) policy (`RetryPolicy::none()` leaves
    /// them to the transport); the waits that a 429 asks for; [`attempt_timeout`](Self::attempt_timeout), after which the
    /// future of the attempt is dropped; [`timeout`](Self::timeout); and [`max_response_size`](Self::max_response_size). Calls run
    /// on a Tokio runtime with timers. A body that is read as it arrives has no idle limit.
    ///
    /// The transport decides what "nothing was sent" means: it returns [`Error::Connect`] only if that is certain, and
    /// [`Error::BrokenOff`] otherwise.
    ///
    /// ```
    /// use rhombus_kisi::reqwest::StatusCode;
    /// use rhombus_kisi::{Client, Request, Response, Transport, TransportFuture};
    ///
    /// /// Knows one response.
    /// #[derive(Debug)]
    /// struct Canned;
    ///
    /// impl Transport for Canned {
    ///     fn send(&self, request: Request) -> TransportFuture<'_> {
    ///         assert_eq!(request.operation.id, "getKisiIntegration");
    ///         let body = r#"{"kisiSettings":{"enabled":true}}"#;
    ///         Box::pin(async move { Ok(Response::new(StatusCode::OK, Default::default(), body)) })
    ///     }
    /// }
    ///
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), rhombus_kisi::Error> {
    /// let client = Client::builder().api_key("any").transport(Canned).build()?;
    /// assert_eq!(client.kisi_integration().await?.settings().enabled.get(), Some(&true));
    /// # Ok(())
    /// # }
    /// ```
    pub fn transport(mut self, transport: impl Transport + 'static) -> Self {
        self.transport = Some(Arc::new(transport));
        self
    }

    /// Errors if something was set that concerns HTTP, which the caller's own transport does not use.
    fn check_transport(&self) -> Result<(), Error> {
        let unused = [
            (self.adjust.is_some(), "`http`"),
            (!self.roots.is_empty(), "`add_root_certificate`"),
            (matches!(self.proxy, Proxy::Url(_)), "`proxy`"),
            (self.user_agent.is_some(), "`user_agent`"),
        ];
        match unused.into_iter().find(|(set, _)| *set) {
            Some((_, name)) => Err(Error::config(format!(
                "{name} has no effect together with `transport`: set it there, and not here"
            ))),
            None => Ok(()),
        }
    }

    /// Returns what [`from_env`](Self::from_env) found that should be changed.
    pub fn warnings(&self) -> &[EnvWarning] {
        &self.warnings
    }

    /// Creates the client. Nothing is sent.
    ///
    /// # Errors
    /// Errors with [`Error::Config`] if no key was given or one that a header cannot hold, if a key must not be sent to the
    /// endpoint, if a certificate or a proxy cannot be used, or if a time limit is zero.
    pub fn build(mut self) -> Result<Client, Error> {
        if self.transport.is_some() {
            self.check_transport()?;
        }
        let mut source = self.credentials.ok_or_else(|| {
            Error::config("no API key: give one with `api_key` or `partner_key`, credentials with `credentials` or `credentials_provider`, or take them from the environment with `from_env`")
        })?;
        let mut warnings = self.warnings;
        let certificate = match &mut source {
            Source::Fixed(credentials) => {
                credentials.add(self.organization.take(), self.certificate);
                credentials.certificate_pem().cloned()
            }
            Source::Provider(provider) => {
                let found = provider.warnings();
                trace::warn(&found);
                warnings.extend(found);
                self.certificate
            }
        };
        let endpoint = Endpoint::parse(&self.endpoint)?;
        let zero = self.connect_timeout.is_zero().then_some("`connect_timeout`");
        if let Some(name) = zero.or(self.options.zero()) {
            return Err(Error::config(format!("{name} is zero, so that every call would fail")));
        }
        if self
            .user_agent
            .as_deref()
            .is_some_and(|agent| HeaderValue::try_from(agent).is_err())
        {
            return Err(Error::config(
                "the user agent has characters that a header cannot carry",
            ));
        }
        // Of a client that does not use it, without what is only there to connect.
        let used = self.transport.is_none();
        let http = HttpClients::new(HttpSettings {
            https: used && endpoint.is_https(),
            localhost: !endpoint.is_https() && endpoint.host() == "localhost",
            connect_timeout: self.connect_timeout,
            user_agent: self.user_agent,
            route: match used {
                true => self.proxy.route(&endpoint, |name| std::env::var(name).ok())?,
                false => None,
            },
            roots: self.roots,
            certificate: certificate.clone().filter(|_| used),
            adjust: self.adjust,
        })?;
        let auth = match source {
            Source::Fixed(credentials) => Auth::Fixed(credentials.into_headers()?),
            Source::Provider(provider) => {
                let cache = Cache::new(provider, certificate, self.events.clone());
                Auth::Provided(Provided::new(cache, self.organization.as_ref())?)
            }
        };
        crate::measure::describe();
        let shared = Shared::new(
            http,
            endpoint,
            self.max_response_size,
            self.events,
            self.transport,
            warnings,
        );
        Ok(Client::new(HttpTransport::new(shared, auth, self.options)))
    }
}

impl fmt::Debug for ClientBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // The endpoint is not shown: it is not checked yet, and may hold a password.
        f.debug_struct("ClientBuilder")
            .field("credentials", &self.credentials)
            .field("organization", &self.organization)
            .field("connect_timeout", &self.connect_timeout)
            .field("options", &self.options)
            .field("max_response_size", &self.max_response_size)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use proptest::prelude::*;
    use rhombus_kisi_runtime::RhombusUuid;

    use crate::{Client, ClientBuilder};

    fn local() -> ClientBuilder {
        Client::builder().api_key("topsecret").endpoint("http://127.0.0.1:9")
    }

    #[test]
    fn what_is_wrong_is_said() {
        let table = [
            (Client::builder(), "no API key"),
            (local().api_key(""), "is empty"),
            (local().api_key("a b"), "position 2"),
            (local().endpoint("http://example.com"), "use https"),
            (local().timeout(Duration::ZERO), "`timeout` is zero"),
            (local().user_agent("a\nb"), "user agent"),
            (local().organization(RhombusUuid::NIL), "only a partner"),
            (local().proxy("http://user:hunter2@[/"), "proxy's URL"),
            (local().add_root_certificate("no pem"), "root certificate"),
            (local().client_certificate("no pem", "no key"), "client certificate"),
            (local().unlock_timeout(Duration::ZERO), "`unlock_timeout` is zero"),
            (local().idle_timeout(Duration::ZERO), "`idle_timeout` is zero"),
            (local().proxy(""), "proxy's URL"),
            (local().proxy("socks://localhost"), "proxy's URL"),
            (local().proxy("http://proxy.example:3128"), "in clear"),
        ];
        for (builder, expected) in table {
            let error = builder.build().unwrap_err().to_string();
            assert!(error.contains(expected), "{error}");
            assert!(!error.contains("hunter2"), "{error}");
        }
    }

    #[test]
    fn debug_shows_no_key() {
        let builder = local()
            .client_certificate("cert", "privatekey")
            .proxy("http://u:hunter2@h");
        let client = local().build().unwrap();
        let text = format!("{builder:?} {client:?} {:?}", client.transport());
        for secret in ["topsecret", "privatekey", "hunter2"] {
            assert!(!text.contains(secret), "{text}");
        }
        assert!(
            text.contains("http://127.0.0.1:9") && text.contains("api-token"),
            "{text}"
        );
    }

    proptest! {
        // Each case makes two HTTP clients, which takes a platform's TLS library its time.
        #![proptest_config(ProptestConfig::with_cases(32))]

        #[test]
        fn any_text_builds_or_is_refused(key: String, endpoint: String, agent: String) {
            let _ = Client::builder().api_key(key.clone()).endpoint("http://localhost:1").user_agent(agent).build();
            let _ = Client::builder().api_key(key).endpoint(endpoint).build();
        }
    }
}
