use std::pin::pin;
use std::time::Duration;

use http::header::{ACCEPT, CONTENT_LENGTH, CONTENT_TYPE};
use http::{HeaderMap, HeaderValue, Method};
use rhombus_kisi_runtime::{CallInfo, Error, Masker, Request, Response, TimeoutPhase, Transport as _};
use tokio::time::Instant;

use super::HttpTransport;
use super::body::{self, End};
use super::classify::{Circumstances, classify};
use super::error_response::{self, ErrorResponse};
use super::gate::Gate;
use super::timer::within;
use crate::credentials::AuthHeaders;
use crate::retry::{Failure, is_once};
use crate::trace;

/// One attempt of a call, and the time that it has.
pub(super) struct Attempt<'a> {
    transport: &'a HttpTransport,
    request: &'a Request,
    call: CallInfo,
    begun: Instant,
    ends: Instant,
    phase: TimeoutPhase,
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
    ) -> impl Future<Output = reqwest::Result<reqwest::Response>> + use<> {
        client.execute(self.outgoing(request, gate))
    }

    /// The request as the HTTP library wants it.
    fn outgoing(&self, request: &Request, gate: &Gate) -> reqwest::Request {
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
        *outgoing.body_mut() = Some(gate.body(request.body.clone()));
        outgoing
    }
}

impl<'a> Attempt<'a> {
    pub(super) fn begin(transport: &'a HttpTransport, request: &'a Request, call: CallInfo, deadline: Instant) -> Self {
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
        call.attempt(self.request.operation, server, self.call.attempts)
    }

    /// Sends the request once and reads the response.
    // PERF: an `async fn` has room for its arguments twice, and every attempt has one of these futures.
    #[expect(clippy::manual_async_fn, reason = "see above")]
    pub(super) fn run(&self, client: &reqwest::Client) -> impl Future<Output = Result<Response, Failure>> {
        async move {
            let gate = Gate::default();
            let mut timer = pin!(tokio::time::sleep_until(self.ends));
            // PERF: made where it is pinned, so that the future has no room for it twice.
            let mut response = match within(&mut timer, pin!(self.transport.start(client, self.request, &gate))).await {
                None => return Err(self.timed_out(&gate)),
                Some(Err(error)) => return Err(self.broken(error, &gate)),
                Some(Ok(response)) => response,
            };
            let status = response.status();
            if !status.is_success() {
                // Whatever becomes of the body, the status is known.
                let (body, end) = body::read(&mut response, error_response::BODY_LIMIT, &mut timer).await;
                let received = ErrorResponse {
                    status,
                    headers: response.headers(),
                    url: response.url(),
                    body: &body,
                    cut: !matches!(end, End::Whole),
                    proxy: self.transport.shared.http.proxy(),
                };
                return Err(error_response::failure(self.call.clone(), &received, &self.masker()));
            }

            let limit = self.transport.shared.max_response_size;
            if response.content_length().is_some_and(|length| length > limit) {
                return Err(self.too_large());
            }
            let (body, end) = body::read(&mut response, usize::try_from(limit).unwrap_or(usize::MAX), &mut timer).await;
            match end {
                End::Whole => Ok(Response::new(status, std::mem::take(response.headers_mut()), body)),
                End::TooLarge => Err(self.too_large()),
                End::TimedOut => Err(self.timed_out(&gate)),
                End::Broken(error) => Err(self.broken(error, &gate)),
            }
        }
    }

    #[cold]
    fn timed_out(&self, gate: &Gate) -> Failure {
        Failure::from(Error::Timeout {
            call: self.call.clone(),
            phase: if gate.call_off() {
                TimeoutPhase::Connect
            } else {
                self.phase
            },
            limit: self.limit(),
        })
    }

    fn limit(&self) -> Duration {
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
    fn too_large(&self) -> Failure {
        Failure::from(Error::TooLarge {
            call: self.call.clone(),
            limit: self.transport.shared.max_response_size,
        })
    }

    #[cold]
    fn broken(&self, error: reqwest::Error, gate: &Gate) -> Failure {
        let shared = &self.transport.shared;
        classify(
            error,
            Circumstances {
                call: self.call.clone(),
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
    fn masker(&self) -> Masker {
        self.transport.masker(&self.request.secrets)
    }
}
