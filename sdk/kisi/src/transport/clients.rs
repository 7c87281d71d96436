//! The HTTP clients under a transport.

use std::borrow::Cow;
use std::collections::VecDeque;
use std::net::{Ipv4Addr, Ipv6Addr, SocketAddr};
use std::panic::catch_unwind;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::time::Duration;

use reqwest::redirect;
use rhombus_kisi_runtime::{Error, Repeat};
use tokio::runtime::{Handle, Id};

use crate::credentials::CertificatePem;
use crate::proxy::Route;
use crate::retry::is_once;

/// Load balancers commonly close idle connections after 60 s; being first avoids requests that break off.
const IDLE: Duration = Duration::from_secs(50);

/// For how many runtimes besides the first one connections are kept.
const GUESTS: usize = 8;

/// What a caller changes at the HTTP library's builder.
pub(crate) type Adjust = Arc<dyn Fn(reqwest::ClientBuilder) -> reqwest::ClientBuilder + Send + Sync>;

/// How connections are made.
#[derive(Clone)]
pub(crate) struct HttpSettings {
    pub(crate) https: bool,
    /// Whether the endpoint's host is the name `localhost`.
    pub(crate) localhost: bool,
    pub(crate) connect_timeout: Duration,
    pub(crate) user_agent: Option<String>,
    pub(crate) route: Option<Route>,
    pub(crate) roots: Vec<Vec<u8>>,
    pub(crate) certificate: Option<CertificatePem>,
    pub(crate) adjust: Option<Adjust>,
}

impl HttpSettings {
    fn build(&self, pooled: bool) -> Result<reqwest::Client, Error> {
        if self.https && !cfg!(any(feature = "rustls", feature = "native-tls")) {
            return Err(Error::config(
                "this build cannot speak TLS: turn on the feature `rustls` or `native-tls`",
            ));
        }
        let mut builder = reqwest::Client::builder().user_agent(concat!("rhombus-kisi/", env!("CARGO_PKG_VERSION")));
        if let Some(adjust) = &self.adjust {
            builder = adjust(builder);
            if self.localhost {
                // The key goes to this name in clear, so it has to mean this machine.
                let here: [SocketAddr; 2] = [(Ipv4Addr::LOCALHOST, 0_u16).into(), (Ipv6Addr::LOCALHOST, 0_u16).into()];
                builder = builder.resolve_to_addrs("localhost", &here);
            }
        }
        // After what the caller changed, so that nothing of it can be undone there.
        builder = builder
            .https_only(self.https)
            .connect_timeout(self.connect_timeout)
            .connection_verbose(false)
            .pool_idle_timeout(IDLE)
            .redirect(redirect::Policy::none())
            .referer(false)
            // Repeating is decided in one place, ours; this also spares a copy of every request.
            .retry(reqwest::retry::never().max_retries_per_request(0))
            // Clears the caller's, and what the library would read from the environment by itself.
            .no_proxy()
            .no_brotli()
            .no_deflate()
            .no_zstd();
        #[cfg(feature = "gzip")]
        {
            builder = builder.gzip(true);
        }
        #[cfg(not(feature = "gzip"))]
        {
            builder = builder.no_gzip();
        }
        if let Some(agent) = &self.user_agent {
            builder = builder.user_agent(agent);
        }
        if !pooled {
            builder = builder.pool_max_idle_per_host(0);
        }
        if let Some(route) = &self.route {
            builder = builder.proxy(route.proxy());
        }
        self.tls(builder)?
            .build()
            .map_err(|error| Error::config_because("the HTTP client cannot be made", error.without_url()))
    }

    #[cfg(any(feature = "rustls", feature = "native-tls"))]
    fn tls(&self, builder: reqwest::ClientBuilder) -> Result<reqwest::ClientBuilder, Error> {
        // A configuration of the caller's own goes with the choice of the library.
        #[cfg(feature = "native-tls")]
        let builder = builder.tls_backend_native();
        #[cfg(not(feature = "native-tls"))]
        let builder = builder.tls_backend_rustls();
        #[cfg(feature = "rustls")]
        let builder = builder.tls_sslkeylogfile(false);
        let mut builder = builder
            .tls_version_min(reqwest::tls::Version::TLS_1_2)
            .tls_danger_accept_invalid_certs(false)
            .tls_danger_accept_invalid_hostnames(false)
            .tls_sni(true);
        let mut roots = Vec::new();
        for pem in &self.roots {
            roots.append(&mut crate::tls::roots(pem)?);
        }
        builder = if self.https || self.route.as_ref().is_some_and(|route| route.tls) {
            builder.tls_certs_merge(roots)
        } else {
            // Nothing here speaks TLS, so the platform's roots need not be read, nor exist.
            builder.tls_certs_only(roots)
        };
        if let Some(pem) = &self.certificate {
            builder = builder.identity(crate::tls::identity(pem)?);
        }
        Ok(builder)
    }

    #[cfg(not(any(feature = "rustls", feature = "native-tls")))]
    fn tls(&self, builder: reqwest::ClientBuilder) -> Result<reqwest::ClientBuilder, Error> {
        if self.certificate.is_some() || !self.roots.is_empty() {
            return Err(Error::config("certificates need the feature `rustls` or `native-tls`"));
        }
        Ok(builder)
    }
}

