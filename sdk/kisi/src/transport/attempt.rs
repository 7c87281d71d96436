use std::pin::{Pin, pin};
use std::sync::Arc;
use std::time::Duration;

use http::header::{ACCEPT, CONTENT_LENGTH, CONTENT_TYPE};
use http::{HeaderMap, HeaderValue, Method, StatusCode};
use rhombus_kisi_runtime::{
    ByteStream, CallPhase, Error, Masker, Request, RequestBody, Response, TimeoutPhase, Transport as _,
};
use tokio::runtime::Handle;
use tokio::time::{Instant, Sleep};

use super::HttpTransport;
use super::body::{self, End};
use super::classify::{Circumstances, classify};
use super::error_response::{self, ErrorResponse};
use super::gate::Gate;
use super::incoming::Incoming;
use super::outgoing::Progress;
use super::timer::within;
use crate::credentials::AuthHeaders;
use crate::measure::Started;
use crate::retry::{Call, Failure, is_once};
use crate::trace;

/// One attempt of a call, and the time that it has.
pub(super) struct Attempt<'a> {
    pub(super) transport: &'a HttpTransport,
    pub(super) request: &'a Request,
    pub(super) call: Call,
    begun: Instant,
    pub(super) ends: Instant,
    pub(super) phase: TimeoutPhase,
}

impl HttpTransport {
    /// The sending of a request.
    ///
    /// Apart from `attempt`, whose future would otherwise keep room for the request.
    fn start(
        &self,
        client: &reqwest::Client,
        request: &Request,
        gate: &Gate,
        progress: Option<&Arc<Progress>>,
    ) -> impl Future<Output = reqwest::Result<reqwest::Response>> + use<> {
        client.execute(self.outgoing(request, gate, progress))
    }

    /// The request as the HTTP library wants it.
    fn outgoing(&self, request: &Request, gate: &Gate, progress: Option<&Arc<Progress>>) -> reqwest::Request {
        let url = self.shared.endpoint.join(&request.path, &request.query);
        let mut outgoing = reqwest::Request::new(request.operation.method.clone(), url);
        let headers = outgoing.headers_mut();
        // Ours, and the three that the HTTP library adds.
        *headers = HeaderMap::with_capacity(request.headers.len() + AuthHeaders::COUNT + 3);
        if !request.headers.is_empty() {
            headers.extend(request.headers.clone());
        }
        if let Some(accept) = request.operation.accept_header() {
            headers.insert(ACCEPT, accept);
        }
        if let Some(content_type) = &request.content_type {
            headers.insert(CONTENT_TYPE, content_type.clone());
        }
        // Last, so that no header of the request replaces them.
        self.auth.insert(headers);
        if request.content_type.is_none() && request.body.is_empty() && request.operation.method == Method::POST {
            // The HTTP library leaves it out, and some servers insist on it.
            headers.insert(CONTENT_LENGTH, HeaderValue::from_static("0"));
        }
        *outgoing.body_mut() = Some(match (&request.body, progress) {
            (RequestBody::Stream(upload), Some(progress)) => gate.stream(upload, progress),
            (body, _) => gate.body(body.as_bytes().cloned().unwrap_or_default()),
        });
        outgoing
    }
}

impl<'a> Attempt<'a> {
    pub(super) fn begin(transport: &'a HttpTransport, request: &'a Request, call: Call, deadline: Instant) -> Self {
        let begun = Instant::now();
        let (ends, phase) = match begun.checked_add(transport.options.attempt_timeout) {
            Some(ends) if ends < deadline => (ends, TimeoutPhase::Attempt),
            _ => (deadline, TimeoutPhase::Overall),
        };
        Self {
            transport,
            request,
            call,
            begun,
            ends,
            phase,
        }
    }

    /// Begins the attempt's span within that of the call.
    pub(super) fn span(&self, call: &trace::Span) -> trace::Span {
        let server = self.transport.shared.endpoint.host_and_port();
        let organization = self.transport.auth.organization();
        call.attempt(self.request.operation, server, organization, self.call.attempts)
    }

    /// Records how it ended. What cannot be read again cannot be sent again.
    #[inline]
    pub(super) fn ended<T: Received>(&self, span: &trace::Span, started: &Started, result: &mut Result<T, Failure>) {
        let outcome = result.as_ref().map(T::status).map_err(|failure| &failure.error);
        span.record(outcome);
        let server = self.transport.shared.endpoint.host_and_port();
        started.attempt(self.request.operation, server, outcome);
        if let Err(failure) = result {
            failure.permanent |= self.request.body.is_spent();
        }
    }

