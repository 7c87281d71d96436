//! The transport that speaks HTTP: what every operation goes through, generated or not.

mod attempt;
mod auth;
mod body;
mod classify;
mod clients;
mod error_response;
mod gate;
mod identity;
mod incoming;
mod outgoing;
mod provided;
mod through;
mod timer;

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use rhombus_kisi_runtime::drift::Sighting;
use rhombus_kisi_runtime::{
    Error, Masker, Repeat, Request, RhombusUuid, Secrets, SharedTransport, StreamFuture, Transport, TransportFuture,
};
use tokio::time::Instant;

use attempt::Attempt;
use through::{Through, Via};

use crate::drift::{DriftLog, DriftReport};
use crate::endpoint::Endpoint;
use crate::events::{Event, Events};
use crate::options::CallOptions;
use crate::retry::{Call, Limits, Retry, is_once};
use crate::warning::EnvWarning;
use crate::{RetryPolicy, measure, trace};
pub(crate) use auth::Auth;
pub(crate) use clients::{Adjust, HttpClients, HttpSettings};
pub(crate) use identity::Identity;

/// What all clones of a client share, those for other organisations included.
pub(crate) struct Shared {
    http: HttpClients,
    endpoint: Endpoint,
    /// The endpoint's text.
    name: Arc<str>,
    max_response_size: u64,
    limits: Limits,
    drift: DriftLog,
    /// The caller's own transport, which sends instead of `http`.
    own: Option<SharedTransport>,
    warnings: Vec<EnvWarning>,
}

impl Shared {
    pub(crate) fn new(
        http: HttpClients,
        endpoint: Endpoint,
        max_response_size: u64,
        events: Events,
        own: Option<SharedTransport>,
        warnings: Vec<EnvWarning>,
    ) -> Arc<Self> {
        Arc::new(Self {
            http,
            name: endpoint.to_string().into(),
            endpoint,
            max_response_size,
            limits: Limits::new(events),
            drift: DriftLog::default(),
            own,
            warnings,
        })
    }
}

/// Sends requests over HTTP: adds server and credentials, keeps to the limits, repeats what may be repeated.
#[derive(Clone)]
pub(crate) struct HttpTransport {
    shared: Arc<Shared>,
    auth: Auth,
    options: CallOptions,
}

impl HttpTransport {
    pub(crate) fn new(shared: Arc<Shared>, auth: Auth, options: CallOptions) -> Self {
        Self { shared, auth, options }
    }

    pub(crate) fn with(&self, change: impl FnOnce(CallOptions) -> CallOptions) -> Self {
        Self {
            options: change(self.options.clone()),
            ..self.clone()
        }
    }

    pub(crate) fn for_organization(&self, id: &RhombusUuid) -> Result<Self, Error> {
        let auth = self.auth.for_organization(id)?;
        Ok(Self::new(self.shared.clone(), auth, self.options.clone()))
    }

    pub(crate) fn warnings(&self) -> &[EnvWarning] {
        &self.shared.warnings
    }

    pub(crate) fn drift_report(&self) -> DriftReport {
        self.shared.drift.report()
    }

    /// Adds what may be seen to a `Debug` text.
    pub(crate) fn describe(&self, shown: &mut fmt::DebugStruct<'_, '_>) {
        shown
            .field("endpoint", &format_args!("{}", self.shared.endpoint))
            .field("scheme", &self.auth.scheme())
            .field("organization", &self.auth.organization())
            .field("options", &self.options);
    }

    /// The same transport with no more time than this for a call. A limit of nothing has passed; it is not the zero that
    /// a caller must not set.
    pub(crate) fn limited(&self, left: Duration) -> Self {
        let left = left.max(Duration::from_nanos(1));
        self.with(|options| CallOptions {
            timeout: options.timeout.min(left),
            ..options
        })
    }

    /// The same transport with one attempt a call and no waiting.
    pub(crate) fn once(&self) -> Self {
        self.with(|options| options.retry(RetryPolicy::none()))
    }

    /// A random wait after so many attempts, by the client's retry policy.
    pub(crate) fn backoff(&self, attempts: u32) -> Duration {
        self.options.retry.backoff(attempts)
    }