/// The clients that send requests.
///
/// A connection is driven by a task of the runtime that opened it. On another runtime it is of no use: no task may be
/// driving it, and a request on it would wait for ever. So each runtime has connections of its own.
pub(crate) struct HttpClients {
    settings: Box<HttpSettings>,
    /// For the runtime that calls first.
    pooled: reqwest::Client,
    home: OnceLock<Id>,
    /// The runtimes after the first, the latest last.
    guests: Mutex<VecDeque<Guest>>,
    /// A connection for each request, made when it is first needed.
    ///
    /// On a connection that was used before, a request can meet the server's closing of it, and then it is unknown
    /// whether it was carried out. What must not happen twice does not take that chance.
    single: OnceLock<reqwest::Client>,
}

/// A runtime that is known to have timers and I/O.
struct Guest {
    id: Id,
    pooled: Option<reqwest::Client>,
}

impl HttpClients {
    pub(crate) fn new(settings: HttpSettings) -> Result<Self, Error> {
        Ok(Self {
            pooled: settings.build(true)?,
            settings: Box::new(settings),
            home: OnceLock::new(),
            guests: Mutex::default(),
            single: OnceLock::new(),
        })
    }

    /// The client for an operation, on the runtime that this is called on.
    ///
    /// Errors if that is none of Tokio's, or lacks timers or I/O.
    pub(crate) fn get(&self, repeat: Repeat) -> Result<Cow<'_, reqwest::Client>, Error> {
        let id = Handle::try_current()
            .map_err(|_| Error::invalid("the async runtime", "a call has to run on Tokio"))?
            .id();
        let at_home = match self.home.get() {
            Some(home) => *home == id,
            None => {
                check_runtime()?;
                *self.home.get_or_init(|| id) == id
            }
        };
        if is_once(repeat) {
            if !at_home {
                self.guest(id, |_| Ok(()))?;
            }
            return self.single().map(Cow::Borrowed);
        }
        if at_home {
            return Ok(Cow::Borrowed(&self.pooled));
        }
        self.guest(id, |guest| {
            let client = match guest.pooled.take() {
                Some(client) => client,
                None => self.settings.build(true)?,
            };
            guest.pooled = Some(client.clone());
            Ok(Cow::Owned(client))
        })
    }

    fn single(&self) -> Result<&reqwest::Client, Error> {
        match self.single.get() {
            Some(client) => Ok(client),
            None => {
                let client = self.settings.build(false)?;
                Ok(self.single.get_or_init(|| client))
            }
        }
    }

    /// Takes something of a runtime that is not the first; the one that was not seen for longest is forgotten.
    fn guest<T>(&self, id: Id, take: impl FnOnce(&mut Guest) -> Result<T, Error>) -> Result<T, Error> {
        let mut guests = self.guests.lock().unwrap_or_else(PoisonError::into_inner);
        let known = guests.iter().position(|guest| guest.id == id);
        let mut guest = match known.and_then(|at| guests.remove(at)) {
            Some(guest) => guest,
            None => {
                check_runtime()?;
                Guest { id, pooled: None }
            }
        };
        let result = take(&mut guest);
        guests.push_back(guest);
        if guests.len() > GUESTS {
            guests.pop_front();
        }
        result
    }

    /// How long opening a connection may take.
    pub(crate) fn connect_timeout(&self) -> Duration {
        self.settings.connect_timeout
    }

    /// The host of the proxy, if there is one.
    pub(crate) fn proxy(&self) -> Option<&str> {
        self.settings.route.as_ref().map(|route| &*route.host)
    }
}

/// Errors if this is called on no runtime of Tokio's, or on one without timers.
pub(super) fn check_timers() -> Result<(), Error> {
    Handle::try_current().map_err(|_| Error::invalid("the async runtime", "a call has to run on Tokio"))?;
    catch_unwind(|| drop(tokio::time::sleep(Duration::ZERO))).map_err(|_| {
        Error::invalid(
            "the async runtime",
            "it has no timers: build the Tokio runtime with `enable_time` or `enable_all`",
        )
    })
}

/// Errors if this runtime lacks timers or I/O.
///
/// Tokio tells by a panic and in no other way. It is met here, once a runtime, and not in the middle of a call.
#[cold]
fn check_runtime() -> Result<(), Error> {
    let timers = catch_unwind(|| drop(tokio::time::sleep(Duration::ZERO)));
    let io = catch_unwind(|| {
        // Where even this socket is not to be had, the call itself says why.
        let _ = std::net::UdpSocket::bind((Ipv4Addr::LOCALHOST, 0)).and_then(|socket| {
            socket.set_nonblocking(true)?;
            tokio::net::UdpSocket::from_std(socket)
        });
    });
    if timers.is_ok() && io.is_ok() {
        return Ok(());
    }
    Err(Error::invalid(
        "the async runtime",
        "it has no timers or no I/O: build the Tokio runtime with `enable_all`",
    ))
}
