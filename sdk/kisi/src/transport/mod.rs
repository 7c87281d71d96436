//! The transport that speaks HTTP: what every operation goes through, generated or not.

mod answer;
mod attempt;
mod body;
mod failure;
mod gate;
mod identity;
mod reason;
mod rounds;
mod timer;

use std::fmt;
use std::ops::ControlFlow;
use std::sync::Arc;
use std::time::Duration;

use rhombus_kisi_runtime::{
    CallInfo, Error, Masker, Repeat, Request, Response, RhombusUuid, Secrets, Transport, TransportFuture,
};
use tokio::time::Instant;

use crate::credentials::AuthHeaders;
use crate::endpoint::Endpoint;
use crate::environment::EnvWarning;
use crate::http::HttpClients;
use crate::options::CallOptions;
use crate::retry::{Budget, Pauses, is_once, may_repeat};
use crate::trace;
use failure::Failure;
pub(crate) use identity::Identity;

/// What all clones of a client share, those for other organisations included.
pub(crate) struct Shared {
    http: HttpClients,
    endpoint: Endpoint,
    max_response_size: u64,
    budget: Budget,
    pauses: Pauses,
    warnings: Vec<EnvWarning>,
}

impl Shared {
    pub(crate) fn new(
        http: HttpClients,
        endpoint: Endpoint,
        max_response_size: u64,
        warnings: Vec<EnvWarning>,
    ) -> Arc<Self> {
        Arc::new(Self {
            http,
            endpoint,
            max_response_size,
            budget: Budget::default(),
            pauses: Pauses::default(),
            warnings,
        })
    }
}

/// How far a call is.
struct Progress {
    call: CallInfo,
    deadline: Instant,
    /// What its retries took from the budget.
    paid: u32,
}

/// Sends requests over HTTP: adds server and credentials, keeps to the limits, repeats what may be repeated.
#[derive(Clone)]
pub(crate) struct HttpTransport {
    shared: Arc<Shared>,
    auth: AuthHeaders,
    options: CallOptions,
}

impl HttpTransport {
    pub(crate) fn new(shared: Arc<Shared>, auth: AuthHeaders, options: CallOptions) -> Self {
        Self { shared, auth, options }
    }

    pub(crate) fn with(&self, change: impl FnOnce(CallOptions) -> CallOptions) -> Self {
        Self {
            options: change(self.options.clone()),
            ..self.clone()
        }
    }

    pub(crate) fn for_organization(&self, id: &RhombusUuid) -> Result<Self, Error> {
        if !self.auth.is_partner() {
            return Err(Error::invalid(
                "organization",
                "this client has an organisation's own key, and only a partner's key acts for other organisations; build the client with `partner_key`",
            ));
        }
        let auth = self.auth.for_organization(id)?;
        Ok(Self::new(self.shared.clone(), auth, self.options.clone()))
    }

    pub(crate) fn warnings(&self) -> &[EnvWarning] {
        &self.shared.warnings
    }

    /// Adds what may be seen to a `Debug` text.
    pub(crate) fn describe(&self, shown: &mut fmt::DebugStruct<'_, '_>) {
        shown
            .field("endpoint", &format_args!("{}", self.shared.endpoint))
            .field("scheme", &self.auth.scheme())
            .field("organization", &self.auth.organization())
            .field("options", &self.options);
    }

