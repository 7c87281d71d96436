use std::pin::pin;
use std::time::Duration;

use http::header::{CONTENT_LENGTH, CONTENT_TYPE, USER_AGENT};
use http::{HeaderMap, HeaderValue, Method, StatusCode};
use reqwest::Url;
use rhombus_kisi_runtime::{CallInfo, Error, Masker, Request, Response, TimeoutPhase, Transport, one_line};
use tokio::time::Instant;

use super::HttpTransport;
use super::answer::{self, HOST_LENGTH};
use super::body::{self, End};
use super::failure::{Failure, classify};
use super::timer::within;
use crate::credentials::AuthHeaders;
use crate::http::HttpClients;

/// One attempt of a call, and the time that it has.
struct Attempt<'a> {
    transport: &'a HttpTransport,
    call: &'a CallInfo,
    begun: Instant,
    ends: Instant,
    phase: TimeoutPhase,
}

impl HttpTransport {
    /// Sends a request once and reads the answer.
    pub(super) async fn attempt(
        &self,
        request: &Request,
        call: &CallInfo,
        deadline: Instant,
    ) -> Result<Response, Failure> {
        let shared = &*self.shared;
        let attempt = Attempt::begin(self, call, deadline);
        let client = shared.http.get(request.operation.repeat)?;
        let (sending, sent_to) = self.start(client, request);
        let mut timer = pin!(tokio::time::sleep_until(attempt.ends));
        let mut response = match within(&mut timer, pin!(sending)).await {
            None => return Err(attempt.timed_out()),
            Some(Err(error)) => return Err(attempt.broken(error)),
            Some(Ok(response)) => response,
        };
        let status = response.status();
        if sent_to.is_some_and(|url| *url != *response.url()) {
            return Err(self.redirected(call, status, response.url()).into());
        }
        if !status.is_success() {
            // Whatever becomes of the body, the status is known.
            let (body, end) = body::read(&mut response, answer::BODY_LIMIT, &mut timer).await;
            let masker = Masker::new(request.secrets.iter().chain([self.auth.expose_key()]));
            let cut = !matches!(end, End::Whole);
            let (headers, url) = (response.headers(), response.url());
            return Err(answer::failure(call.clone(), status, headers, url, &body, cut, &masker));
        }

        let limit = shared.max_response_size;
        if response.content_length().is_some_and(|length| length > limit) {
            return Err(attempt.too_large());
        }
        let (body, end) = body::read(&mut response, usize::try_from(limit).unwrap_or(usize::MAX), &mut timer).await;
        match end {
            End::Whole => Ok(Response::new(status, std::mem::take(response.headers_mut()), body)),
            End::TooLarge => Err(attempt.too_large()),
            End::TimedOut => Err(attempt.timed_out()),
            End::Broken(error) => Err(attempt.broken(error)),
        }
    }

    /// The sending of a request, and where it goes, if that has to be compared with where it went.
    ///
    /// Apart from `attempt`, whose future would otherwise keep room for the request.
    fn start(
        &self,
        client: &reqwest::Client,
        request: &Request,
    ) -> (
        impl Future<Output = reqwest::Result<reqwest::Response>> + use<>,
        Option<Box<Url>>,
    ) {
        let outgoing = self.outgoing(request);
        // A client of our own follows no redirects.
        let sent_to = match &self.shared.http {
            HttpClients::Given(_) => Some(Box::new(outgoing.url().clone())),
            HttpClients::Own { .. } => None,
        };
        (client.execute(outgoing), sent_to)
    }

    /// The request as the HTTP library wants it.
    fn outgoing(&self, request: &Request) -> reqwest::Request {
        let url = self.shared.endpoint.join(&request.path, &request.query);
        let mut outgoing = reqwest::Request::new(request.operation.method.clone(), url);
        let headers = outgoing.headers_mut();
        // Ours, and the three that the HTTP library adds.
        *headers = HeaderMap::with_capacity(request.headers.len() + AuthHeaders::COUNT + 3);
        if !request.headers.is_empty() {
            headers.extend(request.headers.clone());
        }
        if let Some(content_type) = &request.content_type {
            headers.insert(CONTENT_TYPE, content_type.clone());
        }
        if let Some(agent) = &self.shared.user_agent {
            headers.insert(USER_AGENT, agent.clone());
        }
        self.auth.insert(headers);
        if request.content_type.is_some() || !request.body.is_empty() {
            *outgoing.body_mut() = Some(request.body.clone().into());
        } else if request.operation.method == Method::POST {
            // The HTTP library leaves it out, and some servers insist on it.
            headers.insert(CONTENT_LENGTH, HeaderValue::from_static("0"));
        }
        outgoing
    }

    /// A client that the caller brought has followed a redirect.
    #[cold]
    fn redirected(&self, call: &CallInfo, status: StatusCode, to: &Url) -> Error {
        Error::Redirect {
            call: call.clone(),
            status,
            host: to
                .host_str()
                .map(|host| one_line(&self.redact(host.to_owned()), HOST_LENGTH)),
        }
    }
}

impl<'a> Attempt<'a> {
    fn begin(transport: &'a HttpTransport, call: &'a CallInfo, deadline: Instant) -> Self {
        let begun = Instant::now();
        let (ends, phase) = match begun.checked_add(transport.options.attempt_timeout) {
            Some(ends) if ends < deadline => (ends, TimeoutPhase::Attempt),
            _ => (deadline, TimeoutPhase::Overall),
        };
        Self {
            transport,
            call,
            begun,
            ends,
            phase,
        }
    }

    #[cold]
    fn timed_out(&self) -> Failure {
        Failure::from(Error::Timeout {
            call: self.call.clone(),
            phase: self.phase,
            limit: self.limit(),
        })
    }

    fn limit(&self) -> Duration {
        match self.phase {
            TimeoutPhase::Overall => self.transport.options.timeout,
            _ => self.transport.options.attempt_timeout,
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
    fn broken(&self, error: reqwest::Error) -> Failure {
        let shared = &self.transport.shared;
        let connect_limit = shared.http.connect_timeout();
        let elapsed = self.begun.elapsed();
        classify(
            error,
            self.call.clone(),
            shared.endpoint.server(),
            connect_limit,
            elapsed,
        )
    }
}