    /// Sends the request once and waits for the head of a success. The timer then holds for what comes after it.
    // PERF: an `async fn` has room for its arguments twice, and every attempt has one of these futures.
    #[expect(clippy::manual_async_fn, reason = "see above")]
    fn head(
        &self,
        client: &reqwest::Client,
        gate: &Gate,
        timer: &mut Pin<&mut Sleep>,
    ) -> impl Future<Output = Result<reqwest::Response, Failure>> {
        async move {
            let progress = match &self.request.body {
                RequestBody::Bytes(_) => None,
                RequestBody::Stream(_) => Some(Arc::<Progress>::default()),
            };
            if progress.is_some() {
                timer.as_mut().reset(self.next_look(Instant::now()));
            }
            let response = {
                // PERF: made where it is pinned, so that the future has no room for it twice.
                let mut sending = pin!(self.transport.start(client, self.request, gate, progress.as_ref()));
                loop {
                    match within(timer, sending.as_mut()).await {
                        None => match progress.as_deref().and_then(|progress| self.goes_on(progress)) {
                            Some(until) => timer.as_mut().reset(until),
                            None => return Err(self.timed_out(gate, progress.as_deref(), CallPhase::Waiting)),
                        },
                        Some(Err(error)) => {
                            return Err(self.broken(error, gate, progress.as_deref(), CallPhase::Waiting));
                        }
                        Some(Ok(response)) => break response,
                    }
                }
            };
            if let Some((moved, _)) = progress.as_deref().and_then(Progress::moved) {
                timer.as_mut().reset(self.after(moved));
            }
            if response.status().is_success() {
                return Ok(response);
            }
            // PERF: in a box, so that the futures of calls that succeed have no room for it.
            Err(Box::pin(self.rejected(response, timer)).await)
        }
    }

    /// Reads what an error response says.
    async fn rejected(&self, mut response: reqwest::Response, timer: &mut Pin<&mut Sleep>) -> Failure {
        // Whatever becomes of the body, the status is known.
        let (body, end) = body::read(&mut response, error_response::BODY_LIMIT, timer).await;
        let received = ErrorResponse {
            status: response.status(),
            headers: response.headers(),
            url: response.url(),
            body: &body,
            cut: !matches!(end, End::Whole),
            proxy: self.transport.shared.http.proxy(),
        };
        error_response::failure(self.call.info(), &received, &self.masker())
    }

    /// When it is seen next whether a stream goes on.
    fn next_look(&self, now: Instant) -> Instant {
        let idle = now
            .checked_add(self.transport.options.idle_timeout)
            .unwrap_or(self.ends);
        idle.min(self.ends)
    }

    /// Until when a request may take whose stream has begun to leave, or still may; `None` if it is over.
    #[cold]
    fn goes_on(&self, progress: &Progress) -> Option<Instant> {
        let now = Instant::now();
        let until = match progress.moved() {
            None => self.next_look(now),
            Some((moved, true)) => self.after(moved),
            // What happens once and now has no more time for a stream.
            Some(_) if is_once(self.request.operation.repeat) => self.ends,
            Some((moved, false)) => moved.checked_add(self.transport.options.idle_timeout)?,
        };
        (until > now).then_some(until)
    }

    /// When the response to a stream has to be there whose last byte left at `moved`.
    fn after(&self, moved: Instant) -> Instant {
        let later = moved.checked_add(self.transport.options.attempt_timeout);
        match later {
            Some(later) if !is_once(self.request.operation.repeat) => later.max(self.ends),
            _ => self.ends,
        }
    }

    #[cold]
    fn timed_out(&self, gate: &Gate, progress: Option<&Progress>, came: CallPhase) -> Failure {
        let options = &self.transport.options;
        let once = is_once(self.request.operation.repeat);
        let (phase, limit) = match progress.and_then(Progress::moved) {
            _ if gate.call_off() => (TimeoutPhase::Connect, self.limit()),
            Some((_, false)) if !once => (TimeoutPhase::Idle, options.idle_timeout),
            Some((_, true)) if !once => (TimeoutPhase::Attempt, options.attempt_timeout),
            _ => (self.phase, self.limit()),
        };
        Failure::from(Error::Timeout {
            call: self.call.info().at(sending(progress).unwrap_or(came)),
            phase,
            limit,
        })
    }