    /// One call: attempts, and waits between them.
    async fn call(&self, request: &Request, span: &trace::Span) -> Result<Response, Error> {
        if let Some(name) = self.options.zero() {
            return Err(Error::invalid(name, "it is zero, so that every call would fail"));
        }
        let repeat = request.operation.repeat;
        let client = self.shared.http.get(repeat)?;
        let mut progress = Progress {
            call: CallInfo::of(request.operation, 0),
            deadline: self.options.deadline(Instant::now(), is_once(repeat)),
            paid: 0,
        };
        loop {
            if is_once(repeat) {
                self.now_or_never(&progress)?;
            } else if self.options.retry.waits() {
                self.hold_back(&progress).await?;
            }
            progress.call.attempts += 1;
            let number = progress.call.attempts;
            let attempt = span.attempt(request.operation, self.shared.endpoint.host_and_port(), number);
            let sending = attempt.run(self.attempt(&client, request, &progress.call, progress.deadline));
            // In one expression, so that the future keeps no room for what it ends in.
            match self.conclude(sending.await, &attempt, repeat, &mut progress) {
                ControlFlow::Break(result) => return result,
                ControlFlow::Continue(wait) => tokio::time::sleep(wait).await,
            }
        }
    }

    /// What follows after an attempt: the end of the call, or a wait and another one.
    fn conclude(
        &self,
        result: Result<Response, Failure>,
        attempt: &trace::Span,
        repeat: Repeat,
        progress: &mut Progress,
    ) -> ControlFlow<Result<Response, Error>, Duration> {
        attempt.record(result.as_ref().map_err(|failure| &failure.error));
        let failure = match result {
            Ok(mut response) => {
                response.attempts = progress.call.attempts;
                self.shared.budget.refill(progress.paid);
                return ControlFlow::Break(Ok(response));
            }
            Err(failure) => failure,
        };
        if let (Error::RateLimited { .. }, Some(wait)) = (&failure.error, failure.retry_after) {
            let organization = self.auth.organization();
            self.shared.pauses.extend(organization, Instant::now(), wait);
        }
        let Some(wait) = self.wait(&failure, repeat, progress) else {
            return ControlFlow::Break(Err(failure.error));
        };
        let Some(price) = self.shared.budget.pay(&failure.error) else {
            return ControlFlow::Break(Err(failure.error));
        };
        progress.paid += price;
        progress.call.earlier_attempt_unsure |= failure.error.may_have_been_carried_out();
        ControlFlow::Continue(wait)
    }

    /// How long to wait before the next attempt; `None` where there is to be none.
    fn wait(&self, failure: &Failure, repeat: Repeat, progress: &Progress) -> Option<Duration> {
        let (policy, attempts) = (&self.options.retry, progress.call.attempts);
        if failure.lasting || !policy.allows_another(attempts) || !may_repeat(repeat, &failure.error) {
            return None;
        }
        let left = progress.deadline.saturating_duration_since(Instant::now());
        let wait = match failure.retry_after {
            // A little later than asked, each call by another amount, so that not all come back at once.
            Some(asked) => Some(asked.saturating_add(policy.backoff(1)))
                .filter(|wait| *wait < left)
                .unwrap_or(asked),
            None => policy.backoff(attempts),
        };
        (wait < left).then_some(wait)
    }

    /// How long the organisation's quota is known to be used up.
    fn pause(&self, now: Instant) -> Option<Duration> {
        self.shared.pauses.rest(self.auth.organization(), now)
    }

    /// Errors while the organisation's quota is known to be used up: what waits for it would happen later than wanted.
    fn now_or_never(&self, progress: &Progress) -> Result<(), Error> {
        match self.pause(Instant::now()) {
            None => Ok(()),
            Some(rest) => Err(Error::RateLimited {
                call: progress.call.clone(),
                retry_after: Some(rest),
            }),
        }
    }

    /// Waits while the organisation's quota is known to be used up.
    async fn hold_back(&self, progress: &Progress) -> Result<(), Error> {
        loop {
            let now = Instant::now();
            let Some(rest) = self.pause(now) else {
                return Ok(());
            };
            let left = progress.deadline.saturating_duration_since(now);
            if rest >= left {
                return Err(Error::RateLimited {
                    call: progress.call.clone(),
                    retry_after: Some(rest),
                });
            }
            let later = rest.saturating_add(self.options.retry.backoff(1));
            tokio::time::sleep(if later < left { later } else { rest }).await;
        }
    }
}

