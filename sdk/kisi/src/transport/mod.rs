//! The transport that speaks HTTP: what every operation goes through, generated or not.

mod answer;
mod attempt;
mod body;
mod failure;
mod timer;

use std::collections::HashMap;
use std::fmt;
use std::ops::ControlFlow;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use http::HeaderValue;
use rhombus_kisi_runtime::{
    CallInfo, Error, Masker, Repeat, Request, Response, RhombusUuid, Transport, TransportFuture,
};
use tokio::time::Instant;

use crate::credentials::AuthHeaders;
use crate::endpoint::Endpoint;
use crate::environment::EnvWarning;
use crate::http::HttpClients;
use crate::options::CallOptions;
use crate::retry::{Budget, Pause, may_repeat};
use crate::trace;
use failure::Failure;

/// What all clones of a client share, those for other organisations included.
pub(crate) struct Shared {
    http: HttpClients,
    endpoint: Endpoint,
    max_response_size: u64,
    /// Set only where the HTTP client does not bring its own.
    user_agent: Option<HeaderValue>,
    budget: Budget,
    /// By organisation.
    pauses: Mutex<HashMap<String, Arc<Pause>>>,
    warnings: Vec<EnvWarning>,
}

impl Shared {
    pub(crate) fn new(
        http: HttpClients,
        endpoint: Endpoint,
        max_response_size: u64,
        user_agent: Option<HeaderValue>,
        warnings: Vec<EnvWarning>,
    ) -> Arc<Self> {
        Arc::new(Self {
            http,
            endpoint,
            max_response_size,
            user_agent,
            budget: Budget::default(),
            pauses: Mutex::default(),
            warnings,
        })
    }

    /// The pause of an organisation; `None` is the key's own.
    fn pause(&self, organization: Option<&str>) -> Arc<Pause> {
        let mut pauses = self.pauses.lock().unwrap_or_else(PoisonError::into_inner);
        pauses
            .entry(organization.unwrap_or_default().to_owned())
            .or_default()
            .clone()
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
    pause: Arc<Pause>,
    options: CallOptions,
    /// Of the client's own key.
    masker: Arc<Masker>,
}

impl HttpTransport {
    pub(crate) fn new(shared: Arc<Shared>, auth: AuthHeaders, options: CallOptions) -> Self {
        let pause = shared.pause(auth.organization());
        let masker = Arc::new(Masker::new([auth.expose_key()]));
        Self {
            masker,
            shared,
            auth,
            pause,
            options,
        }
    }

    pub(crate) fn with(&self, change: impl FnOnce(CallOptions) -> CallOptions) -> Self {
        Self {
            options: change(self.options.clone()),
            ..self.clone()
        }
    }

    pub(crate) fn for_organization(&self, id: &RhombusUuid) -> Result<Self, Error> {
        if !self.auth.is_partner() {
            return Err(Error::config(
                "only a partner acts for an organisation: give the partner's key",
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
        if tokio::runtime::Handle::try_current().is_err() {
            return Err(Error::invalid("the async runtime", "a call has to run on Tokio"));
        }
        let mut progress = Progress {
            call: CallInfo::new(request.operation.id, 0),
            deadline: self.options.deadline(Instant::now()),
            paid: 0,
        };
        loop {
            if self.options.retry.waits() {
                self.hold_back(&progress).await?;
            }
            progress.call.attempts += 1;
            let number = progress.call.attempts;
            let attempt = span.attempt(request.operation, self.shared.endpoint.host_and_port(), number);
            let sending = attempt.run(self.attempt(request, &progress.call, progress.deadline));
            // In one expression, so that the future keeps no room for what it ends in.
            match self.conclude(sending.await, &attempt, request.operation.repeat, &mut progress) {
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
            self.pause.extend(Instant::now(), wait);
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

    /// Waits while the organisation's quota is known to be used up.
    async fn hold_back(&self, progress: &Progress) -> Result<(), Error> {
        loop {
            let now = Instant::now();
            let Some(rest) = self.pause.rest(now) else {
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

    fn redact(&self, text: String) -> String {
        self.masker.mask(text)
    }
}

impl fmt::Debug for HttpTransport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut shown = f.debug_struct("HttpTransport");
        self.describe(&mut shown);
        shown.finish_non_exhaustive()
    }
}