    /// How a call that begins now is retried.
    pub(crate) fn retry(&self, repeat: Repeat) -> Retry<'_> {
        let deadline = self.options.deadline(Instant::now(), is_once(repeat));
        let organization = self.auth.organization();
        Retry::new(&self.shared.limits, &self.options.retry, organization, repeat, deadline)
    }

    // PERF: an `async fn` has room for its arguments twice, and every call has one of these futures.
    #[expect(clippy::manual_async_fn, reason = "see above")]
    fn call<T: Through>(&self, request: &Request, span: &trace::Span) -> impl Future<Output = Result<T, Error>> {
        async move {
            if let Some(name) = self.options.zero() {
                return Err(Error::invalid(name, "it is zero, so that every call would fail"));
            }
            if let Some(own) = &self.shared.own {
                return self.through(own, request, span).await;
            }
            let operation = request.operation;
            let client = self.shared.http.get(operation.repeat)?;
            let client = &client;
            if let Auth::Provided(provided) = &self.auth {
                return self.call_provided(provided, request, Via::Http(client), span).await;
            }
            let attempt = |call: Call, deadline| {
                let attempt = Attempt::begin(self, request, call, deadline);
                async move {
                    let span = attempt.span(span);
                    let started = measure::Started::now();
                    let mut result = span.run(T::of(&attempt, client)).await;
                    attempt.ended(&span, &started, &mut result);
                    result
                }
            };
            // PERF: moved on at once, so that the future has no room for it twice.
            self.retry(operation.repeat).run(Call::new(operation), attempt).await
        }
    }

    // PERF: as above.
    #[expect(clippy::manual_async_fn, reason = "see above")]
    fn traced<T: Through>(&self, request: Request) -> impl Future<Output = Result<T, Error>> + Send {
        async move {
            let span = trace::Span::call(
                request.operation,
                self.shared.endpoint.host_and_port(),
                self.auth.organization(),
            );
            let started = measure::Started::now();
            let result = span.run(self.call(&request, &span)).await;
            span.record(result.as_ref().map(T::status));
            started.call(request.operation, result.as_ref().map(T::status));
            result
        }
    }
}

impl Transport for HttpTransport {
    fn send(&self, request: Request) -> TransportFuture<'_> {
        Box::pin(self.traced(request))
    }

    fn send_streaming(&self, request: Request) -> StreamFuture<'_> {
        Box::pin(self.traced(request))
    }

    fn masker(&self, secrets: &Secrets) -> Masker {
        match &self.shared.own {
            None => self.auth.masker(secrets),
            Some(own) => own.masker(&self.auth.among(secrets.clone())),
        }
    }

    fn drift(&self, sighting: &Sighting<'_>) {
        let operation = sighting.operation().id;
        // Told once nothing is locked any more.
        for (kind, path) in self.shared.drift.count(sighting) {
            let path = path.as_str();
            self.shared.limits.events.emit(&Event::Drift { operation, kind, path });
        }
    }

    fn organization(&self) -> Option<&str> {
        self.auth.organization()
    }
}

impl fmt::Debug for HttpTransport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut shown = f.debug_struct("HttpTransport");
        self.describe(&mut shown);
        shown.finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use rhombus_kisi_runtime::{Error, RhombusUuid};
    use tokio::time::Instant;

    use super::{Auth, HttpClients, HttpSettings, HttpTransport, Shared};
    use crate::Client;
    use crate::credentials::Credentials;
    use crate::endpoint::Endpoint;
    use crate::events::Events;
    use crate::options::CallOptions;

    const SECOND: Duration = Duration::from_secs(1);

    fn transport() -> HttpTransport {
        let http = HttpClients::new(HttpSettings {
            https: false,
            localhost: false,
            connect_timeout: SECOND,
            user_agent: None,
            route: None,
            roots: Vec::new(),
            certificate: None,
            adjust: None,
        });
        let endpoint = Endpoint::parse("http://127.0.0.1:9").unwrap();
        let shared = Shared::new(http.unwrap(), endpoint, 1, Events::default(), None, Vec::new());
        let auth = Credentials::partner_key("topsecret").into_headers().unwrap();
        HttpTransport::new(shared, Auth::Fixed(auth), CallOptions::default())
    }

    #[tokio::test]
    async fn a_limit_of_nothing_has_passed() {
        let client = Client::new(transport().limited(Duration::ZERO));
        let error = client.kisi_integration().await.unwrap_err();
        assert!(
            matches!(error, Error::Timeout { .. } | Error::Connect { .. }),
            "{error}"
        );
        assert!(!error.may_have_been_carried_out(), "{error}");
    }

    #[test]
    fn clients_of_many_organisations_leave_nothing_behind() {
        let partner = transport();
        let id = |number: u32| {
            let mut bytes = [0; 16];
            bytes[..4].copy_from_slice(&number.to_be_bytes());
            RhombusUuid::from_bytes(bytes)
        };
        for number in 0..100_000 {
            partner.for_organization(&id(number)).unwrap();
        }
        assert_eq!(partner.shared.limits.quotas.len(), 0);
        let now = Instant::now();
        let busy = partner.for_organization(&id(7)).unwrap();
        partner
            .shared
            .limits
            .quotas
            .extend(busy.auth.organization(), now, SECOND);
        drop(busy);
        let rest = |of: &HttpTransport| of.shared.limits.quotas.rest(of.auth.organization(), now);
        // The pause outlives the clients that met it.
        assert_eq!(rest(&partner.for_organization(&id(7)).unwrap()), Some(SECOND));
        assert_eq!(rest(&partner.for_organization(&id(8)).unwrap()), None);
    }

    #[test]
    fn only_a_partner_acts_for_others() {
        let auth = Credentials::api_key("topsecret").into_headers().unwrap();
        let own = HttpTransport::new(transport().shared, Auth::Fixed(auth), CallOptions::default());
        let error = own.for_organization(&RhombusUuid::NIL).unwrap_err().to_string();
        assert!(
            error.contains("only a partner's key") && !error.contains("built"),
            "{error}"
        );
    }
}