impl Transport for HttpTransport {
    fn send(&self, request: Request) -> TransportFuture<'_> {
        Box::pin(async move {
            let span = trace::Span::call(request.operation, self.shared.endpoint.host_and_port());
            let result = span.run(self.call(&request, &span)).await;
            span.record(result.as_ref());
            result
        })
    }

    fn masker(&self, secrets: &Secrets) -> Masker {
        secrets.masker([self.auth.expose_key()])
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

    use rhombus_kisi_runtime::{CallInfo, Error, Repeat, RhombusUuid, TimeoutPhase};
    use tokio::time::Instant;

    use super::{Failure, HttpTransport, Progress, Shared};
    use crate::credentials::Credentials;
    use crate::endpoint::Endpoint;
    use crate::http::{HttpClients, HttpSettings};
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
        let shared = Shared::new(http.unwrap(), endpoint, 1, Vec::new());
        let auth = Credentials::partner_key("topsecret").into_headers().unwrap();
        HttpTransport::new(shared, auth, CallOptions::default())
    }

    fn progress(left: Duration) -> Progress {
        Progress {
            call: CallInfo::new("read", 1),
            deadline: Instant::now() + left,
            paid: 0,
        }
    }

    fn limited(retry_after: Option<Duration>) -> Failure {
        let call = CallInfo::new("read", 1);
        Failure {
            retry_after,
            ..Error::RateLimited { call, retry_after }.into()
        }
    }

    #[tokio::test(start_paused = true)]
    async fn calls_that_a_429_made_wait_do_not_come_back_at_once() {
        let transport = transport();
        let wait = |failure: &Failure, left| transport.wait(failure, Repeat::Safe, &progress(left));
        let mut waits: Vec<_> = (0..200)
            .map(|_| wait(&limited(Some(SECOND)), 60 * SECOND).unwrap())
            .collect();
        assert!(waits.iter().all(|wait| *wait >= SECOND && *wait <= SECOND + SECOND / 5));
        waits.sort_unstable();
        waits.dedup();
        assert!(waits.len() > 150, "{}", waits.len());
        // No room for more than was asked for, and none for that.
        assert_eq!(
            wait(&limited(Some(SECOND)), SECOND + Duration::from_nanos(1)),
            Some(SECOND)
        );
        assert_eq!(wait(&limited(Some(SECOND)), SECOND), None);
    }

    #[tokio::test(start_paused = true)]
    async fn what_happens_once_and_now_never_waits() {
        let transport = transport();
        let call = CallInfo::new("unlock", 1);
        let never_opened = Failure::from(Error::Timeout {
            call,
            phase: TimeoutPhase::Connect,
            limit: SECOND,
        });
        for failure in [never_opened, limited(Some(Duration::ZERO)), limited(None)] {
            assert_eq!(transport.wait(&failure, Repeat::Never, &progress(60 * SECOND)), None);
            assert!(
                transport
                    .wait(&failure, Repeat::IfNotCarriedOut, &progress(60 * SECOND))
                    .is_some()
            );
        }
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
        assert_eq!(partner.shared.pauses.len(), 0);
        let now = Instant::now();
        let busy = partner.for_organization(&id(7)).unwrap();
        partner.shared.pauses.extend(busy.auth.organization(), now, SECOND);
        drop(busy);
        // The pause outlives the clients that met it.
        assert_eq!(partner.for_organization(&id(7)).unwrap().pause(now), Some(SECOND));
        assert_eq!(partner.for_organization(&id(8)).unwrap().pause(now), None);
    }

    #[test]
    fn only_a_partner_acts_for_others() {
        let auth = Credentials::api_key("topsecret").into_headers().unwrap();
        let own = HttpTransport::new(transport().shared, auth, CallOptions::default());
        let error = own.for_organization(&RhombusUuid::NIL).unwrap_err().to_string();
        assert!(
            error.contains("only a partner's key") && !error.contains("built"),
            "{error}"
        );
    }
}