    pub(super) fn limit(&self) -> Duration {
        let options = &self.transport.options;
        match self.phase {
            TimeoutPhase::Overall if is_once(self.request.operation.repeat) => {
                options.timeout.min(options.unlock_timeout)
            }
            TimeoutPhase::Overall => options.timeout,
            _ => options.attempt_timeout,
        }
    }

    #[cold]
    pub(super) fn too_large(&self) -> Failure {
        Failure::from(Error::TooLarge {
            call: self.call.info(),
            limit: self.transport.shared.max_response_size,
        })
    }

    #[cold]
    fn broken(&self, error: reqwest::Error, gate: &Gate, progress: Option<&Progress>, came: CallPhase) -> Failure {
        if let Some((sent, source)) = progress.and_then(Progress::failure) {
            let call = self.call.info();
            return Failure::from(Error::Upload { call, sent, source });
        }
        let shared = &self.transport.shared;
        classify(
            error,
            Circumstances {
                call: self.call.info().at(sending(progress).unwrap_or(came)),
                server: shared.endpoint.server(),
                proxy: shared.http.proxy(),
                connect_limit: shared.http.connect_timeout(),
                elapsed: self.begun.elapsed(),
                unsent: gate.call_off(),
                masker: &self.masker(),
            },
        )
    }

    /// Takes the request's secrets out of what the server says.
    #[cold]
    pub(super) fn masker(&self) -> Masker {
        self.transport.masker(&self.request.secrets)
    }
}

/// The phase of a request whose stream has not left as a whole.
fn sending(progress: Option<&Progress>) -> Option<CallPhase> {
    matches!(progress?.moved(), Some((_, false))).then_some(CallPhase::Sending)
}

/// What a call returns: a response in memory, or one that is read as it arrives.
pub(super) trait Received: Sized + Send {
    /// Sends the request once.
    fn of(attempt: &Attempt<'_>, client: &reqwest::Client) -> impl Future<Output = Result<Self, Failure>> + Send;

    fn status(&self) -> StatusCode;
}

impl Received for Response {
    // PERF: as above.
    #[expect(clippy::manual_async_fn, reason = "see above")]
    fn of(attempt: &Attempt<'_>, client: &reqwest::Client) -> impl Future<Output = Result<Self, Failure>> + Send {
        async move {
            let gate = Gate::default();
            let mut timer = pin!(tokio::time::sleep_until(attempt.ends));
            let mut response = attempt.head(client, &gate, &mut timer).await?;
            let limit = attempt.transport.shared.max_response_size;
            if response.content_length().is_some_and(|length| length > limit) {
                return Err(attempt.too_large());
            }
            let (body, end) = body::read(&mut response, usize::try_from(limit).unwrap_or(usize::MAX), &mut timer).await;
            match end {
                End::Whole => {
                    let headers = std::mem::take(response.headers_mut());
                    let mut whole = Response::new(response.status(), headers, body);
                    whole.attempts = attempt.call.attempts;
                    Ok(whole)
                }
                End::TooLarge => Err(attempt.too_large()),
                End::TimedOut => Err(attempt.timed_out(&gate, None, CallPhase::Reading)),
                End::Broken(error) => Err(attempt.broken(error, &gate, None, CallPhase::Reading)),
            }
        }
    }

    fn status(&self) -> StatusCode {
        self.status
    }
}

impl Received for ByteStream {
    async fn of(attempt: &Attempt<'_>, client: &reqwest::Client) -> Result<Self, Failure> {
        let gate = Gate::default();
        let mut timer = pin!(tokio::time::sleep_until(attempt.ends));
        let mut response = attempt.head(client, &gate, &mut timer).await?;
        let (status, headers) = (response.status(), std::mem::take(response.headers_mut()));
        let incoming = Incoming {
            transport: attempt.transport.clone(),
            secrets: attempt.request.secrets.clone(),
            call: attempt.call,
            response,
            begun: attempt.begun,
            idle: attempt.transport.options.idle_timeout,
            runtime: Handle::current(),
        };
        let operation = attempt.request.operation;
        Ok(Self::new(
            operation,
            attempt.call.attempts,
            status,
            headers,
            incoming.chunks(),
        ))
    }

    fn status(&self) -> StatusCode {
        self.status()
    }
}
